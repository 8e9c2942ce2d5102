"""Tiers: 分别给予A、B、C and grants that repeat one frame with other figures."""

from __future__ import annotations

import re
from decimal import Decimal

from kechuang.reading.amounts import Amount
from kechuang.reading.model import Tier
from kechuang.reading.quantities import Quantity

_SPLIT = re.compile(r"、|和|及|以及|或|与|/")
_HEAD = re.compile(
    r".*(?:认定为|评为|获得|获批|列入|确认为|评定为|被认定|入选|通过|达到|首次达到|达|完成|承担|对于?|为|获|按照|在|的|：|，|额|新获|制定|修订|主导|牵头|参与|主持)"
)
_TAIL = re.compile(r"(?:的|，|。|；|且|并|称号|认定$|认证$|等(?!奖|级)).*$")


def frame(text: str) -> str | None:
    """The text with its figures taken out: two grants with one frame are steps of one incentive."""
    last = re.sub(r"（[^）]*）", "", text).strip("，的")
    bare = re.sub(
        r"\d[\d.,]*(?:[-~—至到]+\d[\d.]*)?(?:[万亿]?元|%|亩|户|家|人|个|名|万|亿)?(?:及)?(?:以上|以下)?(?:（含）)?(?:至|到|[-~—])*",
        "#",
        last,
    )
    bare = re.sub(r"#+", "#", re.sub(r"[，、的；（）]", "", bare))
    return bare if "#" in bare and len(bare) >= 3 else None


def same(first: str | None, other: str) -> bool:
    """Whether two frames are one; the first may carry an introduction before the frame."""
    return first is not None and (first == other or (len(other) >= 3 and first.endswith(other)))


def step_label(first: str, other: str) -> str:
    """Condition of the first step, cut down to the part in which it differs from the next."""
    pieces = first.rstrip("的，").split("，")
    with_digits = [piece for piece in pieces if re.search(r"\d", piece)]
    return with_digits[0] if with_digits else pieces[-1]


def as_tier(when: str, promise: Amount) -> Tier:
    """A tier from a whole promise."""
    return Tier(when, promise.amount, promise.rate, promise.cap, promise.comparator)


def plain_tier(when: str, quantity: Quantity, is_cap: bool) -> Tier:
    """A tier from one figure of an enumeration."""
    if quantity.kind == "percent":
        return Tier(when, None, quantity.rate)
    if is_cap:
        return Tier(when, None, None, quantity.yuan)
    return Tier(
        when,
        quantity.yuan,
        None,
        quantity.yuan_max,
        ">=" if quantity.comparator == ">=" and quantity.value_max is None else None,
    )


def name_tiers(
    tiers: list[tuple[str, Quantity, bool]], condition: str, promised: str
) -> tuple[list[tuple[str, Quantity, bool]], str | None]:
    """Give each figure the member of the enumeration it belongs to; the second value reports counts that differ."""
    if all(name for name, _, _ in tiers):
        return tiers, None
    names = enumeration(condition, len(tiers))
    if names is None:
        return tiers, f"{len(tiers)} amounts, but no enumeration of {len(tiers)} members to match them"
    return [(own or name, quantity, cap) for (own, quantity, cap), name in zip(tiers, names, strict=True)], None


def enumeration(text: str, count: int) -> list[str] | None:
    """The last coordination with that many members: 市、省、国家级 -> 市级, 省级, 国家级.

    A coordination with more members than that is none: which of them a figure belongs to is not known.
    """
    flat = re.sub(r"（[^）]*）", "", text)
    best: list[str] | None = None
    for piece in re.split(r"[，；：。]", flat):
        parts = _SPLIT.split(piece)
        if len(parts) < count:
            continue
        for at in range(len(parts) - count, -1, -1):
            members = parts[at : at + count]
            members[0] = _HEAD.sub("", members[0]) or members[0]
            members[-1] = _TAIL.sub("", members[-1]) or members[-1]
            if all(0 < len(member) <= 24 for member in members):
                longer = at > 0 and _goes_on(_HEAD.sub("", parts[at - 1]) or parts[at - 1], members)
                best = None if longer else _level(members)
                break
    return best


_RANK = re.compile(r"(?:国际|国家|全国|世界|部|省部?|市|县|区|镇)级?|[一二三四五六七八九特](?:等奖?|星级?|类|级|档)?")


def _goes_on(before: str, members: list[str]) -> bool:
    """Whether the member before a coordination is one of it: 国家级 before 省级、市级."""
    return bool(_RANK.fullmatch(before)) and all(_RANK.fullmatch(member) for member in members)


def _level(members: list[str]) -> list[str]:
    """市、省、国家级: the suffix of the last member belongs to all."""
    last = members[-1]
    match = re.search(r"^(国际|国家|省部?|市|县|区|全国|世界)(级)", last)
    if match:
        return [re.sub(r"级.*", "", member) + "级" for member in members]
    numeral = re.match(r"^[一二三四五六七八九特1-9](?P<suffix>等奖|等|星级?|类|级|档)", last)
    if numeral and all(re.fullmatch(r"[一二三四五六七八九特1-9]", member) for member in members[:-1]):
        return [member[0] + numeral["suffix"] for member in members]
    return members


def total(tiers: tuple[Tier, ...]) -> Decimal:
    """Sum of the amounts of the tiers, in yuan."""
    return sum((tier.amount_yuan for tier in tiers if tier.amount_yuan is not None), Decimal(0))
