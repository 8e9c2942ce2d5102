"""How the computed cells of an indicator came about: from which cells and sources, in which units, or what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.indicators import Definition, Flag, Situation, Text
from kechuang.indicators.formulas import check, work
from kechuang.indicators.reasons import working_sentence

RECENT = 5
"""The last years for which the page says what is missing."""


@dataclass(frozen=True)
class Line:
    """One cell that the formula gives, or cannot give; ``sources`` (title, address) are those of the parts."""

    region: Text
    year: int
    text: Text
    computed: bool
    sources: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Workings:
    """The cells of the city, its province and the nation; ``elsewhere`` counts computed ones of other regions."""

    lines: tuple[Line, ...]
    elsewhere: int

    @property
    def computed(self) -> list[Line]:
        """The cells that the formula gives."""
        return [line for line in self.lines if line.computed]

    @property
    def open(self) -> list[Line]:
        """The cells of the city that it cannot give."""
        return [line for line in self.lines if not line.computed]


def workings(definition: Definition, situation: Situation) -> Workings | None:
    """The workings of an indicator with a formula, newest first; None where there is no formula."""
    if definition.formula is None or check(definition, situation.definitions) is not None:
        return None
    shown = (situation.region, *situation.above)
    lines, elsewhere = [], 0
    for (region, indicator, year), cell in situation.cells.items():
        if indicator != definition.id or Flag.COMPUTED not in cell.flags:
            continue
        if region not in shown:
            elsewhere += 1
            continue
        lines.append((shown.index(region), -year, _line(definition, region, year, situation)))
    lines += [(0, -year, _line(definition, situation.region, year, situation)) for year in _gaps(definition, situation)]
    return Workings(tuple(line for *_, line in sorted(lines, key=lambda item: item[:2])), elsewhere)


def _gaps(definition: Definition, situation: Situation) -> list[int]:
    """Recent years in which the city has neither a published nor a computed value."""
    latest = situation.today.year - 1
    years = range(latest - RECENT + 1, latest + 1)
    return [y for y in years if (situation.region, definition.id, y) not in situation.cells]


def _line(definition: Definition, region: str, year: int, situation: Situation) -> Line:
    found = work(definition, region, year, situation.cells, situation.definitions)
    sources = dict.fromkeys((p.cell.chosen.source.title, p.cell.chosen.source.url) for p in found.parts)
    text = working_sentence(found, situation.definitions)
    return Line(situation.name(region), year, text, found.exact is not None, tuple(sources))
