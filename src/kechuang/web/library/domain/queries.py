"""Questions to the library; each answers only with what the person may read."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, DateField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from kechuang import retrieval
from kechuang.web.core.errors import UserError
from kechuang.web.library import access
from kechuang.web.library.enums import OPEN, ItemKind, ItemStatus
from kechuang.web.library.models import DraftItem, SourceDocument

#: A search gives the best of them; a list this long is asked for more words.
MOST_HITS = 200


@dataclass(frozen=True)
class Found:
    """A document of the list, with the passage that the search found.

    ``items``: how many were read out of it; ``left``: how many of them wait for a person (both by :func:`counted`).
    """

    document: SourceDocument
    excerpt: tuple[Any, ...] = ()
    items: int = 0
    left: int = 0


#: Newest first; those without a date of issue last.
ORDER = ("-day", "-id")
UNDATED = dt.date(1, 1, 1)


def documents_for_user(user: Any, **wanted: str) -> QuerySet[SourceDocument]:
    """Documents the person may read, newest edition of each, filtered.

    ``kind``, ``issuer``, ``city``, ``year`` (of issue) compare; ``money=1`` and ``targets=1`` ask that some were read.
    """
    rows = SourceDocument.objects.filter(access.readable(user), amended_by__isnull=True).defer("text")
    for name in ("kind", "issuer", "city"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    if wanted.get("year", "").isdigit():
        rows = rows.filter(issued__year=int(wanted["year"]))
    if wanted.get("money"):
        rows = rows.filter(incentives__gt=0)
    if wanted.get("targets"):
        rows = rows.filter(targets__gt=0)
    return rows.annotate(day=Coalesce("issued", Value(UNDATED), output_field=DateField())).order_by(*ORDER)


def counted(found: Sequence[Found]) -> list[Found]:
    """The same documents with their ``items`` and ``left``, in one query."""
    open_, measure = Q(status__in=OPEN), Q(kind=ItemKind.MEASURE)
    second = measure & Q(status=ItemStatus.CONFIRMED, second_by__isnull=True)
    rows = DraftItem.objects.filter(draft__document__in=[one.document.pk for one in found]).order_by()
    sums = rows.values("draft__document").annotate(
        items=Count("pk", filter=~Q(status=ItemStatus.REJECTED)), left=Count("pk", filter=open_ | second)
    )
    counts = {row.pop("draft__document"): row for row in sums}
    return [replace(one, **counts.get(one.document.pk, {})) for one in found]


def document_for_user(user: Any, public_id: str) -> SourceDocument:
    """One document. Raises ``UserError`` (404) when there is none that the person may read."""
    found = (
        SourceDocument.objects.select_related("draft", "amends", "created_by", "file")
        .filter(public_id=public_id)
        .first()
    )
    if found is None or not access.may_read(user, found):
        raise UserError("没有这份文件，或者它没有对您公开。", "There is no such document, or it is not open to you.",
                        code="not_found", status=404)  # fmt: skip
    return found


def items_of(document: SourceDocument) -> list[DraftItem]:
    """All items of a document, in the order of the text."""
    return list(document.draft.items.select_related("confirmed_by", "second_by"))


def item_for_user(user: Any, public_id: str, item_id: int) -> DraftItem:
    """One item of a document the person may read."""
    document = document_for_user(user, public_id)
    found = document.draft.items.filter(pk=item_id).first()
    if found is None:
        raise UserError("没有这个条目。", "There is no such item.", code="not_found", status=404)
    found.draft = document.draft
    found.draft.document = document
    return found


def choices_for_user(user: Any) -> dict[str, list[str]]:
    """What the filters of the list offer: issuers, cities and years of the documents the person may read."""
    rows = SourceDocument.objects.filter(access.readable(user), amended_by__isnull=True)
    listed = list(rows.values_list("issuer", "city", "issued").order_by())
    return {
        "issuers": sorted({issuer for issuer, _, _ in listed if issuer}),
        "cities": sorted({city for _, city, _ in listed if city}),
        "years": sorted({str(issued.year) for _, _, issued in listed if issued}, reverse=True),
    }


def search_for_user(user: Any, query: str, **wanted: str) -> list[Found]:
    """Documents whose text answers a query, best first, each with its passage."""
    documents = documents_for_user(user, **wanted)
    if not documents.exists():
        return []
    index = _index(user)
    results = index.search(query, (), limit=MOST_HITS)
    rows = {row.public_id: row for row in documents.filter(public_id__in=[hit.id for hit in results.hits])}
    found = []
    for hit in results.hits:
        row = rows.get(hit.id)
        if row is not None:
            body = hit.texts["zh"][1]
            found.append(Found(row, tuple(retrieval.excerpt(body, results.asked, 120))))
    return found


def _index(user: Any) -> retrieval.Index:
    """The index of what the person may read, made when the set of documents has changed.

    Each set of documents has an index of its own, so that scores and counts say nothing about hidden documents.
    """
    rows = SourceDocument.objects.filter(access.readable(user), amended_by__isnull=True).order_by("pk")
    stamp = "\n".join(f"{pk}:{sha}" for pk, sha in rows.values_list("pk", "sha256"))
    name = hashlib.sha256(stamp.encode()).hexdigest()[:24]
    entries = (
        retrieval.Entry(
            row.public_id, row.kind, {"zh": (f"{row.title} {row.number}", row.text)}, extra=f"{row.issuer} {row.city}"
        )
        for row in rows.iterator(chunk_size=20)
    )
    return retrieval.build(Path(settings.INDEX_DIR) / "library", name, entries, keep=12)


def editions(user: Any, document: SourceDocument) -> list[SourceDocument]:
    """All editions of a document that the person may read, the newest first."""
    first = document
    while first.amends is not None:
        first = first.amends
    chain: list[SourceDocument] = []
    row: SourceDocument | None = first
    while row is not None:
        if access.may_read(user, row):
            chain.append(row)
        row = SourceDocument.objects.filter(amends=row).select_related("amends").first()
    return chain[::-1]


def compare_for_user(user: Any, query: str, kind: str, **wanted: str) -> QuerySet[DraftItem]:
    """Items of one kind, over all documents the person may read, that hold every word of the query."""
    documents = SourceDocument.objects.filter(access.readable(user), amended_by__isnull=True)
    for name in ("city", "issuer"):
        if wanted.get(name):
            documents = documents.filter(**{name: wanted[name]})
    rows = DraftItem.objects.filter(draft__document__in=documents, kind=kind).exclude(status=ItemStatus.REJECTED)
    for word in query.split()[:8]:
        rows = rows.filter(words__icontains=word)
    return rows.select_related("draft__document").defer(
        "draft__document__text", "draft__reading", "draft__exported_pack"
    )


def filters(data: Mapping[str, str], *names: str) -> dict[str, str]:
    """The filters an address gives, bounded."""
    return {name: data.get(name, "").strip()[:100] for name in names}
