"""Sums and counts over a declared relation, and parameters looked up on another day."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from kechuang.measures import (
    Catalogue,
    ClauseRef,
    Condition,
    FactType,
    Measure,
    Parameter,
    Text,
    catalogue_problems,
    check_measure,
    explain,
    parse_facts,
)
from kechuang.measures.receipt import make, replay

START, DAY = dt.date(2013, 4, 18), dt.date(2026, 11, 24)
ASK = Text("请填写", "please give")


def D(text: str) -> Decimal:
    return Decimal(text)


CONTRACTS = FactType(
    "本年合同", "contracts of the year", "relation", Text("本年有哪些合同？", "Which contracts?"), unit="份",
    elements=("技术合同交易额", "合同已登记", "签订日", "占比"), cost=6,
)  # fmt: skip
FACTS = [
    FactType("技术合同交易额", "contract value", "money", ASK, maximum=D("1000000000")),
    FactType("合同已登记", "contract registered", "boolean", ASK),
    FactType("签订日", "date of signing", "date", ASK),
    FactType("占比", "share", "rate", ASK, unit="%"),
    FactType("历年已获补助", "subsidy so far", "money", ASK),
    CONTRACTS,
]
CATALOGUE = Catalogue(FACTS)
RATE = Parameter("rate", ((START, D("0.02")), (dt.date(2020, 1, 1), D("0.03"))), Text("补助比例", "subsidy rate"))
CAP = Parameter("cap", ((START, D("200000")),), Text("封顶", "cap"))


def measure(amount: str, *tests: str) -> Measure:
    return Measure(
        id="yearly", title=Text("年度补助", "yearly subsidy"), source=ClauseRef("3.1"), subject="enterprise",
        effective_from=START, parameters=(RATE, CAP), amount=amount,
        applies=tuple(Condition(t, Text("条件", "condition")) for t in tests),
    )  # fmt: skip


PER_YEAR = measure("min(sum(本年合同, half_up(技术合同交易额 * rate) if 合同已登记 else 0), cap)")
RAW = {
    "本年合同": [
        {"技术合同交易额": "1,000,000.33", "合同已登记": "是", "签订日": "2015-03-01"},
        {"技术合同交易额": "200万元", "合同已登记": "否", "签订日": "2021-03-01"},
        {"技术合同交易额": "50,000", "合同已登记": "是", "签订日": "2019-12-31"},
    ]
}


def facts(raw: dict[str, object]) -> dict[str, object]:
    found, errors = parse_facts(raw, CATALOGUE)
    assert errors == []
    return found  # type: ignore[return-value]


def told(m: Measure, raw: dict[str, object], on: dt.date = DAY) -> tuple[str, Decimal | None, list[str]]:
    e = explain(m, facts(raw), on, CATALOGUE)  # type: ignore[arg-type]
    return e.status, e.amount, [x.fact for x in e.missing]


def test_a_sum_shows_each_record() -> None:
    e = explain(PER_YEAR, facts(RAW), DAY, CATALOGUE)  # type: ignore[arg-type]
    assert (e.status, e.amount) == ("yes", D("31500.01"))
    assert [(s.kind, s.label.zh, s.detail.zh, s.value) for s in e.steps] == [
        ("fact", "本年合同第 1 项", "技术合同交易额 1,000,000.33 元，合同已登记 是", D("30000.01")),
        ("fact", "本年合同第 2 项", "技术合同交易额 2,000,000.00 元，合同已登记 否", D("0")),
        ("fact", "本年合同第 3 项", "技术合同交易额 50,000.00 元，合同已登记 是", D("1500.00")),
        ("sum", "各项合计", "本年合同共 3 份", D("31500.01")),
        ("cap", "封顶 200,000.00 没有起作用", "不超过封顶", D("31500.01")),
        ("result", "结果", "取较小者", D("31500.01")),
    ]
    assert e.steps[0].detail.en == "contract value 1,000,000.33 yuan, contract registered yes"
    assert e.steps[3].detail.en == "contracts of the year: 3 份"
    assert json.loads(json.dumps(e.to_dict()))["inputs"]["本年合同"][1] == {
        "技术合同交易额": "2000000.00", "合同已登记": False, "签订日": "2021-03-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("test", "raw", "result"),
    [
        ("any(本年合同, 技术合同交易额 >= 2000000)", RAW, "yes"),
        ("any(本年合同, 技术合同交易额 > 2000000)", RAW, "no"),
        ("all(本年合同, 技术合同交易额 >= 50000)", RAW, "yes"),
        ("all(本年合同, 合同已登记)", RAW, "no"),
        ("count(本年合同) == 3", RAW, "yes"),
        ("count(本年合同, 合同已登记) >= 2", RAW, "yes"),
        ("sum(本年合同, 技术合同交易额) >= 3050000.33", RAW, "yes"),
        ("any(本年合同, 合同已登记 and 签订日 < 计算日)", RAW, "yes"),
        ("all(本年合同, 合同已登记)", {"本年合同": []}, "yes"),
        ("any(本年合同, 合同已登记)", {"本年合同": []}, "no"),
        ("sum(本年合同, 技术合同交易额) > 0", {"本年合同": []}, "no"),
        ("count(本年合同) > 0", {}, "unknown"),
        ("any(本年合同, 合同已登记)", {"本年合同": "不知道"}, "unknown"),
        ("any(本年合同, 合同已登记)", {"本年合同": [{}, {"合同已登记": True}]}, "yes"),
        ("any(本年合同, 合同已登记)", {"本年合同": [{}, {"合同已登记": False}]}, "unknown"),
        ("all(本年合同, 合同已登记)", {"本年合同": [{}, {"合同已登记": False}]}, "no"),
        ("all(本年合同, 合同已登记)", {"本年合同": [{}, {"合同已登记": True}]}, "unknown"),
        ("count(本年合同, 合同已登记) >= 1", {"本年合同": [{}, {"合同已登记": True}]}, "unknown"),
        ("count(本年合同) >= 2", {"本年合同": [{}, {}]}, "yes"),
        ("sum(本年合同, 技术合同交易额) > 0", {"本年合同": [{}, {"技术合同交易额": "5"}]}, "unknown"),
        ("sum(本年合同, 技术合同交易额) >= 0", {"本年合同": [{}]}, "yes"),
    ],
)
def test_conditions_over_records(test: str, raw: dict[str, object], result: str) -> None:
    e = explain(measure("cap", test), facts(raw), DAY, CATALOGUE)  # type: ignore[arg-type]
    assert e.applies == result
    assert [m.fact for m in e.missing] == (["本年合同"] if result == "unknown" else [])


def test_records_and_facts_of_the_subject_together() -> None:
    left = measure("min(sum(本年合同, half_up(技术合同交易额 * rate)), max(cap - 历年已获补助, 0))")
    assert told(left, RAW) == ("unknown", None, ["历年已获补助"])
    assert told(left, RAW | {"历年已获补助": "190000"}) == ("yes", D("10000.00"), [])
    assert told(left, {"历年已获补助": "200000"}) == ("yes", D("0.00"), [])
    inside = measure("sum(本年合同, min(技术合同交易额, 历年已获补助))")
    assert told(inside, RAW) == ("unknown", None, ["历年已获补助"])
    assert told(inside, RAW | {"历年已获补助": "60000"}) == ("yes", D("170000.00"), [])
    people = measure("count(本年合同, 合同已登记) * yuan(1000)")
    assert told(people, RAW) == ("yes", D("2000"), [])


def test_shown_in_conditions() -> None:
    e = explain(measure("cap", "count(本年合同) > 3"), facts(RAW), DAY, CATALOGUE)  # type: ignore[arg-type]
    [shown] = e.conditions[0].facts
    assert shown.shown.zh.startswith("3 份（1,000,000.33 元、是、2015-03-01、不知道；2,000,000.00 元、否")
    assert e.why_not[0].sentence.zh == "不满足“条件”"


@pytest.mark.parametrize(
    ("amount", "word", "column"),
    [
        ("sum(去年合同, 技术合同交易额)", "没有叫“去年合同”的明细；是不是“本年合同”？", 5),
        ("sum(技术合同交易额, 技术合同交易额)", "没有叫“技术合同交易额”的明细", 5),
        ("本年合同", "“本年合同”是明细", 1),
        ("sum(本年合同, cap)", "没有用到每一项的事实", 1),
        ("sum(本年合同, 合同已登记)", "这里要一个数", 11),
        ("sum(本年合同, 技术合同交易额 * rate)", "4 位小数", 1),
        ("cap if any(本年合同, 技术合同交易额) else 0", "是/否的条件", 18),
        ("sum(本年合同, sum(本年合同, 技术合同交易额))", "没有叫“本年合同”的明细", 15),
        ("sum(本年合同)", "sum 要 2 个参数", 1),
        ("sum(本年合同, 技术合同交易额 * 99999)", "18 位", 1),
        ("value_on(技术合同交易额, 签订日)", "value_on 只用于参数", 10),
        ("half_up(历年已获补助 * value_on(rate, 技术合同交易额))", "这里要一个日期", 33),
        ('half_up(历年已获补助 * value_on(rate, date("2013-04-17")))', "从 2013-04-18 起才有值", 33),
    ],
)
def test_refused_when_loaded(amount: str, word: str, column: int) -> None:
    problem = check_measure(measure(amount), CATALOGUE)[0]
    assert word in problem.zh
    assert (problem.line, problem.column) == (1, column)
    assert problem.en


def test_faults_of_the_catalogue() -> None:
    def faults(*changed: FactType) -> list[str]:
        return [p.zh for p in catalogue_problems(Catalogue([*FACTS[:-1], *changed]))]

    assert faults(CONTRACTS) == []
    assert faults(replace(CONTRACTS, elements=("技术合同交易", "签订日"))) == [
        "没有声明事实“技术合同交易”；是不是“技术合同交易额”？"
    ]
    assert faults(replace(CONTRACTS, elements=())) == ["明细要写明每一项有哪些事实（elements），别的事实不写"]
    assert faults(CONTRACTS, replace(CONTRACTS, id="甲", elements=("本年合同",))) == ["明细里不能再有明细"]
    assert faults(replace(CONTRACTS, maximum=D("2.5"))) == ["最多项数要写成正整数"]


def test_faults_inside_records_are_told_with_their_place() -> None:
    raw = {"本年合同": [{"技术合同交易额": "1"}, {"技术合同交易额": "-1", "签定日": "2015-01-01"}]}
    found, errors = parse_facts(raw, CATALOGUE)
    assert found == {}
    assert [(e.fact, e.zh) for e in errors] == [
        ("本年合同[2].技术合同交易额", "“本年合同”第 2 项：“技术合同交易额”：不能是负数"),
        ("本年合同[2].签定日", "“本年合同”第 2 项：没有叫“签定日”的事实；是不是“签订日”？"),
    ]
    for bad in (3, [1, 2], {"技术合同交易额": "1"}):
        _, [error] = parse_facts({"本年合同": bad}, CATALOGUE)
        assert error.zh == "“本年合同”：要写成清单，每一项一个对象"
    _, [error] = parse_facts({"本年合同": [{}] * 501}, CATALOGUE)
    assert error.en == "contracts of the year: at most 500 records"
    with pytest.raises(TypeError, match="技术合同交易额 is money, not float"):
        explain(PER_YEAR, {"本年合同": ({"技术合同交易额": 1.5},)}, DAY, CATALOGUE)  # type: ignore[dict-item]


def test_a_parameter_on_another_day() -> None:
    signed = measure("sum(本年合同, half_up(技术合同交易额 * value_on(rate, 签订日)))")
    assert told(signed, RAW) == ("yes", D("20000.01") + D("60000.00") + D("1000.00"), [])
    single = measure("min(half_up(历年已获补助 * value_on(rate, 签订日)), cap)")
    raw = {"历年已获补助": "100", "签订日": "2019-12-31"}
    e = explain(single, facts(raw), DAY, CATALOGUE)  # type: ignore[arg-type]
    assert e.amount == D("2.00")
    [step] = [s for s in e.steps if s.kind == "parameter"]
    assert (step.label.zh, step.detail.zh, step.value) == ("补助比例", "2019-12-31 的规定", D("0.02"))
    assert told(single, raw | {"签订日": "2020-01-01"}) == ("yes", D("3.00"), [])
    assert told(single, {"历年已获补助": "100"}) == ("unknown", None, ["签订日"])
    e = explain(single, facts(raw | {"签订日": "2013-04-17"}), DAY, CATALOGUE)  # type: ignore[arg-type]
    assert (e.status, e.amount, e.missing) == ("unknown", None, ())
    assert e.sentence.zh == "还不知道：补助比例（那一天还没有规定）。"
    assert e.sentence.en == "Not known yet: subsidy rate (none was set by that day)."
    fixed = measure('half_up(历年已获补助 * value_on(rate, date("2019-01-01")))')
    assert told(fixed, raw) == ("yes", D("2.00"), [])


def test_receipts_replay_and_notice_changed_values() -> None:
    signed = measure("sum(本年合同, half_up(技术合同交易额 * value_on(rate, 签订日)))", "any(本年合同, 占比 > 0.01)")
    raw = {"本年合同": [*RAW["本年合同"][:2], {"技术合同交易额": "9", "签订日": "2015-01-01", "占比": "3.72"}]}
    receipt = make(explain(signed, facts(raw), DAY, CATALOGUE)).to_dict()  # type: ignore[arg-type]
    again = replay(json.loads(json.dumps(receipt)), signed, CATALOGUE)
    assert (again.same_result, again.differences) == (True, ())
    # The value in force on the day of computation stays; an earlier one, looked up by the date of signing, changes.
    other = replace(signed, parameters=(replace(RATE, values=((START, D("0.01")), RATE.values[1])), CAP))
    again = replay(receipt, other, CATALOGUE)
    assert not again.same_result
    assert {"amount", "rule"} <= set(again.differences)


def test_a_list_written_line_by_line() -> None:
    facts, errors = parse_facts({"本年合同": "1,234.50；是；2026-03-01；2%\n\n30\t不知道\t\t0.5%"}, CATALOGUE)
    assert errors == []
    assert facts["本年合同"] == (
        {"技术合同交易额": D("1234.50"), "合同已登记": True, "签订日": dt.date(2026, 3, 1), "占比": D("0.02")},
        {"技术合同交易额": D("30"), "占比": D("0.005")},
    )
    assert parse_facts({"本年合同": "没有"}, CATALOGUE) == ({"本年合同": ()}, [])
    assert parse_facts({"本年合同": "不知道"}, CATALOGUE) == ({}, [])
    _, [short] = parse_facts({"本年合同": "1；是；2026-03-01；2%\n5；是"}, CATALOGUE)
    assert short.zh == "“本年合同”第 2 行有 2 格，要 4 格：技术合同交易额；合同已登记；签订日；占比"
    _, [wrong] = parse_facts({"本年合同": "很多；是；2026-03-01；2%"}, CATALOGUE)
    assert wrong.fact == "本年合同[1].技术合同交易额"
