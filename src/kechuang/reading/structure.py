"""Stage 2b, structure: the tree of clauses and the paragraphs in them.

Levels come from the order in which marker styles nest (一、 over （一） over 1.), not from a fixed table, so that any
city's habit is followed. A marked line is a heading when it is a bare title, when its first sentence is a short title
before more text (run-in heading), or when it opens an article or a numbered clause without title; members of a list
(“符合下列条件：（一）……；”) are paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kechuang.reading.lines import Line
from kechuang.reading.markers import Marker, find_marker
from kechuang.reading.model import Clause, Paragraph
from kechuang.reading.normalise import squeeze

_LIST_STYLES = ("paren-cjk", "arabic", "paren-arabic", "circled")
_BARE_MAX, _RUN_IN_MAX = 60, 30
_NOT_TITLE = re.compile(
    r"应当|必须|不得|可以|负责|本办法|本条例|本规定|本意见|本政策|施行|解释|^对|给予|万元|亿元|\d+%|只能|尚未|^未|有权"
)
#: A line that grants money is text, however short.
_MONEY = re.compile(
    r"(?:奖励|补助|补贴|资助|给予|最高|不超过).*(?:\d\s*[万亿]?元|[%％])|(?:\d\s*[万亿]?元|[%％]).*(?:奖励|补助|补贴|资助)"
)
_LIST_LEAD = re.compile(r"[：:]$")
_OUTER = ("part", "chapter", "section", "article", "cjk", "named", "annex")


@dataclass(frozen=True)
class Body:
    """A paragraph before it is numbered: ``content`` is where its words begin after marker and title."""

    clause: int
    start: int
    content: int
    end: int
    bulleted: bool


@dataclass(frozen=True)
class Heading:
    marker: Marker
    title: str
    content: int | None  # where the text of a run-in heading goes on; None for a bare heading


@dataclass(frozen=True)
class Structure:
    """Clauses in order, their paragraphs, and for each paragraph the start of its words and whether it is a bullet."""

    clauses: tuple[Clause, ...]
    paragraphs: tuple[Paragraph, ...]
    contents: tuple[int, ...]
    bulleted: tuple[bool, ...]


@dataclass
class _Open:
    """A heading on the stack; ``first``: number its list of siblings began with; ``count``: how many so far."""

    style: str
    number: int
    index: int
    first: int
    count: int


def read_structure(source: str, lines: list[Line]) -> Structure:
    """Clause tree and paragraphs of the body lines."""
    markers = [find_marker(source, line.start, line.end) for line in lines]
    listed = _lists(source, lines, markers)
    has_articles = sum(1 for marker in markers if marker and marker.style == "article") >= 2
    clauses: list[Clause] = [Clause("0", "", "", 1, lines[0].start if lines else 0, lines[0].start if lines else 0)]
    bodies: list[Body] = []
    stack: list[_Open] = []
    taken = {"0"}
    copies: dict[str, int] = {}
    for k, line in enumerate(lines):
        marker = markers[k]
        heading = None if marker is None else _heading(source, lines, markers, k, marker, listed[k])
        if heading is None:
            content = marker.end if marker else line.start
            content = _skip_blank(source, content, line.end)
            bodies.append(
                Body(len(clauses) - 1, line.start, content, line.end, marker is not None and marker.style == "bullet")
            )
            continue
        level = _place(stack, heading.marker)
        parent = stack[-1].index if stack else None
        number, first, count = level
        clause_id = _clause_id(heading.marker, number, clauses[parent].id if parent is not None else None, has_articles)
        if clause_id in taken:
            name, copy = clause_id, copies.get(clause_id, 1) + 1
            while f"{name}-{copy}" in taken:
                copy += 1
            copies[name] = copy
            clause_id = f"{name}-{copy}"
        taken.add(clause_id)
        clauses.append(
            Clause(
                clause_id,
                heading.marker.label,
                heading.title,
                len(stack) + 1,
                line.start,
                line.end,
                clauses[parent].id if parent is not None else None,
            )
        )
        stack.append(_Open(heading.marker.style, number, len(clauses) - 1, first, count))
        if heading.content is not None:
            bodies.append(Body(len(clauses) - 1, line.start, heading.content, line.end, False))
    return _finish(clauses, bodies, lines)


def _place(stack: list[_Open], marker: Marker) -> tuple[int, int, int]:
    """Pop the stack to the parent of a new heading; its number, its list's first number, and its place in it."""
    style, number = marker.style, marker.number if marker.number is not None else 0
    if style == "named":
        style = next((entry.style for entry in stack if entry.style in ("chapter", "cjk")), "cjk")
    if style in ("part", "chapter", "annex"):
        keep = {"part": 0, "chapter": 1, "annex": 0}[style]
        while stack and not (keep and stack[-1].style == "part"):
            if stack[-1].style == style:
                break
            stack.pop()
    depth = next((d for d in range(len(stack) - 1, -1, -1) if stack[d].style == style), None)
    if depth is None:
        if style == "cjk":  # 一、 is never below （一） or 1.
            while stack and stack[-1].style not in ("part", "chapter", "section", "article", "annex"):
                stack.pop()
        return number, number, 1
    if style == "arabic":
        depth = _arabic_depth(stack, number, depth)
        if depth is None:
            return number, number, 1
    sibling = stack[depth]
    del stack[depth:]
    if marker.style == "named":
        number = sibling.number + 1
    return number, sibling.first, sibling.count + 1


def _arabic_depth(stack: list[_Open], number: int, depth: int) -> int | None:
    """Which open list of 1. 2. 3. a number goes on; ``None``: it opens a list below the last heading.

    Guides print cards numbered 8. 9. 10. whose parts are again 1. 2. 3.
    """
    if number == stack[depth].number + 1:
        return depth
    outer = [d for d in range(depth) if stack[d].style == "arabic" and number == stack[d].number + 1]
    if outer:
        return outer[-1]
    if number == 1 and (stack[depth].first != 1 or stack[depth].count == 1):
        return None
    return depth


def _clause_id(marker: Marker, number: int, parent: str | None, has_articles: bool) -> str:
    if marker.style == "article":
        return str(number)
    if marker.style == "annex":
        return f"annex{number or ''}"
    prefix = {"part": "part", "chapter": "ch", "section": "s"}.get(marker.style, "")
    if not prefix and has_articles and parent is None:
        prefix = "h"  # articles own the plain numbers
    name = f"{prefix}{number}"
    return name if parent is None else f"{parent}.{name}"


def _heading(
    source: str, lines: list[Line], markers: list[Marker | None], k: int, marker: Marker, in_list: bool
) -> Heading | None:
    line = lines[k]
    if marker.style == "bullet":
        return None
    if marker.style == "named":
        return Heading(marker, source[line.start : line.end], None)
    start = _skip_blank(source, marker.end, line.end)
    text = source[start : line.end]
    if marker.style == "annex":
        return Heading(marker, text, None) if len(text) <= 60 else None
    if marker.style == "article":
        return _article(marker, source, start, line.end)
    stop = re.search(r"[。！？；;]", text)
    if stop is None:  # bare title
        named = re.fullmatch(r"(.{2,15})[：:]", text)
        if named and not in_list and not re.search(r"下列|以下|如下", text):
            return Heading(marker, named.group(1), None)
        if _MONEY.search(text):
            return None if in_list else Heading(marker, "", start)
        if len(text) > _BARE_MAX or (in_list and marker.style in _LIST_STYLES) or re.search(r"[：:]$", text):
            return Heading(marker, "", start) if marker.style in ("cjk", "chapter") else None
        if marker.style in ("paren-arabic", "circled") and not _has_body(markers, k):
            return None
        return Heading(marker, squeeze(text), None)
    first, rest = text[: stop.start()], text[stop.end() :].strip()
    titled = (
        len(first) <= _RUN_IN_MAX
        and stop.group() == "。"
        and not re.search(r"[，：:]", first)
        and not _NOT_TITLE.search(first)
        and first.count("（") == first.count("）")
    )
    if titled and rest:
        if marker.style in ("paren-arabic", "circled") or in_list:
            return None
        return Heading(marker, squeeze(first), _skip_blank(source, start + stop.end(), line.end))
    if in_list or marker.style in ("paren-arabic", "circled"):
        return None
    if titled and len(first) <= 20:
        return Heading(marker, squeeze(first), None)
    return Heading(marker, "", start) if marker.style in ("cjk", "arabic", "direction", "paren-cjk") else None


def _article(marker: Marker, source: str, start: int, end: int) -> Heading:
    text = source[start:end]
    boxed = re.match(r"[【（(\[]([^】）)\]]{2,20})[】）)\]]\s*", text)
    if boxed:
        return Heading(marker, boxed.group(1), start + boxed.end() if boxed.end() < len(text) else None)
    stop = re.search(r"[。；;，：:]", text)
    if stop is None and len(text) <= 30 and not _NOT_TITLE.search(text):
        return Heading(marker, text, None)
    spaced = re.match(r"(\S{2,12})[ \u3000]+(?=\S)", text)
    if (
        spaced
        and stop
        and spaced.end() <= stop.start()
        and not _NOT_TITLE.search(spaced.group(1))
        and re.fullmatch(r"[\u4e00-\u9fff]+", spaced.group(1))
        and len(spaced.group(1)) <= 8
        and source[start + spaced.end() - 1] == "\u3000"
    ):
        return Heading(marker, spaced.group(1), start + spaced.end())
    if stop and stop.group() == "。" and stop.start() <= 20 and text[stop.end() :].strip():
        first = text[: stop.start()]
        if not _NOT_TITLE.search(first):
            return Heading(marker, first, _skip_blank(source, start + stop.end(), end))
    return Heading(marker, "", start)


def _lists(source: str, lines: list[Line], markers: list[Marker | None]) -> list[bool]:
    """Which lines are members of a list: adjacent lines of one style closed by ；, or announced by a colon."""
    listed = [False] * len(lines)
    k = 0
    while k < len(lines):
        marker = markers[k]
        if marker is None or marker.style not in _LIST_STYLES:
            k += 1
            continue
        end = k + 1
        while (
            end < len(lines)
            and (other := markers[end]) is not None
            and other.style == marker.style
            and other.number != 1
        ):
            end += 1
        announced = k > 0 and bool(_LIST_LEAD.search(lines[k - 1].clean))
        semicolons = sum(lines[i].clean.endswith(("；", ";")) for i in range(k, end))
        open_ended = announced and not any(_long_sentences(lines[i].clean) for i in range(k, end))
        if semicolons or (open_ended and (end - k > 1 or marker.style != "arabic")):
            listed[k:end] = [True] * (end - k)
        k = end
    return listed


def _long_sentences(clean: str) -> bool:
    return clean.count("。") >= 2


def _has_body(markers: list[Marker | None], k: int) -> bool:
    return k + 1 < len(markers) and markers[k + 1] is None


def _skip_blank(source: str, start: int, end: int) -> int:
    while start < end and (source[start].isspace() or source[start] in "\u200b\ufeff"):
        start += 1
    return start


def _finish(clauses: list[Clause], bodies: list[Body], lines: list[Line]) -> Structure:
    final_end = lines[-1].end if lines else 0
    parents = {clause.parent for clause in clauses}
    by_clause: dict[int, list[Body]] = {}
    for body in bodies:
        by_clause.setdefault(body.clause, []).append(body)
    ends = [0] * len(clauses)
    following: list[tuple[int, int]] = []  # (level, start) of the headings after the current one, nearest last
    previous_end = {line.start: lines[i - 1].end for i, line in enumerate(lines) if i}
    for k in range(len(clauses) - 1, -1, -1):
        clause = clauses[k]
        while following and following[-1][0] > clause.level:
            following.pop()
        ends[k] = previous_end.get(following[-1][1], clause.start) if following else final_end
        if k == 0 and len(clauses) > 1:
            ends[0] = previous_end.get(clauses[1].start, clauses[0].start)
        following.append((clause.level, clause.start))
    done: list[Clause] = []
    paragraphs: list[Paragraph] = []
    contents: list[int] = []
    bulleted: list[bool] = []
    taken = {clause.id for clause in clauses}
    for k, clause in enumerate(clauses):
        own = by_clause.get(k, [])
        if k == 0 and not own:
            continue  # no preamble
        done.append(
            Clause(
                clause.id,
                clause.label,
                clause.title,
                clause.level,
                clause.start,
                max(ends[k], clause.start),
                clause.parent,
            )
        )
        stem = f"{clause.id}.0" if clause.id in parents else clause.id
        while any(f"{stem}.{n}" in taken for n in range(1, len(own) + 1)):
            stem = f"{stem}.0"  # odd numbering (a clause 0) must not make two things share an id
        taken.update(f"{stem}.{n}" for n in range(1, len(own) + 1))
        for n, body in enumerate(own, 1):
            paragraphs.append(Paragraph(f"{stem}.{n}", clause.id, body.start, body.end))
            contents.append(body.content)
            bulleted.append(body.bulleted)
    return Structure(tuple(done), tuple(paragraphs), tuple(contents), tuple(bulleted))
