"""Safe .xlsx and CSV, written row by row: no text can become a formula, a hundred thousand rows stay out of memory."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from kechuang.tabular.columns import Column
from kechuang.tabular.formulas import safe

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIST_ROWS = 20_000
_ILLEGAL = {code: None for code in range(32) if code not in (9, 10, 13)}


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_rows(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a CSV for spreadsheet programs: UTF-8 with mark, CRLF, formula starters made harmless."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([safe(text) for text in heading])
    for row in rows:
        yield writer.writerow([safe(text) for text in row])


def _text_cell(sheet: Any, text: str, **style: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value="")
    # Set after the value: openpyxl would read a leading "=" as a formula.
    cell.value = text.translate(_ILLEGAL)[:32_767]
    cell.data_type = "s"
    for name, value in style.items():
        setattr(cell, name, value)
    return cell


def _cell(sheet: Any, value: str | Decimal, **style: Any) -> Any:
    """A text, or an amount that the spreadsheet can add up: a Decimal is written digit by digit."""
    if isinstance(value, str):
        return _text_cell(sheet, value, **style)
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = "#,##0.00"
    for name, given in style.items():
        setattr(cell, name, given)
    return cell


def xlsx_bytes(
    title: str,
    heading: Sequence[str],
    rows: Iterable[Sequence[str | Decimal]],
    *,
    marks: Iterable[Sequence[int]] = (),
    notes: Sequence[str] = (),
) -> Iterator[bytes]:
    """A workbook of texts and amounts, in pieces. ``marks`` gives for each row the places of cells to colour; ``notes`` a second sheet.

    The workbook is made in a temporary file, whose pieces are then sent, so that memory does not grow with the rows.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for place in range(1, len(heading) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = 22
    bold, marked = Font(bold=True), PatternFill("solid", fgColor="FFF3D6")
    sheet.append([_text_cell(sheet, text, font=bold) for text in heading])
    walk = iter(marks)
    for row in rows:
        coloured = set(next(walk, ()))
        sheet.append([
            _cell(sheet, text, **({"fill": marked} if place in coloured else {})) for place, text in enumerate(row)
        ])  # fmt: skip
    if notes:
        second = book.create_sheet("说明")
        for note in notes:
            second.append([_text_cell(second, note)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        book.save(path)
        with path.open("rb") as handle:
            while piece := handle.read(1 << 16):
                yield piece


def template(columns: Sequence[Column], title: str, language: str, notes: Sequence[str] = ()) -> bytes:
    """An empty table: headings, an example line marked 示例, choice lists, explanations of every column."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter, quote_sheetname
    from openpyxl.worksheet.datavalidation import DataValidation

    zh = language != "en"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = ("数据" if zh else "Data")[:31]
    lists = book.create_sheet("选项" if zh else "Choices")
    ground = PatternFill("solid", fgColor="E3EDF8")
    for place, column in enumerate(columns, 1):
        letter = get_column_letter(place)
        head = sheet.cell(1, place, column.heading(language))
        head.font, head.fill, head.alignment = Font(bold=True), ground, Alignment(wrap_text=True, vertical="top")
        mark = ("示例 " if zh else "Example ") if place == 1 else ""
        example = sheet.cell(2, place, mark + column.example)
        example.data_type, example.font = "s", Font(italic=True, color="4A5866")
        sheet.column_dimensions[letter].width = 24
        # Text format keeps long codes and leading zeros as they are typed.
        if column.type in ("code", "uscc", "organisation", "text", "person", "date"):
            sheet.column_dimensions[letter].number_format = "@"
        if column.choices or column.type == "boolean":
            words = [(c.zh if zh else c.en) for c in column.choices] or (["是", "否"] if zh else ["yes", "no"])
            lists.cell(1, place, column.heading(language)).font = Font(bold=True)
            for row, word in enumerate(words, 2):
                lists.cell(row, place, word)
            area = f"{quote_sheetname(lists.title)}!${letter}$2:${letter}${len(words) + 1}"
            rule = DataValidation(type="list", formula1=area, allow_blank=not column.required)
            sheet.add_data_validation(rule)
            rule.add(f"{letter}3:{letter}{LIST_ROWS}")
    sheet.freeze_panes = "A2"
    explained = book.create_sheet("填写说明" if zh else "Explanations")
    heads = ["列", "必填", "怎么填", "说明"] if zh else ["Column", "Required", "How", "Meaning"]
    for place, text in enumerate(heads, 1):
        explained.cell(1, place, text).font = Font(bold=True)
    for row, column in enumerate(columns, 2):
        needed = ("是" if zh else "yes") if column.required else ""
        cells = (column.heading(language), needed, _how(column, zh), column.note_zh if zh else column.note_en)
        for place, text in enumerate(cells, 1):
            explained.cell(row, place, text).data_type = "s"
    for row, note in enumerate(notes, len(columns) + 3):
        explained.cell(row, 1, note).data_type = "s"
    for place, width in enumerate((26, 8, 44, 60), 1):
        explained.column_dimensions[get_column_letter(place)].width = width
    book.move_sheet(lists, 1)
    raw = io.BytesIO()
    book.properties.title, book.properties.creator = title, "Kechuang"
    book.save(raw)
    return raw.getvalue()


_HOW = {
    "text": ("文字，原样保存", "text, kept as written"),
    "person": ("姓名", "name of a person"),
    "code": ("编号，单元格设为文本", "a code; format the cell as text"),
    "uscc": ("18 位统一社会信用代码", "unified social credit code, 18 characters"),
    "organisation": ("统一社会信用代码，或登记的全名", "unified social credit code, or the registered name"),
    "date": ("日期，如 2025-03-31", "a date such as 2025-03-31"),
    "year": ("四位年份，如 2025", "a year such as 2025"),
    "money": (
        "金额（元，两位小数）；表头可改成“（万元）”",
        "an amount in yuan with two decimals; the heading may say （万元）",
    ),
    "number": ("数字", "a number"),
    "integer": ("整数", "a whole number"),
    "boolean": ("是或否，不知道就空着", "yes or no; nothing if unknown"),
}


def _how(column: Column, zh: bool) -> str:
    if column.type == "choice":
        words = ("、" if zh else ", ").join((c.zh if zh else c.en) for c in column.choices)
        return f"选一项：{words}" if zh else f"one of: {words}"
    return _HOW[column.type][0 if zh else 1]
