"""Observations are vintages: one value as one source published it, never overwritten."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum

from kechuang.bitemporal import was_known
from kechuang.indicators.text import Text
from kechuang.indicators.units import convert


class Trust(IntEnum):
    """How close a source is to the office that made the figure; the higher one wins."""

    SECONDARY = 1
    REPUBLISHED = 2
    OFFICIAL = 3

    @property
    def label(self) -> Text:
        """The level in words."""
        return {
            Trust.OFFICIAL: Text("官方发布", "official"),
            Trust.REPUBLISHED: Text("官方数据转录", "official, copied"),
            Trust.SECONDARY: Text("媒体或网页", "press or web page"),
        }[self]


class Flag(StrEnum):
    """What a careful reader has to know about one value."""

    YEAR_INFERRED = "year_inferred"
    AS_OF = "as_of"
    PART_YEAR = "part_year"
    PART_SCOPE = "part_scope"
    MULTI_YEAR = "multi_year"
    TO_VERIFY = "to_verify"
    FIRST_RELEASE = "first_release"
    BOUND = "bound"
    MEANING_INFERRED = "meaning_inferred"
    COMPUTED = "computed"

    @property
    def label(self) -> Text:
        """The flag in words."""
        return _FLAG_LABELS[self]


_FLAG_LABELS = {
    Flag.YEAR_INFERRED: Text("年份为推断", "year inferred"),
    Flag.AS_OF: Text("月度时点数，不是年末", "as of a month, not the year end"),
    Flag.PART_YEAR: Text("不是全年数", "not a full year"),
    Flag.PART_SCOPE: Text("不是全市口径", "covers only a part"),
    Flag.MULTI_YEAR: Text("跨多年的平均", "average over several years"),
    Flag.TO_VERIFY: Text("待核实", "to be verified"),
    Flag.FIRST_RELEASE: Text("首次公布，可能修订", "first release, may be revised"),
    Flag.BOUND: Text("只给出上限或下限", "a bound, not a value"),
    Flag.MEANING_INFERRED: Text("含义为推断", "meaning inferred"),
    Flag.COMPUTED: Text("按算式计算，没有公布", "computed, not published"),
}
# Values with one of these never enter a yearly series: they answer another question.
OUTSIDE_SERIES = frozenset({Flag.PART_YEAR, Flag.PART_SCOPE, Flag.TO_VERIFY, Flag.BOUND})
# Values with one of these are shown and judged, but a change between two years must not be computed from them.
NO_CHANGE = OUTSIDE_SERIES | {Flag.AS_OF, Flag.MULTI_YEAR, Flag.YEAR_INFERRED}


@dataclass(frozen=True)
class Source:
    """Where values were published; ``stated`` is false where the trust is only guessed from the title."""

    id: str
    title: str
    url: str | None = None
    trust: Trust = Trust.REPUBLISHED
    released: dt.date | None = None
    stated: bool = True


@dataclass(frozen=True)
class Observation:
    """One value of one cell (region, indicator, year) as one source gives it.

    ``released`` is the day the source published it, ``recorded`` the day the platform learned it.
    """

    region: str
    indicator: str
    year: int
    value: Decimal
    unit: str
    source: Source
    note: str = ""
    flags: frozenset[Flag] = frozenset()
    released: dt.date | None = None
    recorded: dt.date | None = None

    @property
    def cell(self) -> tuple[str, str, int]:
        """The cell this value belongs to."""
        return self.region, self.indicator, self.year

    @property
    def known_since(self) -> dt.date | None:
        """The first day this value could be known, or None when no date is on record."""
        return self.released or self.source.released or self.recorded

    def value_in(self, unit: str) -> Decimal:
        """The value in ``unit``, exactly; raises UnitError when it measures something else."""
        return convert(self.value, self.unit, unit)


def _begun(observation: Observation, day: dt.date) -> bool:
    """Whether a value could exist on ``day``: that of a whole year only after the year, others once it has begun."""
    partial = observation.flags & {Flag.AS_OF, Flag.PART_YEAR}
    return observation.year < day.year + bool(partial)


def as_known_on(observations: Iterable[Observation], day: dt.date, *, keep_undated: bool = True) -> list[Observation]:
    """The vintages that were known on ``day``.

    A value without any date cannot be placed in time; ``keep_undated`` says whether it is kept. Kept ones still obey
    the calendar: nobody knew the figure of a whole year before that year was over, or of a month before its year.
    """
    return [o for o in observations if was_known(o.known_since, None, day, undated=keep_undated and _begun(o, day))]


def by_cell(observations: Iterable[Observation]) -> dict[tuple[str, str, int], list[Observation]]:
    """Group vintages by cell, in the order given."""
    cells: dict[tuple[str, str, int], list[Observation]] = defaultdict(list)
    for observation in observations:
        cells[observation.cell].append(observation)
    return dict(cells)
