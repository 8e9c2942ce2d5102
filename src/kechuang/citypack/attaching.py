"""Matches an official text with the record of its document, sentence by sentence.

Sentences are compared by fingerprint, in order, so the same text agrees whether it comes as .txt, .html or .docx and
whatever stands around it. A sentence that was altered is reported as differing, at its clause.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from kechuang import reading
from kechuang.citypack.index import Place, places_of
from kechuang.citypack.models import Document
from kechuang.citypack.problems import Lang
from kechuang.reading.model import Sentence as ReadSentence
from kechuang.reading.sentences import fingerprint

Outcome = Literal["agrees", "differs", "missing"]


@dataclass(frozen=True)
class Match:
    """One sentence of the record and where it stands in the attached text (None: not there).

    Offsets are characters of the attached text, ``text[start:end]`` is the sentence.
    """

    clause: str
    label: str
    paragraph: str
    n: int
    outcome: Outcome
    start: int | None = None
    end: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "clause": self.clause,
            "label": self.label,
            "paragraph": self.paragraph,
            "n": self.n,
            "outcome": self.outcome,
            "start": self.start,
            "end": self.end,
        }


@dataclass(frozen=True)
class Extra:
    """A sentence of the attached text that the record does not have."""

    paragraph: str
    n: int
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"paragraph": self.paragraph, "n": self.n, "start": self.start, "end": self.end}


@dataclass(frozen=True)
class AttachResult:
    """How an attached text compares with the record of its document."""

    document: str
    matches: tuple[Match, ...]
    extra: tuple[Extra, ...]

    def of(self, outcome: Outcome) -> tuple[Match, ...]:
        """The sentences with that outcome."""
        return tuple(match for match in self.matches if match.outcome == outcome)

    @property
    def ok(self) -> bool:
        """Whether every sentence of the record agrees and the text has no others."""
        return not self.extra and all(match.outcome == "agrees" for match in self.matches)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "document": self.document,
            "ok": self.ok,
            "sentences": len(self.matches),
            "agree": len(self.of("agrees")),
            "differ": len(self.of("differs")),
            "missing": len(self.of("missing")),
            "matches": [match.to_dict() for match in self.matches],
            "extra": [extra.to_dict() for extra in self.extra],
        }

    def as_text(self, lang: Lang = "zh") -> str:
        """Readable: the sum, then every sentence that does not agree."""
        en = lang == "en"
        agree, total = len(self.of("agrees")), len(self.matches)
        lines = [f"{agree} of {total} sentences agree." if en else f"{total} 句中 {agree} 句与登记的摘要一致。"]
        for match in self.matches:
            if match.outcome == "agrees":
                continue
            part = match.paragraph.rsplit(".", 1)[-1]
            if en:
                word = "differs" if match.outcome == "differs" else "is missing from the text"
                lines.append(f"  {match.label} paragraph {part} sentence {match.n} ({match.paragraph}) {word}")
            else:
                word = "不一致" if match.outcome == "differs" else "在所附文本里找不到"
                lines.append(f"  {match.label}第 {part} 段第 {match.n} 句（{match.paragraph}）{word}")
        for extra in self.extra:
            if en:
                lines.append(f"  characters {extra.start} to {extra.end}: the record has no such sentence")
            else:
                lines.append(f"  第 {extra.start} 到 {extra.end} 字：登记里没有这一句")
        return "\n".join(lines)


def attach(document: Document, text: str) -> AttachResult:
    """Compare ``text`` (as ``kechuang.reading.load`` gives it) with the record ``document``."""
    recorded = list(places_of(document))
    found = list(reading.read(text).sentences)
    hashes = [fingerprint(sentence.text) for sentence in found]
    matches: list[Match] = []
    extra: list[Extra] = []
    matcher = SequenceMatcher(None, [place.sentence.sha256 for place in recorded], hashes, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            for place, sentence in zip(recorded[a0:a1], found[b0:b1], strict=True):
                matches.append(_match(place, "agrees", sentence.start, sentence.end))
            continue
        rest = list(range(b0, b1))
        for number, place in enumerate(recorded[a0:a1]):
            partner = _partner(place, number, a1 - a0, b1 - b0, rest, found)
            if partner is None:
                matches.append(_match(place, "missing"))
            else:
                rest.remove(partner)
                matches.append(_match(place, "differs", found[partner].start, found[partner].end))
        extra += [Extra(found[i].paragraph, found[i].n, found[i].start, found[i].end) for i in rest]
    return AttachResult(document.id, tuple(matches), tuple(extra))


def _partner(
    place: Place, number: int, left: int, right: int, rest: list[int], found: list[ReadSentence]
) -> int | None:
    """Which altered sentence of the text stands for this one: by count where both sides have as many, else by id."""
    if left == right:
        return rest[0]
    for i in rest:
        if (found[i].paragraph, found[i].n) == (place.paragraph.id, place.sentence.n):
            return i
    return None


def _match(place: Place, outcome: Outcome, start: int | None = None, end: int | None = None) -> Match:
    clause = place.clause
    return Match(clause.id, clause.label, place.paragraph.id, place.sentence.n, outcome, start, end)
