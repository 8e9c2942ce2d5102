"""Who may see and write what of the register. Deny by default.

Names, codes, places, recognitions, bases and granted patents are public facts. Everything else of an organisation
(figures, contracts, loans, people, holdings …) is seen by the organisation itself, by officers of the city, and by officers
of its own county. Bank accounts are seen only by the organisation itself and by the finance department.
Officers write; a county officer writes what belongs to the county. A demo person, whatever the role, sees of real records
what everybody sees.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role, User
from kechuang.web.core.errors import UserError, require_login

from .models import Organisation

#: The department that pays, in every pack: its reporters see bank accounts.
FINANCE_DEPARTMENT = "finance"
#: What everybody sees of the kinds that are public.
PUBLIC_FIELDS: dict[str, frozenset[str]] = {
    "organisation": frozenset({"uscc", "name", "kind", "county", "industry", "size", "ownership", "founded_on"}),
    "qualification": frozenset({"organisation", "kind", "valid_from", "valid_to"}),
    "base": frozenset({"name", "kind", "level", "recognised_on", "host", "valid_to", "withdrawn_on"}),
    "patent": frozenset({"number", "title", "kind", "granted_on", "ipc", "owner"}),
}


def may_see_figures(user: User | AnonymousUser, organisation: Organisation) -> bool:
    """True when the person may see the figures, contracts, loans and results of this organisation."""
    if not access.reads_realm(user, organisation.realm):
        return False
    return access.may_see_organisation(user, organisation.uscc, organisation.county)


def figures_filter(user: User | AnonymousUser) -> Q:
    """The organisations of :func:`may_see_figures` as a filter on ``Organisation``."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    if access.has_role(user, Role.OFFICER):
        return access.realm_filter(user)
    own = Q(uscc__in=access.organisations(user)) | Q(county__in=access.counties(user) - {""})
    return access.realm_filter(user) & own


def pays(user: Any) -> bool:
    """Whether a person reports for the finance department."""
    return access.has_role(user, Role.DEPARTMENT) and FINANCE_DEPARTMENT in access.departments(user)


def visible(user: Any, kind: Any) -> QuerySet[Any]:
    """The records of a kind that a person may see at all; of public kinds all, with the fields of :func:`fields_for`."""
    rows: QuerySet[Any] = kind.model.objects.all()
    if kind.restricted or not kind.public:
        rows = rows.filter(access.realm_filter(user))
    if kind.restricted:
        if pays(user):
            return rows
        return _owned_by(rows, kind, Organisation.everything.filter(uscc__in=access.organisations(user)))
    if kind.public or access.has_role(user, Role.OFFICER):
        return rows
    return _owned_by(rows, kind, Organisation.everything.filter(figures_filter(user)))


def _owned_by(rows: QuerySet[Any], kind: Any, organisations: QuerySet[Organisation]) -> QuerySet[Any]:
    wanted = Q(pk__in=[])
    for path in kind.owners:
        wanted |= Q(**{f"{path}__in": organisations.values("pk")})
    return rows.filter(wanted).distinct() if len(kind.owners) > 1 else rows.filter(wanted)


def owners(kind: Any, record: Any) -> list[Organisation]:
    """The organisations a record belongs to."""
    if isinstance(record, Organisation):
        return [record]
    found: list[Organisation] = []
    for path in kind.owners:
        step: list[Any] = [record]
        for name in path.split("__"):
            step = [value for one in step for value in _follow(one, name)]
        found += step
    return found


def _follow(record: Any, name: str) -> list[Any]:
    value = getattr(record, name)
    if value is None:
        return []
    return list(value.all()) if hasattr(value, "all") else [value]


def sees_all(user: Any, kind: Any, record: Any) -> bool:
    """Whether a person may see every field of a record, its history and what hangs on it."""
    if not access.reads_realm(user, record.realm):
        return False
    belongs = owners(kind, record)
    if kind.restricted:
        return pays(user) or any(one.uscc in access.organisations(user) for one in belongs)
    return access.has_role(user, Role.OFFICER) or any(may_see_figures(user, one) for one in belongs)


def fields_for(user: Any, kind: Any, record: Any) -> list[Any]:
    """The fields of a record that a person may see; none when the record is closed to them."""
    if sees_all(user, kind, record):
        return list(kind.stored)
    return [field for field in kind.stored if kind.public and field.name in PUBLIC_FIELDS.get(kind.id, frozenset())]


def may_write(user: Any, kind: Any, record: Any = None) -> bool:
    """Whether a person may register, change, correct or merge: officers; of a county what belongs to it.

    A new record (``record`` is None) is judged again when it is known whom it belongs to. Bank accounts are written by
    whoever may see them.
    """
    if record is not None and not access.reads_realm(user, record.realm):
        return False
    if kind.restricted:
        return pays(user) if record is None else sees_all(user, kind, record)
    if access.has_role(user, Role.OFFICER):
        return True
    if not access.has_role(user, Role.COUNTY):
        return False
    mine = access.counties(user) - {""}
    return bool(mine) if record is None else any(one.county in mine for one in owners(kind, record))


def require_write(user: Any, kind: Any, record: Any = None) -> None:
    """Let only who may write pass. Raises ``UserError`` 401 or 403."""
    require_login(user)
    if not may_write(user, kind, record):
        raise UserError(
            f"{kind.zh}只有市科技局经办人和所在县市区的经办人能改。要权限，请找本单位管理员。",
            f"Records of this kind ({kind.en}) are written by city officers and by officers of the county they belong "
            "to. Ask your administrator for the right.",
            code="forbidden",
            status=403,
        )
