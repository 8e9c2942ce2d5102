"""When the figure of a year has to be in, so that a board can say when to look again and departments are reminded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass

DEFAULT = "06-30"
"""A convention of the platform, not of any office; a pack states the real day of an indicator where one is known."""


@dataclass(frozen=True)
class Due:
    """The figure of ``year`` is to be in on ``day``; ``late`` says that the day has passed without it.

    ``stated`` is false where nobody stated the day and the convention of the platform stands in.
    """

    year: int
    day: dt.date
    late: bool
    stated: bool = False


def due_day(year: int, rule: str | None = None) -> dt.date:
    """The day in the next year on which the figure of ``year`` is due; ``rule`` is MM-DD."""
    month, day = (rule or DEFAULT).split("-")
    return dt.date(year + 1, int(month), int(day))


def next_due(known: Container[int], today: dt.date, rule: str | None = None) -> Due:
    """The first figure still to come: the last one that is late, else the next one. ``known`` holds the years at hand."""
    year = today.year - 1
    # While the figure of last year is not due yet, the one before may be late.
    candidates = [year - 1, year, year + 1] if due_day(year, rule) >= today else [year, year + 1]
    for wanted in candidates:
        if wanted not in known:
            day = due_day(wanted, rule)
            return Due(wanted, day, day < today, rule is not None)
    return Due(candidates[-1] + 1, due_day(candidates[-1] + 1, rule), late=False, stated=rule is not None)
