"""What one subject gets when several measures meet: every yuan not paid is named with the rule that took it.

Groups are applied in the order given, each on what the ones before have left. A group speaks of its ``measures``:

- ``take_higher`` (就高不重复): only the highest amount stays;
- ``ceiling`` (合计不超过): together, and with what was granted in the period before, at most ``ceiling``;
- ``exclude`` (不得同时享受): nothing if one of ``against`` is paid now or was granted in the period;
- ``offset`` (扣除已获上级补助): less what was granted in the period under ``against``;
- ``upgrade`` (升级补差): less what was granted in the period for a lower grade under the same measures;
- ``once`` (只享受一次): nothing if it was granted in the period before.

A measure may be claimed for several subjects (each contract of a firm). A group of ``scope`` ``whole`` looks at all
claims together, one of scope ``subject`` at each subject apart; a group of the period ``year`` at each year apart. Where nothing is known of earlier grants
(``history=None``) nothing is taken for them, and the award names the groups that depend on them: unknown is not no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from kechuang.chinese.money import format_yuan, yuan_parts
from kechuang.measures.apportion import apportion, in_fen
from kechuang.measures.model import Text

Scope = Literal["whole", "subject"]
GroupKind = Literal["take_higher", "ceiling", "exclude", "offset", "upgrade", "once"]
Period = Literal["ever", "year"] | int
"""``ever``, the calendar year of the day, or the last so many years up to the day."""

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Claim:
    """An amount that a measure gives by itself, for one subject (empty: the claimant itself)."""

    measure: str
    amount: Decimal
    subject: str = ""
    day: dt.date | None = None
    """When the claim arose (a contract's registration); None: the day of the computation."""


@dataclass(frozen=True, slots=True)
class Grant:
    """An amount already granted, by whatever level of government."""

    measure: str
    amount: Decimal
    on: dt.date
    subject: str = ""
    """The subject it was granted for; a group that looks at each subject apart counts that subject's grants only."""


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
    scope: Scope = "whole"

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
    depends: tuple[str, ...] = ()
    """Groups that could take more, depending on earlier grants of which nothing is known."""

    @property
    def forgone(self) -> Decimal:
        """What the rules on several measures cost the subject."""
        return self.claimed - self.amount

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; amounts are texts with two decimals."""
        return {
            "claimed": f"{self.claimed:.2f}",
            "amount": f"{self.amount:.2f}",
            "reductions": [
                {"rule": r.group, "kind": r.kind, "taken": f"{r.taken:.2f}", "sentence": r.sentence.to_dict()}
                for r in self.reductions
            ],
            "depends": list(self.depends),
        }


_Key = tuple[str, str]


def combine(
    claims: Sequence[Claim],
    groups: Sequence[Group],
    on: dt.date,
    history: Iterable[Grant] | None = (),
    names: Mapping[str, Text] | None = None,
) -> tuple[Award, ...]:
    """Awards in the order of the claims. ``names`` are the measures' titles, for the sentences.

    Raises ``ValueError`` for a negative amount, a part of a fen, or two claims under one measure for one subject.
    """
    grants = None if history is None else tuple(history)
    amounts: dict[_Key, Decimal] = {}
    years: dict[_Key, int] = {}
    for claim in claims:
        key = (claim.measure, claim.subject)
        if key in amounts:
            raise ValueError(f"two claims under {claim.measure} for one subject ({claim.measure} 重复)")
        if in_fen(claim.amount) < 0:
            raise ValueError(f"{claim.measure}: a claim cannot be negative (金额不能是负数)")
        amounts[key] = claim.amount
        years[key] = (claim.day or on).year
    reductions: dict[_Key, list[Reduction]] = {key: [] for key in amounts}
    depends: dict[_Key, list[str]] = {key: [] for key in amounts}
    for group in groups:
        for year, part in _parts(group, years):
            before = {key: amounts[key] for key in part}
            past = [g for g in grants or () if group.scope == "whole" or g.subject == part[0][1]]
            day = on if year is None or year == on.year else dt.date(year, 12, 31)
            for key, (after, why) in _apply(group, before, amounts, day, past, names or {}).items():
                taken = amounts[key] - after
                if taken:
                    reductions[key].append(Reduction(group.id, group.kind, taken, why))
                    amounts[key] = after
            if grants is None and _looks_back(group):
                for key in part:
                    if amounts[key]:
                        depends[key].append(group.id)
    return tuple(
        Award(key[0], claim.amount, amounts[key], tuple(reductions[key]), tuple(depends[key]))
        for claim in claims
        for key in [(claim.measure, claim.subject)]
    )


def _looks_back(group: Group) -> bool:
    """Whether earlier grants can change the result. A ceiling or an exclusion may also bind today's claims alone."""
    return group.kind != "take_higher"


def _parts(group: Group, years: Mapping[_Key, int]) -> list[tuple[int | None, list[_Key]]]:
    """The claims that the group looks at together, with their year where it looks at each year apart."""
    found: dict[tuple[str, int | None], list[_Key]] = {}
    for measure in group.measures:
        for key, year in years.items():
            if key[0] == measure:
                subject = key[1] if group.scope == "subject" else ""
                found.setdefault((subject, year if group.period == "year" else None), []).append(key)
    return [(year, keys) for (_, year), keys in found.items()]


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
    group: Group,
    before: dict[_Key, Decimal],
    amounts: dict[_Key, Decimal],
    on: dt.date,
    history: Sequence[Grant],
    names: Mapping[str, Text],
) -> dict[_Key, tuple[Decimal, Text]]:
    """The new amount of each claim of the group, with the reason."""
    match group.kind:
        case "take_higher":
            return _take_higher(before, names)
        case "ceiling":
            assert group.ceiling is not None
            room = max(group.ceiling - granted(history, group.measures, on, group.period), _ZERO)
            return _ceiling(group, before, room)
        case "exclude":
            here = {subject for _, subject in before} if group.scope == "subject" else None
            paid = {m for (m, subject), amount in amounts.items() if amount and (here is None or subject in here)}
            other = next((m for m in group.against if m in paid), None)
            if other is None:
                other = next(
                    (
                        g.measure
                        for g in history
                        if g.amount and g.measure in group.against and _inside(g.on, on, group.period)
                    ),
                    None,
                )
            if other is None:
                return {}
            name = _name(other, names)
            text = Text(f"与“{name.zh}”不能同时享受", f"not together with “{name.en}”")
            return dict.fromkeys((key for key in before if key[0] != other), (_ZERO, text))
        case "offset" | "upgrade":
            looked_at = group.against if group.kind == "offset" else group.measures
            return _less(group.kind, before, granted(history, looked_at, on, group.period))
    done = [key for key in before if any(g.measure == key[0] and _inside(g.on, on, group.period) for g in history)]
    return dict.fromkeys(done, (_ZERO, Text("只享受一次，已经享受过", "granted once only, and granted before")))


def _name(measure: str, names: Mapping[str, Text]) -> Text:
    return names.get(measure) or Text(measure, measure)


def _take_higher(before: dict[_Key, Decimal], names: Mapping[str, Text]) -> dict[_Key, tuple[Decimal, Text]]:
    if not before:
        return {}
    best = max(before, key=lambda key: before[key])  # the first one where amounts are equal
    shown, name = yuan_parts(before[best])[0], _name(best[0], names)
    text = Text(f"就高不重复：“{name.zh}”更高（{shown} 元）", f"only the highest is paid: “{name.en}” ({shown} yuan)")
    return {key: (_ZERO, text) for key in before if key != best}


def _ceiling(group: Group, before: dict[_Key, Decimal], room: Decimal) -> dict[_Key, tuple[Decimal, Text]]:
    total = sum(before.values(), _ZERO)
    if total <= room:
        return {}
    assert group.ceiling is not None
    shown = yuan_parts(group.ceiling)[0]
    text = Text(f"合计不超过 {format_yuan(group.ceiling)}", f"together at most {shown} yuan")
    if group.reduce == "pro_rata":
        parts = apportion(room, list(before.values()))
        return {key: (part, text) for key, part in zip(before, parts, strict=True)}
    after: dict[_Key, tuple[Decimal, Text]] = {}
    for key, amount in before.items():
        kept = min(amount, room)
        room -= kept
        after[key] = (kept, text)
    return after


def _less(
    kind: Literal["offset", "upgrade"], before: dict[_Key, Decimal], received: Decimal
) -> dict[_Key, tuple[Decimal, Text]]:
    """Each yuan received is taken off once, from the claims in their order."""
    shown = yuan_parts(received)[0]
    if kind == "offset":
        text = Text(f"扣除已获补助 {shown} 元", f"less {shown} yuan received already")
    else:
        text = Text(f"升级补差，已获 {shown} 元", f"pays the difference; {shown} yuan granted before")
    after: dict[_Key, tuple[Decimal, Text]] = {}
    for key, amount in before.items():
        taken = min(amount, received)
        received -= taken
        after[key] = (amount - taken, text)
    return after
