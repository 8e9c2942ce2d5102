"""Spark computes what DuckDB and explain compute, to the fen; without PySpark or Java the command says what is missing.

The comparisons start Spark on two local cores and belong to the campaign (``python3 start.py campaign``).
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kechuang.expressions import Unknown, compile_tree
from kechuang.measures import Catalogue, Measure
from kechuang.measures.cli import run

duckdb = pytest.importorskip("duckdb")
ibis = pytest.importorskip("ibis")
spark = pytest.importorskip("kechuang.measures.backends.spark")

from benchmarks.generator import generate  # noqa: E402
from benchmarks.measures_rules import CATALOGUE, CONTRACT_MEASURES, DAY, FIRM_MEASURES  # noqa: E402
from tests.measures.backends.test_differential import COLUMNS, PARAMETERS, SCOPE, rows, rules, stored  # noqa: E402
from tests.measures.backends.test_differential import DAY as RULES_DAY  # noqa: E402


def test_without_pyspark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(spark.SparkMissingError) as caught:
        run(["run", "--data", "x.parquet", "--engine", "spark"], lambda folder: ({}, Catalogue([])))
    assert "requirements/spark.txt" in caught.value.zh and "not installed" in caught.value.en


def test_without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("pyspark", "pyspark.sql"):
        stand_in = type(sys)(name)
        stand_in.SparkConf = stand_in.SparkSession = object  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, stand_in)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(spark.SparkMissingError, match="Java 17"):
        spark.start()


@pytest.mark.campaign
@pytest.mark.parametrize(("table", "measures"), [("firms", FIRM_MEASURES), ("contracts", CONTRACT_MEASURES)])
def test_100_000_rows_equal_to_the_fen(
    session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, measures: list[Measure]
) -> None:
    """The same command, the same sums, and no row that differs in either direction."""
    generate(100_000, tmp_path)
    known = {m.id: m for m in measures}
    said = []
    for engine, more in (("duckdb", []), ("spark", ["--master", "local[2]"])):
        arguments = ["--data", str(tmp_path / f"{table}.parquet"), "--out", str(tmp_path / f"{engine}.parquet")]
        assert run(["run", *arguments, "--on", str(DAY), "--engine", engine, *more], lambda _: (known, CATALOGUE)) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    columns = "CAST(key AS VARCHAR), scenario, measure, status, amount"
    one = f"SELECT {columns} FROM read_parquet('{tmp_path}/duckdb.parquet')"
    two = f"SELECT {columns} FROM read_parquet('{tmp_path}/spark.parquet/*.parquet')"
    counted = duckdb.execute(
        f"SELECT (SELECT COUNT(*) FROM ({two})), (SELECT COUNT(*) FROM (({one}) EXCEPT ALL ({two}))),"
        f" (SELECT COUNT(*) FROM (({two}) EXCEPT ALL ({one})))"
    ).fetchall()
    assert counted == [(100_000 * len(measures), 0, 0)]


@pytest.mark.campaign
def test_random_rules_equal_explain_on_4_000_cells(session: Any) -> None:
    from pyspark.sql import types as t

    tree = pytest.importorskip("kechuang.measures.backends.tree")
    nodes, facts = rules(50, 20130418), rows(80, 4)
    kinds = {"int64": t.LongType(), "string": t.StringType(), "boolean": t.BooleanType(), "date": t.DateType()}
    own = session.newSession()
    own.conf.set("spark.sql.ansi.enabled", "true")
    schema = t.StructType([t.StructField("n", t.LongType()), *(t.StructField(c, kinds[k]) for c, k in COLUMNS.items())])
    table = [(i, *(stored(row[c], c) for c in COLUMNS)) for i, row in enumerate(facts)]
    own.createDataFrame(table, schema).createOrReplaceTempView("facts")
    relation = ibis.table({"n": "int64", **COLUMNS}, name="facts")
    columns = {name: relation[name] for name in COLUMNS}
    for name, value in PARAMETERS.items():
        columns[name] = ibis.literal(int(value.scaleb(SCOPE[name].type.scale)), "int64")
    columns["计算日"] = ibis.literal(RULES_DAY, "date")
    lower = tree.Lowering(columns)
    wrong = []
    for start in range(0, len(nodes), 10):
        part = nodes[start : start + 10]
        query = relation.select(n=relation.n, **{f"r{i}": lower.lower(node) for i, node in enumerate(part)})
        results = {row[0]: row[1:] for row in own.sql(tree.finish(query, "spark")).collect()}
        for i, node in enumerate(part):
            compute = compile_tree(node)
            for k, row in enumerate(facts):
                value = compute({**row, **PARAMETERS, "计算日": RULES_DAY}, None)
                expected = int(value.scaleb(node.type.scale)) if isinstance(value, Decimal) else value
                if results[k][i] != (None if isinstance(value, Unknown) else expected):
                    wrong.append((str(node), row, results[k][i], expected))
    assert len(nodes) * len(facts) == 4_000
    assert wrong[:3] == []


BAD = """id,技术合同交易额,出让方类型,已转化
A,12345678.90,高校,是
B,-1,高校,是
C,12.345,高校,
D,abc,高校,
E,nan,高校,
F,"1,234,567.80",个人,不知道
G,99999999999999,高校,是
H,100,"企\\业",是
I,100,高校,是
I,100,高校,大概
,1.1000,高校,否
J,1.1000000,高校,否
"""


@pytest.mark.campaign
def test_bad_rows_are_set_aside_alike(session: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "bad.csv"
    source.write_text(BAD, encoding="utf-8")
    known = {m.id: m for m in CONTRACT_MEASURES}
    said, faults = [], []
    for engine, more in (("duckdb", []), ("spark", ["--master", "local[2]"])):
        out = tmp_path / f"{engine}.csv"
        arguments = ["run", "--data", str(source), "--quarantine", str(out), "--on", str(DAY)]
        assert run([*arguments, "--engine", engine, *more], lambda _: (known, CATALOGUE)) == 0
        printed = capsys.readouterr()
        assert "共 12 行，计算 3，搁置 9" in printed.err
        said.append(printed.out)
        faults.append(list(csv.DictReader(out.open(encoding="utf-8"))))
    assert said[0] == said[1] and faults[0] == faults[1]
    assert len(faults[0]) == 10


@pytest.mark.campaign
def test_scenarios_and_refusals(session: Any, tmp_path: Path) -> None:
    from kechuang.measures.backends.population import PopulationError, Scenario, bind

    _, contracts = generate(1_000, tmp_path)
    tried = [Scenario("现行"), Scenario("低上限", {"r2-supplier": {"cap": Decimal("50000.5")}})]
    one = bind(CONTRACT_MEASURES, CATALOGUE, DAY, contracts, scenarios=tried).totals()
    bound = spark.bind(CONTRACT_MEASURES, CATALOGUE, DAY, contracts, scenarios=tried, session=session)
    assert bound.totals() == one
    assert bound.counts() == {"total": 1_000, "computed": 1_000, "quarantined": 0}
    assert len(list(bound.rows())) == 1_000 * 2 * 2
    bound.write(tmp_path / "all.csv")
    with pytest.raises(PopulationError, match="there already"):
        bound.write(tmp_path / "all.csv")
    early = spark.bind(CONTRACT_MEASURES, CATALOGUE, dt.date(2000, 1, 1), contracts, session=session)
    assert (early.totals(), list(early.rows()), len(early.not_in_force)) == ([], [], 2)
    with pytest.raises(PopulationError, match="no file"):
        spark.bind(CONTRACT_MEASURES, CATALOGUE, DAY, tmp_path / "none.parquet", session=session)
    with pytest.raises(PopulationError, match="columns are missing: 机构级别"):
        spark.bind(FIRM_MEASURES[:1], CATALOGUE, DAY, contracts, session=session)
    floats = tmp_path / "floats.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS id, 1.5::DOUBLE AS 已付利息, TRUE AS 中小企业) TO '{floats}'")
    with pytest.raises(PopulationError, match="binary floats"):
        spark.bind(FIRM_MEASURES[3:], CATALOGUE, DAY, floats, session=session)
    wide = tmp_path / "wide.parquet"
    duckdb.execute(
        f"COPY (SELECT * FROM (VALUES (1, 100.014::DECIMAL(38, 3), TRUE), (2, 3.010, TRUE), (3, 0.000, NULL)) "
        f"AS v(id, 已付利息, 中小企业)) TO '{wide}'"
    )
    got = spark.bind(FIRM_MEASURES[3:], CATALOGUE, DAY, wide, session=session)
    assert [f.reason for f in got.quarantine()] == ["too_many_decimals"]
    assert {(k, s, a) for k, _, _, s, a in got.rows()} == {("2", "yes", Decimal("1.51")), ("3", "unknown", None)}
