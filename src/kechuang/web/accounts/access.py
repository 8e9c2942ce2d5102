"""Who may do what: everything comes from a person's grants that are valid today. Without a grant nothing is allowed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from kechuang.web.accounts.models import STAFF_ROLES, Delegation, Grant, Role, valid_grants
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError, require_login

if TYPE_CHECKING:
    from django.db.models import QuerySet


def grants(user: Any) -> QuerySet[Grant]:
    """Grants of a person that are valid today; none for a visitor and for a disabled account.

    Who acts on somebody's behalf has the one grant that was lent, and not the own ones.
    """
    if not (getattr(user, "is_authenticated", False) and user.is_active):
        return Grant.objects.none()
    lent = acting(user)
    mine = Grant.objects.filter(user=user) if lent is None else Grant.objects.filter(pk=lent.grant_id)
    return mine.filter(valid_grants())


def _loaded(user: Any) -> list[Grant]:
    """The valid grants, read once for each user object (a request makes a new one)."""
    if not getattr(user, "is_authenticated", False):
        return []
    cached: list[Grant] | None = user.__dict__.get("_valid_grants")
    if cached is None:
        cached = user.__dict__["_valid_grants"] = list(grants(user))
    return cached


def forget(user: Any) -> None:
    """Read the grants again at the next question, after they were changed."""
    user.__dict__.pop("_valid_grants", None)
    user.__dict__.pop("_lent_to", None)


def acting(user: Any) -> Delegation | None:
    """The delegation by which a person acts on somebody's behalf just now; None: for themselves."""
    found: Delegation | None = getattr(user, "kc_acting", None)
    return found


def behalf_of(user: Any) -> str:
    """The number of the person on whose behalf somebody acts, for audit events; empty where for themselves."""
    lent = acting(user)
    return "" if lent is None else str(lent.giver_id)


def same_hands(user: Any, other: int | None, when: dt.datetime | None) -> bool:
    """Whether two acts are in the same hands, so that they are not two people's where two are needed.

    So they are where one person did both, where either acts or acted on behalf of the other, and where both did on behalf
    of a third. Whoever may act on somebody's behalf counts as doing so: what the own right was and what the lent one is not
    told apart in favour of the two.

    Args:
        user: who is about to act.
        other: number of the person who acted before; None is nobody.
        when: when that was.
    """
    if other is None or not getattr(user, "is_authenticated", False):
        return False
    return user.pk == other or bool(_hands(user, user.pk, timezone.now()) & _hands(user, other, when or timezone.now()))


def _hands(user: Any, pk: int, when: dt.datetime) -> set[int]:
    """A person, and everybody on whose behalf they could act at that time; read once for each user object and person."""
    known: dict[int, list[Delegation]] = user.__dict__.setdefault("_lent_to", {})
    if pk not in known:
        known[pk] = list(Delegation.objects.filter(receiver=pk))
    day = timezone.localdate(when)
    lent = (one for one in known[pk] if one.given_at <= when and one.until >= day)
    return {pk, *(one.giver_id for one in lent if one.withdrawn_at is None or one.withdrawn_at >= when)}


def roles(user: Any) -> set[Role]:
    """Roles a person holds today."""
    return {Role(grant.role) for grant in _loaded(user)}


def organisations(user: Any) -> set[str]:
    """Unified social credit codes of the organisations a person acts for."""
    return {grant.organisation for grant in _loaded(user) if grant.organisation}


def counties(user: Any) -> set[str]:
    """Division codes (GB/T 2260, 6 digits) of the counties a county officer works for."""
    return {grant.county for grant in _loaded(user) if grant.county and grant.role == Role.COUNTY}


def departments(user: Any) -> set[str]:
    """Departments a person reports for."""
    return {grant.department for grant in _loaded(user) if grant.department}


def is_staff_role(user: Any) -> bool:
    """Whether a person holds a role of the administration, which needs a second factor."""
    return bool(roles(user) & STAFF_ROLES)


def acting_role(user: Any) -> str:
    """The role that is written into audit events: the highest one held; empty for a visitor."""
    held = roles(user)
    order = (
        Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.OFFICER, Role.COUNTY, Role.DEPARTMENT, Role.UNIVERSITY, Role.ENTERPRISE,
    )  # fmt: skip
    return next((role.value for role in order if role in held), "")


def has_role(user: Any, *wanted: Role) -> bool:
    """Whether a person holds one of the roles."""
    return bool(roles(user) & set(wanted))


def require(user: Any, *wanted: Role) -> None:
    """Let only holders of one of the roles pass.

    Raises:
        UserError: status 401 for a visitor, 403 for a person without such a role; the text says which role is needed.
    """
    require_login(user)
    if has_role(user, *wanted):
        return
    names_zh = "、".join(ROLE_NAMES[role][0] for role in wanted)
    names_en = ", ".join(ROLE_NAMES[role][1] for role in wanted)
    raise UserError(
        f"这一页需要的角色：{names_zh}。要权限，请找本单位管理员。",
        f"This page needs the role: {names_en}. Ask your administrator for it.",
        code="forbidden",
        status=403,
    )


def reads_realm(user: Any, realm: str) -> bool:
    """Whether a person may read private rows of a realm: a demo person, whom anybody can become, none that are real.

    Real people read both; pages say which rows are demo data.
    """
    return getattr(user, "realm", Realm.REAL) != Realm.DEMO or realm == Realm.DEMO


def realm_filter(user: Any, field: str = "realm") -> Q:
    """The rows of :func:`reads_realm` as a filter; ``field`` leads to the realm of a row."""
    return Q() if reads_realm(user, Realm.REAL) else Q(**{field: Realm.DEMO})


def may_see_organisation(user: Any, uscc: str, county: str = "") -> bool:
    """Whether a person may see the private record of an organisation.

    Own organisation; the city's officers all; a county officer those of the county. Auditors none: they read the events
    of the audit log, which hold digests and no figures.
    """
    if has_role(user, Role.OFFICER):
        return True
    return uscc in organisations(user) or bool(county and county in counties(user))


ROLE_NAMES: dict[Role, tuple[str, str]] = {
    Role.ENTERPRISE: ("企业", "enterprise"),
    Role.UNIVERSITY: ("高校院所", "university or institute"),
    Role.OFFICER: ("市科技局经办人", "city science officer"),
    Role.COUNTY: ("县市区经办人", "county officer"),
    Role.DEPARTMENT: ("部门填报人", "department reporter"),
    Role.AUDITOR: ("审计员", "auditor"),
    Role.SYSTEM_ADMIN: ("系统管理员", "system administrator"),
    Role.SECURITY_ADMIN: ("安全管理员", "security administrator"),
}
