"""One sentence as the rules see it: clean text, brackets masked, quantities found, and where it stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

from kechuang.reading import phrases, quantities
from kechuang.reading.model import Sentence
from kechuang.reading.normalise import Normalised, normalise
from kechuang.reading.phrases import Segment
from kechuang.reading.quantities import Quantity

_NUMERIC = re.compile(r"[\d一二两三四五六七八九十百千万]")


@dataclass(frozen=True)
class View:
    """A sentence with its surroundings. ``headings`` are the titles from the outermost clause inwards."""

    sentence: Sentence
    clause: str
    headings: tuple[str, ...]
    paragraph: str
    bulleted: bool
    norm: Normalised
    lead: str = ""

    @property
    def text(self) -> str:
        """Clean text."""
        return self.norm.text

    @cached_property
    def masked(self) -> str:
        """Clean text with brackets and titles blanked out."""
        return phrases.mask(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """All quantities, those in brackets too."""
        if not _NUMERIC.search(self.text):
            return ()
        return tuple(quantities.find(self.text))

    @cached_property
    def units(self) -> tuple[tuple[int, int], ...]:
        """Pieces between ；, and between inline item numbers."""
        return tuple(phrases.units(self.masked))

    @cached_property
    def segments(self) -> tuple[Segment, ...]:
        """All comma-level pieces of the sentence."""
        return tuple(phrases.segments(self.masked))

    def segments_of(self, unit: tuple[int, int]) -> list[Segment]:
        """Comma-level pieces of one unit."""
        if len(self.units) == 1:
            return list(self.segments)
        return phrases.segments(self.masked, *unit)

    def inside(self, start: int, end: int, bracketed: bool = False) -> list[Quantity]:
        """Quantities of ``text[start:end]`` outside brackets (or, if asked, all)."""
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        return [
            item
            for item in self.quantities[first:last]
            if item.end <= end and (bracketed or self.masked[item.start] != "\x00")
        ]

    @cached_property
    def _starts(self) -> list[int]:
        return [item.start for item in self.quantities]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Source offsets of a clean span."""
        return self.norm.start(start), self.norm.end(end)


#: A run of this many characters without a stop is no sentence; it is looked at in pieces, so that time stays linear.
_LONGEST = 3000


def make(
    source: str, sentence: Sentence, clause: str, headings: tuple[str, ...], bulleted: bool, lead: str = ""
) -> list[View]:
    """The view of one sentence (several for a monstrous one); ``lead``: a sentence ending in a colon before it."""
    views: list[View] = []
    start = sentence.start
    while start < sentence.end:
        end = sentence.end
        if end - start > _LONGEST:
            comma = max(source.rfind(mark, start, start + _LONGEST) for mark in "，；、 \n")
            end = comma + 1 if comma > start + _LONGEST // 2 else start + _LONGEST
        norm = normalise(source, start, end)
        if norm.text:
            views.append(View(sentence, clause, headings, sentence.paragraph, bulleted, norm, lead))
        start = end
    return views
