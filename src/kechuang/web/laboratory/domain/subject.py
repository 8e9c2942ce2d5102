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
