"""Staged rows are for the work on an import, not for ever: they are thrown away a stated time after it has ended.

What stays is what proves the import: who sent what from which source, the SHA-256 of the file, the counts, and the audit event
with the Merkle root (and the leaves) over all written rows. Rows of a delivery’s quarantine wait longer, because somebody may
still mend them. An import that nobody has confirmed or cancelled for as long is cancelled by this.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from kechuang.web.audit.domain.record import record
from kechuang.web.core.pace import Pace

from ..enums import ImportState, RowState
from ..models import Import, ImportRow
from .feeds import QUARANTINE
from .queries import tally

KEEP_DAYS = 90
QUARANTINE_DAYS = 365
ENDED = (ImportState.APPLIED, ImportState.CANCELLED, ImportState.UNDONE, ImportState.REFUSED)
#: Rows that somebody may still mend, and those that have been mended and are not written yet.
WAITING = (*QUARANTINE, RowState.READY)


def due(now: dt.datetime) -> list[int]:
    """Imports whose rows have had their time; also those whose purge was broken off."""
    old, oldest = now - dt.timedelta(days=KEEP_DAYS), now - dt.timedelta(days=QUARANTINE_DAYS)
    rows = ImportRow.objects.filter(imported=OuterRef("pk"))
    quarantine = Q(feed__isnull=False, state=ImportState.APPLIED) & Exists(rows.filter(state__in=WAITING))
    ended = Q(state__in=ENDED, finished_at__lt=old) & (~quarantine | Q(finished_at__lt=oldest))
    forgotten = Q(state=ImportState.READY, created_at__lt=old)
    begun = Q(purged_at__isnull=False)
    found = Import.objects.filter(ended | forgotten | begun, Exists(rows))
    return list(found.order_by("pk").values_list("pk", flat=True))


def purge(now: dt.datetime | None = None) -> int:
    """Throw the staged rows of old imports away, in short steps; returns how many rows went. One audit event per import."""
    now = now or timezone.now()
    pace, gone = Pace(500, most=2000), 0
    for pk in due(now):
        if _begin(pk, now):
            gone += pace.work(partial(_some, pk))
    return gone


def _begin(pk: int, now: dt.datetime) -> bool:
    """Note what the rows were, in the transaction of the event; False when somebody has just gone on with the import."""
    with transaction.atomic():
        one = Import.objects.select_for_update().get(pk=pk)
        if one.purged_at is not None:
            return True
        if one.state not in (*ENDED, ImportState.READY):
            return False
        counts = {name: count for name, count in tally(one).states.items() if count}
        one.purged_at, one.purged_rows = now, counts
        if one.state == ImportState.READY:
            one.state, one.finished_at = ImportState.CANCELLED, now
        one.save(update_fields=["purged_at", "purged_rows", "state", "finished_at"])
        record(
            actor=None, role="system", action="import.purge", object_kind="import", object_id=one.public_id,
            after={"rows": counts, "state": one.state},
        )  # fmt: skip
    return True


def _some(pk: int, size: int) -> int:
    keys = list(ImportRow.objects.filter(imported=pk).values_list("pk", flat=True)[:size])
    ImportRow.objects.filter(pk__in=keys).delete()
    return len(keys)
