"""Rules on measures that meet, and budgets: turned into the engine's records, checked, and their cases computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from kechuang.citypack import models
from kechuang.citypack.locating import Locator
from kechuang.citypack.problems import Problem, Words
from kechuang.measures.cumulation import Claim, Grant, Group, combine
from kechuang.measures.model import Text


def ceiling_on(record: models.Cumulation, pack: models.Pack, on: dt.date) -> Decimal | None:
    """The ceiling in force on a day, in yuan: the rule's own, or the parameter it names; None when there is none yet."""
    values = record.ceiling
    if record.ceiling_parameter is not None:
        first = next((m for m in pack.measures if m.id == record.measures[0]), None)
        values = {} if first is None else first.parameters.get(record.ceiling_parameter, {})
    started = [day for day in values if day <= on]
    return values[max(started)] if started else None


def group(record: models.Cumulation, pack: models.Pack, on: dt.date) -> Group | None:
    """One rule as the engine applies it on a day; None for a ceiling that is not in force yet."""
    ceiling = ceiling_on(record, pack, on) if record.kind == "ceiling" else None
    if record.kind == "ceiling" and ceiling is None:
        return None
    return Group(
        record.id,
        record.kind,
        tuple(record.measures),
        ceiling,
        tuple(record.against),
        record.period,
        record.reduce,
        record.scope,
    )


def groups(pack: models.Pack, on: dt.date) -> tuple[Group, ...]:
    """All rules of a pack on a day, in the order of the file."""
    return tuple(found for record in pack.cumulation if (found := group(record, pack, on)) is not None)


def names(pack: models.Pack) -> dict[str, Text]:
    """Titles of the measures by id, for sentences."""
    return {measure.id: Text(measure.title.zh, measure.title.en) for measure in pack.measures}


def meeting_problems(pack: models.Pack, locator: Locator) -> Iterator[Problem]:
    """All faults of cumulation rules and budgets that are not dangling names, and cases that come out otherwise."""
    for i, record in enumerate(pack.cumulation):
        faults = list(_faults(record, pack))
        for field, what, mend in faults:
            yield locator.problem("cumulation", "cumulation", i, (field,), f"{record.id}.{field}", what, mend)
        if not faults:
            yield from _cases(record, i, pack, locator)
    for i, circle in _circles(pack):
        record = pack.cumulation[i]
        yield locator.problem(
            "cumulation", "cumulation", i, ("against",), f"{record.id}.against",
            Words(f"循环：{' → '.join(circle)}，每一项都要先知道另一项", f"a circle: {' → '.join(circle)}; each waits for the other"),
            Words("留下一个方向；只付一项的用 take_higher", "keep one direction; where only one is paid, use take_higher"),
        )  # fmt: skip
    for i, budget in enumerate(pack.budgets):
        for field, what, mend in (
            *_budget_faults(budget),
            *_order_faults(budget, pack),
            *_twice(budget, pack.budgets[:i]),
        ):
            yield locator.problem("budget", "budgets", i, (field,), f"{budget.id}.{field}", what, mend)


def _circles(pack: models.Pack) -> Iterator[tuple[int, list[str]]]:
    """Rules by which a measure gives way to another that gives way to it, each circle once, at the rule that closes it.

    Grants of other levels of government are paid already and wait for nothing.
    """
    looks: dict[str, set[str]] = {}
    for i, record in enumerate(pack.cumulation):
        for measure in record.measures if record.kind in ("exclude", "offset") else ():
            for other in record.against:
                way = _way(looks, other, measure)
                if way:
                    yield i, [measure, *way]
                else:
                    looks.setdefault(measure, set()).add(other)


def _way(looks: dict[str, set[str]], start: str, end: str) -> list[str]:
    """The measures from one to another along who looks at whom; empty when there is no way."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == end:
            return way
        for following in sorted(looks.get(way[-1], set()) - seen):
            seen.add(following)
            ways.append([*way, following])
    return []


def _faults(record: models.Cumulation, pack: models.Pack) -> Iterator[tuple[str, Words, Words]]:
    stated = bool(record.ceiling) + (record.ceiling_parameter is not None)
    if (record.kind == "ceiling") != (stated == 1) or stated > 1:
        yield (
            "ceiling",
            Words("上限组要写一个上限，其他组不写", "a ceiling group states one ceiling, other groups none"),
            Words("写 ceiling 或 ceiling_parameter 之一", "write either ceiling or ceiling_parameter"),
        )
    elif record.ceiling_parameter is not None:
        first = next((m for m in pack.measures if m.id == record.measures[0]), None)
        if first is not None and record.ceiling_parameter not in first.parameters:
            name = record.ceiling_parameter
            yield (
                "ceiling_parameter",
                Words(f"措施 {first.id} 没有参数“{name}”", f'the measure {first.id} has no parameter "{name}"'),
                Words("写这项措施的一个参数", "name a parameter of that measure"),
            )
    if (record.kind in ("exclude", "offset")) != bool(record.against):
        yield (
            "against",
            Words("互斥和扣除要写明对象，其他组不写", "exclude and offset name what they look at, others nothing"),
            Words("写 against: [...]", "write against: [...]"),
        )
    if record.kind == "take_higher" and len(record.measures) < 2:
        yield (
            "measures",
            Words("就高不重复至少要两项措施", "the higher of at least two measures"),
            Words("把碰到一起的措施都写上", "list all measures that meet"),
        )
    if isinstance(record.period, int) and record.period < 1:
        yield (
            "period",
            Words("期间的年数至少是 1", "a period is at least one year"),
            Words("写 ever、year 或年数", "write ever, year or a number of years"),
        )
    for money in (*record.ceiling.values(), *(claim.amount for case in record.cases for claim in case.claims)):
        if money < 0 or money != money.quantize(Decimal("0.01")):
            yield (
                "ceiling",
                Words(f"{money} 不是到分的非负金额", f"{money} is no amount of whole fen from 0"),
                Words("改正金额", "correct the amount"),
            )


def _budget_faults(budget: models.Budget) -> Iterator[tuple[str, Words, Words]]:
    for year, amount in budget.amounts.items():
        if amount < 0 or amount != amount.quantize(Decimal("0.01")) or not 1949 <= year <= 2100:
            yield (
                "amounts",
                Words(f"{year}: {amount} 不是某一年到分的预算", f"{year}: {amount} is no budget of a year in fen"),
                Words("写成 年份: 金额（元）", "write YEAR: amount in yuan"),
            )
    shares = [level.share for level in budget.levels]
    stated = [share for share in shares if share is not None]
    if stated and (len(stated) < len(shares) or sum(stated) != 1):
        yield (
            "levels",
            Words("分担比例要么都不写，要么合计为 1", "shares are all left out, or add up to 1"),
            Words("补齐比例，或都写 null（文件没有规定）", "complete them, or write null where nothing is stated"),
        )
    if len({level.level for level in budget.levels}) < len(budget.levels):
        yield (
            "levels",
            Words("同一级财政写了两次", "one level of government stands twice"),
            Words("合并成一行", "make them one line"),
        )


def _order_faults(budget: models.Budget, pack: models.Pack) -> Iterator[tuple[str, Words, Words]]:
    """Whether what orders the claims is there and can order them."""
    fact = next((f for f in pack.facts if f.id == budget.order_by), None)
    wanted = {"queue": ("date",), "rank": ("money", "rate", "count")}.get(budget.when_short or "", ())
    if budget.order_by is None:
        if budget.when_short == "rank":
            yield (
                "order_by",
                Words("按得分排，要写按哪个事实", "a ranking names the fact it ranks by"),
                Words("写 order_by: 事实", "write order_by: FACT"),
            )
    elif fact is None or fact.type not in wanted:
        yield (
            "order_by",
            Words(
                f"“{budget.order_by}”不能用来排先后：排队要日期，排名要数，其他不写",
                f'"{budget.order_by}" cannot order claims: a queue takes a date, a ranking a number, others nothing',
            ),
            Words("写 facts.yaml 里的一个事实", "name a fact of facts.yaml"),
        )


def _twice(budget: models.Budget, before: Iterable[models.Budget]) -> Iterator[tuple[str, Words, Words]]:
    """A measure is paid from one budget in a year; shares of several levels are levels of one budget."""
    for other in before:
        both = sorted(set(budget.measures) & set(other.measures))
        years = sorted(set(budget.amounts) & set(other.amounts))
        if both and years:
            yield (
                "measures",
                Words(
                    f"{'、'.join(both)} 在 {years[0]} 年已由预算 {other.id} 付",
                    f"{', '.join(both)}: paid from {other.id} in {years[0]}",
                ),
                Words("几级分担写成一个预算的 levels", "write shares of several levels as the levels of one budget"),
            )


def _cases(record: models.Cumulation, index: int, pack: models.Pack, locator: Locator) -> Iterator[Problem]:
    """Each case applies this rule alone."""
    for n, case in enumerate(record.cases):
        where = f"{record.id}.cases[{n}]"
        rule = group(record, pack, case.on)
        claims = [Claim(c.measure, c.amount, c.subject, c.day) for c in case.claims]
        history = [Grant(g.measure, g.amount, g.on, g.subject, g.year, g.same_as) for g in case.history]
        try:
            awards = combine(claims, [] if rule is None else [rule], case.on, history, names(pack))
        except ValueError as error:
            what = Words(f"算不出来：{error}", f"cannot be computed: {error}")
            mend = Words("改正算例", "correct the case")
            yield locator.problem("case", "cumulation", index, ("cases", n), where, what, mend)
            continue
        paid = [award.amount for award in awards]
        if paid != case.pays:
            wanted, found = (", ".join(map(str, amounts)) for amounts in (case.pays, paid))
            what = Words(
                f"算例“{case.title.zh}”：应付 {wanted}，算得 {found}",
                f'case "{case.title.en}": should pay {wanted}, it is {found}',
            )
            mend = Words("核对规则和算例，哪个错改哪个", "compare rule and case, and correct the one that is wrong")
            yield locator.problem("case", "cumulation", index, ("cases", n, "pays"), where, what, mend)
