"""Reads: which trials a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kechuang.web.core.errors import UserError
from kechuang.web.laboratory import access
from kechuang.web.laboratory.models import Trial


def trials_for_user(user: Any) -> QuerySet[Trial]:
    """All trials, for those who may read the laboratory. Raises ``UserError`` 401 or 403."""
    access.need_read(user)
    return Trial.objects.filter(access.realm_filter(user)).select_related("author")


def trial_for_user(user: Any, public_id: str) -> Trial:
    """One trial. A visitor without the right gets the same answer for a closed trial and for none."""
    trial = Trial.objects.select_related("author").filter(public_id=public_id).first()
    if trial is None or not trial.shared:
        access.need_read(user)
    if trial is None or not (trial.shared or access.reads_realm(user, trial.realm)):
        raise UserError("没有这次测算。", "There is no such trial.", code="unknown", status=404)
    return trial
