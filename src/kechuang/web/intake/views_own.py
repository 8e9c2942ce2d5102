"""Self-service of organisations: claim one, fill in its yearly figures, see where each is used."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kechuang.web.core.errors import UserError
from kechuang.web.core.ratelimit import limit

from . import access
from .domain import claims as verbs
from .domain import own


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


@require_http_methods(["GET", "POST"])
@limit("claim", per_minute=10, methods=("POST",))
def claims(request: HttpRequest) -> HttpResponse:
    """Claim an organisation; below, one's own claims, for officers all of them."""
    listed = verbs.claims_for_user(request.user)
    error = None
    if request.method == "POST":
        try:
            verbs.submit(
                user=request.user, uscc=request.POST.get("uscc", ""), post=request.POST.get("post", ""),
                proof=request.FILES.get("proof"), consent=request.POST.get("consent") == "1",
            )  # fmt: skip
        except UserError as problem:
            if problem.field is None:
                raise
            error = problem
        else:
            messages.success(request, _("申请已提交，经办人核对后会有结果。"))
            return redirect("intake:claims")
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "claims": listed,
        "officer": access.may_import(request.user),
        "uscc": given.get("uscc", "")[:40],
        "post": given.get("post", "")[:60],
        "errors": [{"field": error.field, "text": str(error)}] if error else [],
    }
    return render(request, "intake/claims.html", context, status=422 if error else 200)


@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept or reject a claim."""
    claim = verbs.claim_for_officer(request.user, public_id)
    verbs.decide(claim, request.POST.get("do") == "accept", reason=request.POST.get("reason", ""), actor=request.user)
    messages.success(request, _("已办。"))
    return redirect("intake:claims")


@require_GET
def figures(request: HttpRequest, uscc: str) -> HttpResponse:
    """The years of an organisation, and where each figure is used."""
    organisation = own.organisation_for(request.user, uscc)
    stored, used = own.stored(organisation), own.uses()
    context = {
        "organisation": organisation,
        "years": [
            (year, sum(1 for v in stored.get(year, {}).values() if v), len(own.fields())) for year in own.years()
        ],
        "uses": [(field, used[field.name]) for field in own.fields()],
        "demo_data": organisation.realm == "demo",
    }
    return render(request, "intake/own.html", context)


@require_http_methods(["GET", "POST"])
def year(request: HttpRequest, uscc: str, number: int) -> HttpResponse:
    """The form of one year."""
    organisation = own.organisation_for(request.user, uscc)
    if number not in own.years():
        raise Http404("no such year")
    given = own.stored(organisation).get(number, {})
    findings: list[Any] = []
    if request.method == "POST":
        given = {field.name: request.POST.get(field.name, "")[:60] for field in own.fields()}
        values, findings = own.read(given, number)
        if not findings:
            written = own.save(organisation, number, values, actor=request.user)
            messages.success(request, _("没有不同，什么也没改。") if written.outcome == "unchanged" else _("已保存。"))
            return redirect("intake:own", uscc)
    language, used = _language(), own.uses()
    wrong: dict[str, list[str]] = {}
    for finding in findings:
        wrong.setdefault(finding.column, []).append(getattr(finding, language))
    context = {
        "organisation": organisation,
        "year": number,
        "fields": [(f, given.get(f.name, ""), wrong.get(f.name, []), used[f.name]) for f in own.fields()],
        "errors": [{"field": name, "text": text} for name, texts in wrong.items() for text in texts],
        "demo_data": organisation.realm == "demo",
    }
    return render(request, "intake/own_year.html", context, status=422 if findings else 200)
