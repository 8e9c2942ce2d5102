"""Taking a table in: the file is kept under its SHA-256, an import is opened, the worker reads it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction

from kechuang.web.accounts.access import acting_role
from kechuang.web.audit.domain.record import record
from kechuang.web.core import files
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.models import StoredFile

from .. import access
from ..enums import OnChange
from ..models import Import
from .kinds import kind_named

FILE_RULE = "intake.file"
SMALL = 300_000  # bytes that are read at once, so that a small table shows its preview without waiting


@files.access_rule(FILE_RULE)
def _may_fetch(user: Any, stored: StoredFile) -> bool:
    """The raw file of an import or a delivery: for those who may see imports."""
    from kechuang.web.accounts.access import has_role, reads_realm
    from kechuang.web.accounts.models import Role

    return has_role(user, Role.OFFICER) and reads_realm(user, stored.realm)


def receive(
    upload: Any,
    *,
    kind: str,
    actor: Any,
    source_title: str,
    source_department: str = "",
    source_date: dt.date | None = None,
    valid_from: dt.date | None = None,
    on_change: str = OnChange.CHANGE,
    name: str = "",
) -> Import:
    """Keep a file and open its import; one audit event.

    Raises:
        UserError: no right, no file, no source, an unknown kind, an empty or too large file.
    """
    access.require_import(actor)
    kind_named(kind)
    if upload is None:
        raise UserError("请先选一个文件。", "Choose a file first.", field="file")
    if not source_title.strip():
        raise UserError("请写明数据来源，例如“2025 年企业年报”。", "Name the source of the data.", field="source_title")
    realm = Realm.DEMO if settings.DEMO else Realm.REAL
    stored = files.store(upload, rule=FILE_RULE, name=name, created_by=actor, realm=realm)
    with transaction.atomic():
        made = Import.objects.create(
            kind=kind, realm=realm, file=stored, file_name=stored.name, source_title=source_title.strip()[:200],
            source_department=source_department.strip()[:100], source_date=source_date, valid_from=valid_from,
            on_change=OnChange(on_change), created_by=actor,
        )  # fmt: skip
        record(
            actor=actor, role=acting_role(actor), action="import.receive", object_kind="import",
            object_id=made.public_id, after={"kind": kind, "sha256": stored.sha256, "source": made.source_title},
        )  # fmt: skip
    return made
