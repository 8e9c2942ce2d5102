"""Cumulation rules and budgets of a pack: the engine's groups, and every fault with its place."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from kechuang.citypack import Pack, check
from kechuang.citypack.meeting import groups

DAY = dt.date(2031, 11, 1)


def changed(pack: Pack, **records: list[dict[str, Any]]) -> Pack:
    return Pack.model_validate({**pack.model_dump(mode="json", by_alias=True), **records})


def rule(**fields: Any) -> dict[str, Any]:
    source = {"clause": "3.1.1", "span": 1}
    return {"id": "r", "title": {"zh": "规则", "en": "rule"}, "source": source, **fields}


def found(pack: Pack, **records: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(p.code, p.where) for p in check(changed(pack, **records)).problems]


def test_the_ceiling_is_the_parameter_of_the_day(pack: Pack) -> None:
    group, once = groups(pack, DAY)
    assert (group.id, group.kind, group.ceiling, group.period) == (
        "results-ceiling", "ceiling", Decimal("300000.00"), "year",
    )  # fmt: skip
    assert once.kind == "once"
    assert groups(pack, dt.date(2029, 1, 1)) == (once,)  # no cap is in force yet


def test_cases_are_computed(pack: Pack) -> None:
    wrong = pack.model_dump(mode="json", by_alias=True)["cumulation"]
    wrong[0]["cases"][0]["pays"][1] = "120000.01"
    [problem] = check(changed(pack, cumulation=wrong)).problems
    assert problem.where == "results-ceiling.cases[0]"
    assert "应付 180000.00, 120000.01, 0.00, 300000.00，算得 180000.00, 120000.00, 0.00, 300000.00" in problem.what.zh


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (rule(kind="ceiling", measures=["results-subsidy"]), ("cumulation", "r.ceiling")),
        (
            rule(kind="ceiling", measures=["results-subsidy"], ceiling_parameter="none"),
            ("cumulation", "r.ceiling_parameter"),
        ),
        (rule(kind="offset", measures=["results-subsidy"]), ("cumulation", "r.against")),
        (rule(kind="take_higher", measures=["results-subsidy"]), ("cumulation", "r.measures")),
        (rule(kind="once", measures=["results-subsidy"], period=0), ("cumulation", "r.period")),
        (rule(kind="once", measures=["results-subsidi"]), ("dangling", "r.measures.0")),
        (rule(kind="exclude", measures=["results-subsidy"], against=["x"]), ("dangling", "r.against.0")),
        (
            rule(kind="once", measures=["results-subsidy"], source={"clause": "3.1.9", "span": 1}),
            ("dangling", "r.source.clause"),
        ),
    ],
)
def test_faulty_rules_are_named(pack: Pack, record: dict[str, Any], expected: tuple[str, str]) -> None:
    assert expected in found(pack, cumulation=[record])


def test_measures_that_wait_for_each_other_are_a_circle(pack: Pack) -> None:
    one, two = (m.id for m in pack.measures[:2])
    rules = [
        rule(id="a", kind="exclude", measures=[one], against=[two]),
        rule(id="b", kind="offset", measures=[two], against=[one]),
    ]
    problems = [p for p in check(changed(pack, cumulation=rules)).problems if p.where == "b.against"]
    assert [p.what.zh for p in problems] == [f"循环：{two} → {one} → {two}，每一项都要先知道另一项"]
    assert ("cumulation", "b.against") not in found(pack, cumulation=rules[:1])
    alone = rule(id="c", kind="exclude", measures=[one], against=[one])
    assert ("cumulation", "c.against") in found(pack, cumulation=[alone])
    above = rule(id="d", kind="offset", measures=[one], against=["province:*"])
    assert ("cumulation", "d.against") not in found(pack, cumulation=[above])


def test_a_grant_of_another_level_is_no_dangling_name(pack: Pack) -> None:
    record = rule(kind="offset", measures=["results-subsidy"], against=["province:results"])
    assert found(pack, cumulation=[record]) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"amounts": {"2031": "1.001"}}, [("budget", "r.amounts")]),
        ({"levels": [{"level": "city", "share": "0.5"}, {"level": "county"}]}, [("budget", "r.levels")]),
        (
            {"levels": [{"level": "city", "share": "0.5"}, {"level": "county", "share": "0.4"}]},
            [("budget", "r.levels")],
        ),
        ({"levels": [{"level": "city"}, {"level": "city"}]}, [("budget", "r.levels")]),
        ({"levels": [{"level": "city", "share": "0.5"}, {"level": "county", "share": "0.5"}]}, []),
        ({"when_short": "rank"}, [("budget", "r.order_by")]),
        ({"when_short": "rank", "order_by": "技术合同交易额"}, []),
        ({"when_short": "queue", "order_by": "技术合同交易额"}, [("budget", "r.order_by")]),
        ({"when_short": "pro_rata", "order_by": "技术合同交易额"}, [("budget", "r.order_by")]),
        ({"when_short": "queue", "order_by": "没有的事实"}, [("budget", "r.order_by")]),
        ({"measures": ["nothing"]}, [("dangling", "r.measures.0")]),
    ],
)
def test_budgets(pack: Pack, fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert found(pack, budgets=[rule(**{"measures": ["results-subsidy"], **fields})]) == expected


def test_a_measure_is_paid_from_one_budget_in_a_year(pack: Pack) -> None:
    two = [rule(id=i, measures=["results-subsidy"], amounts={2031: "1.00"}) for i in ("a", "b")]
    assert found(pack, budgets=two) == [("budget", "b.measures")]
    two[1]["amounts"] = {2032: "1.00"}
    assert found(pack, budgets=two) == []
