"""Indicators computed from others: numerator divided by denominator, checked by dimension, derived and inverted.

Statistical ratios (R&D intensity, patents per million people, output per head) are all of this form; its units decide
whether a formula can be right at all, and turned round it says how much of the numerator a target asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from kechuang.indicators.choice import Cell, choose
from kechuang.indicators.definitions import Definition, Formula
from kechuang.indicators.observations import NO_CHANGE, Flag, Observation, Source, Trust
from kechuang.indicators.series import Cells, series
from kechuang.indicators.text import Text
from kechuang.indicators.units import UnitError, parse_unit, shift

SPARE = 4
"""Decimals kept beyond those shown, so that a computed value is rounded once, when it is shown."""


def power_of(ratio: str, numerator: str, denominator: str) -> int:
    """The power of ten between numerator ÷ denominator and the ratio's unit: ratio = n ÷ d × 10^power.

    亿元 ÷ 亿元 in % gives 2, 件 ÷ 万人 in 件/百万人 gives 2. Raises UnitError when the dimensions do not agree.
    """
    wanted, above, below = parse_unit(ratio), parse_unit(numerator), parse_unit(denominator)
    same = above.base == below.base and not above.per and not below.per
    if wanted.base == "1" and not wanted.per:
        fits = same
    elif wanted.per:
        fits = (wanted.base, wanted.per) == (above.base, below.base) and not above.per and not below.per
    else:
        # 元 of GDP per head: the unit in print leaves out what it is divided by.
        fits = wanted.base == above.base and not above.per and not below.per
    if not fits:
        raise UnitError(
            Text(
                f"“{numerator}”除以“{denominator}”得不到“{ratio}”",
                f"“{numerator}” divided by “{denominator}” does not give “{ratio}”",
            )
        )
    return above.power - below.power - wanted.power


def check(definition: Definition, definitions: Mapping[str, Definition]) -> Text | None:
    """What is wrong with the formula of a definition: a part nobody defines, or dimensions that disagree; or None."""
    formula = definition.formula
    if formula is None:
        return None
    for part in (formula.numerator, formula.denominator):
        if part not in definitions:
            return Text(f"算式里的指标“{part}”没有定义", f"the indicator “{part}” of the formula is not defined")
    if definition.id in (formula.numerator, formula.denominator):
        return Text("算式里有它自己", "the formula contains the indicator itself")
    try:
        power_of(definition.unit, definitions[formula.numerator].unit, definitions[formula.denominator].unit)
    except UnitError as error:
        return error.text
    return None


def _value(definition: Definition, above: Cell, below: Cell) -> Decimal:
    with localcontext() as context:
        context.prec = 34
        value = shift(above.value / below.value, power_of(definition.unit, above.unit, below.unit))
    return value.quantize(Decimal(1).scaleb(-definition.decimals - SPARE), rounding=ROUND_HALF_UP)


def derive(cells: Cells, definitions: Mapping[str, Definition]) -> list[Observation]:
    """Values for cells that nobody published although both parts are known, from the unrounded parts.

    A published value is never replaced. Values that are unverified, partial or of a part of the city are no parts,
    and the cautions of the parts go with the result.
    """
    found = []
    for definition in definitions.values():
        formula = definition.formula
        if formula is None or check(definition, definitions) is not None:
            continue
        names = [definitions[part].name for part in (formula.numerator, formula.denominator)]
        source = Source(
            "computed",
            f"按算式计算：{names[0].zh}÷{names[1].zh} / computed: {names[0].en} ÷ {names[1].en}",
            trust=Trust.SECONDARY,
        )
        for (region, indicator, year), above in sorted(cells.items(), key=lambda item: item[0]):
            below = cells.get((region, formula.denominator, year))
            if indicator != formula.numerator or below is None or (region, definition.id, year) in cells:
                continue
            if not above.gives_change or not below.gives_change or below.value <= 0:
                continue
            days = [cell.chosen.known_since for cell in (above, below)]
            known = None if any(day is None for day in days) else max(day for day in days if day is not None)
            flags = (above.flags | below.flags) - NO_CHANGE | {Flag.COMPUTED}
            value = _value(definition, above, below)
            found.append(Observation(region, definition.id, year, value, definition.unit, source, "", flags, known))
    return found


def with_derived(cells: Cells, definitions: Mapping[str, Definition]) -> dict[tuple[str, str, int], Cell]:
    """All cells, and those that only a formula gives."""
    computed = {o.cell: choose([o], definitions[o.indicator].unit) for o in derive(cells, definitions)}
    return {**cells, **computed}


@dataclass(frozen=True)
class Need:
    """How much of the numerator a target on a ratio asks for, in the numerator's unit.

    ``denominator`` is the cell it was computed with; ``same_year`` is false where that of the deadline is unknown and
    the last one stands in. ``latest`` is the last known value of the numerator.
    """

    numerator: Definition
    value: Decimal
    denominator: Cell
    same_year: bool
    latest: Cell | None


def needed(
    definition: Definition,
    wanted: Decimal,
    year: int,
    cells: Cells,
    definitions: Mapping[str, Definition],
    region: str,
) -> Need | None:
    """Turn a target on a ratio round: what numerator makes ``definition`` equal to ``wanted`` (in its unit) in ``year``.

    Uses the denominator of the year, else the last one known; None without a formula or without any denominator.
    """
    formula = definition.formula
    if formula is None or check(definition, definitions) is not None:
        return None
    known = {c.year: c for c in series(cells, region, formula.denominator)}
    below = known.get(year) or (known[max(known)] if known else None)
    if below is None:
        return None
    numerator = definitions[formula.numerator]
    power = power_of(definition.unit, numerator.unit, below.unit)
    have = series(cells, region, numerator.id)
    return Need(numerator, shift(wanted * below.value, -power), below, below.year == year, have[-1] if have else None)


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


__all__ = [
    "Formula",
    "Need",
    "Plausibility",
    "check",
    "derive",
    "needed",
    "plausibility",
    "power_of",
    "with_derived",
]
