"""Yearly series of one region, and how fast they have ever moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from itertools import pairwise

from kechuang.indicators.choice import Cell
from kechuang.indicators.definitions import Definition
from kechuang.indicators.observations import Flag

Cells = Mapping[tuple[str, str, int], Cell]


@dataclass(frozen=True)
class Pace:
    """Change per year between two observed years, in the indicator's unit (percentage points for a percentage)."""

    region: str
    first: int
    last: int
    per_year: Decimal


def series(cells: Cells, region: str, indicator: str) -> list[Cell]:
    """The cells of one region and indicator that may stand in a yearly series, oldest first."""
    return sorted(
        (c for (r, i, _), c in cells.items() if r == region and i == indicator and c.in_series), key=lambda c: c.year
    )


def computed(*cells: Cell) -> bool:
    """Whether one of the cells was computed by a formula, so that the breaks of its parts count."""
    return any(Flag.COMPUTED in cell.flags for cell in cells)


def linked(cells: Iterable[Cell], definition: Definition, region: str) -> dict[int, Decimal]:
    """Values by year, earlier ones multiplied by the link factors of later breaks.

    Years before a break without a link factor are left out: they are not comparable with the last year.
    """
    ordered = sorted((c for c in cells if c.gives_change), key=lambda c: c.year)
    if not ordered:
        return {}
    last = ordered[-1].year
    values: dict[int, Decimal] = {}
    for cell in ordered:
        factor = Decimal(1)
        for point in definition.breaks_between(region, cell.year, last, computed=computed(cell, ordered[-1])):
            if point.link_factor is None:
                break
            factor *= point.link_factor
        else:
            values[cell.year] = cell.value * factor
    return values


def paces(cells: Cells, region: str, definition: Definition) -> list[Pace]:
    """Changes from each year to the next, nowhere across a break, oldest first."""
    usable = [c for c in series(cells, region, definition.id) if c.gives_change]
    found = []
    for before, after in pairwise(usable):
        if after.year - before.year != 1:
            continue
        base = before.value
        crossed = definition.breaks_between(region, before.year, after.year, computed=computed(before, after))
        if any(point.link_factor is None for point in crossed):
            continue
        for point in crossed:
            base *= point.link_factor or Decimal(1)
        found.append(Pace(region, before.year, after.year, after.value - base))
    return found


def others(cells: Cells, regions: Iterable[str], definition: Definition, here: str) -> list[dict[int, float]]:
    """The comparable series of other regions, for projections that learn from them."""
    found = (linked(series(cells, r, definition.id), definition, r) for r in regions if r != here)
    return [{year: float(value) for year, value in values.items()} for values in found if values]


def best_pace(cells: Cells, regions: Iterable[str], definition: Definition) -> Pace | None:
    """The fastest single year in the better direction that any of ``regions`` has shown, or None."""
    sign = -1 if definition.better == "lower" else 1
    found = [p for region in regions for p in paces(cells, region, definition) if p.per_year * sign > 0]
    return max(found, key=lambda p: p.per_year * sign, default=None)


def years_needed(gap: Decimal, pace: Decimal) -> int | None:
    """Whole years to close ``gap`` at ``pace`` a year (both in the same unit), or None when it never closes."""
    if pace == 0 or (gap < 0) != (pace < 0):
        return None
    return int((gap / pace).to_integral_value(rounding=ROUND_CEILING))


def compound_growth(first: Decimal, last: Decimal, years: int) -> Decimal | None:
    """Average yearly growth by the horizontal method (水平法), (last/first)^(1/years) - 1.

    None for a base that is not positive or no years between.
    """
    if first <= 0 or last <= 0 or years <= 0:
        return None
    with localcontext() as context:
        context.prec = 34
        return (last / first) ** (Decimal(1) / Decimal(years)) - 1
