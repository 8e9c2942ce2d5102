"""Rules that look across regions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from kechuang.indicators.quality.material import Finding, Material, Severity, is_level
from kechuang.indicators.text import Text, number

FALL = Decimal("0.12")
"""A fall this deep in a year, in several regions at once, points to a rule or a definition."""


def missing_member(material: Material) -> Iterator[Finding]:
    """A region that lacks years in which nearly all of the panel have a value: a ranking would drop it silently."""
    size = len(material.panel)
    for indicator in material.definitions:
        have = {r: {y for y, c in material.series(indicator, r).items() if c.in_series} for r in material.panel}
        count = Counter(y for years in have.values() for y in years)
        full = {y for y, n in count.items() if n >= size - 2 and n < size}
        for region, years in have.items():
            lacking = sorted(full - years)
            if len(lacking) >= 2:
                name = material.name(region)
                span = f"{lacking[0]}—{lacking[-1]}"
                yield Finding(
                    "missing_member",
                    Severity.NOTE,
                    tuple((region, indicator, y) for y in lacking),
                    Text(
                        f"{span} 年几乎各地都有数，只缺{name.zh}（{len(lacking)} 年）：排名时要写明",
                        f"{name.en} lacks {len(lacking)} years of {span.replace('—', '–')} that nearly all others "
                        "have: say so in rankings",
                    ),
                )


def parts_exceed_whole(material: Material) -> Iterator[Finding]:
    """Members that add to more than the whole they make up (first releases of local bureaus do)."""
    if material.whole is None:
        return
    for indicator, definition in material.definitions.items():
        if not is_level(definition):
            continue
        for year, total in material.series(indicator, material.whole).items():
            members = [
                c for r in material.panel if (c := material.series(indicator, r).get(year)) is not None and c.in_series
            ]
            if not members or not total.in_series:
                continue
            added = sum((c.value for c in members), Decimal(0))
            if added > total.value * Decimal("1.005"):
                name = material.name(material.whole)
                yield Finding(
                    "parts_exceed_whole",
                    Severity.WARNING,
                    ((material.whole, indicator, year),),
                    Text(
                        f"{year} 年各市州相加 {number(added, 1)} 大于{name.zh}的 {number(total.value)}，"
                        "不能用相加代替全省",
                        f"{year}: the prefectures add to {number(added, 1)}, more than {name.en}'s "
                        f"{number(total.value)}; never add them up",
                    ),
                )


def shifted_years(material: Material) -> Iterator[Finding]:
    """A source whose values for a year equal, in three regions or more, what a better source gives for another year."""
    by_source: dict[tuple[str, str, int], dict[str, Decimal]] = {}
    printed = material.knowledge.printed
    trust = {o.source.id: o.source.trust for o in material.observations}
    for o in material.observations:
        definition = material.definitions.get(o.indicator)
        if definition is not None and is_level(definition) and o.value != 0 and o.indicator not in printed:
            by_source.setdefault((o.source.id, o.indicator, o.year), {})[o.region] = o.value
    for (source, indicator, year), values in sorted(by_source.items()):
        if len(values) < 3:
            continue
        for other in (year - 1, year + 1):
            same = [
                r
                for r, v in values.items()
                if (c := material.cells.get((r, indicator, other))) is not None
                and (c.chosen.source.trust, c.chosen.source.id) > (trust[source], source)
                and c.chosen.value == v
                and len(v.normalize().as_tuple().digits) >= 4
            ]
            if len(same) >= 3:
                yield Finding(
                    "shifted_years",
                    Severity.ERROR,
                    tuple((r, indicator, year) for r in same),
                    Text(
                        f"“{source}”的 {year} 年数与别处 {other} 年的数逐个相同（{len(same)} 个地区），年份标错了",
                        f"the values of “{source}” for {year} equal those of {other} elsewhere ({len(same)} regions):"
                        " wrong year",
                    ),
                )


def common_fall(material: Material) -> Iterator[Finding]:
    """A deep fall in the same year in the whole and at least one part: a change of rule, not of performance."""
    for indicator, definition in material.definitions.items():
        if not is_level(definition):
            continue
        falls: dict[int, list[str]] = {}
        known: dict[int, int] = {}
        for region in material.regions(indicator):
            years = material.series(indicator, region)
            for (year, before), (following, after) in pairwise(years.items()):
                if following != year + 1 or before.value <= 0 or not (before.gives_change and after.gives_change):
                    continue
                known[following] = known.get(following, 0) + 1
                if after.value / before.value < 1 - FALL:
                    falls.setdefault(following, []).append(region)
        for year, regions in sorted(falls.items()):
            if len(regions) >= 2 and len(regions) == known[year]:
                names = [material.name(r) for r in regions[:3]]
                yield Finding(
                    "common_fall",
                    Severity.NOTE,
                    tuple((r, indicator, year) for r in regions),
                    Text(
                        f"{year} 年{'、'.join(n.zh for n in names)}同时大降，多半是政策或口径变化，不是能力下降",
                        f"{', '.join(n.en for n in names)} fall together in {year}: probably a change of rule, not "
                        "of capacity",
                    ),
                )


RULES = (missing_member, parts_exceed_whole, shifted_years, common_fall)
