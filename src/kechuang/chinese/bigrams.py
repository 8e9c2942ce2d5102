"""Search terms of mixed text: overlapping pairs of Chinese characters, whole words of Latin letters and digits.

Pairs need no dictionary, find two-character words that trigrams miss, and are the same for text and query. Every term
keeps its place in the text as given, so that a hit can be marked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Token:
    """A search term and where it stands: ``source[start:end]`` is what the reader sees."""

    text: str
    start: int
    end: int


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one, rare extensions and 〇 included."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x323AF
        or 0xF900 <= code <= 0xFAFF
        or code == 0x3007
    )


def _characters(text: str) -> Iterator[tuple[str, int]]:
    """Characters in compatibility form and lower case, each with its place in the text as given."""
    for place, character in enumerate(text):
        for plain in unicodedata.normalize("NFKC", character).casefold():
            yield plain, place


def spans(text: str) -> list[Token]:
    """Search terms with their places, in the order of the text."""
    found: list[Token] = []
    run: list[tuple[str, int]] = []
    kind = ""

    def close() -> None:
        if kind == "han" and len(run) > 1:
            for (first, start), (second, end) in pairwise(run):
                found.append(Token(first + second, start, end + 1))
        elif run:
            found.append(Token("".join(c for c, _ in run), run[0][1], run[-1][1] + 1))
        run.clear()

    for character, place in _characters(text):
        here = "han" if is_han(character) else "word" if character.isalnum() else ""
        inside = kind == "word" and character in "._-+" and run  # 3.5, r&d stays two words, pm2.5, c++
        if here != kind and not inside:
            close()
            kind = here
        if here or inside:
            run.append((character, place))
        if kind == "word" and not here and not inside:
            close()
    close()
    return [_trimmed(token) for token in found]


def _trimmed(token: Token) -> Token:
    """A word without the punctuation that only seemed to belong to it."""
    text = token.text.rstrip("._-")
    return Token(text, token.start, token.end - (len(token.text) - len(text)))


def tokens(text: str) -> list[str]:
    """Search terms in the order of the text: ``"郴州的 R&D 投入"`` -> ``["郴州", "州的", "r", "d", "投入"]``."""
    return [token.text for token in spans(text)]


def bigrams(text: str) -> str:
    """The terms joined by spaces, for an index that splits at white space."""
    return " ".join(tokens(text))
