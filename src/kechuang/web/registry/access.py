"""Who may see what of an organisation. Deny by default.

Names, codes, places, recognitions, bases and granted patents are public facts. Figures, contracts, loans and people
are seen by the organisation itself, by officers and auditors of the city, and by officers of its own county.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role, User

from .models import Organisation

CITY_ROLES = {Role.OFFICER, Role.AUDITOR}


def may_see_figures(user: User | AnonymousUser, organisation: Organisation) -> bool:
    """True when the person may see the figures, contracts, loans and results of this organisation."""
    return access.may_see_organisation(user, organisation.uscc, organisation.county)


def figures_filter(user: User | AnonymousUser) -> Q:
    """The organisations of :func:`may_see_figures` as a filter on ``Organisation``."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    if access.roles(user) & CITY_ROLES:
        return Q()
    return Q(uscc__in=access.organisations(user)) | Q(county__in=access.counties(user) - {""})
