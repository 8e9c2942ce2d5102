"""Targets that relate two indicators: one has to grow faster than the other, year after year."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from kechuang.indicators import reasons
from kechuang.indicators.choice import Cell
from kechuang.indicators.definitions import Definition
from kechuang.indicators.series import computed, series
from kechuang.indicators.targets import Gap, Situation, Status, Target, Verdict
from kechuang.indicators.text import Text, number
from kechuang.indicators.units import POINT, parse_unit

NO_PUBLIC_FIGURE = Text("没有可以核对的公开数据", "no public figure that can be checked")
Growth = dict[int, tuple[Decimal, tuple[Cell, ...]]]


def growth_by_year(definition: Definition, region: str, situation: Situation) -> Growth:
    """Yearly growth in per cent, with the cells it comes from.

    An indicator that is itself a growth rate is taken as it is; a level gives (this year / last year - 1) * 100,
    never across a break or from flagged values.
    """
    cells = series(situation.cells, region, definition.id)
    if parse_unit(definition.unit).base == "1":
        return {c.year: (c.value, (c,)) for c in cells}
    growth: Growth = {}
    for before, after in pairwise(cells):
        usable = before.gives_change and after.gives_change and before.value > 0
        broken = definition.breaks_between(region, before.year, after.year, computed=computed(before, after))
        if usable and not broken and after.year - before.year == 1:
            growth[after.year] = ((after.value / before.value - 1) * 100, (before, after))
    return growth


def _empty(target: Target, left: Definition, right: Definition, situation: Situation, holder: Text | None) -> Verdict:
    both = Text(f"{left.name.zh}和{right.name.zh}", f"{left.name.en} and {right.name.en}")
    found = []
    for definition in (left, right):
        for region in situation.above:
            found.extend(series(situation.cells, region, definition.id)[-1:])
    missing = reasons.missing_values(both, Text("逐年", "year by year"), holder)
    return Verdict(target, Status.NO_DATA, NO_PUBLIC_FIGURE, missing=missing, holder=holder, elsewhere=tuple(found))


def _status(target: Target, year: int, situation: Situation, *, held: bool) -> Status:
    """A judgement on the year it is due; before that only on track or not; another year cannot stand for it."""
    if target.deadline is None or target.deadline.year == year:
        return Status.REACHED if held else Status.MISSED
    if situation.today > target.deadline:
        return Status.INSUFFICIENT
    return Status.ON_TRACK if held else Status.OFF_TRACK


def judge_relation(target: Target, situation: Situation) -> Verdict:
    """Whether the left indicator grew more than the right one, in the deadline year or else the last common year."""
    assert target.relation is not None
    left, right = (situation.definitions.get(i) for i in target.relation)
    if left is None or right is None:
        nothing = Text("比较的两项还没有对应的统计指标", "the two sides have no indicators yet")
        return Verdict(target, Status.NO_DATA, nothing)
    held = (situation.holders.get(d.holder) for d in (left, right) if d.holder)
    holder = next((h for h in held if h is not None), None)
    a, b = (growth_by_year(d, situation.region, situation) for d in (left, right))
    common = sorted(set(a) & set(b))
    if not common:
        return _empty(target, left, right, situation, holder)
    year = target.deadline.year if target.deadline and target.deadline.year in common else common[-1]
    (faster, cells), (slower, others) = a[year], b[year]
    failed = sum(a[y][0] <= b[y][0] for y in common)
    word = Text("高于", "above") if faster > slower else Text("不高于", "not above")
    x, y = f"{number(faster, 2)}%", f"{number(slower, 2)}%"
    grew = Text("为", "was") if parse_unit(left.unit).base == "1" else Text("增长", "grew by")
    tail = Text("", "")
    if len(common) > 1:
        tail = Text(f"；{len(common)} 年里 {failed} 年没做到", f"; not so in {failed} of {len(common)} years")
    status = _status(target, year, situation, held=faster > slower)
    early = Text("", "")
    if status is Status.INSUFFICIENT and target.deadline is not None:
        due = target.deadline.year
        early = Text(f"{due} 年没有两项都可用的数；", f"no usable pair of values for {due}; ")
    return Verdict(
        target,
        status,
        Text(
            f"{early.zh}{year} 年{left.name.zh}{grew.zh} {x}，{word.zh}{right.name.zh}的 {y}{tail.zh}",
            f"{early.en}in {year}, {left.name.en} {grew.en} {x}, {word.en} {right.name.en} ({y}){tail.en}",
        ),
        observed=cells[-1],
        evidence=cells + others,
        gap=Gap(faster - slower, Text(POINT, "percentage points")),
        holder=holder,
    )
