"""Proofs and counter-examples about rules; every example was computed again exactly."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from kechuang.measures import Catalogue, Condition, FactType, Measure, Parameter, Text, explain

pytest.importorskip("z3", reason="Z3 is an extra (requirements: prove)")
from kechuang.measures.backends import prove

DAY = dt.date(2026, 11, 24)
TITLE = Text("条件", "condition")


def with_reading(measure: Measure, reading: str) -> Measure:
    [question] = measure.ambiguities
    return replace(measure, ambiguities=(replace(question, shown=reading),))


def test_splitting_beats_a_cap_per_contract(catalogue: Catalogue, receiver: Measure) -> None:
    found = prove.splitting(receiver, "技术合同交易额", catalogue, DAY)
    assert found.answer == "possible"
    whole, one, two = found.facts
    assert one["技术合同交易额"] + two["技术合同交易额"] == whole["技术合同交易额"]  # type: ignore[operator]
    assert found.amounts == (Decimal("200000.00"), Decimal("200000.00"), Decimal("200000.00"))
    assert found.gain == Decimal("200000.00")


def test_splitting_cannot_beat_a_cap_per_firm(catalogue: Catalogue, receiver: Measure) -> None:
    measure = with_reading(receiver, "firm")
    assert prove.splitting(measure, "技术合同交易额", catalogue, DAY, granted="历年已获补助").answer == "impossible"
    forgetful = prove.splitting(measure, "技术合同交易额", catalogue, DAY)
    assert forgetful.answer == "possible"  # the earlier grant is what closes the loophole


def test_rounding_twice_gains_at_most_a_fen(catalogue: Catalogue, supplier: Measure) -> None:
    uncapped = replace(supplier, amount="half_up(技术合同交易额 * rate)")
    assert prove.splitting(uncapped, "技术合同交易额", catalogue, DAY).answer == "impossible"
    by_a_fen = prove.splitting(uncapped, "技术合同交易额", catalogue, DAY, more_than=Decimal(0))
    assert (by_a_fen.answer, by_a_fen.gain) == ("possible", Decimal("0.01"))


@pytest.mark.parametrize("seed", range(8))
def test_capped_rules_whose_answer_is_known(catalogue: Catalogue, supplier: Measure, seed: int) -> None:
    """The loophole is there exactly when the contract may be large enough to pass the cap."""
    r = random.Random(seed)
    rate, cap = Decimal(r.randint(1, 200)).scaleb(-3), Decimal(r.randint(1, 500) * 1000)
    reachable = r.random() < 0.5
    needed = cap / rate
    limit = (needed * 2 if reachable else needed * Decimal("0.9")).quantize(Decimal("0.01"))
    fact = replace(catalogue["技术合同交易额"], maximum=limit)
    small = Catalogue([fact, *(f for f in catalogue.facts.values() if f.id != fact.id)])
    start = supplier.effective_from
    parameters = (Parameter("rate", ((start, rate),)), Parameter("cap", ((start, cap),)))
    found = prove.splitting(replace(supplier, parameters=parameters), fact.id, small, DAY)
    assert found.answer == ("possible" if reachable else "impossible")


def test_which_measures_can_meet(catalogue: Catalogue, intensity: Measure) -> None:
    high = replace(intensity, id="high", applies=(Condition("研发投入 * 100 >= 营业收入 * 6", TITLE),), parameters=())
    low = replace(intensity, id="low", applies=(Condition("研发投入 * 100 < 营业收入 * 4", TITLE),), parameters=())
    kind = replace(intensity, id="kind", applies=(Condition('受让方类型 in ("高校", "个人")', TITLE),), parameters=())
    assert prove.overlap(high, low, catalogue, DAY).answer == "impossible"
    found = prove.overlap(high, kind, catalogue, DAY)
    assert found.answer == "possible"
    assert explain(kind, found.facts[0], DAY, catalogue).applies == "yes"


def test_dates_in_years(catalogue: Catalogue, intensity: Measure) -> None:
    young = Condition("years_between(成立日期, 计算日) < 3", TITLE)
    old = Condition('成立日期 <= date("2020-01-01")', TITLE)
    a = replace(intensity, id="a", applies=(young,), parameters=())
    b = replace(intensity, id="b", applies=(old,), parameters=())
    assert prove.overlap(a, b, catalogue, DAY).answer == "impossible"
    assert prove.overlap(a, b, catalogue, dt.date(2022, 12, 31)).answer == "possible"
    leap = Condition('成立日期 > date("2020-02-28") and 成立日期 < date("2020-03-01")', TITLE)
    [facts] = prove.overlap(replace(b, applies=(leap,)), replace(b, applies=(leap,)), catalogue, DAY).facts
    assert facts == {"成立日期": dt.date(2020, 2, 29)}
    days = Condition("days_between(成立日期, 计算日) < 3", TITLE)
    with pytest.raises(prove.ProofError, match="days cannot be proved"):
        prove.overlap(replace(a, applies=(days,)), b, catalogue, DAY)


def test_a_cliff_is_found_and_a_capped_share_has_none(catalogue: Catalogue, supplier: Measure) -> None:
    assert prove.less_for_more(supplier, "技术合同交易额", catalogue, DAY).answer == "impossible"
    slab = replace(supplier, amount="half_up(技术合同交易额 * 0.05) if 技术合同交易额 < 1000000 else 20000")
    found = prove.less_for_more(slab, "技术合同交易额", catalogue, DAY)
    assert found.answer == "possible" and found.amounts[1] < found.amounts[0]


def test_two_wordings_of_one_rule(catalogue: Catalogue, supplier: Measure) -> None:
    other = replace(
        supplier,
        applies=(Condition('not 出让方类型 == "企业"', TITLE),),
        amount="cap if 技术合同交易额 >= 10000000 else half_up(技术合同交易额 * 0.01)",
    )
    assert prove.difference(supplier, other, catalogue, DAY).answer == "impossible"
    off = replace(other, amount="cap if 技术合同交易额 > 9000000 else half_up(技术合同交易额 * 0.01)")
    found = prove.difference(supplier, off, catalogue, DAY)
    assert found.answer == "possible"
    assert found.amounts[0] != found.amounts[1]


def test_progressive_tiers_have_no_cliff(catalogue: Catalogue, supplier: Measure) -> None:
    marginal = replace(
        supplier, amount="half_up(marginal(技术合同交易额, (0, 0.01), (5000000, 0.02), (10000000, 0.005)))"
    )
    assert prove.less_for_more(marginal, "技术合同交易额", catalogue, DAY).answer == "impossible"
    tiers = replace(supplier, amount="tiers(技术合同交易额, (1000000, 50000), (above(5000000), 20000))")
    assert prove.less_for_more(tiers, "技术合同交易额", catalogue, DAY).answer == "possible"
    floors = replace(
        supplier, amount="max(floor_to(技术合同交易额, 10000), 0) - ceil_to(技术合同交易额, 10000) + 10000"
    )
    found = prove.less_for_more(floors, "技术合同交易额", catalogue, DAY)
    assert (found.answer, found.amounts) == ("possible", (Decimal("10000"), Decimal("0")))


def test_faulty_questions(catalogue: Catalogue, supplier: Measure, intensity: Measure) -> None:
    for question in (prove.splitting, prove.less_for_more):
        with pytest.raises(prove.ProofError, match="出让方类型 is no number that can be split or be more or less"):
            question(supplier, "出让方类型", catalogue, DAY)
    with pytest.raises(prove.ProofError, match="does not use 历年已获补助; it uses"):
        prove.splitting(supplier, "技术合同交易额", catalogue, DAY, granted="历年已获补助")
    with pytest.raises(prove.ProofError, match="does not use 营业收入"):
        prove.splitting(supplier, "营业收入", catalogue, DAY)
    with pytest.raises(prove.ProofError, match="no amount"):
        prove.splitting(intensity, "研发投入", catalogue, DAY)
    with pytest.raises(prove.ProofError, match="not in force"):
        prove.splitting(supplier, "技术合同交易额", catalogue, dt.date(2000, 1, 1))


def test_bounds_of_the_catalogue_hold(catalogue: Catalogue, intensity: Measure) -> None:
    fact = FactType("人数", "staff", "count", Text("？", "?"), maximum=Decimal(20))
    small = Catalogue([fact])
    many = replace(intensity, id="many", applies=(Condition("人数 > 20", TITLE),), parameters=())
    assert prove.overlap(many, many, small, DAY).answer == "impossible"
