"""Pages of targets and indicators. Thin: reads and writes are in ``domain``."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kechuang.indicators import Definition
from kechuang.indicators.tables import COLUMNS, OPTIONAL
from kechuang.web.core.errors import UserError
from kechuang.web.core.paging import cut
from kechuang.web.core.ratelimit import limit
from kechuang.web.policy.domain.queries import LoadedRelease

from . import access, exports
from .domain import queries, reports, workshop
from .domain.board import Board
from .domain.lastyear import comparison
from .domain.loading import Loaded
from .domain.page import definition_of, vintages
from .domain.submit import decide, new_findings, submit
from .domain.trial import OPERATORS, Wish, places, trial
from .domain.upload import MAX_BYTES, upload
from .enums import SourceTrust, SubmissionStatus
from .forms import DecisionForm, SubmissionForm, TrialForm
from .models import Submission

PER_PAGE = 30


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def _known_on(request: HttpRequest) -> tuple[dt.date | None, list[dict[str, str | None]]]:
    """The day of ``?on=``, with what is wrong with it for the page: then the page shows today."""
    try:
        return queries.read_day(request.GET.get("on", "")), []
    except UserError as error:
        return None, [{"field": error.field, "text": str(error)}]


@require_GET
def targets(request: HttpRequest) -> HttpResponse:
    """The targets board; ``?on=`` shows it with what was known on an earlier day."""
    day, errors = _known_on(request)
    release, board = queries.board_now(day)
    context = {
        "board": board,
        "release": release,
        "today": timezone.localdate(),
        "day": day,
        "on": request.GET.get("on", ""),
        "undated": queries.undated(queries.figures(known_on=day)[1]) if day else 0,
        "errors": errors,
        "may_list": access.may_list(request.user),
        "can_print": reports.can_print(),
        "can_draw": reports.can_draw(),
        "demo_data": board.demo,
        "demo_text": _("这一页有在演示中提供的数值。"),
    }
    return render(request, "monitoring/targets.html", context, status=422 if errors else 200)


@require_GET
def targets_csv(request: HttpRequest) -> HttpResponse:
    """The board as CSV; ``?on=`` as on the page."""
    release, board = queries.board_now(queries.read_day(request.GET.get("on", "")))
    return exports.targets_csv(release, board, _language())


def _reported(request: HttpRequest) -> tuple[LoadedRelease, Loaded, Board, dt.date]:
    """What a report is made from: today's figures, or with ``?on=`` those known on an earlier day, as on the board."""
    on = queries.read_day(request.GET.get("on", ""))
    release, board = queries.board_now(on)
    _release, loaded = queries.figures(known_on=on)
    return release, loaded, board, on or timezone.localdate()


def _report(request: HttpRequest, kind: str) -> HttpResponse:
    """The monitoring report as a file of a kind."""
    release, loaded, board, day = _reported(request)
    content, media = reports.made(kind, release, loaded, board, day, _language())
    response = HttpResponse(content, content_type=media)
    name = f"targets-{release.pack.city.id}-{day.isoformat()}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@limit("report", per_minute=20)
def targets_report(request: HttpRequest) -> HttpResponse:
    """The monitoring report as .docx."""
    return _report(request, "docx")


@require_GET
@limit("report", per_minute=20)
def targets_report_html(request: HttpRequest) -> HttpResponse:
    """The monitoring report as one HTML file."""
    return _report(request, "html")


@require_GET
@limit("report_pdf", per_minute=6)
def targets_report_pdf(request: HttpRequest) -> HttpResponse:
    """The monitoring report as PDF."""
    return _report(request, "pdf")


@require_GET
@limit("report", per_minute=20)
def targets_report_lock(request: HttpRequest) -> HttpResponse:
    """What the report rests on, for making the same bytes again."""
    from .domain.lock import lock

    release, loaded, board, day = _reported(request)
    response = JsonResponse(lock(release, loaded, board, day, _language()), json_dumps_params={"indent": 1})
    name = f"targets-{release.pack.city.id}-{day.isoformat()}.lock.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
def indicators(request: HttpRequest) -> HttpResponse:
    """The list of indicators."""
    text, show = request.GET.get("q", ""), request.GET.get("show", "")
    release, entries = queries.indicator_list(text, show)
    context = {"entries": entries, "release": release, "q": text, "show": show}
    return render(request, "monitoring/indicators.html", context)


def _trial_form(loaded: Loaded, definition: Definition, data: Any = None) -> TrialForm:
    """The form that tries a target, empty or filled from the address."""
    place, language = loaded.situation, _language()
    unit = definition.unit_en if language == "en" else definition.unit
    initial = {"region": place.region, "op": "le" if definition.better == "lower" else "ge"}
    regions = [(code, place.name(code).of(language)) for code in places(definition, place)]
    return TrialForm(data, initial=initial, regions=regions, language=language, unit=unit)


@require_GET
def indicator(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """The page of one indicator; ``?release=`` shows it as in an earlier release, ``?on=`` as known on a day."""
    day, errors = _known_on(request)
    digest = request.GET.get("release")
    release, loaded, page = queries.indicator_page(indicator_id, _language(), digest, day)
    kept = urlencode({"release": release.digest} | ({"on": day.isoformat()} if day else {}))
    context = {
        "page": page,
        "release": release,
        "old_release": digest or "",
        "today": timezone.localdate(),
        "day": day,
        "on": request.GET.get("on", ""),
        "errors": errors,
        "address": request.build_absolute_uri(f"{request.path}?{kept}"),
        "form": _trial_form(loaded, page.definition),
        "demo_data": page.demo,
        "demo_text": _("这一页有在演示中提供的数值。"),
    }
    return render(request, "monitoring/indicator.html", context, status=422 if errors else 200)


@require_GET
@limit("trial", per_minute=60)
def target_trial(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """A target that is only tried: what it would take, from the address ``?region=&op=&value=&year=``."""
    release, loaded = queries.figures()
    definition = definition_of(loaded, indicator_id)
    asked = any(name in request.GET for name in ("op", "value", "year"))
    form = _trial_form(loaded, definition, request.GET if asked else None)
    result = None
    if asked and form.is_valid():
        values = form.cleaned_data
        wish = Wish(OPERATORS[values["op"]][0], values["value"], values["year"], values["region"])
        try:
            result = trial(definition, wish, loaded.situation)
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {
        "form": form,
        "definition": definition,
        "result": result,
        "release": release,
        "demo_data": loaded.demo,
        "demo_text": _("这一页有在演示中提供的数值。"),
    }
    return render(request, "monitoring/trial.html", context, status=422 if form.errors else 200)


@require_GET
def indicator_csv(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """All vintages of an indicator as CSV; ``?on=`` those known on a day."""
    release, loaded = queries.figures(request.GET.get("release"), queries.read_day(request.GET.get("on", "")))
    definition_of(loaded, indicator_id)
    return exports.observations_csv(release, loaded, vintages(loaded, indicator_id), f"{indicator_id}.csv")


def _ways_then(wish: workshop.Wish) -> list[dict[str, Any]]:
    """The fields for the methods of the year before; empty means the same as now."""
    normalisation, aggregation, weighting = wish.then or ("", "", "")
    return [
        {"name": "g0", "label": _("上一年的权重"), "options": workshop.WEIGHTINGS.items(), "chosen": weighting},
        {
            "name": "n0",
            "label": _("上一年的归一化"),
            "options": workshop.NORMALISATIONS.items(),
            "chosen": normalisation,
        },
        {"name": "a0", "label": _("上一年的合成"), "options": workshop.AGGREGATIONS.items(), "chosen": aggregation},
    ]


def _workshop(request: HttpRequest) -> tuple[dict[str, Any], LoadedRelease]:
    """The workshop's choice, result and what has to be mended."""
    release, loaded = queries.figures()
    wish, errors = workshop.read_wish(request.GET)
    result = moved = None
    if wish.weights and not errors:
        try:
            result = workshop.result(loaded, wish)
            moved = comparison(loaded, queries.a_year_ago()[1], wish)
        except UserError as error:
            errors.append(error)
    context = {
        "candidates": workshop.candidates(loaded.situation, dict(wish.weights)),
        "wish": wish,
        "result": result,
        "moved": moved,
        "errors": [{"field": e.field, "text": str(e)} for e in errors],
        "normalisations": workshop.NORMALISATIONS.items(),
        "aggregations": workshop.AGGREGATIONS.items(),
        "weightings": workshop.WEIGHTINGS.items(),
        "ways_then": _ways_then(wish),
        "demo_data": loaded.demo,
        "demo_text": _("这一页有在演示中提供的数值。"),
    }
    return context, release


@require_GET
@limit("workshop", per_minute=60)
def index_workshop(request: HttpRequest) -> HttpResponse:
    """Composite indices: choose indicators, see ranks with intervals."""
    context, _release = _workshop(request)
    return render(request, "monitoring/workshop.html", context, status=422 if context["errors"] else 200)


@require_GET
def workshop_csv(request: HttpRequest) -> HttpResponse:
    """The ranking as CSV."""
    context, release = _workshop(request)
    if context["result"] is None:
        raise UserError("先选好指标再下载。", "Choose indicators first.", field="i")
    return exports.ranking_csv(release, context["result"], context["moved"], _language(), demo=context["demo_data"])


@require_http_methods(["GET", "POST"])
@limit("offer", per_minute=20, methods=("POST",))
def provide(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """Offer a value with its source."""
    release, loaded = queries.figures()
    definition = definition_of(loaded, indicator_id)
    names = loaded.situation.names
    codes = [loaded.situation.region, *(c for c in names if c != loaded.situation.region)]
    regions = [(code, names[code].of(_language())) for code in codes]
    last_year = queries.last_year(loaded, timezone.localdate())
    initial = {"region": loaded.situation.region, "unit": definition.unit, "year": request.GET.get("year", "")}
    form = SubmissionForm(request.POST or None, regions=regions, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = submit(
                user=request.user, release=release, definition=definition, last_year=last_year, **form.cleaned_data
            )
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            return redirect("monitoring:provided", submission_id=row.pk)
    context = {"form": form, "definition": definition, "holder": loaded.situation.holders.get(definition.holder or "")}
    return render(request, "monitoring/provide.html", context, status=422 if form.errors else 200)


@require_GET
def provided(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Thanks, and what happens next. The address is the receipt: it shows the state of this one value."""
    row = Submission.objects.filter(pk=submission_id).first()
    if row is None:
        raise UserError("没有这条记录。", "There is no such record.", code="unknown", status=404)
    _release, loaded = queries.figures()
    context = {
        "row": row,
        "definition": loaded.situation.definitions.get(row.indicator),
        "region": loaded.situation.name(row.region),
    }
    return render(request, "monitoring/provided.html", context)


@require_GET
def submissions(request: HttpRequest) -> HttpResponse:
    """Submitted values, for staff."""
    status = request.GET.get("status", SubmissionStatus.PENDING)
    rows = queries.submissions_for_user(request.user, status)
    page = cut(rows, ("-id",), request.GET.get("after", ""), PER_PAGE)  # the ids stand in the order of time
    _release, loaded = queries.figures()
    context = {
        "page": page,
        "rows": [
            (r, loaded.situation.definitions.get(r.indicator), loaded.situation.name(r.region)) for r in page.rows
        ],
        "status": status,
        "statuses": SubmissionStatus.choices,
        "may_upload": access.may_upload(request.user),
        "demo_data": any(r.realm == "demo" for r in page.rows),
        "demo_text": _("这里的数是在演示中提供的。"),
    }
    return render(request, "monitoring/submissions.html", context)


@require_http_methods(["GET", "POST"])
def submissions_upload(request: HttpRequest) -> HttpResponse:
    """Send a whole table of values."""
    access.require_upload(request.user)
    release, loaded = queries.figures()
    outcome, error = None, None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise UserError("请选一个 .xlsx 或 CSV 文件。", "Choose an .xlsx or CSV file.", field="file")
            outcome = upload(
                user=request.user,
                release=release,
                loaded=loaded,
                data=file.read(MAX_BYTES + 1),
                last_year=queries.last_year(loaded, timezone.localdate()),
            )
        except UserError as problem:
            error = problem
    context = {
        "outcome": outcome,
        "errors": [{"field": "file", "text": str(error)}] if error else [],
        "columns": ",".join((*COLUMNS, *(name for name in OPTIONAL if name != "trust"))),
    }
    return render(request, "monitoring/upload.html", context, status=422 if error else 200)


@require_GET
def submissions_template(request: HttpRequest) -> HttpResponse:
    """An empty table to fill in, with the indicators that the person's department holds."""
    from .domain.sheet import XLSX, template

    access.require_upload(request.user)
    _release, loaded = queries.figures()
    own = queries.held_by(loaded, access.departments_of(request.user))
    content = template(loaded.situation, own, queries.last_year(loaded, timezone.localdate()) - 1, _language())
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="values.xlsx"'
    return response


def _decision_page(request: HttpRequest, row: Submission, form: DecisionForm, status: int = 200) -> HttpResponse:
    _release, loaded = queries.figures()
    definition = loaded.situation.definitions.get(row.indicator)
    cell = loaded.situation.cells.get((row.region, row.indicator, row.year))
    context = {
        "row": row,
        "form": form,
        "definition": definition,
        "region": loaded.situation.name(row.region),
        "findings": new_findings(loaded, row),
        "present": [cell.chosen, *cell.others] if cell else [],
        "may_decide": access.may_decide(request.user, row) and row.status == SubmissionStatus.PENDING,
        "demo_data": row.realm == "demo",
        "demo_text": _("这个数是在演示中提供的。"),
    }
    return render(request, "monitoring/submission.html", context, status=status)


@require_GET
def submission(request: HttpRequest, submission_id: str) -> HttpResponse:
    """One submitted value, for staff."""
    row = queries.submission_for_user(request.user, submission_id)
    return _decision_page(request, row, DecisionForm(initial={"trust": SourceTrust.SECONDARY}))


@require_POST
def submission_decide(request: HttpRequest, submission_id: str) -> HttpResponse:
    """Confirm or refuse a value."""
    row = queries.submission_for_user(request.user, submission_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, row, form, status=422)
    try:
        decide(
            user=request.user,
            submission_id=row.pk,
            accept=request.POST.get("decision") == "confirm",
            **form.cleaned_data,
        )
    except UserError as error:
        if error.field is None:
            raise
        form.add_error(error.field, str(error))
        return _decision_page(request, row, form, status=422)
    return redirect("monitoring:submission", submission_id=row.pk)
