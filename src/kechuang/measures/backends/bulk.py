"""What every engine for whole populations shares: scenarios, results, and the compiled program of many measures.

The program reads two relations, ``kc_facts`` (good rows, numbers as scaled integers) and ``kc_parameters`` (one row per
scenario), and gives one row per subject and scenario. Its text is kept by the hash of the rules.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote() and text_literal()

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from kechuang.expressions.check import suggestion
from kechuang.expressions.nodes import Aggregate, Node, ParameterOn, names, walk
from kechuang.expressions.ranges import signature
from kechuang.measures.backends import kept
from kechuang.measures.backends.cleaning import REASONS, PopulationError, quote
from kechuang.measures.facts import TODAY, scope
from kechuang.measures.model import Catalogue, Measure, Parameter, Text
from kechuang.measures.program import Program, compile_measure, parameters_on
from kechuang.measures.receipt import rule_digest

_COMPILED: dict[tuple[object, ...], str] = {}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One set of parameter values to try: ``{"receiver-subsidy": {"cap": Decimal("300000")}}``; others as in force."""

    id: str
    parameters: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Total:
    """One measure under one scenario: how many get it, do not, are unknown, and the sum in yuan."""

    scenario: str
    measure: str
    yes: int
    no: int
    unknown: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that sent its row to quarantine; ``fact`` is None for faults of the key."""

    key: str | None
    fact: str | None
    value: str | None
    reason: str

    @property
    def message(self) -> Text:
        """The reason in both languages."""
        return REASONS[self.reason]


def used_facts(program: Program) -> tuple[str, ...]:
    """Facts of the conditions and of the amount in use; other readings are not computed here."""
    return tuple(dict.fromkeys(f for tree in trees(program) for f in names(tree, "fact")))


def used_records(programs: Sequence[Program]) -> dict[str, list[str]]:
    """The relations of the programs, each with the facts that are needed of its records."""
    found: dict[str, dict[str, None]] = {}
    for node in (x for program in programs for tree in trees(program) for x in walk(tree)):
        if isinstance(node, Aggregate):
            needed = names(node.body, "element") if node.body is not None else ()
            found.setdefault(node.relation.id, {}).update(dict.fromkeys(needed))
    return {relation: list(elements) for relation, elements in found.items()}


def trees(program: Program) -> list[Node]:
    formulas = [c.formula for c in program.conditions] + ([program.amount] if program.amount else [])
    return [f.tree for f in formulas]


def output_names(program: Program) -> tuple[str, str]:
    """The quoted columns of a measure in the compiled program: whether it applies, and the amount in fen."""
    return quote(f"{program.measure.id}:applies"), quote(f"{program.measure.id}:amount")


def is_yes(program: Program) -> str:
    """SQL: the measure applies and its amount is known."""
    applies, amount = output_names(program)
    return f"{applies} AND {amount} IS NOT NULL" if program.amount else applies


def status_sql(program: Program) -> str:
    """SQL: yes, no, unknown; for amounts that another document sets, or nobody, delegated or unstated."""
    applies, _ = output_names(program)
    measure = program.measure
    if measure.amount_is == "delegated" or (measure.amount_is == "unstated" and measure.kind == "money"):
        return f"CASE WHEN NOT {applies} THEN 'no' ELSE '{measure.amount_is}' END"
    return f"CASE WHEN NOT {applies} THEN 'no' WHEN {is_yes(program)} THEN 'yes' ELSE 'unknown' END"


def amount_sql(program: Program) -> str:
    """SQL: the amount in yuan as DECIMAL(18, 2), only where the answer is yes."""
    _, amount = output_names(program)
    value = "NULL"
    if program.amount:
        value = f"CASE WHEN {is_yes(program)} THEN CAST({amount} AS DECIMAL(20, 0)) * 0.01 END"
    return f"CAST({value} AS DECIMAL(18, 2))"


def totals_sql(programs: Sequence[Program], program_sql: str, fen: str = "{}", single: bool = False) -> str:
    """SQL of the sums, one row per scenario that has rows; ``fen`` is how an engine widens an amount so that its sum
    fits, ``single`` says that there is one scenario, so that nothing is grouped.

    Aggregates without FILTER: DuckDB cuts its rows out again for every filter, while a case is computed once.
    """
    parts = ["FIRST(scenario)", "COUNT(*)"]
    for program in programs:
        applies, amount = output_names(program)
        yes = f"COALESCE(COUNT_IF({applies}), 0)"  # NULL in DuckDB where every answer is unknown
        no = f"COUNT({applies}) - {yes}"
        if program.amount:
            granted = f"CASE WHEN {applies} THEN {fen.format(amount)} END"  # NULL, also where the amount is unknown
            parts += [f"COUNT({granted})", no, f"COALESCE(SUM({granted}), 0)"]
        else:
            parts += [yes, no, "0"]
    groups = "HAVING COUNT(*) > 0" if single else "GROUP BY n ORDER BY n"
    return f"SELECT {', '.join(parts)} FROM ({program_sql}) AS results {groups}"


def totals_from(programs: Sequence[Program], rows: Iterable[Sequence[Any]]) -> list[Total]:
    """The rows of ``totals_sql`` as totals, scenario by scenario."""
    found: list[Total] = []
    for scenario, count, *values in rows:
        for i, program in enumerate(programs):
            yes, no, fen = values[3 * i : 3 * i + 3]
            amount = Decimal(int(fen)).scaleb(-2)
            found.append(Total(scenario, program.measure.id, yes, no, count - yes - no, amount))
    return found


def lacking_columns(needed: Sequence[str], columns: Collection[str]) -> None:
    """Raises ``PopulationError`` that names the columns that are lacking, with suggestions."""
    lacking = [name for name in needed if name not in columns]
    if lacking:
        near = {name: suggestion(name, columns) for name in lacking}
        zh = "、".join(f"{n}（是不是“{s}”？）" if s else n for n, s in near.items())
        en = ", ".join(f'{n} (did you mean "{s}"?)' if s else n for n, s in near.items())
        raise PopulationError(f"数据缺列：{zh}", f"columns are missing: {en}")


def fitting_columns(
    measures: Sequence[Measure], catalogue: Catalogue, columns: Collection[str]
) -> tuple[list[Measure], dict[str, list[str]]]:
    """The measures whose facts are all columns, and for the others the columns they lack."""
    good: list[Measure] = []
    lacking: dict[str, list[str]] = {}
    for measure in measures:
        missing = [f for f in used_facts(compile_measure(measure, catalogue)) if f not in columns]
        if missing:
            lacking[measure.id] = missing
        else:
            good.append(measure)
    return good, lacking


def parameter_name(program: Program, name: str) -> str:
    return f"{program.measure.id}:{name}"


def widen(measure: Measure, scenarios: Sequence[Scenario]) -> Measure:
    """The measure with digits for every scenario's values, so that each of them is known to fit."""
    extra: dict[str, list[tuple[dt.date, Decimal]]] = {}
    for scenario in scenarios:
        for name, value in scenario.parameters.get(measure.id, {}).items():
            if measure.parameter(name) is None:
                raise PopulationError(
                    f"方案“{scenario.id}”：{measure.id} 没有参数“{name}”",
                    f"scenario {scenario.id}: {measure.id} has no parameter {name}",
                )
            extra.setdefault(name, []).append((dt.date.max, value))
    if not extra:
        return measure
    parameters = tuple(
        Parameter(p.id, (*p.values, *extra.get(p.id, ())), p.title, p.source) for p in measure.parameters
    )
    return replace(measure, parameters=parameters)


def in_force(program: Program, on: dt.date) -> bool:
    """Whether a measure can be computed for the day: in force, and every parameter has a value by then."""
    m = program.measure
    ended = m.effective_to is not None and on > m.effective_to
    return not ended and on >= m.effective_from and parameters_on(m, on) is not None


def parameter_rows(
    programs: Sequence[Program], catalogue: Catalogue, on: dt.date, scenarios: Sequence[Scenario]
) -> tuple[list[str], list[list[Any]]]:
    """Names of the columns of ``kc_parameters`` (number, text, day, then integers) and one row per scenario.

    Every value is a scaled integer, like the facts.
    """
    for program in programs:
        dated = {x.parameter.id for tree in trees(program) for x in walk(tree) if isinstance(x, ParameterOn)}
        for scenario in scenarios:
            if tried_ := dated & scenario.parameters.get(program.measure.id, {}).keys():
                name = min(tried_)
                raise PopulationError(
                    f"方案“{scenario.id}”：参数“{name}”按另一天取值（value_on），不能作为方案的变量",
                    f"scenario {scenario.id}: {name} is looked up on another day (value_on) and cannot be varied",
                )
    columns, scales = ["n", "scenario", TODAY], []
    for program in programs:
        names = scope(catalogue, program.measure.parameters)
        for parameter in program.measure.parameters:
            columns.append(parameter_name(program, parameter.id))
            scales.append((program, parameter, names[parameter.id].type.scale))
    rows = []
    for n, scenario in enumerate(scenarios):
        row: list[Any] = [n, scenario.id, on]
        for program, parameter, scale in scales:
            tried = scenario.parameters.get(program.measure.id, {}).get(parameter.id)
            value = tried if tried is not None else parameter.on(on)
            assert value is not None
            row.append(int(value.scaleb(scale)))
        rows.append(row)
    return columns, rows


def compile_programs(programs: Sequence[Program], catalogue: Catalogue, dialect: str = "duckdb") -> str:
    """The SQL of all measures; kept by rules, by digits of their parameters and by dialect, in memory and on disk.

    The compiler, which is heavy, is loaded only for a text that is not kept.
    """
    digits = tuple(
        (p.id, scope(catalogue, (p,))[p.id].type.scale) for program in programs for p in program.measure.parameters
    )
    bounded = tuple(signature(tree) for p in programs for tree in trees(p))
    cache_key = (tuple(rule_digest(p) for p in programs), digits, bounded, dialect)
    if cache_key in _COMPILED:
        return _COMPILED[cache_key]
    text = kept.read(cache_key)
    if text is None:
        from kechuang.measures.backends import compiled

        text = compiled.text_of(programs, catalogue, dialect)
        kept.write(cache_key, text)
    if len(_COMPILED) > 200:
        _COMPILED.clear()
    _COMPILED[cache_key] = text
    return text
