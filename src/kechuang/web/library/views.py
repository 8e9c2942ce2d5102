"""Pages of the library: list and search, upload, one document, its editions, comparison, trying a measure."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kechuang.citypack.drafting import unread
from kechuang.web.core.errors import UserError
from kechuang.web.core.paging import count_of, cut
from kechuang.web.library import access
from kechuang.web.library.domain import (
    amend,
    browsing,
    cards,
    comparing,
    editions,
    paper,
    queries,
    reader,
    rules,
    trying,
    upload,
)
from kechuang.web.library.domain.band import band
from kechuang.web.library.enums import DocumentKind, ItemKind, ItemStatus, Visibility

PER_PAGE = 30


@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """The list; every filter and the search are in the address."""
    wanted = queries.filters(request.GET, "q", "kind", "issuer", "city", "year", "money", "targets")
    query = wanted["q"]
    if query:
        hits = queries.search_for_user(request.user, query, **wanted)  # the best few, in the order of their score
        shown = Paginator(hits, PER_PAGE).get_page(request.GET.get("page"))
        rows = list(shown)
        context = {"pages": shown, "total": len(hits), "more": False}
    else:
        found = queries.documents_for_user(request.user, **wanted)
        page = cut(found, queries.ORDER, request.GET.get("after", ""), PER_PAGE)
        total, more = count_of(found, page)
        rows = [queries.Found(row) for row in page.rows]
        context = {"page": page, "total": total, "more": more}
    context |= {
        "rows": queries.counted(rows), "wanted": wanted, "kinds": DocumentKind.choices,
        "may_write": access.may_write(request.user), **queries.choices_for_user(request.user),
        **band(one.document for one in rows),
    }  # fmt: skip
    return render(request, "library/documents.html", context)


@require_http_methods(["GET", "POST"])
def upload_files(request: HttpRequest) -> HttpResponse:
    """Many files at once, or a pasted text; each has its own result."""
    access.require_write(request.user)
    context = {"kinds": DocumentKind.choices, "visibilities": Visibility.choices, "data": request.POST}
    if request.method == "POST":
        try:
            context["results"] = amend.received(request)
        except UserError as error:
            return render(request, "library/upload.html", {**context, "error": error}, status=error.status)
    return render(request, "library/upload.html", context)


@require_GET
def document(request: HttpRequest, public_id: str) -> HttpResponse:
    """One document: its text coloured, what was read, its editions."""
    found = queries.document_for_user(request.user, public_id)
    items, read = queries.items_of(found), reader.read_document(found)
    labels = reader.labels(read)
    live = [item for item in items if item.status != ItemStatus.REJECTED]
    page = Paginator(live, browsing.PER_PAGE).get_page(request.GET.get("page"))
    listed = cards.cards(items, labels, request.user, page.object_list)
    context = {
        "document": found, "lines": paper.paint(read, items, browsing.window(read, page.object_list)), "cards": listed,
        "page": page, "here": {card.number for card in listed},
        "progress": cards.progress(items), "editions": queries.editions(request.user, found), "reading": read,
        "unread": unread(read, [rules.pack_item(item) for item in live])[: browsing.REST_PER_PAGE],
        "may_write": access.may_write(request.user), "visibilities": Visibility.choices,
        **band([found]),
    }  # fmt: skip
    return render(request, "library/document.html", context)


@require_POST
def show_to(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set who may read a document."""
    found = queries.document_for_user(request.user, public_id)
    upload.show_to(found, request.POST.get("visibility", ""), actor=request.user)
    messages.success(request, _("公开范围已改。"))
    return redirect("library:document", public_id)


@require_http_methods(["GET", "POST"])
def new_edition(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand in a changed edition."""
    found = queries.document_for_user(request.user, public_id)
    access.require_write(request.user, found)
    context = {"document": found, "data": request.POST}
    if request.method == "POST":
        try:
            made = amend.new_edition(found, request)
        except UserError as error:
            return render(request, "library/new_edition.html", {**context, "error": error}, status=error.status)
        return redirect("library:changes", made.public_id)
    return render(request, "library/new_edition.html", context)


@require_GET
def changes(request: HttpRequest, public_id: str) -> HttpResponse:
    """An edition beside the one before: unchanged, changed, new, gone."""
    found = queries.document_for_user(request.user, public_id)
    if found.amends is None:
        raise UserError(
            "这是第一版，没有可比的上一版。", "This is the first edition; there is none before it.", status=404
        )
    before = queries.document_for_user(request.user, found.amends.public_id)
    rows = amend.comparison(before, found)
    context = {"document": found, "before": before, "rows": rows, "counts": editions_counts(rows),
               "all": request.GET.get("all") == "1", **band([found])}  # fmt: skip
    return render(request, "library/changes.html", context)


def editions_counts(rows: list[amend.Changed]) -> dict[str, int]:
    """How many sentences are in each state."""
    states: tuple[editions.State, ...] = ("unchanged", "changed", "new", "gone")
    return {state: sum(1 for row in rows if row.state == state) for state in states}


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """The same instrument over all documents, on a page or as CSV."""
    wanted = queries.filters(request.GET, "q", "kind", "city")
    kind = wanted["kind"] if wanted["kind"] in (ItemKind.MEASURE, ItemKind.TARGET) else ItemKind.MEASURE.value
    rows = (
        comparing.table(queries.compare_for_user(request.user, wanted["q"], kind, city=wanted["city"]))
        if wanted["q"]
        else []
    )
    if request.GET.get("format") == "csv":
        response = HttpResponse(comparing.as_csv(rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="compare.csv"'
        return response
    context = {"rows": rows, "wanted": wanted, "kind": kind, "labels": comparing.labels_of(rows),
               **band(row.document for row in rows),
               **queries.choices_for_user(request.user)}  # fmt: skip
    return render(request, "library/compare.html", context)


@require_GET
def try_item(request: HttpRequest, public_id: str, item_id: int) -> HttpResponse:
    """Compute a measure of a document with facts of one's own; nothing is kept."""
    item = queries.item_for_user(request.user, public_id, item_id)
    trial = trying.trial(item, request.GET, parse_date(request.GET.get("on", "")) if request.GET.get("on") else None)
    context = {"document": item.draft.document, "item": item, "trial": trial, "title": cards.title_of(item),
               "on": request.GET.get("on") or trial.measure.effective.from_.isoformat(),
               **band([item.draft.document])}  # fmt: skip
    return render(request, "library/try.html", context, status=422 if trial.errors else 200)
