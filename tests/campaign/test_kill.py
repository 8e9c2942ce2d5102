"""A write that was acknowledged survives ``kill -9`` of its process: it is there, whole, and once."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS, WRITES = 20, 500
WRITER = """
import sys
import django; django.setup()
from kechuang.web.accounts.domain.people import create_user
for number in range(10**9):
    name = f"u{sys.argv[1]}-{number}"
    create_user(name, actor=None)
    print(name, flush=True)
"""


@pytest.mark.campaign
def test_acknowledged_writes_survive_kill_9(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
        "KECHUANG_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "kechuang.web.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    subprocess.run(
        [sys.executable, "-m", "kechuang.cli", "manage", "migrate", "-v0"], env=environment, cwd=ROOT, check=True
    )
    acknowledged: list[str] = []
    chance = random.Random(20130418)
    rounds = 0
    while rounds < KILLS or len(acknowledged) < WRITES:
        log = tmp_path / f"acknowledged-{rounds}"
        with log.open("wb") as out:
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(rounds)], env=environment, stdout=out, cwd=ROOT
            )
            deadline = time.monotonic() + 60
            while not log.stat().st_size and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.5))
            writer.send_signal(signal.SIGKILL)
            writer.wait(20)
        acknowledged += [line for line in log.read_text().split("\n")[:-1] if line]
        rounds += 1
    database = sqlite3.connect(tmp_path / "db.sqlite3")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    users = [name for (name,) in database.execute("SELECT username FROM accounts_user")]
    events = [
        name for (name,) in database.execute("SELECT object_id FROM audit_auditevent WHERE action = 'account.create'")
    ]
    assert len(acknowledged) >= WRITES
    assert set(acknowledged) - set(users) == set()
    assert sorted(users) == sorted(events)
    assert len(users) == len(set(users))
