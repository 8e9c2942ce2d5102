"""Questions to the versions of one record: what held on a day, as known at a moment."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable

from kechuang.bitemporal.versions import ONE_DAY, D, Dated, Moment, Period


def was_known(
    recorded_at: Moment | None, superseded_at: Moment | None, known_on: Moment | None, *, undated: bool = False
) -> bool:
    """Whether something recorded and superseded at these moments was believed at ``known_on`` (None = now).

    What carries no moment of recording cannot be placed in time; ``undated`` says whether it counts as known.
    """
    if known_on is None:
        return superseded_at is None
    if recorded_at is None:
        return undated and (superseded_at is None or superseded_at > known_on)
    return recorded_at <= known_on and (superseded_at is None or superseded_at > known_on)


def holds_on(version: Dated, day: dt.date) -> bool:
    """Whether the version's period covers ``day``; its last day counts."""
    return (version.valid_from is None or version.valid_from <= day) and (
        version.valid_to is None or version.valid_to >= day
    )


def believed(versions: Iterable[D], known_on: Moment | None = None) -> list[D]:
    """The versions believed at ``known_on`` (None = now), earliest period first."""
    known = [v for v in versions if was_known(v.recorded_at, v.superseded_at, known_on)]
    return sorted(known, key=lambda v: v.valid_from or dt.date.min)


def as_of(versions: Iterable[D], valid_on: dt.date, known_on: Moment | None = None) -> D | None:
    """The version that held on ``valid_on`` as known at ``known_on`` (None = now); None when there was none."""
    return next((v for v in believed(versions, known_on) if holds_on(v, valid_on)), None)


def timeline(versions: Iterable[D], days: Iterable[dt.date], known_on: Moment | None = None) -> list[D | None]:
    """The answer of :func:`as_of` for each day, with one sorting."""
    known = believed(versions, known_on)
    return [next((v for v in known if holds_on(v, day)), None) for day in days]


def overlapping(versions: Iterable[D], period: Period) -> list[D]:
    """The versions that share a day with the period."""
    return [v for v in versions if period.meets(v)]


def gaps(versions: Iterable[D], known_on: Moment | None = None) -> list[Period]:
    """The periods between the first and the last believed version for which nothing is believed."""
    known = believed(versions, known_on)
    found = []
    for earlier, later in itertools.pairwise(known):
        if earlier.valid_to is not None and later.valid_from is not None:
            first, last = earlier.valid_to + ONE_DAY, later.valid_from - ONE_DAY
            if first <= last:
                found.append(Period(first, last))
    return found


def moments(versions: Iterable[Dated]) -> list[Moment]:
    """Every moment at which something was recorded or superseded, in order."""
    found: set[Moment] = set()
    for version in versions:
        found |= {moment for moment in (version.recorded_at, version.superseded_at) if moment is not None}
    return sorted(found)
