"""Attaching an official text to a document: kept only when its sentences have the hashes the pack names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from kechuang.citypack.attaching import AttachResult, Match
from kechuang.citypack.attaching import attach as compare
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import current_release, document
from kechuang.web.policy.models import OfficialText

MAX_NAMED = 8  # differing sentences named in a message; the rest is counted


@dataclass(frozen=True)
class Attachment:
    """The comparison, and the stored record (None when nothing was stored)."""

    result: AttachResult
    record: OfficialText | None


def attach(
    text: str,
    *,
    file_name: str,
    document_id: str | None = None,
    partial: bool = False,
    actor: Any = None,
    role: str = "",
    request_id: str | None = None,
) -> Attachment:
    """Compare ``text`` with a document of the release in force and keep it when every sentence agrees.

    Without ``document_id`` the document with the most agreeing sentences is meant. ``partial`` keeps a text of which
    only some sentences agree; only those are ever shown. Raises ``UserError`` when nothing may be stored.
    """
    in_force = current_release()
    if document_id is None:
        results = [(compare(candidate, text), candidate) for candidate in in_force.pack.documents]
        result, chosen = max(results, key=lambda pair: len(pair[0].of("agrees")))
    else:
        chosen = document(in_force, document_id)
        result = compare(chosen, text)
    agreed = result.of("agrees")
    if not agreed or not (len(agreed) == len(result.matches) or partial):
        raise _difference(result, chosen.number)
    sha256 = hashlib.sha256(text.encode("utf-8")).hexdigest()
    with transaction.atomic():
        stored = OfficialText(
            document_id=chosen.id,
            file_name=Path(file_name).name[:200],
            text=text,
            sha256=sha256,
            matches={f"{match.paragraph}/{match.n}": [match.start, match.end] for match in agreed},
            agreed=len(agreed),
            total=len(result.matches),
            attached_by=actor,
        )
        stored.save()
        record(
            actor=actor,
            role=role,
            action="policy.attach",
            object_kind="document",
            object_id=chosen.id,
            after={"sha256": sha256, "agreed": len(agreed), "total": len(result.matches)},
            request_id=request_id,
        )
    return Attachment(result, stored)


def _cite(match: Match) -> tuple[str, str]:
    """The sentence as cited, in both languages."""
    part = match.paragraph.rsplit(".", 1)[-1]
    return f"{match.label}第 {part} 段第 {match.n} 句", f"{match.label} paragraph {part} sentence {match.n}"


def _difference(result: AttachResult, number: str) -> UserError:
    """Which sentences differ, in words."""
    agreed = len(result.of("agrees"))
    if not agreed:
        return UserError(
            f"没有存：这份文本没有一句同 {number} 登记的摘要一致，可能是另一份文件。",
            f"Nothing stored: no sentence of this text agrees with {number}; it may be another document.",
            field="file",
            code="differs",
        )
    other = [match for match in result.matches if match.outcome != "agrees"]
    named = [_cite(match) for match in other[:MAX_NAMED]]
    zh, en = "、".join(zh for zh, _ in named), ", ".join(en for _, en in named)
    if len(other) > MAX_NAMED:
        zh, en = f"{zh} 等 {len(other)} 句", f"{en} and {len(other) - MAX_NAMED} more"
    return UserError(
        f"没有存：{len(result.matches)} 句里有 {agreed} 句一致，不一致的是 {zh}。请核对文本，或选择只存一致的句子。",
        f"Nothing stored: {agreed} of {len(result.matches)} sentences agree; these do not: {en}. "
        "Check the text, or choose to keep only the sentences that agree.",
        field="file",
        code="differs",
    )
