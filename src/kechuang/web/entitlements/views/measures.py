"""Measures: the list, one measure with its calculator, and the trace of one yuan."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kechuang.web.entitlements.domain import pages, readings, together
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.days import parameters_on
from kechuang.web.policy.domain.pages import tally


@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """All measures, those with an amount first."""
    release = queries.current_release()
    order = {"stated": 0, "delegated": 1, "unstated": 2}
    records = sorted(release.pack.measures, key=lambda m: order[m.amount_is])
    return render(
        request,
        "entitlements/measures.html",
        {"release": release, "measures": records, "tally": tally(records)},
    )


@require_GET
def measure(request: HttpRequest, measure_id: str) -> HttpResponse:
    """One measure: what the text says, the calculator, and why this number."""
    found = pages.calculation(request, measure_id)
    context = {
        "c": found,
        "release": found.release,
        "measure": found.measure,
        "texts": pages.clause_texts(found),
        "parameters": parameters_on(found.measure, found.on),
        "permanent": pages.permanent_query(found) if found.explanation else "",
        "now": timezone.now(),
        "may_list": results.may_list_results(request.user),
        "may_read": readings.may_read(request.user),
        "meeting": together.rules_of(found.release, measure_id),
        "budgets": together.budgets_of(found.release, measure_id),
    }
    return render(request, "entitlements/measure.html", context, status=422 if found.faulty else 200)


@require_GET
def trace(request: HttpRequest, measure_id: str) -> HttpResponse:
    """Follow one yuan from the result back to the sentence, and forward as far as the platform goes."""
    found = pages.calculation(request, measure_id, always=True)
    context = {
        "c": found,
        "release": found.release,
        "measure": found.measure,
        "texts": pages.clause_texts(found),
        "parameters": parameters_on(found.measure, found.on),
        "permanent": pages.permanent_query(found) if found.explanation else "",
    }
    return render(request, "entitlements/trace.html", context, status=422 if found.faulty else 200)
