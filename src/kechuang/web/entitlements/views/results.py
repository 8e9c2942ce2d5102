"""Nightly results over all organisations, for officers."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kechuang.web.core.enums import Realm
from kechuang.web.entitlements.domain import export
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.entitlements.enums import Group
from kechuang.web.policy.domain import queries

PER_PAGE = 50


@require_GET
def measure_results(request: HttpRequest, measure_id: str) -> HttpResponseBase:
    """The last nightly results of one measure, filtered; as a file with ``format=csv`` or ``xlsx``."""
    release = queries.current_release()
    measure = queries.measure(release, measure_id)
    run = results.latest_run()
    rows = results.results_for_user(request.user, run, measure_id)
    wanted = {name: request.GET.get(name, "") for name in ("group", "county")}
    if wanted["group"] in Group.values:
        rows = rows.filter(group=wanted["group"])
    counties = [region for region in release.pack.city.regions if region.kind == "county"]
    if wanted["county"] in {region.code for region in counties}:
        rows = rows.filter(county=wanted["county"])
    titles = {rule.id: rule.title.zh for rule in release.pack.cumulation}
    if request.GET.get("format") == "csv" and run is not None:
        return export.csv_response(measure, run, titles, rows)
    if request.GET.get("format") == "xlsx" and run is not None:
        return export.xlsx_response(measure, run, titles, rows)
    context = {
        "release": release,
        "measure": measure,
        "run": run,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "totals": results.totals(rows),
        "budgets": results.budgets_for_user(request.user, release, run, measure_id),
        "wanted": wanted,
        "groups": Group.choices,
        "counties": counties,
        "demo_data": rows.filter(realm=Realm.DEMO).exists(),
    }
    return render(request, "entitlements/results.html", context)
