"""What a report is printed on: styles of GB/T 9704-2012, and the kinds of paper that know them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from kechuang.indicators import Text


class Font(NamedTuple):
    """A typeface of the standard and its size in points."""

    name: str
    size: float


TITLE = Font("方正小标宋简体", 22)
BODY, FIRST, SECOND = Font("仿宋_GB2312", 16), Font("黑体", 16), Font("楷体_GB2312", 16)
SMALL, SMALL_HEAD = Font("仿宋_GB2312", 12), Font("黑体", 12)
PAGE_NUMBER = Font("宋体", 14)
LATIN = "Times New Roman"
SUBSTITUTES = {
    TITLE.name: ("小标宋体", "FZXiaoBiaoSong-B05S", "华文中宋", "STZhongsong", "SimSun", "Noto Serif CJK SC"),
    BODY.name: ("仿宋", "FangSong", "STFangsong", "Noto Serif CJK SC"),
    FIRST.name: ("SimHei", "STHeiti", "Noto Sans CJK SC"),
    SECOND.name: ("楷体", "KaiTi", "STKaiti", "Noto Serif CJK SC"),
    PAGE_NUMBER.name: ("SimSun", "STSong", "Noto Serif CJK SC"),
}
"""What stands in where a machine lacks a typeface, nearest first."""

_NUMERALS = "一二三四五六七八九十"
_HAN = "\u3400-\u9fff\uff00-\uffef\u3000-\u303f“”‘’"
_SPACE = re.compile(rf"(?<=[{_HAN}]) (?=[0-9A-Za-z+\u2212])|(?<=[0-9A-Za-z%]) (?=[{_HAN}])")


def numeral(n: int) -> str:
    """Chinese numerals up to 39, as headings need them."""
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else ("" if tens == 1 else _NUMERALS[tens - 1]) + "十") + (
        _NUMERALS[ones - 1] if ones else ""
    )


def tidy(text: str, language: str) -> str:
    """A Chinese official text has no spaces between characters and numbers; pages have them for the screen."""
    return text if language == "en" else _SPACE.sub("", text)


def written(day: dt.date) -> Text:
    """A date as documents write it."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}")


def prefix(number: int, level: int, language: str) -> str:
    """一、 or （一） or 1.; plain numbers in English."""
    if level == 3:
        return f"{number}. " if language == "en" else f"{number}."
    if language == "en":
        return f"{number}. " if level == 1 else f"({number}) "
    return f"{numeral(number)}、" if level == 1 else f"（{numeral(number)}）"


@dataclass(frozen=True)
class Entry:
    """One field of a table: its text, and the notes it rests on."""

    text: str
    notes: Sequence[int] = ()


@dataclass(frozen=True)
class Column:
    """A column of a table: its head and its share of the width in per cent."""

    head: str
    share: int


class Paper(Protocol):
    """Takes a report part by part: a .docx file, or an HTML page that may become a PDF."""

    language: str
    kind: str
    """What charts are drawn as: ``png`` or ``svg``."""

    def say(self, text: Text) -> str:
        """The text in the report's language."""

    def paragraph(
        self,
        text: str,
        font: Font = BODY,
        *,
        notes: Sequence[int] = (),
        indent: bool = True,
        centre: bool = False,
        note: int | None = None,
    ) -> None:
        """One paragraph; ``notes`` follow the text, raised; ``note`` says that this is the note of that number."""

    def heading(self, number: int, text: Text, level: int = 1) -> None:
        """A numbered heading; it never stands alone at the foot of a page."""

    def table(self, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Entry]]) -> None:
        """A table under its caption; the head is repeated on every page and no row is torn."""

    def picture(self, content: bytes, caption: str) -> None:
        """A chart with its caption, which also says in words what the chart shows."""
