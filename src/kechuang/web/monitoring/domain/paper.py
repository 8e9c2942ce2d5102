"""What a report is printed on: styles of GB/T 9704-2012, and the kinds of paper that know them."""

from __future__ import annotations

from typing import Protocol

from kechuang.indicators import Text

TITLE, BODY, FIRST, SECOND = ("方正小标宋简体", 22), ("仿宋_GB2312", 16), ("黑体", 16), ("楷体_GB2312", 16)
SMALL = ("仿宋_GB2312", 12)
_NUMERALS = "一二三四五六七八九十"


def numeral(n: int) -> str:
    """Chinese numerals up to 39, as headings need them."""
    tens, ones = divmod(n, 10)
    return ("" if tens == 0 else ("" if tens == 1 else _NUMERALS[tens - 1]) + "十") + (
        _NUMERALS[ones - 1] if ones else ""
    )


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
        font: tuple[str, int] = BODY,
        *,
        notes: list[int] | None = None,
        indent: bool = True,
        centre: bool = False,
        note: int | None = None,
    ) -> None:
        """One paragraph; ``notes`` follow the text, raised; ``note`` says that this is the note of that number."""

    def heading(self, number: int, text: Text, level: int = 1) -> None:
        """A numbered heading."""

    def picture(self, content: bytes, caption: str) -> None:
        """A chart with its caption, which also says in words what the chart shows."""


def prefix(number: int, level: int, language: str) -> str:
    """一、 or （一）; plain numbers in English."""
    if language == "en":
        return f"{number}. " if level == 1 else f"({number}) "
    return f"{numeral(number)}、" if level == 1 else f"（{numeral(number)}）"
