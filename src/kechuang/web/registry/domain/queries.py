"""Reads of the registry; each decides access itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from kechuang.web.accounts.models import User

from ..access import figures_filter, may_see_figures
from ..enums import QualificationKind
from ..models import Alias, Organisation, Qualification, unpublished
from .names import named_or_coded


def held_on(day: dt.date) -> Q:
    """Qualifications valid on ``day``; the last day of validity counts."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def organisations_for_user(
    user: User | AnonymousUser,
    *,
    text: str = "",
    kind: str = "",
    county: str = "",
    qualification: str = "",
    mine: bool = False,
) -> QuerySet[Organisation]:
    """The public list of organisations, filtered; ``mine`` keeps those whose figures the person may see."""
    rows = Organisation.objects.all()
    if mine:
        rows = rows.filter(figures_filter(user))
    if text := text.strip():
        rows = named_or_coded(rows, text)
    if kind:
        rows = rows.filter(kind=kind)
    if county:
        rows = rows.filter(county=county)
    if qualification in QualificationKind.values:
        held = Qualification.objects.filter(held_on(timezone.localdate()), kind=qualification)
        rows = rows.filter(pk__in=held.values("organisation"))
    return rows


def organisation_count() -> int:
    """How many organisations everybody can see. Counted by the key's index alone; what hides an import is small."""
    hidden = Organisation.everything.filter(import_id__in=unpublished())
    waiting = hidden.count() if unpublished().exists() else 0
    return Organisation.everything.count() - waiting


def organisation_for_user(user: User | AnonymousUser, uscc: str) -> tuple[Organisation, bool]:
    """One organisation and whether the person may see its figures; 404 when it is not registered."""
    organisation = Organisation.objects.filter(uscc=uscc.strip().upper()).first()
    if organisation is None:
        raise Http404("no such organisation")
    return organisation, may_see_figures(user, organisation)


def merged_into(uscc: str) -> str | None:
    """The code of the organisation a duplicate with this code was merged into; None when the code is in use or unknown."""
    code = uscc.strip().upper()
    if Organisation.everything.filter(uscc=code).exists():
        return None
    alias = Alias.objects.filter(kind="organisation", field="uscc", value=code).first()
    kept = Organisation.objects.filter(pk=alias.record_id).first() if alias else None
    return kept.uscc if kept else None


def public_facts(organisation: Organisation, day: dt.date) -> dict[str, Any]:
    """What everybody may see beside the name."""
    return {
        "qualifications": organisation.qualifications.filter(held_on(day)),
        "bases": organisation.bases.all(),
        "patents": organisation.patents.all()[:10],
        "patent_count": organisation.patents.count(),
    }


def private_facts(organisation: Organisation) -> dict[str, Any]:
    """What :func:`may_see_figures` opens. Call it only behind that check."""
    return {
        "years": organisation.years.all(),
        "purchases": organisation.purchases.select_related("seller"),
        "sales": organisation.sales.select_related("buyer"),
        "loans": organisation.loans.all(),
        "supports": organisation.supports.all()[:20],
        "people": organisation.people.all()[:20],
    }
