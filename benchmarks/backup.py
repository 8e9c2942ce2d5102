"""How long a backup and a restore take: a generated city on SQLite or PostgreSQL, with files, by real processes.

    PYTHONPATH=src python benchmarks/backup.py FOLDER --enterprises 20000 --files 200 [--into postgres://…/empty]

Prints seconds, sizes, and seconds per gigabyte of database and files. FOLDER must be empty; the city in it is demo data.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILL = """
import datetime as dt, os, sys
import django; django.setup()
from kechuang import citypack
from kechuang.web.audit.domain.seal import seal
from kechuang.web.core import files
from kechuang.web.policy.domain.apply import apply
from kechuang.web.registry.domain import demo
pack = citypack.load(sys.argv[1])
apply(pack)
demo.generate(pack, enterprises=int(sys.argv[2]), today=dt.date(2026, 11, 24))
for number in range(int(sys.argv[3])):
    files.store(os.urandom(1 << 20), rule="public", name=f"{number}.bin", realm="demo")
seal()
"""


def run(environment: dict[str, str], *command: str) -> tuple[float, float]:
    """Run a process; wall and CPU seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, *command], env=environment, cwd=ROOT, check=True, stdout=sys.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Fill, back up (plain and encrypted), verify, restore; print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--enterprises", type=int, default=20000)
    parser.add_argument("--files", type=int, default=200, help="files of 1 MiB")
    parser.add_argument("--into", default="", help="empty PostgreSQL database to restore into; default SQLite")
    options = parser.parse_args()
    home = options.folder / "city"
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL",)} | {
        "KECHUANG_HOME": str(home), "KECHUANG_DEMO": "1", "DJANGO_SETTINGS_MODULE": "kechuang.web.settings",
        "PYTHONPATH": str(ROOT / "src"), "KECHUANG_BACKUP_PASSPHRASE": "benchmark passphrase",
    }  # fmt: skip
    cli = ("-m", "kechuang.cli")
    run(environment, *cli, "manage", "migrate", "-v0")
    run(environment, "-c", FILL, str(ROOT / "cities" / "chenzhou"), str(options.enterprises), str(options.files))
    stored = sum(path.stat().st_size for path in (home / "files").rglob("*") if path.is_file())
    size = (home / "db.sqlite3").stat().st_size + stored
    plain, sealed = options.folder / "plain.tar.gz", options.folder / "sealed.kcbackup"
    into = ["--into", options.into, "--home", str(options.folder / "moved")] if options.into else []
    into = into or ["--into", str(options.folder / "again")]
    seen = {
        "database_mb": round((size - stored) / 1e6, 1),
        "files_mb": round(stored / 1e6, 1),
        "backup": run(environment, *cli, "backup", str(plain)),
        "backup_encrypted": run(environment, *cli, "backup", str(sealed), "--encrypt"),
        "verify_encrypted": run(environment, *cli, "backup", "verify", str(sealed)),
        "restore_encrypted": run(environment, *cli, "restore", str(sealed), *into),
        "plain_mb": round(plain.stat().st_size / 1e6, 1),
    }
    for name in ("backup", "backup_encrypted", "verify_encrypted", "restore_encrypted"):
        wall, cpu = seen[name]
        seen[name] = {"wall_s": round(wall, 1), "cpu_s": round(cpu, 1), "wall_s_per_gb": round(wall / size * 1e9, 1)}
    print(json.dumps(seen, indent=1))


if __name__ == "__main__":
    main()
