"""What the home page shows: the figures the city chose, each with its target, gap, judgement and source."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kechuang.citypack import models as pack_models
from kechuang.indicators import Flag, Text
from kechuang.indicators.observations import Trust
from kechuang.web.monitoring.domain import queries as monitoring
from kechuang.web.monitoring.domain.board import Board, Row, board
from kechuang.web.policy.domain.queries import LoadedRelease


@dataclass(frozen=True)
class Figure:
    """A key figure. ``row`` is the target it is held against, if the policy sets one."""

    record: pack_models.Indicator
    value: Decimal | None
    year: int | None
    source: str
    note: Text | None
    row: Row | None
    goal: Decimal | None
    doubtful: bool


@dataclass(frozen=True)
class Home:
    """Figures and the sentence of the board."""

    figures: tuple[Figure, ...]
    sentence: Text
    targets: int


_kept: OrderedDict[int, tuple[Any, Home]] = OrderedDict()


def _main_row(rows: list[Row]) -> Row | None:
    """Of several targets for an indicator, the one with the latest deadline: where the city wants to end up."""
    dated = [row for row in rows if row.record.deadline]
    return max(dated, key=lambda row: row.record.deadline, default=rows[0] if rows else None)


def _figure(record: pack_models.Indicator, rows: list[Row], loaded: Any) -> Figure:
    situation = loaded.situation
    cells = [
        cell for (region, name, _), cell in situation.cells.items() if region == situation.region and name == record.id
    ]
    row = _main_row(rows)
    used = row.verdict.observed if row is not None else None
    sound = [cell for cell in cells if cell.in_series] or cells
    cell = used or max(sound, key=lambda c: c.year, default=None)
    goal = row.record.value if row is not None else None
    if cell is None:
        return Figure(record, None, None, "", None, row, goal, False)
    trust = cell.chosen.source.trust
    labels = [flag.label for flag in sorted(cell.flags)] + ([trust.label] if trust is Trust.SECONDARY else [])
    note = Text("，".join(x.zh for x in labels), ", ".join(x.en for x in labels)) if labels else None
    doubtful = trust is Trust.SECONDARY or Flag.TO_VERIFY in cell.flags
    return Figure(record, cell.value, cell.year, cell.chosen.source.title, note, row, goal, doubtful)


def _build(release: LoadedRelease, loaded: Any, whole: Board) -> Home:
    rows = [row for group in whole.groups for row in group.rows]
    records = {record.id: record for record in release.pack.indicators}
    figures = tuple(
        _figure(records[name], [row for row in rows if row.record.indicator == name], loaded)
        for name in release.pack.city.home_figures
        if name in records
    )
    return Home(figures, whole.sentence, whole.total)


def first_measures(release: LoadedRelease, number: int = 6) -> list[pack_models.Measure]:
    """Measures for the home page: those with a stated amount first, then in the order of the document."""
    order = ("stated", "delegated", "unstated")
    return sorted(release.pack.measures, key=lambda measure: order.index(measure.amount_is))[:number]


def home() -> tuple[LoadedRelease, Home]:
    """The home page of the release in force; kept in memory until the figures change."""
    release, loaded = monitoring.figures()
    kept = _kept.get(id(loaded))
    if kept is not None and kept[0] is loaded:
        return release, kept[1]
    made = _build(release, loaded, board(release, loaded))
    _kept[id(loaded)] = (loaded, made)
    while len(_kept) > 4:
        _kept.popitem(last=False)
    return release, made
