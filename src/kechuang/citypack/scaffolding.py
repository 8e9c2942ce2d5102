"""Makes the skeleton of a document record from an official text: structure, positions and hashes, no words of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from kechuang import reading
from kechuang.citypack.exporting import to_yaml
from kechuang.citypack.index import places_of
from kechuang.citypack.models import Document, Sentence
from kechuang.citypack.serial import canonical
from kechuang.reading.model import Clause, Reading
from kechuang.reading.model import Sentence as ReadSentence
from kechuang.reading.sentences import fingerprint


def scaffold(text: str, document_id: str = "document", keep: Document | None = None) -> str:
    """A YAML record for ``documents/ID.yaml`` with empty titles and summaries for the pack's author to fill.

    The number, title and issuer of the document are its name and are taken over; the sentences are pinned by
    position and SHA-256 only. Loading the result unfilled lists every empty field with its line.

    ``keep`` is an older record of the document: what was written about a clause (by id) and about a sentence (by
    hash, in order) is taken over, so that a better copy of the text or an amendment costs only what is new.
    """
    return to_yaml(skeleton(reading.read(text), document_id, keep))


def skeleton(result: Reading, document_id: str, keep: Document | None = None) -> dict[str, Any]:
    """The record that ``scaffold`` writes, as JSON."""
    kept = _Kept(keep)
    issued = result.issued or dt.date.min.isoformat()
    record: dict[str, Any] = {
        "id": document_id,
        "number": result.number or "",
        "title": {"zh": result.title or "", "en": ""},
        "issuer": {"zh": result.issuer or "", "en": ""},
        "issued": issued,
        "effective_from": issued,
        "validity": "to_be_verified",
        "source_title": "",
    }
    if keep is not None:
        record = {key: value for key, value in canonical(keep).items() if key != "clauses"}
    labels = cited_labels(result.clauses)
    clauses: list[dict[str, Any]] = []
    for clause in result.clauses:
        entry: dict[str, Any] = {
            "id": clause.id,
            "label": labels[clause.id],
            "title": kept.titles.get(clause.id, {"zh": "", "en": ""}),
            "level": clause.level,
        }
        if clause.parent is not None:
            entry["parent"] = clause.parent
        paragraphs = [
            {"id": one.id, "sentences": [kept.sentence(s) for s in result.sentences if s.paragraph == one.id]}
            for one in result.paragraphs
            if one.clause == clause.id
        ]
        if paragraphs:
            entry["paragraphs"] = paragraphs
        clauses.append(entry)
    record["clauses"] = clauses
    return record


class _Kept:
    """What an older record says about clauses and sentences."""

    def __init__(self, document: Document | None) -> None:
        self.titles: dict[str, dict[str, str]] = {}
        self._sentences: dict[str, list[Sentence]] = {}
        if document is not None:
            self.titles = {clause.id: clause.title.model_dump() for clause in document.clauses}
            for place in places_of(document):
                self._sentences.setdefault(place.sentence.sha256, []).append(place.sentence)

    def sentence(self, found: ReadSentence) -> dict[str, Any]:
        """The record of a sentence of the text, with what was written about the same words before."""
        pinned: dict[str, Any] = {
            "n": found.n,
            "start": found.start,
            "end": found.end,
            "sha256": fingerprint(found.text),
        }
        known = self._sentences.get(pinned["sha256"])
        if not known:
            return {**pinned, "summary": {"zh": "", "en": ""}, "becomes": []}
        # The same words may stand twice; the last of them is used again for any further ones.
        older = canonical(known.pop(0) if len(known) > 1 else known[0])
        return {**pinned, **{key: value for key, value in older.items() if key not in pinned}}


def cited_labels(clauses: Iterable[Clause]) -> dict[str, str]:
    """Clause id -> the label as people cite it: 三（十） for （十） under 三、, 前言 for the preamble."""
    labels: dict[str, str] = {}
    for clause in clauses:
        own = clause.label.rstrip("、.．") or ("前言" if clause.id == "0" else clause.id)
        labels[clause.id] = labels.get(clause.parent or "", "") + own
    return labels
