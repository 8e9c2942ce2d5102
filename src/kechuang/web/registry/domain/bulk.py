"""Writing many records: an import's rows in short chunks, and taking a whole import back.

A chunk is one transaction of at most a few hundred rows, so that no other writer waits long. A bad row is reported and
does not stop the others. Running a chunk again changes nothing: rows are recognised by their natural key.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from kechuang import bitemporal
from kechuang.web.accounts import access
from kechuang.web.audit.domain import record as audit
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.pace import Pace

from ..enums import Why
from ..models import Alias, Attribute, HeldChange, Source, UnfinishedImport, Version
from . import holding, publishing
from .history import State, initial
from .kinds import KINDS, Kind
from .record import (
    Mode,
    NewState,
    Outcome,
    Row,
    clean_row,
    close_all,
    find,
    new_record,
    new_state,
    next_moment,
    other_realm,
    project,
    required_errors,
    rows_of,
    without_former_code,
)
from .values import FieldError, References, Value, column_of

CHUNK = 300
WRITTEN = (Why.CHANGE, Why.CORRECT)


@dataclass(frozen=True)
class RowResult:
    """What became of one row: its place in the delivery, the outcome, the record's key; or why it was refused."""

    index: int
    outcome: Outcome | None
    record_id: int | None = None
    changed: tuple[str, ...] = ()
    errors: tuple[FieldError, ...] = ()


def write_many(
    kind: Kind | str,
    rows: Iterable[Mapping[str, Any]],
    *,
    source: Source,
    import_id: str,
    event_id: str = "",
    valid_from: dt.date | None = None,
    on_change: Mode = "change",
    realm: str = Realm.REAL,
    chunk: int = CHUNK,
) -> Iterator[list[RowResult]]:
    """Write rows chunk by chunk; gives the results of each chunk after it is stored. The caller writes the audit event."""
    iterator, start = iter(rows), 0
    while part := list(islice(iterator, chunk)):
        yield write_chunk(
            kind, part, source=source, import_id=import_id, event_id=event_id, valid_from=valid_from,
            on_change=on_change, realm=realm, start=start,
        )  # fmt: skip
        start += len(part)


@dataclass
class _Chunk:
    """The state of one chunk while it is worked on."""

    kind: Kind
    source: Source
    import_id: str
    event_id: str
    valid_from: dt.date | None
    on_change: Mode
    realm: str
    hold: bool = False
    found: References = field(default_factory=References)
    results: dict[int, RowResult] = field(default_factory=dict)

    def fail(self, index: int, *errors: FieldError) -> None:
        self.results[index] = RowResult(index, None, errors=errors)


@dataclass
class Prepared:
    """Rows that were checked before the transaction that writes them, so that nobody waits for the checking."""

    found: References
    cleaned: list[tuple[int, Row]]
    failed: list[tuple[int, list[FieldError]]]


def prepare_chunk(kind: Kind | str, rows: Sequence[Mapping[str, Any]], *, realm: str, start: int = 0) -> Prepared:
    """Check the rows of a chunk and look up what they name; nothing is written."""
    kind = KINDS[kind] if isinstance(kind, str) else kind
    made = Prepared(References(realm), [], [])
    made.found.prepare(kind, rows)
    for index, values in enumerate(rows, start=start):
        row, errors = clean_row(kind, values, made.found)
        if errors:
            made.failed.append((index, errors))
        else:
            made.cleaned.append((index, row))
    return made


def write_chunk(
    kind: Kind | str,
    rows: Sequence[Mapping[str, Any]],
    *,
    source: Source,
    import_id: str,
    event_id: str = "",
    valid_from: dt.date | None = None,
    on_change: Mode = "change",
    realm: str = Realm.REAL,
    start: int = 0,
    prepared: Prepared | None = None,
    hold: bool = False,
) -> list[RowResult]:
    """Write one chunk in one transaction (the caller's, when there is one), so that its progress can be noted with it.

    Args:
        start: number of the first row in the whole delivery, for the results.
        prepared: the same rows after :func:`prepare_chunk`, where the caller holds a transaction that should be short.
        hold: hold changes of known records back until the import is published (:mod:`.publishing`); new records are hidden by
            the mark of the import.
    """
    kind = KINDS[kind] if isinstance(kind, str) else kind
    ready = prepared or prepare_chunk(kind, rows, realm=realm, start=start)
    work = _Chunk(kind, source, import_id, event_id, valid_from, on_change, realm, hold, found=ready.found)
    for index, errors in ready.failed:
        work.fail(index, *errors)
    with transaction.atomic():
        first, again = _once(kind, ready.cleaned)
        stored = existing(kind, [row for _index, row in first])
        fresh, known = [], {}
        for index, row in first:
            match = stored.get(row.key(kind)) if not row.identity else find(kind, row)
            if match is None:
                fresh.append((index, row))
            elif match.pk in known:  # under its own code and under that of a duplicate merged into it
                again.append((index, row))
            else:
                known[match.pk] = (index, row, match)
        _create_all(work, fresh)
        _change_all(work, list(known.values()))
        # The same record twice in one chunk: one after the other.
        for index, row in sorted(again, key=lambda pair: pair[0]):
            _one(work, index, row)
    return [work.results[index] for index in sorted(work.results)]


def _once(kind: Kind, rows: list[tuple[int, Row]]) -> tuple[list[tuple[int, Row]], list[tuple[int, Row]]]:
    """The first row of each key, and the rows that name a key again."""
    seen: set[Any] = set()
    first, again = [], []
    for index, row in rows:
        key = row.identity or row.key(kind)
        (again if key in seen else first).append((index, row))
        seen.add(key)
    return first, again


def existing(kind: Kind, rows: list[Row]) -> dict[tuple[Any, ...], Any]:
    """The stored records with the keys of the rows, in few queries."""
    query = Q()
    for place, name in enumerate(kind.natural_key):
        attribute = f"{name}_id" if kind.field(name).is_reference else name
        columns = {row.key(kind)[place] for row in rows}
        part = Q(**{f"{attribute}__in": [column for column in columns if column is not None]})
        if None in columns:
            part |= Q(**{f"{attribute}__isnull": True})
        query &= part
    names = [f"{name}_id" if kind.field(name).is_reference else name for name in kind.natural_key]
    found = kind.model.everything.filter(query).select_related("source", *kind.references)
    stored = {tuple(getattr(record, name) for name in names): record for record in found}
    if kind.id == "organisation":
        stored |= _by_former_code(kind, [key for row in rows if (key := row.key(kind)) not in stored])
    return stored


def _by_former_code(kind: Kind, keys: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], Any]:
    """Organisations that a delivery still names by the code of a duplicate that was merged into them."""
    aliases = dict(
        Alias.objects.filter(kind=kind.id, field="uscc", value__in=[key[0] for key in keys]).values_list(
            "value", "record_id"
        )
    )
    if not aliases:
        return {}
    kept = kind.model.everything.select_related("source", *kind.references).in_bulk(aliases.values())
    return {(code,): kept[pk] for code, pk in aliases.items() if pk in kept}


def _create_all(work: _Chunk, rows: list[tuple[int, Row]]) -> None:
    moment = timezone.now()
    made = []
    for index, row in rows:
        if errors := required_errors(work.kind, row):
            work.fail(index, *errors)
            continue
        made.append((index, row, new_record(work.kind, row, work.source, work.realm, work.import_id, moment)))
    if not made:
        return
    try:
        with transaction.atomic():
            work.kind.model.everything.bulk_create([record for _index, _row, record in made])
    except IntegrityError:  # one of them repeats another record in a second unique column, or somebody was quicker
        for index, row, _record in made:
            _one(work, index, row)
        return
    for index, _row, record in made:
        work.results[index] = RowResult(index, "created", record.pk)
    if work.valid_from is not None and work.kind.state_like:
        first = [initial(work.kind, record) for _index, _row, record in made]
        for version in first:
            version.valid_from, version.event_id = work.valid_from, work.event_id
        Version.objects.bulk_create(first)


def _change_all(work: _Chunk, rows: list[tuple[int, Row, Any]]) -> None:
    if not rows:
        return
    rows = _locked(work, rows)
    kind, moment = work.kind, timezone.now()
    keys = [record.pk for *_rest, record in rows]
    earlier: dict[int, HeldChange] = {}
    if work.hold:
        waiting = holding.settle_now(kind, keys)
        earlier = {held.record_id: held for held in waiting if held.import_id == work.import_id}
    else:
        holding.make_way(kind, keys)
    marks = holding.published()
    history = holding.stored(kind, marks, keys)
    inserted: list[Version] = []
    closed: list[Version] = []
    columns: set[str] = set()
    changed: list[Any] = []
    helds: list[HeldChange] = []
    replaced: list[int] = []
    for index, given, record in rows:
        if error := other_realm(kind, record, work.realm):
            work.fail(index, error)
            continue
        try:
            before = earlier.get(record.pk)  # the import has named this record before: both rows are one change
            whole = _both(kind, before.given, given, work.found) if before else given
            row = without_former_code(kind, record, whole)
            known = holding.known_since(record.recorded_at, record.import_id, marks)
            versions = history.get(record.pk) or [initial(kind, record, known)]
            writing = new_state(kind, record, versions, row, work.valid_from, work.on_change, moment)
        except FieldError as error:
            work.fail(index, error)  # what the row before said of this record stays
            continue
        if before:
            replaced.append(before.pk)
        if writing is None:
            work.results[index] = RowResult(index, "unchanged", record.pk)
            continue
        work.results[index] = RowResult(index, "changed", record.pk, writing.changed)
        new, old = rows_of(writing, work.source, work.event_id, work.import_id)
        names = project(kind, record, new, work.found)
        if work.hold:
            said = {name: value.text for name, value in row.values.items()}
            at: Any = writing.writing.recorded_at
            helds.append(holding.put_away(kind, record, new, old, names, said, work.import_id, at))
            continue
        inserted += new
        closed += old
        if names:
            columns |= set(names)
            changed.append(record)
    if replaced:
        HeldChange.objects.filter(pk__in=replaced).delete()
    HeldChange.objects.bulk_create(helds)
    Version.objects.bulk_create(inserted)
    Version.objects.bulk_update(closed, ["superseded_at"])
    if changed:
        kind.model.everything.bulk_update(changed, sorted(columns), batch_size=100)


def _locked(work: _Chunk, rows: list[tuple[int, Row, Any]]) -> list[tuple[int, Row, Any]]:
    """The same records as they are once nobody else can write them. SQLite has one writer at a time: they are that already."""
    if not connection.features.has_select_for_update:
        return rows
    kind = work.kind
    query = kind.model.everything.select_for_update(of=("self",)).select_related("source", *kind.references)
    found = {record.pk: record for record in query.filter(pk__in=[r.pk for *_rest, r in rows]).order_by("pk")}
    for index, _row, record in rows:
        if record.pk not in found:
            work.fail(index, _gone(kind))
    return [(index, row, found[record.pk]) for index, row, record in rows if record.pk in found]


def _gone(kind: Kind) -> FieldError:
    return FieldError(
        None,
        f"写入期间，这条{kind.zh}已从登记库里移走，没有写入。",
        f"This record ({kind.en}) was taken out of the register meanwhile; the row was not written.",
        "gone",
    )


def _both(kind: Kind, given: Mapping[str, str | None], row: Row, found: References) -> Row:
    """What a row says, together with what the import said of the same record before; the later word counts."""
    values = {
        name: Value(column_of(kind.field(name), text, found), text)
        for name, text in given.items()
        if name not in row.values
    }
    return Row({**values, **row.values}, row.identity)


def rethink(
    import_id: str,
    *,
    source: Source,
    event_id: str = "",
    valid_from: dt.date | None = None,
    on_change: Mode = "change",
    realm: str = Realm.REAL,
    limit: int = CHUNK,
) -> list[RowResult]:
    """Think held changes through again whose records were written since; at most ``limit``, in one transaction.

    The results name the record that was meant when the row was first written, and have its key also where it is gone.
    """
    results: list[RowResult] = []
    with transaction.atomic():
        helds = list(HeldChange.objects.filter(import_id=import_id, stale=True).order_by("pk")[:limit])
        HeldChange.objects.filter(pk__in=[held.pk for held in helds]).delete()
        for kind in (KINDS[name] for name in sorted({held.kind for held in helds})):
            work = _Chunk(kind, source, import_id, event_id, valid_from, on_change, realm, True, References(realm))
            ours = [held for held in helds if held.kind == kind.id]
            records = kind.model.everything.select_related("source", *kind.references).in_bulk(
                [held.record_id for held in ours]
            )
            for index, held in enumerate(ours):
                try:
                    row = _both(kind, held.given, Row(), work.found)
                    record = records.get(held.record_id) or find(kind, row)
                    if record is None:
                        work.fail(index, _gone(kind))
                    else:
                        _change_all(work, [(index, row, record)])
                except FieldError as error:
                    work.fail(index, error)
                except UserError as error:
                    work.fail(index, FieldError(None, error.zh, error.en, error.code))
            results += [replace(work.results[index], record_id=held.record_id) for index, held in enumerate(ours)]
    return results


def _one(work: _Chunk, index: int, row: Row) -> None:
    """One row by itself: slower, with its own error."""
    try:
        with transaction.atomic():
            stored = find(work.kind, row)
            if stored is None:
                _create_all_or_raise(work, index, row)
            else:
                _change_all(work, [(index, row, stored)])
    except IntegrityError:
        zh, en = work.kind.zh, work.kind.en
        work.fail(
            index,
            FieldError(
                None,
                f"这一行与登记库里另一条{zh}的唯一编号重复，没有写入。",
                f"This row repeats the unique number of another record ({en}) and was not written.",
                "duplicate",
            ),
        )
    except UserError as error:
        work.fail(index, FieldError(None, error.zh, error.en, error.code))


def _create_all_or_raise(work: _Chunk, index: int, row: Row) -> None:
    if errors := required_errors(work.kind, row):
        work.fail(index, *errors)
        return
    made = new_record(work.kind, row, work.source, work.realm, work.import_id, timezone.now())
    made.save(force_insert=True)
    work.results[index] = RowResult(index, "created", made.pk)


# ---- taking an import back ------------------------------------------------------------------


@dataclass
class Undone:
    """What taking an import back did: records removed, records restored, and those that stay, with their kind."""

    removed: int = 0
    restored: int = 0
    kept: list[tuple[str, int]] = field(default_factory=list)
    event: AuditEvent | None = None


def undo(import_id: str, *, actor: Any, event: AuditEvent | None = None, chunk: int = CHUNK) -> Undone:
    """Take a whole import back, in chunks; one audit event, written with the first chunk.

    Records it made go, unless something later refers to them or changed them; records it changed get back what they
    said before, unless a later write built on it. What stays is listed. Running it again goes on where it stopped.
    What nobody has seen yet (the import is not published) goes without leaving states in the history.
    """
    if not import_id:
        raise ValueError("an import has an id")
    done = Undone(event=event)
    if event is None:
        with transaction.atomic():
            done.event = audit.record(
                actor=actor,
                role=access.acting_role(actor),
                action="registry.undo_import",
                object_kind="registry_import",
                object_id=import_id,
            )
    assert done.event is not None
    pace = Pace(min(chunk, 25), most=chunk)
    publishing.settle(import_id, pace)
    unseen = UnfinishedImport.objects.filter(import_id=import_id).exists()
    publishing.discard(import_id, pace)
    for kind in reversed(KINDS.values()):
        _restore_changed(kind, import_id, done, pace)
    for kind in reversed(KINDS.values()):
        _remove_made(kind, import_id, done, pace, unseen)
    return done


def _restore_changed(kind: Kind, import_id: str, done: Undone, pace: Pace) -> None:
    last = 0
    written = Version.objects.filter(kind=kind.id, import_id=import_id, why__in=WRITTEN)
    while True:
        keys = list(
            written.filter(record_id__gt=last)
            .order_by("record_id")
            .values_list("record_id", flat=True)
            .distinct()[: pace.size]
        )
        if not keys:
            return
        with transaction.atomic():
            started = time.monotonic()
            records = kind.model.everything.select_for_update().in_bulk(keys)
            for record in records.values():
                restored = _restore(kind, record, import_id, done.event.public_id if done.event else "")
                done.restored += restored is True
                if restored is False:
                    done.kept.append((kind.id, record.pk))
        last = keys[-1]
        pace.rest(time.monotonic() - started)


def _restore(kind: Kind, record: Any, import_id: str, event_id: str) -> bool | None:
    """Take the import's writes on one record back, newest first.

    Returns False when a later write built on one of them (nothing is taken back then), None when there is none left.
    """
    taken = None
    with transaction.atomic():
        holding.make_way(kind, [record.pk])
        while True:
            rows = list(Version.objects.filter(kind=kind.id, record_id=record.pk).select_related("source"))
            mine = [row for row in rows if row.import_id == import_id and row.why in WRITTEN]
            undone = {row.recorded_at for row in rows if row.why == Why.UNDO}
            if any(row.superseded_at is not None and row.superseded_at not in undone for row in mine):
                return False
            mine = [row for row in mine if row.superseded_at is None]
            if not mine:
                return taken
            taken = True
            newest = max(row.recorded_at for row in mine)
            try:
                writing: bitemporal.Writing[State, Version] = bitemporal.undo(rows, newest, next_moment(rows))
            except bitemporal.ConflictError:
                transaction.set_rollback(True)
                return False
            step = NewState(kind, record, rows, writing, mine[0].values, mine[0].values, Why.UNDO)
            inserted, closed = rows_of(step, None, event_id, "")
            Version.objects.bulk_create(inserted)
            Version.objects.bulk_update(closed, ["superseded_at"])
            if columns := project(kind, record, inserted, References()):
                record.save(update_fields=columns)


def _remove_made(kind: Kind, import_id: str, done: Undone, pace: Pace, unseen: bool) -> None:
    last = 0
    while True:
        made = list(
            kind.model.everything.filter(import_id=import_id, pk__gt=last)
            .order_by("pk")
            .select_related("source", *kind.references)[: pace.size]
        )
        if not made:
            return
        last = made[-1].pk
        with transaction.atomic():
            started = time.monotonic()
            held = _held(kind, [record.pk for record in made], import_id)
            gone = [record for record in made if record.pk not in held]
            done.kept += [(kind.id, pk) for pk in sorted(held)]
            keys = [record.pk for record in gone]
            if unseen:
                Version.objects.filter(kind=kind.id, record_id__in=keys).delete()
            else:
                close_all(kind, gone, done.event.public_id if done.event else "", import_id)
            kind.model.everything.filter(pk__in=keys).delete()
            done.removed += len(gone)
        pace.rest(time.monotonic() - started)


def _held(kind: Kind, keys: list[int], import_id: str) -> set[int]:
    """The records that must stay: others refer to them, or they were changed by somebody else."""
    held: set[int] = set()
    for relation in kind.model._meta.related_objects:
        column = relation.field.attname
        others = relation.related_model._base_manager.filter(**{f"{column}__in": keys})
        held |= set(others.values_list(column, flat=True).distinct())
    later = Version.objects.filter(kind=kind.id, record_id__in=keys, superseded_at=None)
    held |= set(later.exclude(import_id=import_id).exclude(why=Why.UNDO).values_list("record_id", flat=True))
    for model, query in ((Attribute, {"definition__kind": kind.id}), (Alias, {"kind": kind.id})):
        held |= set(model.objects.filter(record_id__in=keys, **query).values_list("record_id", flat=True))
    return held
