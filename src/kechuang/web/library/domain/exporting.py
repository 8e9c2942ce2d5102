"""Exporting a reviewed document as a city pack: files in a zip, and what changed since the last export."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from kechuang.citypack import check, digest, from_json, planning, to_json
from kechuang.citypack.coverage import Coverage
from kechuang.citypack.drafting import Draft as PackDraft
from kechuang.citypack.drafting import write
from kechuang.citypack.problems import Lang
from kechuang.web.audit.domain.record import record
from kechuang.web.core.enums import Realm
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.library import access
from kechuang.web.library.domain import queries, rules
from kechuang.web.library.enums import ItemStatus
from kechuang.web.library.models import DraftItem, SourceDocument
from kechuang.web.policy.domain.queries import current_release

NOTE = "演示数据 / generated data: this pack was made from a generated document.\n"


@dataclass(frozen=True)
class Preview:
    """What an export would hold, what is open in it, and what it changes."""

    made: PackDraft
    confirmed: int
    drafts: int
    problems: int
    coverage: Coverage
    change: str | None
    release_change: str | None


def _lang() -> Lang:
    return "en" if is_english() else "zh"


def pack_of(document: SourceDocument, items: list[DraftItem], only_settled: bool = False) -> PackDraft:
    """The pack: rejected items left out, settled ones confirmed, the rest drafts (or left out)."""
    kept = [item for item in items if (item.settled if only_settled else item.status != ItemStatus.REJECTED)]
    return rules.drafted(document, kept, cases=True)


def preview(document: SourceDocument, only_settled: bool = False) -> Preview:
    """The export as it would be now."""
    items = queries.items_of(document)
    made = pack_of(document, items, only_settled)
    report = check(made.pack)
    last = document.draft.exported_pack
    change = planning.plan(from_json(last), made.pack).as_text(_lang()) if last else None
    confirmed = sum(1 for item in items if item.settled)
    shown = sum(1 for item in items if item.status != ItemStatus.REJECTED)
    return Preview(made, confirmed, 0 if only_settled else shown - confirmed, len(report.problems),
                   report.coverage, change,
                   _against_release(document, made))  # fmt: skip


def _against_release(document: SourceDocument, made: PackDraft) -> str | None:
    """What the pack in force would change into, where it holds this document (by 文号); else None."""
    in_force = current_release().pack
    if not document.number or all(one.number != document.number for one in in_force.documents):
        return None
    return planning.plan(in_force, made.pack).as_text(_lang())


def export_zip(document: SourceDocument, *, actor: Any, only_settled: bool = False) -> tuple[str, bytes]:
    """File name and content of the pack; what was exported is remembered for the next comparison."""
    role = access.require_write(actor, document)
    made = pack_of(document, queries.items_of(document), only_settled)
    out = io.BytesIO()
    name = made.pack.city.id
    with tempfile.TemporaryDirectory() as folder:
        paths = write(made, Path(folder) / name)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            if document.realm == Realm.DEMO:
                archive.writestr(f"{name}/README.txt", NOTE)
            for path in paths:
                archive.write(path, path.relative_to(folder).as_posix())
    draft = document.draft
    with transaction.atomic():
        before = draft.exported_digest
        draft.exported_pack, draft.exported_digest = to_json(made.pack), digest(made.pack)
        draft.exported_at, draft.exported_by = timezone.now(), actor
        draft.save(update_fields=["exported_pack", "exported_digest", "exported_at", "exported_by"])
        record(actor=actor, role=role, action="library.export", object_kind="library_document",
               object_id=document.public_id, before={"pack": before} if before else None,
               after={"pack": draft.exported_digest})  # fmt: skip
    return f"{name}.zip", out.getvalue()
