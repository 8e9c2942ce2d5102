"""Changes that an unfinished import holds back: how they are put away, seen after publication, and written into the history.

An import must not change a known record while others still look at half of it. So each change is thought through chunk by
chunk and put away (:class:`~..models.HeldChange`). :mod:`.publishing` puts all of them into the rows with one statement and sets
``UnfinishedImport.published_at``. From that commit on the states of the history are those of the plans, recorded at that moment:
:func:`stored` adds them for readers until :func:`settle_some` has stored them, in short chunks. Whoever writes a record first calls
:func:`make_way`: what was published is stored, and what still waits is thought through again before it is published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection

from ..enums import Why
from ..models import HeldChange, UnfinishedImport, Version
from ..models.names import index_names
from .kinds import Kind

Rows = dict[int, list[Version]]
#: Imports that are published and not yet all in the history, with the moment of publication.
Marks = dict[str, dt.datetime]


def put_away(
    kind: Kind, record: Any, inserted: Iterable[Version], closed: Iterable[Version], columns: Iterable[str],
    given: dict[str, str | None], import_id: str, moment: dt.datetime,
) -> HeldChange:  # fmt: skip
    """A held change, not stored yet. A new name of an organisation is put into the index of names.

    Args:
        inserted, closed: what the write does to the history (``record.rows_of``).
        columns: the fields of the record that have become different, set on ``record`` already.
        given: the texts that the import gave, by field.
        moment: the moment of the write; publication comes after it.
    """
    fields = [kind.model._meta.get_field(name) for name in columns]
    if kind.id == "organisation" and any(field.name == "name" for field in fields):
        # Publishing passes by the model, which keeps the index of names; a pair too many never gives a wrong hit.
        index_names([(record.pk, record.name)])
    return HeldChange(
        import_id=import_id,
        kind=kind.id,
        record_id=record.pk,
        not_before=moment,
        columns={field.column: _plain(field, getattr(record, field.attname)) for field in fields},
        given=given,
        plan={"closes": [row.pk for row in closed], "states": [_put(row, moment) for row in inserted]},
    )


def _plain(field: Any, value: Any) -> Any:
    """The value of a column in a type of JSON, written as the database takes it."""
    prepared = field.get_db_prep_save(value, connection)
    return prepared if prepared is None or isinstance(prepared, bool | int) else str(prepared)


def _put(row: Version, moment: dt.datetime) -> dict[str, Any]:
    """A state of a plan. Without a moment of its own it is recorded when the import is published."""
    own = row.recorded_at != moment
    return {
        "recorded_at": row.recorded_at.isoformat() if own else None,
        "closed": row.superseded_at is not None,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "values": row.values,
        "why": str(row.why),
        "source": row.source_id,
        "event": row.event_id,
        "import": row.import_id,
    }


def _states(held: HeldChange, published_at: dt.datetime) -> list[Version]:
    """The states of a plan as rows of the history, not stored."""
    return [
        Version(
            kind=held.kind, record_id=held.record_id, values=one["values"], why=one["why"], source_id=one["source"],
            event_id=one["event"], import_id=one["import"], valid_from=_day(one["valid_from"]), valid_to=_day(one["valid_to"]),
            recorded_at=dt.datetime.fromisoformat(one["recorded_at"]) if one["recorded_at"] else published_at,
            superseded_at=published_at if one["closed"] else None,
        )
        for one in held.plan["states"]
    ]  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def published() -> Marks:
    """The imports that can be seen but are not yet all in the history. Asks the database: once for many records."""
    marks = UnfinishedImport.objects.filter(published_at__isnull=False)
    return dict(marks.values_list("import_id", "published_at"))


def known_since(recorded_at: dt.datetime, import_id: str, marks: Marks) -> dt.datetime:
    """Since when something recorded at a moment by an import is known: not before the import was published."""
    return max(recorded_at, marks.get(import_id, recorded_at))


def stored(kind: Kind, marks: Marks, keys: Collection[int] | None = None) -> Rows:
    """The states of records (None: of all of the kind) in the order of recording; those never changed are missing.

    What has been published and not yet settled is among them, as rows that are not stored.

    Args:
        marks: of :func:`published`, asked before: what is settled in between is then found twice, and never missed.
    """
    helds: list[HeldChange] = []
    if marks:
        query = HeldChange.objects.filter(kind=kind.id, import_id__in=marks)
        helds = list(query if keys is None else query.filter(record_id__in=keys))
    found: Rows = {}
    rows = Version.objects.filter(kind=kind.id)
    if keys is not None:  # sources are asked for of single records, not where a whole kind is counted
        rows = rows.filter(record_id__in=keys).select_related("source")
    for row in rows.iterator(chunk_size=2000):
        if row.why == Why.INITIAL:  # the first state of a record that the import made
            row.recorded_at = known_since(row.recorded_at, row.import_id, marks)
        found.setdefault(row.record_id, []).append(row)
    for held in helds:
        _overlay(found.setdefault(held.record_id, []), held, marks[held.import_id])
    return found


def _overlay(rows: list[Version], held: HeldChange, moment: dt.datetime) -> None:
    if any(row.import_id == held.import_id and row.recorded_at == moment for row in rows):
        return
    for row in rows:
        if row.pk in held.plan["closes"]:
            row.superseded_at = moment
    rows += _states(held, moment)
    rows.sort(key=lambda row: (row.recorded_at, row.pk or 2**63))


def settle_now(kind: Kind, keys: Collection[int]) -> list[HeldChange]:
    """Store what was published of these records; returns what is still held back. Inside the transaction that locked them."""
    # Locked: where another worker is just settling one of them, it is gone when that has ended.
    helds = list(HeldChange.objects.select_for_update().filter(kind=kind.id, record_id__in=keys).order_by("pk"))
    if not helds:
        return []
    marks = published()
    _store([held for held in helds if held.import_id in marks], marks)
    return [held for held in helds if held.import_id not in marks]


def make_way(kind: Kind, keys: Collection[int]) -> None:
    """To be called before records are written or removed, inside the transaction that has locked them.

    What was published of them is stored, so that the write builds on it; what is still held back becomes stale.
    """
    if waiting := settle_now(kind, keys):
        HeldChange.objects.filter(pk__in=[held.pk for held in waiting]).update(stale=True)


def _store(helds: list[HeldChange], marks: Marks) -> None:
    """Put published changes into the history for good."""
    for moment in {marks[held.import_id] for held in helds}:
        closes = [pk for held in helds if marks[held.import_id] == moment for pk in held.plan["closes"]]
        Version.objects.filter(pk__in=closes).update(superseded_at=moment)
    Version.objects.bulk_create([row for held in helds for row in _states(held, marks[held.import_id])])
    HeldChange.objects.filter(pk__in=[held.pk for held in helds]).delete()


def settle_some(import_id: str, limit: int) -> int:
    """Store the next changes of a published import, at most ``limit``; returns how many it took (0: all are stored).

    Inside a transaction. A record is settled once, whether here or by somebody who writes it meanwhile.
    """
    marks = published()
    if import_id not in marks:
        return 0
    helds = list(HeldChange.objects.select_for_update().filter(import_id=import_id).order_by("pk")[:limit])
    _store(helds, marks)
    return len(helds)


def discard_some(import_id: str, limit: int) -> int:
    """Throw held changes of an import away, at most ``limit``; returns how many went. Nobody has ever seen them."""
    keys = list(HeldChange.objects.filter(import_id=import_id).order_by("pk").values_list("pk", flat=True)[:limit])
    HeldChange.objects.filter(pk__in=keys).delete()
    return len(keys)
