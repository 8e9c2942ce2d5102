"""Judge targets: what the data allow to be said, and no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from kechuang.indicators import reasons
from kechuang.indicators.choice import Cell
from kechuang.indicators.definitions import Definition
from kechuang.indicators.forecast import outlook
from kechuang.indicators.formulas import needed
from kechuang.indicators.observations import Flag
from kechuang.indicators.plausibility import Plausibility, plausibility
from kechuang.indicators.progress import progress_ratio
from kechuang.indicators.relations import NO_PUBLIC_FIGURE, judge_relation
from kechuang.indicators.series import best_pace, linked, others, series, years_needed
from kechuang.indicators.targets import Gap, Situation, Status, Target, Verdict
from kechuang.indicators.text import Text
from kechuang.indicators.units import UnitError, convert, gap_unit


def satisfied(value: Decimal, target: Target, wanted: Decimal, wanted_max: Decimal | None = None) -> bool | None:
    """Whether ``value`` meets the operator; None for ``~`` below the number and for ``judged``.

    左右 names no tolerance, so a value on the wrong side of the number is for a person to decide.
    """
    match target.operator:
        case ">=":
            return value >= wanted
        case ">":
            return value > wanted
        case "<=":
            return value <= wanted
        case "<":
            return value < wanted
        case "range":
            return wanted <= value and (wanted_max is None or value <= wanted_max)
        case "~":
            return True if value == wanted else None
        case _:
            return None


def _latest(cells: Iterable[Cell]) -> Cell | None:
    return max(cells, key=lambda c: c.year, default=None)


def elsewhere(indicator: str, situation: Situation) -> tuple[Cell, ...]:
    """The latest value of each region above the city (province, nation)."""
    found = (_latest(series(situation.cells, region, indicator)) for region in situation.above)
    return tuple(c for c in found if c is not None)


def _related(definition: Definition, situation: Situation) -> tuple[tuple[Cell, Text], ...]:
    found = []
    for near in definition.related:
        cell = _latest(c for (r, i, _), c in situation.cells.items() if r == situation.region and i == near.indicator)
        if cell is not None:
            found.append((cell, near.why))
    return tuple(found)


def _holder(definition: Definition | None, situation: Situation) -> Text | None:
    return situation.holders.get(definition.holder) if definition and definition.holder else None


def _without_number(target: Target, definition: Definition | None, situation: Situation) -> Verdict | None:
    """Targets that no number can judge."""
    holder = _holder(definition, situation)
    if target.kind == "reference":
        reason = Text(
            "要求的数值由另一文件规定，待附上那份标准",
            "the number is set by another document, which is not attached yet",
        )
        return Verdict(target, Status.EXTERNAL, reason, missing=target.reference, holder=holder)
    if target.value is None and target.kind == "duty":
        duty = Text("文件规定的职责，没有数值，由督办核查", "a duty without a number, checked by supervision")
        return Verdict(target, Status.QUALITATIVE, duty, holder=holder)
    if target.value is None:
        words = Text(
            "文件没有给出数值，由年度监测报告用文字评述",
            "the document gives no number; the yearly report assesses it in words",
        )
        return Verdict(target, Status.QUALITATIVE, words, holder=holder)
    return None


def judge(target: Target, situation: Situation) -> Verdict:
    """The verdict on one target, with evidence cell by cell.

    A target whose unit does not fit its indicator is not comparable, and says so.
    """
    definition = situation.definitions.get(target.indicator) if target.indicator else None
    if target.kind == "relation" and target.relation is not None:
        return judge_relation(target, situation)
    words = _without_number(target, definition, situation)
    if words is not None:
        return words
    if definition is None:
        unknown = Text("这一目标还没有对应的统计指标", "no statistical indicator stands for this target yet")
        return Verdict(target, Status.NO_DATA, unknown)
    try:
        return _with_need(_judge_level(target, definition, situation), definition, situation)
    except UnitError as error:
        reason = Text(
            f"目标和指标的单位对不上：{error.text.zh}", f"target and indicator differ in unit: {error.text.en}"
        )
        return Verdict(target, Status.INSUFFICIENT, reason)


def _with_need(verdict: Verdict, definition: Definition, situation: Situation) -> Verdict:
    """A target on a ratio turned round: what it asks of the numerator."""
    target = verdict.target
    if target.value is None or target.deadline is None or definition.formula is None:
        return verdict
    wanted = convert(target.value, target.unit or definition.unit, definition.unit)
    return replace(
        verdict,
        need=needed(definition, wanted, target.deadline.year, situation.cells, situation.definitions, situation.region),
    )


@dataclass(frozen=True)
class _Case:
    """One level target with everything its verdict needs, numbers in the indicator's unit."""

    base: Verdict
    definition: Definition
    usable: list[Cell]
    everything: list[Cell]
    wanted: Decimal
    wanted_max: Decimal | None
    deadline: dt.date
    situation: Situation

    def met(self, cell: Cell) -> bool | None:
        """Whether the cell's value meets the target; None when a person has to decide."""
        return satisfied(cell.value, self.base.target, self.wanted, self.wanted_max)

    def gap(self, cell: Cell) -> Gap:
        """Value less target."""
        return Gap(cell.value - self.wanted, gap_unit(self.definition.unit))

    def observed(self, status: Status, cell: Cell | None, reason: Text, *, gap: bool = True) -> Verdict:
        """The verdict with one observed cell."""
        return replace(
            self.base, status=status, observed=cell, reason=reason, gap=self.gap(cell) if gap and cell else None
        )


_UNFIT = Text("只有待核实或口径不符的数", "only values that are unverified or of another scope")


def _judge_level(target: Target, definition: Definition, situation: Situation) -> Verdict:
    assert target.value is not None
    unit = target.unit or definition.unit
    wanted = convert(target.value, unit, definition.unit)
    wanted_max = convert(target.value_max, unit, definition.unit) if target.value_max is not None else None
    # The cells of this one indicator: what follows goes through them once or more for every region.
    own = replace(situation, cells={key: c for key, c in situation.cells.items() if key[1] == definition.id})
    everything = sorted((c for c in own.cells.values() if c.region == own.region), key=lambda c: c.year)
    usable = [c for c in everything if c.in_series]
    base = Verdict(
        target,
        Status.NO_DATA,
        Text("", ""),
        evidence=tuple(everything),
        holder=_holder(definition, situation),
        related=_related(definition, situation),
        elsewhere=elsewhere(definition.id, own),
        best_here=best_pace(own.cells, [own.region], definition),
        best_peer=best_pace(own.cells, [*own.peers, *own.above], definition),
        remarks=_remarks(target, everything, definition),
    )
    if target.deadline is None:
        return _undated(base, definition, usable, wanted)
    if not everything:
        return _empty(base, definition, target.deadline.year)
    case = _Case(base, definition, usable, everything, wanted, wanted_max, target.deadline, own)
    return _after_deadline(case) if situation.today > target.deadline else _before_deadline(case)


def _remarks(target: Target, cells: list[Cell], definition: Definition) -> tuple[Text, ...]:
    found = []
    for cell in cells:
        if Flag.TO_VERIFY in cell.flags:
            value = reasons.cell_value(cell, definition)
            found.append(
                Text(
                    f"{cell.year} 年另有 {value.zh}，待核实，不参与判定",
                    f"another value, {value.en} for {cell.year}, is to be verified and not used",
                )
            )
    if target.aspiration:
        word = target.aspiration
        found.append(Text(f"文件用“{word}”，是努力方向", f"the document says “{word}”: an aspiration"))
    return tuple(found)


def _empty(base: Verdict, definition: Definition, year: int) -> Verdict:
    missing = reasons.missing_values(definition.name, Text(f"{year} 年", str(year)), base.holder)
    if base.related:
        why = base.related[0][1]
        reason = Text(f"只有相近口径的数，不能比较：{why.zh}", f"only a near figure, not comparable: {why.en}")
        return replace(base, status=Status.INSUFFICIENT, missing=missing, reason=reason)
    return replace(base, missing=missing, reason=NO_PUBLIC_FIGURE)


def _undated(base: Verdict, definition: Definition, usable: list[Cell], wanted: Decimal) -> Verdict:
    latest = _latest(usable)
    reason = Text("文件没有定期限，需要领导小组明确", "the document sets no deadline; the leading group has to")
    if latest is None:
        missing = reasons.missing_values(definition.name, Text("", ""), base.holder)
        return replace(base, status=Status.UNDATED, reason=reason, missing=missing)
    gap = Gap(latest.value - wanted, gap_unit(definition.unit))
    return replace(base, status=Status.UNDATED, reason=reason, observed=latest, gap=gap)


def _after_deadline(case: _Case) -> Verdict:
    year = case.deadline.year
    at = next((c for c in case.everything if c.year == year), None)
    if at is not None and Flag.TO_VERIFY in at.flags:
        reason = Text(f"{year} 年的数待核实，先不判定", f"the value for {year} is to be verified; no verdict yet")
        return case.observed(Status.TO_VERIFY, at, reason, gap=False)
    if at is not None and not at.in_series:
        note = reasons.caution(at)
        reason = Text(
            f"{year} 年的数口径不符{note.zh}，不比较",
            f"the value for {year} does not fit the definition{note.en}; not compared",
        )
        return case.observed(Status.INSUFFICIENT, at, reason, gap=False)
    if at is not None:
        return _decided(case, at)
    near = min(case.usable, key=lambda c: (abs(c.year - year), -c.year), default=None)
    if near is None:
        return case.observed(Status.TO_VERIFY, _latest(case.everything), _UNFIT, gap=False)
    met = case.met(near) is True
    reason = reasons.other_year(near, year, case.base.target, case.definition, met=met)
    return case.observed(Status.INSUFFICIENT, near, reason)


def _decided(case: _Case, at: Cell) -> Verdict:
    met = case.met(at)
    reason = reasons.compared(at, case.base.target, case.definition, case.gap(at))
    if met is None:
        text = Text(
            f"{reason.zh}；“左右”没有写允许相差多少，由人判定",
            f"{reason.en}; “about” states no tolerance, so a person decides",
        )
        return case.observed(Status.TO_VERIFY, at, text)
    if met:
        return case.observed(Status.REACHED, at, reason)
    best, latest = reasons.fastest(case.base, case.definition), case.usable[-1]
    years = None
    if best is not None and case.met(latest) is False:
        years = years_needed(case.wanted - latest.value, best.per_year)
    return replace(case.observed(Status.MISSED, at, reason), years_at_best=years)


def _before_deadline(case: _Case) -> Verdict:
    latest = _latest(case.usable)
    if latest is None:
        return case.observed(Status.TO_VERIFY, _latest(case.everything), _UNFIT, gap=False)
    reason = reasons.compared(latest, case.base.target, case.definition, case.gap(latest))
    if case.met(latest):
        return case.observed(Status.REACHED, latest, reason)
    left = case.deadline.year - latest.year
    if left <= 0:
        return case.observed(Status.OFF_TRACK, latest, reason)
    required = (case.wanted - latest.value) / left
    likely = _plausibility(case, latest)
    comparable = linked(case.usable, case.definition, latest.region)
    if len(comparable) < 2:
        text = Text(f"{reason.zh}；可用值太少，看不出走势", f"{reason.en}; too few usable values to show a trend")
        return replace(case.observed(Status.TOO_FEW, latest, text), required=required, plausibility=likely)
    first, last = min(comparable), max(comparable)
    average = (comparable[last] - comparable[first]) / (last - first)
    enough = average >= required if required > 0 else average <= required
    ratio = progress_ratio(
        (first, comparable[first]),
        (last, comparable[last]),
        (case.deadline.year, case.wanted),
        better=case.definition.better,
    )
    status = Status.ON_TRACK if enough else Status.OFF_TRACK
    around = case.situation
    peers = others(around.cells, (*around.peers, *around.above), case.definition, latest.region)
    view = outlook(
        {y: float(v) for y, v in comparable.items()},
        case.deadline.year,
        peers,
        relative=case.definition.unit != "%",
    )
    return replace(
        case.observed(status, latest, reason), required=required, progress=ratio, outlook=view, plausibility=likely
    )


def _plausibility(case: _Case, latest: Cell) -> Plausibility | None:
    """How many regions, the city among them, ever made the jump that is still to come."""
    around, definition = case.situation, case.definition
    histories = {
        region: linked(series(around.cells, region, definition.id), definition, region)
        for region in (around.region, *around.peers, *around.above)
    }
    return plausibility(definition, (latest.year, latest.value), (case.deadline.year, case.wanted), histories)


def judge_all(targets: Iterable[Target], situation: Situation) -> list[Verdict]:
    """Verdicts in the order given; a nested target (其中) is also checked against the one it belongs to."""
    verdicts = [judge(target, situation) for target in targets]
    by_id = {v.target.id: v for v in verdicts}
    return [_nested(v, by_id.get(v.target.nested_in)) if v.target.nested_in else v for v in verdicts]


def _nested(verdict: Verdict, whole: Verdict | None) -> Verdict:
    """A part cannot exceed its whole: if it does, one of the two numbers is wrong."""
    if whole is None:
        return verdict
    part, total = verdict.observed, whole.observed
    if part is None or total is None or part.year != total.year or part.unit != total.unit or part.value <= total.value:
        return verdict
    return replace(
        verdict,
        status=Status.TO_VERIFY,
        reason=Text(
            f"其中项 {part.value} 大于总数 {total.value}，数据有误，先不判定",
            f"the part ({part.value}) exceeds the whole ({total.value}): one of the numbers is wrong; no verdict",
        ),
    )
