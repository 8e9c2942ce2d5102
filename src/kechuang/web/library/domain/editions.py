"""A changed edition of a document against the one before: sentence by sentence, and what happens to the items.

Sentences are aligned by fingerprint (white space does not count). An item whose clause stayed word for word keeps
what people decided on it. An item whose clause has any change keeps its content too, but what had been confirmed turns
stale until it is confirmed again: a condition in the sentence before may have changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from kechuang.reading.model import Reading, Sentence
from kechuang.reading.sentences import fingerprint
from kechuang.web.library.domain import reader
from kechuang.web.library.domain.words import words_of
from kechuang.web.library.enums import ItemStatus
from kechuang.web.library.models import DraftItem, SourceDocument

State = Literal["unchanged", "changed", "new", "gone"]
_ALIKE = 0.5


@dataclass(frozen=True)
class Pair:
    """A sentence in both editions; ``old`` is None for a new one, ``new`` for one that is gone."""

    state: State
    old: Sentence | None
    new: Sentence | None


def align(old: Reading, new: Reading) -> list[Pair]:
    """Both editions side by side, in the order of the new one; what is gone stands where it was."""
    left, right = old.sentences, new.sentences
    matcher = SequenceMatcher(
        None, [fingerprint(s.text) for s in left], [fingerprint(s.text) for s in right], autojunk=False
    )
    pairs: list[Pair] = []
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            pairs += [Pair("unchanged", a, b) for a, b in zip(left[a0:a1], right[b0:b1], strict=True)]
        else:
            pairs += _changed(left[a0:a1], right[b0:b1])
    return pairs


def _changed(left: Sequence[Sentence], right: Sequence[Sentence]) -> list[Pair]:
    """Pairs in a stretch that differs: each new sentence with the most similar old one not taken yet."""
    rest = list(left)
    pairs: list[Pair] = []
    for sentence in right:
        scored = [
            (SequenceMatcher(None, one.text, sentence.text, autojunk=False).ratio(), -n, one)
            for n, one in enumerate(rest)
        ]
        best = max(scored, key=lambda row: row[:2], default=None)
        if best is None or best[0] < _ALIKE:
            pairs.append(Pair("new", None, sentence))
            continue
        at = -best[1]
        pairs += [Pair("gone", one, None) for one in rest[:at]]
        rest = rest[at + 1 :]
        pairs.append(Pair("changed", best[2], sentence))
    return pairs + [Pair("gone", one, None) for one in rest]


def touched_clauses(pairs: list[Pair], old: Reading, new: Reading) -> set[str]:
    """Clauses of the new edition with a changed or new sentence, or that lost one."""
    of_new = {p.id: p.clause for p in new.paragraphs}
    touched = {of_new[pair.new.paragraph] for pair in pairs if pair.new is not None and pair.state != "unchanged"}
    last = new.clauses[0].id if new.clauses else "0"
    of_old = {p.id: p.clause for p in old.paragraphs}
    known = {clause.id for clause in new.clauses}
    for pair in pairs:
        if pair.new is not None:
            last = of_new[pair.new.paragraph]
        elif pair.old is not None:
            # A sentence that is gone touches its own clause where that still stands at this place, else nothing.
            own = of_old[pair.old.paragraph]
            touched |= {own} & {last} & known
    return touched


def carried(before: SourceDocument, document: SourceDocument, found: list[DraftItem]) -> list[DraftItem]:
    """The items of the new edition: those just read, with what people decided on the same words before."""
    old, new = reader.read_document(before), reader.read_document(document)
    pairs = align(old, new)
    touched = touched_clauses(pairs, old, new)
    same = {pair.old.start: pair.new for pair in pairs if pair.state == "unchanged" and pair.old and pair.new}
    similar = {pair.old.start: pair.new for pair in pairs if pair.state == "changed" and pair.old and pair.new}
    result = list(found)
    draft = found[0].draft if found else document.draft
    for item in before.draft.items.all():
        sentence = next((s for s in old.sentences if s.start <= item.start < s.end), None)
        if sentence is None:
            continue
        there = same.get(sentence.start)
        if there is not None:
            start = there.start + item.start - sentence.start
            end = start + item.end - item.start
            if "".join(document.text[start:end].split()) != "".join(item.quote.split()):
                start, end = there.start, there.end  # white space moved; the sentence is the same
            result = [one for one in result if not (one.kind == item.kind and one.start < end and start < one.end)]
            result.append(_kept(item, draft, document, new, start, end, touched))
        elif sentence.start in similar and item.status == ItemStatus.CONFIRMED:
            near = similar[sentence.start]
            for one in result:
                if one.kind == item.kind and one.start < near.end and near.start < one.end and one.earlier is None:
                    one.earlier, one.status = item.fields, ItemStatus.STALE
                    break
    return sorted(result, key=lambda one: (one.start, one.end))


def _kept(
    item: DraftItem, draft: object, document: SourceDocument, new: Reading, start: int, end: int, touched: set[str]
) -> DraftItem:
    clause = reader.clause_at(new, start)
    stale = clause in touched and item.status == ItemStatus.CONFIRMED
    quote = document.text[start:end]
    kept = DraftItem(draft=draft, kind=item.kind, start=start, end=end, clause=clause, quote=quote, fields=item.fields,
                     words=words_of(item.fields, quote), status=ItemStatus.STALE if stale else item.status,
                     earlier=item.fields if stale else item.earlier)  # fmt: skip
    if not stale:
        kept.confirmed_by_id, kept.confirmed_at = item.confirmed_by_id, item.confirmed_at
        kept.second_by_id, kept.second_at = item.second_by_id, item.second_at
    return kept
