"""Turn a target round: how much of one part makes an indicator reach it, by its formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kechuang.indicators.choice import Cell
from kechuang.indicators.definitions import Definition
from kechuang.indicators.formulas.compute import Part, Run, rounded
from kechuang.indicators.formulas.language import check, parts, read, scale
from kechuang.indicators.series import Cells, series

EXACT_DECIMALS = 20
"""Decimals of a value turned round that has no finite decimal form."""


class NotLinearError(ValueError):
    """The part stands where turning round has no single answer: below the line, multiplied by itself, in min or max."""


@dataclass(frozen=True)
class Line:
    """``start + slope x``: what a formula gives for a value x of the unknown part."""

    start: Fraction
    slope: Fraction = Fraction(0)

    def __neg__(self) -> Line:
        return Line(-self.start, -self.slope)

    def __add__(self, other: Line | Fraction) -> Line:
        o = _line(other)
        return Line(self.start + o.start, self.slope + o.slope)

    __radd__ = __add__

    def __sub__(self, other: Line | Fraction | int) -> Line:
        return self + -_line(other)

    def __rsub__(self, other: Fraction) -> Line:
        return _line(other) - self

    def __mul__(self, other: Line | Fraction) -> Line:
        o = _line(other)
        if self.slope and o.slope:
            raise NotLinearError
        return Line(self.start * o.start, self.start * o.slope + self.slope * o.start)

    __rmul__ = __mul__

    def __truediv__(self, other: Line | Fraction | int) -> Line:
        o = _line(other)
        if o.slope:
            raise NotLinearError
        return Line(self.start / o.start, self.slope / o.start)

    def __rtruediv__(self, other: Fraction) -> Line:
        return _line(other) / self

    def __lt__(self, other: Any) -> bool:
        raise NotLinearError

    __gt__ = __le__ = __ge__ = __lt__


def _line(value: Line | Fraction | int) -> Line:
    return value if isinstance(value, Line) else Line(Fraction(value))


@dataclass(frozen=True)
class Need:
    """How much of one part a target asks for, in the part's unit.

    ``others`` are the cells it was computed with; ``same_year`` is false where those of the deadline are unknown and
    the last ones known stand in. ``latest`` is the last known value of the part.
    """

    part: Definition
    value: Decimal
    others: tuple[Cell, ...]
    same_year: bool
    latest: Cell | None


def _as_decimal(value: Fraction) -> Decimal:
    """Exactly where that is possible, else to 20 decimals."""
    rest = value.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    digits = 0
    if rest == 1:
        while (value * 10**digits).denominator != 1:
            digits += 1
    return rounded(value, digits if rest == 1 else EXACT_DECIMALS)


def _solve(
    definition: Definition, part: str, wanted: Decimal, year: int, run: Run
) -> tuple[Fraction, tuple[Part, ...]] | None:
    """The value of ``part`` in base units at which the formula gives ``wanted``; None if others are unknown."""
    run.unknown = (part, year, Line(Fraction(0), Fraction(1)))
    found = run.value(read(definition.formula or ""), year, year)
    if not isinstance(found, Line) or found.slope == 0:
        return None
    goal = Fraction(wanted) * Fraction(10) ** scale(definition.unit)
    return (goal - found.start) / found.slope, tuple(run.parts.values())


def needed(
    definition: Definition,
    wanted: Decimal,
    year: int,
    cells: Cells,
    definitions: Mapping[str, Definition],
    region: str,
    part: str | None = None,
) -> Need | None:
    """Turn a target round: which value of ``part`` makes ``definition`` equal to ``wanted`` (in its unit) in ``year``.

    ``part`` is the first indicator of the formula unless given: the numerator of a ratio. Uses the other parts as
    they are known for the year, else for the last year in which all of them are known. None without a sound formula,
    where no year has the other parts, and where the part stands below the line or inside min or max.
    """
    if definition.formula is None or check(definition, definitions) is not None:
        return None
    names = parts(definition.formula)
    part = part or names[0]
    if part not in names:
        return None
    here = {y for r, i, y in cells if r == region and i in names and i != part}
    for when in (year, *sorted((y for y in here if y != year), reverse=True)):
        try:
            found = _solve(definition, part, wanted, when, Run(region, cells, definitions))
        except NotLinearError:
            return None
        if found is None or (when != year and any(p.cell.indicator == part for p in found[1])):
            continue  # the part of another year cannot be measured against its own past for the deadline
        value, used = found
        own = definitions[part]
        have = series(cells, region, part)
        size = _as_decimal(value / Fraction(10) ** scale(own.unit))
        return Need(own, size, tuple(p.cell for p in used), when == year, have[-1] if have else None)
    return None
