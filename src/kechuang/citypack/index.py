"""Looks things up in a pack: sentences by position, items by kind and id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kechuang.citypack import layout
from kechuang.citypack.models import Clause, Document, Industry, Pack, Paragraph, Sentence, Service, Source, Task

#: ``(document id, paragraph id, number of the sentence)``
SentenceKey = tuple[str, str, int]


@dataclass(frozen=True)
class Place:
    """A sentence with its clause and document, and its indices for finding the line it was written on."""

    document: Document
    clause: Clause
    paragraph: Paragraph
    sentence: Sentence
    indices: tuple[int, int, int, int]

    @property
    def key(self) -> SentenceKey:
        """The address of the sentence."""
        return self.document.id, self.paragraph.id, self.sentence.n

    def cite(self, lang: str = "zh") -> str:
        """As people cite it: 三（十）第 2 段第 1 句."""
        number = self.paragraph.id.rsplit(".", 1)[-1]
        if lang == "en":
            return f"{self.clause.label} paragraph {number} sentence {self.sentence.n} ({self.paragraph.id})"
        return f"{self.clause.label}第 {number} 段第 {self.sentence.n} 句（{self.paragraph.id}）"


def places(pack: Pack) -> Iterator[Place]:
    """All sentences of all documents, in order."""
    for d, document in enumerate(pack.documents):
        yield from places_of(document, d)


def places_of(document: Document, index: int = 0) -> Iterator[Place]:
    """All sentences of one document, in order."""
    for c, clause in enumerate(document.clauses):
        for p, paragraph in enumerate(clause.paragraphs):
            for s, sentence in enumerate(paragraph.sentences):
                yield Place(document, clause, paragraph, sentence, (index, c, p, s))


@dataclass(frozen=True)
class Use:
    """One pointer from an item to a sentence; ``path`` is the field it stands in."""

    kind: str
    id: str
    index: int
    source: Source
    path: tuple[str | int, ...]

    @property
    def name(self) -> str:
        """As written in ``becomes``: ``measure:receiver-subsidy``."""
        return f"{self.kind}:{self.id}"


def uses(pack: Pack) -> Iterator[Use]:
    """All pointers from items to sentences."""
    for i, target in enumerate(pack.targets):
        yield Use("target", target.id, i, target.source, ("source",))
    for i, measure in enumerate(pack.measures):
        yield Use("measure", measure.id, i, measure.source, ("source",))
        for n, source in enumerate(measure.also):
            yield Use("measure", measure.id, i, source, ("also", n))
    several: tuple[tuple[str, Sequence[Task | Service | Industry]], ...] = (
        ("task", pack.tasks),
        ("service", pack.services),
        ("industry", pack.industries),
    )
    for kind, items in several:
        for i, item in enumerate(items):
            for n, source in enumerate(item.sources):
                yield Use(kind, item.id, i, source, ("sources", n))


@dataclass
class Index:
    """Look-up tables of one pack."""

    pack: Pack
    sentences: dict[SentenceKey, Place] = field(init=False)
    items: dict[str, int] = field(init=False)
    paragraphs: set[tuple[str, str]] = field(init=False)
    clauses: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.sentences = {}
        for place in places(self.pack):
            self.sentences.setdefault(place.key, place)
        self.items = {
            f"{kind}:{item.id}": index
            for kind, key in layout.KINDS.items()
            for index, item in enumerate(getattr(self.pack, key))
        }
        self.paragraphs = {
            (document.id, paragraph.id)
            for document in self.pack.documents
            for clause in document.clauses
            for paragraph in clause.paragraphs
        }
        self.clauses = {clause.id for document in self.pack.documents for clause in document.clauses}

    def key(self, source: Source) -> SentenceKey | None:
        """The address a source means, or None when it must name its document and does not."""
        document = source.document
        if document is None:
            if len(self.pack.documents) != 1:
                return None
            document = self.pack.documents[0].id
        return document, source.clause, source.span
