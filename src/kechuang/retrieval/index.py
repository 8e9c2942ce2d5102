"""An index on disk, made whole and never changed: a new state of the content is a new index beside the old one.

Building happens in a folder of its own that is renamed into place when it is complete, so that several processes may
build at the same time and a reader never meets half an index. Ranking is BM25 (Robertson and Zaragoza, *The
Probabilistic Relevance Framework*, 2009) as computed by Tantivy, over terms cut by :mod:`kechuang.retrieval.analysis`.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kechuang.retrieval.analysis import Asked, characters, query_terms, terms

FORMAT = "1"
"""Part of an index's name; a change of the fields or of the analysis needs another number."""

TITLE_WEIGHT, BODY_WEIGHT, EXTRA_WEIGHT = 3.0, 1.0, 0.6
_NEEDED = 0.34
"""Share of the query's terms that an entry must have; a question in plain words has many that are beside the point."""


@dataclass(frozen=True)
class Entry:
    """Something to be found.

    ``texts`` are shown and searched, by language (``{"zh": (title, body), "en": (title, body)}``); ``extra`` is
    searched only. ``data`` comes back with a hit unchanged and must be JSON.
    """

    id: str
    kind: str
    texts: Mapping[str, tuple[str, str]]
    extra: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """An entry that was found; ``score`` compares hits of one query only."""

    id: str
    kind: str
    texts: Mapping[str, tuple[str, str]]
    data: Mapping[str, Any]
    score: float


@dataclass(frozen=True)
class Results:
    """Hits of one page, how many there are in all, and how many of each kind (before the kind was chosen)."""

    query: str
    asked: Asked
    total: int
    kinds: Mapping[str, int]
    hits: tuple[Hit, ...]


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("title", "body", "extra", "singles"):
        builder.add_text_field(name, stored=False, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("shown", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _document(entry: Entry) -> Any:
    import tantivy

    titles = " ".join(title for title, _ in entry.texts.values())
    bodies = " ".join(body for _, body in entry.texts.values())
    shown = json.dumps({"texts": entry.texts, "data": entry.data}, ensure_ascii=False)
    return tantivy.Document(
        id=[entry.id],
        kind=[entry.kind],
        title=[" ".join(terms(titles))],
        body=[" ".join(terms(bodies))],
        extra=[" ".join(terms(entry.extra))],
        singles=[" ".join(dict.fromkeys(characters(titles + bodies + entry.extra)))],
        shown=[shown],
    )


def build(folder: Path, name: str, entries: Iterable[Entry], keep: int = 3) -> Index:
    """The index ``name`` under ``folder``, made from ``entries`` unless it is there already.

    ``entries`` is only consumed when the index has to be made. Older indexes beyond the ``keep`` newest are removed.
    Raises ``OSError`` when the folder cannot be written.
    """
    import tantivy

    target = folder / f"{name}-{FORMAT}"
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
        try:
            made = tantivy.Index(_schema(), path=str(scratch))
            writer = made.writer(heap_size=20_000_000, num_threads=1)
            for entry in entries:
                writer.add_document(_document(entry))
            writer.commit()
            writer.wait_merging_threads()
            # Another process may have put the same index there meanwhile; then ours is not needed.
            with contextlib.suppress(OSError):
                scratch.rename(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        _tidy(folder, keep, target)
    return Index(target)


def _tidy(folder: Path, keep: int, new: Path) -> None:
    """Remove what is old. A reader that still has an old index open keeps its files until it closes them."""
    made = [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".") and path != new]
    dated: list[tuple[float, Path]] = []
    for path in made:
        with contextlib.suppress(FileNotFoundError):
            dated.append((path.stat().st_mtime, path))
    for _, path in sorted(dated, reverse=True)[max(keep - 1, 0) :]:
        shutil.rmtree(path, ignore_errors=True)


class Index:
    """An index opened for reading. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the index in the folder ``path``."""
        import tantivy

        self.path = path
        self._schema = _schema()
        self._index = tantivy.Index.open(os.fspath(path))

    @cached_property
    def _searcher(self) -> Any:
        self._index.reload()
        return self._index.searcher()

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def _term(self, name: str, word: str) -> Any:
        import tantivy

        return tantivy.Query.term_query(self._schema, name, word)

    def _clause(self, word: str) -> Any:
        """One term in any of the fields; the best field counts, the others break ties."""
        import tantivy

        fields = (("title", TITLE_WEIGHT), ("body", BODY_WEIGHT), ("extra", EXTRA_WEIGHT))
        parts = [tantivy.Query.boost_query(self._term(name, word), weight) for name, weight in fields]
        return tantivy.Query.disjunction_max_query(parts, 0.3)

    def _query(self, asked: Asked) -> Any:
        import tantivy

        should, must = tantivy.Occur.Should, tantivy.Occur.Must
        if not asked.words:
            return tantivy.Query.boolean_query([(must, self._term("singles", one)) for one in asked.singles])
        few = len(asked.words) <= 2
        needed = len(asked.words) if few else max(2, round(len(asked.words) * _NEEDED))
        query = tantivy.Query.boolean_query([(should, self._clause(word)) for word in asked.words], needed)
        # Words that stand together as asked are worth more than the same words scattered.
        phrases = [
            (should, tantivy.Query.boost_query(tantivy.Query.phrase_query(self._schema, name, list(run)), weight))
            for run in asked.runs
            for name, weight in (("title", 2 * TITLE_WEIGHT), ("body", 2 * BODY_WEIGHT))
        ]
        return tantivy.Query.boolean_query([(must, query), *phrases]) if phrases else query

    def _of_kind(self, query: Any, kind: str) -> Any:
        import tantivy

        chosen = tantivy.Query.const_score_query(self._term("kind", kind), 0.0)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, chosen)])

    def search(
        self, text: str, kinds: Iterable[str], kind: str | None = None, limit: int = 20, offset: int = 0
    ) -> Results:
        """Entries that answer ``text``, best first; of one ``kind`` only when it is given.

        ``kinds`` are the kinds to be counted. A query without any term finds nothing.
        """
        asked = query_terms(text)
        if not asked:
            return Results(text, asked, 0, {}, ())
        whole = self._query(asked)
        counts = {name: int(self._searcher.search(self._of_kind(whole, name), 1).count) for name in kinds}
        query = self._of_kind(whole, kind) if kind else whole
        found = self._searcher.search(query, limit, offset=offset)
        hits = []
        for score, address in found.hits:
            stored = self._searcher.doc(address)
            shown = json.loads(stored.get_first("shown"))
            texts = {language: (title, body) for language, (title, body) in shown["texts"].items()}
            hits.append(Hit(stored.get_first("id"), stored.get_first("kind"), texts, shown["data"], float(score)))
        return Results(text, asked, int(found.count), {k: n for k, n in counts.items() if n}, tuple(hits))
