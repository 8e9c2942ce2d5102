"""What a table is made of: columns with their types, findings about cells, and errors that refuse a whole file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

TYPES = (
    "text", "code", "uscc", "date", "year", "money", "number", "integer", "boolean", "choice", "organisation", "person",
)  # fmt: skip
_UNIT = re.compile(r"[(（\[【](?P<unit>[^()（）\[\]【】]*)[)）\]】]\s*$")
_FACTORS = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8, "万": 4, "亿": 8, "yuan": 0, "10000yuan": 4}


class TableError(ValueError):
    """A file that cannot be taken at all: what is wrong and how to mend it, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Choice:
    """One of the words a column accepts: the stored value and its two titles."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class Column:
    """A column of a kind of table; ``type`` is one of :data:`TYPES`, amounts are stored in yuan."""

    name: str
    zh: str
    en: str
    type: str
    unit: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    max_length: int | None = None
    note_zh: str = ""
    note_en: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(f"column {self.name}: unknown type {self.type}")

    def heading(self, language: str) -> str:
        """The heading of templates and exports: title with unit, a star where the cell must be filled."""
        title = self.en if language == "en" else self.zh
        unit = self.unit
        if language == "en":
            unit = {"元": "yuan", "人": "persons"}.get(unit, unit)
        return f"{title}{f'（{unit}）' if unit and language != 'en' else f' ({unit})' if unit else ''}{'*' if self.required else ''}"


@dataclass(frozen=True)
class Finding:
    """Something wrong with a row; ``column`` is empty where it concerns the row as a whole.

    ``layer`` says which check found it: syntax (what stands there cannot be read), schema (type, choice, required),
    reference (another record is missing), or plausibility (possible, but hardly meant).
    """

    column: str
    zh: str
    en: str
    layer: str = "schema"

    def plain(self) -> dict[str, str]:
        """The finding as JSON keeps it."""
        return {"column": self.column, "zh": self.zh, "en": self.en, "layer": self.layer}


@dataclass(frozen=True)
class Header:
    """Which column stands where: ``places`` maps the index of a cell to its column and the power of ten of its unit."""

    places: dict[int, tuple[Column, int]]
    unknown: tuple[str, ...] = field(default=())


def plain_heading(text: str) -> str:
    """A heading without stars, spaces and differences of width, for comparing."""
    return re.sub(r"[\s*＊:：]+", "", unicodedata.normalize("NFKC", text)).lower()


def split_unit(heading: str) -> tuple[str, str]:
    """Title and unit of a heading such as ``销售收入（万元）``."""
    clean = heading.strip().rstrip("*＊ ")
    found = _UNIT.search(clean)
    return (clean[: found.start()], found["unit"].strip()) if found else (clean, "")


def read_header(cells: Sequence[str], columns: Sequence[Column]) -> Header:
    """Find the columns of a heading row.

    A unit in brackets may differ from the column's own where both are amounts (``万元`` for ``元``).

    Raises:
        TableError: a heading stands twice, or its unit cannot be converted.
    """
    known: dict[str, Column] = {}
    for column in columns:
        titles = (column.name, column.zh, column.en, *column.aliases)
        for title in (*titles, *(split_unit(title)[0] for title in titles)):
            known.setdefault(plain_heading(title), column)
    places: dict[int, tuple[Column, int]] = {}
    unknown: list[str] = []
    for index, text in enumerate(cells):
        if not text.strip():
            continue
        whole = known.get(plain_heading(text))
        title, unit = split_unit(text)
        found = whole or known.get(plain_heading(title))
        if found is None:
            unknown.append(text.strip())
            continue
        column = found
        if any(column is other for other, _ in places.values()):
            raise TableError(f"表头“{column.zh}”出现了两次，请只留一列。",
                             f"The heading “{column.en}” stands twice; keep one column.")  # fmt: skip
        places[index] = (column, 0 if whole is not None and not unit else _factor(column, unit, text))
    return Header(places, tuple(unknown))


def _factor(column: Column, unit: str, heading: str) -> int:
    """Power of ten that leads from the heading's unit to the column's own."""
    given = unicodedata.normalize("NFKC", unit).replace(" ", "").replace("人民币", "").lower()
    own = column.unit.replace(" ", "").lower()
    if not given or given == own or column.type not in ("money", "number"):
        return 0
    if given in _FACTORS and own in _FACTORS:
        return _FACTORS[given] - _FACTORS[own]
    if column.type == "money":
        raise TableError(
            f"表头“{heading.strip()}”的单位“{unit}”不认识，可以写 {'、'.join(k for k in _FACTORS if not k.isascii())}。",
            f"The unit “{unit}” of the heading “{heading.strip()}” is unknown; use yuan or 万元.",
        )
    return 0


def find_header(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> tuple[int, Header]:
    """The heading row among the first rows of a sheet (titles may stand above it) as index and header.

    Raises:
        TableError: no row names the required columns; the text says which are missing.
    """
    best: tuple[int, Header] | None = None
    refused: TableError | None = None
    for index, row in enumerate(rows):
        try:
            header = read_header(row, columns)
        except TableError as error:
            refused = refused or error
            continue
        if header.places and (best is None or len(header.places) > len(best[1].places)):
            best = (index, header)
    if best is None:
        raise refused or TableError(
            f"没有找到表头。第一行要写：{'、'.join(c.zh for c in columns if c.required)}。可以先下载空表。",
            f"No heading row was found. The first row has to name: {', '.join(c.en for c in columns if c.required)}. "
            "An empty table can be downloaded.",
        )
    if refused and len(best[1].places) < 2:
        raise refused
    present = {column.name for column, _ in best[1].places.values()}
    if lacking := [column for column in columns if column.required and column.name not in present]:
        raise TableError(
            f"表头缺：{'、'.join(c.zh for c in lacking)}。请补上这几列，或下载空表对照。",
            f"The heading lacks: {', '.join(c.en for c in lacking)}. Add these columns, or compare with the empty table.",
        )
    return best
