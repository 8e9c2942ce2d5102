"""How many regions ever made a jump, beside an open target."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from kechuang.indicators import Definition, Status, Target, Text, judge, reasons
from kechuang.indicators.plausibility import plausibility

from .made import seen, situation

RATIO = Definition("intensity", Text("intensity", "intensity"), "%")
GDP = Definition("gdp", Text("gdp", "gdp"), "亿元")

HISTORY = {
    "a": {2010: Decimal("1.0"), 2012: Decimal("1.5"), 2013: Decimal("1.6")},
    "b": {2010: Decimal("2.0"), 2012: Decimal("2.1")},
    "c": {2012: Decimal("1.0")},
}


def test_plausibility_by_difference_and_by_factor():
    points = plausibility(RATIO, (2020, Decimal("1.2")), (2022, Decimal("1.7")), HISTORY)
    assert points is not None and (points.years, points.regions, points.made) == (2, ("a", "b"), ("a",))
    factor = plausibility(GDP, (2020, Decimal(10)), (2022, Decimal(15)), HISTORY)
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
