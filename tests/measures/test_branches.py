"""The branches of a measure that its cases reach."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from kechuang.measures import Catalogue, Condition, FactType, Measure, Text, compile_measure
from kechuang.measures.branches import uncovered
from kechuang.measures.facts import Facts

DAY = dt.date(2024, 1, 1)


def left(measure: Measure, catalogue: Catalogue, *cases: Facts, on: dt.date = DAY) -> list[tuple[str, str]]:
    return [(b.where, b.en) for b in uncovered(compile_measure(measure, catalogue), [(facts, on) for facts in cases])]


def test_conditions_and_cap(supplier: Measure, catalogue: Catalogue) -> None:
    everything = [
        ("applies[0]", 'condition "The seller qualifies" met'),
        ("applies[0]", 'condition "The seller qualifies" not met'),
        ("amount", "the cap does not bite"),
        ("amount", "the cap bites"),
    ]
    small: Facts = {"出让方类型": "高校", "技术合同交易额": Decimal("10000000")}  # exactly the cap: it takes nothing
    large: Facts = {"出让方类型": "高校", "技术合同交易额": Decimal("10000000.50")}
    assert left(supplier, catalogue) == everything
    assert left(supplier, catalogue, small) == [everything[1], everything[3]]
    assert left(supplier, catalogue, small, large, {"出让方类型": "企业"}) == []
    # A case that fails a condition, one that does not know, one outside the measure's time: the amount stays uncovered.
    assert left(supplier, catalogue, {**large, "出让方类型": "企业"}) == [everything[0], *everything[2:]]
    assert left(supplier, catalogue, {"技术合同交易额": Decimal(1)}) == everything
    assert left(supplier, catalogue, small, on=dt.date(2013, 4, 17)) == everything


def test_nothing_lies_below_a_table_that_starts_at_the_least(institution: Measure, catalogue: Catalogue) -> None:
    measure = replace(institution, amount="half_up(marginal(技术合同交易额, (0, 0.02), (100, 0.01)))")
    below = ("amount", "below row 1")
    ways = left(measure, catalogue)
    assert ("amount", "in row 1") in ways and below not in ways
    assert below in left(replace(measure, amount=measure.amount.replace("(0, ", "(1, ")), catalogue)


def test_a_case_that_states_the_amount_it_would_be(supplier: Measure, catalogue: Catalogue) -> None:
    """Its amount is computed and compared, so what it reaches is covered although no one is paid."""
    refused: Facts = {"出让方类型": "企业", "技术合同交易额": Decimal("10000000.50")}
    program = compile_measure(supplier, catalogue)
    plain = [(b.where, b.en) for b in uncovered(program, [(refused, DAY)])]
    stated = [(b.where, b.en) for b in uncovered(program, [(refused, DAY)], [(refused, DAY)])]
    assert ("amount", "the cap bites") in plain
    assert set(plain) - set(stated) == {("amount", "the cap bites")}


def test_cases_of_if_and_rows_of_tiers(institution: Measure, catalogue: Catalogue) -> None:
    provincial: Facts = {"机构级别": "省级"}
    assert left(institution, catalogue, provincial) == [
        ("amount", "the test of if holds"),
        ("amount", "the test of if fails"),
    ]
    levels: list[Facts] = [{"机构级别": level} for level in ("市级", "省级", "国家级")]
    assert left(institution, catalogue, *levels) == []
    tiers = replace(
        institution, amount="tiers(营业收入, (100, city), (above(200), province if 职工人数 > 5 else nation))"
    )
    assert left(tiers, catalogue, {"营业收入": Decimal(200)}) == [
        ("amount", "below row 1"),
        ("amount", "in row 2"),
        ("amount", "the test of if fails"),
        ("amount", "the test of if holds"),
    ]
    assert left(tiers, catalogue, {"营业收入": Decimal(201), "职工人数": Decimal(6)}, {"营业收入": Decimal(1)}) == [
        ("amount", "in row 1"),
        ("amount", "the test of if fails"),
    ]


def test_each_record_goes_its_own_way(supplier: Measure, catalogue: Catalogue) -> None:
    listed = FactType(
        "本年合同", "contracts", "relation", Text("？", "?"), elements=("技术合同交易额", "合同已登记")
    )  # fmt: skip
    whole = Catalogue([*catalogue.facts.values(), listed])
    capped = "sum(本年合同, min(half_up(技术合同交易额 * rate), cap) if 合同已登记 else 0)"
    summed = replace(supplier, amount=capped, applies=())
    branches = ["the test of if fails", "the test of if holds", "the cap does not bite", "the cap bites"]
    small, large = ({"技术合同交易额": Decimal(n), "合同已登记": True} for n in (100, 10**8))
    assert [en for _, en in left(summed, whole)] == branches
    assert [en for _, en in left(summed, whole, {"本年合同": (small,)})] == [branches[0], branches[3]]
    assert left(summed, whole, {"本年合同": (small, large, {"合同已登记": False})}) == []


def test_a_test_that_lists_every_value_cannot_fail(institution: Measure, catalogue: Catalogue) -> None:
    values = tuple(value.value for value in catalogue["机构级别"].values)
    every = Condition(f"机构级别 in {values!r}".replace("'", '"'), Text("有级别", "It has a level"))
    some = Condition(f'机构级别 in ("{values[0]}", "{values[1]}")', Text("两级之一", "One of two levels"))
    measure = replace(institution, applies=(every, some))
    assert [b for b in left(measure, catalogue) if b[0] != "amount"] == [
        ("applies[0]", 'condition "It has a level" met'),
        ("applies[1]", 'condition "One of two levels" met'),
        ("applies[1]", 'condition "One of two levels" not met'),
    ]
