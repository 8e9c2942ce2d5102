"""Ratios are checked by dimension, derived where nobody published, and turned round."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.indicators import Definition, Flag, Status, Target, Text, UnitError, choose_all, judge, reasons
from kechuang.indicators.definitions import Formula
from kechuang.indicators.formulas import check, derive, needed, plausibility, power_of, with_derived

from .made import seen, situation


def named(id: str, unit: str, formula: Formula | None = None, decimals: int = 2) -> Definition:
    return Definition(id, Text(id, id), unit, unit_en=unit, formula=formula, decimals=decimals)


RATIO = named("intensity", "%", Formula("spent", "gdp"))
DEFINITIONS = {d.id: d for d in (RATIO, named("spent", "万元"), named("gdp", "亿元"))}


@pytest.mark.parametrize(
    ("ratio", "above", "below", "power"),
    [("%", "亿元", "亿元", 2), ("%", "万元", "亿元", -2), ("件/百万人", "件", "万人", 2), ("元", "亿元", "万人", 4)],
)
def test_dimensions(ratio, above, below, power):
    assert power_of(ratio, above, below) == power


@pytest.mark.parametrize(
    ("ratio", "above", "below"), [("%", "亿元", "万人"), ("件/万人", "家", "万人"), ("元", "件", "万人")]
)
def test_dimensions_that_disagree(ratio, above, below):
    with pytest.raises(UnitError, match="得不到"):
        power_of(ratio, above, below)


def test_a_formula_is_checked():
    assert check(RATIO, DEFINITIONS) is None
    missing = check(named("r", "%", Formula("nothing", "gdp")), DEFINITIONS)
    assert missing is not None and missing.en == "the indicator “nothing” of the formula is not defined"
    own = check(replace(RATIO, formula=Formula("intensity", "gdp")), DEFINITIONS)
    assert own is not None and own.zh == "算式里有它自己"
    wrong = check(named("r", "件/万人", Formula("spent", "gdp")), DEFINITIONS)
    assert wrong is not None and "得不到“件/万人”" in wrong.zh


def cells_of(*observations):
    return choose_all(observations, {d.id: d.unit for d in DEFINITIONS.values()})


def test_derived_only_where_nobody_published():
    cells = cells_of(
        seen(2020, "250000", indicator="spent", unit="万元"), seen(2020, "1500", indicator="gdp", unit="亿元"),
        seen(2021, "300000", indicator="spent", unit="万元"), seen(2021, "1600", indicator="gdp", unit="亿元"),
        seen(2021, "1.9", indicator="intensity"),
        seen(2022, "310000", indicator="spent", unit="万元", note="2022年1—8月累计，不是全年数"),
        seen(2022, "1700", indicator="gdp", unit="亿元"),
    )  # fmt: skip
    (found,) = derive(cells, DEFINITIONS)
    # 25 亿元 of 1,500 亿元: rounded when shown, not before.
    assert (found.year, found.value, found.flags) == (2020, Decimal("1.666667"), {Flag.COMPUTED})
    both = with_derived(cells, DEFINITIONS)
    assert both["100", "intensity", 2021].value == Decimal("1.9")
    assert reasons.cell_value(both["100", "intensity", 2020], RATIO).zh == "1.67%"


def test_a_target_turned_round():
    spent, gdp = seen(2020, "250000", indicator="spent", unit="万元"), seen(2020, "1500", indicator="gdp", unit="亿元")
    place = situation(spent, gdp, definitions=tuple(DEFINITIONS.values()))
    need = needed(RATIO, Decimal("2.5"), 2020, place.cells, place.definitions, "100")
    assert need is not None and need.same_year and need.latest is not None
    assert (need.value, need.latest.value) == (Decimal("375000"), Decimal("250000"))
    later = needed(RATIO, Decimal("2.5"), 2025, place.cells, place.definitions, "100")
    assert later is not None and not later.same_year and later.denominator.year == 2020
    assert "期限当年的还没有" in reasons.need_sentence(later, place).zh
    assert needed(RATIO, Decimal("2.5"), 2020, place.cells, place.definitions, "200") is None
    target = Target("t", "level", Text("t", "t"), "intensity", Decimal("2.5"), unit="%", operator=">=", deadline=dt.date(2020, 12, 31))  # fmt: skip
    assert judge(target, place).need == need


@given(st.decimals("0.01", "99", places=2), st.decimals("1", "99999", places=2))
def test_turning_round_and_back(wanted, gdp):
    place = situation(seen(2020, str(gdp), indicator="gdp", unit="亿元"), definitions=tuple(DEFINITIONS.values()))
    need = needed(RATIO, wanted, 2020, place.cells, place.definitions, "100")
    assert need is not None
    cells = cells_of(
        seen(2020, str(need.value), indicator="spent", unit="万元"), seen(2020, str(gdp), indicator="gdp", unit="亿元")
    )
    (found,) = derive(cells, DEFINITIONS)
    assert found.value == wanted


HISTORY = {
    "a": {2010: Decimal("1.0"), 2012: Decimal("1.5"), 2013: Decimal("1.6")},
    "b": {2010: Decimal("2.0"), 2012: Decimal("2.1")},
    "c": {2012: Decimal("1.0")},
}


def test_plausibility_by_difference_and_by_factor():
    points = plausibility(RATIO, (2020, Decimal("1.2")), (2022, Decimal("1.7")), HISTORY)
    assert points is not None and (points.years, points.regions, points.made) == (2, ("a", "b"), ("a",))
    factor = plausibility(DEFINITIONS["gdp"], (2020, Decimal(10)), (2022, Decimal(15)), HISTORY)
    assert factor is not None and factor.relative and factor.made == ("a",)
    falling = plausibility(RATIO, (2020, Decimal(2)), (2022, Decimal(1)), HISTORY)
    assert falling is not None and falling.made == ()
    assert plausibility(RATIO, (2020, Decimal(2)), (2030, Decimal(3)), HISTORY) is None
    assert plausibility(RATIO, (2020, Decimal(2)), (2020, Decimal(3)), HISTORY) is None


def test_an_open_target_says_class_and_plausibility():
    place = situation(
        *(seen(year, value) for year, value in ((2020, "1.0"), (2021, "1.1"), (2022, "1.2"))),
        *(seen(year, value, region="300") for year, value in ((2018, "1.0"), (2020, "1.8"), (2022, "1.9"))),
        today=dt.date(2023, 6, 1),
    )
    place = replace(place, peers=("300",))
    target = Target("t", "level", Text("t", "t"), "rd", Decimal("1.9"), unit="%", operator=">=", deadline=dt.date(2024, 12, 31))  # fmt: skip
    verdict = judge(target, place)
    assert verdict.status is Status.OFF_TRACK and verdict.progress is not None
    assert reasons.progress_sentence(verdict.progress).en.startswith(
        "progress class: limited progress (growth seen ÷ growth needed = 0.5"
    )
    assert verdict.plausibility is not None
    # The neighbour gained 0.8 in two years, the city never more than 0.2.
    assert (
        reasons.plausibility_sentence(verdict.plausibility).zh
        == "有 2 年以上序列的 2 个地区里，1 个曾在 2 年内有过这样的变化"
    )
