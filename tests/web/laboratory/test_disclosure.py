"""No sum of fewer than ten organisations is told, nor one that follows from what is told."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.web.laboratory.domain import contributors
from kechuang.web.laboratory.domain.compute import Question, compute
from kechuang.web.laboratory.domain.disclosure import MARK, left_out, protected
from kechuang.web.laboratory.domain.subject import Subject
from tests.web.laboratory.test_compute import CHENZHOU, DAY, DRAFT, GOOD, GRANTED, LAW

COUNTIES = {"431002": 14, "431003": 12, "431004": 3}


def city() -> list[Subject]:
    """29 firms with one contract each, 3 of them in the third county; the last nine above the draft's cap."""
    found = []
    for i, county in enumerate(c for c, n in COUNTIES.items() for _ in range(n)):
        value = Decimal(1_000_000 + 13_571 * i) if i < 20 else Decimal(9_000_000 + 24_680 * i)
        day = dt.date(2025, 1 + i * 12 // 29, 3)
        facts = {**GOOD, "技术合同交易额": value.quantize(Decimal("0.01"))}
        found.append(Subject(str(i), f"firm{i}", f"演示{i}", county, "C39", "small", day, facts))
    return found


@pytest.fixture(scope="module")
def pair() -> tuple[dict[str, Any], dict[str, Any]]:
    question = Question(
        DRAFT, LAW, CHENZHOU.catalogue, DAY, year=2025, budget=Decimal("1500000"), parameter="cap", granted=GRANTED
    )
    result = compute(question, city()).result
    return result, protected(result)


def row(result: dict[str, Any], figure: str) -> dict[str, Any]:
    found = result["figures"][figure]
    return dict(zip(found["columns"], found["rows"][0], strict=True))


def test_what_enough_stand_behind_is_told(pair: Any) -> None:
    full, seen = pair
    for column in ("law", "draft", "change", "law_yes", "draft_yes"):
        assert row(seen, "totals")[column] == row(full, "totals")[column] is not None
    assert seen["budget"]["draft"]["asked"] == full["budget"]["draft"]["asked"]
    assert full["budget"]["draft"]["day"] and seen["budget"]["draft"]["day"] is None


def test_nine_losers_are_not_told_and_nor_are_the_winners(pair: Any) -> None:
    full, seen = pair
    assert (row(full, "changes")["winners"], row(full, "changes")["losers"]) == ("20", "9")
    assert set(row(seen, "changes").values()) == {None}


def test_the_small_county_takes_another_with_it(pair: Any) -> None:
    """Three firms: the total less the other two counties would tell their sum, so a second line is left out."""
    _, seen = pair
    lines = {line[0]: line[1] for line in seen["figures"]["counties"]["rows"]}
    assert lines["431004"] == MARK
    assert sum(mark == MARK for mark in lines.values()) >= 2


def test_months_are_told_at_ends_of_ten_firms_only(pair: Any) -> None:
    full, seen = pair
    shown = [int(line[0]) for line in seen["figures"]["months"]["rows"] if line[3] is not None]
    assert shown == full["firms"]["months"]
    days = [s.day.month for s in city() if s.day]
    ends = [0, *shown, 12]
    behind = [sum(a < month <= b for month in days) for a, b in itertools.pairwise(ends)]
    assert shown and all(n == 0 or n >= 10 for n in behind)


def test_the_curve_is_rounded_and_lacks_points_of_few(pair: Any) -> None:
    full, seen = pair
    shown = {p["value"]: p["amount"] for p in seen["curve"]["points"]}
    assert all(Decimal(amount) % 10_000 == 0 for amount in shown.values() if amount is not None)
    few = {p["value"]: 0 < p["capped_firms"] < 10 for p in full["curve"]["points"]}
    assert {value: amount is None for value, amount in shown.items()} == few
    assert True in few.values() and False in few.values()
    assert not any({"granted", "capped", "capped_firms"} & p.keys() for p in seen["curve"]["points"])


def test_nothing_of_a_single_firm_is_left(pair: Any) -> None:
    full, seen = pair
    text = json.dumps(seen, ensure_ascii=False)
    for subject in city():
        assert subject.name + '"' not in text and f"{subject.facts['技术合同交易额']}" not in text
    assert {"winners", "losers", "splitting_largest", "cap_check"} & seen["figures"].keys() == set()
    assert "firms" not in seen and full["firms"]["draft"] == 29


def test_a_reading_that_differs_for_few_is_not_told(pair: Any) -> None:
    _, seen = pair
    readings = {r["reading"]: r for r in seen["readings"]}
    assert readings["contract"]["draft"] is not None  # the yearly cap pays every firm the same: one contract each
    assert not any(key.endswith("_firms") for r in seen["readings"] for key in r)


def test_nine_who_would_gain_by_splitting_are_not_told(pair: Any) -> None:
    full, seen = pair
    assert row(full, "splitting")["subjects"] == str(full["firms"]["splitting"]) == "9"
    assert set(row(seen, "splitting").values()) == {None}


def test_an_old_result_tells_no_sum(pair: Any) -> None:
    full, _ = pair
    old = protected({k: v for k, v in full.items() if k != "firms"})
    assert row(old, "totals")["draft"] is None and old["curve"] is None
    assert {line[1] for line in old["figures"]["counties"]["rows"]} == {MARK}
    assert all(line[1] is None for line in old["figures"]["months"]["rows"])


def test_many_contracts_of_one_firm_are_one_firm() -> None:
    several = [
        Subject(str(i), "甲", "演示甲", "431002", "C39", "small", dt.date(2025, 2, 1), {**GOOD, "技术合同交易额": Decimal(10**6)})
        for i in range(30)
    ]  # fmt: skip
    seen = protected(compute(Question(DRAFT, LAW, CHENZHOU.catalogue, DAY, granted=GRANTED), several).result)
    assert row(seen, "totals")["draft"] is None
    assert seen["figures"]["sizes"]["rows"] == [["small", MARK, None, None, None]]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.booleans())
def test_lines_left_out_cannot_be_told_from_the_total(counts: list[int], disjoint: bool) -> None:
    out = left_out(counts, disjoint=disjoint)
    assert {i for i, n in enumerate(counts) if 0 < n < 10} <= out
    told = [n for i, n in enumerate(counts) if i not in out]
    assert all(n == 0 or n >= 10 for n in told)
    if out and any(told):  # a total less what is told must be of many, and of no single line
        hidden = [counts[i] for i in out]
        assert len(hidden) >= 2
        assert (sum(hidden) if disjoint else max(hidden)) >= 10


@given(
    st.lists(
        st.tuples(st.integers(0, 24), st.sampled_from([*range(1, 13), None]), st.integers(0, 3), st.integers(0, 3)),
        max_size=120,
    )
)
@settings(deadline=None)
def test_months_left_out_cannot_be_told_from_the_ends(contracts: list[tuple[int, int | None, int, int]]) -> None:
    """Between two ends that are shown, and after the last one, nobody or at least ten firms stand behind each sum."""
    rows = [
        ["", f"f{f}", "", "", "", "", "", 2025, m, True, 0, "yes", Decimal(a), 0, "yes", Decimal(b), 0, 0, None]
        for f, m, a, b in contracts
    ]
    shown = contributors.months(rows)
    edges = [0, *shown, 13]
    for low, high in itertools.pairwise(edges) if shown else []:
        block = contributors.Behind()
        for line in rows:
            if low < (line[8] or 13) <= high:
                block.add(line)
        assert block.least == 0 or block.least >= 10
