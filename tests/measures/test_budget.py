"""Budgets that run out, and division to the fen."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.measures.apportion import apportion
from kechuang.measures.budget import Request, Rule, allocate, outcomes, split


def D(text: str) -> Decimal:
    return Decimal(text)


REQUESTS = [
    Request("late", D("60.00"), dt.date(2024, 3, 2), D("90")),
    Request("early", D("70.00"), dt.date(2024, 3, 1), D("80")),
    Request("small", D("5.00"), dt.date(2024, 3, 3), D("85")),
]


def test_enough() -> None:
    done = allocate(REQUESTS, D("150.00"), "queue")
    assert (done.left, done.ran_out_at, done.total) == (D("15.00"), None, D("135.00"))


def test_queue_by_date() -> None:
    done = allocate(REQUESTS, D("100.00"), "queue")
    assert done.paid == {"late": D("30.00"), "early": D("70.00"), "small": D("0.00")}
    assert (done.left, done.ran_out_at) == (D("0.00"), "late")
    whole = allocate(REQUESTS, D("100.00"), "queue", partial=False)
    assert whole.paid == {"late": D("0.00"), "early": D("70.00"), "small": D("0.00")}
    assert whole.left == D("30.00")


def test_rank_by_score() -> None:
    done = allocate(REQUESTS, D("100.00"), "rank")
    assert done.paid == {"late": D("60.00"), "early": D("35.00"), "small": D("5.00")}
    assert done.ran_out_at == "early"


def test_pro_rata_to_the_fen() -> None:
    done = allocate([Request(x, D("1.00")) for x in "abc"], D("1.00"), "pro_rata")
    assert done.paid == {"a": D("0.34"), "b": D("0.33"), "c": D("0.33")}
    assert done.ran_out_at == "a"


def test_levels_share_an_amount() -> None:
    assert split(D("100.01"), {"city": D("0.5"), "county": D("0.5")}) == {"city": D("50.01"), "county": D("50.00")}
    with pytest.raises(ValueError, match="add up to 1"):
        split(D("1"), {"city": D("0.5")})


@pytest.mark.parametrize(
    ("requests", "budget", "rule", "match"),
    [
        ([Request("a", D("-1"))], "1", "pro_rata", "negative"),
        ([Request("a", D("1"))], "-1", "pro_rata", "negative"),
        ([Request("a", D("1")), Request("a", D("1"))], "1", "pro_rata", "one id"),
        ([Request("a", D("2"))], "1", "queue", "date of receipt"),
        ([Request("a", D("2"))], "1", "rank", "score"),
        ([Request("a", D("NaN"))], "1", "rank", "whole fen"),
    ],
)
def test_faulty_input(requests: list[Request], budget: str, rule: str, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        allocate(requests, D(budget), rule)  # type: ignore[arg-type]


_amounts = st.lists(st.integers(0, 10**12).map(lambda n: Decimal(n).scaleb(-2)), min_size=1, max_size=20)


@given(st.integers(0, 10**13), _amounts)
def test_parts_add_up_and_are_within_a_fen(total: int, weights: list[Decimal]) -> None:
    if not any(weights):
        return
    parts = apportion(Decimal(total).scaleb(-2), weights)
    assert sum(parts) == Decimal(total).scaleb(-2)
    base = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * base - Decimal(total).scaleb(-2) * weight) < Decimal("0.01") * base


@given(_amounts, st.integers(0, 10**13), st.sampled_from(("queue", "rank", "pro_rata")))
def test_a_budget_is_never_overspent(amounts: list[Decimal], budget: int, rule: str) -> None:
    requests = [Request(str(i), a, dt.date(2024, 1, 1), Decimal(i % 3)) for i, a in enumerate(amounts)]
    done = allocate(requests, Decimal(budget).scaleb(-2), rule)  # type: ignore[arg-type]
    assert done.total + done.left == Decimal(budget).scaleb(-2)
    assert all(0 <= done.paid[r.id] <= r.amount for r in requests)
    assert (done.ran_out_at is None) == (sum(amounts) <= Decimal(budget).scaleb(-2))


_fen = st.integers(0, 10**7).map(lambda n: Decimal(n).scaleb(-2))


def places(requests: list[Request], budget: str, rule: Rule | None) -> list[tuple[str, Decimal, int | None]]:
    found = outcomes(requests, D(budget), rule)
    return [(found[r.id].outcome, found[r.id].paid, found[r.id].position) for r in requests]


def test_each_is_paid_in_full_in_part_or_waits() -> None:
    queue = [
        Request("a", D("60"), dt.date(2025, 3, 1)),
        Request("b", D("50"), dt.date(2025, 1, 1)),
        Request("c", D("40"), dt.date(2025, 2, 1)),
    ]
    assert places(queue, "80", "queue") == [("waits", D("0"), 3), ("full", D("50"), 1), ("part", D("30"), 2)]
    assert places(queue, "150", "queue") == [("full", D("60"), 3), ("full", D("50"), 1), ("full", D("40"), 2)]
    rank = [Request("a", D("60"), score=D("7")), Request("b", D("50"), score=D("9"))]
    assert places(rank, "50", "rank") == [("waits", D("0"), 2), ("full", D("50"), 1)]
    assert places(queue, "75.01", "pro_rata") == [
        ("part", D("30.01"), None), ("part", D("25.00"), None), ("part", D("20.00"), None),
    ]  # fmt: skip


def test_what_has_no_place_in_the_order_leaves_open_what_depends_on_it() -> None:
    requests = [
        Request("a", D("30"), dt.date(2025, 1, 1)),
        Request("b", D("30"), dt.date(2025, 2, 1)),
        Request("c", D("30"), dt.date(2025, 3, 1)),
        Request("x", D("30")),
    ]
    # 90 reach for three of four: a and b are paid wherever x stands, c or x is not.
    assert places(requests, "90", "queue") == [
        ("full", D("30"), 1), ("full", D("30"), 2), ("open", D("0"), 3), ("open", D("0"), None),
    ]  # fmt: skip
    assert places(requests, "120", "queue")[3] == ("full", D("30"), None)
    assert {p[0] for p in places(requests, "119.99", None)} == {"open"}
    assert {p[0] for p in places(requests, "0", None)} == {"waits"}


@given(
    st.lists(st.tuples(_fen, st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2025, 1, 9))), max_size=8),
    _fen,
    st.sampled_from(["queue", "pro_rata", None]),
)
def test_outcomes_add_up(drawn: list[tuple[Decimal, dt.date | None]], budget: Decimal, rule: Rule | None) -> None:
    requests = [Request(str(i), amount, day) for i, (amount, day) in enumerate(drawn)]
    found = outcomes(requests, budget, rule)
    assert list(found) == [r.id for r in requests]
    assert sum(p.paid for p in found.values()) <= budget
    for request in requests:
        place = found[request.id]
        assert 0 <= place.paid <= request.amount
        assert place.outcome != "full" or place.paid == request.amount
        assert place.outcome != "waits" or not place.paid
    if sum(r.amount for r in requests) <= budget:
        assert {p.outcome for p in found.values()} <= {"full"}
