"""Numbers as they are written in Chinese official texts, to exact ``Decimal`` and back.

Covers Arabic digits (half and full width, thousands separators), Chinese numerals of GB/T 15835-2011 (一百二十,
二〇一三, 两万, 一点二), capital forms (壹仟), mixed scales (1千万, 1.5亿, 3百万) and fractions (百分之一点二, 万分之二,
三分之一, 三成, 半数).
"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    **{char: value for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": 0,
    "两": 2,
    "俩": 2,
    "貳": 2,
    "參": 3,
    "陸": 6,
    "兩": 2,
}
SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
SCALES = {**SMALL, **LARGE}

#: Character class bodies for regular expressions of other rooms.
CHINESE_DIGITS = "".join(DIGITS)
CHINESE_NUMERAL = CHINESE_DIGITS + "".join(SMALL)

_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，％", "0123456789.,%")
_ARABIC = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_FRACTION = re.compile(r"^(?P<of>.+)分之(?P<part>.+)$")


class NumeralError(ValueError):
    """The text is not a number; carries the message in both languages."""

    def __init__(self, text: str) -> None:
        self.zh = f"不是数字：{text[:40]!r}"
        self.en = f"not a number: {text[:40]!r}"
        super().__init__(f"{self.zh} / {self.en}")


def parse(text: str) -> Decimal:
    """Exact value of a whole number expression, e.g. ``1千万`` = 10000000, ``一点二`` = 1.2.

    Raises ``NumeralError`` when the text is anything else.
    """
    clean = text.translate(_FULL_WIDTH).replace(" ", "").replace("\u3000", "")
    if not clean or len(clean) > 60:
        raise NumeralError(text)
    sign = Decimal(1)
    if clean[0] in "-－负":
        sign, clean = Decimal(-1), clean[1:]
    match = _ARABIC.match(clean)
    if match:
        value = Decimal(match.group(0).replace(",", ""))
        for char in clean[match.end() :]:
            if char not in SCALES:
                raise NumeralError(text)
            value *= SCALES[char]
        return sign * value
    return sign * _parse_chinese(clean, text)


def _parse_chinese(clean: str, shown: str) -> Decimal:
    whole, point, decimals = clean.partition("点")
    if not whole or (point and not decimals):
        raise NumeralError(shown)
    value = Decimal(_parse_whole(whole, shown))
    if point:
        scale = 1
        while decimals and decimals[-1] in SCALES:
            scale *= SCALES[decimals[-1]]
            decimals = decimals[:-1]
        if not decimals or any(char not in DIGITS for char in decimals):
            raise NumeralError(shown)
        value += Decimal("0." + "".join(str(DIGITS[char]) for char in decimals))
        value *= scale
    return value


def _parse_whole(text: str, shown: str) -> int:
    if all(char in DIGITS for char in text):  # digit by digit: 二〇一三
        return int("".join(str(DIGITS[char]) for char in text))
    total, section, digit = 0, 0, -1
    for char in text:
        if char in DIGITS:
            if digit > 0:
                raise NumeralError(shown)
            digit = DIGITS[char]
        elif char in SMALL:
            section += (1 if digit <= 0 else digit) * SMALL[char]
            digit = -1
        elif char in LARGE:
            section += max(digit, 0)
            if not section and not total:
                raise NumeralError(shown)
            # 一万亿: the large scale multiplies all that came before when it is the larger one.
            total = (total + section) * LARGE[char] if LARGE[char] >= 10**8 else total + section * LARGE[char]
            section, digit = 0, -1
        else:
            raise NumeralError(shown)
    return total + section + max(digit, 0)


def parse_or_none(text: str) -> Decimal | None:
    """Like :func:`parse`, but ``None`` for what is not a number."""
    try:
        return parse(text)
    except NumeralError:
        return None


def parse_fraction(text: str) -> Decimal | None:
    """Share of one written in words or as a percentage: ``百分之一点二`` = 0.012, ``三成`` = 0.3, ``半数`` = 0.5.

    ``None`` when the text is not a share. Thirds and the like are rounded to 28 digits (decimal context).
    """
    clean = text.translate(_FULL_WIDTH).replace(" ", "")
    if clean in ("半数", "一半", "半"):
        return Decimal("0.5")
    for sign, divisor in (("%", 100), ("‰", 1000), ("‱", 10000)):
        if clean.endswith(sign):
            value = parse_or_none(clean[:-1])
            return None if value is None else value / divisor
    if clean.endswith("成"):
        value = parse_or_none(clean[:-1])
        return None if value is None else value / 10
    match = _FRACTION.match(clean)
    if not match:
        return None
    of = parse_or_none({"百": "一百", "千": "一千", "万": "一万"}.get(match["of"], match["of"]))
    part = parse_or_none(match["part"])
    if of is None or part is None or of == 0:
        return None
    return part / of


def to_chinese(number: int) -> str:
    """Chinese numeral of a whole number below 10**16: 12 -> 十二, 305 -> 三百零五, 20000 -> 二万."""
    if number < 0:
        return "负" + to_chinese(-number)
    if number >= 10**16:
        raise ValueError("to_chinese covers whole numbers below 10**16")
    if number == 0:
        return "零"
    groups: list[int] = []
    rest = number
    while rest:
        groups.append(rest % 10000)
        rest //= 10000
    text, gap = "", False
    for power in range(len(groups) - 1, -1, -1):
        group = groups[power]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _group(group) + ("", "万", "亿", "万亿")[power]
        gap = False
    if "万亿" in text and "亿" in text.replace("万亿", "", 1):
        text = text.replace("万亿", "万", 1)
    return text[1:] if text.startswith("一十") else text


def _group(group: int) -> str:
    text, gap = "", False
    for value, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = group // value % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + "零一二三四五六七八九"[digit] + name
        gap = False
    return text
