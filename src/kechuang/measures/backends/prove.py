"""Questions about a rule for all facts at once, answered by the Z3 solver: a proof, or an example that shows it.

Which measures can meet on one subject; whether splitting a contract pays more; whether more of something can pay less;
whether two wordings are the same rule. The tree becomes integer arithmetic (fen, scaled rates), so that rounding is
exact; every example found is computed again with ``explain`` before it is shown. Z3 is an extra and is loaded here
only. A question that is not settled in time is ``undecided``, never guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import z3  # type: ignore[import-not-found,import-untyped,unused-ignore]

from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import Known, Unknown, evaluate
from kechuang.measures.errors import BilingualError
from kechuang.measures.explain import explain
from kechuang.measures.explanation import Explanation
from kechuang.measures.facts import TODAY, bounds, fact_scale
from kechuang.measures.model import Catalogue, FactType, Measure
from kechuang.measures.program import Program, compile_measure, parameters_on

Answer = Literal["possible", "impossible", "undecided"]
TIMEOUT_MS = 20_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


class ProofError(BilingualError):
    """A question that cannot be put to the solver; says why in both languages."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question. ``possible`` comes with ``facts`` (one mapping per subject compared) and
    ``amounts``, both computed again exactly; ``impossible`` is proved for all facts inside the catalogue's bounds."""

    answer: Answer
    facts: tuple[dict[str, Known], ...] = ()
    amounts: tuple[Decimal, ...] = ()
    gain: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    """A date for the solver: year, month and day as integers, compared as one number."""

    year: Any
    month: Any
    day: Any

    @property
    def number(self) -> Any:
        return self.year * 10_000 + self.month * 100 + self.day


@dataclass
class _Subject:
    """One set of unknown facts with the constraints that keep them inside the catalogue."""

    catalogue: Catalogue
    prefix: str
    values: dict[str, Any] = field(default_factory=dict)
    constraints: list[Any] = field(default_factory=list)

    def value(self, name: str) -> Any:
        if name not in self.values:
            self.values[name] = self.declare(self.catalogue[name])
        return self.values[name]

    def declare(self, fact: FactType) -> Any:
        label = f"{self.prefix}{fact.id}"
        match fact.type:
            case "boolean":
                return z3.Bool(label)
            case "enum":
                choice = z3.Int(label)
                self.constraints += [choice >= 0, choice < len(fact.values)]
                return choice
            case "text":
                return z3.String(label)
            case "date":
                day = _Day(z3.Int(f"{label}.y"), z3.Int(f"{label}.m"), z3.Int(f"{label}.d"))
                leap = z3.And(day.year % 4 == 0, z3.Or(day.year % 100 != 0, day.year % 400 == 0))
                short = z3.Or([day.month == m for m in (4, 6, 9, 11)])
                last = z3.If(day.month == 2, z3.If(leap, 29, 28), z3.If(short, 30, 31))
                self.constraints += [day.year >= _FIRST_YEAR, day.year <= _LAST_YEAR]
                self.constraints += [day.month >= 1, day.month <= 12, day.day >= 1, day.day <= last]
                return day
        number = z3.Int(label)
        low, high = bounds(fact)
        scale = fact_scale(fact)
        self.constraints += [number >= int(low.scaleb(scale)), number <= int(high.scaleb(scale))]
        return number

    def read(self, model: Any) -> dict[str, Known]:
        """The facts of an example."""
        facts: dict[str, Known] = {}
        for name, value in self.values.items():
            fact = self.catalogue[name]
            if isinstance(value, _Day):
                parts = (model.eval(v, model_completion=True).as_long() for v in (value.year, value.month, value.day))
                facts[name] = dt.date(*parts)
                continue
            found = model.eval(value, model_completion=True)
            if fact.type == "boolean":
                facts[name] = bool(z3.is_true(found))
            elif fact.type == "enum":
                facts[name] = fact.values[found.as_long()].value
            elif fact.type == "text":
                facts[name] = found.as_string()
            else:
                facts[name] = Decimal(found.as_long()).scaleb(-fact_scale(fact))
        return facts


class _Translation:
    """Trees as Z3 terms over one subject; numbers carry the node's own scale, as in the other interpreters."""

    def __init__(self, subject: _Subject, fixed: Mapping[str, Known]) -> None:
        self.subject = subject
        self.fixed = fixed

    def term(self, node: n.Node) -> Any:
        if all(name in self.fixed for name in n.names(node)):
            return self.constant(evaluate(node, self.fixed), node)
        match node:
            case n.Name(id=id_):
                return self.subject.value(id_)
            case n.Negate(operand=x):
                return -self.term(x)
            case n.Add(left=a, right=b):
                return self.at(a, node.type.scale) + self.at(b, node.type.scale)
            case n.Subtract(left=a, right=b):
                return self.at(a, node.type.scale) - self.at(b, node.type.scale)
            case n.Multiply(left=a, right=b):
                return self.term(a) * self.term(b)
            case n.Compare():
                return self.compare(node)
            case n.In(operand=x, options=options):
                return z3.Or([self.equal(x, option) for option in options])
            case n.Not(operand=x):
                return z3.Not(self.term(x))
            case n.And(parts=parts):
                return z3.And([self.term(p) for p in parts])
            case n.Or(parts=parts):
                return z3.Or([self.term(p) for p in parts])
            case n.Choose(condition=c, then=a, otherwise=b):
                if not node.type.numeric and node.type.kind != "boolean":
                    raise ProofError("这种分情形不能证明", "a choice of texts or dates cannot be proved about")
                return z3.If(self.term(c), self.like(a, node), self.like(b, node))
            case n.Minimum(parts=parts):
                return self.fold(parts, node, lambda a, b: z3.If(a <= b, a, b))
            case n.Maximum(parts=parts):
                return self.fold(parts, node, lambda a, b: z3.If(a >= b, a, b))
            case n.HalfUp(operand=x, digits=digits):
                return self.half_up(self.term(x), x.type.scale, digits)
            case n.RoundTo():
                return self.round_to(node)
            case n.Tiers():
                return self.tiers(node)
            case n.Marginal():
                return self.marginal(node)
            case n.Span():
                return self.span(node)
            case n.ParameterOn() | n.Aggregate():
                raise ProofError(
                    "用到明细或另一天的参数，不能证明", "records and parameters on another day cannot be proved about"
                )
        raise TypeError(f"no translation of {type(node).__name__}")

    def constant(self, value: object, node: n.Node) -> Any:
        match value:
            case bool():
                return z3.BoolVal(value)
            case Decimal():
                return z3.IntVal(int(value.scaleb(node.type.scale)))
            case dt.date():
                return _Day(z3.IntVal(value.year), z3.IntVal(value.month), z3.IntVal(value.day))
        assert not isinstance(value, Unknown)
        return z3.StringVal(str(value))

    def at(self, node: n.Node, scale: int) -> Any:
        places = scale - node.type.scale
        return self.term(node) if places == 0 else self.term(node) * 10**places

    def like(self, node: n.Node, parent: n.Node) -> Any:
        return self.at(node, parent.type.scale) if node.type.numeric else self.term(node)

    def fold(self, parts: tuple[n.Node, ...], node: n.Node, pick: Any) -> Any:
        result = self.at(parts[0], node.type.scale)
        for part in parts[1:]:
            result = pick(result, self.at(part, node.type.scale))
        return result

    def equal(self, a: n.Node, b: n.Node) -> Any:
        if a.type.numeric:
            scale = max(a.type.scale, b.type.scale)
            return self.at(a, scale) == self.at(b, scale)
        for choice, other in ((a, b), (b, a)):
            if choice.type.kind == "enum" and isinstance(choice, n.Name) and isinstance(other, n.Literal):
                return self.term(choice) == choice.type.values.index(str(other.value))
        left, right = self.term(a), self.term(b)
        return left.number == right.number if isinstance(left, _Day) else left == right

    def compare(self, node: n.Compare) -> Any:
        a, b = node.left, node.right
        if node.op in ("==", "!="):
            same = self.equal(a, b)
            return same if node.op == "==" else z3.Not(same)
        if a.type.numeric:
            scale = max(a.type.scale, b.type.scale)
            left, right = self.at(a, scale), self.at(b, scale)
        else:
            left, right = self.term(a).number, self.term(b).number
        match node.op:
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
        return left >= right

    def half_up(self, value: Any, scale: int, digits: int) -> Any:
        if digits >= scale:
            return value
        unit = 10 ** (scale - digits)
        rounded = z3.If(value < 0, -((-value + unit // 2) / unit), (value + unit // 2) / unit)
        return rounded * 10**-digits if digits < 0 else rounded

    def round_to(self, node: n.RoundTo) -> Any:
        scale = max(node.operand.type.scale, node.type.scale)
        value, unit = self.at(node.operand, scale), int(node.unit.scaleb(scale))
        # Division of Z3 integers cuts towards minus infinity for a positive divisor.
        count = -(-value / unit) if node.up else value / unit
        return count * (unit // 10 ** (scale - node.type.scale))

    def tiers(self, node: n.Tiers) -> Any:
        x = node.operand
        result: Any = z3.IntVal(0)
        for row in node.rows:
            scale = max(x.type.scale, row.bound.type.scale)
            left, bound = self.at(x, scale), self.at(row.bound, scale)
            result = z3.If(left > bound if row.strict else left >= bound, self.at(row.value, node.type.scale), result)
        return result

    def marginal(self, node: n.Marginal) -> Any:
        x = node.operand
        scale = max(x.type.scale, *(row.bound.type.scale for row in node.rows))
        value = self.at(x, scale)
        bounds_ = [self.at(row.bound, scale) for row in node.rows]
        total: Any = z3.IntVal(0)
        for i, row in enumerate(node.rows):
            top = value if i + 1 == len(bounds_) else z3.If(value < bounds_[i + 1], value, bounds_[i + 1])
            part = z3.If(top > bounds_[i], top - bounds_[i], 0) * self.term(row.value)
            total = total + part * 10 ** (node.type.scale - scale - row.value.type.scale)
        return total

    def span(self, node: n.Span) -> Any:
        start, end = self.term(node.start), self.term(node.end)
        if node.unit == "days":
            raise ProofError("天数不能证明，请用年数或月数", "days cannot be proved about; use years or months")
        if node.unit == "years":
            early = end.month * 100 + end.day < start.month * 100 + start.day
            return end.year - start.year - z3.If(early, 1, 0)
        months = (end.year - start.year) * 12 + end.month - start.month
        return months - z3.If(end.day < start.day, 1, 0)


def _ready(measure: Measure, catalogue: Catalogue, on: dt.date) -> tuple[Program, dict[str, Known]]:
    program = compile_measure(measure, catalogue)
    parameters = parameters_on(measure, on)
    if parameters is None or on < measure.effective_from or (measure.effective_to and on > measure.effective_to):
        raise ProofError(f"{measure.id} 在 {on} 不在有效期", f"{measure.id} is not in force on {on}")
    return program, {**parameters, TODAY: on}


def _applies(program: Program, translation: _Translation) -> Any:
    return z3.And([translation.term(c.formula.tree) for c in program.conditions]) if program.conditions else True


def _amount(program: Program, translation: _Translation) -> Any:
    if program.amount is None:
        raise ProofError(f"{program.measure.id} 没有可以计算的金额", f"{program.measure.id} has no amount to compute")
    return translation.at(program.amount.tree, 2)


def _solve(constraints: list[Any], timeout: int) -> tuple[Answer, Any]:
    solver = z3.Solver()
    solver.set("timeout", timeout)
    solver.add(*constraints)
    result = solver.check()
    if result == z3.sat:
        return "possible", solver.model()
    return ("impossible", None) if result == z3.unsat else ("undecided", None)


def overlap(first: Measure, second: Measure, catalogue: Catalogue, on: dt.date, timeout: int = TIMEOUT_MS) -> Finding:
    """Can one subject meet the conditions of both? ``possible`` shows one."""
    subject = _Subject(catalogue, "")
    constraints: list[Any] = []
    for measure in (first, second):
        program, fixed = _ready(measure, catalogue, on)
        constraints.append(_applies(program, _Translation(subject, fixed)))
    answer, model = _solve(constraints + subject.constraints, timeout)
    if model is None:
        return Finding(answer)
    facts = subject.read(model)
    for measure in (first, second):
        _confirm(explain(measure, facts, on, catalogue).applies == "yes")
    return Finding(answer, (facts,))


def _need(measure: Measure, subject: _Subject, fact: str, *kinds: str) -> None:
    """Raises ``ProofError`` when the measure does not use the fact, or it is of no kind that can be more or less."""
    if fact not in subject.values:
        used = "、".join(subject.values) or "-"
        raise ProofError(
            f"{measure.id} 不用“{fact}”；用到的有：{used}", f"{measure.id} does not use {fact}; it uses {used}"
        )
    if subject.catalogue[fact].type not in kinds:
        raise ProofError(
            f"“{fact}”不是可以拆分或比较多少的数", f"{fact} is no number that can be split or be more or less"
        )


def splitting(
    measure: Measure,
    fact: str,
    catalogue: Catalogue,
    on: dt.date,
    *,
    granted: str | None = None,
    more_than: Decimal = Decimal("0.01"),
    timeout: int = TIMEOUT_MS,
) -> Finding:
    """Can two parts of ``fact`` (two contracts instead of one) be paid more than the whole, by over ``more_than`` yuan?

    All other facts stay the same. ``granted`` names the fact that counts earlier grants (a cap per firm or year): the
    second part is then computed with the first part's amount added to it. One fen of gain from rounding twice is no
    loophole, hence the default. ``possible`` shows whole, first and second part, and the largest gain found.
    """
    program, fixed = _ready(measure, catalogue, on)
    whole, one, two = (_Subject(catalogue, p) for p in ("whole ", "one ", "two "))
    amounts, constraints = [], []
    for subject in (whole, one, two):
        translation = _Translation(subject, fixed)
        constraints.append(_applies(program, translation))
        amounts.append(_amount(program, translation))
    for name in (fact, granted):
        if name is not None:
            _need(measure, whole, name, "money", "rate", "count")
    for name, value in whole.values.items():
        a, b = one.values[name], two.values[name]
        if name == fact:
            constraints += [a > 0, b > 0, a + b == value]
        elif name == granted:
            constraints += [a == value, b == value + amounts[1]]
        elif isinstance(value, _Day):
            constraints += [x.number == value.number for x in (a, b)]
        else:
            constraints += [a == value, b == value]
    constraints += whole.constraints + one.constraints + two.constraints
    gain = amounts[1] + amounts[2] - amounts[0]
    least = int(more_than.scaleb(2)) + 1
    answer, model = _solve([*constraints, gain >= least], timeout)
    if model is None:
        return Finding(answer)
    best = model
    low, high = model.eval(gain).as_long(), None
    while high is None or high - low > 1:  # the largest gain, by doubling and halving; each step is a proof or example
        target = low * 2 if high is None else (low + high) // 2
        step, found = _solve([*constraints, gain >= target], timeout)
        if found is None:
            high = target
            if step == "undecided":
                break
        else:
            best, low = found, found.eval(gain).as_long()
    facts = tuple(s.read(best) for s in (whole, one, two))
    paid = tuple(_paid(measure, f, on, catalogue) for f in facts)
    _confirm(paid[1] + paid[2] - paid[0] > more_than)
    return Finding("possible", facts, paid, paid[1] + paid[2] - paid[0])


def less_for_more(measure: Measure, fact: str, catalogue: Catalogue, on: dt.date, timeout: int = TIMEOUT_MS) -> Finding:
    """Can more of ``fact``, all else equal and the conditions met, be paid less (a cliff)? ``possible`` shows both."""
    program, fixed = _ready(measure, catalogue, on)
    small, large = _Subject(catalogue, "small "), _Subject(catalogue, "large ")
    amounts, constraints = [], []
    for subject in (small, large):
        translation = _Translation(subject, fixed)
        constraints.append(_applies(program, translation))
        amounts.append(_amount(program, translation))
    _need(measure, small, fact, "money", "rate", "count", "date")
    for name, value in small.values.items():
        other = large.values[name]
        if isinstance(value, _Day):
            constraints.append(value.number < other.number if name == fact else value.number == other.number)
        else:
            constraints.append(value < other if name == fact else value == other)
    constraints += small.constraints + large.constraints
    answer, model = _solve([*constraints, amounts[1] < amounts[0]], timeout)
    if model is None:
        return Finding(answer)
    facts = (small.read(model), large.read(model))
    paid = tuple(_paid(measure, f, on, catalogue) for f in facts)
    _confirm(paid[1] < paid[0])
    return Finding(answer, facts, paid)


def difference(
    first: Measure, second: Measure, catalogue: Catalogue, on: dt.date, timeout: int = TIMEOUT_MS
) -> Finding:
    """Do two wordings ever pay a different amount to one subject? ``impossible`` proves that they are the same rule."""
    subject = _Subject(catalogue, "")
    amounts = []
    for measure in (first, second):
        program, fixed = _ready(measure, catalogue, on)
        translation = _Translation(subject, fixed)
        amounts.append(z3.If(_applies(program, translation), _amount(program, translation), 0))
    answer, model = _solve([*subject.constraints, amounts[0] != amounts[1]], timeout)
    if model is None:
        return Finding(answer)
    facts = subject.read(model)
    paid = tuple(_paid(measure, facts, on, catalogue) for measure in (first, second))
    _confirm(paid[0] != paid[1])
    return Finding(answer, (facts,), paid)


def confirms(
    told: Explanation, catalogue: Catalogue, facts: Mapping[str, object], timeout: int = TIMEOUT_MS
) -> bool | None:
    """Whether the solver finds no other result than ``told`` for the facts given; the others may be anything.

    None when the result is unknown or the solver does not answer in time. Raises ``ProofError`` for what cannot be proved about.
    """
    program, fixed = _ready(told.program.measure, catalogue, told.on)
    if "unknown" in (told.applies, told.status):
        return None
    subject = _Subject(catalogue, "")
    translation = _Translation(subject, fixed)
    other = z3.Not(_applies(program, translation)) if told.applies == "yes" else _applies(program, translation)
    if told.amount is not None:
        other = z3.Or(other, _amount(program, translation) != int(told.amount.scaleb(2)))
    given = []
    for name in list(subject.values):
        value = facts.get(name)
        if value is None:
            continue
        fact, term = catalogue[name], subject.values[name]
        match value:
            case str() if fact.type == "enum":
                given.append(term == [v.value for v in fact.values].index(value))
            case bool() | str():
                given.append(term == value)
            case dt.date():
                given += [term.year == value.year, term.month == value.month, term.day == value.day]
            case Decimal():
                given.append(term == int(value.scaleb(fact_scale(fact))))
    answer, _ = _solve([*subject.constraints, *given, other], timeout)
    return None if answer == "undecided" else answer == "impossible"


def _paid(measure: Measure, facts: Mapping[str, Known], on: dt.date, catalogue: Catalogue) -> Decimal:
    result = explain(measure, facts, on, catalogue)
    return result.amount if result.amount is not None else Decimal("0.00")


def _confirm(holds: bool) -> None:
    """An example that ``explain`` does not confirm is an error of the translation and must never be shown."""
    if not holds:
        raise RuntimeError("the solver's example does not hold when computed")
