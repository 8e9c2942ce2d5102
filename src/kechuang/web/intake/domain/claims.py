"""Claiming an organisation: a person hands in proof, an officer compares it and decides, the role follows.

The officer confirms that the proof is right; the role itself is given by the system as the consequence, with an audit
event of its own, and can be taken away by an administrator like any other.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from kechuang.codes import uscc as codes
from kechuang.web.accounts import access as roles
from kechuang.web.accounts.access import acting_role
from kechuang.web.accounts.domain.people import give_role
from kechuang.web.accounts.models import Role
from kechuang.web.audit.domain.record import record
from kechuang.web.core import files
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.models import StoredFile
from kechuang.web.registry.enums import OrganisationKind
from kechuang.web.registry.models import Organisation

from .. import access
from ..enums import ClaimState
from ..models import Claim

PROOF_RULE = "intake.proof"
PROOF_TYPES = {b"%PDF": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png"}
MAX_PROOF = 5 * 1024 * 1024


@files.access_rule(PROOF_RULE)
def _may_fetch(user: Any, stored: StoredFile) -> bool:
    """The proof of a claim: for the claimant and for officers."""
    if roles.has_role(user, Role.OFFICER):
        return True
    return bool(getattr(user, "is_authenticated", False)) and stored.created_by == str(user.pk)


def submit(*, user: Any, uscc: str, post: str, proof: Any, consent: bool) -> Claim:
    """Hand in a claim.

    Raises:
        UserError: not logged in (401); the code is wrong or not registered; no post, proof or consent; the person acts for
            the organisation already, or a claim is open (409).
    """
    if not getattr(user, "is_authenticated", False):
        raise UserError("请先登录。", "Please log in first.", code="login_required", status=401)
    organisation = _organisation(uscc)
    if organisation.uscc in roles.organisations(user):
        raise UserError(
            "你已经可以代表这家单位办事。", "You act for this organisation already.", field="uscc", status=409
        )
    if not post.strip():
        raise UserError("请写你在单位的职务。", "Name your post in the organisation.", field="post")
    if not consent:
        raise UserError("要先看过并同意上面的说明。", "Read the notice above and agree to it first.", field="consent")
    stored = _keep(proof, user)
    try:
        with transaction.atomic():
            made = Claim.objects.create(
                uscc=organisation.uscc, name=organisation.name, user=user, post=post.strip()[:60], proof=stored,
                consented_at=timezone.now(),
            )  # fmt: skip
            record(actor=user, role=acting_role(user), action="claim.submit", object_kind="claim", object_id=made.public_id,
                   after={"uscc": made.uscc, "proof": stored.sha256})  # fmt: skip
    except IntegrityError:
        files.remove(stored)
        raise UserError(
            "你已经申请认领这家单位，正在等核对。",
            "You have claimed this organisation already; it is being checked.",
            field="uscc",
            status=409,
        ) from None
    return made


def _organisation(text: str) -> Organisation:
    try:
        code = codes.validate(text)
    except codes.UsccError as error:
        raise UserError(error.zh, error.en, field="uscc") from None
    realm = Realm.DEMO if settings.DEMO else Realm.REAL
    found = Organisation.objects.filter(uscc=code, realm=realm).first()
    if found is None:
        raise UserError(
            "登记库里没有这家单位，请先联系市科技局登记。",
            "This organisation is not registered; ask the science bureau to register it first.",
            field="uscc",
        )
    return found


def _keep(proof: Any, user: Any) -> StoredFile:
    """Store the proof; its first bytes, not its name, say what it is."""
    if proof is None:
        raise UserError("请上传证明材料。", "Upload the proof.", field="proof")
    head = proof.read(8)
    proof.seek(0)
    kind = next((media for start, media in PROOF_TYPES.items() if head.startswith(start)), None)
    if kind is None:
        raise UserError("证明材料要是 PDF、JPG 或 PNG。", "The proof has to be PDF, JPG or PNG.", field="proof")
    realm = Realm.DEMO if settings.DEMO else Realm.REAL
    return files.store(proof, rule=PROOF_RULE, content_type=kind, created_by=user, realm=realm, max_bytes=MAX_PROOF)


def decide(claim: Claim, accept: bool, *, reason: str = "", actor: Any) -> Claim:
    """Accept or reject a claim; an accepted one gives the role.

    Raises:
        UserError: no right (401, 403); the officer claims for himself (403); rejected without a reason (422); decided
            already (409).
    """
    access.require_import(actor)
    if not accept and not reason.strip():
        raise UserError(
            "不通过要写明理由，申请人看得到。", "Give the reason of a rejection; the claimant reads it.", field="reason"
        )
    with transaction.atomic():
        locked = Claim.objects.select_for_update().select_related("user").get(pk=claim.pk)
        if locked.user_id == actor.pk:
            raise UserError("不能核对自己的申请。", "You cannot decide your own claim.", code="forbidden", status=403)
        if locked.state != ClaimState.PENDING:
            raise UserError("这份申请已经办过。", "This claim is decided already.", code="state", status=409)
        locked.state = ClaimState.ACCEPTED if accept else ClaimState.REJECTED
        locked.reason, locked.decided_by, locked.decided_at = reason.strip()[:300], actor, timezone.now()
        locked.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        record(
            actor=actor, role=acting_role(actor), action="claim.accept" if accept else "claim.reject", object_kind="claim",
            object_id=locked.public_id, before={"state": ClaimState.PENDING}, after={"state": locked.state},
        )  # fmt: skip
        if accept:
            kind = Organisation.objects.values_list("kind", flat=True).get(uscc=locked.uscc)
            scholarly = kind in (OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE)
            role = Role.UNIVERSITY if scholarly else Role.ENTERPRISE
            give_role(locked.user, role, organisation=locked.uscc, actor=None)
    return locked


def claims_for_user(user: Any) -> list[Claim]:
    """For officers the open claims first, then the newest; for others their own. Raises ``UserError`` (401)."""
    if not getattr(user, "is_authenticated", False):
        raise UserError("请先登录。", "Please log in first.", code="login_required", status=401)
    rows = Claim.objects.select_related("user", "decided_by", "proof")
    if access.may_import(user):
        return sorted(rows[:300], key=lambda claim: claim.state != ClaimState.PENDING)
    return list(rows.filter(user=user))


def claim_for_officer(user: Any, public_id: str) -> Claim:
    """One claim. Raises ``UserError`` (401, 403), ``Http404``."""
    access.require_import(user)
    found = Claim.objects.select_related("user", "proof").filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such claim")
    return found
