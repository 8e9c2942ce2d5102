"""The pages of the load test one after the other, in one process: what each costs.

    python benchmarks/pages.py --home DIR [--rounds 8] [--only WORDS]

Opens every page of ``benchmarks/load.py`` (same home, filled when it is empty) through the whole stack with the test client and prints
for each the median and the longest CPU time, the CPU time inside queries, how many queries there were, and the size of the page.
CPU times, not wall times: they hold on a busy machine too, though they grow there by a third and more (shared caches). The
first opening of each page, which reads templates and the pack, is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]


def measure(have: dict[str, Any], rounds: int, only: str) -> None:
    """Open the pages and print what they cost."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from benchmarks.load import pages

    settings.ALLOWED_HOSTS.append("testserver")
    chance, seen = random.Random(4), []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begin = time.process_time()
        try:
            return execute(sql, params, many, context)
        finally:
            seen.append(time.process_time() - begin)

    print("| who | page | CPU ms | longest | in queries | queries | KiB |\n| - | - | - | - | - | - | - |")
    for role, choice in pages(have).items():
        client = Client()
        if role != "visitor":
            assert client.post(f"/accounts/demo/{role}/").status_code == 302, role
        for name, address in choice:
            if only not in f"{role} {name}":
                continue
            client.get(address(chance))
            times, inside, size = [], [], 0
            for _ in range(rounds):
                path = address(chance)
                seen.clear()
                with connection.execute_wrapper(note):
                    begin = time.process_time()
                    answer = client.get(path)
                    times.append(1000 * (time.process_time() - begin))
                assert answer.status_code == 200, (path, answer.status_code)
                inside.append(1000 * sum(seen))
                size = len(answer.content)
            print(
                f"| {role} | {name} | {statistics.median(times):.1f} | {max(times):.1f} | "
                f"{statistics.median(inside):.1f} | {len(seen)} | {size / 1024:.0f} |",
                flush=True,
            )


def main() -> None:
    """Fill or bring up to date, open, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", required=True)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    home = Path(options.home)
    os.environ |= {"KECHUANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kechuang.web.settings", "KECHUANG_DEMO": "1"}
    from benchmarks.load_fill import ready

    ready(home, 100_000, 1_000_000)
    measure(json.loads((home / "load.json").read_text()), options.rounds, options.only)
    print(f"\nload {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
