"""Rules that look across indicators and regions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from statistics import median

from kechuang.indicators.observations import Flag
from kechuang.indicators.quality.material import Finding, Material, Ratio, Severity, base, is_level
from kechuang.indicators.text import Text, number

DENOMINATOR_JUMP = Decimal("0.06")
"""An implied population that lies this far from both neighbouring years cannot be right."""


def _unit_step(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def implied_denominator(material: Material) -> Iterator[Finding]:
    """Numerator over ratio gives the denominator somebody used; it must not jump for one year."""
    for rule in material.knowledge.ratios:
        for region in material.regions(rule.ratio):
            top, part = material.series(rule.numerator, region), material.series(rule.ratio, region)
            implied = {y: base(top[y]) / base(part[y]) for y in sorted(set(top) & set(part)) if part[y].value > 0}
            for y, here in implied.items():
                near = [implied[n] for n in (y - 1, y + 1) if n in implied]
                if len(near) < 2:
                    continue
                off = here / median(near) - 1
                if abs(off) > DENOMINATOR_JUMP and all(abs(here / n - 1) > DENOMINATOR_JUMP for n in near):
                    name, title = material.name(region), material.title(rule.ratio)
                    yield Finding(
                        "implied_denominator",
                        Severity.WARNING,
                        ((region, rule.ratio, y), (region, rule.numerator, y)),
                        Text(
                            f"{name.zh} {y} 年{title.zh}隐含的分母比前后两年偏 {number(off * 100, 1, signed=True)}%，"
                            f"{number(part[y].value)} 可能有误",
                            f"{name.en} {y}: the denominator implied by {title.en} is off its neighbours by "
                            f"{number(off * 100, 1, signed=True)}%; {number(part[y].value)} may be wrong",
                        ),
                    )


def rounding_order(material: Material) -> Iterator[Finding]:
    """A published ratio that differs by more than three last digits from the one computed of unrounded parts."""
    for rule in material.knowledge.ratios:
        if rule.denominator is None:
            continue
        for region in material.regions(rule.ratio):
            yield from _recomputed(rule, region, material)


def _recomputed(rule: Ratio, region: str, material: Material) -> Iterator[Finding]:
    assert rule.denominator is not None
    top, bottom = material.series(rule.numerator, region), material.series(rule.denominator, region)
    for year, published in material.series(rule.ratio, region).items():
        a, b = top.get(year), bottom.get(year)
        if a is None or b is None or b.value == 0 or not a.in_series or not b.in_series:
            continue
        if (Flag.AS_OF in a.flags) != (Flag.AS_OF in published.flags):
            continue  # a ratio as of a month does not belong to a year-end stock
        exact = base(a) / base(b) * published.value / base(published) if published.value else Decimal(0)
        step = max(_unit_step(published.chosen.value), Decimal("0.01"))
        if published.value and abs(exact - published.value) > 3 * step:
            shown = exact.quantize(Decimal("0.001"), rounding=ROUND_HALF_EVEN)
            name, title = material.name(region), material.title(rule.ratio)
            yield Finding(
                "rounding_order",
                Severity.NOTE,
                ((region, rule.ratio, year), (region, rule.numerator, year), (region, rule.denominator, year)),
                Text(
                    f"{name.zh} {year} 年{title.zh}公布 {number(published.value)}，用未取整的分子分母算是 "
                    f"{number(shown)}：先取整或分母修订过",
                    f"{name.en} {year}: {title.en} published as {number(published.value)}, computed from its parts "
                    f"{number(shown)}: rounded early or denominator revised",
                ),
            )


def fall_against_growth(material: Material) -> Iterator[Finding]:
    """A level that falls while its real growth rate is positive: a revision or a change of scope, not a decline."""
    for rate, level in material.knowledge.growths:
        for region in material.regions(level):
            growth = material.series(rate, region)
            for (year, before), (following, after) in pairwise(material.series(level, region).items()):
                if (
                    following != year + 1
                    or after.value >= before.value
                    or not (before.gives_change and after.gives_change)
                ):
                    continue
                known = growth.get(following) or growth.get(year)
                if known is not None and known.value > 0:
                    name, title = material.name(region), material.title(level)
                    yield Finding(
                        "fall_against_growth",
                        Severity.WARNING,
                        ((region, level, year), (region, level, following)),
                        Text(
                            f"{name.zh}{title.zh} {following} 年由 {number(before.value)} 降到 {number(after.value)}，"
                            "而实际增速为正：是修订或口径变化",
                            f"{name.en}: {title.en} falls from {number(before.value)} to {number(after.value)} in "
                            f"{following} while real growth is positive: a revision or another scope",
                        ),
                    )


def scope_break(material: Material) -> Iterator[Finding]:
    """Share times whole gives a level above the one published for the next year: the scope has changed."""
    for rule in material.knowledge.ratios:
        level_of = material.definitions.get(rule.numerator)
        if rule.denominator is None or level_of is None or not is_level(level_of):
            continue
        for region in material.regions(rule.ratio):
            part, whole, level = (material.series(i, region) for i in (rule.ratio, rule.denominator, rule.numerator))
            for year, share in part.items():
                after = level.get(year + 1)
                if after is None or year in level or year not in whole or not share.in_series:
                    continue
                implied = base(share) * base(whole[year])
                fall = base(after) / implied - 1
                if fall < Decimal("-0.02"):
                    name, title = material.name(region), material.title(rule.numerator)
                    yield Finding(
                        "scope_break",
                        Severity.WARNING,
                        ((region, rule.ratio, year), (region, rule.numerator, year + 1)),
                        Text(
                            f"{name.zh} {year} 年占比推出的{title.zh}比 {year + 1} 年公布的高 "
                            f"{number(-fall * 100, 1)}%：口径或来源变了",
                            f"{name.en}: {title.en} implied by the share of {year} is {number(-fall * 100, 1)}% "
                            f"above that published for {year + 1}: the scope or the source changed",
                        ),
                    )


def stock_and_flow(material: Material) -> Iterator[Finding]:
    """A flow beside the stock of the same thing: they must not replace each other."""
    for flow, stock in material.knowledge.flows:
        for region in material.regions(flow):
            stocks, flows = material.series(stock, region), material.series(flow, region)
            common = sorted(set(stocks) & set(flows))
            if common:
                a, b, name = flows[common[-1]], stocks[common[-1]], material.name(region)
                yield Finding(
                    "stock_and_flow",
                    Severity.NOTE,
                    ((region, flow, common[-1]), (region, stock, common[-1])),
                    Text(
                        f"{name.zh} {common[-1]} 年当年数 {number(a.value)} 是流量，存量是 {number(b.value)}，不能互换",
                        f"{name.en} {common[-1]}: {number(a.value)} is the flow of the year, the stock is "
                        f"{number(b.value)}",
                    ),
                )


def two_bases(material: Material) -> Iterator[Finding]:
    """Two figures for one thing in one year, more than half a per cent apart (a denominator before the census)."""
    for first, second in material.knowledge.same:
        for region in material.regions(first):
            a, b = material.series(first, region), material.series(second, region)
            for year in sorted(set(a) & set(b)):
                off = base(a[year]) / base(b[year]) - 1
                if abs(off) > Decimal("0.005"):
                    name = material.name(region)
                    yield Finding(
                        "two_bases",
                        Severity.WARNING,
                        ((region, first, year), (region, second, year)),
                        Text(
                            f"{name.zh} {year} 年{material.title(first).zh} {number(a[year].value)}，"
                            f"{material.title(second).zh} {number(b[year].value)}：分母不是同一个",
                            f"{name.en} {year}: {material.title(first).en} {number(a[year].value)}, "
                            f"{material.title(second).en} {number(b[year].value)}: not the same base",
                        ),
                    )


def base_moved(material: Material) -> Iterator[Finding]:
    """The denominator of a ratio moved by more than one per cent a year between two publications of it."""
    for rule in material.knowledge.ratios:
        if (
            rule.denominator is None
            or rule.ratio not in material.definitions
            or "/" not in material.definitions[rule.ratio].unit
        ):
            continue
        for region in material.regions(rule.denominator):
            years = material.series(rule.denominator, region)
            for (year, before), (following, after) in pairwise(years.items()):
                change = after.value / before.value - 1
                if abs(change) > Decimal("0.01") * (following - year) or abs(change) > Decimal("0.03"):
                    name = material.name(region)
                    yield Finding(
                        "base_moved",
                        Severity.NOTE,
                        ((region, rule.denominator, year), (region, rule.denominator, following)),
                        Text(
                            f"{name.zh} {year} 与 {following} 年用的人口不同（{number(before.value)} 与 "
                            f"{number(after.value)}），"
                            "密度变化里有分母的份",
                            f"{name.en}: the population used changed from {number(before.value)} ({year}) to "
                            f"{number(after.value)} ({following}); part of the change in density is the denominator",
                        ),
                    )


def mismatched_scope(material: Material) -> Iterator[Finding]:
    """A share whose numerator is no part of its denominator: it can pass 100 % and is no true share."""
    for indicator in material.knowledge.mismatched:
        if indicator in material.definitions:
            yield Finding(
                "mismatched_scope",
                Severity.NOTE,
                ((material.home, indicator, 0),),
                Text(
                    f"{material.title(indicator).zh}：分子含服务业，分母只有规上工业，不是真正的占比",
                    f"{material.title(indicator).en}: the numerator includes services, the denominator only industry "
                    "above scale; no true share",
                ),
            )


RULES = (
    implied_denominator,
    rounding_order,
    fall_against_growth,
    scope_break,
    stock_and_flow,
    two_bases,
    base_moved,
    mismatched_scope,
)
