"""Consents: given with the change they belong to, taken back by the person."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from kechuang.web.accounts import access as roles
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError, require_login

from ..consent import current
from ..models import Consent


def give(user: Any, purpose: str, organisation: Any = None) -> tuple[Consent, dict[str, str]]:
    """Note that a person agrees to the words in force; the caller puts the second value into the event of its change."""
    wording = current(purpose)
    given = held(user, purpose, organisation) or Consent.objects.create(
        user=user, purpose=purpose, organisation=organisation, version=wording.version, digest=wording.digest
    )
    return given, {"purpose": purpose, "version": wording.version, "digest": wording.digest, "consent": given.public_id}


def held(user: Any, purpose: str, organisation: Any = None) -> Consent | None:
    """The person's consent to the words in force, if it was given and not taken back."""
    version = current(purpose).version
    rows = Consent.objects.filter(user=user, purpose=purpose, organisation=organisation, version=version)
    return rows.filter(withdrawn_at=None).first()


def withdraw(user: Any, public_id: str) -> Consent:
    """Take a consent back: nothing new is taken under it; what was done before stays lawful (PIPL article 15).

    Raises:
        UserError: it was taken back already (409). 404 when it is not the person's.
    """
    require_login(user)
    with transaction.atomic():
        consent = get_object_or_404(Consent.objects.select_for_update(), public_id=public_id, user=user)
        if consent.withdrawn_at is not None:
            raise UserError("这一条已经撤回了。", "This consent was taken back already.", code="state", status=409)
        consent.withdrawn_at = timezone.now()
        consent.save(update_fields=["withdrawn_at"])
        record(
            actor=user, role=roles.acting_role(user), action="consent.withdraw", object_kind="consent",
            object_id=consent.public_id, after={"purpose": consent.purpose, "version": consent.version},
        )  # fmt: skip
    return consent


def consents_for_user(user: Any) -> QuerySet[Consent]:
    """A person's own consents, newest first. Raises ``UserError`` (401)."""
    require_login(user)
    return Consent.objects.filter(user=user).select_related("organisation")
