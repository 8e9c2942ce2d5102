"""The same index a year earlier, and why ranks moved: new or revised figures, method, weights, or who took part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kechuang.indicators import Cell, Situation, Text
from kechuang.indicators.text import number

from .loading import Loaded
from .workshop import Candidate, Wish, candidates, edition_of

CAUSES = {
    "data": Text("新一年的数", "New figures"),
    "revision": Text("旧数修订", "Revised figures"),
    "method": Text("做法", "Method"),
    "weights": Text("权重", "Weights"),
    "peers": Text("参加的地区", "Peers"),
}


@dataclass(frozen=True)
class Move:
    """One prefecture: rank a year earlier and now, and the parts of the move; positive = so many places up."""

    name: Text
    before: int
    after: int
    moved: str
    parts: tuple[str, ...]
    ours: bool


@dataclass(frozen=True)
class Comparison:
    """All moves with their causes and who had no figures a year earlier; or why there is no comparison."""

    moves: tuple[Move, ...] = ()
    causes: tuple[Text, ...] = ()
    refusal: Text | None = None
    newcomers: tuple[Text, ...] = ()


def _cells(situation: Situation, candidate: Candidate, year: int) -> Mapping[str, Cell]:
    panel = (situation.region, *situation.peers)
    found = ((r, situation.cells.get((r, candidate.definition.id, year))) for r in panel)
    return {r: c for r, c in found if c is not None and c.in_series}


def _places(value: float, digits: int = 1) -> str:
    """Places up as positive; nothing rounds to a signed zero."""
    shown = number(Decimal(repr(round(-value, digits) + 0.0)), digits, signed=True)
    return "0" if float(round(value, digits)) == 0 else shown


def comparison(loaded: Loaded, then: Loaded, wish: Wish) -> Comparison:
    """Compare with the year before; ``then`` holds what was known a year ago."""
    situation = loaded.situation
    panel = (situation.region, *situation.peers)
    entries = [c for c in candidates(situation, dict(wish.weights)) if c.chosen]
    revised = [_cells(situation, c, c.year - 1) for c in entries]
    thin = [c for c, cells in zip(entries, revised, strict=True) if len(cells) * 5 < len(panel) * 4]
    if thin:
        return Comparison(
            refusal=Text(
                f"上一年缺数太多，不能比：{'、'.join(f'{c.definition.name.zh}（{c.year - 1} 年）' for c in thin)}",
                "too many gaps a year earlier: " + ", ".join(f"{c.definition.name.en} ({c.year - 1})" for c in thin),
            )
        )
    known = [
        {r: old.get(r, cell) for r, cell in cells.items()}
        for cells, old in ((cells, _cells(then.situation, c, c.year - 1))
                           for c, cells in zip(entries, revised, strict=True))
    ]  # fmt: skip
    from kechuang.indicators.composite import rank_changes

    # Nobody can be ranked without a single figure: such a prefecture joins this year.
    present = tuple(r for r in panel if any(r in cells for cells in known))
    try:
        before, middle = (edition_of(present, entries, list(figures), wish.before) for figures in (known, revised))
        after = edition_of(panel, entries, [c.cells for c in entries], wish)
        changes = rank_changes(before, after, middle.data)
    except ValueError:
        return Comparison(
            refusal=Text("上一年有的指标各地都一样，不能比", "a year earlier an indicator was the same everywhere")
        )
    moves = [
        Move(
            situation.name(c.unit),
            c.before,
            c.after,
            _places(c.after - c.before, 0),
            tuple(_places(c.parts[cause]) for cause in CAUSES),
            c.unit == situation.region,
        )
        for c in sorted(changes, key=lambda c: (c.after, c.unit))
    ]
    newcomers = tuple(situation.name(r) for r in panel if r not in present)
    return Comparison(tuple(moves), tuple(CAUSES.values()), newcomers=newcomers)
