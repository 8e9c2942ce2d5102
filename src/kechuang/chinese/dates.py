"""Dates and years as Chinese official texts write them.

GB/T 9704-2012 dates a document in Arabic digits (2013年4月18日); older ones use Chinese numerals
(二〇一三年四月十八日). Deadlines name a year, a month, a half year or a five-year plan (“十四五”末).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kechuang.chinese import numerals

_Y = r"(?:\d{4}|[〇○零一二三四五六七八九]{4})"
_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_DATE = re.compile(
    rf"(?P<y>{_Y})\s*年\s*(?:(?P<m>{_N})\s*月\s*(?:(?P<d>{_N})\s*[日号])?)?"
    r"|(?<![\d.\-/])(?P<y2>(?:19|20)\d\d)(?P<sep>[-./])(?P<m2>\d{1,2})(?P=sep)(?P<d2>\d{1,2})(?![\d.\-/])"
)
_PLAN = re.compile(r"[“\"「]?(?P<n>十[一二三四五六七八九]?|二十)五[”\"」]?(?:规划|时期)?(?P<end>期?末|期间|时期)")


@dataclass(frozen=True)
class DateMention:
    """A date found in a text: ``text[start:end]`` names it; ``month`` and ``day`` are ``None`` when not written."""

    start: int
    end: int
    year: int
    month: int | None = None
    day: int | None = None

    @property
    def iso(self) -> str:
        """ISO 8601 date with the precision that was written: 2015, 2015-06 or 2015-06-30."""
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
            if self.day is not None:
                parts.append(f"{self.day:02d}")
        return "-".join(parts)

    def date(self) -> dt.date | None:
        """The calendar day, or ``None`` when only a month or a year was written."""
        if self.month is None or self.day is None:
            return None
        return dt.date(self.year, self.month, self.day)


def find(text: str) -> Iterator[DateMention]:
    """All dates and years of a text, in order. Impossible days (2月30日) are left out."""
    for match in _DATE.finditer(text):
        groups = match.groupdict()
        year = _number(groups["y"] or groups["y2"])
        month = _number(groups["m"] or groups["m2"])
        day = _number(groups["d"] or groups["d2"])
        if year is None or not 1900 <= year <= 2199:
            continue
        if month is not None:
            try:
                dt.date(year, month, day or 1)
            except ValueError:
                continue
        yield DateMention(match.start(), match.end(), year, month, day)


def parse(text: str) -> dt.date | None:
    """The one calendar day that makes up the whole text, or ``None``."""
    clean = text.strip()
    for mention in find(clean):
        if mention.start == 0 and mention.end == len(clean):
            return mention.date()
        return None
    return None


def five_year_plan_end(ordinal: int) -> int:
    """Last year of China's n-th five-year plan (n >= 3): the 十四五 ends in 2025."""
    if ordinal < 3:
        raise ValueError("the five-year rhythm holds from the third plan (1966-1970) on")
    return 1955 + 5 * ordinal


def find_plan_ends(text: str) -> Iterator[DateMention]:
    """Mentions of a five-year plan as a deadline (“十四五”末, “十四五”期间), each with the plan's last year."""
    for match in _PLAN.finditer(text):
        ordinal = int(numerals.parse(match["n"]))
        yield DateMention(match.start(), match.end(), five_year_plan_end(ordinal))


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    value = numerals.parse_or_none(text)
    return None if value is None else int(value)
