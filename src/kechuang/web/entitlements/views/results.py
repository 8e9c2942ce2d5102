"""Nightly results over all organisations, for officers."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kechuang.web.core.enums import Realm
from kechuang.web.core.paging import cut
from kechuang.web.entitlements.domain import export, together, totals
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.entitlements.enums import Group, Place
from kechuang.web.policy.domain import queries

PER_PAGE = 30


@require_GET
def measure_results(request: HttpRequest, measure_id: str) -> HttpResponseBase:
    """The last nightly results of one measure, filtered; as a file with ``format=csv`` or ``xlsx``."""
    release = queries.current_release()
    measure = queries.measure(release, measure_id)
    run = results.latest_run()
    rows = results.results_for_user(request.user, run, measure_id)
    counties = [region for region in release.pack.city.regions if region.kind == "county"]
    known = {
        "group": set(Group.values),
        "county": {region.code for region in counties},
        "place": set(Place.values),
    }
    wanted = {name: value if (value := request.GET.get(name, "")) in known[name] else "" for name in known}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    titles = {rule.id: rule.title.zh for rule in release.pack.cumulation}
    if request.GET.get("format") == "csv" and run is not None:
        return export.csv_response(measure, run, titles, rows)
    if request.GET.get("format") == "xlsx" and run is not None:
        return export.xlsx_response(measure, run, titles, rows)
    place = wanted.pop("place")
    sums = totals.placed_totals(rows) if place else totals.totals_for_user(request.user, run, measure_id, **wanted)
    context = {
        "release": release,
        "measure": measure,
        "run": run,
        "page": cut(rows, ("id",), request.GET.get("after", ""), PER_PAGE),
        "totals": sums,
        "budgets": totals.budgets_for_user(request.user, release, run, measure_id),
        "wanted": {**wanted, "place": place},
        "groups": Group.choices,
        "places": Place.choices if together.budgets_of(release, measure_id) else [],
        "places_of": {region.code: region.name for region in release.pack.city.regions},
        "counties": counties,
        "demo_data": any(found.realm == Realm.DEMO for found in sums),
    }
    return render(request, "entitlements/results.html", context)
