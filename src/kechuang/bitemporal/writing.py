"""What a write does to the versions of one record. Nothing is stored here: the caller closes and inserts the rows.

A *change* says that something is different from a day on; a *correction* says that what was believed for a period was
wrong. Both leave every earlier answer as it was: asked as known before the write, the record says what it said then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kechuang.bitemporal.reading import as_of, believed, moments, overlapping
from kechuang.bitemporal.versions import ONE_DAY, D, Moment, New, Period, V, Version, Writing


class ConflictError(ValueError):
    """The write cannot be done to these versions: it lies before another one, or a later write built on it."""


def _after_all(versions: Sequence[Any], recorded_at: Moment) -> None:
    """The clock of recording never runs backwards, or earlier answers would change."""
    known = moments(versions)
    if known and known[-1] >= recorded_at:
        raise ConflictError(f"a write at {recorded_at} comes after one of {known[-1]} and must be later than it")


def overlay(versions: Iterable[D], values: V, period: Period, recorded_at: Moment) -> Writing[V, D]:
    """``values`` hold in the whole of ``period``, whatever was believed of it; what lies outside stays.

    Raises:
        ConflictError: something was recorded at ``recorded_at`` or later.
    """
    rows = list(versions)
    _after_all(rows, recorded_at)
    hit = overlapping(believed(rows), period)
    inserted: list[New[V, D]] = []
    for row in hit:
        if period.first is not None and (row.valid_from is None or row.valid_from < period.first):
            inserted.append(New(_values(row), row.valid_from, period.first - ONE_DAY, row))
    inserted.append(New(values, period.first, period.last))
    for row in hit:
        if period.last is not None and (row.valid_to is None or row.valid_to > period.last):
            inserted.append(New(_values(row), period.last + ONE_DAY, row.valid_to, row))
    return Writing(recorded_at, tuple(hit), tuple(inserted))


def _values(row: Any) -> Any:
    return row.values


def change(versions: Iterable[D], values: V, valid_from: dt.date | None, recorded_at: Moment) -> Writing[V, D]:
    """``values`` hold from ``valid_from`` (None = since ever) until the next state that is already on record.

    The state that held until then ends on the day before; later ones stay. Raises :class:`ConflictError` as overlay does.
    """
    rows = list(versions)
    known = believed(rows)
    if valid_from is None:
        covering = next((v for v in known if v.valid_from is None), None)
    else:
        covering = as_of(known, valid_from)
    if covering is not None:
        return overlay(rows, values, Period(valid_from, covering.valid_to), recorded_at)
    starts = [
        v.valid_from for v in known if v.valid_from is not None and (valid_from is None or v.valid_from > valid_from)
    ]
    return overlay(rows, values, Period(valid_from, min(starts) - ONE_DAY if starts else None), recorded_at)


def correct(versions: Iterable[D], values: V, valid_on: dt.date, recorded_at: Moment) -> Writing[V, D]:
    """What was believed of the state that held on ``valid_on`` was wrong: ``values`` held in all of its period.

    Raises:
        ConflictError: nothing is believed of that day, or something was recorded at ``recorded_at`` or later.
    """
    rows = list(versions)
    wrong = as_of(rows, valid_on)
    if wrong is None:
        raise ConflictError(f"nothing is on record for {valid_on}; there is nothing to correct")
    return overlay(rows, values, Period(wrong.valid_from, wrong.valid_to), recorded_at)


def end(versions: Iterable[D], last_day: dt.date, recorded_at: Moment) -> Writing[Any, D]:
    """The state that held on ``last_day`` ended with it; nothing follows until the next state on record.

    Raises:
        ConflictError: nothing is believed of that day, or something was recorded at ``recorded_at`` or later.
    """
    rows = list(versions)
    _after_all(rows, recorded_at)
    ended = as_of(rows, last_day)
    if ended is None:
        raise ConflictError(f"nothing is on record for {last_day}; there is nothing to end")
    return Writing(recorded_at, (ended,), (New(_values(ended), ended.valid_from, last_day, ended),))


def undo(versions: Iterable[D], written_at: Moment, recorded_at: Moment) -> Writing[Any, D]:
    """Take back what was written at ``written_at``: what was believed before is believed again from now on.

    Raises:
        ConflictError: nothing was written then, a later write built on it, or the clock would run backwards.
    """
    rows = list(versions)
    _after_all(rows, recorded_at)
    made = [v for v in rows if v.recorded_at == written_at]
    closed = [v for v in rows if v.superseded_at == written_at]
    if not made and not closed:
        raise ConflictError(f"nothing was written at {written_at}")
    if any(v.superseded_at is not None for v in made):
        raise ConflictError(f"a later write built on the one of {written_at}; take that back first")
    others = [v for v in believed(rows) if v not in made]
    if any(overlapping(others, Period(v.valid_from, v.valid_to)) for v in closed):
        raise ConflictError(f"a later write holds where the one of {written_at} would be taken back")
    back = tuple(New(_values(v), v.valid_from, v.valid_to, v) for v in closed)
    return Writing(recorded_at, tuple(made), back)


def perform(
    versions: Iterable[Version[V]], writing: Writing[V, Version[V]], new_id: Callable[[], Any] = lambda: None
) -> list[Version[V]]:
    """The versions after the write: for tests, notebooks and callers that keep them in memory."""
    rows = [
        Version(v.values, v.recorded_at, v.valid_from, v.valid_to, writing.recorded_at, v.id)
        if any(v is closed for closed in writing.superseded)
        else v
        for v in versions
    ]
    return rows + [
        Version(n.values, writing.recorded_at, n.valid_from, n.valid_to, None, new_id()) for n in writing.inserted
    ]
