"""Try a target before it is set: verdict so far, pace it needs, pace ever seen, chances, and what it would take."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from kechuang.indicators import Definition, Situation, Status, Target, Text, Verdict, judge
from kechuang.indicators.forecast import MINIMUM_POINTS, MODEL_NAMES, NotEnoughData
from kechuang.indicators.formulas import needed, parts
from kechuang.indicators.plausibility import Plausibility
from kechuang.indicators.reasons import (
    chance_shown,
    need_sentence,
    pace_at,
    per_year,
    projected,
    rounded_pace,
    target_value,
)
from kechuang.indicators.series import linked, series
from kechuang.indicators.text import number
from kechuang.web.core.errors import UserError

from . import board
from .contribution import INDICATOR as CONTRIBUTION
from .contribution import Inversion, inversion

Aim = Literal[">=", ">", "<=", "<"]
OPERATORS: dict[str, tuple[Aim, Text]] = {
    "ge": (">=", Text("以上（≥）", "at least (≥)")),
    "gt": (">", Text("超过（>）", "more than (>)")),
    "le": ("<=", Text("以下（≤）", "at most (≤)")),
    "lt": ("<", Text("低于（<）", "less than (<)")),
}
FIRST_YEAR, LAST_YEAR = 1949, 2100


@dataclass(frozen=True)
class Wish:
    """What is tried: the value in the indicator's unit, for a region, by the end of a year."""

    operator: Aim
    value: Decimal
    year: int
    region: str


@dataclass(frozen=True)
class Chance:
    """One model: what it expects for the year and the probability of the target; or why it does not answer."""

    name: Text
    middle: str
    low: str
    high: str
    probability: str
    refusal: Text | None
    best: bool


@dataclass(frozen=True)
class Trial:
    """Everything that can be said about a target that is only tried."""

    wanted: Text
    region: Text
    light: board.Light
    verdict: Verdict
    required: Text | None
    best_here: Text | None
    best_peer: Text | None
    jump: Text | None
    made: tuple[Text, ...]
    chances: tuple[Chance, ...]
    no_chance: Text | None
    """Why there is no probability, where there is none."""
    needs: tuple[Text, ...]
    inversion: Inversion | None


def _situation(definition: Definition, target: Target, region: str, situation: Situation) -> Situation:
    """The situation seen from a region; the direction of the target says which pace is the best."""
    everybody = (situation.region, *situation.peers)
    return replace(
        situation,
        definitions={**situation.definitions, definition.id: replace(definition, better=target.better)},
        region=region,
        peers=tuple(r for r in everybody if r != region),
        above=tuple(r for r in situation.above if r != region),
    )


def places(definition: Definition, situation: Situation) -> list[str]:
    """The regions to try a target for: the city, and of those above and beside it the ones with values."""
    have = {region for region, indicator, _year in situation.cells if indicator == definition.id} | {situation.region}
    return [code for code in (situation.region, *situation.above, *situation.peers) if code in have]


def check(definition: Definition, wish: Wish, situation: Situation) -> None:
    """Refuse what cannot be a target. Raises ``UserError`` at the field."""
    if not FIRST_YEAR <= wish.year <= LAST_YEAR:
        raise UserError(
            f"年份写 {FIRST_YEAR} 到 {LAST_YEAR} 之间的四位数。",
            f"Write a year of four digits from {FIRST_YEAR} to {LAST_YEAR}.",
            field="year",
        )
    if definition.maximum is not None and wish.value > definition.maximum:
        most = number(definition.maximum)
        raise UserError(f"这个指标最大是 {most}。", f"This indicator cannot exceed {most}.", field="value")
    if wish.region not in (situation.region, *situation.peers, *situation.above):
        raise UserError("没有这个地区的数据。", "There is no such region in the data.", field="region")


def trial(definition: Definition, wish: Wish, situation: Situation) -> Trial:
    """Try a target on an indicator. Raises ``UserError`` for what cannot be one."""
    check(definition, wish, situation)
    target = Target(
        "tried", "level", definition.name, definition.id, wish.value, unit=definition.unit, operator=wish.operator,
        deadline=dt.date(wish.year, 12, 31),
    )  # fmt: skip
    around = _situation(definition, target, wish.region, situation)
    definition = around.definitions[definition.id]
    verdict = judge(target, around)
    chances = _chances(verdict, definition, wish)
    return Trial(
        wanted=target_value(target, definition),
        region=around.name(wish.region),
        light=board.light(verdict.status),
        verdict=verdict,
        required=None if verdict.required is None else per_year(rounded_pace(verdict.required, definition), definition),
        best_here=verdict.best_here and pace_at(verdict.best_here, definition, around),
        best_peer=verdict.best_peer and pace_at(verdict.best_peer, definition, around),
        jump=_jump(verdict.plausibility),
        made=tuple(around.name(r) for r in verdict.plausibility.made) if verdict.plausibility else (),
        chances=chances,
        no_chance=None if chances else _no_chance(verdict, definition, around),
        needs=tuple(_needs(definition, wish, around)),
        inversion=inversion(target, around) if definition.id == CONTRIBUTION else None,
    )


def _jump(found: Plausibility | None) -> Text | None:
    """The share of regions that ever made such a jump, as a count: 3 of 14 says more than 21 %."""
    if found is None:
        return None
    n, made = len(found.regions), len(found.made)
    share = f"{made / n:.0%}"
    return Text(
        f"有 {found.years} 年以上序列的 {n} 个地区里，{made} 个（{share}）曾在 {found.years} 年内有过这样的变化",
        f"{made} of {n} regions with series of {found.years} years or more ({share}) ever changed so much in that time",
    )


def _chances(verdict: Verdict, definition: Definition, wish: Wish) -> tuple[Chance, ...]:
    """What each model says; nothing at all unless one of them gives a probability."""
    view = verdict.outlook
    if view is None or view.best is None:
        return ()
    found = []
    for answer in view.answers:
        name = MODEL_NAMES[answer.model]
        if isinstance(answer, NotEnoughData):
            found.append(Chance(name, "", "", "", "", answer.why, best=False))
            continue
        middle, low, high = (projected(v, definition) for v in (answer.middle, *answer.interval(0.95)))
        chance = chance_shown(answer.probability(float(wish.value), better=verdict.target.better))
        found.append(Chance(name, middle, low, high, chance, None, best=answer is view.best))
    return tuple(found)


def _no_chance(verdict: Verdict, definition: Definition, situation: Situation) -> Text:
    """Why no probability is given: too few values first, then a matter that is settled."""
    values = linked(series(situation.cells, situation.region, definition.id), definition, situation.region)
    if len(values) < MINIMUM_POINTS:
        n = len(values)
        return Text(
            f"只有 {n} 个可比的值，少于 {MINIMUM_POINTS} 个，不给概率",
            f"no probability: comparable values {n}, fewer than {MINIMUM_POINTS}",
        )
    if verdict.target.deadline is not None and situation.today > verdict.target.deadline:
        return Text("期限已过，看判定，不给概率", "the deadline has passed: the verdict counts, no probability")
    if verdict.status is Status.REACHED:
        return Text("最近的值已经达到，不给概率", "the latest value already reaches it: no probability")
    return Text("没有一种做法能给出概率", "none of the models gives a probability")


def _needs(definition: Definition, wish: Wish, situation: Situation) -> list[Text]:
    """The target turned round for each part of the formula that has a single answer."""
    found = []
    for part in parts(definition.formula) if definition.formula else ():
        need = needed(definition, wish.value, wish.year, situation.cells, situation.definitions, wish.region, part)
        if need is not None:
            found.append(need_sentence(need, situation))
    return found
