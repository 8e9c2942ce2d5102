"""Pages of the laboratory."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kechuang.web.core.errors import UserError
from kechuang.web.laboratory import access
from kechuang.web.laboratory.domain import export, forms, queries, trials
from kechuang.web.laboratory.domain.results import result_of
from kechuang.web.laboratory.enums import State
from kechuang.web.policy.domain.queries import current_release

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Choose a measure or draft a new one; trials made before."""
    found = queries.trials_for_user(request.user)[:50]
    release = current_release()
    stated = [m for m in release.pack.measures if m.amount_is == "stated"]
    return render(
        request,
        "laboratory/home.html",
        {"trials": found, "stated": stated, "may_try": access.has_role(request.user, *access.TRY), "release": release},
    )


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """The form of a draft; a good one becomes a trial."""
    access.need_try(request.user)
    form = forms.form_of(request)
    if request.method == "POST":
        try:
            made = trials.start(request.user, form.measure_id, form.title, form.data, form.on)
        except trials.DraftError as error:
            form.faults = error.faults
        else:
            return redirect("laboratory:trial", made.public_id)
    return render(request, "laboratory/draft.html", {"form": form}, status=422 if form.faults else 200)


@require_GET
def trial(request: HttpRequest, public_id: str) -> HttpResponse:
    """The result, or how far it is. While it runs, the page asks again every two seconds."""
    found = queries.trial_for_user(request.user, public_id)
    context = {"trial": found, "own": found.author_id == request.user.pk, "demo_data": found.realm == "demo"}
    if found.state == State.DONE:
        context["r"] = result_of(found, access.may_see_names(request.user, found))
        return render(request, "laboratory/result.html", context)
    response = render(request, "laboratory/waiting.html", context)
    if found.state in (State.WAITING, State.RUNNING):
        response["Refresh"] = "2"
    return response


@require_POST
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Stop a trial."""
    trials.cancel(request.user, queries.trial_for_user(request.user, public_id))
    return redirect("laboratory:trial", public_id)


@require_POST
def share(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open a trial to everybody who has its address, or close it."""
    found = queries.trial_for_user(request.user, public_id)
    trials.share(request.user, found, request.POST.get("shared") == "yes")
    return redirect("laboratory:trial", public_id)


@require_POST
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a trial."""
    trials.delete(request.user, queries.trial_for_user(request.user, public_id))
    return redirect("laboratory:home")


def _done(request: HttpRequest, public_id: str) -> trials.Trial:
    found = queries.trial_for_user(request.user, public_id)
    if found.state != State.DONE:
        raise UserError("还没有结果。", "There is no result yet.", code="not_done", status=404)
    return found


@require_GET
def note(request: HttpRequest, public_id: str) -> HttpResponse:
    """The note for the file, every number with its query."""
    from kechuang.web.laboratory.domain.note import note_of

    found = _done(request, public_id)
    content = note_of(found, result_of(found, access.may_see_names(request.user, found)))
    response = HttpResponse(content, content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="{public_id}.docx"'
    return response


@require_GET
def rows(request: HttpRequest, public_id: str) -> FileResponse:
    """The table that the queries read, one line per subject; for those who may see single firms."""
    found = _done(request, public_id)
    access.need_names(request.user, found)
    return FileResponse(
        export.rows_file(found), as_attachment=True, filename=f"{public_id}.csv", content_type="text/csv"
    )


@require_GET
def figure(request: HttpRequest, public_id: str, figure: str) -> HttpResponse:
    """One figure as CSV."""
    found = _done(request, public_id)
    return export.figure_csv(found, result_of(found, access.may_see_names(request.user, found)), figure)
