"""Values in a spreadsheet (.xlsx): read as carefully as a CSV, and an empty one to fill in.

Only values are read. A formula is a row that cannot be taken, macros and outside links refuse the file, and nothing in
the archive is unpacked beyond a fixed size.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal
from typing import Any

from kechuang.indicators import Definition, Situation, Text
from kechuang.indicators.tables import CHINESE, COLUMNS, OPTIONAL, Problem
from kechuang.web.core.errors import UserError

MAX_UNPACKED = 30_000_000
MAX_PARTS = 200
MAX_COLUMNS = 40
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ACTIVE = ("vbaproject", "activex", "externallinks", "embeddings", "xl/macrosheets", "dialogsheets")
_CHINESE_OF = {name: chinese for chinese, name in CHINESE.items()}


def check_archive(data: bytes) -> None:
    """Refuse archives that are no plain workbook. Raises ``UserError`` at the field ``file``."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = [part.filename.lower() for part in parts]
            if "xl/workbook.xml" not in names:
                raise UserError("这不是 .xlsx 表格。", "This is no .xlsx workbook.", field="file")
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise UserError(
                    "表格展开后太大。请只留数据，另存为新文件。",
                    "The workbook is too large when unpacked. Keep the data only and save it as a new file.",
                    field="file",
                )
            if any(word in name for name in names for word in _ACTIVE):
                raise UserError(
                    "表格里有宏、控件或外部链接，不收。请另存为不含宏的 .xlsx，并断开链接。",
                    "The workbook holds macros, controls or links to other files. "
                    "Save it as .xlsx without macros and break the links.",
                    field="file",
                )
            # A document type in a part could make the reader expand it without end.
            if any(b"<!DOCTYPE" in archive.read(part) for part in parts if part.filename.lower().endswith(".xml")):
                raise UserError(
                    "表格的内部结构不正常，不收。", "The inside of the workbook is malformed.", field="file"
                )
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise UserError(
            "表格损坏或加了密码，打不开。", "The workbook is damaged or protected by a password.", field="file"
        ) from error


def _plain(value: Any, number_format: str) -> str:
    """A cell as text: numbers with the 15 digits that a spreadsheet keeps, percentages as percent, dates as 2016-03-01."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        number = Decimal(f"{value:.15g}")
        if "%" in number_format:
            number *= 100
        return f"{number.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return " ".join(str(value).split())


def _header(cells: list[str]) -> bool:
    names = {CHINESE.get(cell, cell) for cell in cells}
    return len(names & set(COLUMNS)) >= 3


def read_sheet(data: bytes, most: int) -> tuple[str, list[Problem]]:
    """The first visible sheet with a header as CSV text, line for row; and the rows that hold formulas.

    A row without value and source has not been filled in and is left out. Raises ``UserError`` at the field ``file``.
    """
    check_archive(data)
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:  # the library raises whatever a damaged part makes it raise
        raise UserError("表格损坏，打不开。", "The workbook is damaged.", field="file") from error
    for sheet in sheets:
        out, problems, names = io.StringIO(), [], []
        writer = csv.writer(out, lineterminator="\n")
        for place, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
            if place > most + 1:
                raise UserError(
                    f"一份最多 {most} 行，请分成几份。", f"At most {most} rows in one file; split it.", field="file"
                )
            cells = [_plain(cell.value, str(getattr(cell, "number_format", "") or "")) for cell in row]
            if place == 1:
                if not _header(cells):
                    break
                names = [CHINESE.get(cell, cell) for cell in cells]
            formula = any(getattr(cell, "data_type", "") == "f" for cell in row)
            at = dict(zip(names, cells, strict=False))
            if formula:
                problems.append(
                    Problem(
                        place,
                        Text(
                            "有公式。请复制后“选择性粘贴”成数值",
                            "holds a formula; copy it and paste it as a value",
                        ),
                    )
                )
            elif place > 1 and any("%" in str(getattr(c, "number_format", "")) and n == "value" and c.value is not None
                                   for n, c in zip(names, row, strict=False)) and at.get("unit") != "%":  # fmt: skip
                problems.append(
                    Problem(
                        place,
                        Text(
                            f"数值是百分数格式，单位却写“{at.get('unit', '')}”",
                            f"the value is formatted as per cent, but the unit says “{at.get('unit', '')}”",
                        ),
                    )
                )
                formula = True
            if formula or (place > 1 and not (at.get("value") or at.get("source"))):
                cells = []
            writer.writerow(cells)
        if names:
            return out.getvalue(), problems
    raise UserError(
        f"第一行要有表头：{'、'.join(_CHINESE_OF[n] for n in COLUMNS)}。可以先下载空表。",
        f"The first row needs the header {', '.join(COLUMNS)}. An empty table can be downloaded.",
        field="file",
    )


def _put(sheet: Any, row: list[str], bold: bool = False) -> None:
    """Append texts; none of them can become a formula."""
    from openpyxl.styles import Font

    sheet.append(row)
    for cell, text in zip(sheet[sheet.max_row], row, strict=True):
        if text:
            cell.value, cell.data_type = text, "s"
        if bold:
            cell.font = Font(bold=True)


def template(situation: Situation, own: list[Definition], year: int, language: str) -> bytes:
    """An empty table: a row for each own indicator, and beside it the lists of indicators and regions."""
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    data = book.active
    zh = language != "en"
    fields = (*COLUMNS, *(name for name in OPTIONAL if name != "trust"))
    data.title = "数据" if zh else "data"
    _put(data, [_CHINESE_OF[f] if zh else f for f in fields], bold=True)
    for definition in own:
        row = {"region": situation.region, "indicator": definition.id, "year": str(year), "unit": definition.unit}
        _put(data, [row.get(f, "") for f in fields])
    data.freeze_panes = "A2"
    known = book.create_sheet("指标" if zh else "indicators")
    _put(known, ["编号", "名称", "单位", "含义"] if zh else ["id", "name", "unit", "meaning"], bold=True)
    for d in situation.definitions.values():
        _put(known, [d.id, d.name.of(language), d.unit, d.definition.of(language)])
    places = book.create_sheet("地区" if zh else "regions")
    _put(places, ["代码", "名称"] if zh else ["code", "name"], bold=True)
    for code, name in situation.names.items():
        _put(places, [code, name.of(language)])
    for sheet in book.worksheets:
        for column in range(1, len(fields) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 26
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()
