"""From what stands in a cell to a typed value, or to a sentence that says what is wrong and how to mend it.

Values are canonical texts: dates ``2025-03-31``, amounts in yuan with two decimals, numbers without exponent, booleans
``true`` and ``false``, choices as their stored value. Names are kept exactly as they were written.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kechuang.chinese import dates, money
from kechuang.codes import uscc
from kechuang.tabular.columns import Column
from kechuang.tabular.formulas import bare

EARLIEST, LATEST = 1900, 2199
MAX_TEXT = 2000
_YES = {"是", "对", "有", "y", "yes", "true", "1", "√", "t"}
_NO = {"否", "不", "无", "没有", "n", "no", "false", "0", "×", "f"}
_YEAR = re.compile(r"(\d{4})\s*年?(?:度)?")
_SERIAL = re.compile(r"\d{4,6}(?:\.0*)?")
_COMPACT_DAY = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_LOOSE_DAY = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?"
)
_GROUPED = re.compile(
    r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d*(?:\.\d+)?|[-+]?\d+\.?|[-+]?\d+(?:\.\d+)?[eE][-+]?\d+"
)


class CellError(ValueError):
    """A cell that is not what its column holds, in both languages; the sentence stands behind the column's name."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: its text, and how the file keeps it (text, number, date, boolean, formula, error)."""

    text: str
    kept: str = "text"


EMPTY = Cell("")


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as plain ones; a true minus as ``-``; outer spaces gone."""
    return unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()


def convert(cell: Cell, column: Column, factor: int = 0) -> str | None:
    """The canonical value of a cell; None where it is empty.

    Args:
        cell: what stands there.
        column: what should stand there.
        factor: power of ten of the heading's unit over the column's (4 for 万元 over 元).

    Raises:
        CellError: empty where it must not be, a formula, or no value of the column's type.
    """
    if cell.kept == "formula":
        raise CellError("是公式，请复制后选择性粘贴为数值", "is a formula; copy it and paste it as a value")
    if cell.kept == "error":
        raise CellError(
            f"是 Excel 的错误值 {cell.text}，请改成数值或清空", f"is the error {cell.text}; mend or empty it"
        )
    text = bare(cell.text).strip()
    if not text:
        if column.required:
            raise CellError("没有填，请补上", "is empty; fill it in")
        return None
    if column.type == "text" and cell.kept == "text" and cell.text.lstrip().startswith("="):
        raise CellError(
            "以“=”开头，像公式，不收；是文字就去掉“=”", "begins with “=” like a formula; remove it if it is text"
        )
    return _READERS[column.type](text, cell, column, factor)


def _text(text: str, cell: Cell, column: Column, factor: int) -> str:
    if bad := next((c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n"), None):
        code = f"U+{ord(bad):04X}"
        what = (
            ("造字区字符", "a private-use character")
            if unicodedata.category(bad) == "Co"
            else ("控制字符", "a control character")
        )
        raise CellError(
            f"里有{what[0]} {code}，别的电脑读不出，请换成标准字", f"holds {what[1]} {code}; use a standard one"
        )
    if "\ufffd" in text:
        raise CellError("里有乱码“\ufffd”，请核对原文", "holds a broken character “\ufffd”; compare with the original")
    limit = column.max_length or MAX_TEXT
    if len(text) > limit:
        raise CellError(f"有 {len(text)} 个字，最多 {limit} 个", f"has {len(text)} characters, at most {limit}")
    return text


def _code(text: str, cell: Cell, column: Column, factor: int) -> str:
    digits = half_width(text)
    if cell.kept == "number" and (len(digits.lstrip("-").split(".")[0]) > 15 or "e" in digits.lower()):
        raise CellError("被 Excel 当成数字，15 位以后已变成 0；请把这一列设为文本再填",
                        "was kept as a number and lost its digits after the 15th; format the column as text and fill it again")  # fmt: skip
    return _text("".join(digits.split()), cell, column, factor)


def _uscc(text: str, cell: Cell, column: Column, factor: int) -> str:
    try:
        return uscc.validate(_code(text, cell, column, factor))
    except uscc.UsccError as error:
        raise CellError(
            f"“{text[:40]}”不对：{error.zh.rstrip('。')}", f"“{text[:40]}” is wrong: {error.en.rstrip('.')}"
        ) from None


def _organisation(text: str, cell: Cell, column: Column, factor: int) -> str:
    """A reference: a right code is written as code, anything else stays a name that has to be matched."""
    compact = uscc.compact(text)
    looks_like_code = len(compact) >= 15 and compact.isascii() and compact.isalnum()
    return _uscc(text, cell, column, factor) if looks_like_code else _text(text, cell, column, factor)


def _date(text: str, cell: Cell, column: Column, factor: int) -> str:
    plain = half_width(text)
    if cell.kept == "number" and _SERIAL.fullmatch(plain) and 1_000 <= int(float(plain)) <= 109_574:
        return from_serial(int(float(plain))).isoformat()
    found = _LOOSE_DAY.fullmatch(plain) or _COMPACT_DAY.fullmatch(plain)
    if found:
        year, month, day = (int(part) for part in found.groups())
    else:
        parsed = dates.parse(text.strip())
        if parsed is None:
            raise CellError(
                f"“{text[:40]}”不是日期，请写成 2025-03-31", f"“{text[:40]}” is no date; write it like 2025-03-31"
            )
        year, month, day = parsed.year, parsed.month, parsed.day
    try:
        value = dt.date(year, month, day)
    except ValueError:
        raise CellError(
            f"“{text[:40]}”这一天不存在，请核对", f"the day “{text[:40]}” does not exist; check it"
        ) from None
    if not EARLIEST <= value.year <= LATEST:
        raise CellError(
            f"年份 {value.year} 不在 {EARLIEST}–{LATEST} 之间", f"the year {value.year} is outside {EARLIEST}–{LATEST}"
        )
    return value.isoformat()


def from_serial(serial: int) -> dt.date:
    """The day of an Excel serial number (1900 system, with its 29 February 1900 that never was)."""
    return dt.date(1899, 12, 31 if serial < 60 else 30) + dt.timedelta(days=serial)


def _year(text: str, cell: Cell, column: Column, factor: int) -> str:
    found = _YEAR.fullmatch(half_width(text).removesuffix(".0"))
    if not found or not EARLIEST <= int(found[1]) <= LATEST:
        raise CellError(
            f"“{text[:40]}”不是年份，请写四位数，如 2025", f"“{text[:40]}” is no year; write four digits like 2025"
        )
    return found[1]


def _decimal(text: str) -> Decimal:
    plain = half_width(text).replace(" ", "").replace("，", ",")
    if not plain or not _GROUPED.fullmatch(plain) or plain in "+-":
        raise CellError(f"“{text[:40]}”不是数字，请写成 1234.5", f"“{text[:40]}” is no number; write it like 1234.5")
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        raise CellError(f"“{text[:40]}”不是数字", f"“{text[:40]}” is no number") from None
    if abs(value.adjusted()) > 30:
        raise CellError(f"“{text[:40]}”太大或太细，请核对", f"“{text[:40]}” is too large or too fine; check it")
    return value


def _money(text: str, cell: Cell, column: Column, factor: int) -> str:
    plain = half_width(text).replace(" ", "").replace("，", ",")
    try:
        if plain and plain[-1] in "元圆千万亿":
            value = money.parse_yuan(plain)
        else:
            for sign in ("¥", "￥", "CNY", "RMB", "cny", "rmb"):
                plain = plain.removeprefix(sign)
            value = _decimal(plain).scaleb(factor)
    except money.MoneyError as error:
        raise CellError(error.zh, error.en) from None
    if cell.kept == "number":
        value = value.quantize(Decimal("0.00001"))  # the float that a spreadsheet keeps has 15 digits, no more
    fen = value.quantize(Decimal("0.01"))
    if fen != value:
        raise CellError(
            f"“{text[:40]}”精确到分以下，请保留两位小数（元）",
            f"“{text[:40]}” is finer than a fen; give two decimals of a yuan",
        )
    if abs(fen) >= money.MAXIMUM:
        raise CellError(
            f"“{text[:40]}”达到 10 万亿元，请核对单位", f"“{text[:40]}” reaches ten trillion yuan; check the unit"
        )
    if fen < 0:
        raise CellError(f"“{text[:40]}”是负数，这一项不能为负", f"“{text[:40]}” is negative, which this cannot be")
    return f"{abs(fen):f}"


def _number(text: str, cell: Cell, column: Column, factor: int) -> str:
    plain = half_width(text)
    if plain.endswith("%") and column.unit != "%":
        raise CellError(
            f"“{text[:40]}”带百分号，这一列的单位是“{column.unit}”",
            f"“{text[:40]}” has a per-cent sign, the unit is “{column.unit}”",
        )
    value = _decimal(plain.removesuffix("%")).scaleb(factor)
    return f"{value.normalize():f}"


def _integer(text: str, cell: Cell, column: Column, factor: int) -> str:
    value = _decimal(half_width(text).removesuffix(column.unit or "\0").removesuffix("人"))
    if value != value.to_integral_value():
        raise CellError(f"“{text[:40]}”不是整数", f"“{text[:40]}” is no whole number")
    if not 0 <= value < 2_147_483_648:
        raise CellError(f"“{text[:40]}”不在 0 到 2147483647 之间", f"“{text[:40]}” is not between 0 and 2147483647")
    return str(int(value))


def _boolean(text: str, cell: Cell, column: Column, factor: int) -> str:
    plain = half_width(text).lower()
    if plain in _YES or plain in _NO:
        return "true" if plain in _YES else "false"
    raise CellError(
        f"“{text[:40]}”请写“是”或“否”，不知道就空着", f"write yes or no instead of “{text[:40]}”, nothing if unknown"
    )


def _choice(text: str, cell: Cell, column: Column, factor: int) -> str:
    plain = half_width(text).casefold()
    for choice in column.choices:
        if plain in (half_width(word).casefold() for word in (choice.value, choice.zh, choice.en)):
            return choice.value
    zh = "、".join(choice.zh for choice in column.choices)
    en = ", ".join(choice.en for choice in column.choices)
    raise CellError(f"没有“{text[:40]}”这一项，可写：{zh}", f"“{text[:40]}” is none of: {en}")


_READERS = {
    "text": _text, "person": _text, "code": _code, "uscc": _uscc, "organisation": _organisation, "date": _date,
    "year": _year, "money": _money, "number": _number, "integer": _integer, "boolean": _boolean, "choice": _choice,
}  # fmt: skip
