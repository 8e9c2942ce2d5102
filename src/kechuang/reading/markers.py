"""Markers that number headings, articles and list items at the beginning of a line.

GB/T 9704-2012 orders the levels 一、 / （一） / 1. / （1）; regulations use 编, 章, 节, 条; calls use 方向一, 专题1; old
scans put blanks inside (第 1 4 条, 二 、). The label is kept as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.chinese import numerals

_CN = "一二三四五六七八九十百零〇"
_NUM = rf"(?:[{_CN}](?:\s*[{_CN}])*|\d(?:\s*\d){{0,2}})"
_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(rf"第\s*(?P<n>{_NUM})\s*编(?![^\s　])")),
    ("chapter", re.compile(rf"第\s*(?P<n>{_NUM})\s*章")),
    ("section", re.compile(rf"第\s*(?P<n>{_NUM})\s*节(?![能日])")),
    # 第五条政策 at the start of a broken line is a reference, not an article.
    ("article", re.compile(rf"第\s*(?P<n>{_NUM})\s*条(?!(?:[、和至及款项]|规定|政策|所|的|第|基础|执行|款))")),
    ("cjk", re.compile(rf"(?P<n>[{_CN}]{{1,4}})\s*(?:、|[．.](?!\d))")),
    ("paren-cjk", re.compile(rf"[（(]\s*(?P<n>[{_CN}]{{1,4}})\s*[）)]\s*[、．.]?")),
    ("paren-arabic", re.compile(r"[（(]\s*(?P<n>\d{1,2})\s*[）)]\s*[、．.]?|(?P<m>\d{1,2})\s*[）)]")),
    ("arabic", re.compile(r"(?P<n>\d{1,3})\s*[.．、](?!\s*\d)")),
    ("circled", re.compile(r"(?P<c>[①-⑳])\s*")),
    ("direction", re.compile(rf"(?:方向|专题|专栏|专项|类别|领域|行动)\s*(?P<n>{_NUM})\s*(?:[：:、．.]|\s|$)")),
    ("annex", re.compile(r"附件\s*(?P<n>\d{0,2}|[一二三四五六七八九十])\s*(?:[：:．.]|$)")),
    ("bullet", re.compile(r"(?:——|--+|[●■◆◇•·▪▲★※○])\s*")),
)
#: Headings that regulations use without a number.
_NAMED = re.compile(r"(?:附\s*则|总\s*则|附\s*录)$")
_TRANSLATE = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True)
class Marker:
    """``source[start:end]`` is the label; ``number`` is ``None`` for bullets and unnumbered names."""

    style: str
    number: int | None
    start: int
    end: int
    label: str


def find_marker(source: str, start: int, end: int) -> Marker | None:
    """The marker at the beginning of ``source[start:end]``, if there is one."""
    head = source[start : min(end, start + 24)].translate(_TRANSLATE)
    if not head or head[0] not in _FIRST:
        return None
    if end - start <= 8 and _NAMED.match(source[start:end]):
        return Marker("named", None, start, start, "")
    for style, pattern in _STYLES:
        match = pattern.match(head)
        if not match:
            continue
        number = _number(match)
        if number is None and style not in ("bullet", "annex"):
            return None
        stop = start + len(match.group().rstrip())
        return Marker(style, number, start, stop, source[start:stop])
    return None


_FIRST = frozenset(f"第（({_CN}0123456789附总方专类领行—-●■◆◇•·▪▲★※○①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")


def _number(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if groups.get("c"):
        return ord(groups["c"]) - ord("①") + 1
    text = groups.get("n") or groups.get("m")
    if not text:
        return None
    value = numerals.parse_or_none(re.sub(r"\s+", "", text))
    return None if value is None else int(value)
