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
from functools import partial
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from kechuang.web.core.pace import Pace

from ..enums import Why
from ..models import HeldChange, UnfinishedImport, Version
from . import holding
from .kinds import KINDS, Kind

Also = Callable[[dt.datetime], Any]


def begin(import_id: str) -> None:
    """Nothing that this import writes is to be seen from now on."""
    UnfinishedImport.objects.get_or_create(import_id=import_id)


def publish(import_id: str, also: Also) -> dt.datetime | None:
    """Show the import; returns the moment. None when records were written meanwhile: ``bulk.rethink`` first, then again.

    Args:
        also: called with the moment inside the transaction, for what has to be true together with it. When it returns False,
            nothing is published and the moment comes back all the same.
    """
    helds = HeldChange.objects.filter(import_id=import_id)
    kinds = [KINDS[name] for name in helds.order_by().values_list("kind", flat=True).distinct()]
    least = helds.aggregate(most=Max("not_before"))["most"]
    columns = {kind.id: _columns(import_id, kind) for kind in kinds}
    counts = {kind.id: helds.filter(kind=kind.id).count() for kind in kinds}
    try:
        with transaction.atomic():
            for kind in kinds:
                _lock(kind, import_id)
            if helds.filter(stale=True).exists():
                return None
            moment = max(filter(None, (timezone.now(), least)))
            if also(moment) is False:
                return moment
            for kind in kinds:
                if _put_in(kind, import_id, columns[kind.id]) != counts[kind.id]:
                    # A record went without a word to us; whoever thinks again finds it missing.
                    transaction.set_rollback(True)
                    break
            else:
                _others_think_again(import_id)
                UnfinishedImport.objects.filter(import_id=import_id).update(published_at=moment)
                return moment
    except IntegrityError:
        # Also a record that one of ours refers to may have gone; any other breach is no matter of thinking again.
        if not sum(_without_target(import_id, kind, columns[kind.id]) for kind in kinds):
            raise
        return None
    for kind in kinds:
        there = kind.model.everything.filter(pk=OuterRef("record_id"))
        helds.filter(~Exists(there), kind=kind.id).update(stale=True)
    return None


def _without_target(import_id: str, kind: Kind, columns: list[str]) -> int:
    """Mark the changes that refer to a record which is not there any more; returns how many."""
    gone: set[int] = set()
    for field in kind.model._meta.concrete_fields:
        if field.column not in columns or field.remote_field is None:
            continue
        helds = HeldChange.objects.filter(import_id=import_id, kind=kind.id)
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


def _put_in(kind: Kind, import_id: str, columns: list[str]) -> int:
    """Put the new columns into all rows with one statement; returns how many rows it met."""
    quote = connection.ops.quote_name
    table = quote(kind.model._meta.db_table)
    fields = {field.column: field for field in kind.model._meta.concrete_fields}
    if connection.vendor == "postgresql":

        def new(column: str) -> str:
            cast = fields[column].db_type(connection)
            return f"CASE WHEN jsonb_exists(h.columns, '{column}') THEN (h.columns->>'{column}')::{cast} ELSE r.{quote(column)} END"
    else:

        def new(column: str) -> str:
            path = f"'$.\"{column}\"'"
            return (
                f"CASE WHEN json_type(h.columns, {path}) IS NULL THEN r.{quote(column)}"
                f" ELSE json_extract(h.columns, {path}) END"
            )

    sets = (
        ", ".join(f"{quote(column)} = {new(column)}" for column in columns) or f"{quote('realm')} = r.{quote('realm')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS r SET {sets} FROM registry_heldchange AS h"  # noqa: S608  names of tables and columns only, from the models
            " WHERE h.import_id = %s AND h.kind = %s AND h.record_id = r.id",
            [import_id, kind.id],
        )
        return int(cursor.rowcount)


def _others_think_again(import_id: str) -> None:
    """Other imports that hold changes of the same records have to think them through again."""
    others = HeldChange.objects.exclude(import_id=import_id)
    if others.exists():
        ours = HeldChange.objects.filter(import_id=import_id, kind=OuterRef("kind"), record_id=OuterRef("record_id"))
        others.filter(Exists(ours)).update(stale=True)


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
