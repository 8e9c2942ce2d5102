"""Changing where items begin and end: split, merge, add."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from kechuang import reading
from kechuang.citypack.drafting import items_of
from kechuang.citypack.draftstatements import STATEMENT_WORDS
from kechuang.web.core.errors import UserError
from kechuang.web.library import access
from kechuang.web.library.domain import reader, review, rules
from kechuang.web.library.domain.words import words_of
from kechuang.web.library.enums import ItemKind, ItemStatus
from kechuang.web.library.models import DraftItem, SourceDocument


def cuts(item: DraftItem) -> list[tuple[int, str, str]]:
    """Where an item may be split: ``(position, what comes before, what comes after)`` at each comma or stop."""
    found = []
    for match in re.finditer(r"[，,；;。、]", item.quote):
        left, right = item.quote[: match.end()], item.quote[match.end() :]
        if len(left.strip()) >= 2 and len(right.strip()) >= 2:
            found.append((item.start + match.end(), left[-24:], right[:24]))
    return found


def read_stretch(text: str, kind: str) -> dict[str, Any]:
    """The fields reading finds in a stretch alone: those of the first item of that kind; empty when there is none."""
    fields = next((dict(one.fields) for one in items_of(reading.read(text)) if one.kind == kind), {})
    return {key: value for key, value in fields.items() if key not in ("start", "end", "quote", "clause")}


def split(
    item_id: int, document_id: str, at: int, *, actor: Any, version: int | None = None
) -> tuple[DraftItem, DraftItem]:
    """Make two items of one; both wait for confirmation. A half in which reading finds nothing keeps what the whole said."""
    with transaction.atomic():
        item = review.locked(item_id, document_id, version)
        document = item.draft.document
        role = access.require_write(actor, document)
        if not item.start < at < item.end or not document.text[at : item.end].strip():
            raise UserError(
                "拆分的位置不在条目里面。", "The place to split lies outside the item.", field="at", code="bad_split"
            )
        second = DraftItem(draft=item.draft, kind=item.kind, status=ItemStatus.ADDED)
        _place(second, document, at, item.end)
        second.fields = read_stretch(second.quote, item.kind) or dict(item.fields)
        second.words = words_of(second.fields, second.quote)
        second.save()
        before = review.remember(item, partner=second.pk)
        old = item.fields
        _place(item, document, item.start, at)
        item.fields = read_stretch(item.quote, item.kind) or old
        item.words = words_of(item.fields, item.quote)
        item.status = ItemStatus.EDITED
        review.unsign(item)
        item.save()
        review.log(item, actor, role, "split", before)
        review.log(second, actor, role, "add", None)
    return item, second


def merge(item_id: int, document_id: str, *, actor: Any, version: int | None = None) -> DraftItem:
    """Join an item with the next one of its kind; the first keeps what its fields say and takes what it lacks."""
    with transaction.atomic():
        item = review.locked(item_id, document_id, version)
        document = item.draft.document
        role = access.require_write(actor, document)
        other = following(item)
        if other is None:
            raise UserError(
                "后面没有同类的条目可以合并。", "There is no later item of this kind to merge with.", code="nothing"
            )
        before, before_other = review.remember(item, partner=other.pk), review.remember(other, partner=item.pk)
        _place(item, document, item.start, max(item.end, other.end))
        item.fields = {**other.fields, **{k: v for k, v in item.fields.items() if v not in (None, "", [])}}
        item.words = words_of(item.fields, item.quote)
        item.status, other.status = ItemStatus.EDITED, ItemStatus.REJECTED
        for one in (item, other):
            review.unsign(one)
            one.save()
        review.log(item, actor, role, "merge", before)
        review.log(other, actor, role, "merged", before_other)
    return item


def following(item: DraftItem) -> DraftItem | None:
    """The next live item of the same kind."""
    later = item.draft.items.select_for_update().filter(kind=item.kind, start__gte=item.start)
    later = later.exclude(pk=item.pk).exclude(status=ItemStatus.REJECTED).order_by("start", "end")
    return later.first()


def add(
    document: SourceDocument,
    kind: str,
    *,
    actor: Any,
    start: int | None = None,
    end: int | None = None,
    quote: str = "",
    statement: str = "",
) -> DraftItem:
    """Add an item for a stretch given by its positions, or by its words where they stand once in the text.

    With ``statement`` (background, basis …) the person says why the sentence becomes no record: that is their decision
    already, so the item is confirmed by them.
    """
    role = access.require_write(actor, document)
    if kind not in ItemKind.values:
        raise UserError("请选条目的种类。", "Choose the kind of item.", field="kind", code="bad_kind")
    if start is None or end is None:
        start, end = locate(document.text, quote)
    if not 0 <= start < end <= len(document.text) or not document.text[start:end].strip():
        raise UserError(
            "选中的文字不在文件里。", "The selected words are not in the document.", field="quote", code="bad_place"
        )
    with transaction.atomic():
        item = DraftItem(draft=document.draft, kind=kind, status=ItemStatus.ADDED)
        _place(item, document, start, end)
        item.fields = read_stretch(item.quote, kind) or _first_fields(kind, item.quote)
        if kind == ItemKind.STATEMENT and statement in STATEMENT_WORDS:
            zh, en = STATEMENT_WORDS[statement]
            item.fields = {"kind": statement, "reason": {"zh": zh, "en": en}}
            item.status, item.confirmed_by, item.confirmed_at = ItemStatus.CONFIRMED, actor, timezone.now()
        item.words = words_of(item.fields, item.quote)
        rules.refuse_faulty(item)
        item.save()
        review.log(item, actor, role, "add", None)
    return item


def _first_fields(kind: str, quote: str) -> dict[str, Any]:
    """What an item says before a person has filled it in."""
    if kind == ItemKind.MEASURE:
        return {"kind": "other"}
    if kind == ItemKind.REFERENCE:
        return {"title": "".join(quote.split()).strip("《》"), "number": None}
    if kind == ItemKind.STATEMENT:
        zh, en = STATEMENT_WORDS["background"]
        return {"kind": "background", "reason": {"zh": zh, "en": en}}
    return {}


def locate(text: str, quote: str) -> tuple[int, int]:
    """Where words stand in a text; white space does not count. Raises ``UserError`` when not exactly once."""
    wanted = "".join(quote.split())
    if len(wanted) < 4:
        raise UserError(
            "请贴至少四个字的原文。", "Paste at least four characters of the text.", field="quote", code="too_short"
        )
    places = [i for i, char in enumerate(text) if not char.isspace()]
    squeezed = "".join(text[i] for i in places)
    at = squeezed.find(wanted)
    if at < 0:
        raise UserError("文件里没有这段话，请照原文贴。", "The document has no such words; paste them as they stand.",
                        field="quote", code="not_found")  # fmt: skip
    if squeezed.find(wanted, at + 1) >= 0:
        raise UserError("这段话在文件里不止一处，请多贴几个字。", "These words stand more than once; paste some more.",
                        field="quote", code="twice")  # fmt: skip
    return places[at], places[at + len(wanted) - 1] + 1


def _place(item: DraftItem, document: SourceDocument, start: int, end: int) -> None:
    """Set where an item stands, without white space at its ends."""
    while start < end and document.text[start].isspace():
        start += 1
    while end > start and document.text[end - 1].isspace():
        end -= 1
    item.start, item.end, item.quote = start, end, document.text[start:end]
    item.clause = reader.clause_at(reader.read_document(document), start)
