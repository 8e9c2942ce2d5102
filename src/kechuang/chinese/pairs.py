"""Pairs of neighbouring characters of a name, whatever they are: an index of them finds any part of a name.

Unlike the terms of :mod:`kechuang.chinese.bigrams` they keep punctuation, spaces and Latin letters one by one, so that
every part of a name, at least one character long, is found by them.
"""

from __future__ import annotations

from itertools import pairwise


def fold(text: str) -> str:
    """The text without the difference of large and small letters, each character by itself."""
    return text.upper().casefold()


def pairs(name: str) -> list[tuple[str, str]]:
    """Each pair once, in the order of the name; the last character stands with an empty text: ``"郴州" -> [("郴", "州"), ("州", "")]``."""
    folded = fold(name)
    if not folded:
        return []
    return list(dict.fromkeys([*pairwise(folded), (folded[-1], "")]))


def wanted(part: str) -> list[tuple[str, str]]:
    """The pairs that a name has which contains this part; of a single character none (look for its first place)."""
    return list(dict.fromkeys(pairwise(fold(part))))
