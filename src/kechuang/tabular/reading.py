"""A file of rows as values and findings: the one way into the register for .xlsx and CSV."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kechuang.tabular import textfile, workbook
from kechuang.tabular.cells import EMPTY, Cell, CellError, convert
from kechuang.tabular.columns import Column, Finding, Header, TableError, find_header

LOOK_FOR_HEADER = 10
EXAMPLE_MARKS = ("示例", "Example")


@dataclass(frozen=True)
class Row:
    """One row of a file: its number there, what was written, the values that could be read, and what was wrong."""

    line: int
    raw: dict[str, str]
    values: dict[str, str]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Table:
    """A file that is being read: its sheet, heading and rows. ``rows`` can be walked once.

    ``keep`` holds what must stay open meanwhile.
    """

    sheet: str
    header: Header
    rows: Iterator[Row]
    keep: object = None


def is_workbook(path: Path) -> bool:
    """Whether the file begins like a zip archive."""
    with path.open("rb") as handle:
        return handle.read(4) == b"PK\x03\x04"


def read(path: Path, columns: Sequence[Column]) -> Table:
    """Open a file and find its heading.

    Rows marked 示例 in their first filled cell and empty rows are left out.

    Raises:
        TableError: the file cannot be taken; while ``rows`` are walked also, where it breaks off later.
    """
    if not is_workbook(path):
        return _table("", textfile.rows(path), workbook.Peculiar(), columns)
    refused: TableError | None = None
    sheets = workbook.sheets(path)
    for title, peculiar, rows in sheets:
        try:
            return replace(_table(title, rows, peculiar, columns), keep=sheets)
        except TableError as error:
            refused = refused or error
    raise refused or TableError("表格里没有可见的工作表。", "The workbook has no visible sheet.")


def _table(
    title: str, rows: Iterator[tuple[int, list[Cell]]], peculiar: workbook.Peculiar, columns: Sequence[Column]
) -> Table:
    head = list(itertools.islice(rows, LOOK_FOR_HEADER))
    index, header = find_header([[cell.text for cell in cells] for _, cells in head], columns)
    remaining = itertools.chain(head[index + 1 :], rows)
    return Table(title, header, _read_rows(remaining, header, peculiar))


def _read_rows(rows: Iterable[tuple[int, list[Cell]]], header: Header, peculiar: workbook.Peculiar) -> Iterator[Row]:
    last = max(header.places) + 1
    for line, cells in rows:
        filled = [cell for cell in cells[:last] if cell.text.strip()]
        if not filled or filled[0].text.strip().startswith(EXAMPLE_MARKS):
            continue
        yield read_row(line, cells, header, line in peculiar.hidden, line in peculiar.merged)


def read_row(line: int, cells: Sequence[Cell], header: Header, hidden: bool = False, merged: bool = False) -> Row:
    """Values and findings of one row."""
    raw: dict[str, str] = {}
    values: dict[str, str] = {}
    findings: list[Finding] = []
    if hidden:
        findings.append(Finding("", "这一行在表里是隐藏的，看不见的不收；要收就保留，不要就删去",
                                "this row is hidden in the sheet; keep it on purpose or delete it"))  # fmt: skip
    if merged:
        findings.append(Finding("", "这一行有合并单元格，不知道数归哪一行；请取消合并，每行填全",
                                "this row has merged cells; unmerge them and fill every row"))  # fmt: skip
    for index, (column, factor) in header.places.items():
        cell = cells[index] if index < len(cells) else EMPTY
        if cell.text:
            raw[column.name] = cell.text
        try:
            value = convert(cell, column, factor)
        except CellError as error:
            findings.append(Finding(column.name, error.zh, error.en))
            continue
        if value is not None:
            values[column.name] = value
    return Row(line, raw, values, tuple(findings))


def read_mended(line: int, written: dict[str, str], columns: Sequence[Column]) -> Row:
    """A row that a person has mended on a page, read by the same rules; amounts are in the column's own unit."""
    header = Header({index: (column, 0) for index, column in enumerate(columns)})
    return read_row(line, [Cell(written.get(column.name, "")) for column in columns], header)
