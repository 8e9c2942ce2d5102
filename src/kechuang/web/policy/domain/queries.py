"""Reads of the policy app. Policy content is public; only attaching texts and applying packs need a role."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.citypack import models as pack_models
from kechuang.reading.sentences import fingerprint
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.releases import (
    LoadedRelease,
    current_digest,
    current_release,
    digest_on,
    release,
)
from kechuang.web.policy.domain.structure import Index, Item, Place
from kechuang.web.policy.models import OfficialText

__all__ = [
    "Attached",
    "LoadedRelease",
    "attached",
    "clause",
    "current_digest",
    "current_release",
    "digest_on",
    "document",
    "item",
    "measure",
    "official_sentence",
    "release",
]


def document(in_force: LoadedRelease, document_id: str) -> pack_models.Document:
    """A document of the release. Raises ``UserError`` (404)."""
    try:
        return in_force.documents[document_id]
    except KeyError:
        raise UserError(
            f"没有编号为“{document_id}”的文件。", f"There is no document “{document_id}”.", code="unknown", status=404
        ) from None


def clause(in_force: LoadedRelease, document_id: str, clause_id: str) -> pack_models.Clause:
    """A clause (or the clause of a paragraph) of a document. Raises ``UserError`` (404)."""
    document(in_force, document_id)
    found = index(in_force).clause(document_id, clause_id)
    if found is None:
        raise UserError(
            f"这份文件没有条款“{clause_id}”。",
            f"This document has no clause “{clause_id}”.",
            code="unknown",
            status=404,
        )
    return found


def measure(in_force: LoadedRelease, measure_id: str) -> pack_models.Measure:
    """A measure record. Raises ``UserError`` (404)."""
    try:
        return in_force.records[measure_id]
    except KeyError:
        raise UserError(
            f"没有编号为“{measure_id}”的政策措施。",
            f"There is no measure “{measure_id}”.",
            code="unknown",
            status=404,
        ) from None


def index(in_force: LoadedRelease) -> Index:
    """The structure index of a release."""
    return in_force.index


def item(in_force: LoadedRelease, key: str) -> Item | None:
    """What ``KIND:ID`` names in a release."""
    return index(in_force).items.get(key)


@dataclass(frozen=True)
class Attached:
    """The official text attached to a document, as the release in force sees it."""

    record: OfficialText

    def sentence(self, place: Place) -> str | None:
        """The official sentence, only when the attached stretch has the hash that the release names."""
        span = self.record.matches.get(place.key)
        if span is None:
            return None
        start, end = span
        text = self.record.text[start:end]
        return text if fingerprint(text) == place.sentence.sha256 else None


def attached(document_id: str) -> Attached | None:
    """The newest official text attached to a document, or None."""
    record = OfficialText.objects.filter(document_id=document_id).first()
    return None if record is None else Attached(record)


def official_sentence(in_force: LoadedRelease, source: object) -> str | None:
    """The official sentence a source names: only when a text is attached and its hash agrees."""
    place = index(in_force).place(source)
    if place is None:
        return None
    text = attached(place.document.id)
    return None if text is None else text.sentence(place)
