"""What can I get: all measures at once, by code or by a few questions, and a printable result."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain import asking, eligibility, questionnaire
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.entitlements.enums import Group
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.releases import LoadedRelease

QR_LONGEST = 1800  # characters of an address; a denser code cannot be read off paper


def _result(request: HttpRequest, release: LoadedRelease) -> dict[str, Any]:
    """The result for the code or the answers in the address. Raises ``UserError`` for a bad code or a refusal."""
    context: dict[str, Any] = {"release": release, "groups": Group, "now": timezone.now()}
    if code := request.GET.get("uscc", "").strip():
        found = questionnaire.answers(release, request)
        organisation = results.organisation_for_user(request.user, code)
        return {
            **context,
            "organisation": organisation,
            "county": next((r.name for r in release.pack.city.regions if r.code == organisation.county), None),
            "result": results.evaluate_organisation(release, organisation, found.on),
            "query": urlencode({"uscc": organisation.uscc}),
            "demo_data": organisation.realm == Realm.DEMO,
        }
    found = questionnaire.answers(release, request)
    result = eligibility.evaluate(release, found.facts, found.on, found.measures)
    return {**context, "answers": found, "result": result, "query": found.query()}


@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Results when the address has a code or answers; else the two ways to begin."""
    release = queries.current_release()
    code = request.GET.get("uscc", "").strip()
    found = questionnaire.answers(release, request)
    if not code and not found.raw:
        topics = questionnaire.topics(release, found.about)
        own = results.own_organisations(request.user)
        return render(request, "entitlements/start.html", {"release": release, "topics": topics, "own": own})
    try:
        return render(request, "entitlements/eligibility.html", _result(request, release))
    except UserError as error:
        matches = results.organisations_named(code)
        if len(matches) == 1:
            return redirect(f"{reverse('entitlements:eligibility')}?{urlencode({'uscc': matches[0].uscc})}")
        context = {"release": release, "topics": questionnaire.topics(release, []), "code": code, "matches": matches}
        if matches:
            return render(request, "entitlements/start.html", context)
        return render(request, "entitlements/start.html", {**context, "error": error}, status=error.status)


@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """The next question, or on to the answers when nothing is left that matters."""
    release = queries.current_release()
    found = questionnaire.answers(release, request)
    step = questionnaire.step(found, asked=request.GET.get("asked", ""), change=request.GET.get("change", ""))
    if step is None:
        return redirect(f"{reverse('entitlements:answers')}?{found.query()}")
    context = {"release": release, "answers": found, "unknown": asking.UNKNOWN, **step}
    return render(request, "entitlements/ask.html", context, status=422 if step["field"].error else 200)


@require_GET
def answers(request: HttpRequest) -> HttpResponse:
    """Check your answers."""
    release = queries.current_release()
    found = questionnaire.answers(release, request)
    rows = []
    for name in found.raw:
        fact = release.facts[name]
        value = asking.shown(found.facts[name], fact) if name in found.facts else ""
        rows.append({"fact": fact, "value": value, "change": found.query(change=name)})
    question = eligibility.next_question(release, found.facts, found.skipped, found.on, found.measures)
    context = {"release": release, "answers": found, "rows": rows, "question": question}
    return render(request, "entitlements/answers.html", context, status=422 if found.errors else 200)


@never_cache
@require_GET
def print_page(request: HttpRequest) -> HttpResponse:
    """The result on A4 with a QR code that leads back to it."""
    release = queries.current_release()
    context = _result(request, release)
    address = f"{reverse('entitlements:eligibility')}?{context['query']}"
    context["address"] = request.build_absolute_uri(address)
    context["lines"] = eligibility.lines(row for row in context["result"].rows if row.group != Group.NOT)
    if len(address) <= QR_LONGEST:
        context["qr"] = f"{reverse('entitlements:qr')}?{urlencode({'to': address})}"
    return render(request, "entitlements/print.html", context)


@require_GET
def qr(request: HttpRequest) -> HttpResponse:
    """A QR code, as SVG, of an address of this site. Any other address is refused."""
    path = request.GET.get("to", "")
    if not path.startswith("/") or path.startswith("//") or "\\" in path or len(path) > QR_LONGEST:
        raise UserError(
            f"二维码只给本站的网址，且不超过 {QR_LONGEST} 个字符。",
            f"QR codes are made for addresses of this site only, at most {QR_LONGEST} characters.",
            field="to",
            code="bad_address",
        )
    code = segno.make(request.build_absolute_uri(path), error="l", micro=False)
    out = io.BytesIO()
    code.save(out, kind="svg", scale=4, border=2, light="#fff")
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=3600"
    return response
