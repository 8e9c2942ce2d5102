"""Sources of facts: one record for each paper, publication or delivery, made when it is first named."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from kechuang.web.accounts import access
from kechuang.web.audit.domain import record as audit
from kechuang.web.core.enums import Realm

from ..enums import Trust
from ..models import Source


def ensure(
    title: str,
    *,
    actor: Any,
    department: str = "",
    date: dt.date | None = None,
    url: str = "",
    trust: int = Trust.REPUBLISHED,
    realm: str = Realm.REAL,
) -> Source:
    """The source with this title, department and date; it is registered (with its audit event) when it is new."""
    with transaction.atomic():
        known = Source.objects.filter(title=title, department=department, date=date, url=url, realm=realm).first()
        if known is not None:
            return known
        made = Source.objects.create(title=title, department=department, date=date, url=url, trust=trust, realm=realm)
        audit.record(
            actor=actor,
            role=access.acting_role(actor),
            action="registry.source",
            object_kind="registry_source",
            object_id=made.public_id,
            after=made,
        )
    return made
