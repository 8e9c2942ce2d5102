"""A hundred thousand organisations imported while four writers go on.

    python benchmarks/imports.py [--rows 100000] [--writers 4] [--form xlsx|csv] [--changes] [--home DIR]

The database is SQLite in a fresh folder, or what ``DATABASE_URL`` names (an empty database). Prints one JSON object:
seconds of reading (into staged rows) and of writing (into the register), peak memory of the importing process, and how
long the writers waited for their own changes. With ``--changes`` a second table then changes all of these organisations,
while a reader counts again and again how many of them show the change: none or all (``seen_in_part`` counts the other answers).
A writer changes the size of one of its organisations five times a second through the same
verb as the pages, with its audit event.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import multiprocessing
import os
import platform
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
#: Organisations of each writer, changed in turn.
ORGANISATIONS = 200
#: Seconds after which a writer that says nothing is taken for dead.
PATIENCE = 300
HEADING = [
    "统一社会信用代码",
    "名称",
    "类别",
    "所在地",
    "行业代码",
    "控股情况",
    "成立日期",
    "规模以上",
    "注册资本（万元）",
    "规模",
]


def rows(count: int, changed: bool = False):
    """Seeded organisations, different in every column; ``changed``: the same with another size."""
    from kechuang.codes import uscc

    chance = random.Random(20130418)
    for number in range(count):
        yield [
            uscc.make(f"91431002T{number:07d}"), f"郴州{chance.choice('𠮷䶮华裕盛泰')}{number}号实业有限公司", "企业", "431002",
            chance.choice(["C3985", "A0111", "I6510"]), "民营",
            f"20{chance.randint(0, 24):02d}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            chance.choice(["是", "否", ""]), f"{chance.randint(1, 99_999)}.{chance.randint(0, 9999):04d}",
            (chance.choice(["小型", "微型", "中型"]), "大型")[changed],  # drawn in either case: what follows stays the same
        ]  # fmt: skip


def write_file(path: Path, count: int, changed: bool = False) -> None:
    """The table as .csv or .xlsx."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(HEADING)
            writer.writerows(rows(count, changed))
        return
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    sheet.append(HEADING)
    for row in rows(count, changed):
        sheet.append(row)
    book.save(path)


def queued_for_processor() -> float:
    """Seconds for which this process was ready to run and the processor was busy with others (Linux; elsewhere 0)."""
    try:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def say(stage: str) -> None:
    """Which stage begins, on standard error: a run that stands still says where."""
    print(f"{time.strftime('%H:%M:%S')} {stage}", file=sys.stderr, flush=True)


def writer(number: int, stop, waits, ready) -> None:
    """Change one of its organisations after the other until told to stop; note how long each change took."""
    import django

    django.setup()
    from django.db import OperationalError

    from kechuang.web.registry.domain.record import write
    from kechuang.web.registry.domain.sources import ensure

    source = ensure("基准测试的写入者", actor=None)
    from kechuang.codes import uscc

    codes = [uscc.make(f"91431003W{number}{place:06d}") for place in range(ORGANISATIONS)]
    size = ["small", "medium"]
    for code in codes:
        write("organisation", {"uscc": code, "name": f"写入者{code}", "kind": "enterprise"}, actor=None, source=source)
    ready.release()
    found, turn = [], 0
    while not stop.is_set():
        # Another organisation each time: a write reads the history of its record, and no record is corrected hundreds of times.
        code, lap = codes[turn % ORGANISATIONS], turn // ORGANISATIONS
        turn += 1
        started, queued = time.perf_counter(), queued_for_processor()
        # Whoever waits longer than the database lets anybody wait is counted with that wait, never hidden.
        with contextlib.suppress(OperationalError):
            write("organisation", {"uscc": code, "size": size[lap % 2]}, actor=None, source=source, on_change="correct")
        waited = time.perf_counter() - started
        found.append((waited, waited - (queued_for_processor() - queued)))
        time.sleep(0.2)
    waits.put(found)


def reader(stop, answers) -> None:
    """Count the organisations that show the change until told to stop; give the different answers."""
    import django

    django.setup()
    from kechuang.web.registry.models import Organisation

    found = set()
    while not stop.is_set():
        found.add(Organisation.objects.filter(size="large").count())
        time.sleep(0.02)
    answers.put(found)


def bring(path: Path, officer, context, options, *, create: bool) -> dict:
    """Import a table while the writers go on; returns the figures."""
    from kechuang.web.core import pace
    from kechuang.web.intake.domain import applying
    from kechuang.web.intake.domain.receive import receive
    from kechuang.web.intake.domain.working import advance
    from kechuang.web.registry.domain import publishing
    from kechuang.web.registry.models import Organisation

    paces: list[pace.Pace] = []
    begin, publish, shown = pace.Pace.__init__, publishing.publish, []

    def noted(self, *args, **more):
        begin(self, *args, **more)
        paces.append(self)

    def timed(*args):
        started = time.perf_counter()
        answer = publish(*args)
        shown.append(time.perf_counter() - started)
        return answer

    pace.Pace.__init__, publishing.publish = noted, timed
    stop, waits, ready = context.Event(), context.Queue(), context.Semaphore(0)
    writers = [
        context.Process(target=writer, args=(n, stop, waits, ready), daemon=True) for n in range(options.writers)
    ]
    if not create:
        answers = context.Queue()
        watching = context.Process(target=reader, args=(stop, answers), daemon=True)
        watching.start()
    for one in writers:
        one.start()
    for _ in writers:
        assert ready.acquire(timeout=PATIENCE), "a writer did not begin"
    time.sleep(1)
    say("reading")
    started, cpu = time.perf_counter(), time.process_time()
    made = receive(
        path, kind="organisation", actor=officer, source_title="基准测试", on_change="change" if create else "correct"
    )
    assert advance(made.pk) == "ready"
    read, cpu_read = time.perf_counter(), time.process_time()
    say("writing")
    applying.confirm(made, actor=officer)
    confirmed = time.perf_counter()
    assert advance(made.pk) == "applied"
    written, cpu_written = time.perf_counter(), time.process_time()
    stop.set()
    say("written")
    both = [pair for _ in writers for pair in waits.get(timeout=PATIENCE)]
    found, own = sorted(wait for wait, _ in both), sorted(wait for _, wait in both)
    seen = set() if create else answers.get(timeout=PATIENCE)
    for one in writers:
        one.join()
    pace.Pace.__init__, publishing.publish = begin, publish
    if create:
        assert Organisation.objects.filter(import_id=made.public_id).count() == options.rows
    else:
        assert Organisation.objects.filter(size="large").count() == options.rows
    return {
        "bytes": path.stat().st_size, "seconds_reading": round(read - started, 1),
        "seconds_confirming": round(confirmed - read, 2), "seconds_writing": round(written - confirmed, 1),
        "cpu_seconds_reading": round(cpu_read - cpu, 1), "cpu_seconds_writing": round(cpu_written - cpu_read, 1),
        "longest_chunk_ms": round(1000 * max(one.longest for one in paces)),
        "showing_ms": round(1000 * max(shown)), "seen_in_part": len(seen - {0, options.rows}),
        "writes": len(found), "wait_median_ms": round(1000 * statistics.median(found), 1),
        "wait_p99_ms": round(1000 * found[int(len(found) * 0.99)], 1),
        "waits_over_1_s": sum(wait > 1 for wait in found), "wait_longest_ms": round(1000 * found[-1], 1),
        "without_queueing_for_processor_ms": round(1000 * own[-1], 1), "of_these_over_1_s": sum(wait > 1 for wait in own),
        "load": [round(x, 1) for x in os.getloadavg()],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--form", choices=["xlsx", "csv"], default="xlsx")
    parser.add_argument("--changes", action="store_true", help="then change all of them with a second table")
    parser.add_argument("--home", default="")
    options = parser.parse_args()
    home = Path(options.home or tempfile.mkdtemp(prefix="kechuang-bench-"))
    os.environ |= {"KECHUANG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "kechuang.web.settings", "KECHUANG_DEMO": "0",
                   "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    # The files are made elsewhere, so that they do not count as memory here.
    context = multiprocessing.get_context("spawn")
    from kechuang.web.registry.domain.sources import ensure

    ensure("基准测试的写入者", actor=None)
    from kechuang.web.accounts.models import Grant, Role, User

    officer, _made = User.objects.get_or_create(username="officer")
    Grant.objects.get_or_create(user=officer, role=Role.OFFICER)
    told = {
        "rows": options.rows, "form": options.form, "database": connection.vendor, "writers": options.writers,
        "python": platform.python_version(), "cores": os.cpu_count(),
    }  # fmt: skip
    for name, changed in (("new", False), ("changed", True))[: 1 + options.changes]:
        path = home / f"{name}.{options.form}"
        making = context.Process(target=write_file, args=(path, options.rows, changed))
        making.start()
        making.join()
        told[name] = bring(path, officer, context, options, create=not changed)
        say(f"{name}: {json.dumps(told[name])}")
    told["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
