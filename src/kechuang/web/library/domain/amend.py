"""What comes in with a request: files, pasted text, a new edition; and the comparison of two editions for a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.http import HttpRequest

from kechuang.reading.model import Sentence
from kechuang.web.core.errors import UserError
from kechuang.web.library import access
from kechuang.web.library.domain import cards, editions, queries, reader, upload
from kechuang.web.library.enums import ItemStatus
from kechuang.web.library.models import DraftItem, SourceDocument
from kechuang.web.policy.domain.upload import text_of_upload

#: A number is compared as a whole, everything else character by character: 20 became 30, not 2 became 3.
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z]+|.", re.S)


def received(request: HttpRequest) -> list[upload.Result]:
    """Add what a form handed in: files, else the pasted text."""
    choices = upload.Choices(kind=request.POST.get("kind", ""), city=request.POST.get("city", "").strip(),
                             visibility=request.POST.get("visibility", ""))  # fmt: skip
    listed = request.FILES.getlist("files")
    if listed or not request.POST.get("text", "").strip():
        return upload.add_files(listed, choices, actor=request.user)
    return [pasted(request.POST["text"], choices, actor=request.user)]


def pasted(text: str, choices: upload.Choices, *, actor: Any) -> upload.Result:
    """Add a pasted text. Raises ``UserError`` where it cannot be kept."""
    role = access.require_write(actor)
    clean = text.replace("\r\n", "\n").strip()
    return upload.Result("pasted.txt", upload.add_document(clean, "pasted.txt", choices, actor=actor, role=role))


def new_edition(before: SourceDocument, request: HttpRequest) -> SourceDocument:
    """Add a changed edition of a document, with the same visibility and kind. Raises ``UserError`` where it cannot be."""
    access.require_write(request.user, before)
    name, text = text_of_upload(request)
    return edition_of(before, name, text, actor=request.user)


def edition_of(before: SourceDocument, name: str, text: str, *, actor: Any) -> SourceDocument:
    """The same for a text at hand."""
    role = access.require_write(actor, before)
    choices = upload.Choices(before.kind, before.city, before.visibility, before.realm)
    return upload.add_document(text.replace("\r\n", "\n"), name, choices, actor=actor, role=role, amends=before)


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence: ``same``, ``out`` (only in the old one) or ``in`` (only in the new one)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Changed:
    """A row of the comparison: the sentence in both editions, what differs, and the items standing in it."""

    state: editions.State
    clause: str
    pieces: tuple[Piece, ...]
    items: tuple[tuple[DraftItem, str, str, str], ...] = field(default=())
    lost: tuple[str, ...] = ()


def comparison(before: SourceDocument, after: SourceDocument) -> list[Changed]:
    """Both editions side by side with the items of the new one, and the confirmed ones that were lost with a sentence."""
    old, new = reader.read_document(before), reader.read_document(after)
    items, olds = queries.items_of(after), queries.items_of(before)
    labels_new, labels_old = reader.labels(new), reader.labels(old)
    of_new = {p.id: p.clause for p in new.paragraphs}
    of_old = {p.id: p.clause for p in old.paragraphs}
    rows = []
    for pair in editions.align(old, new):
        if pair.new is not None:
            clause = labels_new.get(of_new[pair.new.paragraph], "")
        else:
            assert pair.old is not None
            clause = labels_old.get(of_old[pair.old.paragraph], "")
        here = _inside(items, pair.new)
        lost = [cards.title_of(one) for one in _inside(olds, pair.old) if one.status == ItemStatus.CONFIRMED]
        rows.append(
            Changed(pair.state, clause, _pieces(pair), tuple((one, cards.title_of(one), *cards.status_of(one)) for one in here),
                    tuple(lost) if pair.state == "gone" else ())
        )  # fmt: skip
    return rows


def _inside(items: Sequence[DraftItem], sentence: Sentence | None) -> list[DraftItem]:
    return [] if sentence is None else [one for one in items if sentence.start <= one.start < sentence.end]


def _pieces(pair: editions.Pair) -> tuple[Piece, ...]:
    if pair.old is None or pair.new is None:
        only = pair.new or pair.old
        assert only is not None
        kind = {"new": "in", "gone": "out"}.get(pair.state, "same")
        return (Piece(kind, only.text),)
    if pair.state == "unchanged":
        return (Piece("same", pair.new.text),)
    pieces = []
    a, b = _TOKEN.findall(pair.old.text), _TOKEN.findall(pair.new.text)
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(a[a0:a1])))
            continue
        pieces += [Piece("out", "".join(a[a0:a1]))] if a1 > a0 else []
        pieces += [Piece("in", "".join(b[b0:b1]))] if b1 > b0 else []
    return tuple(pieces)


def known_version(text: str | None) -> int | None:
    """The version a form was made from. Raises ``UserError`` for something else than a number."""
    if not text:
        return None
    if not text.isdigit() or len(text) > 9:
        raise UserError("版本号不对，请刷新页面。", "The version is wrong; reload the page.", code="bad_version")
    return int(text)
