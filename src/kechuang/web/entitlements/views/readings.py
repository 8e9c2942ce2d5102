"""Open questions of a measure: every reading with its price, and the choice of an officer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kechuang.web.accounts import access
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.entitlements.domain import readings
from kechuang.web.policy.domain import queries


@never_cache
@require_http_methods(["GET", "POST"])
def measure_readings(request: HttpRequest, measure_id: str) -> HttpResponse:
    """Readings side by side; a POST chooses one, or takes a choice back."""
    access.require(request.user, *readings.READ)
    release = queries.current_release()
    measure = queries.measure(release, measure_id)
    error: UserError | None = None
    if request.method == "POST":
        try:
            readings.choose(
                measure_id,
                request.POST.get("question", ""),
                request.POST.get("reading", ""),
                reason=request.POST.get("reason", ""),
                release_seen=request.POST.get("release", ""),
                actor=request.user,
            )
            chosen = request.POST.get("reading", "")
            messages.success(
                request, _("已记下你的决定，从现在起按它计算。") if chosen else _("已撤回，问题重新敞开。")
            )
            return redirect("entitlements:readings", measure_id)
        except UserError as found:
            if found.status in (401, 403):
                raise
            error, release = found, queries.current_release()
            measure = queries.measure(release, measure_id)
    run = results.latest_run()
    context = {
        "release": release,
        "measure": measure,
        "run": run,
        "questions": readings.questions(release, measure_id, run, request.user),
        "may_choose": readings.may_choose(request.user),
        "error": error,
        "asked": request.POST.get("question", ""),
        "picked": request.POST.get("reading", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "entitlements/readings.html", context, status=error.status if error else 200)
