"""Pinyin of names, phrase-aware (重庆 is chong qing), for sorting and for finding by initials."""

from __future__ import annotations


def syllables(text: str) -> list[str]:
    """Syllables without tones; anything that is not Chinese stays as it is, in lower case."""
    from pypinyin import lazy_pinyin

    return [part.strip().lower() for part in lazy_pinyin(text) if part.strip()]


def initials(text: str) -> str:
    """First letters of the syllables: 郴州市 -> ``czs``. Digits and Latin letters are kept."""
    from kechuang.chinese.bigrams import is_han

    letters: list[str] = []
    position = 0
    parts = syllables(text)
    for part in parts:
        start = position
        while position < len(text) and text[position].isspace():
            position += 1
        if position < len(text) and is_han(text[position]):
            letters.append(part[0])
            position += 1
        else:
            position = max(position, start) + len(part)
            letters.append("".join(c for c in part if c.isalnum()))
    return "".join(letters)


def sort_key(text: str) -> tuple[str, str]:
    """Key that sorts Chinese names by sound and equal sounds by character."""
    return " ".join(syllables(text)), text
