"""Who may see and decide what of self-service. Deny by default; real and demo people never reach each other's cases."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role
from kechuang.web.core.errors import UserError, require_login
from kechuang.web.registry.access import figures_filter, may_see_figures
from kechuang.web.registry.models import Organisation

from .models import Claim, PersonalRequest


def decides_claims(user: Any) -> bool:
    """Whether a person decides claims at all: officers of the city, officers of a county."""
    return access.has_role(user, Role.OFFICER, Role.COUNTY)


def claims_filter(user: Any) -> Q:
    """The claims a person may decide or follow as an officer, as a filter: of the own realm, of the own county."""
    if access.has_role(user, Role.OFFICER):
        return Q(realm=user.realm)
    mine = access.counties(user) - {""}
    return Q(realm=user.realm, organisation__county__in=mine) if mine else Q(pk__in=[])


def may_follow_claim(user: Any, claim: Claim) -> bool:
    """Whether a person handles this claim as an officer: same realm, own county; never the own claim, or that of whom they act for."""
    if not getattr(user, "is_authenticated", False) or user.realm != claim.realm:
        return False
    if access.same_hands(user, claim.user_id, claim.filed_at):
        return False
    if access.has_role(user, Role.OFFICER):
        return True
    return bool(claim.organisation.county) and claim.organisation.county in access.counties(user)


def may_see_claim(user: Any, claim: Claim) -> bool:
    """Whether a person sees a claim and its proof: who made it, and who handles it."""
    if not getattr(user, "is_authenticated", False):
        return False
    if not access.reads_realm(user, claim.realm):
        return False
    return bool(user.pk == claim.user_id) or may_follow_claim(user, claim)


def may_fill(user: Any, organisation: Organisation) -> bool:
    """Whether a person fills in figures of an organisation: only who acts for it."""
    return access.reads_realm(user, organisation.realm) and organisation.uscc in access.organisations(user)


def require_fill(user: Any, organisation: Organisation) -> None:
    """Let only who acts for the organisation pass. Raises ``UserError`` (401, 403)."""
    require_login(user)
    if not may_fill(user, organisation):
        raise UserError(
            "只有代表这家单位的人能填它的数据。",
            "Figures of an organisation are filled in by people who act for it.",
            code="forbidden",
            status=403,
        )


def may_read_report(user: Any, organisation: Organisation) -> bool:
    """Whether a person sees what an organisation filled in: like its figures in the register."""
    return may_see_figures(user, organisation)


def follows_reports(user: Any) -> bool:
    """Whether a person reads what organisations submitted: officers of the city and of a county."""
    return access.has_role(user, Role.OFFICER, Role.COUNTY)


def reports_filter(user: Any) -> Q:
    """The organisations whose reports a person follows, as a filter on ``YearReport``."""
    if not follows_reports(user):
        return Q(pk__in=[])
    return Q(organisation__in=Organisation.objects.filter(figures_filter(user)))


def handles_requests(user: Any) -> bool:
    """Whether a person handles requests about personal data at all: officers of the city."""
    return access.has_role(user, Role.OFFICER)


def may_handle_request(user: Any, request: PersonalRequest) -> bool:
    """Whether a person handles this request: an officer of the same realm; never the own one, or that of whom they act for."""
    if not handles_requests(user) or user.realm != request.realm:
        return False
    return not access.same_hands(user, request.user_id, request.filed_at)


def may_see_request(user: Any, request: PersonalRequest) -> bool:
    """Whether a person sees a request: who made it, and who handles it."""
    if not getattr(user, "is_authenticated", False):
        return False
    if not access.reads_realm(user, request.realm):
        return False
    return bool(user.pk == request.user_id) or may_handle_request(user, request)
