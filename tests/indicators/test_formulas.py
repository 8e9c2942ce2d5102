"""Formulas of indicators: read, checked by dimension, computed exactly, explained, turned round; unknown stays unknown."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.indicators import Break, Definition, Flag, Source, Target, Text, choose_all, judge, reasons
from kechuang.indicators.formulas import check, derive, formula_words, needed, with_breaks, with_derived, work
from kechuang.indicators.formulas.compute import rounded
from kechuang.indicators.formulas.language import order
from kechuang.indicators.series import linked, paces, series

from .made import seen, situation


def named(id: str, unit: str, formula: str | None = None, decimals: int = 2, **more) -> Definition:
    return Definition(id, Text(id, id), unit, unit_en=unit, formula=formula, decimals=decimals, **more)


PARTS = (
    named("spent", "万元"), named("gdp", "亿元"), named("old_gdp", "亿元"), named("people", "万人"),
    named("patents", "件", decimals=0), named("firms", "家"), named("share_a", "%"), named("share_b", "%"),
    named("lead", "个百分点"), named("index", "上年=100"), named("density", "件/万人"),
)  # fmt: skip
RATIO = named("intensity", "%", "spent / gdp")
DEFINITIONS = {d.id: d for d in (RATIO, *PARTS)}


def fault(formula: str, unit: str = "%", id: str = "r"):
    return check(named(id, unit, formula), DEFINITIONS)


@pytest.mark.parametrize(
    ("formula", "unit"),
    [
        ("spent / gdp", "%"), ("spent / gdp", "‰"), ("share(spent, gdp)", "%"), ("spent + gdp", "万元"),
        ("patents / people", "件/百万人"), ("patents / average(people, 2)", "件/万人"), ("gdp / people", "元"),
        ("gdp / people", "万元/人"), ("growth(gdp)", "%"), ("change(share_a)", "个百分点"), ("share_a - share_b", "个百分点"),
        ("growth(gdp) - growth(spent)", "个百分点"), ("share_a - share_b", "%"), ('quantity(100, "%") - share_a', "%"),
        ("gdp * share_a", "亿元"), ("2 * gdp - spent", "亿元"), ("-spent", "万元"), ("max(spent, gdp)", "亿元"),
        ("previous(gdp)", "亿元"), ("change(gdp)", "亿元"), ("share_a + lead", "%"), ("lead * 2", "个百分点"),
        ("lead / 2 + lead", "个百分点"), ("density * people", "件"), ("(gdp - previous(gdp)) / previous(gdp)", "%"),
    ],
)  # fmt: skip
def test_formulas_whose_units_agree(formula, unit):
    assert fault(formula, unit) is None


@pytest.mark.parametrize(
    ("formula", "unit", "column", "zh", "en"),
    [
        ("spent / people", "%", 1, "算式得出的是“元/人”，得不到指标的单位“%”", "the formula gives “元/人”, which cannot be stated"),
        ("patents / people", "元", 1, "“件/人”", "“件/人”"),
        ("gdp / firms", "亿元", 1, "“元/家”", "“元/家”"),
        ("spent + people", "万元", 1, "“元”和“人”不是同一种量", "“元” and “人” are not the same kind of quantity"),
        ("spent + patents / people", "万元", 1, "不是同一种量", "not the same kind"),
        ("100 - share_a", "%", 1, "这个数没有单位", "this number has no unit"),
        ("spent / nothing", "%", 9, "“nothing”没有定义", "“nothing” of the formula is not defined"),
        ("spent / gdpp", "%", 9, "是不是“gdp”？", "did you mean “gdp”?"),
        ("spent / r", "%", 9, "算式里有它自己", "the formula contains the indicator itself"),
        ("share_a", "个百分点", 1, "得出的是比率，得不到指标的单位“个百分点”", "the formula gives a ratio"),
        ("growth(gdp)", "个百分点", 1, "得不到", "cannot be stated"),
        ("lead", "元", 1, "百分点之差", "a difference of percentages"),
        ("growth(share_a)", "%", 1, "用 change(…)", "use change(…)"),
        ("gdp / 0", "亿元", 7, "不能除以零", "division by zero"),
        ("2 * 3", "%", 1, "没有指标", "names no indicator"),
        ("growth(2)", "%", 1, "没有增长率", "growth rate"),
        ("average(gdp, 1)", "亿元", 14, "2 到 10 的整数", "from 2 to 10"),
        ("average(gdp, people)", "亿元", 14, "2 到 10 的整数", "from 2 to 10"),
        ("gdp + quantity(people, \"亿元\")", "亿元", 16, "第一项写一个数", "a number first"),
        ("gdp + quantity(5, 亿元)", "亿元", 19, "第二项写单位", "a unit second"),
        ("gdp + quantity(5, \"亿元/年/人\")", "亿元", 19, "读不懂", "cannot read the unit"),
        ("spent ÷ gdp", "%", 7, "请写 /", "write /"),
        ("spent / gdp %", "%", 13, "百分号", "percent sign"),
        ("spent // gdp", "%", 1, "加减乘除", "+ - * /"),
        ("spent ** 2", "万元", 1, "加减乘除", "+ - * /"),
        ("log(gdp)", "亿元", 1, "没有这个函数；可用的有：min、max、growth", "unknown function; there are: min, max, growth"),
        ("growth(gdp, 2)", "%", 1, "1 个参数", "takes 1 arguments"),
        ("gdp if gdp > spent else spent", "亿元", 1, "这种写法不在算式里", "not part of formulas"),
        ("spent / / gdp", "%", 9, "这里读不懂", "cannot be read here"),
        ("", "%", 1, "空", "empty"),
    ],
)  # fmt: skip
def test_faults_name_place_and_remedy(formula, unit, column, zh, en):
    found = fault(formula, unit)
    assert found is not None and (found.line, found.column) == (1, column), found
    if formula != "growth(2)":
        assert zh in found.message("zh") and en in found.message("en")


def test_a_fault_on_the_second_line_says_so():
    found = fault("spent\n  / nothing")
    assert found is not None and (found.line, found.column) == (2, 5)


def test_formulas_may_use_one_another_but_not_in_a_circle():
    a, b, c = named("a", "%", "b"), named("b", "%", "c"), named("c", "%", "a")
    found = check(a, {**DEFINITIONS, "a": a, "b": b, "c": c})
    assert found is not None and found.zh == "算式绕了一圈：a → b → c → a"
    assert order({"a": a, "b": b, "c": c}) == []
    sound = {**DEFINITIONS, "x": named("x", "%", "y - share_b"), "y": named("y", "%", "spent / gdp")}
    assert [d.id for d in order(sound)] == ["intensity", "y", "x"]


def cells_of(*observations, definitions=DEFINITIONS):
    return choose_all(observations, {d.id: d.unit for d in definitions.values()})


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
    partial = work(RATIO, "100", 2022, cells, DEFINITIONS)
    assert partial.value is None
    assert partial.missing == (
        Text("2022 年spent不能用来计算（不是全年数）", "spent of 2022 cannot be used (not a full year)"),
    )


def gdp(year, value, **more):
    return seen(year, value, indicator="gdp", unit="亿元", **more)


@pytest.mark.parametrize(
    ("formula", "unit", "expected"),
    [
        ("growth(gdp)", "%", Fraction(25, 1)), ("change(gdp)", "亿元", Fraction(200)), ("previous(gdp)", "万元", Fraction(8_000_000)),
        ("average(gdp, 2)", "亿元", Fraction(900)), ("spent / average(gdp, 2)", "%", Fraction(100, 3)),
        ("gdp - spent", "亿元", Fraction(700)), ("share(spent, gdp)", "‰", Fraction(300)), ("gdp / people", "元", Fraction(20000)),
        ('quantity(100, "%") - spent / gdp', "%", Fraction(70)), ("growth(gdp) - share(spent, gdp)", "个百分点", Fraction(-5)),
        ("min(gdp, spent)", "亿元", Fraction(300)), ("max(gdp, 2 * spent, -gdp)", "亿元", Fraction(1000)),
        ("growth(gdp * previous(people))", "%", None), ("gdp / (gdp - 2 * spent - spent / 3 - spent)", "%", None),
    ],
)  # fmt: skip
def test_values_are_exact(formula, unit, expected):
    cells = cells_of(
        gdp(2019, "800"), gdp(2020, "1000"), seen(2020, "3000000", indicator="spent", unit="万元"),
        seen(2020, "500", indicator="people", unit="万人"),
    )  # fmt: skip
    found = work(named("r", unit, formula), "100", 2020, cells, DEFINITIONS)
    assert found.exact == expected
    assert (found.exact is None) == bool(found.missing)


def test_all_that_is_missing_is_named_and_nothing_is_zero():
    found = work(named("r", "%", "0 * spent / gdp + growth(gdp)"), "100", 2020, cells_of(gdp(2020, "0")), DEFINITIONS)
    assert found.value is None
    assert [m.en for m in found.missing] == ["spent of 2020 is missing", "gdp of 2019 is missing"]
    nothing = work(
        RATIO, "100", 2020, cells_of(gdp(2020, "0"), seen(2020, "1", indicator="spent", unit="万元")), DEFINITIONS
    )
    assert [m.zh for m in nothing.missing] == ["除数是零"]
    below = work(named("r", "%", "growth(gdp)"), "100", 2020, cells_of(gdp(2019, "-1"), gdp(2020, "5")), DEFINITIONS)
    assert [m.en for m in below.missing] == ["the value of 2019 is not positive: no growth rate"]


def test_breaks_keep_years_apart_unless_they_are_linked():
    cells = cells_of(gdp(2016, "2000"), gdp(2017, "1800"), gdp(2018, "1890"))
    why = Text("普查", "census")
    broken = {**DEFINITIONS, "gdp": replace(DEFINITIONS["gdp"], breaks=(Break(2017, why, "100"),))}
    growth = named("r", "%", "growth(gdp)")
    apart = work(growth, "100", 2017, cells, broken)
    assert apart.value is None and "gdp在 2017 年有断点" in apart.missing[0].zh
    assert work(growth, "100", 2018, cells, broken).exact == 5
    assert work(growth, "100", 2017, cells, DEFINITIONS).exact == -10
    linked_ = {**DEFINITIONS, "gdp": replace(DEFINITIONS["gdp"], breaks=(Break(2017, why, "100", Decimal("0.8")),))}
    across = work(growth, "100", 2017, cells, linked_)
    assert across.exact == Fraction(25, 2) and [p.factor for p in across.parts] == [1, Decimal("0.8")]
    assert "衔接系数 0.8" in reasons.working_sentence(across, linked_).zh


def test_a_computed_series_breaks_where_its_parts_do():
    why = Text("普查", "census")
    definitions = with_breaks(
        {
            **DEFINITIONS,
            "gdp": replace(DEFINITIONS["gdp"], breaks=(Break(2017, why),)),
            "twice": named("twice", "%", "2 * intensity"),
        }
    )
    assert [b.year for b in definitions["twice"].inherited] == [2017]
    both = [o for y in (2016, 2017, 2018) for o in (gdp(y, "100"), seen(y, str(y), indicator="spent", unit="万元"))]
    cells = with_derived(cells_of(*both), definitions)
    ratio = definitions["intensity"]
    assert [(p.first, p.last) for p in paces(cells, "100", ratio)] == [(2017, 2018)]
    assert sorted(linked(series(cells, "100", "intensity"), ratio, "100")) == [2017, 2018]
    published = cells_of(*(seen(y, "1", indicator="intensity") for y in (2016, 2017, 2018)))
    assert len(paces(published, "100", ratio)) == 2  # who publishes the ratio answers for its comparability


def test_computed_parts_go_on_unrounded():
    definitions = {
        **DEFINITIONS,
        "third": named("third", "%", "spent / gdp", 0),
        "back": named("back", "%", "third * 3", 6),
    }
    cells = cells_of(gdp(2020, "3"), seen(2020, "10000", indicator="spent", unit="万元"))
    every = with_derived(cells, definitions)
    assert every["100", "third", 2020].value == Decimal("33.3333")
    assert every["100", "back", 2020].value == 100


def test_what_a_computed_cell_says():
    early, late = (Source(d.isoformat(), "公报", released=d) for d in (dt.date(2021, 3, 1), dt.date(2021, 9, 1)))
    cells = cells_of(
        seen(2020, "250000", indicator="spent", unit="万元", by=late), gdp(2020, "1500", by=early, note="初步核算"),
    )  # fmt: skip
    found = work(RATIO, "100", 2020, cells, DEFINITIONS)
    assert reasons.working_sentence(found, DEFINITIONS) == Text(
        "2020 年spent 250,000 万元＝2,500,000,000 元；2020 年gdp 1,500 亿元＝150,000,000,000 元；spent ÷ gdp ＝ 1.67%",
        "spent in 2020: 2,500 million yuan = 2,500,000,000 yuan; gdp in 2020: 150 billion yuan = 150,000,000,000 yuan; "
        "spent ÷ gdp = 1.67%",
    )
    (cell,) = derive(cells, DEFINITIONS)
    assert cell.known_since == dt.date(2021, 9, 1)
    assert cell.flags == {Flag.COMPUTED, Flag.FIRST_RELEASE}
    assert cell.source.title == "按算式计算：spent ÷ gdp / computed: spent ÷ gdp"


@pytest.mark.parametrize(
    ("formula", "zh", "en"),
    [
        ("gdp - (spent - old_gdp)", "gdp － （spent － old_gdp）", "gdp − (spent − old_gdp)"),
        ("(gdp + spent) / people * 2", "（gdp ＋ spent） ÷ people × 2", "(gdp + spent) ÷ people × 2"),
        ("growth(gdp - spent)", "（gdp － spent）比上年增长", "growth of (gdp − spent)"),
        ("share(spent, gdp)", "spent占gdp的比重", "share of spent in gdp"),
        ('quantity(100, "%") - share_a', "100% － share_a", "100% − share_a"),
        ("average(people, 2)", "people近 2 年平均", "mean of people over 2 years"),
        ("max(-gdp, previous(spent), change(gdp))", "较大的（−gdp、上年spent、gdp比上年的变化）", "the greatest of (−gdp, spent a year before, change of gdp)"),
    ],
)  # fmt: skip
def test_formulas_in_words(formula, zh, en):
    assert formula_words(named("r", "%", formula), DEFINITIONS) == Text(zh, en)
    assert formula_words(PARTS[0], DEFINITIONS) is None


def test_a_target_turned_round():
    spent = seen(2020, "250000", indicator="spent", unit="万元")
    place = situation(spent, gdp(2020, "1500"), definitions=tuple(DEFINITIONS.values()))
    need = needed(RATIO, Decimal("2.5"), 2020, place.cells, place.definitions, "100")
    assert need is not None and need.same_year and need.latest is not None
    assert (need.value, need.latest.value) == (Decimal("375000"), Decimal("250000"))
    later = needed(RATIO, Decimal("2.5"), 2025, place.cells, place.definitions, "100")
    assert later is not None and not later.same_year and later.others[0].year == 2020
    assert "期限当年的还没有" in reasons.need_sentence(later, place).zh
    assert needed(RATIO, Decimal("2.5"), 2020, place.cells, place.definitions, "200") is None
    target = Target("t", "level", Text("t", "t"), "intensity", Decimal("2.5"), unit="%", operator=">=", deadline=dt.date(2020, 12, 31))  # fmt: skip
    assert judge(target, place).need == need


@pytest.mark.parametrize(
    ("formula", "unit", "wanted", "part", "value"),
    [
        ("growth(gdp)", "%", "10", None, "1100"),
        ("gdp - spent", "亿元", "400", "spent", "6000000"),
        ("share(gdp - 2 * spent, old_gdp)", "%", "50", None, "2100"),
        ("spent / gdp", "%", "5", "gdp", None),
        ("gdp * gdp / old_gdp", "亿元", "5", None, None),
        ("max(gdp, spent)", "亿元", "5", None, None),
        ("spent / gdp", "%", "5", "people", None),
        ("gdp - gdp + spent", "亿元", "5", "gdp", None),
        ("spent / gdp / 3", "%", "1", None, "300000"),
    ],
)
def test_turning_round_other_shapes(formula, unit, wanted, part, value):
    cells = cells_of(
        gdp(2019, "1000"), gdp(2020, "1000"), seen(2020, "5000000", indicator="spent", unit="万元"),
        seen(2020, "2200", indicator="old_gdp", unit="亿元"),
    )  # fmt: skip
    need = needed(named("r", unit, formula), Decimal(wanted), 2020, cells, DEFINITIONS, "100", part)
    assert (need and need.value) == (Decimal(value) if value else None)


def test_a_lagged_part_never_stands_in_for_another_year():
    cells = cells_of(gdp(2019, "1000"), gdp(2020, "1100"))
    growth = named("r", "%", "growth(gdp)")
    assert needed(growth, Decimal(5), 2021, cells, DEFINITIONS, "100").value == 1155
    assert needed(growth, Decimal(5), 2025, cells, DEFINITIONS, "100") is None


@given(st.decimals("0.01", "99", places=2), st.decimals("1", "99999", places=2))
def test_turning_round_and_back(wanted, size):
    place = situation(gdp(2020, str(size)), definitions=tuple(DEFINITIONS.values()))
    need = needed(RATIO, wanted, 2020, place.cells, place.definitions, "100")
    assert need is not None
    cells = cells_of(seen(2020, str(need.value), indicator="spent", unit="万元"), gdp(2020, str(size)))
    (found,) = derive(cells, DEFINITIONS)
    assert found.value == wanted


@given(st.fractions(), st.integers(0, 8))
def test_rounding_is_half_away_from_zero_and_never_off_by_more_than_half(value, decimals):
    found = rounded(value, decimals)
    off = abs(Fraction(found) - value) * 10**decimals
    assert off <= Fraction(1, 2) and (off < Fraction(1, 2) or abs(Fraction(found)) > abs(value))
