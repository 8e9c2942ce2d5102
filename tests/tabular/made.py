"""A kind of table for the tests, files made of it, and the nasty one: 1,000 seeded rows, each with its verdict."""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path

from kechuang.codes import uscc
from kechuang.tabular import Choice, Column

COLUMNS = (
    Column("uscc", "统一社会信用代码", "Unified social credit code", "uscc", required=True, example="91431000MA4L000000"),
    Column("name", "名称", "Name", "text", required=True, max_length=200, example="某某公司"),
    Column("founded_on", "成立日期", "Founded on", "date", example="2015-03-31"),
    Column("revenue", "销售收入", "Revenue", "money", unit="元", example="1234567.00"),
    Column("staff", "职工人数", "Staff", "integer", unit="人", example="50"),
    Column("above_scale", "规模以上", "Above scale", "boolean", example="是"),
    Column(
        "size", "规模", "Size", "choice", choices=(Choice("small", "小型", "Small"), Choice("large", "大型", "Large")),
        example="小型",
    ),
)  # fmt: skip
HEADING = [column.zh for column in COLUMNS]


def code(number: int) -> str:
    """A right credit code."""
    return uscc.make(f"91431000T{number:07d}")


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    """A CSV file."""
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle, delimiter=delimiter).writerows(rows)
    return path


@dataclass(frozen=True)
class Nasty:
    """A row of the nasty file, the columns that must be refused (empty: taken), and the values that must be kept."""

    cells: list[object]
    refused: frozenset[str]
    kept: dict[str, str]
    hidden: bool = False
    merged: bool = False


# Ideographs of GB 18030-2022 level 3, from the extensions B to G and the plane 0 additions.
RARE = "𠮷𬭎䶮㼆𫖯𬀩𪟝𤧛𰻝鿍鿬龴龹𮧵"


def nasty_rows(seed: int = 20130418, count: int = 1000) -> list[Nasty]:
    """Seeded rows of twenty sorts, each sort equally often."""
    chance = random.Random(seed)
    rows: list[Nasty] = []
    for number in range(count):
        right, name = code(number), f"郴州{chance.choice(RARE)}{chance.choice(RARE)}科技有限公司{number}"
        good = {"uscc": right, "name": name}

        def row(*, uscc_=right, name_=name, day="", money="", staff="", above="", size="", refused=(), kept=None,
                hidden=False, merged=False, good=good):  # fmt: skip
            rows.append(
                Nasty([uscc_, name_, day, money, staff, above, size], frozenset(refused),
                      {} if refused else good | (kept or {}), hidden, merged)
            )  # fmt: skip

        match number % 20:
            case 0:
                row()
            case 1:
                long = "长" * 200
                row(name_=long, kept={"name": long})
            case 2:
                row(name_="长" * 201, refused=["name"])
            case 3:
                row(name_='=HYPERLINK("http://x","点")', refused=["name"])
            case 4:
                row(day="2023-02-30", refused=["founded_on"])
            case 5:
                row(day="2024年2月29日", kept={"founded_on": "2024-02-29"})
            case 6:
                row(money=f"-{chance.randint(1, 999)}.50", refused=["revenue"])
            case 7:
                row(money="10000000000000", refused=["revenue"])
            case 8:
                row(money="9,999,999,999,999.99", kept={"revenue": "9999999999999.99"})
            case 9:
                wrong = right[:17] + ("0" if right[17] != "0" else "1")
                row(uscc_=wrong, refused=["uscc"])
            case 10:
                row(uscc_=right.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
            case 11:
                row(staff="12.5", refused=["staff"])
            case 12:
                row(staff="１，２３４", kept={"staff": "1234"})
            case 13:
                row(above="大概", refused=["above_scale"])
            case 14:
                row(size="小型", kept={"size": "small"})
            case 15:
                row(hidden=True, refused=[""])
            case 16:
                row(merged=True, refused=[""])
            case 17:
                row(name_="@SUM(1)公司", kept={"name": "@SUM(1)公司"})
            case 18:
                row(name_="+加号\n公司", kept={"name": "+加号\n公司"})
            case 19:
                row(name_="造字\ue000公司", refused=["name"])
    return rows


def write_nasty(path: Path, rows: list[Nasty], heading: list[str] = HEADING, more: tuple[str, ...] = ()) -> Path:
    """The nasty rows as a workbook, with real hidden rows, merged cells and formulas; ``more`` stands behind each row."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["2024 年企业名录（导入测试）"])
    sheet.append(heading)
    for line, row in enumerate(rows, 3):
        for place, value in enumerate([*row.cells, *more], 1):
            if value != "":
                cell = sheet.cell(line, place)
                cell.value = value
                if not str(value).startswith("="):
                    cell.data_type = "s"
        sheet.row_dimensions[line].hidden = row.hidden
        if row.merged:
            sheet.merge_cells(start_row=line, end_row=line, start_column=4, end_column=5)
    book.save(path)
    return path
