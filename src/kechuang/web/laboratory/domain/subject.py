"""Subjects and outcomes: the plain records that the register side and the computation share. Imports nothing heavy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kechuang.expressions.evaluate import Fact


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject: its key, who would get the money, where it belongs, its day (None: none), and its known facts;
    a relation is its records."""

    key: str
    organisation: str
    name: str
    county: str
    industry: str
    size: str
    day: dt.date | None
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``status`` yes, no or unknown; ``amount`` only for yes; ``amount_if`` if every condition held."""

    status: str
    amount: Decimal | None
    amount_if: Decimal | None


COLUMNS = (
    ("key", "VARCHAR"), ("organisation", "VARCHAR"), ("name", "VARCHAR"), ("county", "VARCHAR"), ("industry", "VARCHAR"),
    ("size", "VARCHAR"), ("day", "DATE"), ("year", "INTEGER"), ("month", "INTEGER"), ("scope", "BOOLEAN"),
    ("base", "DECIMAL(18,2)"), ("law_status", "VARCHAR"), ("law", "DECIMAL(18,2)"), ("law_if", "DECIMAL(18,2)"),
    ("draft_status", "VARCHAR"), ("draft", "DECIMAL(18,2)"), ("draft_if", "DECIMAL(18,2)"),
    ("draft_uncapped", "DECIMAL(18,2)"), ("draft_split", "DECIMAL(18,2)"),
)  # fmt: skip
"""Columns of the table ``lab``, one row per subject, with their types in SQL."""
AT = {name: i for i, (name, _) in enumerate(COLUMNS)}
"""Where each column of ``lab`` stands in a row."""
