"""How text and queries become terms.

Chinese runs become overlapping pairs (see :mod:`kechuang.chinese.bigrams`); single characters are kept besides, so
that a query of one character finds something. English words lose their plural, so that "subsidy" finds "subsidies".
"""

from __future__ import annotations

from dataclasses import dataclass

from kechuang.chinese.bigrams import Token, is_han, spans

MAX_QUERY = 200
"""Characters of a query that are looked at; the rest adds nothing to a question and costs time."""

_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "for",
        "from",
        "have",
        "how",
        "i",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "our",
        "that",
        "the",
        "this",
        "to",
        "we",
        "what",
        "which",
        "will",
        "with",
        "you",
        "your",
    ]
)
"""English words that carry no subject. They are indexed, and left out of queries that have other words."""

_FILLER = frozenset(("怎么", "什么", "多少", "哪些", "可以", "如何", "请问", "是否", "帮助", "需要"))
"""Chinese pairs of questions, which say nothing of the subject."""

_PARTICLES = frozenset("的了吗呢吧啊们我你您他她它这那")
"""Characters that join words; a pair with one of them is no word. Left out of queries that have other words."""


def fold(word: str) -> str:
    """An English word without its plural; anything else as it is."""
    if not word.isascii() or len(word) < 4 or not word.isalpha():
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def located(text: str) -> list[Token]:
    """The terms of a text with their places; ``text[start:end]`` is what the reader sees."""
    return [Token(fold(token.text), token.start, token.end) for token in spans(text) if token.text]


def terms(text: str) -> list[str]:
    """The terms of a text in their order."""
    return [token.text for token in located(text)]


def characters(text: str) -> list[str]:
    """The single Chinese characters of a text."""
    return [character for character in text if is_han(character)]


def _telling(term: str) -> bool:
    """Whether a term says something of the subject."""
    return term not in _STOP and term not in _FILLER and not (len(term) > 1 and _PARTICLES.intersection(term))


@dataclass(frozen=True)
class Asked:
    """A query in terms: ``words`` are looked for in the field of terms, ``singles`` in that of characters.

    ``runs`` are the words that stand together in the query, for phrases.
    """

    words: tuple[str, ...]
    singles: tuple[str, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.singles)


def query_terms(query: str) -> Asked:
    """What a query asks for, each term once. Words without a subject are dropped when others remain."""
    found = terms(query[:MAX_QUERY])
    singles = tuple(dict.fromkeys(term for term in found if len(term) == 1 and is_han(term)))
    words = [term for term in found if term not in singles]
    if not any(_telling(word) for word in words):
        return Asked(tuple(dict.fromkeys(words)), singles, (tuple(words),) if len(words) > 1 else ())
    runs: list[list[str]] = [[]]
    for term in found:
        if term in singles or not _telling(term):
            runs.append([])
        else:
            runs[-1].append(term)
    kept = tuple(dict.fromkeys(word for run in runs for word in run))
    return Asked(kept, (), tuple(tuple(run) for run in runs if len(run) > 1))
