"""What a record was: its states on any day, as known at any moment, and its history in a form a person can read."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang import bitemporal

from ..enums import Why
from ..models import Source, Version
from . import holding
from .kinds import Field, Kind, kind_of
from .values import References, column_of, state_of

State = dict[str, str | None]


def initial(kind: Kind, record: Any, recorded_at: dt.datetime | None = None) -> Version:
    """The one state of a record that was never changed; not stored. ``recorded_at``: where it differs from the row's."""
    return Version(
        kind=kind.id,
        record_id=record.pk,
        recorded_at=recorded_at or record.recorded_at,
        values=state_of(kind, record),
        why=Why.INITIAL,
        source=record.source,
        import_id=record.import_id,
    )


def versions(record: Any) -> list[Version]:
    """All states of a record in the order they were recorded; at least one."""
    kind = kind_of(record)
    marks = holding.published()
    rows = holding.stored(kind, marks, [record.pk]).get(record.pk)
    return rows or [initial(kind, record, holding.known_since(record.recorded_at, record.import_id, marks))]


def state(record: Any, valid_on: dt.date | None = None, known_on: dt.datetime | None = None) -> State | None:
    """The values that held on ``valid_on`` (today) as known at ``known_on`` (now); None when nothing was on record."""
    found = bitemporal.as_of(versions(record), valid_on or timezone.localdate(), known_on)
    return None if found is None else found.values


def past_state(kind: Kind, record_id: int, valid_on: dt.date, known_on: dt.datetime) -> State | None:
    """The same for a record that may be gone meanwhile: an undone import leaves its states here."""
    record = kind.model.objects.filter(pk=record_id).first()
    rows = versions(record) if record else holding.stored(kind, holding.published(), [record_id]).get(record_id, [])
    found = bitemporal.as_of(rows, valid_on, known_on)
    return None if found is None else found.values


def on_day(record: Any, day: dt.date) -> Any:
    """The record as it was on ``day``: itself when that is today or nothing was ever different, else a copy.

    The copy shares what hangs on the record; it is for reading only.
    """
    kind = kind_of(record)
    if not kind.state_like or day == timezone.localdate():
        return record
    rows = holding.stored(kind, holding.published(), [record.pk]).get(record.pk)
    held = bitemporal.as_of(rows, day) if rows else None
    if held is None or held.values == state_of(kind, record):
        return record
    other, found = copy.copy(record), References()
    for name, text in held.values.items():
        field = kind.field(name)
        setattr(other, f"{name}_id" if field.is_reference else name, column_of(field, text, found))
    return other


@dataclass(frozen=True)
class Difference:
    """One field that a write made different: texts of the history, None for empty."""

    field: Field
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Entry:
    """One line of a record's history: when it was recorded, why, what became different, from when on it holds."""

    recorded_at: dt.datetime
    why: str
    differences: tuple[Difference, ...]
    valid_from: dt.date | None
    valid_to: dt.date | None
    source: Source | None
    event_id: str
    import_id: str
    ahead: bool

    @property
    def get_why(self) -> str:
        """Why, in words."""
        return _("首次登记") if self.why == Why.INITIAL else str(Why(self.why).label)


def history(record: Any) -> list[Entry]:
    """The history of a record, newest first. States that only go on for a shorter time are not told."""
    return list(reversed(entries(kind_of(record), versions(record), timezone.localdate())))


def entries(kind: Kind, rows: Iterable[Version], today: dt.date) -> list[Entry]:
    """Entries of the versions in the order of recording."""
    rows = list(rows)
    found = []
    for row in rows:
        if row.why == Why.KEPT:
            continue
        earlier = [other for other in rows if other.recorded_at < row.recorded_at]
        day = row.valid_from or row.valid_to or today
        before = bitemporal.as_of(earlier, day, row.recorded_at - dt.timedelta(microseconds=1))
        found.append(
            Entry(
                row.recorded_at,
                row.why,
                tuple(_differences(kind, before.values if before else {}, row.values)),
                row.valid_from,
                row.valid_to,
                row.source,
                row.event_id,
                row.import_id,
                row.valid_from is not None and row.valid_from > today,
            )
        )
    return found


def _differences(kind: Kind, before: State, after: State) -> Iterable[Difference]:
    for field in kind.stored:
        old, new = before.get(field.name) or None, after.get(field.name) or None
        if old != new:
            yield Difference(field, old, new)
