"""Compiled texts on disk: the same text without the compiler; what is damaged or foreign is compiled again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("ibis")
from kechuang.measures import Catalogue, Measure, compile_measure
from kechuang.measures.backends import bulk, kept

RUN = """
import datetime as dt, sys
from decimal import Decimal
import duckdb
from kechuang.measures import Catalogue, ClauseRef, FactType, Measure, Parameter, Text
from kechuang.measures.backends.population import bind
t = Text("x", "x")
catalogue = Catalogue([FactType("交易额", "value", "money", t)])
start = dt.date(2020, 1, 1)
measure = Measure(
    id="m", title=t, source=ClauseRef("1"), subject="contract", effective_from=start,
    parameters=(Parameter("rate", ((start, Decimal("0.02")),), t),), applies=(), amount=f"half_up(交易额 * rate{sys.argv[1]})",
)
con = duckdb.connect()
con.execute("CREATE TABLE t AS SELECT 1 AS id, 1000.25::DECIMAL(18, 2) AS 交易额")
[total] = bind([measure], catalogue, start, "t", connection=con).totals()
print(total.amount, "ibis" in sys.modules)
"""


def run(cache: Path, more: str = "") -> str:
    source = str(Path(kept.__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", RUN, more], capture_output=True, text=True, check=True,
        env={**os.environ, "KECHUANG_CACHE": str(cache), "PYTHONPATH": source},
    )  # fmt: skip
    return done.stdout.strip()


def test_a_second_process_needs_no_compiler_and_another_rule_does(tmp_path: Path) -> None:
    assert run(tmp_path / "texts") == "20.01 True"
    assert run(tmp_path / "texts") == "20.01 False"
    assert run(tmp_path / "texts", " * 2") == "40.01 True"


def test_damaged_and_foreign_texts_are_not_read(
    tmp_path: Path, catalogue: Catalogue, supplier: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "deep" / "texts"
    monkeypatch.setenv("KECHUANG_CACHE", str(place))
    assert kept.read("key") is None
    kept.write("key", "SELECT '五'\n\n")
    assert kept.read("key") == "SELECT '五'\n\n"
    assert kept.read("other") is None
    [file] = place.iterdir()
    whole = file.read_bytes()
    for damaged in (whole[:-3], whole.replace("五".encode(), "六".encode()), b"", b"\xff\xfe"):
        file.write_bytes(damaged)
        assert kept.read("key") is None
    file.write_bytes(whole)
    place.chmod(0o777)
    assert kept.read("key") is None  # anybody could have put it there
    monkeypatch.setenv("KECHUANG_CACHE", str(file))  # a file where a folder should be
    kept.write("key", "SELECT 1")
    monkeypatch.setattr(bulk, "_COMPILED", {})
    program = compile_measure(supplier, catalogue)
    text = bulk.compile_programs([program], catalogue)
    monkeypatch.setenv("KECHUANG_CACHE", "")
    monkeypatch.setattr(bulk, "_COMPILED", {})
    assert (kept.folder(), bulk.compile_programs([program], catalogue)) == (None, text)


def test_the_oldest_texts_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KECHUANG_CACHE", str(tmp_path / "texts"))
    monkeypatch.setattr(kept, "_MOST", 3)
    for i in range(5):
        kept.write(i, f"SELECT {i}")
        for file in (tmp_path / "texts").glob("*.sql"):
            os.utime(file, (file.stat().st_mtime - 10,) * 2)
    assert [kept.read(i) for i in range(5)] == [None, None, "SELECT 2", "SELECT 3", "SELECT 4"]
    monkeypatch.setattr(kept, "compiler", lambda: "another compiler")
    assert kept.read(4) is None
