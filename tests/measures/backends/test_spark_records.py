"""Spark adds up records of a relation as DuckDB and explain do, to the fen. Belongs to the campaign: it starts Spark."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("duckdb")
pytest.importorskip("kechuang.measures.backends.spark")

import duckdb

from kechuang.measures import explain, parse_facts
from kechuang.measures.backends import spark
from kechuang.measures.backends.bulk import compile_programs
from kechuang.measures.backends.population import PopulationError, RecordTable
from kechuang.measures.cli import run
from kechuang.measures.program import compile_measure
from tests.measures.backends.test_records import CATALOGUE, DAY, MEASURES, random_firms, tables

KNOWN = {m.id: m for m in MEASURES}


def test_the_program_is_written_in_functions_that_spark_has() -> None:
    text = compile_programs([compile_measure(m, CATALOGUE) for m in MEASURES], CATALOGUE, "spark")
    assert "TRANSFORM(" in text and "AGGREGATE(" in text
    assert "LIST_" not in text and "KC_" not in text.replace("kc_", "")


def command(engine: str, source: Path, records: Path, *more: str) -> int:
    arguments = ["run", "--data", str(source), "--relation", f"本年合同={records}", "--owner", "firm", "--on", str(DAY)]
    master = ["--master", "local[2]"] if engine == "spark" else []
    return run([*arguments, "--engine", engine, *master, *more], lambda _: (KNOWN, CATALOGUE))


@pytest.mark.campaign
def test_100_000_firms_and_their_contracts_equal_to_the_fen(
    session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Up to four contracts a firm; amounts on and beside the lines of the rules, unknown cells, days before the rule."""
    source, records = tmp_path / "firms.parquet", tmp_path / "contracts.parquet"
    duckdb.execute(
        "COPY (SELECT range AS id, CASE hash(range, 'a') % 5 WHEN 0 THEN NULL WHEN 1 THEN 200000 WHEN 2 THEN 199999.99"
        " WHEN 3 THEN 0 ELSE (hash(range, 'b') % 30000000)::BIGINT * 0.01 END::DECIMAL(18, 2) AS 已获 FROM range(100000))"
        f" TO '{source}'"
    )
    duckdb.execute(
        "COPY (SELECT f.range AS firm, CASE h % 7 WHEN 0 THEN NULL WHEN 1 THEN 50000 WHEN 2 THEN 49999.99 WHEN 3 THEN"
        " 10000000 WHEN 4 THEN 0.25 ELSE (hash(h, 'v') % 100000000000)::BIGINT * 0.01 END::DECIMAL(18, 2) AS 合同额,"
        " [true, true, false, NULL][(1 + hash(h, 'r') % 4)::BIGINT] AS 已登记,"
        " [DATE '2013-04-17', DATE '2019-12-31', DATE '2020-01-01', NULL][(1 + hash(h, 'd') % 4)::BIGINT] AS 签订日"
        " FROM (SELECT range, hash(range) AS c FROM range(100000)) AS f, range(4) AS n,"
        f" LATERAL (SELECT hash(f.range, n.range) AS h) WHERE n.range < c % 5) TO '{records}'"
    )
    assert duckdb.execute(f"SELECT COUNT(*) FROM '{records}'").fetchall()[0][0] > 190_000
    said = []
    for engine in ("duckdb", "spark"):
        assert command(engine, source, records, "--out", str(tmp_path / f"{engine}.parquet")) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert len(said[0].splitlines()) == 1 + len(MEASURES)
    columns = "CAST(key AS VARCHAR), scenario, measure, status, amount"
    one = f"SELECT {columns} FROM read_parquet('{tmp_path}/duckdb.parquet')"
    two = f"SELECT {columns} FROM read_parquet('{tmp_path}/spark.parquet/*.parquet')"
    counted = duckdb.execute(
        f"SELECT (SELECT COUNT(*) FROM ({two})), (SELECT COUNT(*) FROM (({one}) EXCEPT ALL ({two}))),"
        f" (SELECT COUNT(*) FROM (({two}) EXCEPT ALL ({one})))"
    ).fetchall()
    assert counted == [(100_000 * len(MEASURES), 0, 0)]


@pytest.mark.campaign
def test_rows_equal_explain(session: Any, tmp_path: Path) -> None:
    subjects, records = random_firms(400)
    lines = [f"{f},{','.join(c.values())}" for f, contracts in records.items() for c in contracts]
    source, relations = tables(tmp_path, [f"{f},{value}" for f, value in subjects.items()], lines)
    bound = spark.bind(MEASURES, CATALOGUE, DAY, source, relations=relations, session=session)
    got = {(k, m): (status, amount) for k, _, m, status, amount in bound.rows()}
    assert len(got) == 400 * len(MEASURES)
    for firm, value in subjects.items():
        facts, errors = parse_facts({"已获": value, "本年合同": records[firm]}, CATALOGUE)
        assert errors == []
        for measure in MEASURES:
            e = explain(measure, facts, DAY, CATALOGUE)
            assert got[firm, measure.id] == (e.status, e.amount), (firm, measure.id, records[firm])


@pytest.mark.campaign
def test_bad_records_are_set_aside_alike(session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = [
        "A,100,是,2020-01-01",
        "B,-5,是,2020-01-01",
        "B,nan,也许,2020-02-30",
        ",1,是,2020-01-01",
        "X,1,是,2020-01-01",
    ]
    source, relations = tables(tmp_path, ["A,0", "B,0", "C,0", "D,0"], [*bad, *["C,1,是,2020-01-01"] * 5])
    records = relations["本年合同"]
    assert isinstance(records, RecordTable) and isinstance(records.source, Path)
    said, faults = [], []
    for engine in ("duckdb", "spark"):
        out = tmp_path / f"{engine}.csv"
        assert command(engine, source, records.source, "--quarantine", str(out)) == 0
        printed = capsys.readouterr()
        assert "共 4 行，计算 2，搁置 2" in printed.err
        said.append(printed.out)
        faults.append(sorted(map(tuple, csv.reader(out.open(encoding="utf-8")))))
    assert said[0] == said[1] and faults[0] == faults[1]
    assert len(faults[0]) == 1 + 7
    with pytest.raises(PopulationError, match="本年合同 is a list of records: give a table"):
        spark.bind(MEASURES, CATALOGUE, DAY, source, session=session)
    wrong = {"本年合同": RecordTable(records.source, "company")}
    with pytest.raises(PopulationError, match="columns are missing: company"):
        spark.bind(MEASURES, CATALOGUE, DAY, source, relations=wrong, session=session)
