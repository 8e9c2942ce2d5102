"""What is deleted by itself: proofs that nobody needs any more."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kechuang.web.audit.domain.record import record

from ..enums import ClaimState
from ..models import Claim
from . import proofs

KEEP_DAYS = 30
"""How long the proof of a refused claim stays, and of one whose right has run out or was taken away; see ``consent.py``."""


def delete_old_proofs(now: dt.datetime | None = None) -> int:
    """Delete proofs whose time is over; each leaves an audit event. Returns how many."""
    now = now or timezone.now()
    before, last_day = now - dt.timedelta(days=KEEP_DAYS), timezone.localdate(now) - dt.timedelta(days=KEEP_DAYS)
    over = Q(state=ClaimState.REFUSED, decided_at__lt=before)
    over |= Q(state=ClaimState.CONFIRMED, valid_to__lt=last_day)
    over |= Q(state=ClaimState.CONFIRMED, grant=None, decided_at__lt=before)
    count = 0
    for claim in Claim.objects.filter(over, proof__isnull=False).select_related("proof"):
        with transaction.atomic():
            record(
                actor=None, role="system", action="claim.proof_delete", object_kind="claim", object_id=claim.public_id,
                before={"proof": claim.proof.sha256 if claim.proof else ""},
            )  # fmt: skip
            proofs.discard(claim)
        count += 1
    return count
