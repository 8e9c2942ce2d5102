"""Compute a formula for one region and year from published cells, and say from which; what is unknown stays unknown.

Numbers are exact fractions of base units; one rounding takes place at the end, four decimals beyond those shown. Years
across a break of a part are never put together, unless the break has a link factor: then the earlier value is
multiplied by it, as in every series.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kechuang.expressions import nodes as n
from kechuang.indicators.choice import Cell, choose
from kechuang.indicators.definitions import Definition
from kechuang.indicators.formulas.language import formula_words, order, parts, read, scale, years
from kechuang.indicators.observations import NO_CHANGE, Flag, Observation, Source, Trust
from kechuang.indicators.series import Cells
from kechuang.indicators.text import Text
from kechuang.indicators.units import shift

SPARE = 4
"""Decimals kept beyond those shown, so that a computed value is rounded once, when it is shown."""
SOURCE = "computed"
"""Id of the source of computed values."""
_EXACTLY: dict[type[n.Node], Callable[[Any, Any], Any]] = {
    n.Add: operator.add, n.Subtract: operator.sub, n.Multiply: operator.mul,
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One cell that went into a computed value; ``factor`` links it across breaks (1 where there is none)."""

    cell: Cell
    factor: Decimal = Decimal(1)


@dataclass(frozen=True)
class Working:
    """How one cell follows from others: the exact value in the indicator's unit, or what is missing."""

    definition: Definition
    region: str
    year: int
    exact: Fraction | None
    parts: tuple[Part, ...]
    missing: tuple[Text, ...]

    @property
    def value(self) -> Decimal | None:
        """The value in the indicator's unit, rounded half-up four decimals beyond those shown."""
        return None if self.exact is None else rounded(self.exact, self.definition.decimals + SPARE)


def rounded(value: Fraction, decimals: int) -> Decimal:
    """A fraction as a decimal, rounded half away from zero once."""
    scaled = value * 10**decimals
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    # Built from its digits: arithmetic on Decimals would round to the 28 digits of the default context.
    return Decimal((int(value < 0), tuple(map(int, str(whole))), -decimals))


@dataclass
class Run:
    """One evaluation in a region: what was used, and what was missing. ``exact`` holds unrounded computed values."""

    region: str
    cells: Cells
    definitions: Mapping[str, Definition]
    exact: Mapping[tuple[str, str, int], Fraction] = field(default_factory=dict)
    unknown: tuple[str, int, Any] | None = None
    """An indicator and year whose value is to be this number instead of its cell: how formulas are turned round."""
    parts: dict[tuple[str, int], Part] = field(default_factory=dict)
    missing: list[Text] = field(default_factory=list)

    def lack(self, zh: str, en: str) -> None:
        """Note why the value stays unknown; the same reason once."""
        if Text(zh, en) not in self.missing:
            self.missing.append(Text(zh, en))

    def value(self, node: n.Node, year: int, base: int) -> Any:
        """The value of a node in base units for ``year``, made comparable with ``base``; None when it is unknown."""
        match node:
            case n.Literal(value=Decimal() as value):
                return Fraction(value)
            case n.Name(id=id):
                return self.indicator(id, year, base)
            case n.Negate(operand=x):
                inner = self.value(x, year, base)
                return None if inner is None else -inner
            case n.Add(left=a, right=b) | n.Subtract(left=a, right=b) | n.Multiply(left=a, right=b):
                left, right = self.value(a, year, base), self.value(b, year, base)
                return None if left is None or right is None else _EXACTLY[type(node)](left, right)
            case n.Divide(left=a, right=b):
                return self.quotient(self.value(a, year, base), self.value(b, year, base))
            case n.Minimum(parts=several) | n.Maximum(parts=several):
                values = [self.value(x, year, base) for x in several]
                if any(v is None for v in values):
                    return None
                return min(values) if isinstance(node, n.Minimum) else max(values)
            case n.Call():
                return self.call(node, year, base)
        raise TypeError(f"no value of {type(node).__name__}")

    def quotient(self, above: Any, below: Any) -> Any:
        """Above divided by below; a denominator of nothing leaves the result unknown."""
        if above is None or below is None:
            return None
        if below == 0:
            self.lack("除数是零", "the denominator is zero")
            return None
        return above / below

    def call(self, node: n.Call, year: int, base: int) -> Any:
        """A function of the dialect."""
        name, several = node.function, node.parts
        if name == "quantity":
            amount, unit = several
            assert isinstance(amount, n.Literal) and isinstance(unit, n.Literal)
            return Fraction(shift(Decimal(str(amount.value)), scale(str(unit.value))))
        if name == "share":
            return self.quotient(self.value(several[0], year, base), self.value(several[1], year, base))
        if name == "previous":
            return self.value(several[0], year - 1, base)
        if name == "average":
            count = years(node)
            values = [self.value(several[0], year - back, base) for back in range(count)]
            return None if any(v is None for v in values) else sum(values[1:], values[0]) / count
        now, before = self.value(several[0], year, base), self.value(several[0], year - 1, base)
        if now is None or before is None:
            return None
        if name == "change":
            return now - before
        if before <= 0:
            self.lack(
                f"{year - 1} 年的值不是正数，不算增长率", f"the value of {year - 1} is not positive: no growth rate"
            )
            return None
        return now / before - 1

    def indicator(self, id: str, year: int, base: int) -> Any:
        """The cell of an indicator in base units, linked to ``base`` across breaks."""
        if self.unknown is not None and self.unknown[:2] == (id, year):
            return self.unknown[2]
        definition = self.definitions[id]
        name = definition.name
        cell = self.cells.get((self.region, id, year))
        if cell is None:
            return self.lack(f"缺 {year} 年{name.zh}", f"{name.en} of {year} is missing")
        if not cell.gives_change:
            labels = [f.label for f in sorted(cell.flags & NO_CHANGE)]
            why = Text("、".join(x.zh for x in labels), "; ".join(x.en for x in labels))
            return self.lack(
                f"{year} 年{name.zh}不能用来计算（{why.zh}）", f"{name.en} of {year} cannot be used ({why.en})"
            )
        factor = Decimal(1)
        for point in definition.breaks_between(self.region, year, base, computed=Flag.COMPUTED in cell.flags):
            if point.link_factor is None:
                return self.lack(
                    f"{name.zh}在 {point.year} 年有断点，前后不能合用",
                    f"{name.en} has a break in {point.year}: years before and after do not go together",
                )
            factor *= point.link_factor
        self.parts[id, year] = Part(cell, factor)
        value = self.exact.get((self.region, id, year), Fraction(cell.value))
        return value * Fraction(factor) * Fraction(10) ** scale(cell.unit)


def work(
    definition: Definition,
    region: str,
    year: int,
    cells: Cells,
    definitions: Mapping[str, Definition],
    exact: Mapping[tuple[str, str, int], Fraction] | None = None,
) -> Working:
    """How the formula of ``definition`` gives a cell, whether or not somebody published another value for it.

    The formula must have passed ``check``. ``exact`` are unrounded values of computed parts, where known.
    """
    assert definition.formula is not None
    run = Run(region, cells, definitions, exact or {})
    value = run.value(read(definition.formula), year, year)
    if value is not None:
        value = value / Fraction(10) ** scale(definition.unit)
    return Working(definition, region, year, value, tuple(run.parts.values()), tuple(run.missing))


def _observation(found: Working, source: Source) -> Observation:
    """A computed value as a vintage: known since all its parts were, with the cautions of all of them."""
    days = [part.cell.chosen.known_since for part in found.parts]
    known = None if any(day is None for day in days) else max(day for day in days if day is not None)
    flags: frozenset[Flag] = frozenset({Flag.COMPUTED})
    for part in found.parts:
        flags |= part.cell.flags - NO_CHANGE
    value, definition = found.value, found.definition
    assert value is not None
    return Observation(found.region, definition.id, found.year, value, definition.unit, source, "", flags, known)


def source_of(definition: Definition, definitions: Mapping[str, Definition]) -> Source:
    """The source of computed values: the formula in words."""
    formula = formula_words(definition, definitions) or Text("", "")
    return Source(SOURCE, f"按算式计算：{formula.zh} / computed: {formula.en}", trust=Trust.SECONDARY)


def with_derived(cells: Cells, definitions: Mapping[str, Definition]) -> dict[tuple[str, str, int], Cell]:
    """All cells, and those that only a formula gives.

    A published value is never replaced. Formulas that use computed indicators come after these, with their unrounded
    values.
    """
    known: dict[tuple[str, str, int], Cell] = dict(cells)
    exact: dict[tuple[str, str, int], Fraction] = {}
    for definition in order(definitions):
        used = set(parts(definition.formula or ""))
        source = source_of(definition, definitions)
        places = sorted({(region, year) for region, indicator, year in known if indicator in used})
        for region, year in places:
            if (region, definition.id, year) in known:
                continue
            found = work(definition, region, year, known, definitions, exact)
            if found.exact is not None:
                key = region, definition.id, year
                exact[key] = found.exact
                known[key] = choose([_observation(found, source)], definition.unit)
    return known


def derive(cells: Cells, definitions: Mapping[str, Definition]) -> list[Observation]:
    """Values for cells that nobody published although all parts are known, from the unrounded parts.

    Values that are unverified, partial or of a part of the city are no parts, and the cautions of the parts go with
    the result.
    """
    every = with_derived(cells, definitions)
    return [every[key].chosen for key in sorted(every.keys() - cells.keys())]


__all__ = ["Part", "Working", "derive", "rounded", "source_of", "with_derived", "work"]
