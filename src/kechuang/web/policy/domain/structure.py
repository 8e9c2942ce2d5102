"""The structure of a release's documents: clause tree, sentences, and what each sentence became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from kechuang.citypack import models as pack_models

KINDS = ("target", "measure", "task", "service", "industry")


@dataclass(frozen=True)
class Place:
    """A sentence in its paragraph, clause and document."""

    document: pack_models.Document
    clause: pack_models.Clause
    paragraph: pack_models.Paragraph
    sentence: pack_models.Sentence

    @property
    def key(self) -> str:
        """How matches and links name the sentence: ``PARAGRAPH/N``."""
        return f"{self.paragraph.id}/{self.sentence.n}"

    @property
    def anchor(self) -> str:
        """The sentence's anchor on its clause page."""
        return f"s-{self.paragraph.id}-{self.sentence.n}".replace(".", "-")

    @property
    def paragraph_number(self) -> int:
        """Which paragraph of the clause it is, from 1."""
        return next((i for i, p in enumerate(self.clause.paragraphs, 1) if p.id == self.paragraph.id), 1)


@dataclass(frozen=True)
class Item:
    """Something a sentence became: its kind, id, title and record."""

    kind: str
    id: str
    title: pack_models.Text
    record: Any

    @property
    def key(self) -> str:
        """As sentences name it: ``KIND:ID``."""
        return f"{self.kind}:{self.id}"


@dataclass
class Node:
    """A clause in the tree, with the number of items of each kind that come from it and from below it."""

    clause: pack_models.Clause
    counts: Counter[str] = field(default_factory=Counter)
    children: list[Node] = field(default_factory=list)

    @property
    def sentences(self) -> int:
        """Sentences of the clause itself."""
        return sum(len(paragraph.sentences) for paragraph in self.clause.paragraphs)


def sources_of(record: Any) -> list[pack_models.Source]:
    """All sentences a record of the pack names as its source, the main one first."""
    if hasattr(record, "sources"):
        return list(record.sources)
    return [record.source, *getattr(record, "also", [])]


class Index:
    """Look-up over one pack. Built once per release."""

    def __init__(self, pack: pack_models.Pack) -> None:
        """Index ``pack``."""
        self.pack = pack
        self._only = pack.documents[0].id if len(pack.documents) == 1 else None
        self._places: dict[tuple[str, str, int], Place] = {}
        self._clauses: dict[tuple[str, str], pack_models.Clause] = {}
        self._paragraph_clause: dict[tuple[str, str], pack_models.Clause] = {}
        for document in pack.documents:
            for clause in document.clauses:
                self._clauses[document.id, clause.id] = clause
                for paragraph in clause.paragraphs:
                    self._paragraph_clause[document.id, paragraph.id] = clause
                    for sentence in paragraph.sentences:
                        place = Place(document, clause, paragraph, sentence)
                        self._places[document.id, paragraph.id, sentence.n] = place
        self.items: dict[str, Item] = {}
        for kind, records in (
            ("target", pack.targets),
            ("measure", pack.measures),
            ("task", pack.tasks),
            ("service", pack.services),
            ("industry", pack.industries),
        ):
            for record in records:
                title = record.name if kind == "industry" else record.title  # type: ignore[union-attr]
                self.items[f"{kind}:{record.id}"] = Item(kind, record.id, title, record)

    def document_id(self, source: Any) -> str:
        """The document a source means: the named one, else the pack's first."""
        return source.document or self._only or self.pack.documents[0].id

    def clause(self, document_id: str, clause_id: str) -> pack_models.Clause | None:
        """A clause by id; a paragraph id gives the clause it belongs to."""
        found = self._clauses.get((document_id, clause_id))
        return found or self._paragraph_clause.get((document_id, clause_id))

    def place(self, source: Any) -> Place | None:
        """The sentence that a source (``document``, ``clause`` = paragraph id, ``span``) names."""
        return self._places.get((self.document_id(source), source.clause, source.span))

    def places(self, document_id: str) -> Iterator[Place]:
        """All sentences of a document in order."""
        return (place for (doc, _, _), place in self._places.items() if doc == document_id)

    def places_of(self, record: Any) -> list[Place]:
        """The sentences a record comes from, the main one first."""
        return [place for source in sources_of(record) if (place := self.place(source)) is not None]

    def items_of(self, sentence: pack_models.Sentence) -> list[Item]:
        """What a sentence became."""
        return [self.items[key] for key in sentence.becomes if key in self.items]

    def clause_items(self, clause: pack_models.Clause) -> list[Item]:
        """What the sentences of a clause became, each item once, grouped by kind."""
        keys = {key: None for p in clause.paragraphs for s in p.sentences for key in s.becomes if key in self.items}
        return sorted((self.items[key] for key in keys), key=lambda item: KINDS.index(item.kind))

    def counts(self, clause: pack_models.Clause) -> Counter[str]:
        """How many items of each kind a clause gave; ``statement`` counts its explained sentences."""
        counts = Counter(item.kind for item in self.clause_items(clause))
        statements = sum(1 for p in clause.paragraphs for s in p.sentences if s.statement is not None)
        if statements:
            counts["statement"] = statements
        return counts

    def tree(self, document: pack_models.Document) -> list[Node]:
        """The clause tree of a document with counts."""
        nodes = {clause.id: Node(clause, self.counts(clause)) for clause in document.clauses}
        roots: list[Node] = []
        for clause in document.clauses:
            parent = nodes.get(clause.parent) if clause.parent else None
            (parent.children if parent else roots).append(nodes[clause.id])
        return roots

    def coverage(self, document: pack_models.Document) -> Coverage:
        """Which share of a document's sentences became something or is explained."""
        places = list(self.places(document.id))
        covered = [p for p in places if p.sentence.statement is not None or self.items_of(p.sentence)]
        rows = []
        for kind in (*KINDS, "statement"):
            of_kind = [
                p
                for p in places
                if (kind == "statement" and p.sentence.statement is not None)
                or any(item.kind == kind for item in self.items_of(p.sentence))
            ]
            items = {item.key for p in of_kind for item in self.items_of(p.sentence) if item.kind == kind}
            number = len(of_kind) if kind == "statement" else len(items)
            rows.append(CoverageRow(kind, number, len({p.clause.id for p in of_kind}), len(of_kind)))
        clauses = [c for c in document.clauses if c.paragraphs]
        return Coverage(len(places), len(covered), len(clauses), rows)


@dataclass(frozen=True)
class CoverageRow:
    """One kind: how many items, from how many clauses and sentences."""

    kind: str
    items: int
    clauses: int
    sentences: int


@dataclass(frozen=True)
class Coverage:
    """The coverage of a document, counted in sentences."""

    sentences: int
    covered: int
    clauses: int
    rows: list[CoverageRow]

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 only when nothing is left out."""
        return self.covered * 100 // self.sentences if self.sentences else 0
