"""What an explanation says: plain frozen records with a JSON form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kechuang.expressions.evaluate import Fact
from kechuang.measures.model import ClauseRef, Delegation, Text
from kechuang.measures.steps import Step
from kechuang.measures.words import serialise, serialise_input

if TYPE_CHECKING:
    from kechuang.measures.program import Program

Status = Literal["yes", "no", "unknown", "delegated", "unstated", "not_in_force"]
Answer = Literal["yes", "no", "unknown"]


def amount_text(value: Decimal | None) -> str | None:
    """An amount in yuan as JSON carries it: two decimals, no separators."""
    return None if value is None else f"{value:.2f}"


class FactShown(NamedTuple):
    """A fact that a condition looks at, with its value in words."""

    fact: str
    name: Text
    value: Fact | None
    shown: Text

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "fact": self.fact,
            "name": self.name.to_dict(),
            "value": serialise_input(self.value),
            "shown": self.shown.to_dict(),
        }


class Gap(NamedTuple):
    """The nearest change that makes a failed condition true. Numbers and dates are strings; ``short`` is signed:
    positive is missing, negative is too much; it is None where there is no distance (a choice, yes or no)."""

    condition: int
    fact: str | None
    have: str | bool | None
    need: str | bool | list[str] | None
    short: str | None
    unit: str | None
    sentence: Text

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "condition": self.condition,
            "fact": self.fact,
            "have": self.have,
            "need": self.need,
            "short": self.short,
            "unit": self.unit,
            "sentence": self.sentence.to_dict(),
        }


class ConditionResult(NamedTuple):
    """One condition and what came of it."""

    n: int
    title: Text
    test: str
    result: Answer
    origin: Literal["text", "assumption"]
    decided_by: str | None
    source: ClauseRef | None
    facts: tuple[FactShown, ...]
    gap: tuple[Gap, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "n": self.n,
            "title": self.title.to_dict(),
            "test": self.test,
            "result": self.result,
            "origin": self.origin,
            "decided_by": self.decided_by,
            "source": self.source.to_dict() if self.source else None,
            "facts": [f.to_dict() for f in self.facts],
            "gap": [g.to_dict() for g in self.gap],
        }


class Missing(NamedTuple):
    """A fact that decides and that nobody has told yet. ``cost`` 1..9: how hard it is to find out."""

    fact: str
    name: Text
    ask: Text
    cost: int

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"fact": self.fact, "name": self.name.to_dict(), "ask": self.ask.to_dict(), "cost": self.cost}


class PricedReading(NamedTuple):
    """One reading of an open question with the amount it would give; ``missing`` names facts it still needs."""

    ambiguity: str
    question: Text
    reading: str
    title: Text
    note: Text | None
    amount: Decimal | None
    shown: bool
    chosen: bool
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "ambiguity": self.ambiguity,
            "question": self.question.to_dict(),
            "reading": self.reading,
            "title": self.title.to_dict(),
            "note": self.note.to_dict() if self.note else None,
            "amount": amount_text(self.amount),
            "shown": self.shown,
            "chosen": self.chosen,
            "missing": list(self.missing),
        }


class Assumption(NamedTuple):
    """A condition that the text does not state; ``decided_by`` None: nobody has decided it."""

    title: Text
    test: str
    decided_by: str | None
    result: Answer

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {
            "title": self.title.to_dict(),
            "test": self.test,
            "decided_by": self.decided_by,
            "result": self.result,
        }


class Explanation(NamedTuple):
    """The result of one measure for one subject on one day.

    ``status`` no, unknown and yes speak of conditions and amount; ``delegated`` and ``unstated`` say that no amount can
    be computed although no condition fails (``applies`` tells whether all are met). ``amount`` is set only for yes;
    ``amount_if`` is what it would be if every condition were met. ``program`` is what computed it, for the receipt.
    """

    measure: str
    title: Text
    on: dt.date
    status: Status
    applies: Answer
    amount: Decimal | None
    amount_if: Decimal | None
    sentence: Text
    steps: tuple[Step, ...]
    conditions: tuple[ConditionResult, ...]
    missing: tuple[Missing, ...]
    assumptions: tuple[Assumption, ...]
    readings: tuple[PricedReading, ...]
    why_not: tuple[Gap, ...]
    delegated_to: Delegation | None
    inputs: Mapping[str, Fact]
    parameters: Mapping[str, Decimal]
    program: Program

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object: money as strings, dates as ISO, texts in both languages, with the receipt."""
        from kechuang.measures.receipt import make

        delegated = self.delegated_to
        return {
            "measure": self.measure,
            "title": self.title.to_dict(),
            "on": self.on.isoformat(),
            "status": self.status,
            "applies": self.applies,
            "amount": amount_text(self.amount),
            "amount_if": amount_text(self.amount_if),
            "sentence": self.sentence.to_dict(),
            "steps": [s.to_dict() for s in self.steps],
            "conditions": [c.to_dict() for c in self.conditions],
            "missing": [m.to_dict() for m in self.missing],
            "assumptions": [a.to_dict() for a in self.assumptions],
            "readings": [r.to_dict() for r in self.readings],
            "why_not": [g.to_dict() for g in self.why_not],
            "delegated_to": delegated
            and {"title": delegated.title.to_dict(), "number": delegated.number, "known": delegated.known},
            "inputs": {k: serialise_input(v) for k, v in self.inputs.items()},
            "parameters": {k: serialise(v) for k, v in self.parameters.items()},
            "receipt": make(self).to_dict(),
        }
