"""A document's text as a page shows it: lines of runs, coloured and numbered where items stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from kechuang.reading.model import Reading
from kechuang.web.library.enums import ItemKind, ItemStatus
from kechuang.web.library.models import DraftItem

STYLES = {
    ItemKind.MEASURE.value: "in",
    ItemKind.TARGET.value: "tg",
    ItemKind.TASK.value: "tk",
    ItemKind.REFERENCE.value: "rf",
    ItemKind.STATEMENT.value: "qt",
}
_HEADING = -1


@dataclass(frozen=True)
class Run:
    """A run of characters of one colour; ``start`` is its position in the text, ``number`` that of its ``item``."""

    text: str
    start: int
    style: str = ""
    number: int = 0
    first: bool = False
    stale: bool = False
    item: int = 0


def numbers(items: Sequence[DraftItem]) -> dict[int, int]:
    """Item -> its number on the page: in the order of the text, rejected ones counted, so that numbers stay."""
    return {item.pk: n for n, item in enumerate(items, 1)}


def paint(found: Reading, items: Sequence[DraftItem], window: tuple[int, int] | None = None) -> list[list[Run]]:
    """The lines of the text, or those that touch a window of it. Where items overlap, the shorter one lies on top."""
    text, numbered = found.text, numbers(items)
    colour = [0] * len(text)
    for clause in found.clauses:
        at = text.find(clause.title, clause.start, clause.start + len(clause.title) + 40) if clause.title else -1
        if at >= 0:
            end = at + len(clause.title)
            colour[clause.start : end] = [_HEADING] * (end - clause.start)
    live = [item for item in items if item.status != ItemStatus.REJECTED]
    for item in sorted(live, key=lambda one: one.start - one.end):
        colour[item.start : item.end] = [numbered[item.pk]] * (item.end - item.start)
    by_number = {numbered[item.pk]: item for item in live}
    return _lines(text, colour, by_number, window or (0, len(text)))


def _lines(text: str, colour: list[int], by_number: dict[int, DraftItem], window: tuple[int, int]) -> list[list[Run]]:
    seen: set[int] = set()
    lines: list[list[Run]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        if start >= window[1]:
            break
        if start + len(line) <= window[0]:
            start += len(line)
            continue
        runs, at = [], start
        for number, group in groupby(colour[start : start + len(line)]):
            size = sum(1 for _ in group)
            words = text[at : at + size].rstrip("\r\n")
            if words:
                runs.append(_run(words, at, number, by_number, seen))
            at += size
        start += len(line)
        if any(run.text.strip() for run in runs):
            lines.append(runs)
    return lines


def _run(words: str, at: int, number: int, by_number: dict[int, DraftItem], seen: set[int]) -> Run:
    if number <= 0:
        return Run(words, at, "hd" if number == _HEADING else "")
    item, first = by_number[number], number not in seen
    seen.add(number)
    return Run(words, at, STYLES[item.kind], number, first, item.status == ItemStatus.STALE, item.pk)
