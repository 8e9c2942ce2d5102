"""Showing an import: everything it made and changed, in one short transaction; then its states go into the history.

    while (moment := publish(import_id, also)) is None:
        bulk.rethink(import_id, …)
    settle(import_id, rest)

A crash before :func:`publish` has committed leaves nothing to be seen, one after it nothing half: readers take what is not yet
in the history from the plans (:mod:`.holding`), and :func:`unsettled` names the imports that somebody has to go on with.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from kechuang.web.core.pace import Pace

from ..enums import Why
from ..models import HeldChange, UnfinishedImport, Version, unpublished
from . import holding
from .kinds import KINDS, Kind

Also = Callable[[dt.datetime], Any]


def begin(import_id: str) -> None:
    """Nothing that this import writes is to be seen from now on."""
    UnfinishedImport.objects.get_or_create(import_id=import_id)


@dataclass(frozen=True)
class _Changes:
    """The changes of one kind, spread out: in which table, which columns any of them sets, and how many they are."""

    kind: Kind
    table: str
    columns: list[str]
    count: int


class _GoneError(Exception):
    """Records went without a word to us."""


def publish(import_id: str, also: Also) -> dt.datetime | None:
    """Show the import; returns the moment. None when records were written meanwhile: ``bulk.rethink`` first, then again.

    Args:
        also: called with the moment inside the transaction, for what has to be true together with it. When it returns False,
            nothing is published and the moment comes back all the same.
    """
    helds = HeldChange.objects.filter(import_id=import_id)
    kinds = helds.order_by().values_list("kind", flat=True).distinct()
    changes = [_spread(import_id, KINDS[name]) for name in kinds]
    least = helds.aggregate(most=Max("not_before"))["most"]
    try:
        with transaction.atomic():
            return _show(import_id, changes, least, also)
    except _GoneError:
        for one in changes:
            _without_record(import_id, one.kind)
    except IntegrityError:
        # Also a record that one of ours refers to may have gone; any other breach is no matter of thinking again.
        if not sum(_without_target(import_id, one) for one in changes):
            raise
    finally:
        _clear(changes)
    return None


def _show(import_id: str, changes: list[_Changes], least: dt.datetime | None, also: Also) -> dt.datetime | None:
    """The part of :func:`publish` that others wait for."""
    for one in changes:
        _lock(one.kind, import_id)
    if HeldChange.objects.filter(import_id=import_id, stale=True).exists():
        return None
    moment = max(filter(None, (timezone.now(), least)))
    if also(moment) is False:
        return moment
    for one in changes:
        if _put_in(one) != one.count:
            raise _GoneError
    _others_think_again(import_id)
    UnfinishedImport.objects.filter(import_id=import_id).update(published_at=moment)
    return moment


def _without_record(import_id: str, kind: Kind) -> None:
    """Mark the changes whose record is not there any more: whoever thinks again finds it missing."""
    there = kind.model.everything.filter(pk=OuterRef("record_id"))
    HeldChange.objects.filter(~Exists(there), import_id=import_id, kind=kind.id).update(stale=True)


def _without_target(import_id: str, changes: _Changes) -> int:
    """Mark the changes that refer to a record which is not there any more; returns how many."""
    gone: set[int] = set()
    for field in changes.kind.model._meta.concrete_fields:
        if field.column not in changes.columns or field.remote_field is None:
            continue
        helds = HeldChange.objects.filter(import_id=import_id, kind=changes.kind.id)
        targets = {pk: columns.get(field.column) for pk, columns in helds.values_list("pk", "columns")}
        known = set(
            field.related_model._base_manager.filter(pk__in=set(targets.values()) - {None}).values_list("pk", flat=True)
        )
        gone |= {pk for pk, target in targets.items() if target is not None and target not in known}
    return HeldChange.objects.filter(pk__in=gone).update(stale=True)


def _columns(import_id: str, kind: Kind) -> list[str]:
    """The columns that any of the changes sets."""
    if connection.vendor == "postgresql":
        keys = "SELECT DISTINCT jsonb_object_keys(columns) FROM registry_heldchange WHERE import_id = %s AND kind = %s"
    else:
        keys = (
            "SELECT DISTINCT each.key FROM registry_heldchange, json_each(columns) AS each"
            " WHERE import_id = %s AND kind = %s"
        )
    with connection.cursor() as cursor:
        cursor.execute(keys, [import_id, kind.id])
        found = {name for (name,) in cursor.fetchall()}
    return [field.column for field in kind.model._meta.concrete_fields if field.column in found]


def _lock(kind: Kind, import_id: str) -> None:
    """Where rows are locked one by one: wait for everybody who is writing one of ours. SQLite has one writer anyway."""
    if connection.features.has_select_for_update:
        keys = HeldChange.objects.filter(import_id=import_id, kind=kind.id).values("record_id")
        rows = kind.model.everything.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
        list(rows.values_list("pk", flat=True))


def _spread(import_id: str, kind: Kind) -> _Changes:
    """Lay the changes of a kind out in a table of this connection, with a column for each of theirs.

    Reading JSON takes longer than the rest of a publication; so it is done before anybody has to wait.
    """
    quote = connection.ops.quote_name
    table, columns = quote(f"changes_of_{kind.id}"), _columns(import_id, kind)
    types = {field.column: field.db_type(connection) for field in kind.model._meta.concrete_fields}
    if connection.vendor == "postgresql":
        each = "jsonb_exists(columns, '{0}'), (columns->>'{0}')::{1}"
    else:
        each = "json_type(columns, '$.\"{0}\"') IS NOT NULL, json_extract(columns, '$.\"{0}\"')"
    made = "".join(f", {quote('has_' + column)} bool, {quote(column)} {types[column]}" for column in columns)
    read = "".join(f", {each.format(column, types[column])}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} (record_id bigint PRIMARY KEY{made})")
        cursor.execute(
            f"INSERT INTO {table} SELECT record_id{read} FROM registry_heldchange"  # noqa: S608  names from the models only
            " WHERE import_id = %s AND kind = %s ORDER BY record_id",
            [import_id, kind.id],
        )
        return _Changes(kind, table, columns, int(cursor.rowcount))


def _clear(changes: list[_Changes]) -> None:
    """Drop the tables of :func:`_spread`."""
    with connection.cursor() as cursor:
        for one in changes:
            cursor.execute(f"DROP TABLE {one.table}")


def _put_in(changes: _Changes) -> int:
    """Put the new columns into all rows with one statement; returns how many rows it met."""
    quote = connection.ops.quote_name
    sets = ", ".join(
        f"{quote(column)} = CASE WHEN c.{quote('has_' + column)} THEN c.{quote(column)} ELSE r.{quote(column)} END"
        for column in changes.columns
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(changes.kind.model._meta.db_table)} AS r SET {sets or 'realm = r.realm'}"  # noqa: S608  names from the models only
            f" FROM {changes.table} AS c WHERE c.record_id = r.id"
        )
        return int(cursor.rowcount)


def _others_think_again(import_id: str) -> None:
    """Other imports that hold changes of the same records have to think them through again."""
    others = unpublished().exclude(import_id=import_id)
    if others.exists():
        ours = HeldChange.objects.filter(import_id=import_id, kind=OuterRef("kind"), record_id=OuterRef("record_id"))
        HeldChange.objects.filter(Exists(ours), import_id__in=others).update(stale=True)


def settle(import_id: str, pace: Pace) -> None:
    """Write the states of a published import into the history, in short steps; then its mark goes. Running it again goes on."""
    moment = holding.published().get(import_id)
    if moment is None:
        return
    pace.work(partial(holding.settle_some, import_id))
    for kind in KINDS.values():
        _known_since(kind, import_id, moment, pace)
    UnfinishedImport.objects.filter(import_id=import_id, published_at=moment).delete()


def _known_since(kind: Kind, import_id: str, moment: dt.datetime, pace: Pace) -> None:
    """What the import made is known since its publication, not since the chunk that wrote it."""
    made = kind.model.everything.filter(import_id=import_id, recorded_at__lt=moment)
    first = Version.objects.filter(kind=kind.id, import_id=import_id, why=Why.INITIAL, recorded_at__lt=moment)
    for rows in (made, first):
        pace.work(partial(_move, rows, moment))


def _move(rows: Any, moment: dt.datetime, size: int) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:size])
    return int(rows.model._base_manager.filter(pk__in=keys).update(recorded_at=moment))


def discard(import_id: str, pace: Pace) -> None:
    """Throw away the changes an import still holds back. Nothing of them was ever seen."""
    pace.work(partial(holding.discard_some, import_id))


def unsettled() -> list[str]:
    """Published imports whose states are not all in the history: their worker died, or is at it."""
    return list(holding.published())
