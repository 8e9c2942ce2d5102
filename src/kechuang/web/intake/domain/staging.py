"""Reading a received file into staged rows, in short transactions; a broken-off reading starts afresh."""

from __future__ import annotations

import logging
from itertools import islice

from django.db import DatabaseError, transaction
from django.utils import timezone

from kechuang.tabular import TableError
from kechuang.tabular.reading import read
from kechuang.tabular.records import looks_like_json, read_records
from kechuang.web.audit.domain.record import record
from kechuang.web.core import files

from ..enums import ImportState, RowState
from ..models import Import, ImportRow
from .checking import checker_for
from .kinds import columns
from .lease import Lease, LostError

logger = logging.getLogger(__name__)
CHUNK = 1000
MOST_ROWS = 300_000
_IDENTITY = ("身份证", "证件号", "idnumber", "identitynumber")


def stage(one: Import, lease: Lease) -> None:
    """Read the file of an import. Ends in ``READY``, or in ``REFUSED`` with the reason."""
    if not Import.objects.filter(pk=one.pk, state__in=(ImportState.RECEIVED, ImportState.READING)).update(
        state=ImportState.READING, rows_read=0
    ):
        return
    _forget_rows(one)
    try:
        _read_all(one, lease)
    except TableError as error:
        _refuse(one, error.zh, error.en)
    except (LostError, DatabaseError):
        raise  # the file is not at fault; the next worker tries again
    except Exception:
        # A file that breaks the reading must not be tried for ever, nor stop the imports behind it.
        logger.exception("import %s cannot be read", one.public_id)
        _refuse(one, "读这个文件时出错，已记下。请把表格另存为新的 .xlsx 或 CSV 再传；还不行请把编号报给管理员。",
                "Reading this file failed; it has been noted. Save the table as a new .xlsx or CSV and send that, or tell an "
                "administrator its number.")  # fmt: skip


def _forget_rows(one: Import) -> None:
    """Throw staged rows away, in short steps."""
    while keys := list(one.rows.values_list("pk", flat=True)[:2000]):
        ImportRow.objects.filter(pk__in=keys).delete()


def _read_all(one: Import, lease: Lease) -> None:
    assert one.file is not None
    path = one.file.path
    table = (read_records if looks_like_json(path) else read)(path, columns(one.kind))
    for heading in table.header.unknown:
        if any(word in heading.replace(" ", "").lower() for word in _IDENTITY):
            raise TableError(
                f"表里有“{heading}”一列。身份证号不能放在表里传，请删去这一列。",
                f"The table has a column “{heading}”. Identity numbers never travel in tables; delete it.",
            )
    present = [column.name for column, _ in table.header.places.values()]
    Import.objects.filter(pk=one.pk).update(columns=present, unknown_columns=list(table.header.unknown)[:50])
    checker = checker_for(one.kind, one.realm)
    read_rows = 0
    while part := list(islice(table.rows, CHUNK)):
        lease.hold()
        read_rows += len(part)
        if read_rows > MOST_ROWS:
            raise TableError(f"最多 {MOST_ROWS} 行，请分成几份。", f"At most {MOST_ROWS} rows; split the file.")
        staged = checker.check(part)
        for row in staged:
            row.imported = one
        with transaction.atomic():
            # A person may have cancelled in the meantime; the state is asked in the transaction that adds rows.
            if not Import.objects.filter(pk=one.pk, state=ImportState.READING).update(rows_read=read_rows):
                raise LostError
            ImportRow.objects.bulk_create(staged)
    if not read_rows:
        raise TableError("表头下面没有数据行。", "There is no row of data under the heading.")
    _finish(one, read_rows)


def _finish(one: Import, read_rows: int) -> None:
    """Everything is read. An import waits for a person; a delivery goes on by itself, if it has a good row."""
    following = ImportState.READY
    if one.feed_id is not None:
        good = one.rows.filter(state=RowState.READY).exists()
        following = ImportState.CONFIRMED if good else ImportState.APPLIED
    ended = timezone.now() if following == ImportState.APPLIED else None
    with transaction.atomic():
        reading = Import.objects.filter(pk=one.pk, state=ImportState.READING)
        if reading.update(state=following, finished_at=ended):
            record(
                actor=None,
                action="import.read",
                object_kind="import",
                object_id=one.public_id,
                after={"rows": read_rows},
            )


def _refuse(one: Import, zh: str, en: str) -> None:
    """The file cannot be taken; nothing of it is kept but the reason."""
    with transaction.atomic():
        current = Import.objects.select_for_update().get(pk=one.pk)
        if current.state != ImportState.READING:
            return
        # The raw copy of a delivery is kept, whatever it holds; a person's upload that cannot be taken is not.
        stored = current.file if current.feed_id is None else None
        current.file = current.file if stored is None else None
        current.state, current.error = ImportState.REFUSED, {"zh": zh, "en": en}
        current.save(update_fields=["state", "error", "file"])
        record(actor=None, action="import.refuse", object_kind="import", object_id=one.public_id, result="refused",
               after={"reason": zh})  # fmt: skip
    _forget_rows(one)
    if stored is not None:
        files.remove(stored)
