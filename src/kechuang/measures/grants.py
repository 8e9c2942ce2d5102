"""Amounts already granted, and which of them a rule on several measures has to count.

A grant names what paid it: the measure of the city by its code, or a programme of another level as ``province:NAME``. It counts for a
rule when the rule names it (``province:*`` names every programme of the province), when it fell into the rule's period, and when it was
for the same thing. Where the record does not say what it was for, the answer is ``None``: it may count, and nothing is taken for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Period = Literal["ever", "year"] | int
"""``ever``, the calendar year of the claim, or the last so many years up to the day."""

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Grant:
    """An amount already granted, by whatever level of government."""

    measure: str
    amount: Decimal
    on: dt.date
    subject: str = ""
    """The subject it was granted for; a group that looks at each subject apart counts that subject's grants only."""
    year: int | None = None
    """The year it counts in; None: the year of ``on``."""
    same_as: str = ""
    """Of another programme: the measure of the city that pays for the same thing; empty where nobody has said so."""
    ref: str = ""
    """What the caller knows the record by."""

    @property
    def counted(self) -> int:
        """The calendar year it counts in."""
        return self.on.year if self.year is None else self.year


def inside(grant: Grant, on: dt.date, period: Period, year: int | None = None) -> bool:
    """Whether a grant fell into the period that ends on ``on`` (inclusive). ``year``: of the claim, where it is another."""
    if grant.on > on:
        return False
    if period == "ever":
        return True
    if period == "year":
        return grant.counted == (on.year if year is None else year)
    try:
        start = on.replace(year=on.year - period)
    except ValueError:  # 29 February
        start = on.replace(year=on.year - period, day=28)
    return grant.on > start


def granted(history: Iterable[Grant], measures: Iterable[str], on: dt.date, period: Period) -> Decimal:
    """What was granted under ``measures`` in the period that ends on ``on`` (inclusive)."""
    wanted = frozenset(measures)
    return sum((g.amount for g in history if g.measure in wanted and inside(g, on, period)), ZERO)


def any_of_level(measure: str) -> str:
    """How a rule names every programme of the level of ``measure``: ``province:*``; empty for a measure of the city."""
    level, colon, _ = measure.partition(":")
    return f"{level}:*" if colon else ""


def bears(
    grant: Grant, named: Collection[str], measures: Collection[str], subject: str | None, *, one_thing: bool
) -> bool | None:
    """Whether a grant counts for claims under ``measures``; None where its record does not say.

    ``named`` is what the rule looks at; ``subject`` the subject of the claims, or None for a rule that looks at all of
    an organisation's together. ``one_thing``: the rule takes a grant only from a claim for the same thing.
    """
    exact = grant.measure in named
    if not exact and any_of_level(grant.measure) not in named:
        return False
    if subject is not None and grant.subject not in ("", subject):
        return False
    if grant.same_as and grant.measure not in measures:
        if grant.same_as not in measures:
            return False
    elif not exact or (one_thing and len(measures) > 1):
        return None
    return True if subject is None or grant.subject == subject else None
