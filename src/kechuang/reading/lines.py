"""Physical lines of the text as given, and logical lines: a paragraph that was broken over lines or pages is one.

Web pages and PDF break lines where the page ended, in mid-word and even across a blank line. A line is taken to
go on when it is long, has no closing mark, and what follows does not begin something of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.reading.markers import find_marker
from kechuang.reading.normalise import squeeze

_LINE = re.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_STRIP = " \t\u3000\xa0\u200b\ufeff\x00"
_CLOSED = re.compile(r"[。！？!?；;：:…][”’」』）)】\]》]*$")
_OPEN_END = re.compile(r"[，,、（(《“〔—-]$")
#: A line of its own: label of an information card, date, page furniture.
LABEL = re.compile(r"^[\u4e00-\u9fff/·（）()]{2,12}[：:]")
_DATE_LINE = re.compile(r"^[（(]?(\d{4}|[〇○零一二三四五六七八九]{4})\s*[年.-].{0,40}$")
TITLE_END = re.compile(
    r"(意见|办法|规定|通知|决定|条例|方案|措施|细则|规划|纲要|指南|公告|通告|政策|摘编|计划|批复|要点|规则|制度"
    r"|目录|清单|标准|流程|补贴|办法（试行）|措施（试行）|细则（试行）|规定（试行）|意见（试行）|（试行）|（暂行）)$"
)
_OWN = re.compile(r"^(发[文布]时间|发文字号|文号|附件|抄送|目\s*录$)")
_STAMP = re.compile(r"(?:\d{1,2}:\d{2}|号|\d日|\d{4}-\d{1,2}-\d{1,2})$")
_UNFINISHED = re.compile(r"[的和与及或、]$")
_BRACKETS = {"（": "）", "(": ")", "《": "》", "“": "”", "〔": "〕"}
_LONG, _LONG_OVER_GAP = 20, 40


@dataclass(frozen=True)
class Line:
    """``source[start:end]`` without surrounding blanks; ``gap``: a blank line stands before it."""

    start: int
    end: int
    clean: str
    gap: bool


def physical_lines(source: str) -> list[Line]:
    """All lines that hold something, in order."""
    lines: list[Line] = []
    last_end = 0
    for match in _LINE.finditer(source):
        raw = match.group()
        body = raw.strip(_STRIP)
        if not body:
            continue
        start = match.start() + (len(raw) - len(raw.lstrip(_STRIP)))
        between = source[last_end:start]
        gap = between.replace("\r\n", "\n").count("\n") + between.count("\r\r") > 1
        lines.append(Line(start, start + len(body), squeeze(body), gap))
        last_end = match.end()
    return lines


def logical_lines(source: str, lines: list[Line]) -> list[Line]:
    """Lines with broken paragraphs joined; the source between the pieces stays part of the range."""
    joined: list[Line] = []
    pieces: list[str] = []
    width = wrap_width(lines)
    balance = 0  # brackets left open by the pieces so far
    for line in lines:
        if joined and _goes_on(source, joined[-1], pieces[-1], line, balance, width):
            last = joined[-1]
            pieces.append(line.clean)
            joined[-1] = Line(last.start, line.end, last.clean, last.gap)
            balance += _balance(line.clean)
            continue
        if joined and len(pieces) > 1:
            last = joined[-1]
            joined[-1] = Line(last.start, last.end, "".join(pieces), last.gap)
        joined.append(line)
        pieces = [line.clean]
        balance = _balance(line.clean)
    if joined and len(pieces) > 1:
        last = joined[-1]
        joined[-1] = Line(last.start, last.end, "".join(pieces), last.gap)
    return joined


def wrap_width(lines: list[Line]) -> int:
    """Characters per line where the text was wrapped by a printer or PDF; 0 when its lines are paragraphs."""
    if len(lines) < 12:
        return 0
    lengths = sorted(len(line.clean) for line in lines)
    width = lengths[len(lengths) * 95 // 100]
    full = sum(1 for length in lengths if width - 4 <= length <= width + 2)
    return width if width <= 60 and full * 10 >= len(lengths) * 3 else 0


def _goes_on(source: str, block: Line, tail: str, line: Line, balance: int, width: int) -> bool:
    if begins_own(source, line) or _CLOSED.search(tail):
        return False
    length = block.end - block.start
    if _OPEN_END.search(tail) and length >= 8 and not tail.startswith("——"):
        return True
    if 0 < balance <= 3 and length >= 8 and not line.gap:
        return True
    if _STAMP.search(tail) and length <= 60:
        return False
    if TITLE_END.search(tail) and length <= 60 and not re.search(r"[，。；]", tail):
        return False
    if _is_bare_heading(source, block) and (line.gap or not _UNFINISHED.search(tail)):
        return bool(width) and len(tail) >= width - 4 and not line.gap
    if not any("\u4e00" <= char <= "\u9fff" for char in tail):
        return length >= _LONG_OVER_GAP and not line.gap
    return length >= (_LONG_OVER_GAP if line.gap else _LONG)


def begins_own(source: str, line: Line) -> bool:
    """Whether a line cannot be the continuation of another: marker, bullet, label, date, address."""
    clean = line.clean
    return (
        find_marker(source, line.start, line.end) is not None
        or bool(_DATE_LINE.match(clean))
        or (bool(LABEL.match(clean)) and not re.match(r"^.{0,11}[：:]$", clean))
        or bool(_OWN.match(clean))
        or clean.startswith(("http", "["))
    )


def _is_bare_heading(source: str, block: Line) -> bool:
    marker = find_marker(source, block.start, block.end)
    return marker is not None and block.end - block.start <= 45 and not re.search(r"[，。；]", block.clean)


def _balance(clean: str) -> int:
    return sum(clean.count(left) - clean.count(right) for left, right in _BRACKETS.items())
