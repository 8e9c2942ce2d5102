"""Every known trap is found: in the real file where it occurs there, else on a made case."""

import csv
import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from kechuang.indicators import Definition, Observation, Source, Text, Trust, choose_all
from kechuang.indicators.quality import Knowledge, Material, Ratio, Severity, check, findings_of, summarised
from kechuang.indicators.remarks import flags_from_remark, trust_from_title

from .made import level, source

GDP = Definition("gdp", Text("生产总值", "GDP"), "亿元")
HEAD = Definition("head", Text("人均生产总值", "GDP per head"), "元")
GROWTH = Definition("growth", Text("增长率", "growth"), "%")
SHARE = Definition("x_share", Text("占比", "share"), "%")
PART = Definition("part", Text("部分", "part"), "亿元")
PATENTS = Definition("patents", Text("专利", "patents"), "件")
ALL = (GDP, HEAD, GROWTH, SHARE, PART, PATENTS)
KNOWN = Knowledge(
    ratios=(Ratio("head", "gdp"), Ratio("x_share", "part", "gdp")),
    flows=(("patents", "part"),),
    growths=(("growth", "gdp"),),
)


def seen(indicator, year, value, region="100", unit=None, by=None, note=""):
    unit = unit or next(d.unit for d in ALL if d.id == indicator)
    return Observation(
        region, indicator, year, Decimal(value), unit, by or source(), note, flags_from_remark(note)
    )  # fmt: skip


def found(*observations, rule, **more):
    definitions = {d.id: d for d in ALL}
    cells = choose_all(observations, {d.id: d.unit for d in ALL})
    fields = {"home": "100", "panel": ("100", "300", "400"), "whole": "200", "knowledge": KNOWN} | more
    material = Material(definitions, tuple(observations), cells, dt.date(2026, 11, 24), **fields)
    return [f for f in check(material) if f.rule == rule]


def test_1_implied_denominator():
    gdp = [seen("gdp", y, v) for y, v in ((2012, "1500"), (2013, "1685.52"), (2014, "1870"))]
    head = [seen("head", y, v) for y, v in ((2012, "32475"), (2013, "32920"), (2014, "39940"))]
    findings = found(*gdp, *head, rule="implied_denominator")
    assert [f.cells[0] for f in findings] == [("100", "head", 2013)]
    assert not found(
        *gdp, *[replace(o, value=Decimal("36200")) if o.year == 2013 else o for o in head], rule="implied_denominator"
    )


def test_2_copied_year():
    assert found(seen("gdp", 2013, "40794.99"), seen("gdp", 2014, "40794.99"), rule="copied_year")
    assert not found(seen("gdp", 2013, "1000"), seen("gdp", 2014, "1000"), rule="copied_year")
    assert not found(seen("gdp", 2013, "40794.99"), seen("gdp", 2015, "40794.99"), rule="copied_year")


def test_3_revision_and_sum_of_parts():
    fall = [seen("gdp", 2016, "2204.13"), seen("gdp", 2017, "2178.19"), seen("growth", 2016, "8.2")]
    assert found(*fall, rule="fall_against_growth")
    assert not found(*fall[:2], seen("growth", 2016, "-1"), rule="fall_against_growth")
    parts = [seen("gdp", 2015, "600", r) for r in ("100", "300", "400")]
    assert found(*parts, seen("gdp", 2015, "1700", "200"), rule="parts_exceed_whole")
    assert not found(*parts, seen("gdp", 2015, "1800", "200"), rule="parts_exceed_whole")


def test_4_missing_member():
    full = [seen("gdp", y, "10", r) for y in (2001, 2002, 2003) for r in ("100", "300")]
    late = [seen("gdp", 2003, "10", "400")]
    findings = found(*full, *late, rule="missing_member")
    assert [(f.cells, f.severity) for f in findings] == [((("400", "gdp", 2001), ("400", "gdp", 2002)), Severity.NOTE)]


def test_5_scope_break():
    shares = [seen("x_share", 2022, "24.4"), seen("gdp", 2022, "48670.4"), seen("part", 2023, "11414.5")]
    (finding,) = found(*shares, rule="scope_break")
    assert "3.9%" in finding.text.zh


def test_6_wrong_year_of_a_whole_table():
    right = [seen("gdp", 2013, v, r) for r, v in (("100", "1685.52"), ("300", "2100.61"), ("400", "905.33"))]
    wrong = [replace(o, year=2014, source=Source("page", "网页", None, Trust.SECONDARY)) for o in right]
    (finding,) = found(*right, *wrong, rule="shifted_years")
    assert finding.severity is Severity.ERROR
    assert len(finding.cells) == 3
    assert not found(*right, *wrong[:2], rule="shifted_years")


def test_7_weak_source():
    office, page = seen("gdp", 2022, "13966.11"), seen("gdp", 2022, "12000", by=source("网页", Trust.SECONDARY))
    assert found(office, page, rule="weak_source")
    assert not found(office, replace(page, value=Decimal("13966.1")), rule="weak_source")


def test_8_two_bases_of_one_thing():
    more = replace(KNOWN, same=(("part", "gdp"),))
    assert found(seen("part", 2020, "475.5"), seen("gdp", 2020, "466.7"), rule="two_bases", knowledge=more)
    assert not found(seen("part", 2020, "466.8"), seen("gdp", 2020, "466.7"), rule="two_bases", knowledge=more)


def test_9_months_are_marked():
    (finding,) = found(seen("patents", 2023, "1933", note="2023 年 1—8 月累计，不是全年"), rule="dated")
    assert "2023" in finding.text.en


def test_10_stock_and_flow():
    assert found(seen("patents", 2023, "6487"), seen("part", 2023, "16495"), rule="stock_and_flow")


def test_11_target_as_value():
    wanted = level("2.43", 2025, indicator="x_share")
    assert found(seen("x_share", 2024, "2.43"), rule="target_as_value", targets=(wanted,))
    assert not found(seen("x_share", 2024, "2.43", "300"), rule="target_as_value", targets=(wanted,))
    assert not found(seen("x_share", 2020, "2.43"), rule="target_as_value", targets=(wanted,))


def test_12_rounding_order():
    parts = [seen("part", 2017, "385"), seen("gdp", 2017, "1000")]
    assert found(*parts, seen("x_share", 2017, "38.9"), rule="rounding_order")
    assert not found(*parts, seen("x_share", 2017, "38.5"), rule="rounding_order")


def test_13_conflict():
    both = [seen("x_share", 2018, "2.19"), seen("x_share", 2018, "2.14", by=source("另一来源"))]
    assert found(*both, rule="conflict")
    assert not found(both[0], replace(both[1], value=Decimal("2.2")), rule="conflict")


def test_14_administrative_break():
    years = [seen("gdp", y, v) for y, v in ((1992, "11"), (1993, "13"), (1994, "95"), (1995, "110"))]
    (finding,) = found(*years, rule="level_jump")
    assert finding.cells == (("100", "gdp", 1993), ("100", "gdp", 1994))


def test_14_a_lone_wrong_value_is_an_outlier_not_a_break():
    values = ["20", "22", "24", "26", "28", "30", "320", "34", "36"]
    years = [seen("gdp", 2005 + i, v) for i, v in enumerate(values)]
    assert [f.cells for f in found(*years, rule="outlier")] == [(("100", "gdp", 2011),)]
    assert not found(*years, rule="level_jump")


def test_15_common_fall():
    two = [
        seen("patents", y, v, r)
        for r, a, b in (("200", "98936", "74940"), ("100", "900", "700"))
        for y, v in ((2022, a), (2023, b))
    ]
    assert found(*two, rule="common_fall")
    assert not found(*two[:3], seen("patents", 2023, "890"), rule="common_fall")


def test_16_mismatched_scope():
    (finding,) = found(
        seen("gdp", 2020, "1"), rule="mismatched_scope", knowledge=replace(KNOWN, mismatched=("x_share",))
    )
    assert findings_of([finding], "x_share") == [finding]


@pytest.mark.parametrize(
    ("observations", "rule"),
    [
        ([seen("gdp", 2020, "5", unit="家")], "wrong_unit"),
        ([seen("gdp", 2020, "5"), seen("gdp", 2020, "5")], "duplicate"),
        ([seen("gdp", 2031, "5")], "future_year"),
        ([seen("x_share", 2020, "250")], "over_hundred"),
        ([seen("x_share", 2020, "-2")], "over_hundred"),
        ([seen("gdp", y, "5") for y in (2001, 2002, 2003, 2005, 2006)], "gap"),
        ([seen("gdp", y, "5") for y in (2000, 2002)], "gap"),
    ],
)
def test_bad_input(observations, rule):
    good = seen("gdp", 1999, "100")
    (finding,) = found(good, *observations, rule=rule)
    assert finding.text.zh and finding.text.en
    assert ("100", "gdp", 1999) in choose_all([good, *observations], {d.id: d.unit for d in ALL})


def test_one_line_for_many_regions():
    rows = [seen("gdp", y, v, r) for r in ("100", "300") for y, v in ((2016, "2204.13"), (2017, "2178.19"))]
    rows += [seen("growth", 2016, "8", r) for r in ("100", "300")]
    (line,) = summarised(found(*rows, rule="fall_against_growth"), "300")
    assert line.cells[0][0] == "300"
    assert line.text.zh.endswith("（另有 1 个地区同样）")


@pytest.fixture(scope="module")
def real(shared):
    with (shared / "data/observations-hunan.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    observations = tuple(
        Observation(r["region_code"], r["indicator"], int(r["year"]), Decimal(r["value"]), r["unit"],
                    source(r["source_title"], trust_from_title(r["source_title"])), r["note"],
                    flags_from_remark(r["note"])) for r in rows)  # fmt: skip
    units = {o.indicator: o.unit for o in reversed(observations)}
    definitions = {i: Definition(i, Text(i, i), u) for i, u in units.items()}
    panel = ("431000", *sorted({o.region for o in observations} - {"431000", "430000", "000000"}))
    cells = choose_all(observations, units)
    return check(Material(definitions, observations, cells, dt.date(2026, 11, 24), "431000", panel, "430000"))


@pytest.mark.parametrize(
    ("rule", "cell"),
    [
        ("implied_denominator", ("431000", "gdp_per_capita", 2013)),
        ("copied_year", ("431000", "average_wage", 2014)),
        ("fall_against_growth", ("431000", "gdp", 2017)),
        ("parts_exceed_whole", ("430000", "gdp", 2018)),
        ("missing_member", ("433100", "gdp", 2016)),
        ("scope_break", ("430000", "hitech_va", 2023)),
        ("two_bases", ("431000", "population_resident", 2020)),
        ("base_moved", ("431000", "population_resident_used", 2025)),
        ("dated", ("431000", "invention_patents_valid", 2020)),
        ("stock_and_flow", ("430000", "hitech_firms_announced_in_year", 2023)),
        ("target_as_value", ("431000", "rd_intensity", 2024)),
        ("too_fast", ("431000", "rd_intensity", 2024)),
        ("conflict", ("000000", "rd_intensity", 2018)),
        ("conflict", ("431000", "gdp_growth_real", 2016)),
        ("common_fall", ("430000", "patents_granted", 2023)),
        ("outlier", ("431100", "average_wage", 2011)),
    ],
)
def test_traps_of_the_real_file(real, rule, cell):
    assert any(f.rule == rule and cell in f.cells for f in real)


def test_few_false_alarms(real):
    serious = [f for f in summarised(real, "431000") if f.severity > Severity.NOTE and f.rule != "conflict"]
    assert len(serious) <= 20
    assert not [f for f in real if f.severity is Severity.ERROR]
