"""How long a city pack takes to load and to check.

    python benchmarks/packs.py [DIR ...] [--runs 5]

Without DIR, every pack in ``cities/``. Prints processor milliseconds, the least of the runs: loading reads and checks every
file; checking also follows references and types formulas.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))


def main() -> None:
    """Load and check each pack."""
    from kechuang.citypack import check, load

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packs", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    print("| pack | load, ms | check, ms |\n| - | - | - |")
    for folder in options.packs or sorted(path.parent for path in ROOT.glob("cities/*/city.yaml")):
        loads, checks = [], []
        for _ in range(options.runs):
            began = time.process_time()
            pack = load(folder)
            loads.append(time.process_time() - began)
            began = time.process_time()
            check(pack, folder)
            checks.append(time.process_time() - began)
        print(f"| {folder.name} | {1000 * min(loads):.0f} | {1000 * min(checks):.0f} |")
    print(f"\nPython {platform.python_version()}")


if __name__ == "__main__":
    main()
