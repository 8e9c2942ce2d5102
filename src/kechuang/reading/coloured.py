"""Coloured stretches of a text for a page: non-overlapping, sorted, each pointing to the item it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kechuang.reading import quantities
from kechuang.reading.model import Reading
from kechuang.reading.normalise import normalise


@dataclass(frozen=True)
class Span:
    """``text[start:end]`` has the kind (heading, target, incentive, task, reference, quantity).

    ``ref`` names the item (``incentive-3`` is ``reading.incentives[2]``), ``title`` is a short description of it.
    """

    start: int
    end: int
    kind: str
    ref: str
    title: str


def spans(reading: Reading) -> list[Span]:
    """What to colour. Where items overlap the more telling one wins: heading, target, incentive, reference, task."""
    free = _Free(len(reading.text))
    chosen: list[Span] = []

    def add(kind: str, items: Iterable[tuple[int, int, str, str]]) -> None:
        for start, end, ref, title in items:
            for left, right in free.take(start, end):
                if reading.text[left:right].strip():
                    chosen.append(Span(left, right, kind, ref, title))

    add(
        "heading",
        (
            (
                clause.start,
                _heading_end(reading, clause.start, clause.end, clause.label, clause.title),
                f"clause-{clause.id}",
                clause.title or clause.label,
            )
            for clause in reading.clauses
            if clause.label or clause.title
        ),
    )
    add("target", ((item.start, item.end, f"target-{n}", item.indicator) for n, item in enumerate(reading.targets, 1)))
    add(
        "incentive",
        (
            (item.start, item.end, f"incentive-{n}", item.beneficiary or "")
            for n, item in enumerate(reading.incentives, 1)
        ),
    )
    add(
        "reference",
        (
            (item.start, item.end, f"reference-{n}", item.title or item.number or "")
            for n, item in enumerate(reading.references, 1)
        ),
    )
    add("task", ((item.start, item.end, f"task-{n}", item.action) for n, item in enumerate(reading.tasks, 1)))
    add("quantity", _loose_quantities(reading))
    return sorted(chosen, key=lambda span: span.start)


def _loose_quantities(reading: Reading) -> list[tuple[int, int, str, str]]:
    found: list[tuple[int, int, str, str]] = []
    for sentence in reading.sentences:
        norm = normalise(reading.text, sentence.start, sentence.end)
        for item in quantities.find(norm.text):
            if item.kind != "number":
                found.append((norm.start(item.start), norm.end(item.stop), f"quantity-{len(found) + 1}", item.unit))
    return found


def _heading_end(reading: Reading, start: int, end: int, label: str, title: str) -> int:
    """End of label and title as they stand in the text."""
    wanted = len("".join((label + title).split()))
    seen, at = 0, start
    while at < end and seen < wanted:
        if not reading.text[at].isspace():
            seen += 1
        at += 1
    return at


class _Free:
    """Which characters are not coloured yet; ``take`` gives the free pieces of a range and marks them used."""

    def __init__(self, length: int) -> None:
        self.used = bytearray(length)

    def take(self, start: int, end: int) -> list[tuple[int, int]]:
        pieces: list[tuple[int, int]] = []
        at = start
        while at < end:
            begin = self.used.find(0, at, end)
            if begin < 0:
                break
            stop = self.used.find(1, begin, end)
            stop = end if stop < 0 else stop
            pieces.append((begin, stop))
            self.used[begin:stop] = b"\x01" * (stop - begin)
            at = stop
        return pieces
