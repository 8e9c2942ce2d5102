"""Budgets that run out, and division to the fen."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.measures.apportion import apportion
from kechuang.measures.budget import Request, allocate, split


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
