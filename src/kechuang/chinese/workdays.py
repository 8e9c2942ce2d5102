"""Working days of mainland China: the State Council's yearly holiday notices as tabulated by ``chinesecalendar``.

The notice for a year comes out in November of the year before. A day in a year without a notice falls under the plain
weekday rule and is marked as not published (待公布), so that a deadline is shown with its doubt and nothing crashes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

NOT_PUBLISHED = ("放假安排待国务院公布，暂按周一至周五计算", "holidays not published yet, counted Monday to Friday")


@dataclass(frozen=True)
class Deadline:
    """A day counted in working days; ``published`` is False if any year it passed through has no holiday notice."""

    day: dt.date
    published: bool


@cache
def _tables() -> tuple[frozenset[dt.date], frozenset[dt.date], frozenset[int]]:
    """Holidays, make-up working days, and the years that have a notice."""
    from chinese_calendar.constants import holidays, workdays

    return frozenset(holidays), frozenset(workdays), frozenset(day.year for day in holidays)


def is_published(year: int) -> bool:
    """Whether the holiday notice of this year is in the table."""
    return year in _tables()[2]


def is_workday(day: dt.date) -> bool:
    """Whether work is done on this day; by the plain weekday rule in a year that is not published."""
    holidays, makeup, _ = _tables()
    if day in makeup:
        return True
    return day.weekday() < 5 and day not in holidays


def add_workdays(start: dt.date, count: int) -> Deadline:
    """The ``count``-th working day after ``start`` (before it if negative); the day of start itself is not counted.

    Counting from the next day follows the Civil Code 民法典 article 201 (按照日、月、年计算期间的，开始的当日不计入).
    ``count`` 0 gives ``start`` itself.
    """
    step = dt.timedelta(days=1 if count >= 0 else -1)
    day, left, published = start, abs(count), is_published(start.year)
    while left:
        day += step
        published = published and is_published(day.year)
        left -= is_workday(day)
    return Deadline(day, published)


def workdays_between(start: dt.date, end: dt.date) -> int:
    """Working days after ``start`` up to and including ``end``; negative if ``end`` lies before ``start``."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))
