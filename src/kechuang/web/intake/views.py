"""Pages of imports. Thin: reads and writes are in ``domain``."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kechuang.tabular.writing import XLSX
from kechuang.web.core.errors import UserError
from kechuang.web.core.ratelimit import limit
from kechuang.web.registry.domain.kinds import KINDS

from . import access
from .domain import applying, feeds, mending, queries, sheets
from .domain.kinds import columns, importable, kind_named
from .domain.receive import SMALL, receive
from .domain.working import advance, work_on
from .enums import MOVING, ImportState, RowState
from .forms import UploadForm
from .models import Import


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Kinds with their empty tables, and the newest imports."""
    imports = queries.imports_for_user(request.user)
    context = {
        "imports": [(one, KINDS[one.kind].title) for one in imports],
        "kinds": importable().values(),
    }
    return render(request, "intake/home.html", context)


@require_http_methods(["GET", "POST"])
@limit("import", per_minute=20, methods=("POST",))
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a table of a kind."""
    access.require_import(request.user)
    chosen = kind_named(kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = receive(values.pop("file"), kind=kind, actor=request.user, **values)
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            if made.file is not None and made.file.size <= SMALL:
                advance(made.pk)
            else:
                work_on.enqueue(made.pk)
            return redirect("intake:import", made.public_id)
    errors = [{"field": name, "text": text} for name, found in form.errors.items() for text in found]
    context = {"form": form, "kind": chosen, "columns": columns(kind), "errors": errors}
    return render(request, "intake/new.html", context, status=422 if errors else 200)


@require_GET
@limit("template", per_minute=30)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty table of a kind."""
    access.require_import(request.user)
    content = sheets.template(kind, _language())
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


@require_GET
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One import: its progress while the worker has it, its rows while a person is needed, its outcome."""
    found = queries.import_for_user(request.user, public_id)
    moving = found.state in MOVING
    counted = queries.tally(found)
    state = request.GET.get("state", "")
    if state not in RowState.values:
        state = _first_of_interest(found, counted)
    after = request.GET.get("after", "0")
    rows, following = queries.rows_page(found, state, int(after) if after.isdecimal() and len(after) < 10 else 0)
    total = counted.states[RowState.READY] + counted.states[RowState.APPLIED] + counted.states[RowState.REFUSED]
    context: dict[str, Any] = {
        "one": found,
        "kind": KINDS[found.kind],
        "moving": moving,
        "tally": counted,
        "states": [
            (value, _label(found, value, label), counted.states[value])
            for value, label in RowState.choices
            if counted.states[value]
        ],
        "state": state,
        "rows": [] if moving and found.state != ImportState.APPLYING else _with_titles(found, rows),
        "following": following,
        "total": total,
        "percent": 100 * found.rows_done // total if total else 0,
        "troubled": sum(counted.states[value] for value in sheets.TROUBLED),
        "demo_data": found.realm == "demo",
    }
    response = render(request, "intake/import.html", context)
    if moving:
        response["Refresh"] = "3"  # without script too, the page follows the worker
    return response


def _label(found: Import, value: str, label: Any) -> Any:
    """The state of rows in words; after an undo, what was written no longer counts as written."""
    back = found.state in (ImportState.UNDONE, ImportState.CANCELLED)
    return _("写入过") if back and value == RowState.APPLIED else label


def _first_of_interest(found: Import, counted: queries.Tally) -> str:
    order = (RowState.BAD, RowState.UNDECIDED, RowState.REFUSED, RowState.READY, RowState.APPLIED, RowState.SKIPPED)
    return next((value.value for value in order if counted.states[value]), RowState.READY.value)


def _with_titles(found: Import, rows: list[Any]) -> list[tuple[Any, str, list[tuple[str, str]]]]:
    """Rows with what names them and their findings, each with the title of its column."""
    language = _language()
    titles = {c.name: c.en if language == "en" else c.zh for c in columns(found.kind)}
    shown = []
    for row in rows:
        given = {**row.values, **row.written}
        label = str(given.get("name") or given.get("title") or given.get("number") or "")
        key = "　".join(str(given[n]) for n in KINDS[found.kind].natural_key if given.get(n) and given[n] != label)
        findings = [(titles.get(f["column"], ""), f[language]) for f in row.findings]
        findings += [(titles.get(name, ""), _("有几家可能，请认一家")) for name in row.candidates]
        shown.append((row, "　".join(part for part in (label, key) if part), findings))
    return shown


@require_POST
def act(request: HttpRequest, public_id: str) -> HttpResponse:
    """Confirm, cancel or undo an import."""
    access.require_import(request.user)
    found = queries.import_for_user(request.user, public_id)
    verbs = {"confirm": applying.confirm, "cancel": applying.cancel, "undo": applying.undo, "release": feeds.release}
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        raise UserError("没有这个操作。", "There is no such action.", status=400)
    changed = verb(found, actor=request.user)
    if changed.state in MOVING:
        work_on.enqueue(changed.pk)
    return redirect("intake:import", changed.public_id)


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, public_id: str, line: int) -> HttpResponse:
    """Mend one row, say which organisation is meant, or leave the row out."""
    found = queries.row_for_user(request.user, public_id, line)
    if request.method == "POST":
        access.require_import(request.user)
        do = request.POST.get("do", "mend")
        if do == "skip":
            mending.skip(found, actor=request.user)
        elif do == "back":
            mending.skip(found, actor=request.user, back=True)
        elif do.startswith("decide:"):
            mending.decide(found, do.removeprefix("decide:"), request.POST.get("uscc", ""), actor=request.user)
        else:
            mending.mend(found, {k: v[:5000] for k, v in request.POST.items()}, actor=request.user)
        if found.state in (RowState.READY, RowState.SKIPPED):
            messages.success(request, _("第 %(line)s 行改好了。") % {"line": line})
            return redirect("intake:import", public_id)
    language = _language()
    titles = {c.name: c.en if language == "en" else c.zh for c in columns(found.imported.kind)}
    given = {**found.values, **found.written}
    wrong: dict[str, list[str]] = {}
    for finding in found.findings:
        wrong.setdefault(finding["column"], []).append(finding[language])
    context = {
        "row": found,
        "one": found.imported,
        "kind": KINDS[found.imported.kind],
        "fields": [(c, c.heading(language), given.get(c.name, ""), wrong.get(c.name, []))
                   for c in columns(found.imported.kind)],
        "whole": wrong.get("", []),
        "errors": [{"field": f["column"], "text": f"{titles.get(f['column'], '')} {f[language]}".strip()} for f in found.findings],
        "candidates": [(name, titles.get(name, name), options) for name, options in found.candidates.items()],
        "open": _may_mend(found),
        "proved": bool(found.imported.event_id) and found.state in (RowState.APPLIED, RowState.REFUSED),
        "sealed": queries.sealed(found.imported),
        "demo_data": found.imported.realm == "demo",
    }  # fmt: skip
    return render(request, "intake/row.html", context, status=422 if request.method == "POST" else 200)


def _may_mend(found: Any) -> bool:
    """Whether the row waits for a person: before confirmation, or in the quarantine of a delivery."""
    one = found.imported
    quarantine = one.feed_id is not None and one.state == ImportState.APPLIED
    return one.state == ImportState.READY or (quarantine and found.state != RowState.APPLIED)


@require_GET
def troubled(request: HttpRequest, public_id: str) -> StreamingHttpResponse:
    """The rows that were not taken, marked, as .xlsx."""
    found = queries.import_for_user(request.user, public_id)
    response = StreamingHttpResponse(sheets.troubled_rows(found, _language()), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{found.kind}-{found.public_id}.xlsx"'
    return response


@require_GET
def proof(request: HttpRequest, public_id: str, line: int) -> JsonResponse:
    """Proof of one row for the stand-alone verifier."""
    document = queries.proof_for_user(request.user, public_id, line)
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="proof-{public_id}-{line}.json"'
    return response
