"""Excerpts: the stretch of a text that answers a query best, with the hits marked."""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.chinese.bigrams import is_han
from kechuang.retrieval.analysis import Asked, located, query_terms

_BREAKS = "。！？；，、,.;!? \n"


@dataclass(frozen=True)
class Piece:
    """A stretch of text; ``hit`` says whether it is to be marked."""

    text: str
    hit: bool


def hits(text: str, asked: Asked) -> list[tuple[int, int]]:
    """Where the terms of a query stand in a text: merged, in order. ``text[start:end]`` is a hit."""
    wanted = set(asked.words)
    places = [(token.start, token.end) for token in located(text) if token.text in wanted]
    if asked.singles:
        single = set(asked.singles)
        places += [(place, place + 1) for place, c in enumerate(text) if is_han(c) and c in single]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, places: list[tuple[int, int]], width: int) -> tuple[int, int]:
    """The stretch of about ``width`` characters that holds most of the hits."""
    if len(text) <= width:
        return 0, len(text)
    best, kept = 0, -1
    for first, _ in places:
        inside = sum(end - start for start, end in places if start >= first and end <= first + width)
        if inside > kept:
            best, kept = first, inside
    start = max(0, min(best - width // 4, len(text) - width))
    # Begin at a break in the sentence if one is near, so that the excerpt reads well.
    for back in range(start, max(-1, start - 24), -1):
        if back == 0 or text[back - 1] in _BREAKS:
            start = back
            break
    return start, min(len(text), start + width)


def excerpt(text: str, query: str | Asked, width: int = 120) -> list[Piece]:
    """The best stretch of ``text`` in pieces, marked and unmarked in turn; an ellipsis shows what was left out.

    Joined together the pieces are the stretch itself. ``width`` is in characters; 0 keeps the whole text.
    """
    asked = query_terms(query) if isinstance(query, str) else query
    places = hits(text, asked)
    start, end = _window(text, places, width) if width else (0, len(text))
    pieces: list[Piece] = [Piece("…", False)] if start > 0 else []
    at = start
    for left, right in places:
        if right <= start or left >= end:
            continue
        left, right = max(left, start), min(right, end)  # noqa: PLW2901 (cut to the window)
        if left > at:
            pieces.append(Piece(text[at:left], False))
        pieces.append(Piece(text[left:right], True))
        at = right
    if at < end:
        pieces.append(Piece(text[at:end], False))
    if end < len(text):
        pieces.append(Piece("…", False))
    return pieces
