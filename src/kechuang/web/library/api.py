"""REST API of the policy library: hand in a text, see what was read, decide, export.

Reading needs no log-in for public documents; everything else follows the same rules as the pages. Writes need the
session of an officer, with the CSRF token.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from ninja.security import django_auth

from kechuang.web.core.paging import cut
from kechuang.web.library.domain import (
    amend,
    browsing,
    cards,
    exporting,
    queries,
    reader,
    reshape,
    review,
    rules,
    trying,
    upload,
)
from kechuang.web.library.enums import ItemKind
from kechuang.web.library.models import DraftItem, SourceDocument

router = Router(tags=["library"])


class TextIn(Schema):
    """A document handed in as text."""

    text: str
    kind: str = ""
    city: str = ""
    visibility: str = "staff"


class VersionIn(Schema):
    """The version an item was seen in; left out: whatever it is now."""

    version: int | None = None


class FieldsIn(VersionIn):
    """New fields of an item, in the form of the reading contract."""

    fields: dict[str, Any]


class FactsIn(Schema):
    """Facts written as on a form, and the day the rule is asked for; left out: its first day."""

    facts: dict[str, str] = {}
    on: dt.date | None = None


class EditionIn(Schema):
    """The text of an amended edition."""

    text: str


class VisibilityIn(Schema):
    """Who may read a document: private, staff or public."""

    visibility: str


class SplitIn(VersionIn):
    """Where to split an item: a position of the text inside it."""

    at: int


class PlaceIn(Schema):
    """Where a new item stands: positions in the text, or words that stand there once.

    ``statement`` (background, basis, principle, purpose, vision, formality) goes with the kind statement.
    """

    kind: str
    start: int | None = None
    end: int | None = None
    quote: str = ""
    statement: str = ""


def _document(row: SourceDocument) -> dict[str, Any]:
    return {
        "id": row.public_id, "number": row.number or None, "title": row.title, "issuer": row.issuer or None,
        "issued": row.issued.isoformat() if row.issued else None, "city": row.city or None, "kind": row.kind,
        "edition": row.edition, "visibility": row.visibility, "realm": row.realm, "clauses": row.clauses,
        "targets": row.targets, "incentives": row.incentives, "tasks": row.tasks,
    }  # fmt: skip


def _item(item: DraftItem) -> dict[str, Any]:
    body = {
        "id": item.pk, "kind": item.kind, "start": item.start, "end": item.end, "clause": item.clause, "quote": item.quote,
        "fields": item.fields, "status": item.status, "settled": item.settled, "version": item.version,
        "confirmed_by": str(item.confirmed_by) if item.confirmed_by else None,
        "confirmed_at": item.confirmed_at.isoformat() if item.confirmed_at else None,
        "second_by": str(item.second_by) if item.second_by else None,
        "second_at": item.second_at.isoformat() if item.second_at else None,
    }  # fmt: skip
    if item.kind == ItemKind.MEASURE:
        made = rules.proposal(item)
        body["rule"] = {
            "amount": made.amount,
            "amount_is": made.amount_is,
            "tests": list(made.tests),
            "words": made.words,
        }
    return body


@router.get("/library/documents", summary="政策库文件 / documents of the library")
def documents(
    request: HttpRequest, q: str = "", kind: str = "", city: str = "", issuer: str = "", year: str = "",
    money: bool = False, targets: bool = False,
    limit: int = Query(50, ge=1, le=200), offset: int = Query(0, ge=0, le=queries.MOST_HITS), after: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Documents the caller may read, newest first; with ``q`` the 200 whose text answers it best.

    The list goes on with ``after`` = ``next`` of the answer before, until ``next`` is null; hits of a search with ``offset``.
    """
    wanted = {"kind": kind, "city": city, "issuer": issuer, "year": year}
    wanted |= {"money": "1" if money else "", "targets": "1" if targets else ""}
    if q:
        hits = [found.document for found in queries.search_for_user(request.user, q[:100], **wanted)]
        return {"total": len(hits), "items": [_document(row) for row in hits[offset : offset + limit]], "next": None}
    rows = queries.documents_for_user(request.user, **wanted)
    page = cut(rows, queries.ORDER, after, limit)
    return {"total": rows.count(), "items": [_document(row) for row in page.rows], "next": page.next or None}


@router.post("/library/documents", auth=django_auth, response={201: dict}, summary="交一份文件 / hand in a document")
def add_document(request: HttpRequest, body: TextIn) -> Status[dict[str, Any]]:
    """Keep a text, read it, and open its draft for review."""
    choices = upload.Choices(kind=body.kind, city=body.city, visibility=body.visibility)
    made = amend.pasted(body.text, choices, actor=request.user).document
    assert made is not None
    return Status(201, _document(made))


@router.post("/library/files", auth=django_auth, summary="交文件 / hand in files")
def add_files(
    request: HttpRequest, files: File[list[UploadedFile]], kind: Form[str] = "", city: Form[str] = "",
    visibility: Form[str] = "staff",
) -> dict[str, Any]:  # fmt: skip
    """Files as on the upload page (.txt, .html, .docx, .pdf with text), each with its own result."""
    choices = upload.Choices(kind=kind, city=city, visibility=visibility)
    return {
        "results": [
            {
                "name": made.name,
                "document": _document(made.document) if made.document else None,
                "error": None if made.error is None else {"zh": made.error.zh, "en": made.error.en},
            }
            for made in upload.add_files(files, choices, actor=request.user)
        ]
    }


@router.post(
    "/library/documents/{public_id}/editions",
    auth=django_auth,
    response={201: dict},
    summary="交新版 / hand in an edition",
)
def add_edition(request: HttpRequest, public_id: str, body: EditionIn) -> Status[dict[str, Any]]:
    """Keep an amended edition; what stayed keeps its decisions, what changed waits for confirmation again."""
    before = queries.document_for_user(request.user, public_id)
    return Status(201, _document(amend.edition_of(before, "pasted.txt", body.text, actor=request.user)))


@router.put("/library/documents/{public_id}/visibility", auth=django_auth, summary="谁能看 / who may read")
def set_visibility(request: HttpRequest, public_id: str, body: VisibilityIn) -> dict[str, Any]:
    """Set who may read a document."""
    document = queries.document_for_user(request.user, public_id)
    upload.show_to(document, body.visibility, actor=request.user)
    return _document(document)


@router.get("/library/documents/{public_id}/unread", summary="没有归类的句子 / sentences that became nothing")
def unread(
    request: HttpRequest, public_id: str, figures: bool = False, limit: int = Query(200, ge=1, le=1000),
    offset: int = Query(0, ge=0),
) -> dict[str, Any]:  # fmt: skip
    """Sentences that no item accounts for; with ``figures`` those with an amount or percentage that no rule took up."""
    document = queries.document_for_user(request.user, public_id)
    rows = browsing.unread_of(reader.read_document(document), queries.items_of(document), figures)
    return {
        "total": len(rows),
        "items": [
            {"clause": one.clause, "paragraph": one.paragraph, "n": one.n, "start": one.start, "end": one.end,
             "text": one.text, "figures": one.figures}
            for one in rows[offset : offset + limit]
        ],
    }  # fmt: skip


@router.get("/library/documents/{public_id}/reading", summary="读出的结构 / what was read")
def reading(request: HttpRequest, public_id: str) -> dict[str, Any]:
    """The reading as the machine made it, in the form of ``kechuang read --json --why``."""
    document = queries.document_for_user(request.user, public_id)
    return {**_document(document), "reading": document.draft.reading}


@router.get("/library/documents/{public_id}/items", summary="条目 / items under review")
def items(request: HttpRequest, public_id: str) -> dict[str, Any]:
    """All items with their state, who confirmed them, and the rule each measure makes."""
    document = queries.document_for_user(request.user, public_id)
    rows = queries.items_of(document)
    done = cards.progress(rows)
    return {
        "document": document.public_id,
        "done": done.done,
        "total": done.total,
        "items": [_item(row) for row in rows],
    }


@router.post(
    "/library/documents/{public_id}/items", auth=django_auth, response={201: dict}, summary="加条目 / add an item"
)
def add_item(request: HttpRequest, public_id: str, body: PlaceIn) -> Status[dict[str, Any]]:
    """Add an item that reading did not find."""
    document = queries.document_for_user(request.user, public_id)
    made = reshape.add(document, body.kind, actor=request.user, start=body.start, end=body.end, quote=body.quote,
                       statement=body.statement)  # fmt: skip
    return Status(201, _item(made))


@router.post("/library/documents/{public_id}/items/{item_id}/confirm", auth=django_auth, summary="确认 / confirm")
def confirm(request: HttpRequest, public_id: str, item_id: int, body: VersionIn) -> dict[str, Any]:
    """Confirm an item; a measure counts when a second, other person has confirmed it too."""
    queries.document_for_user(request.user, public_id)
    return _item(review.confirm(item_id, public_id, actor=request.user, version=body.version))


@router.post("/library/documents/{public_id}/items/{item_id}/reject", auth=django_auth, summary="不是条目 / reject")
def reject(request: HttpRequest, public_id: str, item_id: int, body: VersionIn) -> dict[str, Any]:
    """Say that this is no item."""
    queries.document_for_user(request.user, public_id)
    return _item(review.reject(item_id, public_id, actor=request.user, version=body.version))


@router.post("/library/documents/{public_id}/items/{item_id}/undo", auth=django_auth, summary="撤销 / undo")
def undo(request: HttpRequest, public_id: str, item_id: int, body: VersionIn) -> dict[str, Any]:
    """Take back the last change of an item."""
    queries.document_for_user(request.user, public_id)
    return _item(review.undo(item_id, public_id, actor=request.user, version=body.version))


@router.post("/library/documents/{public_id}/items/{item_id}/split", auth=django_auth, summary="拆分 / split")
def split(request: HttpRequest, public_id: str, item_id: int, body: SplitIn) -> dict[str, Any]:
    """Make two items of one; both wait for confirmation."""
    queries.document_for_user(request.user, public_id)
    made = reshape.split(item_id, public_id, body.at, actor=request.user, version=body.version)
    return {"items": [_item(one) for one in made]}


@router.post("/library/documents/{public_id}/items/{item_id}/merge", auth=django_auth, summary="合并 / merge")
def merge(request: HttpRequest, public_id: str, item_id: int, body: VersionIn) -> dict[str, Any]:
    """Join an item with the next one of its kind."""
    queries.document_for_user(request.user, public_id)
    return _item(reshape.merge(item_id, public_id, actor=request.user, version=body.version))


@router.put("/library/documents/{public_id}/items/{item_id}", auth=django_auth, summary="修改 / edit")
def edit(request: HttpRequest, public_id: str, item_id: int, body: FieldsIn) -> dict[str, Any]:
    """Change the fields of an item; it waits for confirmation again."""
    queries.document_for_user(request.user, public_id)
    return _item(review.edit(item_id, public_id, body.fields, actor=request.user, version=body.version))


@router.post("/library/documents/{public_id}/items/{item_id}/explain", summary="试算 / try a measure")
def explain(request: HttpRequest, public_id: str, item_id: int, body: FactsIn) -> dict[str, Any]:
    """Compute a measure for facts written as on a form; nothing is kept."""
    item = queries.item_for_user(request.user, public_id, item_id)
    trial = trying.trial(item, body.facts, body.on)
    trying.refuse(trial)
    return {"measure": trial.measure.id, "settled": item.settled, "explanation": trial.result}


@router.post("/library/documents/{public_id}/export", auth=django_auth, summary="导出城市包 / export a city pack")
def export(request: HttpRequest, public_id: str, only_settled: bool = False) -> HttpResponse:
    """The pack as a zip of YAML files."""
    document = queries.document_for_user(request.user, public_id)
    name, content = exporting.export_zip(document, actor=request.user, only_settled=only_settled)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@router.get("/library/documents/{public_id}/changes", summary="和上一版比 / against the edition before")
def changes(request: HttpRequest, public_id: str) -> dict[str, Any]:
    """Sentences that are changed, new or gone against the edition before."""
    document = queries.document_for_user(request.user, public_id)
    if document.amends is None:
        return {"document": public_id, "before": None, "changes": []}
    before = queries.document_for_user(request.user, document.amends.public_id)
    rows = [row for row in amend.comparison(before, document) if row.state != "unchanged"]
    return {
        "document": public_id,
        "before": before.public_id,
        "changes": [
            {"state": row.state, "clause": row.clause, "items": [one[0].pk for one in row.items],
             "pieces": [{"kind": piece.kind, "text": piece.text} for piece in row.pieces]}
            for row in rows
        ],
    }  # fmt: skip


@router.get("/library/compare", summary="比较 / the same instrument over documents")
def compare(
    request: HttpRequest, q: str, kind: str = "measure", limit: int = Query(100, ge=1, le=500)
) -> dict[str, Any]:
    """Items that hold every word of ``q``, over all documents the caller may read."""
    chosen = kind if kind in (ItemKind.MEASURE, ItemKind.TARGET) else ItemKind.MEASURE.value
    rows = queries.compare_for_user(request.user, q[:100], chosen)[:limit] if q.strip() else []
    return {"items": [{"document": _document(row.draft.document), **_item(row)} for row in rows]}
