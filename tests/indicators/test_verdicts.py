"""Verdicts say what the data allow, and no more."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from kechuang.indicators import Break, Related, Status, Target, Text, judge, judge_all
from kechuang.indicators.progress import Progress, progress_ratio
from kechuang.indicators.reasons import pace_sentence, target_value
from kechuang.indicators.series import best_pace, compound_growth, linked, series, years_needed

from .made import HOLDERS, OUT, RD, level, seen, situation

HUNAN = [
    seen(y, v, region="200")
    for y, v in ((2016, "1.50"), (2017, "1.68"), (2018, "1.81"), (2019, "1.98"), (2020, "2.15"))
]


def test_missed_with_gap_and_pace():
    place = situation(*HUNAN, seen(2020, "1.21", note="年份为推断"))
    verdict = judge(level(), place)
    assert verdict.status is Status.MISSED
    assert verdict.gap is not None and verdict.gap.value == Decimal("-1.29")
    assert verdict.gap.unit.zh == "个百分点"
    assert verdict.reason == Text(
        "2020 年为 1.21%（年份为推断），比目标 2.5% 低 1.29 个百分点",
        "1.21% in 2020 (year inferred): 1.29 percentage points below the target of 2.5%",
    )
    assert verdict.best_here is None
    assert verdict.best_peer is not None and verdict.best_peer.per_year == Decimal("0.18")
    assert verdict.years_at_best == 8
    sentence = pace_sentence(verdict, RD, place)
    assert sentence is not None
    assert sentence.zh == "已见最快 +0.18 个百分点/年（某省，2017 年），按此还要 8 年"


def test_later_value_cannot_stand_for_the_deadline():
    verdict = judge(level("1.6", 2015), situation(seen(2020, "1.21")))
    assert verdict.status is Status.INSUFFICIENT
    assert verdict.reason.zh == "2015 年没有可用的观测值；2020 年为 1.21%，仍低于目标，不能代替期限当年"
    assert verdict.gap is not None and verdict.gap.value == Decimal("-0.39")


@pytest.mark.parametrize(
    ("operator", "value", "status"),
    [
        (">=", "2.5", Status.REACHED),
        (">=", "2.49", Status.MISSED),
        (">", "2.5", Status.MISSED),
        (">", "2.51", Status.REACHED),
        ("<=", "2.5", Status.REACHED),
        ("<=", "2.6", Status.MISSED),
        ("<", "2.5", Status.MISSED),
        ("<", "2.4", Status.REACHED),
        ("~", "2.5", Status.REACHED),
        ("~", "2.45", Status.TO_VERIFY),
        ("~", "2.7", Status.TO_VERIFY),
    ],
)
def test_operators(operator, value, status):
    assert judge(level(operator=operator), situation(seen(2020, value))).status is status


def test_range():
    target = level("2", operator="range", value_max=Decimal("3"))
    assert [judge(target, situation(seen(2020, v))).status for v in ("1.9", "2", "3", "3.1")] == [
        Status.MISSED,
        Status.REACHED,
        Status.REACHED,
        Status.MISSED,
    ]
    assert target_value(target, RD).en == "2 to 3%"


def test_target_in_another_unit():
    target = level("1000", operator=">", indicator="out", unit="亿元")
    verdict = judge(target, situation(seen(2020, "10818000", indicator="out", unit="万元")))
    assert verdict.status is Status.REACHED
    assert verdict.gap is not None and (verdict.gap.value, verdict.gap.unit.zh) == (Decimal("81.8000"), "亿元")
    wrong = judge(replace(target, unit="家"), situation(seen(2020, "1", indicator="out", unit="亿元")))
    assert wrong.status is Status.INSUFFICIENT
    assert wrong.reason.zh == "目标和指标的单位对不上：“家”不能换算成“亿元”"


def test_empty_row_names_holder_and_shows_the_province():
    verdict = judge(level(), situation(*HUNAN))
    assert verdict.status is Status.NO_DATA
    assert verdict.missing == Text(
        "缺：2020 年的研发投入强度；由市统计局掌握", "missing: R&D intensity, 2020; held by the statistics bureau"
    )
    assert [(c.region, c.year, c.value) for c in verdict.elsewhere] == [("200", 2020, Decimal("2.15"))]
    assert verdict.holder == HOLDERS["stats"]


def test_part_of_the_scope_is_not_compared():
    verdict = judge(
        level("1000", 2014, ">", indicator="out", unit="亿元"),
        situation(seen(2014, "1081.8", indicator="out", unit="亿元", note="仅高新区一个园区")),
    )
    assert verdict.status is Status.INSUFFICIENT
    assert verdict.gap is None
    assert verdict.reason.zh == "2014 年的数口径不符（不是全市口径），不比较"


def test_near_indicator_is_shown_but_not_compared():
    near = replace(RD, related=(Related("out", Text("那是产值", "that is output")),))
    verdict = judge(level(), situation(seen(2019, "5", indicator="out", unit="亿元"), definitions=(near, OUT)))
    assert verdict.status is Status.INSUFFICIENT
    assert verdict.related[0][0].value == 5
    assert verdict.reason.zh == "只有相近口径的数，不能比较：那是产值"


def test_target_reported_as_value_is_to_be_verified():
    place = situation(seen(2024, "2.43", note="与 2025 年目标同数，待核实"))
    assert judge(level("2.4", 2024), place).status is Status.TO_VERIFY
    later = judge(level("2.43", 2027), place)
    assert later.status is Status.TO_VERIFY
    assert later.remarks[0].zh == "2024 年另有 2.43%，待核实，不参与判定"


def test_words_references_duties_and_undated():
    place = situation()
    plain = Target("q", "qualitative", Text("提高", "improve"))
    assert judge(plain, place).status is Status.QUALITATIVE
    assert (
        judge(replace(plain, kind="reference", reference=Text("另一标准", "another standard")), place).status
        is Status.EXTERNAL
    )
    assert judge(replace(plain, kind="duty"), place).reason.en == "a duty without a number, checked by supervision"
    undated = judge(level(year=None), place)
    assert undated.status is Status.UNDATED
    assert undated.missing is not None and undated.missing.zh == "缺：研发投入强度；由市统计局掌握"
    assert judge(level(indicator="unknown"), place).status is Status.NO_DATA


def test_before_the_deadline():
    rising = [seen(2021 + i, str(Decimal("1.0") + Decimal("0.1") * i)) for i in range(5)]
    on, off = judge(level("1.8", 2029), situation(*rising)), judge(level("3", 2029), situation(*rising))
    assert (on.status, off.status) == (Status.ON_TRACK, Status.OFF_TRACK)
    assert on.required == Decimal("0.1") and off.required == Decimal("0.4")
    assert off.best_here is not None and off.best_here.per_year == Decimal("0.1")
    assert off.outlook is not None and off.outlook.best is None
    assert judge(level("1.8", 2029), situation(rising[-1])).status is Status.TOO_FEW
    assert judge(level("1.4", 2029), situation(*rising)).status is Status.REACHED


def test_probability_from_eight_points_on():
    values = [seen(2017 + i, str(Decimal("1.0") + Decimal("0.1") * i + Decimal("0.01") * (i % 3))) for i in range(9)]
    verdict = judge(level("3", 2029), situation(*values))
    assert verdict.outlook is not None and verdict.outlook.best is not None
    assert verdict.outlook.best.probability(3.0) < 0.01


def test_relation_between_growth_rates():
    target = Target("r", "relation", Text("快于", "faster"), relation=("out", "rev"), operator=">")
    rev = replace(OUT, id="rev", name=Text("收入", "revenue"))
    both = [seen(y, v, indicator="out", unit="亿元") for y, v in ((2018, "100"), (2019, "120"), (2020, "126"))]
    both += [seen(y, v, indicator="rev", unit="亿元") for y, v in ((2018, "100"), (2019, "110"), (2020, "121"))]
    place = situation(*both, definitions=(OUT, rev))
    verdict = judge(target, place)
    assert verdict.status is Status.MISSED
    assert verdict.reason.zh == "2020 年产值增长 5.00%，不高于收入的 10.00%；2 年里 1 年没做到"
    assert verdict.gap is not None and verdict.gap.value == Decimal("-5.00")
    assert judge(replace(target, deadline=dt.date(2019, 12, 31)), place).status is Status.REACHED
    later = judge(replace(target, deadline=dt.date(2021, 12, 31)), place)
    assert later.status is Status.INSUFFICIENT
    assert later.reason.zh.startswith("2021 年没有两项都可用的数；2020 年产值增长 5.00%")
    assert judge(replace(target, deadline=dt.date(2030, 12, 31)), place).status is Status.OFF_TRACK
    empty = judge(target, situation(definitions=(OUT, rev)))
    assert empty.status is Status.NO_DATA
    assert empty.missing is not None and empty.missing.zh == "缺：逐年的产值和收入"


def test_part_larger_than_whole_is_an_error():
    whole = level("10", id="whole", operator=">=", indicator="out", unit="家")
    part = level("5", id="part", nested_in="whole", operator=">=", indicator="rd", unit="家")
    firms = (replace(RD, unit="家"), replace(OUT, unit="家"))
    wrong = situation(seen(2020, "12", indicator="out", unit="家"), seen(2020, "13", unit="家"), definitions=firms)
    assert [v.status for v in judge_all([whole, part], wrong)] == [Status.REACHED, Status.TO_VERIFY]
    right = situation(seen(2020, "12", indicator="out", unit="家"), seen(2020, "6", unit="家"), definitions=firms)
    assert [v.status for v in judge_all([whole, part], right)] == [Status.REACHED, Status.REACHED]


def test_no_growth_across_a_break():
    broken = replace(RD, breaks=(Break(2017, Text("普查", "census")),))
    place = situation(*HUNAN, definitions=(broken,))
    best = best_pace(place.cells, ["200"], broken)
    assert best is not None and best.per_year == Decimal("0.17")
    assert sorted(linked(series(place.cells, "200", "rd"), broken, "200")) == [2017, 2018, 2019, 2020]
    factor = replace(RD, breaks=(Break(2018, Text("普查", "census"), link_factor=Decimal("1.1")),))
    assert linked(series(place.cells, "200", "rd"), factor, "200")[2016] == Decimal("1.650")


def test_years_needed():
    assert years_needed(Decimal("1.29"), Decimal("0.18")) == 8
    assert years_needed(Decimal("-1"), Decimal("-0.5")) == 2
    assert years_needed(Decimal("1"), Decimal("-0.5")) is None
    assert years_needed(Decimal("1"), Decimal("0")) is None


def test_open_sdg_ratio():
    found = progress_ratio((2010, Decimal(100)), (2015, Decimal(110)), (2020, Decimal(130)))
    assert found is not None
    assert round(found.observed, 6) == Decimal("0.019245")
    assert round(found.required, 6) == Decimal("0.026584")
    assert found.progress is Progress.ACCELERATION_NEEDED
    falling = progress_ratio((2010, Decimal(100)), (2015, Decimal(120)), (2020, Decimal(50)), better="lower")
    assert falling is not None and falling.progress is Progress.DETERIORATION
    assert progress_ratio((2010, Decimal(0)), (2015, Decimal(1)), (2020, Decimal(2))) is None


def test_compound_growth():
    assert compound_growth(Decimal(100), Decimal(121), 2) == Decimal("0.1")
    assert compound_growth(Decimal(-1), Decimal(2), 2) is None


@pytest.mark.parametrize(
    ("operator", "zh", "en"),
    [
        (">=", "2.5% 以上", "2.5% or more"),
        (">", "超过 2.5%", "more than 2.5%"),
        ("~", "2.5% 左右", "about 2.5%"),
        ("judged", "2.5%", "2.5%"),
    ],
)
def test_target_value(operator, zh, en):
    assert target_value(level(operator=operator), RD) == Text(zh, en)


def test_less_is_better():
    lower = replace(RD, better="lower")
    falling = [seen(2021 + i, str(6 - Decimal("0.5") * i)) for i in range(5)]
    place = situation(*falling, definitions=(lower,))
    on = judge(level("2", 2029, "<="), place)
    assert (on.status, on.required) == (Status.ON_TRACK, Decimal("-0.5"))
    assert on.best_here is not None and on.best_here.per_year == Decimal("-0.5")
    assert judge(level("1", 2029, "<="), place).status is Status.OFF_TRACK
    missed = judge(level("3.5", 2025, "<="), place)
    assert (missed.status, missed.years_at_best) == (Status.MISSED, 1)
    assert missed.reason.zh == "2025 年为 4.0%，比目标 3.5% 高 0.5 个百分点"
