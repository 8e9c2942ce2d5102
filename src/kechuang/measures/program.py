"""A measure made ready to run: every expression parsed, checked and compiled, once per measure and catalogue."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kechuang.expressions import nodes as n
from kechuang.expressions.check import load
from kechuang.expressions.errors import ExpressionError
from kechuang.expressions.evaluate import Fact, Run, compile_tree, evaluate
from kechuang.measures.facts import TODAY, scope
from kechuang.measures.model import Ambiguity, Catalogue, Condition, Measure, Reading
from kechuang.measures.words import Speaker

_MOST_DAYS = 1000
_FEW = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault in a measure: where (``applies[1].test``), what, and the place inside the expression if it is one."""

    measure: str
    where: str
    zh: str
    en: str
    line: int | None = None
    column: int | None = None


class MeasureError(ValueError):
    """A measure that cannot be computed as written; carries every problem found."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{p.measure} {p.where}: {p.en} ({p.zh})" for p in problems))


@dataclass(frozen=True, slots=True)
class Formula:
    """One compiled expression and the facts it names."""

    text: str
    tree: n.Node
    run: Run
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition with its formula; ``small``: it looks at choices and yes-or-no facts only, not at the day."""

    condition: Condition
    formula: Formula
    small: bool


@dataclass(frozen=True, slots=True)
class CompiledReading:
    """A reading of an ambiguity; ``formula`` is None when the measure has no amount to compute."""

    ambiguity: Ambiguity
    reading: Reading
    formula: Formula | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Program:
    """A whole measure, compiled. ``amount`` is the formula in use under the chosen or shown readings, ``asked`` the facts
    of the conditions; ``small``: all conditions look at choices and yes-or-no facts only, and few of them."""

    measure: Measure
    catalogue: Catalogue
    conditions: tuple[CompiledCondition, ...]
    amount: Formula | None
    readings: tuple[CompiledReading, ...]
    facts: tuple[str, ...]
    asked: tuple[str, ...]
    small: bool
    speaker: Speaker
    memo: dict[Any, Any]
    days: dict[dt.date, Day]

    def day(self, on: dt.date) -> Day:
        """The program on one day; the same object for every subject of that day."""
        day = self.days.get(on)
        if day is None:
            if len(self.days) >= _MOST_DAYS:
                self.days.clear()
            day = self.days[on] = _day(self.measure, on)
        return day


@dataclass(frozen=True, slots=True)
class Day:
    """What no fact changes, worked out once for all subjects: the values of the parameters (None: not in force), them and
    the day by name, and by formula what its steps say alike for everybody (``steps`` fills and reads it)."""

    parameters: dict[str, Decimal] | None
    environment: dict[str, Fact | None]
    plans: dict[int, Any]


def _day(measure: Measure, on: dt.date) -> Day:
    ended = measure.effective_to is not None and on > measure.effective_to
    parameters = None if ended or on < measure.effective_from else parameters_on(measure, on)
    return Day(parameters, {**(parameters or {}), TODAY: on}, {})


def compile_measure(measure: Measure, catalogue: Catalogue) -> Program:
    """The compiled measure; kept on the measure, so that the second call costs nothing. Raises ``MeasureError``."""
    kept = measure._compiled.get("program")
    if kept is not None and kept.catalogue is catalogue:
        return kept  # type: ignore[no-any-return]
    program, problems = _compile(measure, catalogue)
    if problems:
        raise MeasureError(problems)
    measure._compiled["program"] = program
    return program


def check_measure(measure: Measure, catalogue: Catalogue) -> list[Problem]:
    """Every fault of a measure that can be told without facts; an empty list means it can be computed."""
    return _compile(measure, catalogue)[1]


def amount_in_use(measure: Measure) -> str | None:
    """The amount under the readings in use: a chosen reading first, then the one shown, then the plain amount."""
    for pick in ("chosen", "shown"):
        for ambiguity in measure.ambiguities:
            wanted = getattr(ambiguity, pick)
            for reading in ambiguity.readings:
                if reading.id == wanted and reading.amount is not None:
                    return reading.amount
    return measure.amount


def with_reading(measure: Measure, ambiguity: str, reading: str) -> Measure:
    """The measure computed under one reading of an open question, whatever is shown or chosen otherwise.

    Raises ``ValueError`` when there is no such question or reading.
    """
    found = next((a for a in measure.ambiguities if a.id == ambiguity), None)
    if found is None or reading not in [r.id for r in found.readings]:
        known = ", ".join(f"{a.id}={r.id}" for a in measure.ambiguities for r in a.readings)
        raise ValueError(f"{measure.id} has no reading {ambiguity}={reading}; there are: {known} (没有这种读法)")
    amount = next(r.amount for r in found.readings if r.id == reading)
    others = tuple(
        a if amount is None or a is found else replace(a, shown=None, chosen=None, by=None) for a in measure.ambiguities
    )
    used = tuple(replace(a, shown=reading, chosen=None, by=None) if a.id == ambiguity else a for a in others)
    return replace(measure, ambiguities=used)


def _compile(measure: Measure, catalogue: Catalogue) -> tuple[Program, list[Problem]]:
    problems = list(_declared(measure, catalogue))
    names = scope(catalogue, measure.parameters)

    def formula(text: str, expect: str, where: str) -> Formula | None:
        try:
            tree = load(text, names, expect)
        except ExpressionError as error:
            problems.append(Problem(measure.id, where, error.zh, error.en, error.line, error.column))
            return None
        problems.extend(_ascending(measure, tree, where))
        return Formula(text, tree, compile_tree(tree), n.names(tree, "fact"))

    conditions = []
    for i, condition in enumerate(measure.applies):
        made = formula(condition.test, "boolean", f"applies[{i}].test")
        if made is not None:
            kinds = {node.type.kind for node in n.walk(made.tree) if isinstance(node, n.Name)}
            conditions.append(CompiledCondition(condition, made, kinds <= {"enum", "boolean"}))
    used = amount_in_use(measure)
    plain = formula(measure.amount, "money", "amount") if measure.amount is not None else None
    readings: list[CompiledReading] = []
    amount = plain
    for i, ambiguity in enumerate(measure.ambiguities):
        for j, reading in enumerate(ambiguity.readings):
            own = plain
            if reading.amount is not None:
                own = formula(reading.amount, "money", f"ambiguities[{i}].readings[{j}].amount")
                if reading.amount == used:
                    amount = own
            readings.append(CompiledReading(ambiguity, reading, own))
    formulas = (
        [c.formula for c in conditions] + [r.formula for r in readings if r.formula] + ([amount] if amount else [])
    )
    facts = tuple(dict.fromkeys(f for formula_ in formulas for f in formula_.facts))
    speaker = Speaker(measure, catalogue)
    asked = tuple(dict.fromkeys(f for c in conditions for f in c.formula.facts))
    small = len(asked) <= _FEW and all(c.small for c in conditions)
    program = Program(
        measure, catalogue, tuple(conditions), amount, tuple(readings), facts, asked, small, speaker, {}, {}
    )
    return program, problems


def _declared(measure: Measure, catalogue: Catalogue) -> Iterator[Problem]:
    """Faults of the record itself."""

    def problem(where: str, zh: str, en: str) -> Problem:
        return Problem(measure.id, where, zh, en)

    for parameter in measure.parameters:
        where = f"parameters.{parameter.id}"
        if not parameter.values:
            yield problem(where, "参数没有任何值", "the parameter has no value")
        if parameter.id in catalogue or parameter.id == TODAY:
            yield problem(where, "参数和事实同名", "a fact has the same name")
        if not parameter.id.isidentifier():
            yield problem(where, "参数名只能有文字、数字和下划线", "a parameter name has letters, digits and _ only")
        for day, value in parameter.values:
            if not value.is_finite():
                yield problem(where, f"{day} 的值不是数", f"the value from {day} is not a number")
    if measure.effective_to is not None and measure.effective_to < measure.effective_from:
        yield problem("effective", "失效日期早于生效日期", "it ends before it begins")
    if measure.kind == "money" and measure.amount_is == "stated" and amount_in_use(measure) is None:
        yield problem("amount", "写明金额的措施要有金额算式", "a measure with a stated amount needs an amount")
    if measure.amount_is != "stated" and measure.amount is not None:
        yield problem("amount", "金额没有写明的措施不能有金额算式", "only a stated amount can be computed")
    if measure.amount_is == "delegated" and measure.delegated_to is None:
        yield problem("delegated_to", "请写明金额由哪份文件规定", "say which document sets the amount")
    for i, ambiguity in enumerate(measure.ambiguities):
        ids = [r.id for r in ambiguity.readings]
        for pick in ("shown", "chosen"):
            wanted = getattr(ambiguity, pick)
            if wanted is not None and wanted not in ids:
                yield problem(f"ambiguities[{i}].{pick}", f"没有叫“{wanted}”的读法", f'no reading is called "{wanted}"')
        if ambiguity.chosen is not None and not ambiguity.by:
            yield problem(f"ambiguities[{i}].by", "选定读法要写明由谁决定", "a chosen reading names who decided")


def _ascending(measure: Measure, tree: n.Node, where: str) -> Iterator[Problem]:
    """Tier bounds made of parameters must ascend on every day on which a value changes."""
    days = sorted({day for p in measure.parameters for day, _ in p.values})
    for node in n.walk(tree):
        if not isinstance(node, n.Tiers | n.Marginal):
            continue
        for day in days or [measure.effective_from]:
            environment = parameters_on(measure, day)
            if environment is None:
                continue
            bounds = [(evaluate(row.bound, environment), row.strict) for row in node.rows]
            if any(not a < b for a, b in itertools.pairwise(bounds)):
                yield Problem(
                    measure.id, where, f"各档的界限在 {day} 不是从小到大", f"bounds do not ascend on {day}",
                    node.at.line, node.at.column,
                )  # fmt: skip
                break


def parameters_on(measure: Measure, day: dt.date) -> dict[str, Decimal] | None:
    """Values of all parameters in force on ``day``, or None when one of them has none yet."""
    values: dict[str, Decimal] = {}
    for parameter in measure.parameters:
        value = parameter.on(day)
        if value is None:
            return None
        values[parameter.id] = value
    return values
