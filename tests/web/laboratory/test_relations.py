"""Measures that add up records of a relation: a firm's contracts of a year, from the register to the trial's page."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kechuang.measures import Catalogue, ClauseRef, Condition, FactType, Measure, Parameter, Text, explain
from kechuang.web.laboratory.domain import shape, trials
from kechuang.web.laboratory.domain.compute import Question, compute
from kechuang.web.laboratory.domain.subject import Subject
from kechuang.web.laboratory.models import Trial
from tests.web.laboratory.test_population import read

START, DAY = dt.date(2013, 4, 18), dt.date(2026, 6, 1)
ASK = Text("？", "?")
CATALOGUE = Catalogue(
    [
        FactType("合同额", "value", "money", ASK),
        FactType("已登记", "registered", "boolean", ASK),
        FactType("占比", "share", "rate", ASK),
        FactType("已获", "received", "money", ASK),
        FactType("上年合同", "contracts", "relation", ASK, unit="份", elements=("合同额", "已登记", "占比"), maximum=Decimal(4)),
    ]
)  # fmt: skip


def rule(amount: str, *tests: str, rate: str = "0.02", cap: str = "200000") -> Measure:
    parameters = {"rate": rate, "cap": cap}
    return Measure(
        id="yearly", title=Text("年度", "yearly"), source=ClauseRef("1"), subject="enterprise", effective_from=START,
        parameters=tuple(Parameter(k, ((START, Decimal(v)),)) for k, v in parameters.items()), amount=amount,
        applies=tuple(Condition(t, Text(t, t)) for t in tests),
    )  # fmt: skip


def firm(key: str, *contracts: dict[str, Any], **facts: Any) -> Subject:
    return Subject(key, key, f"演示{key}", "431002", "C39", "small", None, {"上年合同": contracts, **facts})


def contract(value: str, **more: Any) -> dict[str, Any]:
    return {"合同额": Decimal(value), "已登记": True, **more}


PER_CONTRACT = "sum(上年合同, min(half_up(合同额 * rate), cap) if 已登记 else 0)"
FIRMS = [
    firm("甲", contract("20000000.00"), contract("1000000.00")),  # 200,000 + 20,000
    firm("乙", contract("5000000.00", 已登记=False)),  # 0
    firm("丙"),  # no contract: 0
    firm("丁", {"合同额": Decimal("100.00")}),  # not known whether registered: unknown
    Subject("戊", "戊", "演示戊", "431002", "C39", "small", None, {}),  # the list itself is not known: unknown
    firm("己", contract("12000000.01", 占比=Decimal("0.123456"))),  # 200,000
]
LAW, DRAFT = rule(PER_CONTRACT), rule(PER_CONTRACT, cap="150000")


def rows(result: Any, figure: str) -> dict[str, str]:
    found = result["figures"][figure]
    return dict(zip(found["columns"], found["rows"][0], strict=True))


@pytest.fixture(scope="module")
def answer() -> Any:
    return compute(Question(DRAFT, LAW, CATALOGUE, DAY, parameter="cap"), FIRMS)


def test_sums_by_hand(answer: Any) -> None:
    totals = rows(answer.result, "totals")
    assert (totals["law"], totals["draft"]) == ("420000.00", "320000.00")
    assert (totals["draft_yes"], totals["draft_unknown"], totals["draft_open"]) == ("4", "2", "2")


def test_every_firm_as_explain(answer: Any) -> None:
    for row, subject in zip(answer.rows, FIRMS, strict=True):
        for measure, status, amount in ((LAW, row[11], row[12]), (DRAFT, row[14], row[15])):
            e = explain(measure, subject.facts, DAY, CATALOGUE)
            assert (status, amount) == (e.status, e.amount if e.status == "yes" else None), subject.key


def test_a_list_that_is_not_known_is_not_an_empty_one() -> None:
    heads = rule("count(上年合同) * yuan(1000)", "count(上年合同) >= 0")
    answer = compute(Question(heads, None, CATALOGUE, DAY), FIRMS)
    assert {str(row[0]): (row[14], row[15]) for row in answer.rows if row[0] in ("丙", "戊")} == {
        "丙": ("yes", Decimal(0)), "戊": ("unknown", None),
    }  # fmt: skip


def test_splitting_each_contract_is_tried(answer: Any) -> None:
    # The cap is per contract: 20 million in halves bring 150,000 twice, 12 million 120,000 twice; a small one no more.
    assert rows(answer.result, "splitting") == {"subjects": "2", "gain": "240000.00"}
    assert rows(answer.result, "splitting_largest")["base"] == "21000000.00"
    assert shape.listed_amount([LAW, DRAFT], CATALOGUE) == ("上年合同", "合同额")
    assert (
        shape.main_fact([rule("min(sum(上年合同, half_up(合同额 * rate)), max(cap - 已获, 0))")], CATALOGUE, {}) is None
    )
    over_all = rule("min(sum(上年合同, half_up(合同额 * rate)), cap)")
    assert rows(compute(Question(over_all, None, CATALOGUE, DAY), FIRMS).result, "splitting")["subjects"] == "0"


def test_the_curve_of_a_cap_inside_the_sum_is_exact(answer: Any) -> None:
    curve = answer.result["curve"]
    points = {Decimal(p["value"]): Decimal(p["amount"]) for p in curve["points"]}
    assert curve["method"] == "scenarios"
    assert (points[Decimal(150000)], points[Decimal(200000)]) == (Decimal(320000), Decimal(420000))


def test_bad_records_set_their_firm_aside() -> None:
    bad = [*FIRMS, firm("庚", contract("-5.00"), contract("1.00")), firm("辛", *[contract("1.00")] * 5)]
    answer = compute(Question(DRAFT, LAW, CATALOGUE, DAY), bad)
    assert answer.result["quarantined"] == 2
    assert {(f["key"], f["fact"], f["zh"]) for f in answer.result["faults"]} == {
        ("庚", "上年合同.合同额", "小于允许的最小值"), ("辛", "上年合同", "明细项数超过声明的最多项数"),
    }  # fmt: skip
    assert len(answer.rows) == len(FIRMS)


# ---- from the register ---------------------------------------------------------------------------------------------

SUM = "min(sum(上年买入的技术合同, half_up(技术合同交易额 * share) if 合同已登记 else 0), top)"
FORM = {
    "title": "按上年全部合同补助", "subject": "enterprise", "values": "share = 1%\ntop = 100,000", "amount": SUM,
    "tests": "企业在本市\ncount(上年买入的技术合同) >= 1", "year": "", "take_up": "100",
}  # fmt: skip


@pytest.fixture
def city(chenzhou: Any, cast: Any, settings: Any, tmp_path: Any) -> Any:
    settings.HOME = tmp_path
    return cast


@pytest.mark.django_db
def test_contracts_are_read_with_their_firm(city: Any, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        found = {s.name: s.facts for s in read("enterprise", ["上年买入的技术合同", "上年卖出的技术合同"])}
    [bought] = found["演示甲公司"]["上年买入的技术合同"]
    assert bought["技术合同交易额"] == Decimal("12345678.90")
    assert (bought["已转化"], "合同已登记" in bought) == (True, True)
    assert found["演示甲公司"]["上年卖出的技术合同"] == ()
    assert found["演示乙公司"]["上年买入的技术合同"] == ()
    by_contract = read("contract", ["上年买入的技术合同", "技术合同交易额"], "buyer")
    assert by_contract[0].facts["上年买入的技术合同"] == (bought,)


@pytest.mark.django_db
def test_a_new_measure_over_contracts(city: Any, client_for: Any) -> None:
    client = client_for(city.officer)
    text = client.get("/laboratory/draft/").content.decode()
    assert "上年买入的技术合同" in text and "sum(上年买入的技术合同, 技术合同交易额)" in text
    assert client.post("/laboratory/draft/", FORM | {"on": "2026-06-01"}).status_code == 302
    trial = Trial.objects.get()
    assert trials.run(trial.public_id) == "done"
    trial.refresh_from_db()
    totals = rows(trial.result, "totals")
    # One registered contract of 12,345,678.90: 1 % is 123,456.79, the top is 100,000.
    assert (totals["draft"], totals["draft_yes"]) == ("100000.00", "1")
    page = client.get(f"/laboratory/{trial.public_id}/").content.decode()
    assert "要花 100,000.00 元" in page


@pytest.mark.django_db
def test_a_measure_in_force_changed_to_look_at_contracts(city: Any) -> None:
    data = {"amount": "min(sum(上年买入的技术合同, half_up(技术合同交易额 * rate)), cap)", "year": "2025"}
    trial = trials.start(city.officer, "receiver-subsidy", "全年合计", data, DAY)
    assert trials.run(trial.public_id) == "done"
    trial.refresh_from_db()
    assert rows(trial.result, "totals")["draft"] == "200000.00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount": "sum(上年买人的技术合同, half_up(技术合同交易额 * share))"}, "是不是“上年买入的技术合同”"),
        ({"amount": "sum(上年买入的技术合同, 合同已登记)"}, "这里要一个数"),
        ({"amount": "上年买入的技术合同"}, "是明细"),
    ],
)
def test_faults_are_told(city: Any, client_for: Any, change: dict[str, str], message: str) -> None:
    response = client_for(city.officer).post("/laboratory/draft/", FORM | change)
    assert response.status_code == 422
    assert message in response.content.decode()
