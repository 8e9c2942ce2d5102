"""What one subject gets when several measures meet: every yuan not paid is named with the rule that took it.

Groups are applied in the order given, each on what the ones before have left. A group speaks of its ``measures``:

- ``take_higher`` (就高不重复): only the highest amount stays, less what was paid before for a lower one;
- ``ceiling`` (合计不超过): together, and with what was granted in the period before, at most ``ceiling``;
- ``exclude`` (不得同时享受): nothing if one of ``against`` is paid now or was granted in the period;
- ``offset`` (扣除已获上级补助): less what was granted in the period under ``against`` for the same thing;
- ``upgrade`` (升级补差): the highest grade, less what was granted in the period for a lower one under the same measures;
- ``once`` (只享受一次): one claim in the period, the earliest; nothing if it was granted before.

Before all groups a claim is less what was paid for itself: payments for the same subject under the same measure since the day on which
the claim arose (a contract is signed once), or in the year where it has no such day (an award of each year returns).

A measure may be claimed for several subjects (each contract of a firm). A group of ``scope`` ``whole`` looks at all
claims together, one of scope ``subject`` at each subject apart; a group of the period ``year`` at each year apart. What is known of earlier
grants is taken off; where a group may not know all of them (``history=None``, ``unsure``, a grant whose record does not say what it was for), the
award names it as one it ``depends`` on: unknown is not no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from kechuang.chinese.money import format_yuan, yuan_parts
from kechuang.measures.apportion import apportion, in_fen
from kechuang.measures.grants import ZERO, Grant, Period, bears, granted, inside
from kechuang.measures.model import Text

__all__ = ["PAID", "Award", "Claim", "Grant", "Group", "Reduction", "combine", "granted"]

Scope = Literal["whole", "subject"]
GroupKind = Literal["take_higher", "ceiling", "exclude", "offset", "upgrade", "once"]
PAID = "paid"
"""Kind and rule of the reduction for what was paid for the claim itself."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An amount that a measure gives by itself, for one subject (empty: the claimant itself)."""

    measure: str
    amount: Decimal
    subject: str = ""
    day: dt.date | None = None
    """When the claim arose (a contract's registration); None: the day of the computation."""


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
    """What one group took from one claim, and the earlier grants it rests on."""

    group: str
    kind: str
    taken: Decimal
    sentence: Text
    rests: tuple[Grant, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; amounts are texts with two decimals."""
        grants = [
            {"ref": g.ref, "measure": g.measure, "amount": f"{g.amount:.2f}", "year": g.counted, "on": g.on.isoformat()}
            for g in self.rests
        ]
        return {
            "rule": self.group,
            "kind": self.kind,
            "taken": f"{self.taken:.2f}",
            "sentence": self.sentence.to_dict(),
            "rests_on": grants,
        }


@dataclass(frozen=True, slots=True)
class Award:
    """A claim after all groups: ``claimed = amount + sum of what was taken``; ``amount`` is what is still to be paid."""

    measure: str
    claimed: Decimal
    amount: Decimal
    reductions: tuple[Reduction, ...] = ()
    depends: tuple[str, ...] = ()
    """Groups that could take more, depending on earlier grants of which not all is known."""

    @property
    def paid(self) -> Decimal:
        """What of the claim was paid before."""
        return sum((r.taken for r in self.reductions if r.kind == PAID), ZERO)

    @property
    def forgone(self) -> Decimal:
        """What the rules on several measures cost the subject; what was paid for the claim itself is not forgone."""
        return self.claimed - self.amount - self.paid

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; amounts are texts with two decimals."""
        return {
            "claimed": f"{self.claimed:.2f}",
            "amount": f"{self.amount:.2f}",
            "paid": f"{self.paid:.2f}",
            "reductions": [r.to_dict() for r in self.reductions],
            "depends": list(self.depends),
        }


_Key = tuple[str, str]


def combine(
    claims: Sequence[Claim],
    groups: Sequence[Group],
    on: dt.date,
    history: Iterable[Grant] | None = (),
    names: Mapping[str, Text] | None = None,
    unsure: Collection[str] = (),
) -> tuple[Award, ...]:
    """Awards in the order of the claims. ``names`` are the measures' titles, for the sentences.

    ``history`` are the grants known; None: nothing is known of any. ``unsure`` are the groups that may lack some.
    Raises ``ValueError`` for a negative amount, a part of a fen, or two claims under one measure for one subject.
    """
    table = _Table(claims, on, () if history is None else history, names or {})
    table.settle()
    for group in groups:
        table.apply(group, history is None or group.id in unsure)
    return tuple(
        Award(key[0], claim.amount, table.amounts[key], tuple(table.reductions[key]), tuple(table.depends[key]))
        for claim in claims
        for key in [(claim.measure, claim.subject)]
    )


class _Table:
    """The claims of one computation while the groups are applied to them."""

    def __init__(
        self,
        claims: Sequence[Claim],
        on: dt.date,
        history: Iterable[Grant],
        names: Mapping[str, Text],
    ) -> None:
        self.on, self.names = on, names
        self.claims: dict[_Key, Claim] = {}
        for claim in claims:
            key = (claim.measure, claim.subject)
            if key in self.claims:
                raise ValueError(f"two claims under {claim.measure} for one subject ({claim.measure} 重复)")
            if in_fen(claim.amount) < 0:
                raise ValueError(f"{claim.measure}: a claim cannot be negative (金额不能是负数)")
            self.claims[key] = claim
        self.past = [g for g in history if g.on <= on and g.amount]
        for grant in self.past:
            if in_fen(grant.amount) < 0:
                raise ValueError(f"{grant.measure}: a grant cannot be negative (已付金额不能是负数)")
        self.amounts = {key: claim.amount for key, claim in self.claims.items()}
        self.reductions: dict[_Key, list[Reduction]] = {key: [] for key in self.claims}
        self.depends: dict[_Key, list[str]] = {key: [] for key in self.claims}
        self.own: dict[_Key, list[Grant]] = {key: [] for key in self.claims}
        self.left = {id(g): g.amount for g in self.past}
        """What of each grant no offset has taken yet: each yuan is taken off once."""

    def year(self, key: _Key) -> int:
        """The year of a claim."""
        return (self.claims[key].day or self.on).year

    def take(self, key: _Key, group: str, kind: str, after: Decimal, why: Text, rests: Sequence[Grant] = ()) -> None:
        """Lower a claim to ``after``."""
        taken = self.amounts[key] - after
        if taken:
            self.reductions[key].append(Reduction(group, kind, taken, why, tuple(rests)))
            self.amounts[key] = after

    def settle(self) -> None:
        """Take off what was paid for each claim itself: since it arose, or in its year where it has no day of its own."""
        for key, claim in self.claims.items():
            own = self.own[key] = [g for g in self.past if (g.measure, g.subject) == key and self._is_for(g, claim)]
            paid = _sum(own)
            if paid:
                text = Text(f"这一项已经付过 {_yuan(paid)} 元", f"{_yuan(paid)} yuan of it was paid before")
                self.take(key, PAID, PAID, max(self.amounts[key] - paid, ZERO), text, own)

    def _is_for(self, grant: Grant, claim: Claim) -> bool:
        return grant.counted == self.on.year if claim.day is None else grant.on >= claim.day

    def apply(self, group: Group, unsure: bool) -> None:
        """Apply one group, part by part."""
        for year, keys in self._parts(group):
            part = _Part(self, group, keys, year)
            part.apply()
            if unsure or part.unplaced:
                for key in keys:
                    if self.amounts[key]:
                        self.depends[key].append(group.id)

    def _parts(self, group: Group) -> list[tuple[int | None, list[_Key]]]:
        """The claims that the group looks at together, with their year where it looks at each year apart."""
        found: dict[tuple[str, int | None], list[_Key]] = {}
        for measure in group.measures:
            for key in self.claims:
                if key[0] == measure:
                    subject = key[1] if group.scope == "subject" else ""
                    found.setdefault((subject, self.year(key) if group.period == "year" else None), []).append(key)
        return [(year, keys) for (_, year), keys in found.items()]

    def name(self, measure: str) -> Text:
        """The title of a measure of the city, or the name of a programme with its level."""
        if known := self.names.get(measure):
            return known
        level, colon, name = measure.partition(":")
        if colon and level in LEVELS:
            return Text(f"{LEVELS[level][0]}“{name}”", f"{LEVELS[level][1]} “{name}”")
        return Text(measure, measure)


LEVELS = {
    "state": ("国家级", "national"),
    "province": ("省级", "provincial"),
    "city": ("市级", "municipal"),
    "county": ("县级", "county"),
}
"""Levels of government, as they stand before the name of a programme (``province:NAME``), in words."""


class _Part:
    """The claims one group looks at together, with the grants that count for them."""

    def __init__(self, table: _Table, group: Group, keys: list[_Key], year: int | None) -> None:
        self.table, self.group, self.keys = table, group, keys
        self.amounts = table.amounts
        named = group.against if group.kind in ("exclude", "offset") else group.measures
        measures = {key[0] for key in keys}
        subject = keys[0][1] if group.scope == "subject" else None
        one_thing = group.kind == "offset" and group.scope == "subject"
        self.counted: list[Grant] = []
        self.unplaced = False
        for grant in table.past:
            if not inside(grant, table.on, group.period, year):
                continue
            found = bears(grant, named, measures, subject, one_thing=one_thing)
            if found:
                self.counted.append(grant)
            self.unplaced = self.unplaced or found is None

    def apply(self) -> None:
        """What the group takes from each of its claims."""
        match self.group.kind:
            case "take_higher" | "upgrade":
                self._highest()
            case "ceiling":
                self._ceiling()
            case "exclude":
                self._exclude()
            case "offset":
                self._offset()
            case "once":
                self._once()

    def _take(self, key: _Key, after: Decimal, why: Text, rests: Sequence[Grant] = ()) -> None:
        self.table.take(key, self.group.id, self.group.kind, after, why, rests)

    def _others(self, key: _Key) -> list[Grant]:
        """The grants that were not for this claim itself."""
        own = self.table.own[key]
        return [g for g in self.counted if not any(g is one for one in own)]

    def _highest(self) -> None:
        """One claim stays, less what was paid before for the others: all together pay what the highest pays."""
        # Before anything was paid for it; the first one where amounts are equal.
        whole = {key: self.amounts[key] + _sum(self.table.own[key]) for key in self.keys}
        best = max(self.keys, key=lambda key: whole[key])
        lower = self._others(best)
        name, high, paid = self.table.name(best[0]), _yuan(whole[best]), _yuan(_sum(lower))
        if self.group.kind == "upgrade":
            gone = Text(f"升级补差：算在高等次“{name.zh}”里", f"pays the difference: part of the higher “{name.en}”")
            less = Text(
                f"升级补差，较低等次已付 {paid} 元", f"pays the difference; {paid} yuan was granted for a lower grade"
            )
        else:
            gone = Text(
                f"就高不重复：“{name.zh}”更高（{high} 元）", f"only the highest is paid: “{name.en}” ({high} yuan)"
            )
            less = Text(
                f"就高不重复：低的一项已付 {paid} 元，只补差额",
                f"only the highest is paid: {paid} yuan was paid for a lower one",
            )
        for key in self.keys:
            if key != best:
                self._take(key, ZERO, gone)
        self._take(best, max(self.amounts[best] - _sum(lower), ZERO), less, lower)

    def _ceiling(self) -> None:
        ceiling = self.group.ceiling
        assert ceiling is not None
        before = _sum(self.counted)
        room = max(ceiling - before, ZERO)
        if sum((self.amounts[key] for key in self.keys), ZERO) <= room:
            return
        zh, en = f"合计不超过 {format_yuan(ceiling)}", f"together at most {_yuan(ceiling)} yuan"
        if before:
            zh, en = f"{zh}，已付 {_yuan(before)} 元", f"{en}, of which {_yuan(before)} was paid before"
        if self.group.reduce == "pro_rata":
            parts = apportion(room, [self.amounts[key] for key in self.keys])
            for key, part in zip(self.keys, parts, strict=True):
                self._take(key, part, Text(zh, en), self.counted)
            return
        for key in self.keys:
            kept = min(self.amounts[key], room)
            room -= kept
            self._take(key, kept, Text(zh, en), self.counted)

    def _exclude(self) -> None:
        here = {key[1] for key in self.keys} if self.group.scope == "subject" else None
        paid = {m for (m, subject), amount in self.amounts.items() if amount and (here is None or subject in here)}
        other = next((m for m in self.group.against if m in paid), None)
        rests: list[Grant] = []
        if other is None and self.counted:
            rests, other = self.counted[:1], self.counted[0].measure
        if other is None:
            return
        name = self.table.name(other)
        why = Text(f"与“{name.zh}”不能同时享受", f"not together with “{name.en}”")
        if rests:
            why = Text(
                f"{why.zh}，{rests[0].counted} 年已经享受过", f"{why.en}, which was granted in {rests[0].counted}"
            )
        for key in self.keys:
            if key[0] != other:
                self._take(key, ZERO, why, rests)

    def _offset(self) -> None:
        for grant in self.counted:
            name, counted = self.table.name(grant.measure), grant.counted
            why = Text(
                f"扣除已获补助 {_yuan(grant.amount)} 元（{name.zh}，{counted} 年）",
                f"less {_yuan(grant.amount)} yuan received already ({name.en}, {counted})",
            )
            for key in self.keys:
                if grant.same_as in ("", key[0]):
                    taken = min(self.amounts[key], self.table.left[id(grant)])
                    self.table.left[id(grant)] -= taken
                    self._take(key, self.amounts[key] - taken, why, (grant,))

    def _once(self) -> None:
        for measure in dict.fromkeys(key[0] for key in self.keys):
            keys = [key for key in self.keys if key[0] == measure]
            for key in keys:
                if before := [g for g in self._others(key) if g.measure == measure]:
                    first = before[0]
                    why = Text(
                        f"只享受一次，{first.counted} 年已经享受过（{_yuan(first.amount)} 元）",
                        f"granted once only, and granted in {first.counted} ({_yuan(first.amount)} yuan)",
                    )
                    self._take(key, ZERO, why, before)
            open_ = [key for key in keys if self.amounts[key]]
            # the earliest claim is the one that is granted, whenever the others are looked at
            open_.sort(key=lambda key: self.table.claims[key].day or self.table.on)
            for key in open_[1:]:
                self._take(key, ZERO, Text("只享受一次，算在较早的一份上", "granted once only: for the earlier claim"))


def _sum(grants: Iterable[Grant]) -> Decimal:
    return sum((g.amount for g in grants), ZERO)


def _yuan(value: Decimal) -> str:
    return yuan_parts(value)[0]
