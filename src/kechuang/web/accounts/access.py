"""Who may do what: everything comes from a person's grants that are valid today. Without a grant nothing is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from kechuang.web.accounts.models import STAFF_ROLES, Grant, Role
from kechuang.web.core.errors import UserError

if TYPE_CHECKING:
    from django.db.models import QuerySet


def grants(user: Any) -> QuerySet[Grant]:
    """Grants of a person that are valid today; none for a visitor and for a disabled account."""
    if not (getattr(user, "is_authenticated", False) and user.is_active):
        return Grant.objects.none()
    today = timezone.localdate()
    return Grant.objects.filter(user=user).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))


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
    if not getattr(user, "is_authenticated", False):
        raise UserError("请先登录。", "Please log in first.", code="login_required", status=401)
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


def may_see_organisation(user: Any, uscc: str, county: str = "") -> bool:
    """Whether a person may see the private record of an organisation.

    Own organisation; the city's officers and auditors all; a county officer those of the county.
    """
    if has_role(user, Role.OFFICER, Role.AUDITOR):
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
