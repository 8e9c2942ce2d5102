"""An import whose worker is killed at random points: every row exists once, none half, and nothing shows too early.

A third of the rows change organisations that are registered already: those change all at once, with the new ones.
"""

from __future__ import annotations

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kechuang.codes import uscc

ROOT = Path(__file__).resolve().parents[2]
READING_KILLS, WRITING_KILLS, ROWS, KNOWN = 5, 15, 12_000, 4_000
RECEIVE = """
import sys
import django; django.setup()
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.intake.domain.receive import receive
from pathlib import Path
from kechuang.web.registry.domain import bulk, sources
codes = Path(sys.argv[2]).read_text().split()
rows = ({"uscc": code, "name": "旧名", "kind": "enterprise", "size": "medium"} for code in codes)
for part in bulk.write_many("organisation", rows, source=sources.ensure("旧登记", actor=None), import_id=""):
    assert all(one.outcome == "created" for one in part)
officer = User.objects.create_user(username="officer")
Grant.objects.create(user=officer, role=Role.OFFICER)
print(receive(Path(sys.argv[1]), kind="organisation", actor=officer, source_title="杀进程测试").pk)
"""
# The lease of a killed worker lasts a minute; the test does not wait for it.
WORK = """
import sys
import django; django.setup()
from kechuang.web.intake.domain.working import advance
from kechuang.web.intake.models import Import
pk = int(sys.argv[1])
Import.objects.filter(pk=pk).update(lease_until=None)
print("begun", flush=True)
print(advance(pk), flush=True)
"""
RESUME = """
import django; django.setup()
from kechuang.web.intake import jobs
jobs.resume()
"""
CONFIRM = """
import sys
import django; django.setup()
from kechuang.web.accounts.models import User
from kechuang.web.intake.domain.applying import confirm
from kechuang.web.intake.models import Import
confirm(Import.objects.get(pk=int(sys.argv[1])), actor=User.objects.get(username="officer"))
"""


def table(path: Path) -> list[str]:
    """A table of new organisations; returns their codes."""
    codes = [uscc.make(f"91431000K{number:07d}") for number in range(ROWS)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["统一社会信用代码", "名称", "类别", "规模", "注册资本"])
        for number, code in enumerate(codes):
            writer.writerow([code, f"𠮷{number}号公司", "企业", "小型", f"{number}.25"])
    return codes


@pytest.mark.campaign
def test_an_import_survives_kill_9(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {
        "KECHUANG_HOME": str(tmp_path),
        "KECHUANG_DEMO": "0",
        "DJANGO_SETTINGS_MODULE": "kechuang.web.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }

    def run(program: str, *arguments: str) -> str:
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    subprocess.run(
        [sys.executable, "-m", "kechuang.cli", "manage", "migrate", "-v0"], env=environment, cwd=ROOT, check=True
    )
    codes = table(tmp_path / "table.csv")
    (tmp_path / "known").write_text("\n".join(codes[::3]))
    assert len(codes[::3]) == KNOWN
    number = run(RECEIVE, str(tmp_path / "table.csv"), str(tmp_path / "known")).strip()
    chance = random.Random(20130418)

    def ask(query: str) -> tuple:
        with sqlite3.connect(tmp_path / "db.sqlite3", timeout=20) as opened:
            return opened.execute(query).fetchone()

    def work(kill_when=None) -> str:
        """Let a worker go on; kill it at a random moment after ``kill_when`` holds. Returns what it said last."""
        log = tmp_path / "work"
        with log.open("wb") as out:
            worker = subprocess.Popen([sys.executable, "-c", WORK, number], env=environment, stdout=out, cwd=ROOT)
            if kill_when is None:
                assert worker.wait(600) == 0
            else:
                deadline = (
                    time.monotonic() + 900
                )  # the last stretch writes thousands of rows, on a machine that may be busy
                while not (log.stat().st_size and kill_when()) and worker.poll() is None:
                    assert time.monotonic() < deadline
                    time.sleep(0.005)
                time.sleep(chance.uniform(0, 0.4))
                worker.send_signal(signal.SIGKILL)
                worker.wait(20)
        return log.read_text().split()[-1]

    for _ in range(READING_KILLS):
        assert work(lambda: True) == "begun", "killed before it had read everything"
        assert ask("SELECT count(*) FROM registry_organisation") == (KNOWN,)
    assert work() == "ready"
    assert ask("SELECT count(*), count(DISTINCT line) FROM intake_importrow") == (ROWS, ROWS)
    run(CONFIRM, number)
    in_the_middle = 0
    for _ in range(WRITING_KILLS):
        (before,) = ask("SELECT rows_done FROM intake_import")
        work(lambda before=before: ask("SELECT rows_done FROM intake_import")[0] > before)
        done, created, changed, state = ask("SELECT rows_done, created, changed, state FROM intake_import")
        assert done == created + changed
        assert ask("SELECT count(*) FROM registry_organisation") == (KNOWN + created,), (
            "progress and rows are one transaction"
        )
        if state == "applying":
            in_the_middle += 1
            unseen = "SELECT count(*) FROM registry_unfinishedimport WHERE published_at IS NULL"
            assert ask(unseen) == (1,), "nothing shows before the end"
            assert ask("SELECT count(*) FROM registry_organisation WHERE name = '旧名'") == (KNOWN,)
            assert ask("SELECT count(*) FROM registry_heldchange") == (changed,)
            assert ask("SELECT count(*) FROM registry_version") == (0,)
    assert in_the_middle >= 5
    work(lambda: ask("SELECT state FROM intake_import") == ("applied",))  # shown; killed while it goes into the history
    assert ask("SELECT rows_done, created, changed, state FROM intake_import") == (ROWS, ROWS - KNOWN, KNOWN, "applied")
    assert ask("SELECT count(*) FROM registry_organisation WHERE name = '旧名'") == (0,)
    run(RESUME)
    database = sqlite3.connect(tmp_path / "db.sqlite3")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    rows = database.execute("SELECT uscc, name, registered_capital FROM registry_organisation ORDER BY uscc").fetchall()
    wanted = [(code, f"𠮷{place}号公司", f"{place}.25") for place, code in enumerate(codes)]
    assert [(u, n, f"{c:.2f}") for u, n, c in rows] == sorted(wanted)
    assert database.execute("SELECT count(*) FROM intake_importrow WHERE state = 'applied'").fetchone() == (ROWS,)
    for mark in ("registry_unfinishedimport", "registry_heldchange"):
        assert database.execute(f"SELECT count(*) FROM {mark}").fetchone() == (0,)
    history = "SELECT count(*), count(DISTINCT record_id), sum(superseded_at IS NULL AND valid_to IS NULL) FROM registry_version"
    assert database.execute(history).fetchone() == (3 * KNOWN, KNOWN, KNOWN)
    for action in ("import.read", "import.confirm", "import.apply"):
        found = database.execute("SELECT count(*) FROM audit_auditevent WHERE action = ?", (action,)).fetchone()
        assert found == (1,), action
