"""Reading: from an official document to clauses, targets, incentives, rules, tasks and references.

``load`` turns a file into text, ``read`` turns text into a :class:`Reading`, ``spans`` gives non-overlapping coloured
stretches for a page. Rule-based and deterministic; no network, no model.
"""

from __future__ import annotations

from kechuang.reading.coloured import Span, spans
from kechuang.reading.document import load
from kechuang.reading.errors import ReadingError
from kechuang.reading.model import (
    Clause,
    Incentive,
    Paragraph,
    Reading,
    Reference,
    Rule,
    Sentence,
    Target,
    Task,
    Tier,
)
from kechuang.reading.pipeline import read

__all__ = [
    "Clause",
    "Incentive",
    "Paragraph",
    "Reading",
    "ReadingError",
    "Reference",
    "Rule",
    "Sentence",
    "Span",
    "Target",
    "Task",
    "Tier",
    "load",
    "read",
    "spans",
]
