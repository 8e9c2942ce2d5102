"""Makes the skeleton of a document record from an official text: structure, positions and hashes, no words of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from kechuang import reading
from kechuang.reading.model import Clause, Sentence
from kechuang.reading.sentences import fingerprint


def scaffold(text: str, document_id: str = "document") -> str:
    """A YAML record for ``documents/ID.yaml`` with empty titles and summaries for the pack's author to fill.

    The number, title and issuer of the document are its name and are taken over; the sentences are pinned by
    position and SHA-256 only. Loading the result unfilled lists every empty field with its line.
    """
    result = reading.read(text)
    issued = result.issued or dt.date.min.isoformat()
    lines = [
        f"id: {document_id}",
        f"number: {_quote(result.number or '')}",
        f'title: {{zh: {_quote(result.title or "")}, en: ""}}',
        f'issuer: {{zh: {_quote(result.issuer or "")}, en: ""}}',
        f"issued: {issued}",
        f"effective_from: {issued}",
        "validity: to_be_verified",
        'source_title: ""',
        "clauses:",
    ]
    labels = cited_labels(result.clauses)
    for clause in result.clauses:
        lines.append(f"  - id: {_quote(clause.id)}")
        lines.append(f"    label: {_quote(labels[clause.id])}")
        lines.append('    title: {zh: "", en: ""}')
        lines.append(f"    level: {clause.level}")
        if clause.parent is not None:
            lines.append(f"    parent: {_quote(clause.parent)}")
        paragraphs = [paragraph for paragraph in result.paragraphs if paragraph.clause == clause.id]
        if paragraphs:
            lines.append("    paragraphs:")
        for paragraph in paragraphs:
            lines.append(f"      - id: {_quote(paragraph.id)}")
            lines.append("        sentences:")
            lines += _sentences(s for s in result.sentences if s.paragraph == paragraph.id)
    return "\n".join(lines) + "\n"


def cited_labels(clauses: Iterable[Clause]) -> dict[str, str]:
    """Clause id -> the label as people cite it: 三（十） for （十） under 三、, 前言 for the preamble."""
    labels: dict[str, str] = {}
    for clause in clauses:
        own = clause.label.rstrip("、.．") or ("前言" if clause.id == "0" else clause.id)
        labels[clause.id] = labels.get(clause.parent or "", "") + own
    return labels


def _sentences(sentences: Iterable[Sentence]) -> list[str]:
    lines: list[str] = []
    for sentence in sentences:
        lines.append(f"          - n: {sentence.n}")
        lines.append(f"            start: {sentence.start}")
        lines.append(f"            end: {sentence.end}")
        lines.append(f"            sha256: {_quote(fingerprint(sentence.text))}")
        lines.append('            summary: {zh: "", en: ""}')
        lines.append("            becomes: []")
    return lines


def _quote(text: str) -> str:
    """A JSON string is a YAML string."""
    return json.dumps(text, ensure_ascii=False)
