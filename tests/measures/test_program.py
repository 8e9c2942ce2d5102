"""Faulty measures are refused when loaded, with the place and the reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from kechuang.measures import (
    Catalogue,
    Condition,
    Measure,
    MeasureError,
    Parameter,
    Text,
    check_measure,
    compile_measure,
    explain,
)  # fmt: skip
from kechuang.measures.program import with_reading

DAY = dt.date(2020, 1, 1)
TITLE = Text("条件", "condition")


def test_sound_measures(
    catalogue: Catalogue,
    receiver: Measure,
    supplier: Measure,
    institution: Measure,
    intensity: Measure,
    deduction: Measure,
) -> None:
    for measure in (receiver, supplier, institution, intensity, deduction):
        assert check_measure(measure, catalogue) == []


def test_compiled_once(catalogue: Catalogue, supplier: Measure) -> None:
    assert compile_measure(supplier, catalogue) is compile_measure(supplier, catalogue)


def test_every_fault_is_named(catalogue: Catalogue, receiver: Measure) -> None:
    [question] = receiver.ambiguities
    faulty = replace(
        receiver,
        applies=(Condition("已转", TITLE), Condition("技术合同交易额", TITLE)),
        amount="技术合同交易额 * rate",
        parameters=(*receiver.parameters, Parameter("已转化", ()), Parameter("x", ((DAY, Decimal("NaN")),))),
        effective_to=dt.date(2000, 1, 1),
        ambiguities=(replace(question, shown="nobody"),),
    )
    found = [(p.where, p.line, p.column) for p in check_measure(faulty, catalogue)]
    assert ("applies[0].test", 1, 1) in found
    assert ("applies[1].test", 1, 1) in found
    assert ("amount", 1, 1) in found
    assert {"parameters.已转化", "parameters.x", "effective", "ambiguities[0].shown"} <= {w for w, _, _ in found}
    with pytest.raises(MeasureError) as caught:
        explain(faulty, {}, DAY, catalogue)
    assert len(caught.value.problems) == len(found)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"amount": None, "ambiguities": ()}, "amount"),
        ({"amount_is": "unstated"}, "amount"),
        ({"amount_is": "delegated", "amount": None}, "delegated_to"),
    ],
)
def test_amount_and_status_agree(
    catalogue: Catalogue, receiver: Measure, changes: dict[str, object], where: str
) -> None:
    assert where in [p.where for p in check_measure(replace(receiver, **changes), catalogue)]  # type: ignore[arg-type]


def test_a_chosen_reading_names_who_decided(catalogue: Catalogue, receiver: Measure) -> None:
    [question] = receiver.ambiguities
    [problem] = check_measure(replace(receiver, ambiguities=(replace(question, chosen="firm"),)), catalogue)
    assert problem.where == "ambiguities[0].by"


def test_one_reading(catalogue: Catalogue, receiver: Measure) -> None:
    per_firm = with_reading(receiver, "cap-period", "firm")
    assert "历年已获补助" in compile_measure(per_firm, catalogue).amount.facts  # type: ignore[union-attr]
    per_contract = with_reading(per_firm, "cap-period", "contract")
    assert compile_measure(per_contract, catalogue).amount.facts == ("技术合同交易额",)  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="cap-period=firm-year"):
        with_reading(receiver, "cap-period", "nobody")


def test_tier_bounds_ascend_on_every_date(catalogue: Catalogue, supplier: Measure) -> None:
    bounds = (
        Parameter("low", ((DAY, Decimal(100)), (dt.date(2022, 1, 1), Decimal(900)))),
        Parameter("high", ((DAY, Decimal(500)),)),
    )
    tiered = replace(supplier, parameters=bounds, amount="tiers(营业收入, (low, 1), (high, 2))")
    [problem] = check_measure(tiered, catalogue)
    assert "2022-01-01" in problem.zh and problem.column == 1
