"""The targets board: one row for each target, the sentence on top, and the tally of lights."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from kechuang.citypack import models as pack_models
from kechuang.indicators import Cell, Situation, Status, Text, Verdict, judge_all
from kechuang.indicators.due import Due, next_due
from kechuang.indicators.forecast import MODEL_NAMES
from kechuang.indicators.reasons import (
    caution,
    cell_value,
    chance_shown,
    need_sentence,
    pace_sentence,
    plausibility_sentence,
    progress_sentence,
    target_value,
    with_unit,
)
from kechuang.indicators.text import number
from kechuang.indicators.units import POINT
from kechuang.web.policy.domain.queries import LoadedRelease
from kechuang.web.policy.domain.structure import Place

from . import loading

LIGHTS = {
    Status.REACHED: ("ok", "check-circle-fill"),
    Status.ON_TRACK: ("ok", "arrow-up-right-circle-fill"),
    Status.MISSED: ("miss", "x-octagon-fill"),
    Status.OFF_TRACK: ("warn", "exclamation-triangle-fill"),
    Status.TO_VERIFY: ("warn", "patch-question"),
    Status.INSUFFICIENT: ("warn", "question-diamond-fill"),
    Status.TOO_FEW: ("warn", "hourglass-split"),
    Status.NO_DATA: ("off", "dash-circle"),
    Status.EXTERNAL: ("off", "box-arrow-up-right"),
    Status.UNDATED: ("off", "calendar-x"),
    Status.QUALITATIVE: ("off", "card-text"),
}


@dataclass(frozen=True)
class Light:
    """A judgement: class, icon and words."""

    kind: str
    icon: str
    text: Text


@dataclass(frozen=True)
class Figure:
    """A cell in words: value with unit, and year with cautions."""

    value: Text
    when: Text
    region: Text
    cell: Cell


@dataclass(frozen=True)
class Row:
    """One target on the board."""

    record: pack_models.Target
    verdict: Verdict
    light: Light
    wanted: Text
    deadline: Text
    observed: Figure | None
    gap: Text | None
    pace: Text | None
    odds: Text | None
    elsewhere: tuple[Figure, ...]
    related: tuple[tuple[Figure, Text], ...]
    departments: tuple[tuple[Text, bool], ...]
    indicator: str | None
    nested: bool
    next_data: Due | None
    more: tuple[Text, ...]
    """Beside the verdict: progress class, how many ever made such a jump, what the target asks of a part of its formula."""

    @property
    def next_text(self) -> Text | None:
        """The next figure in words."""
        return due_sentence(self.next_data) if self.next_data else None

    @property
    def show_deadline(self) -> bool:
        """Whether the deadline has to be said: not when the title says the year."""
        day = self.record.deadline
        return day is not None and str(day.year) not in self.record.title.zh


@dataclass(frozen=True)
class Group:
    """Rows from one clause."""

    place: Place | None
    source: pack_models.Source
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Board:
    """The whole board."""

    sentence: Text
    tally: tuple[tuple[Light, int], ...]
    groups: tuple[Group, ...]
    total: int
    demo: bool


def light(status: Status) -> Light:
    """The light of a status."""
    kind, icon = LIGHTS[status]
    return Light(kind, icon, status.label)


def figure(cell: Cell, situation: Situation) -> Figure:
    """A cell for a page."""
    note = caution(cell)
    when = Text(f"{cell.year} 年{note.zh}", f"{cell.year}{note.en}")
    return Figure(cell_value(cell, situation.definitions[cell.indicator]), when, situation.name(cell.region), cell)


def _gap(verdict: Verdict, situation: Situation) -> Text | None:
    if verdict.gap is None:
        return None
    definition = situation.definitions.get(verdict.target.indicator or "")
    if definition is None or verdict.gap.unit.zh == POINT:
        shown = number(verdict.gap.value, signed=True)
        return Text(f"{shown} 点", f"{shown} pp")
    return with_unit(verdict.gap.value, definition.unit, definition.unit_en, signed=True)


def _odds(verdict: Verdict) -> Text | None:
    """Probability of reaching an open target, or why none is given; nothing once the matter is settled."""
    if verdict.status not in (Status.ON_TRACK, Status.OFF_TRACK, Status.TOO_FEW) or verdict.target.value is None:
        return None
    best = verdict.outlook.best if verdict.outlook else None
    if best is None:
        return Text("可用值少于 8 个，不给概率", "fewer than 8 usable values: no probability")
    shown = chance_shown(best.probability(float(verdict.target.value), better=verdict.target.better))
    name = MODEL_NAMES[best.model]
    return Text(f"{shown}（{name.zh}）", f"{shown} ({name.en})")


def _more(verdict: Verdict, situation: Situation) -> tuple[Text, ...]:
    found = []
    if verdict.progress is not None:
        found.append(progress_sentence(verdict.progress))
    if verdict.plausibility is not None:
        found.append(plausibility_sentence(verdict.plausibility))
    if verdict.need is not None:
        found.append(need_sentence(verdict.need, situation))
    return tuple(found)


def _deadline(record: pack_models.Target) -> Text:
    if record.deadline is None:
        return Text("逐年", "every year") if record.kind == "relation" else Text("没有期限", "no deadline")
    if (record.deadline.month, record.deadline.day) == (12, 31):
        return Text(f"{record.deadline.year} 年", str(record.deadline.year))
    return Text(record.deadline.isoformat(), record.deadline.isoformat())


def _wanted(record: pack_models.Target, verdict: Verdict, situation: Situation) -> Text:
    if record.kind == "relation" and verdict.target.relation:
        return Text("增幅更高", "faster growth")
    if record.value is None:
        return Text("另一文件规定", "set elsewhere") if record.kind == "reference" else Text("没有数值", "no number")
    return target_value(verdict.target, situation.definitions.get(record.indicator or ""))


def next_figure(indicator: str, situation: Situation, rule: str | None) -> Due:
    """The figure of the city to look for next; ``rule`` is the day (MM-DD) the pack states for the indicator."""
    known = {y for r, i, y in situation.cells if (r, i) == (situation.region, indicator)}
    return next_due(known, situation.today, rule)


def due_sentence(due: Due) -> Text:
    """The next figure in words; whether its day is the platform's default is said beside it."""
    if due.late:
        return Text(f"{due.year} 年的，{due.day} 应报未报", f"{due.year}, overdue since {due.day}")
    return Text(f"{due.year} 年的数，{due.day} 前", f"{due.year}, by {due.day}")


def row(record: pack_models.Target, verdict: Verdict, situation: Situation, due: str | None = None) -> Row:
    """The board's row for one verdict; ``due`` is the stated day (MM-DD) of the indicator's yearly figure."""
    definition = situation.definitions.get(record.indicator or "")
    indicator = record.indicator or (record.relation.left if record.relation else None)
    return Row(
        record=record,
        verdict=verdict,
        light=light(verdict.status),
        wanted=_wanted(record, verdict, situation),
        deadline=_deadline(record),
        observed=figure(verdict.observed, situation) if verdict.observed else None,
        gap=_gap(verdict, situation),
        pace=pace_sentence(verdict, definition, situation) if definition and verdict.observed else None,
        odds=_odds(verdict),
        elsewhere=tuple(figure(cell, situation) for cell in verdict.elsewhere),
        related=tuple((figure(cell, situation), why) for cell, why in verdict.related),
        departments=tuple(
            (situation.holders.get(d.id, Text(d.id, d.id)), d.basis == "implied") for d in record.departments
        ),
        indicator=indicator if indicator in situation.definitions else None,
        nested=record.nested_in is not None,
        more=_more(verdict, situation),
        next_data=next_figure(indicator, situation, due) if indicator in situation.definitions else None,
    )


def _named(row: Row) -> Text:
    """Title, year where the title does not say it, and light."""
    title, day = row.record.title, row.record.deadline
    year = str(day.year) if day else ""
    zh = f"（{year} 年）" if year and year not in title.zh else ""
    en = f" ({year})" if year and year not in title.en else ""
    return Text(f"{title.zh}{zh}，{row.light.text.zh}", f"{title.en}{en}, {row.light.text.en.lower()}")


def _scope(rows: list[Row]) -> Text:
    duties = sum(r.record.kind == "duty" for r in rows)
    goals = len(rows) - duties
    if not duties:
        return Text(f"{goals} 项目标", f"{goals} targets")
    return Text(f"{goals} 项目标和 {duties} 项职责", f"{goals} targets and {duties} duties")


def sentence(rows: list[Row]) -> Text:
    """The board in one or two sentences: how many can be judged, which, and how many have no data."""
    scope = _scope(rows)
    judged = [r for r in rows if r.verdict.status.judged]
    empty = sum(r.verdict.status is Status.NO_DATA for r in rows)
    n = len(judged)
    if not judged:
        zh = f"{scope.zh}里，还没有一项能用同口径数据判定。"
        en = f"Of {scope.en}, none can be judged yet on data of its own definition."
    elif n <= 3:
        named = [_named(r) for r in judged]
        zh = f"{scope.zh}里，只有 {n} 项能用同口径数据判定：{'；'.join(x.zh for x in named)}。"
        en = f"Of {scope.en}, only {n} can be judged on data of the same definition: {'; '.join(x.en for x in named)}."
    else:
        count = Counter(r.light.text for r in judged)
        zh = f"{scope.zh}里，{n} 项能用同口径数据判定：{'，'.join(f'{k} 项{s.zh}' for s, k in count.items())}。"
        en = f"Of {scope.en}, {n} can be judged: {', '.join(f'{k} {s.en.lower()}' for s, k in count.items())}."
    if empty:
        zh += f"{empty} 项没有可以核对的公开数据。"
        en += f" {empty} {'has' if empty == 1 else 'have'} no public figure that can be checked."
    return Text(zh, en)


def board(release: LoadedRelease, loaded: loading.Loaded) -> Board:
    """The board of a release."""
    situation, records = loaded.situation, release.pack.targets
    verdicts = judge_all([loading.target(record) for record in records], situation)
    stated = {i.id: i.due for i in release.pack.indicators}
    groups: dict[Any, list[Row]] = {}
    first: dict[Any, pack_models.Source] = {}
    for record, verdict in zip(records, verdicts, strict=True):
        place = release.index.place(record.source)
        key = (place.document.id, place.clause.id) if place else ("", record.source.clause)
        first.setdefault(key, record.source)
        due = stated.get(record.indicator or (record.relation.left if record.relation else ""))
        groups.setdefault(key, []).append(row(record, verdict, situation, due))
    rows = [r for part in groups.values() for r in part]
    count = Counter(r.verdict.status for r in rows)
    return Board(
        sentence=sentence(rows),
        tally=tuple((light(s), count[s]) for s in Status if count[s]),
        groups=tuple(Group(release.index.place(first[key]), first[key], tuple(part)) for key, part in groups.items()),
        total=len(rows),
        demo=loaded.demo,
    )
