"""Pages of tasks, services and industries."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kechuang.web.core.enums import Realm
from kechuang.web.policy.domain import queries
from kechuang.web.portal.domain import items


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Every task of the policy, by clause."""
    release = queries.current_release()
    wanted = {"department": request.GET.get("department", ""), "text": request.GET.get("text", "")[:100]}
    groups = items.tasks(release, **wanted)
    departments = items.task_departments(release)
    context = {"groups": groups, "departments": departments, "wanted": wanted, "count": sum(len(g[1]) for g in groups)}
    return render(request, "portal/tasks.html", {**context, "total": len(release.pack.tasks)})


@require_safe
def task(request: HttpRequest, item_id: str) -> HttpResponse:
    """One task."""
    release = queries.current_release()
    page = items.task_page(release, item_id)
    regions = {region.code: region.name for region in release.pack.city.regions}
    counties = [regions[code] for code in page.item.record.counties if code in regions]
    return render(request, "portal/task.html", {"page": page, "release": release, "counties": counties})


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Platforms, bases, zones, systems, funds and awards of the policy."""
    return render(request, "portal/services.html", {"groups": items.services(queries.current_release())})


@require_safe
def service(request: HttpRequest, item_id: str) -> HttpResponse:
    """One service."""
    release = queries.current_release()
    page = items.service_page(release, item_id)
    kind = items.SERVICE_KINDS[page.item.record.kind]
    return render(request, "portal/service.html", {"page": page, "release": release, "kind": kind})


@require_safe
def industries(request: HttpRequest) -> HttpResponse:
    """The industries the policy names."""
    return render(request, "portal/industries.html", {"groups": items.industries(queries.current_release())})


@require_safe
def industry(request: HttpRequest, item_id: str) -> HttpResponse:
    """One industry, with the registered organisations that belong to it."""
    release = queries.current_release()
    page = items.industry_page(release, item_id)
    rows = items.organisations_in(page.item.record)
    context = {"page": page, "release": release, "rows": rows[: items.SHOWN], "count": rows.count()}
    context["group"] = items.INDUSTRY_GROUPS[page.item.record.group]
    return render(request, "portal/industry.html", {**context, "demo_data": rows.filter(realm=Realm.DEMO).exists()})
