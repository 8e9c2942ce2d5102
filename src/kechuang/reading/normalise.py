"""Stage 1, normalise: one spelling for the rules, with a map back to the text as given.

Official texts come from web pages, PDF and word processors: full-width digits (１２％), spaces in the middle of
words (第 1 4 条, 20 万元), zero-width marks, lines broken in mid-word. The rules work on a clean string; each of its
characters knows its position in the source, so that every result can be cut from the source unchanged.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from dataclasses import dataclass

_FROM = "０１２３４５６７８９％＋－／＝＜＞～〜∼ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ,;()"
_TO = "0123456789%+-/=<>~~~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz，；（）"
_SAME = str.maketrans(_FROM, _TO)
#: Runs of characters that are kept: everything but white space, zero-width marks and the byte order mark.
_KEPT = re.compile(r"[^\s\u200b\u200c\u200d\u2060\ufeff\x00-\x1f]+")
_WORD = re.compile(r"[A-Za-z0-9]")
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_POINT = re.compile(r"(?<=\d)．(?=\d)")


@dataclass(frozen=True)
class Normalised:
    """Clean ``text`` of ``source[...]``; ``offsets[i]`` is the source position of character ``i``."""

    text: str
    offsets: array[int]

    def start(self, index: int) -> int:
        """Source position where clean character ``index`` begins."""
        return self.offsets[index]

    def end(self, index: int) -> int:
        """Source position right after the clean character before ``index`` (the end of a clean span)."""
        return self.offsets[index - 1] + 1

    def index(self, position: int) -> int:
        """First clean character at or after the source position."""
        return bisect_left(self.offsets, position)


def normalise(source: str, start: int = 0, end: int | None = None) -> Normalised:
    """Clean form of ``source[start:end]``; white space goes, save one blank between two Latin words or numbers."""
    stop = len(source) if end is None else end
    parts: list[str] = []
    offsets = array("L")
    last = ""
    for match in _KEPT.finditer(source, start, stop):
        piece = match.group()
        if last and _WORD.match(last) and _WORD.match(piece[0]):
            parts.append(" ")
            offsets.append(match.start() - 1)
        parts.append(piece)
        offsets.extend(range(match.start(), match.end()))
        last = piece[-1]
    text = "".join(parts).translate(_SAME)
    # A comma between digits is a thousands separator, an ideographic full stop a decimal point.
    text = _POINT.sub(".", _THOUSANDS.sub(",", text))
    return Normalised(text, offsets)


def squeeze(text: str) -> str:
    """The text without any white space or zero-width mark, otherwise unchanged."""
    return "".join(_KEPT.findall(text))
