"""What a reading consists of. Offsets are characters of the text as given; ``source[start:end]`` is the quote."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


def plain(value: Decimal | None) -> str | None:
    """A Decimal as JSON carries it: a string without exponent or trailing zeros; ``None`` stays ``None``."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Evidence:
    """Why an item was found: the rules that fired, the confidence (0 to 1) and the reasons for doubt or trust."""

    rules: tuple[str, ...] = ()
    confidence: Decimal = Decimal("0.9")
    reasons: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"rules": list(self.rules), "confidence": plain(self.confidence), "reasons": list(self.reasons)}


@dataclass(frozen=True)
class Clause:
    """A numbered heading, an article or the preamble, from its marker to the next heading of its level."""

    id: str
    label: str
    title: str
    level: int
    start: int
    end: int
    parent: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "label": self.label,
            "title": self.title,
            "level": self.level,
            "start": self.start,
            "end": self.end,
            "parent": self.parent,
        }


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a clause; a paragraph broken over lines or pages is one."""

    id: str
    clause: str
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "clause": self.clause, "start": self.start, "end": self.end}


@dataclass(frozen=True)
class Sentence:
    """The n-th sentence of a paragraph (from 1); ``text`` is cut from the source unchanged."""

    paragraph: str
    n: int
    start: int
    end: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"paragraph": self.paragraph, "n": self.n, "start": self.start, "end": self.end}


@dataclass(frozen=True)
class Target:
    """A figure to be reached. ``comparator`` is the surface form: ``>= > <= < = ~`` (``~`` for 左右).

    ``deadline_words`` is a relative deadline (三年内) as it is written; ``deadline`` what it comes to, if that is known.
    """

    start: int
    end: int
    quote: str
    clause: str
    indicator: str
    comparator: str
    value: Decimal | None
    unit: str
    deadline: str | None = None
    value_max: Decimal | None = None
    baseline_or_growth: str | None = None
    within: int | None = None
    evidence: Evidence = Evidence()
    deadline_words: str | None = None

    def to_dict(self, why: bool = False) -> dict[str, Any]:
        item: dict[str, Any] = {
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "clause": self.clause,
            "indicator": self.indicator,
            "comparator": self.comparator,
            "value": plain(self.value),
            "unit": self.unit,
            "deadline": self.deadline,
        }
        if self.value_max is not None:
            item["value_max"] = plain(self.value_max)
        if self.baseline_or_growth is not None:
            item["baseline_or_growth"] = self.baseline_or_growth
        if self.within is not None:
            item["within"] = self.within
        if self.deadline_words is not None:
            item["deadline_words"] = self.deadline_words
        return _with_evidence(item, self.evidence, why)


@dataclass(frozen=True)
class Tier:
    """One step of an incentive: for whom or when, and how much."""

    when: str
    amount_yuan: Decimal | None = None
    rate: Decimal | None = None
    cap_yuan: Decimal | None = None
    comparator: str | None = None

    def to_dict(self) -> dict[str, Any]:
        item: dict[str, Any] = {"when": self.when, "amount_yuan": plain(self.amount_yuan)}
        for key in ("rate", "cap_yuan"):
            if getattr(self, key) is not None:
                item[key] = plain(getattr(self, key))
        if self.comparator is not None:
            item["comparator"] = self.comparator
        return item


@dataclass(frozen=True)
class Incentive:
    """A money promise. ``extras`` holds the optional fields of the annotation conventions (cap_period, rate_max …)."""

    start: int
    end: int
    quote: str
    clause: str
    beneficiary: str | None
    condition: str | None
    kind: str
    amount_yuan: Decimal | None = None
    rate: Decimal | None = None
    base: str | None = None
    cap_yuan: Decimal | None = None
    tiers: tuple[Tier, ...] = ()
    extras: tuple[tuple[str, Any], ...] = ()
    evidence: Evidence = Evidence()

    def to_dict(self, why: bool = False) -> dict[str, Any]:
        item: dict[str, Any] = {
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "clause": self.clause,
            "beneficiary": self.beneficiary,
            "condition": self.condition,
            "kind": self.kind,
            "amount_yuan": plain(self.amount_yuan),
            "rate": plain(self.rate),
            "base": self.base,
            "cap_yuan": plain(self.cap_yuan),
            "tiers": [tier.to_dict() for tier in self.tiers],
        }
        for key, value in self.extras:
            item[key] = plain(value) if isinstance(value, Decimal) else value
        return _with_evidence(item, self.evidence, why)


@dataclass(frozen=True)
class Rule:
    """A rule about the rules: cumulation (就高不重复), validity, departments, budget source, delegation, definition."""

    start: int
    end: int
    quote: str
    clause: str
    kind: str
    value: str | None = None
    evidence: Evidence = Evidence()

    def to_dict(self, why: bool = False) -> dict[str, Any]:
        item: dict[str, Any] = {
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "clause": self.clause,
            "kind": self.kind,
            "value": self.value,
        }
        return _with_evidence(item, self.evidence, why)


@dataclass(frozen=True)
class Task:
    """Something to be done: ``actor`` only where the text names one; deadlines as in ``Target``."""

    start: int
    end: int
    clause: str
    actor: str | None
    action: str
    deadline: str | None
    object: str | None = None
    evidence: Evidence = Evidence()
    deadline_words: str | None = None

    def to_dict(self, why: bool = False) -> dict[str, Any]:
        item: dict[str, Any] = {
            "start": self.start,
            "end": self.end,
            "clause": self.clause,
            "actor": self.actor,
            "action": self.action,
            "deadline": self.deadline,
            "object": self.object,
        }
        if self.deadline_words is not None:
            item["deadline_words"] = self.deadline_words
        return _with_evidence(item, self.evidence, why)


@dataclass(frozen=True)
class Reference:
    """Another document named in the text, by title, number or both."""

    start: int
    end: int
    title: str | None
    number: str | None
    clause: str = "0"
    evidence: Evidence = Evidence()

    def to_dict(self, why: bool = False) -> dict[str, Any]:
        item: dict[str, Any] = {
            "start": self.start,
            "end": self.end,
            "title": self.title,
            "number": self.number,
            "clause": self.clause,
        }
        return _with_evidence(item, self.evidence, why)


def _with_evidence(item: dict[str, Any], evidence: Evidence, why: bool) -> dict[str, Any]:
    item["confidence"] = plain(evidence.confidence)
    if why:
        item["rules"] = list(evidence.rules)
        item["reasons"] = list(evidence.reasons)
    return item


@dataclass(frozen=True)
class Reading:
    """Everything read from one document."""

    text: str = field(repr=False)
    number: str | None
    title: str | None
    issuer: str | None
    issued: str | None
    recipients: tuple[str, ...]
    clauses: tuple[Clause, ...]
    paragraphs: tuple[Paragraph, ...]
    sentences: tuple[Sentence, ...]
    targets: tuple[Target, ...] = ()
    incentives: tuple[Incentive, ...] = ()
    rules: tuple[Rule, ...] = ()
    tasks: tuple[Task, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    def clause(self, clause_id: str) -> Clause:
        """The clause of that id. Raises ``KeyError`` when the document has none."""
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise KeyError(clause_id)

    def to_dict(self, why: bool = False) -> dict[str, Any]:
        """The JSON object of the reading contract; ``why`` adds rules and reasons to each item."""
        return {
            "number": self.number,
            "title": self.title,
            "issuer": self.issuer,
            "issued": self.issued,
            "recipients": list(self.recipients),
            "clauses": [clause.to_dict() for clause in self.clauses],
            "targets": [item.to_dict(why) for item in self.targets],
            "incentives": [item.to_dict(why) for item in self.incentives],
            "tasks": [item.to_dict(why) for item in self.tasks],
            "references": [item.to_dict(why) for item in self.references],
            "rules": [item.to_dict(why) for item in self.rules],
            "paragraphs": [item.to_dict() for item in self.paragraphs],
            "sentences": [item.to_dict() for item in self.sentences],
            "notes": [{"zh": zh, "en": en} for zh, en in self.notes],
        }
