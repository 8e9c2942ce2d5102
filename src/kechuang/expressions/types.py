"""Types of expressions: what a value is, in which unit, how large it can be and with how many decimals.

Digits are tracked so that every accepted program also fits into scaled 64-bit integers on any engine: a value is
stored as ``value x 10**scale`` and must stay below ``10**18``. A program that could leave this range is refused
when it is loaded, never when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["number", "money", "rate", "count", "date", "enum", "text", "boolean", "relation"]

INTEGER_LIMIT = Decimal(10) ** 18
"""Scaled values stay below this: 18 digits, which fit into a signed 64-bit integer with room to spare."""

NUMERIC: frozenset[str] = frozenset({"number", "money", "rate", "count"})

KIND_NAMES: dict[str, tuple[str, str]] = {
    "number": ("数", "a number"),
    "money": ("金额", "money"),
    "rate": ("比率", "a rate"),
    "count": ("数量", "a count"),
    "date": ("日期", "a date"),
    "enum": ("选项", "a choice"),
    "text": ("文字", "text"),
    "boolean": ("是否", "yes or no"),
    "relation": ("明细", "a list of records"),
}


@dataclass(frozen=True, slots=True)
class Type:
    """The type of an expression.

    ``kind`` ``number`` is a plain number (a literal or a parameter): it takes the unit of what it meets. ``limit`` is
    the largest absolute value that can occur, ``scale`` the largest number of decimals, ``signed`` whether it can be
    negative. ``values`` are the allowed values of an enum. Of a ``relation`` (a list of records, such as the contracts of
    a firm) ``limit`` is the largest number of records and ``unit`` what they are counted in.
    """

    kind: Kind
    unit: str | None = None
    scale: int = 0
    limit: Decimal = Decimal(0)
    values: tuple[str, ...] = ()
    signed: bool = True

    @property
    def numeric(self) -> bool:
        """Whether arithmetic is possible."""
        return self.kind in NUMERIC

    def name(self, lang: str) -> str:
        """The type in words, with its unit."""
        word = KIND_NAMES[self.kind][0 if lang == "zh" else 1]
        if self.unit is None or self.kind == "money":
            return word
        return f"{word}（{self.unit}）" if lang == "zh" else f"{word} ({self.unit})"


BOOLEAN = Type("boolean")
DATE = Type("date")
TEXT = Type("text")


def number_type(*values: Decimal) -> Type:
    """The type of a plain number that takes one of ``values`` (a literal, or a parameter over its dates)."""
    scale = max((decimals(v) for v in values), default=0)
    limit = max((abs(v) for v in values), default=Decimal(0))
    return Type("number", scale=scale, limit=limit, signed=any(v < 0 for v in values))


def decimals(value: Decimal) -> int:
    """How many decimals ``value`` needs; trailing zeros do not count (``0.0200`` needs 2)."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not a finite number")
    places = -exponent
    for digit in reversed(digits):
        if places <= 0 or digit:
            break
        places -= 1
    return max(places, 0) if value else 0
