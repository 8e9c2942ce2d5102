"""Stage 4, quantities: numbers with unit, scale, range and the words that compare them.

A quantity keeps its surface form (27 and 万人) and, for money, the exact yuan. What is compared stands around the
number: 达到X以上, 不低于X, X以内, X左右. Positions are those of the clean (normalised) text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from kechuang.chinese import numerals

_SCALES = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "十亿": 10**9,
    "百亿": 10**10,
    "千亿": 10**11,
    "万亿": 10**12,
}
_ARABIC = r"\d[\d,]*(?:\.\d+)?"
_WRITTEN = r"[一二两三四五六七八九十百千零〇]+(?:点[一二三四五六七八九零]+)?"
_SCALE = r"(?:万亿|[十百千]?[万亿]|千|百)"
_RANGE = r"(?:[-—–~至到]{1,2})"
_MONEY = r"元(?:人民币)?|美元|欧元|港元|港币|日元"
#: Measure words; the longer first.
_COUNT = (
    r"个百分点|百分点|平方公里|平方千米|平方米|立方米|平米|公顷|公里|千米|公斤|千克|千瓦时|千瓦|兆瓦|吨标准煤|标准煤|人次|人年|工作日|自然日"
    r"|基点|EFLOPS|PFLOPS|个(?!人)|家(?!庭)|所|项|名(?![额单录])|人(?![口均才员民工])|件|户(?!籍)|套|座|处|条|张|台|辆|亩|篇|部|种|例|批次|批|届|场|次|支|只|头|吨|岁|位"
    r"|年|月|日|天|小时|分钟|倍|番|成|米|升|斤|株|羽|尾|间|栋|幢|床(?!位)|张床位|份|页|厘米|队|门|款|层|片|宗|笔|期|轮|村"
)
_AMOUNT = re.compile(
    rf"(?P<part>[二三四五六七八九十])分之(?P<num>[一二三四五六七八九])"
    rf"|(?P<half>(?:过|超过|超)?半数|(?:过|超过|超)半(?=的)|一半(?=以上))"
    rf"|(?P<frac>(?:百|千|万)分之)(?P<fa>{_ARABIC}|{_WRITTEN})"
    rf"(?:{_RANGE}(?:百|千|万)分之(?P<fb>{_ARABIC}|{_WRITTEN}))?"
    rf"|(?P<a>{_ARABIC}|(?<!第){_WRITTEN})(?P<sa>{_SCALE})?"
    rf"(?:(?P<ua>%|‰|元|亩|家|个|名|人|所|项|年|户|件)?{_RANGE}(?P<b>{_ARABIC}|{_WRITTEN})(?P<sb>{_SCALE})?)?"
    rf"(?P<u>%|‰|‱|{_MONEY}|{_COUNT})?(?P<alt>（[户人间个套件家]）)?"
)
_RATIO = re.compile(r"(?<![\d.:：])(\d{1,3}(?:\.\d+)?)\s*[:：比]\s*(\d{1,3}(?:\.\d+)?)(?![\d:：年])")
_PER = re.compile(
    r"(?:/|每)(?P<per>(?:平方米|平米|公斤|千瓦时|千瓦|亩|人|年|月|天|日|件|家|台|套|个|户|吨|次|项|㎡|度|头|场|位|座|处|只|株|村|艘|辆|亩)"
    r"(?:[•·./、]?(?:每)?(?:平方米|月|年|天|日|次))?)"
)
_FRACTIONS = {"百分之": "%", "千分之": "‰", "万分之": "‱"}
_RATES = {"%": Decimal("0.01"), "‰": Decimal("0.001"), "‱": Decimal("0.0001")}
#: Written numerals count only before these: 三大产业, 一批, 十城万盏 are not quantities.
_WRITTEN_UNITS = frozenset("家 个 所 项 名 件 户 台 套 处 座 亩 倍 番 成 元 年 月 % 个百分点 人 条".split())

_AFTER = (
    (re.compile(r"(?:（含(?:[\d.万亿元%]*)?）|\(含\))?(?:及其?)?以上|（含）|\+"), ">="),
    (re.compile(r"(?:（含）)?(?:以内|之内|及?以下|以里)"), "<="),
    (re.compile(r"左右|上下"), "~"),
)
_BEFORE = (
    (re.compile(r"(?:不低于|不少于|不小于|不得低于|不得少于|至少|最低|达到或超过|大于等于)(?:到|为|达)?$"), ">="),
    (
        re.compile(r"(?:不超过|不高于|不多于|不大于|不得超过|不得高于|控制在|至多|最多|最高|上限为?)(?:到|为|在)?$"),
        "<=",
    ),
    (re.compile(r"(?:超过|突破|高于|多于|大于|超|逾)(?:到|为|了)?$"), ">"),
    (re.compile(r"(?:低于|少于|小于|降到|降至)$"), "<"),
    (re.compile(r"(?:约|大约|约为|近|接近)$"), "~"),
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit at ``text[start:end]``; ``stop`` is where its comparing words (以上) end."""

    start: int
    end: int
    stop: int
    value: Decimal
    unit: str
    kind: str  # money, percent, points, ratio, count, time, multiple, number
    value_max: Decimal | None = None
    comparator: str = "="
    per: str | None = None
    scale: int = 1
    written: bool = False

    @property
    def yuan(self) -> Decimal | None:
        """Exact amount of money in yuan."""
        return self.value * self.scale if self.kind == "money" else None

    @property
    def yuan_max(self) -> Decimal | None:
        """Upper end of a range of money, in yuan."""
        return self.value_max * self.scale if self.kind == "money" and self.value_max is not None else None

    @property
    def rate(self) -> Decimal | None:
        """Share of one for a percentage (5% = 0.05) or a ratio (1:1 = 1)."""
        if self.kind == "ratio":
            return self.value
        return self.value * _RATES[self.unit] if self.kind == "percent" else None

    @property
    def rate_max(self) -> Decimal | None:
        """Upper end of a range of percentages."""
        return self.value_max * _RATES[self.unit] if self.kind == "percent" and self.value_max is not None else None


def find(text: str) -> list[Quantity]:
    """All quantities of a clean text, in order and without overlap. Years (2015年) and ordinals (第5条) are not."""
    found = [*_ratios(text)]
    taken = [(item.start, item.end) for item in found]
    for item in _amounts(text):
        if not any(item.start < end and start < item.end for start, end in taken):
            found.append(item)
    return sorted(found, key=lambda item: item.start)


def _ratios(text: str) -> Iterator[Quantity]:
    for match in _RATIO.finditer(text):
        left, right = Decimal(match.group(1)), Decimal(match.group(2))
        if "比" in match.group() or right == 0 or not (left == 1 or right == 1 or left + right in (10, 100)):
            continue
        yield Quantity(match.start(), match.end(), match.end(), left / right, match.group(), "ratio")


def _amounts(text: str) -> Iterator[Quantity]:
    for match in _AMOUNT.finditer(text):
        item = _amount(text, match)
        if item is not None:
            yield item


def _amount(text: str, match: re.Match[str]) -> Quantity | None:
    start, end = match.span()
    before = text[start - 1] if start else ""
    if match["part"]:
        share = numerals.parse_fraction(match.group())
        return None if share is None else _compared(text, Quantity(start, end, end, share * 100, "%", "percent"))
    if match["half"]:  # 半数以上, 过半数: more than half when the text says so
        item = Quantity(start, end, end, Decimal(50), "%", "percent", comparator="=", written=True)
        return replace(item, comparator=">") if match["half"][0] in "过超" else _compared(text, item)
    if match["frac"]:
        value, top = numerals.parse_or_none(match["fa"]), _maybe(match["fb"])
        if value is None:
            return None
        return _compared(text, Quantity(start, end, end, value, _FRACTIONS[match["frac"]], "percent", top))
    raw, scale_a, unit = match["a"], match["sa"] or "", match["u"] or ""
    written = not raw[0].isdigit()
    if (
        before == "第"
        or (before.isascii() and before.isalnum())
        or (not written and before in ("-", "/", ".", "〔", "["))
    ):
        return None
    value, top = numerals.parse_or_none(raw.rstrip(",")), _maybe(match["b"])
    if value is None:
        return None
    scale_b = match["sb"] or ""
    inner = match["ua"] or ""
    if inner and unit and inner != unit:  # 3年至5家 is no range
        return None
    if match["b"] is not None and not scale_a and scale_b:
        scale_a = scale_b
    elif scale_a != scale_b and top is not None:
        top = top * _SCALES[scale_b] / _SCALES[scale_a]
    if top is not None and top <= value:
        top = None
    if unit == "年" and 1900 <= value <= 2199 and not scale_a:
        return None
    vague = unit not in _WRITTEN_UNITS or (raw == "一" and unit in ("个", "年", "项", "家", "条", "人"))
    if written and (not unit or (vague and not unit.endswith("元") and not scale_a)):
        return None
    if not unit and scale_a in ("万", "亿") and re.match(r"/[人座处年月亩个户]", text[end : end + 2]):
        unit = "元"  # 补助1.5万/人/年: the unit is understood
    if match["alt"]:
        unit += match["alt"]
    return _compared(text, _typed(start, end, value, top, scale_a, unit, written))


def _typed(start: int, end: int, value: Decimal, top: Decimal | None, scale: str, unit: str, written: bool) -> Quantity:
    if unit in _RATES:
        return Quantity(start, end, end, value, unit, "percent", top, written=written)
    if unit in ("个百分点", "百分点"):
        return Quantity(start, end, end, value, "个百分点", "points", top, written=written)
    if unit.startswith("元"):
        return Quantity(start, end, end, value, f"{scale}元", "money", top, scale=_SCALES[scale], written=written)
    if unit in ("倍", "番"):
        kind = "multiple"
    elif unit in ("年", "月", "日", "天", "小时", "分钟", "工作日", "自然日", "岁"):
        kind = "time"
    else:
        kind = "count" if unit else "number"
    return Quantity(start, end, end, value, f"{scale}{unit}", kind, top, scale=_SCALES[scale], written=written)


def _compared(text: str, item: Quantity) -> Quantity:
    """Attach the words of comparison and, for money, what it is paid for (元/平方米•月)."""
    stop, comparator, per = item.end, "=", item.per
    if item.kind == "money":
        match = _PER.match(text, item.end)
        if match and text[item.end] == "/":
            per, stop = match["per"], match.end()
    for pattern, sign in _AFTER:
        match = pattern.match(text, stop)
        if match:
            comparator, stop = sign, match.end()
            break
    head = text[max(0, item.start - 8) : item.start]
    if comparator == "=":
        for pattern, sign in _BEFORE:
            if pattern.search(head):
                comparator = sign
                break
    if item.value_max is not None and comparator == "=":
        comparator = ">="
    return Quantity(
        item.start,
        item.end,
        stop,
        item.value,
        item.unit,
        item.kind,
        item.value_max,
        comparator,
        per,
        item.scale,
        item.written,
    )


def _maybe(text: str | None) -> Decimal | None:
    return numerals.parse_or_none(text) if text else None
