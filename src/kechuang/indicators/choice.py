"""Choose the value of a cell among its vintages, and say why; show where sources disagree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, Literal

from kechuang.indicators.observations import NO_CHANGE, OUTSIDE_SERIES, Flag, Observation, by_cell
from kechuang.indicators.text import Text, number
from kechuang.indicators.units import UnitError, parse_unit


@dataclass(frozen=True)
class Cell:
    """The chosen value of a cell in the indicator's unit, its vintage, the others, and why this one."""

    region: str
    indicator: str
    year: int
    value: Decimal
    unit: str
    chosen: Observation
    others: tuple[Observation, ...]
    why: Text
    conflict: Conflict | None = None

    @property
    def flags(self) -> frozenset[Flag]:
        """The flags of the chosen vintage."""
        return self.chosen.flags

    @property
    def in_series(self) -> bool:
        """Whether the value may stand in a yearly series."""
        return not self.flags & OUTSIDE_SERIES

    @property
    def gives_change(self) -> bool:
        """Whether a change from or to another year may be computed from this value."""
        return not self.flags & NO_CHANGE


@dataclass(frozen=True)
class Conflict:
    """Sources that give different numbers for one cell.

    ``kind`` is ``rounding`` when every value is the most exact one rounded to fewer digits, else ``disagreement``.
    ``spread`` is the largest less the smallest, in ``unit``.
    """

    region: str
    indicator: str
    year: int
    kind: Literal["rounding", "disagreement"]
    values: tuple[tuple[Observation, Decimal], ...]
    spread: Decimal
    unit: str


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def agree_when_rounded(a: Decimal, b: Decimal) -> bool:
    """Whether the less exact of two numbers is the other one rounded (half-up or half-even)."""
    exact, coarse = (a, b) if _decimals(a) >= _decimals(b) else (b, a)
    step = Decimal(1).scaleb(-_decimals(coarse))
    return any(exact.quantize(step, rounding=rule) == coarse for rule in (ROUND_HALF_UP, ROUND_HALF_EVEN))


def conflict_of(vintages: Iterable[Observation], unit: str) -> Conflict | None:
    """The conflict among the vintages of one cell, or None when all give the same number in ``unit``."""
    values = tuple((o, o.value_in(unit)) for o in vintages)
    numbers = sorted({v for _, v in values})
    if len(numbers) < 2:
        return None
    finest = max(numbers, key=_decimals)
    kind: Literal["rounding", "disagreement"] = (
        "rounding" if all(agree_when_rounded(finest, n) for n in numbers) else "disagreement"
    )
    first = values[0][0]
    return Conflict(first.region, first.indicator, first.year, kind, values, numbers[-1] - numbers[0], unit)


_UNDATED = dt.date.min
_EXACT = Text("它的位数更完整", "it carries more digits")


def digits(observation: Observation) -> int:
    """Decimal places of the value in the base unit of its own unit (8,510.13 亿元 has -6)."""
    return _decimals(observation.value) - parse_unit(observation.unit).power


# In this order; the first criterion on which the best two differ is the reason that is given.
_CRITERIA: tuple[tuple[Callable[[Observation], Any], Text], ...] = (
    (lambda o: not o.flags & OUTSIDE_SERIES, Text("它是全年、全口径的数", "it covers the full year and scope")),
    (lambda o: Flag.AS_OF not in o.flags, Text("另一个是月度时点数", "the other is as of a month")),
    (lambda o: int(o.source.trust), Text("来源更接近发布机关", "its source is closer to the office that made it")),
    (lambda o: Flag.FIRST_RELEASE not in o.flags, Text("另一个是首次公布数", "the other is a first release")),
    (lambda o: o.known_since or _UNDATED, Text("它发布得更晚，含修订", "it was released later and holds the revision")),
    (digits, _EXACT),
)


def choose(vintages: list[Observation], unit: str) -> Cell:
    """Choose among the vintages of one cell: full scope, year end, trust, not superseded, revision, digits.

    Sources that differ by rounding only confirm one another, so the most exact of them is taken.

    Raises UnitError when a vintage measures something else than ``unit``, ValueError on an empty list.
    """
    if not vintages:
        raise ValueError("a cell without observations has no value")
    ranked = sorted(vintages, key=lambda o: o.source.id)
    ranked.sort(key=lambda o: tuple(rank(o) for rank, _ in _CRITERIA), reverse=True)
    conflict = conflict_of(ranked, unit)
    rounding = conflict is not None and conflict.kind == "rounding"
    if rounding:
        ranked.sort(key=lambda o: (not o.flags & OUTSIDE_SERIES, digits(o)), reverse=True)
        conflict = conflict_of(ranked, unit)  # in the new order: the value in use first, as pages show it
    best, others = ranked[0], tuple(ranked[1:])
    if not others:
        why = Text(f"只有一个来源：{best.source.title}", f"the only source: {best.source.title}")
    elif conflict is None:
        why = Text(f"{len(ranked)} 个来源一致", f"{len(ranked)} sources agree")
    else:
        same = Text("各项条件相同，按来源编号取", "all criteria are equal; taken in order of source id")
        differing = (text for rank, text in _CRITERIA if rank(best) != rank(others[0]))
        reason = _EXACT if rounding else next(differing, same)
        why = Text(
            f"{len(ranked)} 个来源，取“{best.source.title}”：{reason.zh}",
            f"{len(ranked)} sources; taken from “{best.source.title}” because {reason.en}",
        )
    return Cell(best.region, best.indicator, best.year, best.value_in(unit), unit, best, others, why, conflict)


def choose_all(observations: Iterable[Observation], units: dict[str, str]) -> dict[tuple[str, str, int], Cell]:
    """Choose a value for every cell whose indicator is in ``units`` (indicator id to unit).

    A vintage whose unit does not fit is left out here; the quality gate reports it.
    """
    chosen: dict[tuple[str, str, int], Cell] = {}
    for key, vintages in by_cell(observations).items():
        unit = units.get(key[1])
        if unit is None:
            continue
        fitting = [o for o in vintages if _fits(o, unit)]
        if fitting:
            chosen[key] = choose(fitting, unit)
    return chosen


def _fits(observation: Observation, unit: str) -> bool:
    try:
        observation.value_in(unit)
    except UnitError:
        return False
    return True


def conflicts(observations: Iterable[Observation], units: dict[str, str]) -> list[Conflict]:
    """Every cell in which sources give different numbers, ordered by indicator, region, year."""
    found = [cell.conflict for cell in choose_all(observations, units).values() if cell.conflict is not None]
    return sorted(found, key=lambda c: (c.indicator, c.region, c.year))


def describe(conflict: Conflict) -> Text:
    """One sentence that names every value and source of a conflict."""
    parts = "；".join(f"{number(value)}（{o.source.title}）" for o, value in conflict.values)
    parts_en = "; ".join(f"{number(value)} ({o.source.title})" for o, value in conflict.values)
    kind = (
        Text("只是取整不同", "rounding only") if conflict.kind == "rounding" else Text("来源不一致", "sources disagree")
    )
    return Text(f"{conflict.year} 年{kind.zh}：{parts}", f"{conflict.year}, {kind.en}: {parts_en}")
