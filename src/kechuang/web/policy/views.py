"""Pages of the policy app. Content is public; attaching a text needs an officer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kechuang.web.core.errors import UserError
from kechuang.web.policy import access
from kechuang.web.policy.domain import days, pages, queries
from kechuang.web.policy.domain.attach import attach
from kechuang.web.policy.domain.upload import text_of_upload


@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """All documents of the pack in force."""
    release = queries.current_release()
    return render(request, "policy/documents.html", {"release": release, "rows": pages.document_rows(release)})


@require_GET
def document(request: HttpRequest, document_id: str) -> HttpResponse:
    """One document: coverage, metadata, clause tree, all measures."""
    release = queries.current_release()
    found = queries.document(release, document_id)
    context = pages.document_page(release, found)
    return render(request, "policy/document.html", {**context, "may_attach": access.may_attach(request.user)})


@require_GET
def clause(request: HttpRequest, document_id: str, clause_id: str) -> HttpResponse:
    """One clause: our summary of each sentence, what it became, the official text when attached."""
    release = queries.current_release()
    found = queries.clause(release, document_id, clause_id)
    context = pages.clause_page(release, queries.document(release, document_id), found)
    return render(request, "policy/clause.html", {**context, "may_attach": access.may_attach(request.user)})


@require_http_methods(["GET", "POST"])
def attach_text(request: HttpRequest, document_id: str) -> HttpResponse:
    """Attach the official text of a document."""
    role = access.require_attach(request.user)
    release = queries.current_release()
    found = queries.document(release, document_id)
    context = {"release": release, "document": found, "partial": bool(request.POST.get("partial"))}
    if request.method == "POST":
        try:
            name, text = text_of_upload(request)
            done = attach(
                text,
                file_name=name,
                document_id=document_id,
                partial=context["partial"],
                actor=request.user,
                role=role,
            )
        except UserError as error:
            return render(request, "policy/attach.html", {**context, "error": error}, status=error.status)
        agreed = len(done.result.of("agrees"))
        messages.success(request, _("已附原文，%(n)s 句与登记的摘要一致。") % {"n": agreed})
        return redirect("policy:document", document_id)
    return render(request, "policy/attach.html", context)


@require_GET
def on_day(request: HttpRequest) -> HttpResponse:
    """What applied on a day."""
    release = queries.current_release()
    error, status = None, 200
    try:
        day = days.parse_day(request.GET.get("on"))
    except UserError as found:
        error, status, day = found, found.status, days.parse_day("")
    context = pages.day_page(release, day)
    return render(
        request,
        "policy/on_day.html",
        {**context, "error": error, "raw": request.GET.get("on") or day.isoformat()},
        status=status,
    )


@require_GET
def releases(request: HttpRequest) -> HttpResponse:
    """All releases of the pack and since when each was in force."""
    release = queries.current_release()
    return render(request, "policy/releases.html", {"release": release, "terms": pages.terms()})


@require_GET
def release(request: HttpRequest, digest: str) -> HttpResponse:
    """One release: when it was in force, what it holds, what it changed."""
    return render(request, "policy/release.html", pages.release_page(digest))
