"""From staged rows to the register: confirmed by a person, written by the worker in short chunks, seen all at once.

Order of things: the audit event with the Merkle root over the rows, then the rows. A chunk and its progress are one
transaction, so a worker that is killed loses at most the chunk it was at, and the next one goes on behind the last.
Until all chunks are written the import stands in ``registry.UnfinishedImport`` and no query shows what it has made; changes of
known records are held back. Then ``registry.domain.publishing`` shows everything in one short transaction.
"""

from __future__ import annotations

import time
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kechuang.web.accounts.access import acting_role
from kechuang.web.audit.domain.record import record, record_bulk
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.core.pace import Pace
from kechuang.web.registry.domain import bulk, publishing, sources
from kechuang.web.registry.models import Source, UnfinishedImport

from .. import access
from ..enums import ImportState, RowState
from ..models import Import, ImportRow
from .lease import Lease, LostError

FIRST_CHUNK, LEAST_CHUNK, MOST_CHUNK = 25, 25, 500


def _conflict() -> UserError:
    return UserError(
        "这次导入的状态已经变了，请刷新看看。", "The state of this import has changed; reload the page.",
        code="state", status=409,
    )  # fmt: skip


def confirm(one: Import, *, actor: Any) -> Import:
    """Let the worker write the ready rows; bad, undecided and skipped ones stay out. One audit event.

    Raises:
        UserError: no right (401, 403), nothing to write (422), or confirmed or cancelled already (409).
    """
    access.require_import(actor)
    with transaction.atomic():
        current = Import.objects.select_for_update().get(pk=one.pk)
        if current.state != ImportState.READY:
            raise _conflict()
        ready = current.rows.filter(state=RowState.READY).count()
        if not ready:
            raise UserError("没有可以写入的行，请先改好。", "No row can be written; mend some first.")
        current.state, current.confirmed_by = ImportState.CONFIRMED, actor
        current.save(update_fields=["state", "confirmed_by"])
        _tell(current, actor, "import.confirm", {"rows": ready})
    return current


def cancel(one: Import, *, actor: Any) -> Import:
    """Stop an import: before writing it simply ends, while writing the worker takes back what it has written.

    Raises:
        UserError: no right (401, 403), or the import has ended already (409).
    """
    access.require_import(actor)
    with transaction.atomic():
        current = Import.objects.select_for_update().get(pk=one.pk)
        if current.state in (ImportState.RECEIVED, ImportState.READING, ImportState.READY, ImportState.CONFIRMED):
            current.state, current.finished_at = ImportState.CANCELLED, timezone.now()
            if current.event_id:  # the worker was about to begin
                current.state, current.finished_at = ImportState.STOPPING, None
        elif current.state == ImportState.APPLYING:
            current.state = ImportState.STOPPING
        else:
            raise _conflict()
        current.save(update_fields=["state", "finished_at"])
        _tell(current, actor, "import.cancel", {"state": current.state})
    return current


def undo(one: Import, *, actor: Any) -> Import:
    """Take a written import back as a whole; the worker does it.

    Raises:
        UserError: no right (401, 403), or the import is not written (409).
    """
    access.require_import(actor)
    with transaction.atomic():
        current = Import.objects.select_for_update().get(pk=one.pk)
        if current.state != ImportState.APPLIED:
            raise _conflict()
        current.state = ImportState.UNDOING
        current.save(update_fields=["state"])
        _tell(current, actor, "import.undo", {"state": current.state})
    return current


def _tell(one: Import, actor: Any, action: str, after: Any) -> None:
    record(
        actor=actor, role=acting_role(actor), action=action, object_kind="import", object_id=one.public_id, after=after
    )


# ---- the worker's part -----------------------------------------------------------------------


def proved_row(one: Import, row: ImportRow) -> dict[str, Any]:
    """What the audit event says of a row."""
    return {"import": one.public_id, "kind": one.kind, "line": row.line, "values": row.values}


def confirmed_rows(one: Import) -> Any:
    """The rows that the event covers, in the order of the file. What was refused while writing is among them."""
    return one.rows.filter(state__in=(RowState.READY, RowState.APPLIED, RowState.REFUSED)).order_by("line")


def _event(one: Import) -> AuditEvent:
    """The event of the writing; made once, whatever happens to workers."""
    known = AuditEvent.objects.filter(
        action="import.apply", object_kind="import", object_id=one.public_id
    ).first()  # fmt: skip
    if known is not None:
        return known
    rows = (proved_row(one, row) for row in confirmed_rows(one).iterator(chunk_size=2000))
    # Hashing stands outside of any transaction: other writers go on.
    return record_bulk(
        actor=one.confirmed_by, action="import.apply", object_kind="import", object_id=one.public_id, rows=rows
    )


def _source(one: Import) -> Source:
    return sources.ensure(
        one.source_title, actor=one.confirmed_by, department=one.source_department, date=one.source_date,
        realm=one.realm,
    )  # fmt: skip


def apply(one: Import, lease: Lease) -> None:
    """Write the confirmed rows; ends in ``APPLIED``, or in ``STOPPING`` when a person has stopped it."""
    event, source = _event(one), _source(one)
    with transaction.atomic():
        begun = Import.objects.filter(pk=one.pk, state=ImportState.CONFIRMED)
        if begun.update(state=ImportState.APPLYING, event_id=event.public_id):
            publishing.begin(one.public_id)
    pace, last = Pace(FIRST_CHUNK, least=LEAST_CHUNK, most=MOST_CHUNK), 0
    while rows := _next(one, last, pace.size):
        last = rows[-1].line
        lease.hold()
        held = _write(one, lease, rows, source, event)
        if held is None:
            return
        pace.rest(held)
    _show(one, lease, source, event, pace)


def _show(one: Import, lease: Lease, source: Source, event: AuditEvent, pace: Pace) -> None:
    """From one commit on everything the import has made and changed is seen; what others wrote meanwhile is built on."""

    def finished(moment: Any) -> bool:
        applying = Import.objects.filter(pk=one.pk, state=ImportState.APPLYING)
        if applying.filter(lease_owner=lease.owner).update(state=ImportState.APPLIED, finished_at=moment):
            return True
        if applying.exists():
            raise LostError
        return False  # a person has stopped it

    while publishing.publish(one.public_id, finished) is None:
        lease.hold()
        with transaction.atomic():
            started = time.monotonic()
            results = bulk.rethink(
                one.public_id, source=source, event_id=event.public_id, valid_from=one.valid_from,
                on_change=one.on_change, realm=one.realm, limit=pace.size,
            )  # fmt: skip
            _count_again(one, results)
        pace.rest(time.monotonic() - started)
    publishing.settle(one.public_id, pace)


def _count_again(one: Import, results: list[bulk.RowResult]) -> None:
    """Rows whose record somebody wrote while the import was at work: some have become needless, some cannot be written."""
    needless = sum(result.outcome == "unchanged" for result in results)
    refused = [result for result in results if result.outcome is None]
    for result in refused:
        rows = one.rows.filter(state=RowState.APPLIED, record_id=result.record_id)
        rows.update(state=RowState.REFUSED, findings=_findings(result))
    Import.objects.filter(pk=one.pk).update(
        changed=F("changed") - needless - len(refused), unchanged=F("unchanged") + needless
    )


def _findings(result: bulk.RowResult) -> list[dict[str, str]]:
    return [{"column": e.field.name if e.field else "", "zh": e.zh, "en": e.en} for e in result.errors]


def _next(one: Import, last: int, size: int) -> list[ImportRow]:
    """The next ready rows behind a line."""
    ready = one.rows.filter(state=RowState.READY, line__gt=last).order_by("line")
    return list(ready.only("line", "values", "imported_id")[:size])


def _write(one: Import, lease: Lease, rows: list[ImportRow], source: Source, event: AuditEvent) -> float | None:
    """One chunk and its progress in one transaction; returns the seconds it was held.

    None when the import is no longer to be written.
    """
    values = [row.values for row in rows]
    prepared = bulk.prepare_chunk(one.kind, values, realm=one.realm)
    with transaction.atomic():
        started = time.monotonic()
        held = Import.objects.select_for_update().filter(pk=one.pk, state=ImportState.APPLYING)
        if not held.filter(lease_owner=lease.owner).exists():
            if held.exists():
                raise LostError
            return None
        results = bulk.write_chunk(
            one.kind, values, source=source, import_id=one.public_id, event_id=event.public_id,
            valid_from=one.valid_from, on_change=one.on_change, realm=one.realm, prepared=prepared,
            hold=True,
        )  # fmt: skip
        refused = []
        for row, result in zip(rows, results, strict=True):
            if result.outcome is None:
                row.state = RowState.REFUSED
                row.findings = _findings(result)
                refused.append(row)
        ImportRow.objects.bulk_update(refused, ["state", "findings"])
        done = [row.pk for row in rows if row.state != RowState.REFUSED]
        ImportRow.objects.filter(pk__in=done).update(state=RowState.APPLIED)
        count = {name: sum(r.outcome == name for r in results) for name in ("created", "changed", "unchanged")}
        Import.objects.filter(pk=one.pk).update(
            rows_done=F("rows_done") + len(rows), **{name: F(name) + n for name, n in count.items()}
        )
    return time.monotonic() - started


def take_back(one: Import) -> None:
    """Undo an import that was written, or the part of it that was; what somebody built on stays and is counted."""
    target = ImportState.UNDONE if one.state == ImportState.UNDOING else ImportState.CANCELLED
    action = "import.undo" if one.state == ImportState.UNDOING else "import.cancel"
    event = AuditEvent.objects.filter(action=action, object_kind="import", object_id=one.public_id).first()
    done = bulk.undo(one.public_id, actor=None, event=event)
    with transaction.atomic():
        UnfinishedImport.objects.filter(import_id=one.public_id).delete()
        Import.objects.filter(pk=one.pk, state=one.state).update(
            state=target, kept=len(done.kept), finished_at=timezone.now()
        )
