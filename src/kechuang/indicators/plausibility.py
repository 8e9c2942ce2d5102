"""How plausible a jump is: how many regions ever made it in as many years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kechuang.indicators.definitions import Definition
from kechuang.indicators.units import parse_unit


@dataclass(frozen=True)
class Plausibility:
    """How many of the regions with long enough series ever made such a change in so many years."""

    years: int
    change: Decimal
    relative: bool
    made: tuple[str, ...]
    regions: tuple[str, ...]


def plausibility(
    definition: Definition,
    base: tuple[int, Decimal],
    target: tuple[int, Decimal],
    histories: Mapping[str, Mapping[int, Decimal]],
) -> Plausibility | None:
    """The share of regions that ever made the jump from ``base`` to ``target`` (year, value) in as many years.

    Percentages and ratios move by differences, quantities by factors: a small city cannot be asked for a large one's
    increase. ``histories`` holds comparable values by region and year. None where no years or no change lie between,
    or no region has two values so far apart; a factor needs positive values.
    """
    years = target[0] - base[0]
    relative = parse_unit(definition.unit).base != "1" and not parse_unit(definition.unit).per
    if years <= 0 or target[1] == base[1] or (relative and (base[1] <= 0 or target[1] <= 0)):
        return None
    rising = target[1] > base[1]
    change = target[1] / base[1] if relative else target[1] - base[1]
    regions, made = [], []
    for region, values in histories.items():
        steps = [(values[y], values[y + years]) for y in values if y + years in values]
        if relative:
            steps = [(a, b) for a, b in steps if a > 0 and b > 0]
        if not steps:
            continue
        regions.append(region)
        jumps: Iterable[Decimal] = (b / a if relative else b - a for a, b in steps)
        if any(jump >= change if rising else jump <= change for jump in jumps):
            made.append(region)
    return Plausibility(years, change, relative, tuple(made), tuple(regions)) if regions else None
