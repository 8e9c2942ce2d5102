"""Reads of self-service; each decides access itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from kechuang.codes import uscc
from kechuang.web.accounts import access as roles
from kechuang.web.core.errors import UserError, require_login
from kechuang.web.registry.domain.names import named_or_coded
from kechuang.web.registry.models import Organisation

from ..access import claims_filter, decides_claims, may_follow_claim, may_see_claim
from ..enums import ClaimState
from ..models import Claim
from .claims import acting_for

MOST_FOUND = 20
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """An organisation that was looked for, and how the person stands to it."""

    organisation: Organisation
    mine: bool
    waiting: Claim | None


def organisations_to_claim(user: Any, text: str) -> tuple[list[Found], bool]:
    """Organisations of the person's realm by code or by part of the name, at most 20; and whether there are more.

    Raises:
        UserError: a visitor (401).
    """
    require_login(user)
    text = text.strip().replace("\x00", "")[:100]
    if len(text) < SHORTEST:
        return [], False
    rows = named_or_coded(Organisation.objects.filter(realm=user.realm), text)
    found = list(rows.order_by("name", "pk")[: MOST_FOUND + 1])
    waiting = {
        claim.organisation_id: claim
        for claim in Claim.objects.filter(user=user, state=ClaimState.PENDING, organisation__in=found)
    }
    mine = roles.organisations(user)
    listed = [Found(one, one.uscc in mine, waiting.get(one.pk)) for one in found[:MOST_FOUND]]
    return listed, len(found) > MOST_FOUND


def organisation_to_claim(user: Any, code: str) -> Organisation:
    """One organisation by its code; 404 when the person's realm has none."""
    require_login(user)
    found = Organisation.objects.filter(realm=user.realm, uscc=uscc.compact(code[:40])).first()
    if found is None:
        raise Http404("no such organisation")
    return found


def own_claims(user: Any) -> QuerySet[Claim]:
    """A person's own claims, newest first. Raises ``UserError`` (401)."""
    require_login(user)
    return Claim.objects.filter(user=user).select_related("organisation", "grant")


def claims_for_user(user: Any, state: str = ClaimState.PENDING) -> QuerySet[Claim]:
    """Claims a person handles as an officer: waiting ones oldest first, others newest first.

    Raises:
        UserError: a visitor (401), a person who decides no claims (403).
    """
    require_login(user)
    if not decides_claims(user):
        raise UserError(
            "认领申请由市科技局和县市区的经办人处理。",
            "Claims are handled by officers of the city and of the counties.",
            code="forbidden",
            status=403,
        )
    rows = Claim.objects.filter(claims_filter(user)).exclude(user=user).select_related("organisation", "user", "grant")
    if state in ClaimState.values:
        rows = rows.filter(state=state)
    return rows.order_by("id" if state == ClaimState.PENDING else "-id")


@dataclass(frozen=True)
class OpenedClaim:
    """A claim as one person sees it. ``others`` are people who act for the organisation; only officers learn of them."""

    claim: Claim
    own: bool
    handles: bool
    others: list[Any]
    rivals: list[Claim]


def claim_for_user(user: Any, public_id: str) -> OpenedClaim:
    """One claim; 404 when there is none or it is closed to the person. Raises ``UserError`` (401)."""
    require_login(user)
    rows = Claim.objects.select_related("organisation", "user", "proof", "grant", "decided_by", "consent")
    claim = rows.filter(public_id=public_id).first()
    if claim is None or not may_see_claim(user, claim):
        raise Http404("no such claim")
    handles = may_follow_claim(user, claim)
    others = [grant for grant in acting_for(claim.organisation) if grant.user_id != claim.user_id] if handles else []
    waiting = Claim.objects.filter(organisation=claim.organisation, state=ClaimState.PENDING).exclude(pk=claim.pk)
    rivals = list(waiting.select_related("user")) if handles else []
    return OpenedClaim(claim, claim.user_id == user.pk, handles, others, rivals)
