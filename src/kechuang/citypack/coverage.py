"""Double entry between sentences and items: every sentence becomes something or says why not, in both directions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from kechuang.citypack import layout
from kechuang.citypack.index import Index, Place, places, uses
from kechuang.citypack.locating import Locator
from kechuang.citypack.models import Document, Pack
from kechuang.citypack.problems import Lang, Problem, Words
from kechuang.citypack.references import unknown


def entries(pack: Pack, index: Index, locator: Locator) -> Iterator[Problem]:
    """A problem for every sentence or item whose counter-entry is missing, naming the sentence."""
    pointed = {(use.name, index.key(use.source)) for use in uses(pack)}
    for place in index.sentences.values():
        sentence = place.sentence
        d, c, p, s = place.indices
        path = ("clauses", c, "paragraphs", p, "sentences", s)

        def complain(
            code: str, what: Words, mend: Words, place: Place = place, path: tuple[str | int, ...] = path, d: int = d
        ) -> Problem:
            zh, en = place.cite("zh"), place.cite("en")
            return locator.problem(
                code, "documents", d, path, place.paragraph.id, Words(f"{zh}{what.zh}", f"{en} {what.en}"), mend
            )

        if not sentence.becomes and sentence.statement is None:
            yield complain(
                "uncovered",
                Words("没有归类", "became nothing"),
                Words(
                    "写 becomes: [种类:代号]，或写 statement 并说明理由",
                    "write becomes: [KIND:ID], or a statement with its reason",
                ),
            )
        if sentence.becomes and sentence.statement is not None:
            yield complain(
                "covered_twice",
                Words("既有 becomes 又有 statement", "has both becomes and statement"),
                Words("只留一种", "keep one of them"),
            )
        for name, count in Counter(sentence.becomes).items():
            if count > 1:
                what = Words(f"把 {name} 写了两次", f"lists {name} twice")
                yield complain("duplicate_id", what, Words("删去一个", "remove one"))
            if name not in index.items:
                what, mend = unknown(Words("条目", "item"), name, index.items, "targets/measures/tasks/…yaml")
                yield complain("no_item", Words(f"：{what.zh}", f": {what.en}"), mend)
            elif (name, place.key) not in pointed:
                yield complain(
                    "no_counter_entry",
                    Words(
                        f"归为 {name}，而它的 source 不指向这一句", f"became {name}, whose source is another sentence"
                    ),
                    Words(
                        f'在 {name} 里加上 clause: "{place.paragraph.id}", span: {sentence.n}',
                        f'add clause: "{place.paragraph.id}", span: {sentence.n} to {name}',
                    ),
                )
    for use in uses(pack):
        found = index.sentences.get(index.key(use.source) or ("", "", 0))
        if found is not None and use.name not in found.sentence.becomes:
            yield locator.problem(
                "no_counter_entry",
                layout.KINDS[use.kind],
                use.index,
                use.path,
                use.id,
                Words(
                    f"{found.cite('zh')}的 becomes 里没有 {use.name}",
                    f"{found.cite('en')} does not list {use.name} in becomes",
                ),
                Words(f"在那一句的 becomes 里加上 {use.name}", f"add {use.name} to becomes of that sentence"),
            )


@dataclass(frozen=True)
class Row:
    """Coverage of one clause: sentences in it and how many became each kind (a sentence may become several)."""

    document: str
    clause: str
    label: str
    title: Words
    level: int
    sentences: int
    covered: int
    counts: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "document": self.document,
            "clause": self.clause,
            "label": self.label,
            "title": self.title.to_dict(),
            "level": self.level,
            "sentences": self.sentences,
            "covered": self.covered,
            "counts": self.counts,
        }


@dataclass(frozen=True)
class Coverage:
    """Coverage of the whole pack. ``items`` counts distinct items of each kind, ``rows`` the clauses."""

    rows: tuple[Row, ...] = ()
    items: dict[str, int] = field(default_factory=dict)

    @property
    def sentences(self) -> int:
        """All sentences."""
        return sum(row.sentences for row in self.rows)

    @property
    def covered(self) -> int:
        """Sentences that became something or say why not."""
        return sum(row.covered for row in self.rows)

    @property
    def percent(self) -> Decimal:
        """Share of covered sentences in percent, rounded down to one decimal short of 100, so that 100 means all."""
        if not self.sentences:
            return Decimal(0)
        if self.covered == self.sentences:
            return Decimal(100)
        exact = Decimal(self.covered * 100) / Decimal(self.sentences)
        return min(exact.quantize(Decimal("0.1"), ROUND_HALF_UP), Decimal("99.9"))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "sentences": self.sentences,
            "covered": self.covered,
            "percent": str(self.percent),
            "items": self.items,
            "rows": [row.to_dict() for row in self.rows],
        }

    def as_text(self, lang: Lang = "zh") -> str:
        """A table of clauses for the terminal."""
        en = lang == "en"
        kinds = list(layout.KIND_NAMES)
        head = ["clause" if en else "条款", "title" if en else "内容", "sentences" if en else "句数"]
        head += [layout.KIND_NAMES[kind][1 if en else 0] for kind in kinds]
        table = [head]
        for row in self.rows:
            cells = ["  " * (row.level - 1) + row.label, row.title.in_(lang), f"{row.covered}/{row.sentences}"]
            table.append(cells + [str(row.counts.get(kind) or "") for kind in kinds])
        widths = [max(_width(line[i]) for line in table) for i in range(len(head))]
        lines = ["  ".join(_pad(cell, widths[i], i > 1) for i, cell in enumerate(line)).rstrip() for line in table]
        lines.insert(1, "-" * (sum(widths) + 2 * (len(widths) - 1)))
        if en:
            lines.append(f"Coverage {self.percent} %: {self.covered} of {self.sentences} sentences.")
        else:
            lines.append(f"覆盖 {self.percent} %：{self.sentences} 句中 {self.covered} 句已归类。")
        return "\n".join(lines)


def measure_coverage(pack: Pack) -> Coverage:
    """Count, for every clause of every document, what its sentences became."""
    rows: list[Row] = []
    for document in pack.documents:
        rows += _rows(document)
    items = {kind: len(getattr(pack, key)) for kind, key in layout.KINDS.items()}
    items["statement"] = sum(1 for place in places(pack) if place.sentence.statement is not None)
    return Coverage(tuple(rows), items)


def _rows(document: Document) -> Iterator[Row]:
    for clause in document.clauses:
        sentences = [sentence for paragraph in clause.paragraphs for sentence in paragraph.sentences]
        counts: Counter[str] = Counter()
        covered = 0
        for sentence in sentences:
            covered += bool(sentence.becomes) or sentence.statement is not None
            counts["statement"] += sentence.statement is not None
            counts.update(name.partition(":")[0] for name in set(sentence.becomes))
        title = Words(clause.title.zh, clause.title.en)
        kept = {kind: count for kind, count in counts.items() if count}
        yield Row(document.id, clause.id, clause.label, title, clause.level, len(sentences), covered, kept)


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def _pad(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
