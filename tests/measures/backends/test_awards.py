"""``measures run --granted FILE --awards FILE``: past grants and the rules on measures that meet over a whole table."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("ibis")

from kechuang.cli import main
from kechuang.measures import Catalogue, Measure, Text
from kechuang.measures.backends import awards
from kechuang.measures.backends.cleaning import PopulationError
from kechuang.measures.cli import CommandError, Load, run
from kechuang.measures.cumulation import Group

ON = "2025-11-24"
GROUPS = (
    Group("cap", "ceiling", ("receiver-subsidy",), ceiling=Decimal("300000.00"), period="year"),
    Group("higher-level", "offset", ("receiver-subsidy",), against=("province:*",), scope="subject"),
)


@pytest.fixture
def load(receiver: Measure, supplier: Measure, institution: Measure, catalogue: Catalogue) -> Load:
    measures = {m.id: m for m in (receiver, supplier, institution)}
    return lambda folder: (measures, catalogue)


def meeting(folder: str | None, on: dt.date) -> tuple[tuple[Group, ...], dict[str, Text]]:
    return GROUPS, {"receiver-subsidy": Text("受方补助", "Receiver")}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three contracts of 甲 and one of 乙, 200,000 yuan each by themselves."""
    path = tmp_path / "contracts.csv"
    rows = "".join(
        f"{key},{owner},{day},12345678.90,企业,高校,是,是\n"
        for key, owner, day in (
            ("A", "甲", "2025-03-01"), ("B", "甲", "2025-02-01"), ("C", "甲", "2024-05-01"), ("D", "乙", "2025-01-01"),
        )
    )  # fmt: skip
    path.write_text(f"id,owner,day,技术合同交易额,受让方类型,出让方类型,合同已登记,已转化\n{rows}", encoding="utf-8")
    return path


def given(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "granted.csv"
    path.write_text("\n".join(["owner,measure,amount,paid_on,year,subject,same_as", *rows, ""]), encoding="utf-8")
    return path


def awarded(path: Path) -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in csv.DictReader(path.open(encoding="utf-8"))}


def compute(load: Load, data: Path, out: Path, *more: str) -> int:
    arguments = ["run", "--data", str(data), "--on", ON, "--measure", "receiver-subsidy", "--awards", str(out), *more]
    return run(arguments, load, meeting)


def test_the_rules_of_the_pack_over_all_contracts_of_a_firm(load: Load, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "awards.csv"
    assert compute(load, data, out) == 0
    found = awarded(out)
    # 甲 has 300,000 a year: B came first, A gets the rest; 2024 counts apart. Nothing is known of earlier grants.
    assert {key: row["amount"] for key, row in found.items()} == {
        "A": "100000.00", "B": "200000.00", "C": "200000.00", "D": "200000.00",
    }  # fmt: skip
    assert found["D"]["depends"] == "cap;higher-level"
    assert found["A"]["rules"] == "cap"


def test_past_grants_are_counted_and_named(
    load: Load, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    granted = given(
        tmp_path,
        "甲,receiver-subsidy,150000.00,2025-06-01,,B,",
        "甲,receiver-subsidy,50000,,2025,,",
        "甲,province:创新资金,30000.00,2025-07-01,,C,receiver-subsidy",
        "乙,province:创新资金,30000.00,2025-07-01,,D,",
    )
    out = tmp_path / "awards.csv"
    assert compute(load, data, out, "--granted", str(granted)) == 0
    found = awarded(out)
    # B: 150,000 of it are paid, 50,000 remain; the cap has 100,000 left: 50,000 for B, 50,000 for A. C: less the province's.
    assert {key: (row["paid"], row["amount"]) for key, row in found.items()} == {
        "A": ("0.00", "50000.00"), "B": ("150000.00", "50000.00"), "C": ("0.00", "170000.00"), "D": ("0.00", "200000.00"),
    }  # fmt: skip
    assert found["B"]["rests_on"] == "line 1"
    assert found["C"]["rests_on"] == "line 3"
    assert found["C"]["depends"] == ""
    assert found["D"]["depends"] == "higher-level"  # the province's grant does not say what it was for
    assert "以前领过 4 笔，搁置 0" in capsys.readouterr().err


def test_bad_rows_are_set_aside_and_make_their_owner_unsure(
    load: Load, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    granted = given(
        tmp_path,
        "甲,receiver-subsidy,-1,2025-06-01,,,",
        "甲,receiver-subsidy,NaN,2025-06-01,,,",
        "甲,receiver-subsidy,0.001,2025-06-01,,,",
        "甲,receiver-subsidi,1,2025-06-01,,,",
        "甲,receiver-subsidy,1,2025-13-01,,,",
        "甲,receiver-subsidy,1,,,,",
        ",receiver-subsidy,1,2025-06-01,,,",
        "乙,receiver-subsidy,1000.00,2025-06-01,,D,",
    )
    out = tmp_path / "awards.csv"
    assert compute(load, data, out, "--granted", str(granted)) == 0
    found = awarded(out)
    assert (found["C"]["depends"], found["D"]["depends"]) == ("cap;higher-level", "")
    assert found["D"]["amount"] == "199000.00"
    said = capsys.readouterr().err
    assert "以前领过 1 笔，搁置 7" in said
    assert "granted.csv:4：没有措施“receiver-subsidi”" in said
    assert "granted.csv:6：要有 paid_on 或 year" in said


def test_what_cannot_be_used_is_said(load: Load, data: Path, tmp_path: Path) -> None:
    granted = given(tmp_path)
    with pytest.raises(CommandError, match="--awards"):
        run(["run", "--data", str(data), "--granted", str(granted)], load, meeting)
    with pytest.raises(CommandError, match="DuckDB"):
        run(["run", "--data", str(data), "--awards", "x.csv", "--engine", "spark"], load, meeting)
    with pytest.raises(PopulationError, match=r"\.csv"):
        compute(load, data, tmp_path / "awards.parquet")
    (tmp_path / "other.csv").write_text("owner,amount\n甲,1\n", encoding="utf-8")
    with pytest.raises(PopulationError, match="measure"):
        awards.read_grants(tmp_path / "other.csv", {}, dt.date(2025, 1, 1))


def test_a_table_without_owners_and_the_command_as_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cities = Path(__file__).resolve().parents[3] / "cities"
    table, out = tmp_path / "contracts.csv", tmp_path / "awards.csv"
    table.write_text(
        "id,技术合同交易额,受让方类型,出让方类型,在本市转化,合同已登记,本年已获成果补助\n1,8000000,企业,高校,是,是,0\n",
        encoding="utf-8",
    )
    granted = given(tmp_path, "1,results-subsidy,60000,2031-02-01,,1,")
    arguments = ["measures", "run", "--pack", str(cities / "shili"), "--data", str(table), "--on", "2031-11-01"]
    assert main([*arguments, "--awards", str(out), "--granted", str(granted)]) == 0
    [row] = awarded(out).values()
    assert (row["owner"], row["claimed"], row["amount"]) == ("1", "180000.00", "120000.00")
    # without a day of its own the claim returns each year, and what was paid for it this year is taken off
    assert row["depends"] == ""
    assert "results-subsidy：1 项" in capsys.readouterr().err
