"""Adding documents: each file on its own, good ones are kept whatever happens to the others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.dateparse import parse_date

from kechuang import reading
from kechuang.citypack.drafting import items_of
from kechuang.reading.model import Reading
from kechuang.reading.sentences import fingerprint
from kechuang.web.audit.domain.record import record
from kechuang.web.core import files
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.library import access
from kechuang.web.library.domain import editions, reader
from kechuang.web.library.domain.words import words_of
from kechuang.web.library.enums import DocumentKind, Visibility
from kechuang.web.library.models import Draft, DraftItem, SourceDocument

MAX_CHARACTERS = 1_500_000
MAX_FILES = 50

_KINDS = (
    (DocumentKind.CALL, re.compile(r"申报|指南|征集")),
    (DocumentKind.REGULATION, re.compile(r"条例|规定$")),
    (DocumentKind.RULES, re.compile(r"办法|细则|规则")),
    (DocumentKind.PLAN, re.compile(r"规划|计划|纲要|行动方案|工作方案")),
    (DocumentKind.OPINION, re.compile(r"意见")),
    (DocumentKind.MEASURES, re.compile(r"措施|政策|若干|奖励|补贴|扶持|支持")),
)
_PLACE = re.compile(r"([\u4e00-\u9fff]{2,7}?(?:自治州|新区|地区|盟|市|县|区|省))")


@dataclass(frozen=True)
class Result:
    """What became of one file: a document, or an error."""

    name: str
    document: SourceDocument | None = None
    error: UserError | None = None


@dataclass(frozen=True)
class Choices:
    """What the person said about the files; empty: taken from the text, the realm from the person."""

    kind: str = ""
    city: str = ""
    visibility: str = Visibility.STAFF
    realm: str = ""


def kind_of(title: str) -> DocumentKind:
    """The kind a title speaks of."""
    return next((kind for kind, pattern in _KINDS if pattern.search(title)), DocumentKind.OTHER)


def city_of(found: Reading) -> str:
    """The place in the issuer's name, else in the title."""
    for text in (found.issuer, found.title):
        match = _PLACE.search(re.sub(r"^(?:中共|关于)", "", text or ""))
        if match:
            return match.group(1)
    return ""


def add_files(uploads: Iterable[UploadedFile], choices: Choices, *, actor: Any) -> list[Result]:
    """Add each file; the result says for each what became of it. Raises ``UserError`` for too many or none."""
    role = access.require_write(actor)
    listed = list(uploads)
    if not listed:
        raise UserError("请选一个或几个文件，或把全文贴进来。", "Choose one or more files, or paste the text.", field="files",
                        code="empty")  # fmt: skip
    if len(listed) > MAX_FILES:
        raise UserError(f"一次最多 {MAX_FILES} 个文件，请分几次传。", f"At most {MAX_FILES} files at a time; split them.",
                        field="files", code="too_many")  # fmt: skip
    results = []
    for upload in listed:
        name = files.clean_name(upload.name or "")
        try:
            results.append(Result(name, _add_file(upload, name, choices, actor, role)))
        except UserError as error:
            results.append(Result(name, error=error))
    return results


def _add_file(upload: UploadedFile, name: str, choices: Choices, actor: Any, role: str) -> SourceDocument:
    data = b"".join(upload.chunks())
    try:
        text = reading.load(data, name=name)
    except reading.ReadingError as error:
        raise UserError(error.zh, error.en, field="files", code="unreadable") from error
    return add_document(text, name, choices, actor=actor, role=role, data=data)


def add_document(
    text: str,
    name: str,
    choices: Choices,
    *,
    actor: Any,
    role: str,
    data: bytes | None = None,
    amends: SourceDocument | None = None,
) -> SourceDocument:
    """Keep a document, read it and open its draft; with ``amends`` as a new edition that takes over what stayed.

    Raises ``UserError``: empty, too long, the same text is there already, or the edition before has a successor.
    """
    if not text.strip():
        raise UserError(f"“{name}”里没有文字。", f"“{name}” holds no text.", field="files", code="empty")
    if len(text) > MAX_CHARACTERS:
        raise UserError(
            f"“{name}”有 {len(text):,} 字，最多 {MAX_CHARACTERS:,} 字。",
            f"“{name}” has {len(text):,} characters; at most {MAX_CHARACTERS:,}.",
            field="files", code="too_long", status=413,
        )  # fmt: skip
    sha = fingerprint(text)
    _refuse_double(sha, actor, name)
    found = reader.read_text(text)
    realm = choices.realm or getattr(actor, "realm", Realm.REAL)
    title = (found.title or re.sub(r"\.\w{2,5}$", "", name))[:300]
    issued = parse_date(found.issued) if found.issued else None
    with transaction.atomic():
        if amends is not None and SourceDocument.objects.filter(amends=amends).exists():
            raise UserError("这一版已经有更新的一版了，请从最新一版传。",
                            "This edition has a newer one already; start from the newest.", field="files", code="amended",
                            status=409)  # fmt: skip
        stored = files.store(
            data if data is not None else text.encode("utf-8", "surrogatepass"), rule=access.FILE_RULE, name=name,
            created_by=actor, realm=realm, content_type="" if data is not None else "text/plain; charset=utf-8",
        )  # fmt: skip
        document = SourceDocument.objects.create(
            file=stored, text=text, sha256=sha, number=(found.number or "")[:100], title=title,
            issuer=(found.issuer or "")[:200], issued=_sane(issued), city=(choices.city or city_of(found))[:60],
            kind=choices.kind if choices.kind in DocumentKind.values else kind_of(title),
            visibility=choices.visibility if choices.visibility in Visibility.values else Visibility.STAFF,
            amends=amends, edition=1 if amends is None else amends.edition + 1, clauses=len(found.clauses),
            targets=len(found.targets), incentives=len(found.incentives), tasks=len(found.tasks), realm=realm,
            created_by=actor,
        )  # fmt: skip
        draft = Draft.objects.create(document=document, reading=found.to_dict(why=True))
        made = [
            DraftItem(draft=draft, kind=one.kind, start=one.start, end=one.end, clause=one.clause,
                      quote=text[one.start : one.end], fields=_plain(one.fields),
                      words=words_of(one.fields, text[one.start : one.end]))
            for one in items_of(found)
        ]  # fmt: skip
        if amends is not None:
            made = editions.carried(amends, document, made)
        DraftItem.objects.bulk_create(made, batch_size=200)
        record(actor=actor, role=role, action="library.add" if amends is None else "library.amend",
               object_kind="library_document", object_id=document.public_id,
               before=None if amends is None else {"document": amends.public_id, "sha256": amends.sha256},
               after={"sha256": sha, "title": title, "items": len(made), "visibility": document.visibility})  # fmt: skip
    return document


def _plain(fields: Any) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in ("start", "end", "quote", "clause")}


def _sane(day: dt.date | None) -> dt.date | None:
    return day if day is not None and 1900 <= day.year <= 2200 else None


def _refuse_double(sha: str, actor: Any, name: str) -> None:
    """The same text twice would be reviewed twice; documents the person may not read are not given away."""
    known = SourceDocument.objects.filter(access.readable(actor), sha256=sha).first()
    if known is not None:
        raise UserError(
            f"“{name}”和库里的《{known.title}》一字不差，没有再存。",
            f"“{name}” is word for word the document “{known.title}” of the library; it was not kept again.",
            field="files", code="duplicate", status=409,
        )  # fmt: skip


def show_to(document: SourceDocument, visibility: str, *, actor: Any) -> None:
    """Set who may read a document."""
    role = access.require_write(actor, document)
    if visibility not in Visibility.values:
        raise UserError("没有这种公开范围。", "There is no such visibility.", field="visibility")
    with transaction.atomic():
        before = document.visibility
        document.visibility = visibility
        document.save(update_fields=["visibility"])
        record(actor=actor, role=role, action="library.show", object_kind="library_document",
               object_id=document.public_id, before={"visibility": before}, after={"visibility": visibility})  # fmt: skip
