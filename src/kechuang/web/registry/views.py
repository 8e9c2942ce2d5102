"""Pages of the registry: the list of organisations and the page of one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kechuang.web.core import paging
from kechuang.web.core.enums import Realm
from kechuang.web.core.templatetags.kc import t as bilingual
from kechuang.web.policy.domain.queries import current_release

from .domain import queries
from .enums import OrganisationKind, QualificationKind

PER_PAGE = 30


@require_safe
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Search and filter; every filter is in the address."""
    wanted = {name: request.GET.get(name, "") for name in ("text", "kind", "county", "qualification")}
    mine = request.GET.get("mine") == "1" and request.user.is_authenticated
    rows = queries.organisations_for_user(request.user, mine=mine, **wanted)
    page = paging.cut(rows, ("name", "id"), request.GET.get("after", ""), PER_PAGE)
    if mine or any(wanted.values()):
        count, more = paging.count_of(rows, page)
    else:
        count, more = queries.organisation_count(), False
    city = current_release().pack.city
    names = {region.code: bilingual(region.name) for region in city.regions}
    context = {
        "page": page,
        "count": count,
        "more": more,
        "rows": [(row, names.get(row.county, "")) for row in page.rows],
        "wanted": wanted,
        "mine": mine,
        "kinds": OrganisationKind.choices,
        "qualifications": QualificationKind.choices,
        "counties": [region for region in city.regions if region.kind == "county"],
        "demo_data": any(row.realm == Realm.DEMO for row in page.rows),
    }
    return render(request, "registry/organisation_list.html", context)


@require_safe
def organisation_page(request: HttpRequest, uscc: str) -> HttpResponse:
    """Public facts for everybody; figures only for who may see them."""
    if (now := queries.merged_into(uscc)) is not None:
        return redirect("registry:organisation", now)
    organisation, allowed = queries.organisation_for_user(request.user, uscc)
    release = current_release()
    names = {region.code: region.name for region in release.pack.city.regions}
    context = {
        "organisation": organisation,
        "allowed": allowed,
        "county": names.get(organisation.county),
        "industries": [i for i in release.pack.industries if organisation.industry.startswith(tuple(i.gbt4754))],
        "today": timezone.localdate(),
        "demo_data": organisation.realm == Realm.DEMO,
        **queries.public_facts(organisation, timezone.localdate()),
        **(queries.private_facts(organisation) if allowed else {}),
    }
    return render(request, "registry/organisation.html", context)
