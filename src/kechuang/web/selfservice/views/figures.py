"""Yearly figures: the years of an organisation, the form of one, what organisations submitted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.tabular import Finding
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.core.ratelimit import limit
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.registry.models import Organisation

from ..access import may_fill, require_fill
from ..consent import FIGURES, current
from ..domain import figures, reports
from ..domain.consents import held

PER_PAGE = 100


@require_safe
def years(request: HttpRequest, uscc: str) -> HttpResponse:
    """The years of an organisation."""
    organisation = reports.organisation_for_user(request.user, uscc)
    context = {
        "organisation": organisation,
        "years": reports.years_of(organisation),
        "may_fill": may_fill(request.user, organisation),
        "readers": reports.readers_of(organisation),
        "demo_data": organisation.realm == Realm.DEMO,
    }
    return render(request, "selfservice/years.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@limit("figures", per_minute=30, methods=("POST",))
def year(request: HttpRequest, uscc: str, number: int) -> HttpResponse:
    """The form of a year; POST keeps a draft (``do=save``) or submits."""
    organisation = reports.organisation_for_user(request.user, uscc)
    if request.method != "POST":
        return _form(request, reports.open_year(request.user, organisation, number))
    require_fill(request.user, organisation)
    return _send(request, organisation, number)


def _send(request: HttpRequest, organisation: Organisation, number: int) -> HttpResponse:
    typed = {one.name: request.POST.get(one.name, "")[: figures.LONGEST] for one in figures.fields()}
    remark, seen = request.POST.get("remark", ""), request.POST.get("seen", "")
    sent: dict[str, Any] = {
        "remark": remark,
        "seen": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
    }
    try:
        if request.POST.get("do") == "save":
            figures.save(request.user, organisation, number, typed, **sent)
            messages.success(request, _("草稿已保存。还没有提交，登记库里没有变。"))
            return redirect("selfservice:year", organisation.uscc, number)
        agreed, confirmed = request.POST.get("agree") == "1", request.POST.get("confirmed") == "1"
        checked = figures.submit(request.user, organisation, number, typed, agreed=agreed, confirmed=confirmed, **sent)
    except UserError as error:
        if error.status != 409:
            raise
        opened = reports.open_year(request.user, organisation, number, typed)
        return _form(request, opened, errors=[Finding("", error.zh, error.en)], remark=remark, status=409)
    if checked.outcome:
        text = (
            _("没有不同，登记库没有变。")
            if checked.outcome == "unchanged"
            else _("已提交，现在是登记库的一部分，来源写着本单位。")
        )
        messages.success(request, text)
        return redirect("selfservice:years", organisation.uscc)
    problems = [*checked.errors, *checked.findings]
    opened = reports.open_year(request.user, organisation, number, typed, problems)
    return _form(
        request, opened, errors=checked.errors, doubts=checked.findings, remark=remark, confirmed=confirmed, status=422
    )


def _form(
    request: HttpRequest,
    opened: reports.Opened,
    *,
    errors: list[Finding] | None = None,
    doubts: list[Finding] | None = None,
    remark: str | None = None,
    confirmed: bool = False,
    status: int = 200,
) -> HttpResponse:
    language = "en" if is_english() else "zh"
    summary = [
        {"field": finding.column, "text": f"{_label(finding)}{getattr(finding, language)}"}
        for finding in [*(errors or []), *([] if confirmed else doubts or [])]
    ]
    context = {
        "opened": opened,
        "organisation": opened.organisation,
        "lines": [(line, [getattr(problem, language) for problem in line.problems]) for line in opened.lines],
        "errors": summary,
        "doubts": doubts or [],
        "confirmed": confirmed,
        "remark": remark if remark is not None else opened.report.remark if opened.report else "",
        "wording": current(FIGURES),
        "agreed": held(request.user, FIGURES, opened.organisation),
        "demo_data": opened.organisation.realm == Realm.DEMO,
    }
    return render(request, "selfservice/year.html", context, status=status)


def _label(finding: Finding) -> str:
    """The heading of the figure a finding speaks of, as the beginning of a sentence."""
    label = str(figures.KIND.field(finding.column).label) if finding.column in figures.KIND.by_name else ""
    return f"{label}{': ' if is_english() else '：'}" if label else ""


@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """What organisations submitted, for officers."""
    wanted, remarks = request.GET.get("year", "")[:4], request.GET.get("remarks") == "1"
    rows = reports.reports_for_user(request.user, wanted, remarks)
    context = {
        "reports": rows[:PER_PAGE],
        "count": rows.count(),
        "most": PER_PAGE,
        "year": wanted,
        "years": figures.years(),
        "remarks": remarks,
        "demo_data": any(one.organisation.realm == Realm.DEMO for one in rows[:PER_PAGE]),
    }
    return render(request, "selfservice/report_list.html", context)
