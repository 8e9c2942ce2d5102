"""The page of one indicator: three figures, the table that the chart is drawn from, peers, conflicts, citation."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kechuang.indicators import Cell, Definition, Flag, Observation, Situation, Source, Text, reasons
from kechuang.indicators.choice import Conflict
from kechuang.indicators.due import Due
from kechuang.indicators.forecast import MINIMUM_POINTS
from kechuang.indicators.formulas import formula_words
from kechuang.indicators.formulas.compute import SOURCE as COMPUTED
from kechuang.indicators.quality import Finding, Severity, findings_of, summarised
from kechuang.indicators.reasons import cell_value, with_unit
from kechuang.indicators.series import series
from kechuang.indicators.text import number
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import LoadedRelease

from . import board, chart, loading
from .contribution import INDICATOR as CONTRIBUTION
from .contribution import Inversion, inversions
from .projection import Projection, projection
from .table import Column, TableRow, columns, table
from .workings import Workings, workings


@dataclass(frozen=True)
class Rank:
    """One region in the comparison of a year; ``width`` is the bar in per cent of the largest."""

    region: str
    name: Text
    shown: str
    width: str
    ours: bool
    position: int | None


@dataclass(frozen=True)
class Comparison:
    """Prefectures side by side in one year."""

    year: int
    ranks: tuple[Rank, ...]
    finding: Text
    missing: tuple[Text, ...]


@dataclass(frozen=True)
class Page:
    """Everything the page shows."""

    definition: Definition
    figures: tuple[tuple[Text, board.Figure | None, Text | None], ...]
    rows: tuple[board.Row, ...]
    finding: Text
    columns: tuple[Column, ...]
    table: tuple[TableRow, ...]
    absent: tuple[Text, ...]
    chart: dict[str, Any]
    sources: tuple[tuple[Text, str, str | None, Text], ...]
    comparison: Comparison | None
    other_sources: bool
    conflicts: tuple[Conflict, ...]
    findings: tuple[Finding, ...]
    inversions: tuple[Inversion, ...]
    projection: Projection | None
    holder: Text | None
    next_data: Due
    next_text: Text
    formula: Text | None
    workings: Workings | None
    demo: bool
    values: int
    """How many observations there are, ``undated`` of them without a date of publication."""
    undated: int

    @property
    def evidence(self) -> bool:
        """Whether anything stands in the column beside the definition."""
        derived = self.workings is not None and self.workings.lines
        return bool(self.comparison or self.projection or self.inversions or derived or self.definition.breaks)

    @property
    def disagreements(self) -> list[Conflict]:
        """Conflicts that are more than rounding."""
        return [c for c in self.conflicts if c.kind == "disagreement"]

    @property
    def roundings(self) -> list[Conflict]:
        """Cells in which sources only round differently."""
        return [c for c in self.conflicts if c.kind == "rounding"]


def definition_of(loaded: loading.Loaded, indicator: str) -> Definition:
    """The definition of an indicator. Raises ``UserError`` (404)."""
    try:
        return loaded.situation.definitions[indicator]
    except KeyError:
        raise UserError(
            f"没有编号为“{indicator}”的指标。", f"There is no indicator “{indicator}”.", code="unknown", status=404
        ) from None


def stated_day(release: LoadedRelease, indicator: str) -> str | None:
    """The day (MM-DD) the pack states for an indicator's yearly figure, or None."""
    return next((i.due for i in release.pack.indicators if i.id == indicator), None)


def _latest(situation: Situation, region: str, indicator: str) -> Cell | None:
    found = series(situation.cells, region, indicator)
    return found[-1] if found else None


def finding(situation: Situation, definition: Definition) -> Text:
    """The chart's title: the city against the first region above it in the last common year."""
    ours = {c.year: c for c in series(situation.cells, situation.region, definition.id)}
    city = situation.name(situation.region)
    for region in situation.above:
        theirs = {c.year: c for c in series(situation.cells, region, definition.id)}
        other = situation.name(region)
        common = sorted(set(ours) & set(theirs))
        if common and _comparable(definition):
            year = common[-1]
            difference = ours[year].value - theirs[year].value
            if difference == 0:
                return Text(f"{year} 年，{city.zh}与{other.zh}相同", f"In {year} {city.en} equals {other.en}")
            side = Text("高", "above") if difference > 0 else Text("低", "below")
            size = reasons.difference(abs(difference), definition)
            return Text(
                f"{year} 年，{city.zh}比{other.zh}{side.zh} {size.zh}",
                f"In {year} {city.en} is {size.en} {side.en} {other.en}",
            )
    if len(ours) > 1:
        first, last = ours[min(ours)], ours[max(ours)]
        a, b = cell_value(first, definition), cell_value(last, definition)
        return Text(
            f"{city.zh} {first.year} 年 {a.zh}，{last.year} 年 {b.zh}",
            f"{city.en}: {a.en} in {first.year}, {b.en} in {last.year}",
        )
    if ours:
        only = next(iter(ours.values()))
        value = cell_value(only, definition)
        return Text(
            f"{city.zh}只有 {only.year} 年一个可用值：{value.zh}",
            f"{city.en} has one usable value: {value.en} in {only.year}",
        )
    return Text(f"{city.zh}没有可以核对的数据", f"No figure for {city.en} that can be checked")


def _comparable(definition: Definition) -> bool:
    """Sizes of a city and of its province must not be compared; ratios and rates may."""
    return definition.unit in ("%", "％", "‰") or "/" in definition.unit


def comparison(situation: Situation, definition: Definition) -> Comparison | None:
    """Prefectures of the last year in which the city and most of its peers have a usable value."""
    group = (situation.region, *situation.peers)
    ours = {c.year for c in series(situation.cells, situation.region, definition.id)}
    for year in sorted(ours, reverse=True):
        cells = [c for r in group if (c := situation.cells.get((r, definition.id, year))) and c.in_series]
        if len(cells) * 2 > len(group) and len(cells) > 2:
            return _ranking(situation, definition, year, cells, group)
    return None


def _ranking(
    situation: Situation, definition: Definition, year: int, cells: list[Cell], group: tuple[str, ...]
) -> Comparison:
    ordered = sorted(cells, key=lambda c: c.value, reverse=definition.better != "lower")
    top = max(abs(c.value) for c in cells) or Decimal(1)
    ranks = []
    for cell in ordered:
        position = 1 + sum(
            (c.value > cell.value) if definition.better != "lower" else (c.value < cell.value) for c in cells
        )
        width = f"{max(cell.value, Decimal(0)) / top * 100:.1f}"
        ranks.append(
            Rank(
                cell.region,
                situation.name(cell.region),
                number(cell.value, reasons.shown_decimals(cell, definition)),
                width,
                cell.region == situation.region,
                None if definition.better == "neither" else position,
            )
        )
    here = next(r for r in ranks if r.ours)
    city = situation.name(situation.region)
    if here.position is None:
        title = Text(f"{year} 年，{len(cells)} 个市州对比", f"{year}: {len(cells)} prefectures side by side")
    else:
        title = Text(
            f"{year} 年，{city.zh}在有数据的 {len(cells)} 个市州里列第 {here.position}",
            f"In {year} {city.en} ranks {here.position} of the {len(cells)} prefectures with data",
        )
    have = {c.region for c in cells}
    return Comparison(year, tuple(ranks), title, tuple(situation.name(r) for r in group if r not in have))


def _trust(source: Source) -> Text:
    """How near the source is to the issuing office; a guess from its title is called one."""
    if source.id == COMPUTED:
        return Flag.COMPUTED.label
    label = source.trust.label
    return label if source.stated else Text(f"{label.zh}，按名称推定", f"{label.en}, judged by its title")


def _sources(situation: Situation, shown: list[Column], indicator: str) -> list[tuple[Text, str, str | None, Text]]:
    """Which sources the city's, province's and nation's values come from: names, title, address, trust."""
    found: dict[str, tuple[list[Text], str, str | None, Text]] = {}
    for column in shown:
        for (region, i, _), cell in situation.cells.items():
            if i != indicator or region != column.region:
                continue
            source = cell.chosen.source
            names = found.setdefault(source.id, ([], source.title, source.url, _trust(source)))[0]
            if column.name not in names:
                names.append(column.name)
    result = []
    for names, title, url, trust in found.values():
        who = Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))
        if len(names) > 3:
            who = Text(f"{names[0].zh}等 {len(names)} 个地区", f"{names[0].en} and {len(names) - 1} other regions")
        result.append((who, title, url, trust))
    return result


def _caption(
    cell: Cell | None, count: int, rows: list[board.Row], situation: Situation, definition: Definition
) -> Text | None:
    if cell is None:
        holder = situation.holders.get(definition.holder or "")
        return Text(f"由{holder.zh}掌握", f"held by {holder.en}") if holder else None
    judged = [r for r in rows if r.verdict.observed is cell and r.verdict.gap is not None]
    if cell.region == situation.region and judged:
        reason = judged[-1].verdict.reason
        return Text(f"{reason.zh}。可用值 {count} 个", f"{reason.en}. Usable values: {count}")
    return Text(f"可用值 {count} 个", f"usable values: {count}")


def _findings(loaded: loading.Loaded, indicator: str) -> list[Finding]:
    """Findings on the indicator, one line for all regions alike; conflicts have their own list."""
    mine = [f for f in findings_of(loaded.findings, indicator) if f.rule != "conflict"]
    found = summarised(mine, loaded.situation.region)
    count = len(series(loaded.situation.cells, loaded.situation.region, indicator))
    if 0 < count < MINIMUM_POINTS:
        few = Text(
            f"本市只有 {count} 个可用值，少于 {MINIMUM_POINTS} 个，不作预测，不给概率",
            f"only {count} usable values for the city, fewer than {MINIMUM_POINTS}: no projection, no probability",
        )
        found.append(Finding("too_few", Severity.NOTE, (), few))
    return found


def page(release: LoadedRelease, loaded: loading.Loaded, indicator: str, language: str) -> Page:
    """The page of an indicator. Raises ``UserError`` (404) for an unknown one."""
    situation = loaded.situation
    definition = definition_of(loaded, indicator)
    mine = [
        t
        for t in release.pack.targets
        if t.indicator == indicator or (t.relation and indicator in (t.relation.left, t.relation.right))
    ]
    verdicts = [board.judge_all([loading.target(t)], situation)[0] for t in mine]
    rows = [board.row(t, v, situation) for t, v in zip(mine, verdicts, strict=True)]
    shown, absent = columns(situation, indicator)
    table_rows = table(situation, indicator, shown)
    compared = comparison(situation, definition)
    near = [] if compared is None else chart.neighbours([(r.region, r.ours) for r in compared.ranks])
    drawn = chart.columns_drawn(shown, near, comparable=_comparable(definition))
    figures = []
    for region in (situation.region, *situation.above):
        count = len(series(situation.cells, region, indicator))
        cell = _latest(situation, region, indicator)
        figures.append(
            (
                situation.name(region),
                board.figure(cell, situation) if cell else None,
                _caption(cell, count, rows, situation, definition),
            )
        )
    found = [c.conflict for (_, i, _), c in situation.cells.items() if i == indicator and c.conflict is not None]
    own = [o for o in loaded.observations if o.indicator == indicator]
    due = board.next_figure(indicator, situation, stated_day(release, indicator))
    return Page(
        definition=definition,
        figures=tuple(figures),
        rows=tuple(rows),
        finding=finding(situation, definition),
        columns=tuple(shown),
        table=tuple(table_rows),
        absent=tuple(absent),
        chart=chart.options(definition, shown, table_rows, rows, language, drawn),
        sources=tuple(_sources(situation, [shown[i - 1] for i in drawn], indicator)),
        other_sources=len(drawn) < len(shown),
        comparison=compared,
        conflicts=tuple(sorted(found, key=lambda c: (c.kind, c.region, c.year))),
        findings=tuple(_findings(loaded, indicator)),
        projection=projection(definition, situation),
        inversions=tuple(inversions(release.pack, situation)) if indicator == CONTRIBUTION else (),
        holder=situation.holders.get(definition.holder or ""),
        formula=formula_words(definition, situation.definitions),
        workings=workings(definition, situation),
        next_data=due,
        next_text=board.due_sentence(due),
        demo=loaded.demo,
        values=len(own),
        undated=sum(o.known_since is None for o in own),
    )


def vintages(loaded: loading.Loaded, indicator: str) -> list[Observation]:
    """All vintages of an indicator, every source, and what only its formula gives; in order of region and year."""
    return sorted(
        [o for o in loaded.observations if o.indicator == indicator]
        + [c.chosen for c in loaded.situation.cells.values() if c.indicator == indicator and Flag.COMPUTED in c.flags],
        key=lambda o: (o.region, o.year, o.source.id),
    )


__all__ = ["Page", "definition_of", "page", "vintages", "with_unit"]
