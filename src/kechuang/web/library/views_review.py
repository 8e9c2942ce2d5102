"""Pages of review: the document beside its items, one item's form, export."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kechuang.web.core.errors import UserError
from kechuang.web.library import access
from kechuang.web.library.domain import amend, browsing, cards, exporting, paper, queries, reader, reshape, review
from kechuang.web.library.domain.band import band
from kechuang.web.library.enums import ItemKind
from kechuang.web.library.forms import FORMS, statement_choices
from kechuang.web.library.models import DraftItem, SourceDocument

VERBS = {"confirm": review.confirm, "reject": review.reject, "undo": review.undo}


def _context(request: HttpRequest, document: SourceDocument) -> dict[str, Any]:
    items, read = queries.items_of(document), reader.read_document(document)
    shelf = browsing.shelf(read, items, request.GET)
    listed = cards.cards(items, reader.labels(read), request.user, shelf.page.object_list)
    rest = browsing.rest(read, items, request.GET)
    return {
        "document": document, "shelf": shelf, "page": shelf.page, "back": shelf.place, "cards": listed, "here": {card.number for card in listed},
        "lines": paper.paint(read, items, shelf.window), "rest": rest,
        "progress": cards.progress(items),
        "may_write": access.may_write(request.user), "statements": statement_choices(),
        "kinds": [(value, label, paper.STYLES[value], shelf.kinds[value]) for value, label in ItemKind.choices],
        **band([document]),
    }  # fmt: skip


@require_GET
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The document on the left, the items on the right; readers see it without buttons."""
    document = queries.document_for_user(request.user, public_id)
    return render(request, "library/review.html", _context(request, document))


@require_POST
def act(request: HttpRequest, public_id: str, item_id: int) -> HttpResponse:
    """Confirm, reject or undo; a script gets the card back, a form goes back to the page."""
    document = queries.document_for_user(request.user, public_id)
    verb = VERBS.get(request.POST.get("verb", ""))
    if verb is None:
        raise Http404
    script = request.headers.get("X-Requested-With") == "kechuang-review"
    try:
        item = verb(item_id, public_id, actor=request.user, version=amend.known_version(request.POST.get("version")))
    except UserError as error:
        if script:
            return JsonResponse({"error": str(error)}, status=error.status)
        messages.error(request, str(error))
        return _back(public_id, item_id, request.POST.get("back", ""))
    return _card(request, document, item) if script else _back(public_id, item.pk, request.POST.get("back", ""))


def _back(public_id: str, item_id: int, place: str = "") -> HttpResponse:
    """Back to the card: on the page it was on (``place``, as ``Shelf.place`` gives it), else wherever it is now."""
    asked = {key: value for key, value in parse_qsl(place[:200]) if key in ("show", "kind", "page")}
    query = urlencode(asked or {"item": item_id})
    return redirect(f"{reverse('library:review', args=[public_id])}?{query}#i{item_id}")


def _card(request: HttpRequest, document: SourceDocument, item: DraftItem) -> HttpResponse:
    items = queries.items_of(document)
    labels = reader.labels(reader.read_document(document))
    shown = [one for one in items if one.pk == item.pk]
    card = cards.cards(items, labels, request.user, shown)[0]
    shared = {"document": document, "may_write": True, "back": request.POST.get("back", "")}
    return JsonResponse({
        "card": render_to_string("library/_card.html", {**shared, "card": card}, request),
        "progress": render_to_string("library/_progress.html", {"progress": cards.progress(items)}, request),
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str, item_id: int) -> HttpResponse:
    """One item's form; splitting and merging stand below it."""
    item = queries.item_for_user(request.user, public_id, item_id)
    document = item.draft.document
    access.require_write(request.user, document)
    maker = FORMS[item.kind]
    form = maker(request.POST or None, initial={**maker.initial_of(item.fields), "version": item.version})
    error = None
    if request.method == "POST" and form.is_valid():
        try:
            review.edit(
                item_id, public_id, form.result(item.fields), actor=request.user, version=form.cleaned_data["version"]
            )
            return _back(public_id, item_id)
        except UserError as found:
            error = found
    context = {"document": document, "item": item, "form": form, "error": error, "title": cards.title_of(item),
               "cuts": reshape.cuts(item), **band([document])}  # fmt: skip
    return render(request, "library/edit.html", context, status=422 if error or form.errors else 200)


@require_POST
def divide(request: HttpRequest, public_id: str, item_id: int) -> HttpResponse:
    """Split an item at a place, or merge it with the next one."""
    queries.document_for_user(request.user, public_id)
    version = amend.known_version(request.POST.get("version"))
    try:
        if request.POST.get("verb") == "merge":
            reshape.merge(item_id, public_id, actor=request.user, version=version)
        else:
            at = request.POST.get("at", "")
            reshape.split(item_id, public_id, int(at) if at.isdigit() else -1, actor=request.user, version=version)
    except UserError as error:
        messages.error(request, str(error))
        return redirect("library:edit", public_id, item_id)
    return _back(public_id, item_id)


@require_POST
def add(request: HttpRequest, public_id: str) -> HttpResponse:
    """Add an item for the words selected or pasted."""
    document = queries.document_for_user(request.user, public_id)
    start, end = request.POST.get("start", ""), request.POST.get("end", "")
    placed = start.isdigit() and end.isdigit()
    try:
        item = reshape.add(
            document, request.POST.get("kind", ""), actor=request.user, quote=request.POST.get("quote", ""),
            start=int(start) if placed else None, end=int(end) if placed else None,
            statement=request.POST.get("statement", ""),
        )  # fmt: skip
    except UserError as error:
        context = {**_context(request, document), "error": error, "quote": request.POST.get("quote", "")}
        return render(request, "library/review.html", context, status=error.status)
    if item.settled:
        messages.success(request, _("已记下为什么不是条目。"))
        return redirect(reverse("library:review", args=[public_id]) + "#rest")
    messages.success(request, _("已加一条，请核对后确认。"))
    return _back(public_id, item.pk)


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, public_id: str) -> HttpResponse:
    """What an export would hold and change; POST downloads it."""
    document = queries.document_for_user(request.user, public_id)
    access.require_write(request.user, document)
    only = (request.POST if request.method == "POST" else request.GET).get("only") == "settled"
    if request.method == "POST":
        name, content = exporting.export_zip(document, actor=request.user, only_settled=only)
        response = HttpResponse(content, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    context = {"document": document, "preview": exporting.preview(document, only), "only": only,
               **band([document])}  # fmt: skip
    return render(request, "library/export.html", context)
