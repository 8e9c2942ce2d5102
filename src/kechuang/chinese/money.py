"""Amounts in yuan: as people write them, as pages show them, and in capital figures as vouchers need them.

Capital figures follow 支付结算办法, annex 1 (正确填写票据和结算凭证的基本规定): 元 or 角 at the end takes 整, zeros
between digits are written once as 零; where the annex leaves 零 to the writer (a zero 万 or 元 digit) it is left out.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

MAXIMUM = Decimal(10) ** 13
"""Amounts at or above ten trillion yuan are refused as a slip of the pen."""
_UNITS = {
    "": 1, "元": 1, "圆": 1, "千": 1000, "千元": 1000, "万": 10_000, "万元": 10_000,
    "百万": 1_000_000, "百万元": 1_000_000, "亿": 100_000_000, "亿元": 100_000_000,
    "yuan": 1, "rmb": 1, "cny": 1,
}  # fmt: skip
_WRITTEN = re.compile(
    r"(?P<sign>[-+]?)(?:¥|rmb|cny)?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?(?P<unit>[^\d.,]*)"
)
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_GROUPS = ("", "万", "亿", "万亿")


class MoneyError(ValueError):
    """A text that is no amount; says in both languages what is wrong and how to mend it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{en} ({zh})")
        self.zh = zh
        self.en = en


def parse_yuan(text: str) -> Decimal:
    """The amount in yuan that a text such as ``1,234.5万元``, ``￥12,345.00`` or ``0.3亿`` names.

    Raises ``MoneyError`` for anything else, for parts of a fen, and for ten trillion yuan or more.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower().replace("，", ",").replace("−", "-")
    found = _WRITTEN.fullmatch(plain)
    if found is None or found["unit"] not in _UNITS:
        raise MoneyError(
            f"“{text[:40]}”不是金额：请写成 12345.67 或 123.4万元",
            f'"{text[:40]}" is not an amount: write 12345.67 or 123.4万元',
        )
    digits = found["digits"].replace(",", "")
    if len(digits) > 20 or len(found["part"] or "") > 20:
        raise _too_large()
    value = Decimal(f"{found['sign']}{digits}{found['part'] or ''}") * _UNITS[found["unit"]]
    if abs(value) >= MAXIMUM:
        raise _too_large()
    fen = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if fen != value:
        raise MoneyError("金额最多到分（两位小数）", "an amount has at most two decimals (fen)")
    return fen


def _too_large() -> MoneyError:
    return MoneyError("金额不能达到 10 万亿元，请核对单位", "the amount reaches ten trillion yuan; check the unit")


def yuan_parts(value: Decimal) -> tuple[str, str]:
    """Number and unit apart, for pages that set them differently: ``("12,345.00", "元")``.

    Decimals beyond the fen are shown when they are there (an amount before rounding), never cut.
    """
    text = f"{value:,f}"
    if text[-3:-2] == ".":
        return text, "元"
    point = text.find(".")
    places = len(text) - point - 1 if point >= 0 else 0
    if places < 2:
        return f"{value:,.2f}", "元"
    while places > 2 and text.endswith("0"):
        text, places = text[:-1], places - 1
    return text, "元"


def format_yuan(value: Decimal) -> str:
    """``12,345.00 元``."""
    number, unit = yuan_parts(value)
    return f"{number} {unit}"


def format_large(value: Decimal, places: int = 2) -> str:
    """A rounded amount for headings, in 亿元, 万元 or 元: ``1.23 亿元``. Not for anything that is paid."""
    size = abs(value)
    for unit, word in ((Decimal(100_000_000), "亿元"), (Decimal(10_000), "万元")):
        if size >= unit:
            scaled = (value / unit).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
            text = f"{scaled:,f}"
            return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {word}"
    return format_yuan(value)


def capital(value: Decimal) -> str:
    """Capital figures: ``12000`` is 壹万贰仟元整, ``-0.05`` is 负伍分.

    Raises ``MoneyError`` for parts of a fen and for ten trillion yuan or more.
    """
    if value != value.quantize(Decimal("0.01"), ROUND_HALF_UP):
        raise MoneyError("金额最多到分（两位小数）", "an amount has at most two decimals (fen)")
    if abs(value) >= MAXIMUM:
        raise _too_large()
    total = int(abs(value) * 100)
    yuan, jiao, fen = total // 100, total // 10 % 10, total % 10
    text = "负" if value < 0 else ""
    if yuan or not total:
        text += _integer(yuan) + "元"
    if not jiao and not fen:
        return text + "整"
    if jiao:
        text += _CAPITALS[jiao] + "角"
    elif yuan:
        text += "零"
    return text + (_CAPITALS[fen] + "分" if fen else "整")


def _integer(value: int) -> str:
    """Capital figures of a whole number."""
    if value == 0:
        return "零"
    groups: list[int] = []
    while value:
        value, group = divmod(value, 10_000)
        groups.append(group)
    text, gap = "", False
    for i in range(len(groups) - 1, -1, -1):
        group = groups[i]
        if group == 0:
            # 亿 is kept for 壹万亿: the word names the group above it too.
            text += "亿" if i == 2 and len(groups) > 3 else ""
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _group(group) + (_GROUPS[i] if i < 3 else "万")
        gap = False
    return text


def _group(value: int) -> str:
    """Capital figures of 1..9999."""
    text, gap = "", False
    for unit, word in ((1000, "仟"), (100, "佰"), (10, "拾"), (1, "")):
        digit = value // unit % 10
        if digit:
            text += ("零" if gap and text else "") + _CAPITALS[digit] + word
            gap = False
        else:
            gap = True
    return text
