"""The page of one indicator: three figures, the table that the chart is drawn from, peers, conflicts, citation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from kechuang.indicators import Cell, Definition, Flag, Observation, Situation, Text
from kechuang.indicators.choice import Conflict
from kechuang.indicators.observations import OUTSIDE_SERIES
from kechuang.indicators.reasons import cell_value, with_unit
from kechuang.indicators.series import series
from kechuang.indicators.text import number
from kechuang.indicators.units import gap_unit
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import LoadedRelease

from . import board, loading

FEW = 3
"""A city with at most this many values is drawn as single points, not as a line."""


@dataclass(frozen=True)
class Column:
    """One region of the table."""

    region: str
    name: Text
    kind: str


@dataclass(frozen=True)
class TableCell:
    """A cell of the table; without a value it stays empty. ``hollow`` points are drawn open and not joined."""

    cell: Cell | None
    shown: str
    hollow: bool
    differs: bool
    note: Text | None


@dataclass(frozen=True)
class TableRow:
    """One year."""

    year: int
    cells: tuple[TableCell, ...]
    remarks: tuple[Text, ...]


@dataclass(frozen=True)
class Rank:
    """One region in the comparison of a year; ``width`` is the bar in per cent of the largest."""

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
    chart: dict[str, object]
    sources: tuple[tuple[Text, str, str | None, Text], ...]
    comparison: Comparison | None
    conflicts: tuple[Conflict, ...]
    holder: Text | None
    demo: bool


def definition_of(loaded: loading.Loaded, indicator: str) -> Definition:
    """The definition of an indicator. Raises ``UserError`` (404)."""
    try:
        return loaded.situation.definitions[indicator]
    except KeyError:
        raise UserError(
            f"没有编号为“{indicator}”的指标。", f"There is no indicator “{indicator}”.", code="unknown", status=404
        ) from None


def _latest(situation: Situation, region: str, indicator: str) -> Cell | None:
    found = series(situation.cells, region, indicator)
    return found[-1] if found else None


def columns(situation: Situation, indicator: str) -> tuple[list[Column], list[Text]]:
    """The regions that have any value, the city first, and the names of those that have none."""
    wanted = [
        (situation.region, "city"),
        *((r, "above") for r in situation.above),
        *((r, "peer") for r in situation.peers),
    ]
    seen = {region for (region, i, _) in situation.cells if i == indicator}
    shown = [Column(r, situation.name(r), kind) for r, kind in wanted if r in seen or kind != "peer"]
    return shown, [situation.name(r) for r, _ in wanted if r not in seen]


def _table_cell(cell: Cell | None) -> TableCell:
    if cell is None:
        return TableCell(None, "", hollow=False, differs=False, note=None)
    labels = [f.label for f in sorted(cell.flags) if f is not Flag.MEANING_INFERRED]
    note = Text("、".join(x.zh for x in labels), "; ".join(x.en for x in labels)) if labels else None
    differs = cell.conflict is not None and cell.conflict.kind == "disagreement"
    hollow = bool(cell.flags & (OUTSIDE_SERIES | {Flag.AS_OF}))
    return TableCell(cell, number(cell.value), hollow, differs, note)


def table(situation: Situation, indicator: str, shown: list[Column]) -> list[TableRow]:
    """One row for each year from the first to the last that any region has: gaps stay visible."""
    years = {year for (region, i, year) in situation.cells if i == indicator and any(c.region == region for c in shown)}
    if not years:
        return []
    rows = []
    for year in range(min(years), max(years) + 1):
        cells = tuple(_table_cell(situation.cells.get((c.region, indicator, year))) for c in shown)
        notes: Counter[Text] = Counter(cell.note for cell in cells if cell.note)
        remarks = []
        for note, count in notes.items():
            names = [c.name for c, cell in zip(shown, cells, strict=True) if cell.note == note]
            who = (
                Text("各地", "all")
                if count > 3
                else Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))
            )
            remarks.append(Text(f"{who.zh}：{note.zh}", f"{who.en}: {note.en}"))
        rows.append(TableRow(year, cells, tuple(remarks)))
    return rows


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
            unit = gap_unit(definition.unit)
            unit = Text(unit.zh, unit.en if unit.en != definition.unit else definition.unit_en)
            side = Text("高", "above") if difference > 0 else Text("低", "below")
            size = number(abs(difference))
            return Text(
                f"{year} 年，{city.zh}比{other.zh}{side.zh} {size} {unit.zh}",
                f"In {year} {city.en} is {size} {unit.en} {side.en} {other.en}",
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
                situation.name(cell.region),
                number(cell.value),
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


def _chart(
    definition: Definition, shown: list[Column], rows: list[TableRow], targets: list[board.Row], language: str
) -> dict[str, object]:
    """Options for the chart, which is drawn from the table: the city, the regions above it, targets and breaks."""
    drawn = [i for i, column in enumerate(shown, 1) if column.kind != "peer"]
    years = [row.year for row in rows]
    filled = sum(1 for row in rows if row.cells and row.cells[0].cell is not None)
    options: dict[str, object] = {
        "cols": drawn,
        "names": [shown[i - 1].name.of(language) for i in drawn],
        "unit": definition.unit if definition.unit == "%" else "",
        "yname": definition.unit if language.startswith("zh") else definition.unit_en,
    }
    if 0 < filled <= FEW:
        options["sparse"] = [1]
    lines = []
    for row in targets:
        value, deadline = row.verdict.target.value, row.record.deadline
        if (
            value is None
            or row.record.indicator != definition.id
            or (row.record.unit or definition.unit) != definition.unit
        ):
            continue
        last = str(min(deadline.year, years[-1])) if deadline and years and deadline.year >= years[0] else None
        line: dict[str, object] = {"y": float(value), "text": f"{row.wanted.of(language)}"}
        if last:
            line["to"] = last
            line["text"] = (
                f"{row.wanted.of(language)} ({row.deadline.of(language)})"
                if language == "en"
                else f"{row.wanted.zh}（{row.deadline.zh}）"
            )
        lines.append(line)
    if lines:
        options["lines"] = lines
        highest = max([float(c.cell.value) for r in rows for c in r.cells if c.cell] + [float(x["y"]) for x in lines])  # type: ignore[arg-type]
        if highest > 0:
            options["max"] = float(f"{highest * 1.08:.2g}")
    bands = [
        {"from": str(b.year - 1), "to": str(b.year), "text": "口径断点" if language.startswith("zh") else "break"}
        for b in definition.breaks
        if years
        and years[0] < b.year <= years[-1]
        and b.region in ("", shown[0].region, *(c.region for c in shown if c.kind == "above"))
    ]
    if bands:
        options["bands"] = bands
    return options


def _sources(situation: Situation, shown: list[Column], indicator: str) -> list[tuple[Text, str, str | None, Text]]:
    """Which sources the city's, province's and nation's values come from: names, title, address, trust."""
    found: dict[str, tuple[list[Text], str, str | None, Text]] = {}
    for column in shown:
        for (region, i, _), cell in situation.cells.items():
            if i != indicator or region != column.region:
                continue
            source = cell.chosen.source
            names = found.setdefault(source.id, ([], source.title, source.url, source.trust.label))[0]
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
    return Page(
        definition=definition,
        figures=tuple(figures),
        rows=tuple(rows),
        finding=finding(situation, definition),
        columns=tuple(shown),
        table=tuple(table_rows),
        absent=tuple(absent),
        chart=_chart(definition, shown, table_rows, rows, language),
        sources=tuple(_sources(situation, shown, indicator)),
        comparison=comparison(situation, definition),
        conflicts=tuple(sorted(found, key=lambda c: (c.kind, c.region, c.year))),
        holder=situation.holders.get(definition.holder or ""),
        demo=loaded.demo,
    )


def vintages(loaded: loading.Loaded, indicator: str) -> list[Observation]:
    """All vintages of an indicator, every source, in order of region and year."""
    return sorted(
        (o for o in loaded.observations if o.indicator == indicator), key=lambda o: (o.region, o.year, o.source.id)
    )


__all__ = ["Page", "definition_of", "page", "vintages", "with_unit"]
