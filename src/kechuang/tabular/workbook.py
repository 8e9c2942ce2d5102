"""Workbooks (.xlsx) read row by row: nothing is unpacked beyond a limit, no macro, no outside link, no document type.

Values are read as the file keeps them; formulas, error values, hidden rows and merged cells are told apart, so that
nothing is taken that a person did not see.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from kechuang.tabular.cells import EMPTY, Cell
from kechuang.tabular.columns import TableError

MAX_UNPACKED = 600_000_000
MAX_RATIO = 200
MAX_PARTS = 500
MAX_COLUMNS = 120
_ACTIVE = ("vbaproject", "activex", "externallink", "embeddings/", "macrosheets", "dialogsheets", "/connections.xml",
           "querytables/", "customdata")  # fmt: skip
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_NUMBER_OF_ROW = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="\$?[A-Z]+\$?(\d+):\$?[A-Z]+\$?(\d+)"')


_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")


@dataclass
class Peculiar:
    """Rows of one sheet that need a person: hidden ones, and those that merged cells touch."""

    hidden: set[int] = field(default_factory=set)
    merged: set[int] = field(default_factory=set)


def _refuse_active(names: list[str]) -> None:
    if any(word in name for name in names for word in _ACTIVE):
        raise TableError(
            "表格里有宏、控件、数据连接或外部链接，不收。请断开链接，另存为不含宏的 .xlsx。",
            "The workbook holds macros, controls, data connections or links to other files. "
            "Break the links and save it as .xlsx without macros.",
        )


def check(path: Path) -> dict[str, Peculiar]:
    """Look through a workbook before any parser touches it; returns the peculiar rows of each sheet part.

    Raises:
        TableError: no workbook, damaged, protected, too large when unpacked, active content, or a document type.
    """
    found: dict[str, Peculiar] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = [part.filename.lower() for part in parts]
            if "xl/workbook.xml" not in names:
                raise TableError("这不是 .xlsx 表格。", "This is no .xlsx workbook.")
            unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts) or 1
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > 10_000_000 + packed * MAX_RATIO:
                raise TableError(
                    "表格展开后太大。请只留数据，另存为新文件，或分成几份。",
                    "The workbook is too large when unpacked. Keep the data only, save it as a new file, or split it.",
                )
            _refuse_active(names)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    seen = _scan(archive, part)
                    if part.filename.lower().startswith("xl/worksheets/"):
                        found[part.filename.rsplit("/", 1)[-1].lower()] = seen
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise TableError(
            "表格损坏或加了密码，打不开。", "The workbook is damaged or protected by a password."
        ) from error
    return found


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Peculiar:
    """Stream one part: refuse what an XML parser could be misled by, and note hidden rows and merged cells."""
    seen, rest, place, unpacked = Peculiar(), b"", 0, 0
    relations = part.filename.lower().endswith(".rels")
    with archive.open(part) as handle:
        while piece := handle.read(1 << 20):
            unpacked += len(piece)
            if unpacked > part.file_size:
                raise TableError("表格的内部结构不正常，不收。", "The inside of the workbook is malformed.")
            data = rest + piece
            if unpacked == len(piece) and (data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data[:64]):
                raise TableError(
                    "表格内部不是 UTF-8，请用 Excel 另存一次。", "The workbook is not UTF-8 inside; save it once more."
                )
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                raise TableError("表格的内部结构不正常，不收。", "The inside of the workbook is malformed.")
            if relations and any(b"External" in r and b"/hyperlink" not in r for r in _RELATION.findall(data)):
                _refuse_active(["externallink"])
            cut = data.rfind(b"<")
            whole, rest = (data[:cut], data[cut:]) if cut > 0 else (b"", data)
            place = _note(whole, place, seen)
        _note(rest, place, seen)
    return seen


def _note(data: bytes, place: int, seen: Peculiar) -> int:
    """Add the peculiar rows of a piece that ends between two tags; returns the number of the last row."""
    for match in _ROW.finditer(data):
        number = _NUMBER_OF_ROW.search(match[1])
        place = int(number[1]) if number else place + 1
        if _HIDDEN.search(match[1]):
            seen.hidden.add(place)
    for match in _MERGE.finditer(data):
        first, last = int(match[1]), int(match[2])
        seen.merged.update(range(first, min(last, first + 100_000) + 1))
    return place


def _cell(cell: Any) -> Cell:
    """One cell of openpyxl as text and the way it was kept."""
    value = cell.value
    if value is None:
        return EMPTY
    kind = cell.data_type
    if kind == "f":
        return Cell(str(getattr(value, "text", value)), "formula")
    if kind == "e":
        return Cell(str(value), "error")
    if isinstance(value, bool):
        return Cell("true" if value else "false", "boolean")
    if isinstance(value, int | float):
        number = Decimal(f"{value:.15g}")
        if "%" in str(cell.number_format or ""):
            return Cell(f"{number * 100:f}%", "number")
        return Cell(f"{number:f}" if -20 < number.adjusted() < 25 else str(number), "number")
    if isinstance(value, dt.datetime):
        day = value.date().isoformat()
        return Cell(day if value.time() == dt.time() else f"{day} {value.time().isoformat()}", "date")
    if isinstance(value, dt.date):
        return Cell(value.isoformat(), "date")
    if isinstance(value, dt.time | dt.timedelta):
        return Cell(str(value), "date")
    return Cell(str(value))


def sheets(path: Path) -> Iterator[tuple[str, Peculiar, Iterator[tuple[int, list[Cell]]]]]:
    """Visible sheets of a workbook with their rows, streamed; rows carry their number in the sheet.

    Raises:
        TableError: see :func:`check`; or the sheet itself is damaged.
    """
    peculiar = check(path)
    import openpyxl

    # Given as a handle: the library refuses a path that does not end in .xlsx, and stored files have no ending.
    with path.open("rb") as handle:
        try:
            book = openpyxl.load_workbook(handle, read_only=True, data_only=False, keep_links=False)
        except Exception as error:  # the library raises whatever a damaged part makes it raise
            raise TableError("表格损坏，打不开。", "The workbook is damaged.") from error
        try:
            for sheet in book.worksheets:
                if getattr(sheet, "sheet_state", "visible") != "visible":
                    continue
                part = str(getattr(sheet, "_worksheet_path", "")).rsplit("/", 1)[-1].lower()
                yield sheet.title, peculiar.get(part, Peculiar()), _rows(sheet)
        finally:
            book.close()


def _rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    sheet.reset_dimensions()  # the stated size may be wrong or hostile; what stands there counts
    try:
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
            yield number, [_cell(cell) for cell in row]
    except TableError:
        raise
    except Exception as error:  # see above
        raise TableError(
            "表格损坏，读到一半读不下去。", "The workbook is damaged; reading stops in the middle."
        ) from error
