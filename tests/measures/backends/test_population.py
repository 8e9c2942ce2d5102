"""A table of subjects computes to what ``explain`` says, row by row; bad rows are set aside with reasons."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kechuang.measures import Catalogue, Measure, explain

duckdb = pytest.importorskip("duckdb")
population = pytest.importorskip("kechuang.measures.backends.population")

DAY = dt.date(2026, 11, 24)
HEAD = "id,技术合同交易额,受让方类型,出让方类型,已转化,合同已登记,研发投入,营业收入,机构级别"


def write(folder: Path, *lines: str) -> Path:
    path = folder / "firms.csv"
    path.write_text("\n".join((HEAD, *lines)) + "\n", encoding="utf-8")
    return path


def random_line(n: int, r: random.Random) -> str:
    amount = r.choice(("", "1234567.85", "10000000.00", "9999999.74", '"12,345,678.90"', f"{r.randrange(10**9)}.25"))
    kinds = ("企业", "高校", "科研院所", "个人", "")
    spent, revenue = r.choice(("", "299999999.99", "300000000.00", "5")), r.choice(("5000000000.00", ""))
    return ",".join(
        (f"F{n}", amount, r.choice(kinds), r.choice(kinds), r.choice(("是", "否", "")), r.choice(("是", "")), spent,
         revenue, r.choice(("市级", "省级", "国家级", "")))
    )  # fmt: skip


def test_rows_equal_explain(
    catalogue: Catalogue, receiver: Measure, supplier: Measure, institution: Measure, intensity: Measure,
    deduction: Measure, tmp_path: Path,
) -> None:  # fmt: skip
    import csv

    from kechuang.measures import parse_facts

    r = random.Random(1)
    measures = [receiver, supplier, institution, intensity, deduction]
    path = write(tmp_path, *(random_line(n, r) for n in range(500)))
    bound = population.bind(measures, catalogue, DAY, path)
    got = {(key, measure): (status, amount) for key, _, measure, status, amount in bound.rows()}
    assert bound.counts() == {"total": 500, "computed": 500, "quarantined": 0}
    assert len(got) == 2500
    statuses = set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row.pop("id")
            facts, errors = parse_facts(row, catalogue)
            assert errors == []
            for measure in measures:
                e = explain(measure, facts, DAY, catalogue)
                assert got[key, measure.id] == (e.status, e.amount), (key, measure.id)
                statuses.add(e.status)
    assert statuses == {"yes", "no", "unknown", "delegated", "unstated"}


def test_totals_of_scenarios_are_one_scan(catalogue: Catalogue, supplier: Measure, tmp_path: Path) -> None:
    lines = (f"F{n},{1000000 * n}.00,企业,高校,是,是,,," for n in range(1, 21))
    tried = [population.Scenario("current")] + [
        population.Scenario(f"cap-{cap}", {"supplier-subsidy": {"cap": Decimal(cap), "rate": Decimal("0.0125")}})
        for cap in (50000, 150000)
    ]
    bound = population.bind([supplier], catalogue, DAY, write(tmp_path, *lines), scenarios=tried)
    got = {t.scenario: (t.yes, t.no, t.unknown, t.amount) for t in bound.totals()}

    def cost(rate: str, cap: int) -> Decimal:
        return sum((min(Decimal(1000000 * n) * Decimal(rate), Decimal(cap)) for n in range(1, 21)), Decimal(0))

    assert got == {
        "current": (20, 0, 0, cost("0.01", 100000)),
        "cap-50000": (20, 0, 0, cost("0.0125", 50000)),
        "cap-150000": (20, 0, 0, cost("0.0125", 150000)),
    }


def test_bad_rows_are_set_aside_and_counted(
    catalogue: Catalogue, receiver: Measure, intensity: Measure, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "A,1000000.00,企业,高校,是,是,,,",
        "B,-5,企业,高校,是,是,,,",
        "C,NaN,企业,高校,是,是,,,",
        "D,10000000000000,企业,高校,是,是,,,",
        "E,1.234,企业,高校,是,是,,,",
        "F,5,企业,大学,也许,是,,,",
        "G,5,企业,高校,是,是,1e5,,",
        'H,"1,23",企业,高校,是,是,,,',
        "I,5,企业,高校,是,是,,,",
        "I,6,企业,高校,是,是,,,",
        ",7,企业,高校,是,是,,,",
        "J,1.2300,企业,高校,是,是,,,",
    )
    plain = replace(receiver, ambiguities=())
    bound = population.bind([plain, intensity], catalogue, DAY, path)
    assert bound.counts() == {"total": 12, "computed": 2, "quarantined": 10}
    assert [(f.key, f.fact, f.value, f.reason) for f in bound.quarantine()] == [
        ("B", "技术合同交易额", "-5", "below_minimum"),
        ("C", "技术合同交易额", "NaN", "not_a_number"),
        ("D", "技术合同交易额", "10000000000000", "above_maximum"),
        ("E", "技术合同交易额", "1.234", "too_many_decimals"),
        ("F", "出让方类型", "大学", "not_a_choice"),
        ("F", "已转化", "也许", "not_yes_or_no"),
        ("G", "研发投入", "1e5", "not_a_number"),
        ("H", "技术合同交易额", "1,23", "not_a_number"),
        ("I", None, None, "duplicate_key"),
        ("I", None, None, "duplicate_key"),
        (None, None, None, "no_key"),
    ]
    assert bound.quarantine()[0].message.zh == "小于允许的最小值"
    amounts = {key: amount for key, _, measure, _, amount in bound.rows() if measure == plain.id}
    assert amounts == {"A": Decimal("20000.00"), "J": Decimal("0.02")}


SPELLINGS = {
    "技术合同交易额": ("5", "1,234.50", "1,23", "-5", "+5", "1.239", "1.230", "", " 7 ", "不知道", "NaN", "1e5", "x", "0.5",
                ".5", "5.", "10000000000000", "9999999999999.99", "99999999999999999999999999"),
    "职工人数": ("5", "5.0", "5.5", "-1", "unknown"),
    "已转化": ("是", "有", "无", "没有", "YES", "n", "1", "0", "true", "也许", "", "未知"),
    "受让方类型": ("企业", "University", "enterprise", "企", "", "不清楚"),
    "成立日期": ("2013-04-18", "2013/4/8", "2013年4月18日", "2013.4.18", "2013-02-30", "1899-12-31", "20130418", "", "昨天"),
    "备注": ("无", ""),
}  # fmt: skip


def test_cells_are_read_as_facts_are(catalogue: Catalogue, intensity: Measure, tmp_path: Path) -> None:
    """What parse_facts accepts a table accepts, with the same value; what one refuses the other refuses."""
    from kechuang.measures import Condition, Text, parse_facts

    for fact, texts in SPELLINGS.items():
        path = tmp_path / "cells.csv"
        path.write_text(f"id,{fact}\n" + "".join(f'{i},"{t}"\n' for i, t in enumerate(texts)), encoding="utf-8")
        test = {
            "boolean": fact,
            "enum": f'{fact} == "企业"',
            "date": f'{fact} < date("2020-01-01")',
            "text": f'{fact} == "无"',
        }
        condition = Condition(test.get(catalogue[fact].type, f"{fact} < 100"), Text("条件", "condition"))
        measure = replace(intensity, applies=(condition,), parameters=(), amount_is="stated", kind="priority")
        bound = population.bind([measure], catalogue, DAY, path)
        got = {int(key): status for key, _, _, status, _ in bound.rows()}
        bad = {int(f.key) for f in bound.quarantine()}
        for i, text in enumerate(texts):
            facts, errors = parse_facts({fact: text}, catalogue)
            assert (i in bad) == bool(errors), (fact, text)
            if not errors:
                assert got[i] == explain(measure, facts, DAY, catalogue).status, (fact, text)


def test_missing_columns_are_named_with_a_suggestion(catalogue: Catalogue, supplier: Measure, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,合同交易额,出让方类型\nA,5,高校\n", encoding="utf-8")
    with pytest.raises(population.PopulationError) as caught:
        population.bind([supplier], catalogue, DAY, path)
    assert caught.value.zh == "数据缺列：技术合同交易额（是不是“合同交易额”？）"


def test_binary_floats_are_refused(catalogue: Catalogue, supplier: Measure) -> None:
    con = duckdb.connect()
    con.execute("CREATE TABLE t AS SELECT 'A' AS id, 5.5::DOUBLE AS 技术合同交易额, '高校' AS 出让方类型")
    with pytest.raises(population.PopulationError, match="binary floats"):
        population.bind([supplier], catalogue, DAY, "t", connection=con)


def test_typed_tables_and_files_out(catalogue: Catalogue, supplier: Measure, tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE t AS SELECT 7 AS id, 12345678.90::DECIMAL(18, 2) AS 技术合同交易额, '高校' AS 出让方类型"
        " UNION ALL SELECT 8, 1234567.85, '企业' UNION ALL SELECT 9, NULL, '个人'"
    )
    bound = population.bind([supplier], catalogue, DAY, "t", connection=con)
    for name in ("out.parquet", "out.csv"):
        bound.write(tmp_path / name)
        rows = con.execute(f"SELECT * FROM '{tmp_path / name}' ORDER BY key").fetchall()
        assert [(int(r[0]), *r[1:4], r[4] and Decimal(str(r[4]))) for r in rows] == [
            (7, "current", "supplier-subsidy", "yes", Decimal("100000.00")),
            (8, "current", "supplier-subsidy", "no", None),
            (9, "current", "supplier-subsidy", "unknown", None),
        ]
    with pytest.raises(population.PopulationError, match="only"):
        bound.write(tmp_path / "out.xlsx")


@pytest.mark.parametrize("keys", [(1, 2, 3), (1, 2, 2), (5, None, 5), (-3, 10**12, 7), (7,), ()])
@pytest.mark.parametrize("type_", ["BIGINT", "SMALLINT", "VARCHAR", "UBIGINT"])
def test_doubled_keys_of_any_type(catalogue: Catalogue, supplier: Measure, keys: tuple[int, ...], type_: str) -> None:
    if type_ in ("SMALLINT", "UBIGINT") and any(k is not None and not 0 <= k < 2**15 for k in keys):
        pytest.skip("the type does not hold these keys")
    con = duckdb.connect()
    con.execute(f"CREATE TABLE t (id {type_}, 技术合同交易额 DECIMAL(18, 2), 出让方类型 VARCHAR)")
    for key in keys:
        con.execute("INSERT INTO t VALUES (?, 5, '高校')", [key])
    bound = population.bind([supplier], catalogue, DAY, "t", connection=con)
    single = {str(k) for k in keys if k is not None and keys.count(k) == 1}
    assert {str(row[0]) for row in bound.rows()} == single
    assert bound.counts() == {"total": len(keys), "computed": len(single), "quarantined": len(keys) - len(single)}


@pytest.mark.parametrize(
    ("keys", "known"),
    [
        ("range + 5", True), ("range - 2500", True), ("4999 - range", False), ("range % 4000", False), ("(range // 2) * 2", False),
        ("CASE range WHEN 4321 THEN 4320 WHEN 4320 THEN 4321 ELSE range END", False), ("CASE WHEN range <> 700 THEN range END", False),
        ("CASE range WHEN 700 THEN 701 ELSE range END", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["other", "file_row_number"])
def test_keys_numbered_as_the_rows_are(
    catalogue: Catalogue, supplier: Measure, tmp_path: Path, keys: str, known: bool, name: str
) -> None:
    """In Parquet files of several row groups; what is not in order is told apart otherwise."""
    path, con = tmp_path / "keys.parquet", duckdb.connect()
    con.execute(
        f"COPY (SELECT {keys} AS id, 5::DECIMAL(18, 2) AS 技术合同交易额, '高校' AS 出让方类型, 7 AS {name} FROM range(5000))"
        f" TO '{path}' (FORMAT PARQUET, ROW_GROUP_SIZE 2048)"
    )
    assert population._in_running_order(con, f"read_parquet('{path}')", '"id"') == (known and name == "other")
    bound = population.bind([supplier], catalogue, DAY, path, connection=con)
    [good] = con.execute(
        f"SELECT COUNT(*) FROM (SELECT id FROM '{path}' WHERE id IS NOT NULL GROUP BY id HAVING COUNT(*) = 1)"
    ).fetchall()
    assert bound.counts()["computed"] == good[0]


def test_measures_not_in_force_have_no_rows(catalogue: Catalogue, supplier: Measure, tmp_path: Path) -> None:
    path = write(tmp_path, "A,5,企业,高校,是,是,,,")
    ended = replace(supplier, id="old", effective_to=dt.date(2018, 4, 17))
    bound = population.bind([ended, supplier], catalogue, DAY, path)
    assert bound.not_in_force == ("old",)
    assert {row[2] for row in bound.rows()} == {"supplier-subsidy"}
    nothing = population.bind([ended], catalogue, DAY, path)
    assert (list(nothing.rows()), nothing.totals()) == ([], [])


def test_compiled_text_is_kept(catalogue: Catalogue, supplier: Measure, tmp_path: Path) -> None:
    path = write(tmp_path, "A,5,企业,高校,是,是,,,")
    first = population.bind([supplier], catalogue, DAY, path)
    tried = [population.Scenario("x", {"supplier-subsidy": {"cap": Decimal(7)}})]
    second = population.bind([supplier], catalogue, DAY, path, scenarios=tried)
    assert second.sql is first.sql


def test_unknown_parameters_and_files(catalogue: Catalogue, supplier: Measure, tmp_path: Path) -> None:
    tried = [population.Scenario("x", {"supplier-subsidy": {"top": Decimal(7)}})]
    with pytest.raises(population.PopulationError, match="has no parameter top"):
        population.bind([supplier], catalogue, DAY, write(tmp_path), scenarios=tried)
    with pytest.raises(population.PopulationError, match="there is no file"):
        population.bind([supplier], catalogue, DAY, tmp_path / "none.csv")
    other = tmp_path / "data.xlsx"
    other.touch()
    with pytest.raises(population.PopulationError, match="only"):
        population.bind([supplier], catalogue, DAY, other)
