"""What a person does with single rows before anything is written: mend, say which organisation is meant, leave out."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from kechuang.tabular.reading import read_mended
from kechuang.web.accounts.access import acting_role
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError

from .. import access
from ..enums import ImportState, RowState
from ..models import Import, ImportRow
from .checking import checker_for
from .kinds import columns


def _open(one: Import) -> None:
    """Rows can be touched while an import waits for confirmation, those of a delivery while they are in quarantine."""
    current = Import.objects.select_for_update().get(pk=one.pk)
    quarantine = current.feed_id is not None and current.state == ImportState.APPLIED
    if current.state != ImportState.READY and not quarantine:
        raise UserError(
            "这次导入已不在等人确认，不能再改。请刷新看看。",
            "This import no longer waits for confirmation and cannot be changed. Reload the page.",
            code="state", status=409,
        )  # fmt: skip


def _still(row: ImportRow) -> None:
    """A row that is written already is not touched."""
    if ImportRow.objects.filter(pk=row.pk, state=RowState.APPLIED).exists():
        raise UserError("这一行已经写入。", "This row is written already.", code="state", status=409)


def mend(row: ImportRow, written: dict[str, str], *, actor: Any) -> ImportRow:
    """Read a row again from what a person wrote on the page; it may become ready, undecided, or stay bad.

    Raises:
        UserError: no right (401, 403), or the import is confirmed already (409).
    """
    access.require_import(actor)
    one = row.imported
    # What was in the file under columns that the page does not show as text stays as it was.
    given = {column.name: written.get(column.name, "") for column in columns(one.kind)}
    checker = checker_for(one.kind, one.realm)
    staged = checker.check([read_mended(row.line, given, columns(one.kind))])[0]
    with transaction.atomic():
        _open(one)
        _still(row)
        if staged.state == RowState.READY and (line := _repeated(row, staged)):
            staged.state = RowState.BAD
            staged.findings = [{"column": "", "zh": f"和第 {line} 行是同一条记录，请只留一行",
                                "en": f"is the same record as row {line}; keep one"}]  # fmt: skip
        before = {"state": row.state, "values": row.values}
        row.state, row.values, row.findings = staged.state, staged.values, staged.findings
        row.candidates, row.record_id = staged.candidates, staged.record_id
        row.written = {} if staged.state == RowState.READY else {k: v for k, v in given.items() if v}
        row.save()
        _note(actor, one, row, "import.mend", before)
    return row


def _repeated(row: ImportRow, staged: ImportRow) -> int | None:
    """The line of another ready row of the import that means the same record."""
    from kechuang.web.registry.domain.kinds import KINDS

    key = {f"values__{name}": staged.values.get(name) for name in KINDS[row.imported.kind].natural_key}
    wanted = {name: value for name, value in key.items() if value is not None}
    others = row.imported.rows.filter(state=RowState.READY, **wanted).exclude(pk=row.pk)
    return others.values_list("line", flat=True).first()


def decide(row: ImportRow, column: str, uscc: str, *, actor: Any) -> ImportRow:
    """Say which of the candidates is meant; the row is then checked like any other.

    Raises:
        UserError: the code is none of the candidates (422), no right, or the import is confirmed already (409).
    """
    access.require_import(actor)
    options = row.candidates.get(column, [])
    if uscc not in [option["uscc"] for option in options]:
        raise UserError("请在列出的单位里选一个。", "Choose one of the organisations listed.", field=column)
    return mend(row, {**row.values, **row.written, column: uscc}, actor=actor)


def skip(row: ImportRow, *, actor: Any, back: bool = False) -> ImportRow:
    """Leave a row out, or take it back in (it is then checked again)."""
    access.require_import(actor)
    if back:
        return mend(row, {**row.values, **row.written}, actor=actor)
    with transaction.atomic():
        _open(row.imported)
        _still(row)
        before = {"state": row.state, "values": row.values}
        row.written = row.written or dict(row.values)
        row.state = RowState.SKIPPED
        row.save(update_fields=["state", "written"])
        _note(actor, row.imported, row, "import.skip", before)
    return row


def _note(actor: Any, one: Import, row: ImportRow, action: str, before: Any) -> None:
    record(
        actor=actor, role=acting_role(actor), action=action, object_kind="import",
        object_id=f"{one.public_id}/{row.line}", before=before, after={"state": row.state, "values": row.values},
    )  # fmt: skip
