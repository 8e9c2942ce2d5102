"""CSV files as offices send them: UTF-8, UTF-16 with mark, or GB 18030-2022; comma, semicolon or tab."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from kechuang.tabular.cells import EMPTY, Cell
from kechuang.tabular.columns import TableError

# GB 18030-2022 gives these 18 positions real characters; Python's codec still has the private-use ones of 2000.
_GB18030_2022 = {
    0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15, 0xE793: 0xFE16,
    0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE832: 0x9FB8, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE864: 0x9FBB,
}  # fmt: skip
MAX_FIELD = 100_000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def encoding_of(path: Path) -> str:
    """The encoding of a file: tried strictly from its first to its last byte, piece by piece.

    Raises:
        TableError: none fits, or the file is no text.
    """
    with path.open("rb") as handle:
        head = handle.read(8)
    if head.startswith(_OLD_EXCEL):
        raise TableError(
            "这是旧格式（.xls）或加了密码的 Excel 文件。请另存为不加密码的 .xlsx 再传。",
            "This Excel file is of the old format (.xls) or protected by a password. Save it as a plain .xlsx.",
        )
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = ("utf-8-sig", "gb18030")
    for name in candidates:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with path.open("rb") as handle:
                while piece := handle.read(1 << 20):
                    if "\0" in decoder.decode(piece):
                        raise TableError("这不是文本文件，读不了。", "This is no text file and cannot be read.")
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise TableError(
        "文件的编码不是 UTF-8 也不是 GB 18030。请用 Excel 另存为“CSV UTF-8”。",
        "The file is neither UTF-8 nor GB 18030. Save it as “CSV UTF-8”.",
    )


def _delimiter(line: str) -> str:
    return max(",\t;", key=line.count) if any(mark in line for mark in ",\t;") else ","


def rows(path: Path) -> Iterator[tuple[int, list[Cell]]]:
    """Rows with the number of the line they begin on, streamed.

    Raises:
        TableError: wrong encoding, or quotation marks that are never closed.
    """
    encoding = encoding_of(path)
    csv.field_size_limit(MAX_FIELD)
    with path.open(encoding=encoding, newline="") as handle:
        first = handle.readline()
        handle.seek(0)
        text: io.TextIOBase | Iterator[str] = handle
        if encoding == "gb18030":
            text = (line.translate(_GB18030_2022) for line in handle)
        reader = csv.reader(text, delimiter=_delimiter(first))
        before = 0
        try:
            for row in reader:
                yield before + 1, [Cell(value) if value else EMPTY for value in row]
                before = reader.line_num
        except csv.Error as error:
            raise TableError(
                f"第 {before + 1} 行起读不下去：一格太长，或引号没有成对。请核对后再传。",
                f"Reading stops at line {before + 1}: a cell is too long or quotation marks do not match ({error}).",
            ) from None
