"""Sentences for people, in both languages, and the way numbers are written in them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

MINUS = "\u2212"


class Text(NamedTuple):
    """One sentence or phrase in Chinese and English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in ``language`` (anything that starts with ``zh`` is Chinese)."""
        return self.zh if language.lower().startswith("zh") else self.en


def number(value: Decimal, decimals: int | None = None, *, signed: bool = False) -> str:
    """Write ``value`` with thousands separators and a true minus sign.

    ``decimals`` rounds half-up for display only; ``None`` keeps every digit of the source.
    """
    shown = value if decimals is None else value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(shown):,f}"
    if shown < 0:
        return MINUS + text
    return "+" + text if signed and shown > 0 else text
