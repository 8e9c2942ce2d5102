"""Units of Chinese statistics and exact conversion between them.

A unit is a power of ten over a base (万元 = 10^4 元), or a ratio of two such units (件/万人). Only powers of ten
occur, so a conversion moves the decimal point and loses no digit. Units of different bases are never converted.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kechuang.indicators.text import Text

# Longest first: 百万 must not be read as 百 + 万人.
_MAGNITUDES = (
    ("万亿", 12),
    ("千万", 7),
    ("百万", 6),
    ("十万", 5),
    ("亿", 8),
    ("万", 4),
    ("千", 3),
    ("百", 2),
    ("十", 1),
)
_RATIOS = {"%": -2, "％": -2, "‰": -3}
_POINTS = frozenset({"个百分点", "百分点", "点", "percentage points", "pp"})
POINT = "个百分点"


class UnitError(ValueError):
    """A unit cannot be read or converted; ``text`` says so in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(f"{text.zh} / {text.en}")
        self.text = text


@dataclass(frozen=True)
class Unit:
    """A unit: 10^``power`` of ``base`` per ``per`` (``per`` empty for a plain unit)."""

    power: int
    base: str
    per: str = ""


def _part(text: str) -> tuple[int, str]:
    for word, power in _MAGNITUDES:
        if text.startswith(word) and len(text) > len(word):
            return power, text[len(word) :]
    return 0, text


@cache
def parse_unit(text: str) -> Unit:
    """Read a unit such as ``亿元``, ``件/万人``, ``%`` or ``个百分点``.

    Raises UnitError when the text is empty or has more than one slash.
    """
    name = text.strip()
    if name in _RATIOS:
        return Unit(_RATIOS[name], "1")
    if name in _POINTS:
        return Unit(0, POINT)
    parts = name.split("/")
    if not name or len(parts) > 2 or not all(p.strip() for p in parts):
        raise UnitError(
            Text(
                f"单位“{text}”读不懂，请写成“亿元”“件/万人”这样的形式",
                f"cannot read the unit “{text}”; write it like 亿元 or 件/万人",
            )
        )
    power, base = _part(parts[0].strip())
    if len(parts) == 1:
        return Unit(power, base)
    per_power, per = _part(parts[1].strip())
    return Unit(power - per_power, base, per)


def shift(value: Decimal, power: int) -> Decimal:
    """``value`` times 10^``power``, exactly, at any precision."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise UnitError(Text(f"“{value}”不是数字", f"“{value}” is not a number"))
    return Decimal((sign, digits, exponent + power))


def convert(value: Decimal, source: str, target: str) -> Decimal:
    """Convert ``value`` from unit ``source`` to unit ``target`` without rounding.

    Raises UnitError when the units do not measure the same thing (家 and 人, % and 个百分点).
    """
    if source == target:
        return value
    a, b = parse_unit(source), parse_unit(target)
    if (a.base, a.per) != (b.base, b.per):
        raise UnitError(Text(f"“{source}”不能换算成“{target}”", f"“{source}” cannot be converted to “{target}”"))
    return shift(value, a.power - b.power)


def convertible(source: str, target: str) -> bool:
    """Whether values in ``source`` can be expressed in ``target``."""
    try:
        convert(Decimal(0), source, target)
    except UnitError:
        return False
    return True


def gap_unit(unit: str) -> Text:
    """The unit of a difference: percentages differ by percentage points, everything else keeps its unit."""
    return Text(POINT, "percentage points") if parse_unit(unit).base == "1" else Text(unit, unit)
