"""Turns the measures and facts of a pack into the records the measures engine computes with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from kechuang.citypack import models
from kechuang.measures import model as engine


def _text(text: models.Text) -> engine.Text:
    return engine.Text(text.zh, text.en)


Sentences = Mapping[tuple[str | None, str, int], str]


def sentences(documents: Iterable[models.Document]) -> Sentences:
    """SHA-256 of every official sentence by document, paragraph and number; the first document also stands under None."""
    found: dict[tuple[str | None, str, int], str] = {}
    for i, document in enumerate(documents):
        for clause in document.clauses:
            for paragraph in clause.paragraphs:
                for sentence in paragraph.sentences:
                    found[document.id, paragraph.id, sentence.n] = sentence.sha256
                    if i == 0:
                        found[None, paragraph.id, sentence.n] = sentence.sha256
    return found


def _place(source: models.Source, known: Sentences) -> engine.ClauseRef:
    sha256 = known.get((source.document, source.clause, source.span))
    return engine.ClauseRef(source.clause, source.span, source.document, sha256)


def _reference(source: models.Source | None, known: Sentences) -> engine.ClauseRef | None:
    return None if source is None else _place(source, known)


def fact(record: models.Fact) -> engine.FactType:
    """One fact of the catalogue."""
    return engine.FactType(
        id=record.id,
        en=record.en,
        type=record.type,
        ask=_text(record.ask),
        unit=record.unit,
        values=tuple(engine.EnumValue(value.value, value.en) for value in record.values),
        minimum=record.minimum,
        maximum=record.maximum,
        scale=record.scale,
        help=None if record.help is None else _text(record.help),
        cost=record.cost,
        example=record.example,
        entity=record.entity,
        changeable=record.changeable,
        elements=tuple(record.elements),
    )


def catalogue(pack: models.Pack) -> engine.Catalogue:
    """The facts of a pack. Two facts with one id are a ``ValueError``; a loaded pack has none."""
    return engine.Catalogue(fact(record) for record in pack.facts)


def measure(record: models.Measure, known: Sentences = MappingProxyType({})) -> engine.Measure:
    """One measure of a pack; ``known`` has the hashes of the sentences it may rest on."""
    delegated = record.delegated_to
    return engine.Measure(
        id=record.id,
        title=_text(record.title),
        source=_place(record.source, known),
        subject=record.subject,
        effective_from=record.effective.from_,
        effective_to=record.effective.to,
        amount_is=record.amount_is,
        kind=record.kind,
        beneficiary=_text(record.beneficiary),
        instrument=record.instrument,
        parameters=tuple(
            engine.Parameter(
                name,
                tuple(sorted(values.items())),
                _text(record.parameter_titles[name]) if name in record.parameter_titles else None,
            )
            for name, values in record.parameters.items()
        ),
        applies=tuple(
            engine.Condition(
                condition.test,
                _text(condition.title),
                condition.origin,
                condition.decided_by,
                _reference(condition.source, known),
            )
            for condition in record.applies
        ),
        amount=record.amount,
        ambiguities=tuple(
            engine.Ambiguity(
                id=ambiguity.id,
                question=_text(ambiguity.question),
                readings=tuple(
                    engine.Reading(
                        reading.id,
                        _text(reading.title),
                        reading.amount,
                        None if reading.note is None else _text(reading.note),
                    )
                    for reading in ambiguity.readings
                ),
                shown=ambiguity.shown,
                chosen=ambiguity.chosen,
                by=ambiguity.by,
                date=ambiguity.date,
            )
            for ambiguity in record.ambiguities
        ),
        delegated_to=None
        if delegated is None
        else engine.Delegation(_text(delegated.title), delegated.number, delegated.known),
    )


class Rules:
    """The compiled measures of one pack with the catalogue they use: made once per release, then shared."""

    def __init__(self, pack: models.Pack) -> None:
        self.catalogue = catalogue(pack)
        known = sentences(pack.documents)
        self.measures = {record.id: measure(record, known) for record in pack.measures}


def compile_pack(pack: models.Pack) -> Rules:
    """The measures and the catalogue of ``pack``, made anew."""
    return Rules(pack)


class _ById:
    """Lets a pack, which cannot be hashed, be a cache key by identity while keeping it alive."""

    __slots__ = ("pack",)

    def __init__(self, pack: models.Pack) -> None:
        self.pack = pack

    def __hash__(self) -> int:
        return id(self.pack)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.pack is self.pack


@lru_cache(maxsize=8)
def _rules(holder: _ById) -> Rules:
    return compile_pack(holder.pack)


def rules(pack: models.Pack) -> Rules:
    """The compiled measures of ``pack``; asked again for the same object, the same answer."""
    return _rules(_ById(pack))
