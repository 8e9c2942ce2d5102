"""What one subject gets when several measures meet: every yuan not paid is named with the rule that took it.

Groups are applied in the order given, each on what the ones before have left. A group speaks of its ``measures``:

- ``take_higher`` (就高不重复): only the highest amount stays;
- ``ceiling`` (合计不超过): together, and with what was granted in the period before, at most ``ceiling``;
- ``exclude`` (不得同时享受): nothing if one of ``against`` is paid now or was granted in the period;
- ``offset`` (扣除已获上级补助): less what was granted in the period under ``against``;
- ``upgrade`` (升级补差): less what was granted in the period for a lower grade under the same measures;
- ``once`` (只享受一次): nothing if it was granted in the period before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kechuang.chinese.money import format_yuan, yuan_parts
from kechuang.measures.apportion import apportion, in_fen
from kechuang.measures.model import Text

GroupKind = Literal["take_higher", "ceiling", "exclude", "offset", "upgrade", "once"]
Period = Literal["ever", "year"] | int
"""``ever``, the calendar year of the day, or the last so many years up to the day."""

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Claim:
    """An amount that a measure gives by itself."""

    measure: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Grant:
    """An amount already granted, by whatever level of government."""

    measure: str
    amount: Decimal
    on: dt.date


@dataclass(frozen=True, slots=True)
class Group:
    """One rule about measures that meet. ``reduce`` says who gives way under a ceiling: the last claims first, or all
    in proportion (to the fen, the remainder by largest parts)."""

    id: str
    kind: GroupKind
    measures: tuple[str, ...]
    ceiling: Decimal | None = None
    against: tuple[str, ...] = ()
    period: Period = "ever"
    reduce: Literal["last_first", "pro_rata"] = "last_first"

    def __post_init__(self) -> None:
        if (self.kind == "ceiling") != (self.ceiling is not None):
            raise ValueError(f"group {self.id}: a ceiling group has a ceiling, others have none (上限组要有上限)")
        if (self.kind in ("exclude", "offset")) != bool(self.against):
            raise ValueError(f"group {self.id}: exclude and offset name what they look at (互斥和扣除要写明对象)")


@dataclass(frozen=True, slots=True)
class Reduction:
    """What one group took from one claim."""

    group: str
    kind: GroupKind
    taken: Decimal
    sentence: Text


@dataclass(frozen=True, slots=True)
class Award:
    """A claim after all groups: ``claimed = amount + sum of what was taken``."""

    measure: str
    claimed: Decimal
    amount: Decimal
    reductions: tuple[Reduction, ...] = ()

    @property
    def forgone(self) -> Decimal:
        """What the rules on several measures cost the subject."""
        return self.claimed - self.amount


def combine(
    claims: Sequence[Claim], groups: Sequence[Group], on: dt.date, history: Iterable[Grant] = ()
) -> tuple[Award, ...]:
    """Awards in the order of the claims.

    Raises ``ValueError`` for a negative amount, a part of a fen, or two claims under one measure.
    """
    grants = tuple(history)
    amounts: dict[str, Decimal] = {}
    for claim in claims:
        if claim.measure in amounts:
            raise ValueError(f"two claims under {claim.measure} ({claim.measure} 重复)")
        if in_fen(claim.amount) < 0:
            raise ValueError(f"{claim.measure}: a claim cannot be negative (金额不能是负数)")
        amounts[claim.measure] = claim.amount
    reductions: dict[str, list[Reduction]] = {m: [] for m in amounts}
    for group in groups:
        before = {m: amounts[m] for m in group.measures if m in amounts}
        for measure, (after, why) in _apply(group, before, amounts, on, grants).items():
            taken = amounts[measure] - after
            if taken:
                reductions[measure].append(Reduction(group.id, group.kind, taken, why))
                amounts[measure] = after
    return tuple(Award(c.measure, c.amount, amounts[c.measure], tuple(reductions[c.measure])) for c in claims)


def granted(history: Iterable[Grant], measures: Iterable[str], on: dt.date, period: Period) -> Decimal:
    """What was granted under ``measures`` in the period that ends on ``on`` (inclusive)."""
    wanted = frozenset(measures)
    return sum((g.amount for g in history if g.measure in wanted and _inside(g.on, on, period)), _ZERO)


def _inside(day: dt.date, on: dt.date, period: Period) -> bool:
    if day > on:
        return False
    if period == "ever":
        return True
    if period == "year":
        return day.year == on.year
    try:
        start = on.replace(year=on.year - period)
    except ValueError:  # 29 February
        start = on.replace(year=on.year - period, day=28)
    return day > start


def _apply(
    group: Group, before: dict[str, Decimal], amounts: dict[str, Decimal], on: dt.date, history: tuple[Grant, ...]
) -> dict[str, tuple[Decimal, Text]]:
    """The new amount of each measure of the group, with the reason."""
    match group.kind:
        case "take_higher":
            return _take_higher(before)
        case "ceiling":
            assert group.ceiling is not None
            room = max(group.ceiling - granted(history, group.measures, on, group.period), _ZERO)
            return _ceiling(group, before, room)
        case "exclude":
            other = next((m for m in group.against if amounts.get(m)), None)
            if other is None and granted(history, group.against, on, group.period):
                other = next(g.measure for g in history if g.measure in group.against)
            if other is None:
                return {}
            text = Text(f"与 {other} 不能同时享受", f"not together with {other}")
            return dict.fromkeys((m for m in before if m != other), (_ZERO, text))
        case "offset" | "upgrade":
            looked_at = group.against if group.kind == "offset" else group.measures
            return _less(group.kind, before, granted(history, looked_at, on, group.period))
    done = [m for m in before if any(g.measure == m and _inside(g.on, on, group.period) for g in history)]
    return dict.fromkeys(done, (_ZERO, Text("只享受一次，已经享受过", "granted once only, and granted before")))


def _take_higher(before: dict[str, Decimal]) -> dict[str, tuple[Decimal, Text]]:
    if not before:
        return {}
    best = max(before, key=lambda m: before[m])  # the first one where amounts are equal
    shown = yuan_parts(before[best])[0]
    text = Text(f"就高不重复：{best} 更高（{shown} 元）", f"only the highest is paid: {best} ({shown} yuan)")
    return {m: (_ZERO, text) for m in before if m != best}


def _ceiling(group: Group, before: dict[str, Decimal], room: Decimal) -> dict[str, tuple[Decimal, Text]]:
    total = sum(before.values(), _ZERO)
    if total <= room:
        return {}
    assert group.ceiling is not None
    shown = yuan_parts(group.ceiling)[0]
    text = Text(f"合计不超过 {format_yuan(group.ceiling)}", f"together at most {shown} yuan")
    if group.reduce == "pro_rata":
        parts = apportion(room, list(before.values()))
        return {m: (part, text) for m, part in zip(before, parts, strict=True)}
    after: dict[str, tuple[Decimal, Text]] = {}
    for measure, amount in before.items():
        kept = min(amount, room)
        room -= kept
        after[measure] = (kept, text)
    return after


def _less(kind: GroupKind, before: dict[str, Decimal], received: Decimal) -> dict[str, tuple[Decimal, Text]]:
    """Each yuan received is taken off once, from the claims in their order."""
    shown = yuan_parts(received)[0]
    if kind == "offset":
        text = Text(f"扣除已获补助 {shown} 元", f"less {shown} yuan received already")
    else:
        text = Text(f"升级补差，已获 {shown} 元", f"pays the difference; {shown} yuan granted before")
    after: dict[str, tuple[Decimal, Text]] = {}
    for measure, amount in before.items():
        taken = min(amount, received)
        received -= taken
        after[measure] = (amount - taken, text)
    return after
