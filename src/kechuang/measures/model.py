"""The records that the measures engine computes with: facts, parameters, conditions, readings, measures.

All are frozen dataclasses without behaviour beyond look-up; a city pack is converted into them once per release.
They are compared by identity where they carry compiled programs (``Catalogue``), by value everywhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

FactKind = Literal["money", "rate", "count", "date", "enum", "text", "boolean", "relation"]
AmountIs = Literal["stated", "delegated", "unstated"]
MeasureKind = Literal["money", "recognition", "priority", "service"]
Origin = Literal["text", "assumption"]


class Text(NamedTuple):
    """A text in both languages of the platform."""

    zh: str
    en: str

    def to_dict(self) -> dict[str, str]:
        """As a JSON object."""
        return {"zh": self.zh, "en": self.en}


@dataclass(frozen=True, slots=True)
class ClauseRef:
    """A sentence of a document: paragraph id, sentence number in it, document id (None: the only one).

    ``sha256`` is that of the official sentence, where the document's record is at hand; receipts keep it.
    """

    clause: str
    span: int = 1
    document: str | None = None
    sha256: str | None = field(default=None, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"document": self.document, "clause": self.clause, "span": self.span}


@dataclass(frozen=True, slots=True)
class EnumValue:
    """One allowed value of an enumerated fact: the value (Chinese) and its English name."""

    value: str
    en: str


@dataclass(frozen=True, slots=True)
class FactType:
    """One name that expressions may use.

    ``unit``: money is always in 元 (yuan); a rate is a fraction (0.02) and ``unit="%"`` only says that people write
    it in percent; a count has the unit of what is counted (人, 件, 年). ``minimum``/``maximum`` bound accepted values
    (inclusive). ``scale`` is the number of decimals kept (default: money 2, rate 4, count 0). ``cost`` 1..9 says how
    hard the fact is to find out; the cheapest unknown fact is asked for first. ``changeable`` false: the subject cannot
    make it otherwise (a founding date, a past recognition), so that it is never proposed as the nearest change.

    A ``relation`` is a list of records (the contracts of a firm in a year): ``elements`` names the facts each of them
    has, ``unit`` what is counted (份), ``maximum`` how many there can be (500 unless said).
    """

    id: str
    en: str
    type: FactKind
    ask: Text
    unit: str | None = None
    values: tuple[EnumValue, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    scale: int | None = None
    help: Text | None = None
    cost: int = 1
    example: str | None = None
    entity: str | None = None
    changeable: bool = True
    elements: tuple[str, ...] = ()


class Catalogue:
    """All facts that measures may use, by their id. Immutable; compared by identity."""

    __slots__ = ("__weakref__", "_facts")

    def __init__(self, facts: Iterable[FactType]) -> None:
        """Build from fact types; two facts with one id are a ``ValueError``."""
        by_id: dict[str, FactType] = {}
        for fact in facts:
            if fact.id in by_id:
                raise ValueError(f"fact {fact.id} is declared twice (事实“{fact.id}”重复声明)")
            by_id[fact.id] = fact
        self._facts: Mapping[str, FactType] = by_id

    @property
    def facts(self) -> Mapping[str, FactType]:
        """Fact types by id, in the order given."""
        return self._facts

    def __contains__(self, name: object) -> bool:
        return name in self._facts

    def __getitem__(self, name: str) -> FactType:
        return self._facts[name]

    def __len__(self) -> int:
        return len(self._facts)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the rule with the days from which each value holds, e.g. ``((date(2013, 4, 18), Decimal("0.02")),)``.

    ``source`` is the sentence that states it (None: the measure's own).
    """

    id: str
    values: tuple[tuple[dt.date, Decimal], ...]
    title: Text | None = None
    source: ClauseRef | None = None

    def on(self, day: dt.date) -> Decimal | None:
        """The value in force on ``day``, or None when none is in force yet."""
        best: tuple[dt.date, Decimal] | None = None
        for start, value in self.values:
            if start <= day and (best is None or start >= best[0]):
                best = (start, value)
        return None if best is None else best[1]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; an assumption names who decided it, or None when nobody has."""

    test: str
    title: Text
    origin: Origin = "text"
    decided_by: str | None = None
    source: ClauseRef | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an unclear sentence; ``amount`` None means the measure's own amount."""

    id: str
    title: Text
    amount: str | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A question the text leaves open. ``shown`` is computed first; ``chosen`` was decided by a named person."""

    id: str
    question: Text
    readings: tuple[Reading, ...] = ()
    shown: str | None = None
    chosen: str | None = None
    by: str | None = None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Delegation:
    """The document that sets the amount; ``known`` says whether its text is at hand."""

    title: Text
    number: str | None = None
    known: bool = False


@dataclass(frozen=True)
class Measure:
    """A policy measure: who may get what, from which sentence, since when.

    ``effective_to`` is inclusive, as 有效期至 is. ``amount`` is an expression in yuan (None for a delegated, unstated
    or non-money measure).
    """

    id: str
    title: Text
    source: ClauseRef
    subject: str
    effective_from: dt.date
    effective_to: dt.date | None = None
    amount_is: AmountIs = "stated"
    kind: MeasureKind = "money"
    beneficiary: Text | None = None
    instrument: str | None = None
    parameters: tuple[Parameter, ...] = ()
    applies: tuple[Condition, ...] = ()
    amount: str | None = None
    ambiguities: tuple[Ambiguity, ...] = ()
    delegated_to: Delegation | None = None
    _compiled: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, if declared."""
        return next((p for p in self.parameters if p.id == name), None)
