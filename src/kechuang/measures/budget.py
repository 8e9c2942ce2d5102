"""What happens when a budget runs out: first come first served, rank by score, or everybody in proportion.

The rule is stated, the result adds up to the fen, and it names the claim at which the money ended. :func:`outcomes` says for each
request whether it is paid in full, in part or waits, also where the order of some is not known: what nobody can know stays open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kechuang.measures.apportion import apportion, in_fen

Rule = Literal["queue", "rank", "pro_rata"]
_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Request:
    """One claim on a budget. ``received`` orders a queue, ``score`` a ranking; equal ones keep their given order."""

    id: str
    amount: Decimal
    received: dt.date | None = None
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """What every request gets, in the order in which they were given."""

    paid: Mapping[str, Decimal]
    left: Decimal
    ran_out_at: str | None
    """The first request that did not get all it asked for; None when the budget was enough."""

    @property
    def total(self) -> Decimal:
        """What is paid in all."""
        return sum(self.paid.values(), _ZERO)


def allocate(requests: Sequence[Request], budget: Decimal, rule: Rule, *, partial: bool = True) -> Allocation:
    """Divide a budget among requests.

    ``queue``: by date of receipt. ``rank``: by score, the highest first. In both the first request that no longer fits
    gets what is left if ``partial``, otherwise nothing, and the money ends there: a later, smaller one does not
    overtake. ``pro_rata``: all are cut in the same proportion, to the fen by largest remainders.
    Raises ``ValueError`` for negative amounts, a part of a fen, a repeated id, or a missing date or score.
    """
    if in_fen(budget) < 0:
        raise ValueError("a budget cannot be negative (预算不能是负数)")
    if len({r.id for r in requests}) < len(requests):
        raise ValueError("two requests have one id (申请编号重复)")
    for request in requests:
        if in_fen(request.amount) < 0:
            raise ValueError(f"{request.id}: an amount cannot be negative (金额不能是负数)")
    asked = sum((r.amount for r in requests), _ZERO)
    if asked <= budget:
        return Allocation({r.id: r.amount for r in requests}, budget - asked, None)
    if rule == "pro_rata":
        parts = apportion(budget, [r.amount for r in requests])
        short = next(r.id for r, part in zip(requests, parts, strict=True) if part < r.amount)
        return Allocation({r.id: part for r, part in zip(requests, parts, strict=True)}, _ZERO, short)
    left, ended = budget, ""
    paid = {r.id: _ZERO for r in requests}
    for request in _ordered(requests, rule):
        if request.amount > left:
            ended = request.id
            if partial:
                paid[request.id], left = left, _ZERO
            break
        paid[request.id] = request.amount
        left -= request.amount
    return Allocation(paid, left, ended)


Outcome = Literal["full", "part", "waits", "open"]


@dataclass(frozen=True, slots=True)
class Place:
    """What a budget does with one request: ``paid`` is certain; ``position`` counts from 1 in a queue or a ranking."""

    outcome: Outcome
    paid: Decimal
    position: int | None = None


def outcomes(requests: Sequence[Request], budget: Decimal, rule: Rule | None) -> dict[str, Place]:
    """What becomes of every request, by id.

    A request without the date or score that orders it may stand anywhere: it is ``open`` when the money does not reach for all, and so
    is every other one whose result depends on where it stands. The rule None (not stated) leaves all open when the money is short.
    The sum of what is paid never exceeds the budget. Raises ``ValueError`` as :func:`allocate` does.
    """
    enough = allocate(requests, budget, "pro_rata")
    placed = [] if rule in (None, "pro_rata") else [r for r in requests if _order(r, rule) is not None]
    position: dict[str, int | None] = {r.id: None for r in requests}
    if rule is not None and placed:
        position.update({r.id: n for n, r in enumerate(_ordered(placed, rule), 1)})
    if enough.ran_out_at is None or rule == "pro_rata":
        return {r.id: _place(r, enough.paid[r.id], position[r.id]) for r in requests}
    if rule is None:
        return {r.id: Place("waits" if not budget else "open", _ZERO) for r in requests}
    ahead = sum((r.amount for r in requests), _ZERO) - sum((r.amount for r in placed), _ZERO)
    worst = allocate(placed, max(budget - ahead, _ZERO), rule)
    best = allocate(placed, budget, rule)
    found: dict[str, Place] = {}
    for r in requests:
        if r.id not in worst.paid:
            found[r.id] = Place("open", _ZERO)
        elif worst.paid[r.id] == best.paid[r.id]:
            found[r.id] = _place(r, worst.paid[r.id], position[r.id])
        else:
            found[r.id] = Place("open", worst.paid[r.id], position[r.id])
    return found


def _place(request: Request, paid: Decimal, position: int | None) -> Place:
    outcome: Outcome = "full" if paid == request.amount else "part" if paid else "waits"
    return Place(outcome, paid, position)


def _order(request: Request, rule: Rule) -> object:
    return request.received if rule == "queue" else request.score


def _ordered(requests: Sequence[Request], rule: Rule) -> list[Request]:
    if rule == "queue":
        dates = {r.id: r.received for r in requests if r.received is not None}
        if len(dates) < len(requests):
            raise ValueError("a queue needs the date of receipt of every request (排队要有收件日期)")
        return sorted(requests, key=lambda r: dates[r.id])
    scores = {r.id: r.score for r in requests if r.score is not None}
    if len(scores) < len(requests):
        raise ValueError("a ranking needs the score of every request (排序要有每项的得分)")
    return sorted(requests, key=lambda r: -scores[r.id])


def split(amount: Decimal, shares: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """An amount divided among levels of government (or any payers) by their shares, to the fen.

    Shares must add up to 1. Raises ``ValueError`` otherwise.
    """
    if sum(shares.values(), Decimal(0)) != 1:
        raise ValueError("shares must add up to 1 (分担比例合计应为 1)")
    return dict(zip(shares, apportion(amount, list(shares.values())), strict=True))
