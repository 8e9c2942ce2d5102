"""Reads of imports; each decides access itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404

from kechuang.web.accounts.access import realm_filter
from kechuang.web.audit.domain.queries import row_proof
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError

from .. import access
from ..enums import RowState
from ..models import Import, ImportRow
from .applying import confirmed_rows, proved_row

PER_PAGE = 50
MOST_LISTED = 100


def imports_for_user(user: Any) -> QuerySet[Import]:
    """The newest imports. Raises ``UserError`` (401, 403)."""
    access.require_import(user)
    return Import.objects.filter(realm_filter(user)).select_related("created_by")[:MOST_LISTED]


def import_for_user(user: Any, public_id: str) -> Import:
    """One import. Raises ``UserError`` (401, 403), ``Http404``."""
    access.require_import(user)
    rows = Import.objects.select_related("file", "created_by", "confirmed_by")
    found = rows.filter(realm_filter(user), public_id=public_id).first()
    if found is None:
        raise Http404("no such import")
    return found


def row_for_user(user: Any, public_id: str, line: int) -> ImportRow:
    """One staged row. Raises ``UserError`` (401, 403), ``Http404``."""
    one = import_for_user(user, public_id)
    row = one.rows.filter(line=line).first()
    if row is None:
        raise Http404("no such row")
    row.imported = one
    return row


@dataclass(frozen=True)
class Tally:
    """How many rows are in each state, and how many of the ready ones are new or known."""

    states: dict[str, int]
    new: int
    known: int

    @property
    def total(self) -> int:
        """All staged rows."""
        return sum(self.states.values())


def tally(one: Import) -> Tally:
    """The rows of an import, counted."""
    states = dict.fromkeys(RowState.values, 0)
    if one.purged_at is not None:
        return Tally(states | one.purged_rows, 0, 0)
    states |= dict(one.rows.order_by().values_list("state").annotate(n=Count("pk")))
    ready = one.rows.filter(state=RowState.READY)
    known = ready.filter(record_id__isnull=False).count() if states[RowState.READY] else 0
    return Tally(states, states[RowState.READY] - known, known)


def rows_page(one: Import, state: str, after: int) -> tuple[list[ImportRow], int | None]:
    """A page of rows behind a line, and the line to go on behind (None: this is the last page)."""
    rows = one.rows.filter(line__gt=after)
    if state in RowState.values:
        rows = rows.filter(state=state)
    found = list(rows[: PER_PAGE + 1])
    return found[:PER_PAGE], found[PER_PAGE - 1].line if len(found) > PER_PAGE else None


def sealed(one: Import) -> bool:
    """Whether the audit event of an import is in the chain, so that its rows can be proved."""
    return bool(one.event_id) and AuditEvent.objects.filter(public_id=one.event_id, seq__isnull=False).exists()


def proof_for_user(user: Any, public_id: str, line: int) -> dict[str, Any]:
    """Proof that a row belongs to the audit event of its import, for ``verify_audit.py --row``.

    Raises:
        UserError: no right (401, 403); the import is not confirmed, or the row was left out (404); its event is not
            sealed yet, so that nobody could check the proof (409).
    """
    row = row_for_user(user, public_id, line)
    one = row.imported
    event = AuditEvent.objects.filter(public_id=one.event_id).first() if one.event_id else None
    if event is None or row.state not in (RowState.READY, RowState.APPLIED, RowState.REFUSED):
        raise UserError(
            "这一行没有写入登记库，没有证明。", "This row was not written, so there is no proof.", status=404
        )
    if event.seq is None:
        raise UserError(
            "这次导入的审计记录还没有封进审计链，现在的证明核对不了。过几分钟再来下载。",
            "The audit event of this import is not yet sealed into the chain, so a proof could not be checked. "
            "Come back in a few minutes.",
            code="not_sealed", status=409,
        )  # fmt: skip
    number = confirmed_rows(one).filter(line__lte=line).count()
    return row_proof(event, number, proved_row(one, row))
