"""Read any policy text on the spot and colour what was found. Nothing of it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kechuang import reading
from kechuang.web.core.errors import UserError

MAX_CHARACTERS = 200_000

# Painted in this order: what comes later lies on top, so that a short reference inside a long task stays visible.
_LAYERS = (("heading", "hd"), ("task", "tk"), ("target", "tg"), ("incentive", "in"), ("reference", "rf"))
STYLES = dict(_LAYERS)


@dataclass(frozen=True)
class Stretch:
    """A run of characters of one colour. ``item`` is the number of the thing found, ``first`` its first run."""

    text: str
    style: str
    item: int
    first: bool


@dataclass(frozen=True)
class Found:
    """Something found in the text, with its number on the page and the label of its clause."""

    number: int
    clause: str
    kind: str
    style: str
    start: int
    end: int
    quote: str
    record: Any


@dataclass(frozen=True)
class Coloured:
    """A document read and coloured: lines of stretches, and the things found in the order of the text."""

    reading: reading.Reading
    name: str
    lines: tuple[tuple[Stretch, ...], ...]
    found: tuple[Found, ...]
    counts: dict[str, int]


def _found(read: reading.Reading) -> list[Found]:
    things: list[tuple[str, Any]] = [
        *(("target", item) for item in read.targets),
        *(("incentive", item) for item in read.incentives),
        *(("task", item) for item in read.tasks),
        *(("reference", item) for item in read.references),
    ]
    labels = {clause.id: clause.label for clause in read.clauses}
    things.sort(key=lambda pair: (pair[1].start, -pair[1].end))
    return [
        Found(
            n,
            labels.get(item.clause, ""),
            kind,
            STYLES[kind],
            item.start,
            item.end,
            read.text[item.start : item.end],
            item,
        )
        for n, (kind, item) in enumerate(things, start=1)
    ]


def _headings(read: reading.Reading) -> list[tuple[int, int]]:
    """Where the titles of the clauses stand, as far as they can be found at the clause's beginning."""
    places = []
    for clause in read.clauses:
        at = read.text.find(clause.title, clause.start, clause.start + len(clause.title) + 40) if clause.title else -1
        if at >= 0:
            places.append((clause.start, at + len(clause.title)))
    return places


def _paint(read: reading.Reading, found: list[Found]) -> list[int]:
    """The number of the thing each character belongs to: 0 nothing, −1 a heading."""
    colour = [0] * len(read.text)
    for start, end in _headings(read):
        colour[start:end] = [-1] * (end - start)
    for kind, _ in _LAYERS[1:]:
        for thing in found:
            if thing.kind == kind:
                colour[thing.start : thing.end] = [thing.number] * (thing.end - thing.start)
    return colour


def _lines(text: str, colour: list[int], found: list[Found]) -> tuple[tuple[Stretch, ...], ...]:
    styles = {thing.number: thing.style for thing in found} | {0: "", -1: "hd"}
    seen: set[int] = set()
    lines = []
    start = 0
    for line in text.splitlines(keepends=True):
        stretches, at = [], start
        for number, run in groupby(colour[start : start + len(line)]):
            size = len(list(run))
            words = text[at : at + size].strip("\r\n")
            if words:
                stretches.append(Stretch(words, styles[number], max(number, 0), number > 0 and number not in seen))
                seen.add(number)
            at += size
        start += len(line)
        if "".join(stretch.text for stretch in stretches).strip():
            lines.append(tuple(stretches))
    return tuple(lines)


def colour(name: str, text: str) -> Coloured:
    """Read ``text`` and colour it. Raises ``UserError`` when it is too long to be read while one waits."""
    if len(text) > MAX_CHARACTERS:
        raise UserError(
            f"文字有 {len(text):,} 个，最多 {MAX_CHARACTERS:,} 个。请分几次读，或用命令 kechuang read。",
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,}. Read it in parts, or use the command "
            "kechuang read.",
            field="text",
            code="too_long",
            status=413,
        )
    read = reading.read(text)
    found = _found(read)
    counts = {kind: sum(thing.kind == kind for thing in found) for kind, _ in _LAYERS[1:]}
    return Coloured(read, name, _lines(read.text, _paint(read, found), found), tuple(found), counts)
