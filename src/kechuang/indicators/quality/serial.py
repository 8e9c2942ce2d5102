"""Rules that look along one series."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from statistics import median

from kechuang.indicators.choice import Cell
from kechuang.indicators.quality.material import Finding, Material, Severity, is_level
from kechuang.indicators.series import paces
from kechuang.indicators.text import Text, number

JUMP = Decimal(3)
"""A level that trebles in a year, or falls to a third, is another thing, not growth (a county became a city)."""


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)


def copied_year(material: Material) -> Iterator[Finding]:
    """An unrounded value (five digits or more) that repeats exactly in the next year."""
    for (indicator, region), years in material.by_series.items():
        if indicator in material.knowledge.printed:
            continue
        for (year, before), (following, after) in pairwise(years.items()):
            same = before.value == after.value and following == year + 1 and _digits(after.value) >= 5
            if same and is_level(material.definitions[indicator]) and before.value != 0:
                name = material.name(region)
                yield Finding(
                    "copied_year",
                    Severity.WARNING,
                    ((region, indicator, year), (region, indicator, following)),
                    Text(
                        f"{name.zh} {following} 年与 {year} 年完全相同（{number(after.value)}），像是照抄上年",
                        f"{name.en}: {following} repeats {year} exactly ({number(after.value)}), as if copied",
                    ),
                )


def _within(a: Cell | None, b: Cell | None) -> bool:
    return a is not None and b is not None and a.value > 0 and 1 / JUMP < b.value / a.value < JUMP


def _spike(years: dict[int, Cell], year: int, following: int) -> bool:
    """Whether one of the two years stands alone and the series goes on as before: an outlier, not a break."""
    return _within(years[year], years.get(following + 1)) or _within(years.get(year - 1), years[following])


def level_jump(material: Material) -> Iterator[Finding]:
    """A level that changes by more than ``JUMP`` in a year: an administrative or definition break."""
    for (indicator, region), years in material.by_series.items():
        definition = material.definitions[indicator]
        if not is_level(definition):
            continue
        for (year, before), (following, after) in pairwise(years.items()):
            if (
                following != year + 1
                or before.value <= 0
                or after.value <= 0
                or not (before.in_series and after.in_series)
            ):
                continue
            if definition.breaks_between(region, year, following) or before.value < 10:
                continue
            if not _within(before, after) and not _spike(years, year, following):
                name = material.name(region)
                yield Finding(
                    "level_jump",
                    Severity.WARNING,
                    ((region, indicator, year), (region, indicator, following)),
                    Text(
                        f"{name.zh} {following} 年由 {number(before.value)} 变为 {number(after.value)}，"
                        "多半是口径或区划变了",
                        f"{name.en}: from {number(before.value)} to {number(after.value)} in {following}; probably "
                        "another scope",
                    ),
                )


def gap(material: Material) -> Iterator[Finding]:
    """Years missing in the middle of a series that is otherwise yearly."""
    for (indicator, region), years in material.by_series.items():
        known = sorted(y for y, c in years.items() if c.in_series)
        if len(known) < 3:
            continue
        missing = sorted(set(range(known[0], known[-1] + 1)) - set(known))
        if missing and len(missing) * 2 < len(known):
            name, words = material.name(region), _years(missing)
            yield Finding(
                "gap",
                Severity.NOTE,
                tuple((region, indicator, y) for y in missing),
                Text(f"{name.zh}缺 {words} 年", f"{name.en}: {words.replace('、', ', ')} missing"),
            )


def _years(years: list[int]) -> str:
    parts: list[list[int]] = []
    for year in years:
        if parts and parts[-1][-1] == year - 1:
            parts[-1].append(year)
        else:
            parts.append([year])
    return "、".join(str(p[0]) if len(p) == 1 else f"{p[0]}—{p[-1]}" for p in parts)


def too_fast(material: Material) -> Iterator[Finding]:
    """A change between two values far beyond the fastest single year that any region has shown in a ratio."""
    for indicator, definition in material.definitions.items():
        if is_level(definition):
            continue
        seen = [
            abs(p.per_year) for region in material.regions(indicator) for p in paces(material.cells, region, definition)
        ]
        if len(seen) < 10:
            continue
        best = max(seen)
        for region in material.regions(indicator):
            cells = list(material.series(indicator, region).values())
            yield from _too_fast(cells, best, region, material)


def _too_fast(cells: list[Cell], best: Decimal, region: str, material: Material) -> Iterator[Finding]:
    for before, after in pairwise(cells):
        if after.gives_change and before.gives_change:
            continue  # an ordinary step is part of what has been seen
        if after.flags != before.flags and not (after.in_series or before.in_series):
            continue
        pace = (after.value - before.value) / (after.year - before.year)
        if abs(pace) > best:
            name = material.name(region)
            yield Finding(
                "too_fast",
                Severity.WARNING,
                ((region, before.indicator, before.year), (region, after.indicator, after.year)),
                Text(
                    f"{name.zh} {before.year}—{after.year} 年平均每年变 {number(pace, 2, signed=True)}，"
                    "各地见过的最快一年是 "
                    f"{number(best, 2)}",
                    f"{name.en} {before.year}–{after.year}: {number(pace, 2, signed=True)} a year on average; the "
                    f"fastest year seen anywhere is {number(best, 2)}",
                ),
            )


def outlier(material: Material) -> Iterator[Finding]:
    """A single level far off both its neighbours (five times the usual change), which return to the old path."""
    for (indicator, region), years in material.by_series.items():
        if not is_level(material.definitions[indicator]):
            continue
        items = [(y, c) for y, c in years.items() if c.gives_change and c.value > 0]
        ratios = [abs(b.value / a.value - 1) for (y, a), (z, b) in pairwise(items) if z == y + 1]
        if len(ratios) < 6:
            continue
        usual = max(median(ratios), Decimal("0.02"))
        for (y0, a), (y1, b), (y2, c) in zip(items, items[1:], items[2:], strict=False):
            if (y1, y2) != (y0 + 1, y0 + 2):
                continue
            up, down = b.value / a.value - 1, c.value / b.value - 1
            if up * down < 0 and min(abs(up), abs(down)) > 5 * usual:
                name = material.name(region)
                yield Finding(
                    "outlier",
                    Severity.WARNING,
                    ((region, indicator, y1),),
                    Text(
                        f"{name.zh} {y1} 年的 {number(b.value)} 与前后两年都差很远",
                        f"{name.en}: {number(b.value)} in {y1} is far from both neighbours",
                    ),
                )


RULES = (copied_year, level_jump, gap, too_fast, outlier)
