"""Rules that look at one vintage or one cell."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kechuang.indicators.choice import agree_when_rounded, conflict_of, describe
from kechuang.indicators.observations import Flag, Observation, Trust, by_cell
from kechuang.indicators.quality.material import CellKey, Finding, Material, Severity
from kechuang.indicators.text import Text, number
from kechuang.indicators.units import UnitError

_DATED = {Flag.AS_OF, Flag.PART_YEAR}


def _where(o: Observation, material: Material) -> Text:
    name = material.name(o.region)
    return Text(f"{name.zh} {o.year} 年", f"{name.en} {o.year}")


def wrong_unit(material: Material) -> Iterator[Finding]:
    """A vintage whose unit measures something else; it is left out of every calculation."""
    for o in material.observations:
        definition = material.definitions.get(o.indicator)
        if definition is None:
            continue
        try:
            o.value_in(definition.unit)
        except UnitError as error:
            where = _where(o, material)
            yield Finding(
                "wrong_unit",
                Severity.ERROR,
                (o.cell,),
                Text(f"{where.zh}：{error.text.zh}，没有采用", f"{where.en}: {error.text.en}; not used"),
            )


def duplicate(material: Material) -> Iterator[Finding]:
    """The same source gives one cell twice."""
    for key, vintages in by_cell(material.observations).items():
        seen: dict[str, Observation] = {}
        for o in vintages:
            if o.source.id in seen:
                where = _where(o, material)
                yield Finding(
                    "duplicate",
                    Severity.WARNING,
                    (key,),
                    Text(
                        f"{where.zh}：同一来源出现两次（{o.source.title}）",
                        f"{where.en}: one source twice ({o.source.title})",
                    ),
                )
            seen[o.source.id] = o


def future_year(material: Material) -> Iterator[Finding]:
    """A value for a year that has not begun."""
    for o in material.observations:
        if o.year > material.today.year:
            where = _where(o, material)
            yield Finding(
                "future_year",
                Severity.ERROR,
                (o.cell,),
                Text(f"{where.zh}：年份还没到", f"{where.en}: the year has not begun"),
            )


def over_hundred(material: Material) -> Iterator[Finding]:
    """A share above 100 % or below zero."""
    for key, cell in material.cells.items():
        definition = material.definitions[cell.indicator]
        share = definition.maximum if definition.maximum is not None else _natural_maximum(cell.indicator)
        if share is not None and not 0 <= cell.value <= share:
            where = _where(cell.chosen, material)
            yield Finding(
                "over_hundred",
                Severity.ERROR,
                (key,),
                Text(
                    f"{where.zh}：{number(cell.value)} 超出可能的范围 0 到 {share}",
                    f"{where.en}: {number(cell.value)} lies outside the possible range 0 to {share}",
                ),
            )


def _natural_maximum(indicator: str) -> Decimal | None:
    return Decimal(100) if indicator.endswith(("_share", "_share_of_gdp", "_intensity")) else None


def dated(material: Material) -> Iterator[Finding]:
    """Monthly stocks and cumulative values that must not stand in a yearly series unmarked (one finding a series)."""
    found: dict[tuple[str, str], list[CellKey]] = {}
    for key, cell in material.cells.items():
        if cell.flags & _DATED:
            found.setdefault((cell.indicator, key[0]), []).append(key)
    for (_, region), keys in sorted(found.items()):
        years = "、".join(str(k[2]) for k in sorted(keys))
        name = material.name(region)
        yield Finding(
            "dated",
            Severity.NOTE,
            tuple(sorted(keys)),
            Text(
                f"{name.zh} {years} 年是月度时点数或累计数，不与年末数相减",
                f"{name.en} {years.replace('、', ', ')}: as of a month or cumulative; not to be subtracted from "
                "year-end values",
            ),
        )


def conflict(material: Material) -> Iterator[Finding]:
    """Sources that disagree by more than rounding; both numbers are kept."""
    for key, cell in material.cells.items():
        if cell.conflict is not None and cell.conflict.kind == "disagreement":
            name, text = material.name(key[0]), describe(cell.conflict)
            yield Finding("conflict", Severity.WARNING, (key,), Text(f"{name.zh} {text.zh}", f"{name.en} {text.en}"))


def weak_source(material: Material) -> Iterator[Finding]:
    """A press or web page that contradicts an official figure by more than rounding."""
    for key, vintages in by_cell(material.observations).items():
        definition = material.definitions.get(key[1])
        if definition is None or len(vintages) < 2 or key not in material.cells:
            continue
        best = material.cells[key].chosen
        if best.source.trust is not Trust.OFFICIAL:
            continue
        for o in vintages:
            if o.source.trust is Trust.SECONDARY and conflict_of([best, o], definition.unit) is not None:
                a, b = best.value_in(definition.unit), o.value_in(definition.unit)
                if agree_when_rounded(a, b):
                    continue
                where = _where(o, material)
                yield Finding(
                    "weak_source",
                    Severity.WARNING,
                    (key,),
                    Text(
                        f"{where.zh}：“{o.source.title}”写 {number(b)}，官方为 {number(a)}，取官方",
                        f"{where.en}: “{o.source.title}” gives {number(b)}, the office {number(a)}; the office's is "
                        "used",
                    ),
                )


def target_as_value(material: Material) -> Iterator[Finding]:
    """An observation that equals a target of the same indicator for a near year, or that is marked as unverified."""
    wanted: dict[str, list[tuple[int, Decimal]]] = {}
    for target in material.targets:
        if target.indicator and target.value is not None and target.deadline is not None:
            wanted.setdefault(target.indicator, []).append((target.deadline.year, target.value))
    for key, cell in material.cells.items():
        where = _where(cell.chosen, material)
        near = wanted.get(cell.indicator, []) if cell.region == material.home else []
        equal = [y for y, v in near if v == cell.value and abs(y - cell.year) <= 2]
        if Flag.TO_VERIFY in cell.flags:
            yield Finding(
                "target_as_value",
                Severity.WARNING,
                (key,),
                Text(
                    f"{where.zh}：{number(cell.value)} 待核实：{_first(cell.chosen.note)}",
                    f"{where.en}: {number(cell.value)} is to be verified",
                ),
            )
        elif equal:
            yield Finding(
                "target_as_value",
                Severity.WARNING,
                (key,),
                Text(
                    f"{where.zh}：{number(cell.value)} 与 {equal[0]} 年的目标值相同，可能是目标而不是实绩",
                    f"{where.en}: {number(cell.value)} equals the target for {equal[0]}; perhaps a target, not a "
                    "result",
                ),
            )


def _first(note: str) -> str:
    return note.split(" / ", maxsplit=1)[0]


RULES = (wrong_unit, duplicate, future_year, over_hundred, dated, conflict, weak_source, target_as_value)
