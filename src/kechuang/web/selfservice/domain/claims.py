"""Claiming an organisation: asked for with a proof, confirmed or refused by an officer, withdrawn, ended.

    pending -> confirmed -> ended
            -> refused
            -> withdrawn

A confirmed claim gives the role enterprise (or university) for this one organisation, which is all it opens. Each verb
leaves one audit event in its transaction.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from kechuang.web.accounts import access as roles
from kechuang.web.accounts.models import Grant, Role
from kechuang.web.audit.domain.record import record
from kechuang.web.core import files
from kechuang.web.core.errors import UserError, require_login
from kechuang.web.core.ids import new_id
from kechuang.web.registry.enums import OrganisationKind, OrganisationStatus
from kechuang.web.registry.models import Organisation

from ..access import may_follow_claim
from ..consent import CLAIM
from ..enums import ClaimState, Position
from ..models import Claim
from . import consents, proofs

MOST_PENDING = 5
ACADEMIC = {OrganisationKind.UNIVERSITY, OrganisationKind.INSTITUTE}
GONE = {OrganisationStatus.DEREGISTERED, OrganisationStatus.REVOKED}


def role_for(organisation: Organisation) -> Role:
    """The role a confirmed claim of this organisation gives."""
    return Role.UNIVERSITY if organisation.kind in ACADEMIC else Role.ENTERPRISE


def acting_for(organisation: Organisation) -> list[Grant]:
    """Grants by which somebody acts for an organisation today."""
    today = timezone.localdate()
    rows = Grant.objects.filter(organisation=organisation.uscc, user__is_active=True).select_related("user")
    return [grant for grant in rows if grant.valid_to is None or grant.valid_to >= today]


def require_may_claim(user: Any, organisation: Organisation) -> None:
    """Let only pass who may claim this organisation.

    Raises:
        UserError: a visitor (401); a person of the administration (403, who decides on enterprises acts for none); the
            organisation is of the other realm or no longer exists (422); the person acts for it already (409).
    """
    require_login(user)
    if roles.is_staff_role(user):
        raise UserError(
            "机关角色的账号不能代表企业，避免自己审自己。请用另一个账号。",
            "An account with a role of the administration cannot act for an organisation: nobody decides on their own. "
            "Use another account.",
            code="forbidden",
            status=403,
        )
    if organisation.realm != user.realm:
        raise UserError(
            "真实账号不能认领演示单位，演示身份也不能认领真实单位。",
            "Real accounts cannot claim demo organisations, and demo accounts cannot claim real ones.",
            code="realm",
        )
    if organisation.status in GONE:
        raise UserError(
            "这家单位已注销或吊销，不能认领。登记有误的，请联系市科技局更正。",
            "This organisation is deregistered or revoked and cannot be claimed. If the register is wrong, ask the city "
            "science bureau to correct it.",
            code="gone",
        )
    if roles.grants(user).filter(organisation=organisation.uscc).exists():
        raise UserError(
            "你已经代表这家单位，不用再认领。", "You act for this organisation already.", code="held", status=409
        )


def file_claim(
    user: Any, organisation: Organisation, *, position: str, proof: Any, remark: str = "", agreed: bool
) -> Claim:
    """Ask to act for an organisation.

    Raises:
        UserError: :func:`require_may_claim`; no consent, no usable proof, an unknown position (422); a claim of the same
            organisation or too many claims are waiting (409).
    """
    require_may_claim(user, organisation)
    if position not in Position.values:
        raise UserError("请选你在单位的身份。", "Choose your position in the organisation.", field="position")
    if not agreed:
        raise UserError("要先同意，才能核实。", "Your consent is needed for the check.", field="agree")
    waiting = Claim.objects.filter(user=user, state=ClaimState.PENDING)
    if waiting.filter(organisation=organisation).exists():
        raise _twice()
    if waiting.count() >= MOST_PENDING:
        raise UserError(
            f"你有 {MOST_PENDING} 份申请在等核实，等出了结果再提，或先撤回一份。",
            f"{MOST_PENDING} of your claims are waiting; wait for a decision or withdraw one first.",
            code="too_many",
            status=409,
        )
    ident = new_id()
    stored = proofs.keep(proof, ident, user=user)
    try:
        with transaction.atomic():
            given, words = consents.give(user, CLAIM, organisation)
            claim = Claim.objects.create(
                public_id=ident, user=user, organisation=organisation, realm=user.realm, position=position,
                remark=remark.strip()[:500], proof=stored, consent=given, contested=bool(acting_for(organisation)),
            )  # fmt: skip
            _tell(user, "claim.file", claim, extra={"proof": stored.sha256, "consent": words})
    except IntegrityError:  # the same form sent twice at the same moment
        files.remove(stored)
        raise _twice() from None
    return claim


def _twice() -> UserError:
    return UserError(
        "你对这家单位的申请已经在等核实，不用再提。",
        "Your claim of this organisation is waiting already.",
        code="duplicate",
        status=409,
    )


def withdraw(user: Any, claim: Claim) -> Claim:
    """Take a waiting claim back; its proof is deleted. Raises ``UserError``: not one's own (403), not waiting (409)."""
    require_login(user)
    if claim.user_id != user.pk:
        raise _forbidden()
    with transaction.atomic():
        locked = _locked(claim, ClaimState.PENDING)
        locked.state, locked.decided_at = ClaimState.WITHDRAWN, timezone.now()
        locked.save(update_fields=["state", "decided_at"])
        proofs.discard(locked)
        _tell(user, "claim.withdraw", locked)
    return locked


def confirm(actor: Any, claim: Claim, *, valid_to: dt.date | None = None) -> Claim:
    """Confirm a claim: the person gets the role for this organisation.

    Raises:
        UserError: the actor does not handle this claim (403); it is not waiting any more (409); the day is past, or the
            person has taken a role of the administration meanwhile (422).
    """
    _require_follow(actor, claim)
    if valid_to is not None and valid_to < timezone.localdate():
        raise UserError("有效期不能是过去的日子。", "The right cannot end on a past day.", field="valid_to")
    if roles.is_staff_role(claim.user):
        raise UserError(
            "申请人现在有机关角色，不能再代表企业。",
            "The person holds a role of the administration now and cannot act for an organisation.",
            code="apart",
        )
    with transaction.atomic():
        locked = _locked(claim, ClaimState.PENDING)
        grant, _made = Grant.objects.update_or_create(
            user=locked.user, role=role_for(locked.organisation), organisation=locked.organisation.uscc, county="",
            department="", defaults={"valid_to": valid_to},
        )  # fmt: skip
        _decide(locked, actor, ClaimState.CONFIRMED, "")
        locked.grant, locked.valid_to = grant, valid_to
        locked.save(update_fields=["grant", "valid_to"])
        _tell(actor, "claim.confirm", locked, extra={"grant": grant})
    roles.forget(claim.user)
    return locked


def refuse(actor: Any, claim: Claim, *, reason: str) -> Claim:
    """Refuse a claim with a reason the person reads. Raises ``UserError``: 403, 409, or no reason (422)."""
    _require_follow(actor, claim)
    reason = _reason(reason)
    with transaction.atomic():
        locked = _locked(claim, ClaimState.PENDING)
        _decide(locked, actor, ClaimState.REFUSED, reason)
        _tell(actor, "claim.refuse", locked, extra={"reason": reason})
    return locked


def end(actor: Any, claim: Claim, *, reason: str = "") -> Claim:
    """End a confirmed claim: the role goes, the proof is deleted. By the person, or with a reason by who handles it.

    Raises:
        UserError: neither of them (403), not confirmed (409), an officer gives no reason (422).
    """
    require_login(actor)
    if claim.user_id != actor.pk:
        _require_follow(actor, claim)
        reason = _reason(reason)
    with transaction.atomic():
        locked = _locked(claim, ClaimState.CONFIRMED)
        before, grant = _state(locked), locked.grant
        if grant is not None:
            locked.grant = None
            locked.save(update_fields=["grant"])
            grant.delete()
        _decide(locked, actor, ClaimState.ENDED, reason.strip()[:500])
        proofs.discard(locked)
        _tell(actor, "claim.end", locked, before=before, extra={"reason": locked.reason})
    roles.forget(claim.user)
    return locked


def _require_follow(actor: Any, claim: Claim) -> None:
    require_login(actor)
    if not may_follow_claim(actor, claim):
        raise _forbidden()


def _forbidden() -> UserError:
    return UserError(
        "这份申请由市科技局经办人或单位所在县市区的经办人处理，本人的申请不能自己处理。",
        "A claim is handled by officers of the city science bureau or of the organisation's county; nobody handles their own.",
        code="forbidden",
        status=403,
    )


def _reason(text: str) -> str:
    if not text.strip():
        raise UserError(
            "请写明理由，对方要知道缺什么、怎么补。",
            "Give the reason: the person has to know what is missing and how to mend it.",
            field="reason",
        )
    return text.strip()[:500]


def _locked(claim: Claim, state: ClaimState) -> Claim:
    """The claim, locked, in the state the verb starts from; 409 when somebody was quicker."""
    locked = Claim.objects.select_for_update(of=("self",)).select_related("organisation", "user", "proof", "grant")
    found = locked.get(pk=claim.pk)
    if found.state != state:
        raise UserError(
            f"这份申请现在是“{found.get_state_display()}”，不能这样处理。请刷新看看。",
            f"This claim is “{found.state}” now, so this cannot be done; reload the page.",
            code="state",
            status=409,
        )
    return found


def _decide(claim: Claim, actor: Any, state: ClaimState, reason: str) -> None:
    claim.state, claim.decided_by, claim.decided_at, claim.reason = state, actor, timezone.now(), reason
    claim.save(update_fields=["state", "decided_by", "decided_at", "reason"])


def _state(claim: Claim) -> dict[str, Any]:
    return {
        "state": claim.state,
        "organisation": claim.organisation.uscc,
        "user": claim.user_id,
        "position": claim.position,
    }


def _tell(actor: Any, action: str, claim: Claim, *, before: Any = None, extra: dict[str, Any] | None = None) -> None:
    record(
        actor=actor, role=roles.acting_role(actor), action=action, object_kind="claim", object_id=claim.public_id,
        before=before, after=_state(claim) | (extra or {}),
    )  # fmt: skip
