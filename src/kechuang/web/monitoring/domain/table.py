"""The table of an indicator: years down, regions across, gaps visible."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from kechuang.indicators import Cell, Flag, Situation, Text
from kechuang.indicators.observations import OUTSIDE_SERIES
from kechuang.indicators.text import number


@dataclass(frozen=True)
class Column:
    """One region of the table."""

    region: str
    name: Text
    kind: str


@dataclass(frozen=True)
class TableCell:
    """A cell of the table; without a value it stays empty. ``hollow`` points are drawn open and not joined."""

    cell: Cell | None
    shown: str
    hollow: bool
    differs: bool
    note: Text | None


@dataclass(frozen=True)
class TableRow:
    """One year."""

    year: int
    cells: tuple[TableCell, ...]
    remarks: tuple[Text, ...]


def columns(situation: Situation, indicator: str) -> tuple[list[Column], list[Text]]:
    """The regions that have any value, the city first, and the names of those that have none."""
    wanted = [
        (situation.region, "city"),
        *((r, "above") for r in situation.above),
        *((r, "peer") for r in situation.peers),
    ]
    seen = {region for (region, i, _) in situation.cells if i == indicator}
    shown = [Column(r, situation.name(r), kind) for r, kind in wanted if r in seen or kind != "peer"]
    return shown, [situation.name(r) for r, _ in wanted if r not in seen]


def _table_cell(cell: Cell | None, decimals: int) -> TableCell:
    if cell is None:
        return TableCell(None, "", hollow=False, differs=False, note=None)
    labels = [f.label for f in sorted(cell.flags) if f is not Flag.MEANING_INFERRED]
    note = Text("、".join(x.zh for x in labels), "; ".join(x.en for x in labels)) if labels else None
    differs = cell.conflict is not None and cell.conflict.kind == "disagreement"
    hollow = bool(cell.flags & (OUTSIDE_SERIES | {Flag.AS_OF}))
    # The spare digits of a computed value are for further computing, not for reading.
    shown = number(cell.value, decimals) if Flag.COMPUTED in cell.flags else _padded(cell.value, decimals)
    return TableCell(cell, shown, hollow, differs, note)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _padded(value: Decimal, decimals: int) -> str:
    """The value with zeros up to ``decimals`` digits, as its column is printed (1.30 beside 1.98); nothing is cut."""
    return number(value, max(decimals, _places(value)))


def table(situation: Situation, indicator: str, shown: list[Column]) -> list[TableRow]:
    """One row for each year from the first to the last that any region has: gaps stay visible."""
    years = {year for (region, i, year) in situation.cells if i == indicator and any(c.region == region for c in shown)}
    if not years:
        return []
    most = situation.definitions[indicator].decimals
    digits = {
        c.region: min(
            most,
            max(
                (_places(x.value) for (r, i, _), x in situation.cells.items() if (r, i) == (c.region, indicator)),
                default=0,
            ),
        )
        for c in shown
    }
    rows = []
    for year in range(min(years), max(years) + 1):
        cells = tuple(_table_cell(situation.cells.get((c.region, indicator, year)), digits[c.region]) for c in shown)
        notes: Counter[Text] = Counter(cell.note for cell in cells if cell.note)
        remarks = []
        for note, count in notes.items():
            names = [c.name for c, cell in zip(shown, cells, strict=True) if cell.note == note]
            who = (
                Text("各地", "all")
                if count > 3
                else Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))
            )
            remarks.append(Text(f"{who.zh}：{note.zh}", f"{who.en}: {note.en}"))
        rows.append(TableRow(year, cells, tuple(remarks)))
    return rows
