"""Options of the chart, which the page draws from its own table: which columns, target lines, breaks."""

from __future__ import annotations

from typing import Any

from kechuang.indicators import Definition

from .board import Row
from .table import Column, TableRow

FEW = 3
"""A city with at most this many values is drawn as single points, not as a line."""


def neighbours(ranks: list[tuple[str, bool]], each: int = 2) -> list[str]:
    """The regions that stand next to the city in a ranking (region, whether it is the city): ``each`` on both sides."""
    here = next((i for i, (_, ours) in enumerate(ranks) if ours), None)
    if here is None:
        return []
    return [r for i, (r, _) in enumerate(ranks) if i != here and abs(i - here) <= each]


def columns_drawn(shown: list[Column], near: list[str], *, comparable: bool) -> list[int]:
    """Column numbers (1 = the city) to draw.

    Shares and rates are drawn against the province and the nation; sizes against the prefectures next in rank,
    since a city beside its province would be a flat line.
    """
    wanted = [i for i, c in enumerate(shown, 1) if c.kind == "city"]
    if not comparable and near:
        return wanted + [i for i, c in enumerate(shown, 1) if c.region in near]
    return wanted + [i for i, c in enumerate(shown, 1) if c.kind == "above"]


def _lines(definition: Definition, rows: list[TableRow], targets: list[Row], language: str) -> list[dict[str, Any]]:
    lines = []
    for row in targets:
        value, day, unit = row.record.value, row.record.deadline, row.record.unit or definition.unit
        if value is None or row.record.indicator != definition.id or unit != definition.unit:
            continue
        line: dict[str, Any] = {"y": float(value), "text": row.wanted.of(language)}
        if day is not None and rows and day.year >= rows[0].year:
            line["to"] = str(min(day.year, rows[-1].year))
            brackets = "（{}）" if language == "zh" else " ({})"
            line["text"] += brackets.format(row.deadline.of(language))
        lines.append(line)
    return lines


def _nudges(rows: list[TableRow], drawn: list[int], lowest: float, highest: float) -> list[int]:
    """Move the names at the line ends apart where the lines end close together (in pixels, up is negative)."""
    ends = []
    for k, column in enumerate(drawn):
        values = [(row.year, row.cells[column - 1].cell) for row in rows if row.cells[column - 1].cell is not None]
        if values:
            year, cell = values[-1]
            ends.append((float(cell.value), year, k))  # type: ignore[union-attr]
    nudges = [0] * len(drawn)
    near = (highest - lowest) * 0.06
    ends.sort()
    cluster: list[tuple[float, int, int]] = []
    for end in [*ends, None]:
        if end is not None and (not cluster or (end[1] == cluster[-1][1] and end[0] - cluster[-1][0] < near)):
            cluster.append(end)
            continue
        for place, (_, _, k) in enumerate(cluster):
            nudges[k] = round((len(cluster) - 1 - 2 * place) * 7)
        cluster = [end] if end is not None else []
    return nudges


def options(
    definition: Definition,
    shown: list[Column],
    rows: list[TableRow],
    targets: list[Row],
    language: str,
    drawn: list[int],
) -> dict[str, Any]:
    """Options for ``charts.js``; numbers here only place lines, the values themselves are read from the table."""
    values = [float(r.cells[i - 1].cell.value) for r in rows for i in drawn if r.cells[i - 1].cell is not None]  # type: ignore[union-attr]
    result: dict[str, Any] = {
        "cols": drawn,
        "names": [shown[i - 1].name.of(language) for i in drawn],
        "unit": definition.unit if definition.unit == "%" else "",
        "yname": definition.unit if language == "zh" else definition.unit_en,
    }
    if 0 < sum(row.cells[0].cell is not None for row in rows) <= FEW:
        result["sparse"] = [1]
    lines = _lines(definition, rows, targets, language)
    if lines:
        result["lines"] = lines
    heights = values + [line["y"] for line in lines]
    if heights:
        result["nudge"] = _nudges(rows, drawn, min(heights), max(heights))
        if lines and max(heights) > 0:
            result["max"] = float(f"{max(heights) * 1.08:.2g}")
    here = {"", *(shown[i - 1].region for i in drawn)}
    word = "口径断点" if language == "zh" else "break"
    bands = [
        {"from": str(b.year - 1), "to": str(b.year), "text": word}
        for b in definition.breaks
        if rows and rows[0].year < b.year <= rows[-1].year and b.region in here
    ]
    if bands:
        result["bands"] = bands
    return result
