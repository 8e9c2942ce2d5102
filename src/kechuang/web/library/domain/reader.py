"""Reads a document's text, once for each process and text: the text of a document never changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from kechuang import reading
from kechuang.citypack.scaffolding import cited_labels
from kechuang.reading.model import Clause, Reading
from kechuang.web.library.models import SourceDocument


@lru_cache(maxsize=16)
def _read(text: str) -> Reading:
    return reading.read(text)


def read_text(text: str) -> Reading:
    """What is read from a text."""
    return _read(text)


def read_document(document: SourceDocument) -> Reading:
    """What is read from a document."""
    return _read(document.text)


def labels(found: Reading) -> dict[str, str]:
    """Clause id -> the label as people cite it."""
    return cited_labels(found.clauses)


def clause_at(found: Reading, position: int) -> str:
    """The innermost clause at a position; the preamble where there is none."""
    inside = [clause for clause in found.clauses if clause.start <= position < clause.end]
    return inside[-1].id if inside else (found.clauses[0].id if found.clauses else "0")


def labels_from(kept: Mapping[str, Any]) -> dict[str, str]:
    """The same from a reading kept as JSON."""
    known = [Clause(c["id"], c["label"], c["title"], c["level"], c["start"], c["end"], c["parent"])
             for c in kept.get("clauses", [])]  # fmt: skip
    return cited_labels(known)
