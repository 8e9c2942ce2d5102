"""Writing by people, through pages: who may, which source, and no overwriting of what somebody else wrote meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from kechuang.web.audit.domain.record import state_digest
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError

from ..access import require_write
from ..models import Merge
from . import attributes, sources
from . import merge as merging
from .kinds import Kind
from .record import Mode, Written, write
from .values import state_of


@dataclass(frozen=True)
class From:
    """Where a person has the facts from."""

    title: str
    department: str = ""
    date: dt.date | None = None


def mark(kind: Kind, record: Any) -> str:
    """What a form carries to notice that the record was written meanwhile."""
    return state_digest(state_of(kind, record))


def register(user: Any, kind: Kind, values: Mapping[str, Any], source: From) -> Written:
    """Register a new record; 409 when its key is in the register already."""
    require_write(user, kind)
    with transaction.atomic():
        named = sources.ensure(
            source.title, actor=user, department=source.department, date=source.date, realm=user.realm
        )
        written = write(kind, values, actor=user, source=named, realm=user.realm)
        require_write(user, kind, written.record)
        if written.outcome != "created":
            raise UserError(
                f"这条{kind.zh}已经登记过，请打开它来改。",
                f"This record ({kind.en}) is in the register already; open it and change it there.",
                code="duplicate",
                status=409,
            )
    return written


def rewrite(
    user: Any, kind: Kind, record: Any, values: Mapping[str, Any], source: From, *,
    valid_from: dt.date | None, mode: Mode, seen: str,
) -> Written:  # fmt: skip
    """Change or correct a record as the person saw it; 409 when somebody wrote it since."""
    require_write(user, kind, record)
    with transaction.atomic():
        locked = kind.model.everything.select_for_update().get(pk=record.pk)
        if seen != mark(kind, locked):
            raise UserError(
                "你打开表单以后，有人改过这条记录。请刷新，看过现在的内容再改。",
                "Somebody changed this record after you opened the form. Reload, look at it as it is now, and try again.",
                code="changed_meanwhile",
                status=409,
            )
        named = sources.ensure(
            source.title, actor=user, department=source.department, date=source.date, realm=locked.realm
        )
        written = write(
            kind, values, actor=user, source=named, record=locked, valid_from=valid_from, on_change=mode,
            realm=locked.realm,
        )  # fmt: skip
        require_write(user, kind, written.record)
    return written


def describe(
    user: Any, kind: Kind, record: Any, code: str, value: str, source: From, *,
    valid_from: dt.date | None, mode: Mode = "change",
) -> AuditEvent | None:  # fmt: skip
    """Give a dated attribute of a record a value; None when it is on record already."""
    require_write(user, kind, record)
    with transaction.atomic():
        named = sources.ensure(
            source.title, actor=user, department=source.department, date=source.date, realm=record.realm
        )
        return attributes.put(record, code, value, actor=user, source=named, valid_from=valid_from, on_change=mode)


def join(user: Any, kind: Kind, kept: Any, gone: Any) -> Merge:
    """Merge a duplicate into a record; both must be the person's to write."""
    require_write(user, kind, kept)
    require_write(user, kind, gone)
    return merging.merge(kept, gone, actor=user)


def part(user: Any, kind: Kind, kept: Any, made: Merge) -> Any:
    """Take a merge apart again."""
    require_write(user, kind, kept)
    return merging.undo(made, actor=user)
