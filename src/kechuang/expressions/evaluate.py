"""Evaluate a checked tree exactly, with unknowns, and note each step.

This interpreter is the definition; every other one is held equal to it by test. Numbers are ``Decimal`` in a context
that traps inexact results, so that a lost digit is an error and never a silent difference. A missing fact makes the
result ``Unknown`` only when it matters (Kleene's strong three-valued logic), and ``Unknown`` says which facts do.

A tree is compiled once into nested closures; they are total functions: no division, no failure at run time.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import NamedTuple

from kechuang.expressions import nodes as n
from kechuang.expressions.ranges import Range, may_agree, span_of

EXACT = Context(prec=60, rounding=ROUND_HALF_UP, traps=[Inexact, InvalidOperation, Overflow])
"""Arithmetic that never drops a digit: an inexact result raises."""
ROUNDING = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])
"""For the rounding a rule asks for."""


class Unknown:
    """The value of something that depends on facts nobody has told yet; ``facts`` are those that matter."""

    __slots__ = ("facts",)

    def __init__(self, facts: frozenset[str]) -> None:
        self.facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown) and other.facts == self.facts

    def __hash__(self) -> int:
        return hash(self.facts)

    def __repr__(self) -> str:
        return f"Unknown({sorted(self.facts)})"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value is neither true nor false")


Known = Decimal | bool | str | dt.date
Record = Mapping[str, Known | None]
"""One record of a relation: its facts by name; absent or None is unknown."""
Records = tuple[Record, ...]
Fact = Known | Records
"""What a fact can be: one value, or the records of a relation."""
Value = Known | Unknown
Environment = Mapping[str, Fact | None]


class Event(NamedTuple):
    """One step of an evaluation: the node, its value, and the values of its operands in source order."""

    node: n.Node
    value: Value
    operands: tuple[Value, ...]


Trace = list[Event]
Run = Callable[[Environment, Trace | None], Value]

_COMPARISONS: dict[str, Callable[[Known, Known], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ORDERED = ("<", "<=", ">", ">=")
_ZERO = Decimal(0)
_new = tuple.__new__  # skips the named tuple's own constructor, which costs as much as the step itself


def evaluate(node: n.Node, environment: Environment, trace: Trace | None = None) -> Value:
    """The value of a checked tree; a name that is absent or None is unknown. Steps are appended to ``trace``."""
    return compile_tree(node)(environment, trace)


def half_up(value: Decimal, digits: int = 2) -> Decimal:
    """Commercial rounding to ``digits`` decimals, halves away from zero (四舍五入)."""
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, ROUNDING)
    return rounded if digits >= 0 else rounded.quantize(Decimal(1))


def _rounder(digits: int) -> Callable[[Decimal], Decimal]:
    """``half_up`` for a fixed number of digits."""
    if digits < 0:
        return lambda value: half_up(value, digits)
    exponent = Decimal(1).scaleb(-digits)
    return lambda value: value.quantize(exponent, ROUND_HALF_UP, ROUNDING)


def round_to(value: Decimal, unit: Decimal, up: bool) -> Decimal:
    """The largest multiple of ``unit`` not above ``value``, or (``up``) the smallest not below."""
    count = EXACT.divide_int(value, unit)
    rest = EXACT.subtract(value, EXACT.multiply(count, unit))
    if rest and (rest > 0) == up:
        count += 1 if up else -1
    return EXACT.multiply(count, unit)


def span(unit: n.SpanUnit, start: dt.date, end: dt.date) -> Decimal:
    """Completed years, completed months, or days from ``start`` to ``end``; counted the same way when end < start.

    A year is completed on the same day of the same month, or the day after it where that day does not exist
    (from 29 February: on 1 March).
    """
    if unit == "days":
        return Decimal((end - start).days)
    if unit == "years":
        return Decimal(end.year - start.year - ((end.month, end.day) < (start.month, start.day)))
    return Decimal((end.year - start.year) * 12 + end.month - start.month - (end.day < start.day))


def compile_tree(node: n.Node) -> Run:
    """A function that evaluates the tree; compile once, call often."""
    match node:
        case n.Literal(value=value):
            return lambda env, seen: value
        case n.Name(id=name):
            return _name(node, name)
        case n.Negate(operand=x):
            return _unary(node, compile_tree(x), EXACT.minus)
        case n.HalfUp(operand=x, digits=digits):
            return _unary(node, compile_tree(x), _rounder(digits))
        case n.RoundTo(operand=x, unit=multiple, up=up):
            return _unary(node, compile_tree(x), lambda v: round_to(v, multiple, up))
        case n.Add(left=a, right=b):
            return _binary(node, compile_tree(a), compile_tree(b), EXACT.add)
        case n.Subtract(left=a, right=b):
            return _binary(node, compile_tree(a), compile_tree(b), EXACT.subtract)
        case n.Multiply(left=a, right=b):
            return _product(node, compile_tree(a), compile_tree(b))
        case n.Compare(op=op, left=a, right=b):
            spans = (span_of(a), span_of(b)) if a.type.numeric and op in _ORDERED else None
            return _compare(compile_tree(a), compile_tree(b), op, spans)
        case n.In(operand=x, options=options):
            return _member(compile_tree(x), frozenset(o.value for o in options))
        case n.Not(operand=x):
            return _not(compile_tree(x))
        case n.And(parts=parts):
            return _junction(tuple(compile_tree(p) for p in parts), False)
        case n.Or(parts=parts):
            return _junction(tuple(compile_tree(p) for p in parts), True)
        case n.Choose(condition=c, then=a, otherwise=b):
            return _choose(node, compile_tree(c), compile_tree(a), compile_tree(b), may_agree(node))
        case n.Minimum(parts=parts):
            lows = tuple(span_of(p)[0] for p in parts)
            return _extreme(node, tuple(compile_tree(p) for p in parts), min, lows)
        case n.Maximum(parts=parts):
            highs = tuple(span_of(p)[1] for p in parts)
            return _extreme(node, tuple(compile_tree(p) for p in parts), max, highs)
        case n.Tiers(operand=x, rows=rows):
            table = tuple((compile_tree(r.bound), r.strict, compile_tree(r.value)) for r in rows)
            return _tiers(node, compile_tree(x), table)
        case n.Marginal(operand=x, rows=rows):
            return _marginal(node, compile_tree(x), tuple((compile_tree(r.bound), compile_tree(r.value)) for r in rows))
        case n.Span(unit=unit, start=a, end=b):
            return _binary(node, compile_tree(a), compile_tree(b), lambda s, e: span(unit, s, e))
        case n.ParameterOn(parameter=parameter, day=day, values=values):
            return _parameter_on(node, parameter.id, compile_tree(day), values)
        case n.Aggregate(body=body):
            return _aggregate(node, None if body is None else compile_tree(body))
    raise TypeError(f"no interpretation of {type(node).__name__}")


def _unknown(values: tuple[Value, ...]) -> Unknown:
    """The union of the unknowns among ``values`` (at least one is)."""
    return Unknown(frozenset[str]().union(*(v.facts for v in values if isinstance(v, Unknown))))


def _name(node: n.Name, name: str) -> Run:
    unknown = Unknown(frozenset((name,)))
    noted = node.origin == "fact" and node.type.numeric

    def run(env: Environment, seen: Trace | None) -> Value:
        found = env.get(name)
        value: Value = unknown if found is None else found  # type: ignore[assignment]
        if noted and seen is not None:
            seen.append(_new(Event, (node, value, ())))
        return value

    return run


def _parameter_on(node: n.Node, name: str, day: Run, values: tuple[tuple[dt.date, Decimal], ...]) -> Run:
    """The value in force on a day. Before the first one the parameter itself is what is unknown."""
    none = Unknown(frozenset((name,)))

    def run(env: Environment, seen: Trace | None) -> Value:
        on = day(env, None)
        value: Value = on if isinstance(on, Unknown) else none
        if not isinstance(on, Unknown):
            for start, number in values:
                if start <= on:  # type: ignore[operator]
                    value = number
        if seen is not None:
            seen.append(_new(Event, (node, value, (on,))))
        return value

    return run


def _aggregate(node: n.Aggregate, body: Run | None) -> Run:
    """Over the records of a relation; what is unknown in one of them is told under the name of the relation."""
    name, elements, kind = node.relation.id, node.elements, node.kind
    unknown = Unknown(frozenset((name,)))

    def each(env: Environment, records: Records) -> tuple[Value, ...]:
        if body is None:
            return ()
        inner = dict(env)
        found: list[Value] = []
        for record in records:
            for element in elements:
                inner[element] = record.get(element)
            value = body(inner, None)
            if isinstance(value, Unknown) and not value.facts.isdisjoint(elements):
                value = Unknown(value.facts.difference(elements) | {name})
            found.append(value)
        return tuple(found)

    def run(env: Environment, seen: Trace | None) -> Value:
        records = env.get(name)
        values: tuple[Value, ...] = ()
        value: Value = unknown
        if records is not None:
            assert isinstance(records, tuple)
            values = each(env, records)
            value = Decimal(len(records)) if body is None else _together(kind, values)
        if seen is not None:
            seen.append(_new(Event, (node, value, values)))
        return value

    return run


def _together(kind: n.AggregateKind, values: tuple[Value, ...]) -> Value:
    """One unknown record leaves a sum or a count open; ``any`` is decided by one yes and ``all`` by one no."""
    if kind in ("any", "all") and (kind == "any") in values:
        return kind == "any"
    if Unknown in map(type, values):
        return _unknown(values)
    if kind == "sum":
        total = _ZERO
        for value in values:
            total = EXACT.add(total, value)  # type: ignore[arg-type]
        return total
    return Decimal(sum(value is True for value in values)) if kind == "count" else kind == "all"


def _unary(node: n.Node, inner: Run, apply: Callable[[Decimal], Decimal]) -> Run:
    def run(env: Environment, seen: Trace | None) -> Value:
        operand = inner(env, seen)
        value = operand if isinstance(operand, Unknown) else apply(operand)  # type: ignore[arg-type]
        if seen is not None:
            seen.append(_new(Event, (node, value, (operand,))))
        return value

    return run


def _binary(node: n.Node, left: Run, right: Run, apply: Callable[..., Decimal]) -> Run:
    def run(env: Environment, seen: Trace | None) -> Value:
        a, b = left(env, seen), right(env, seen)
        value: Value = _unknown((a, b)) if isinstance(a, Unknown) or isinstance(b, Unknown) else apply(a, b)
        if seen is not None:
            seen.append(_new(Event, (node, value, (a, b))))
        return value

    return run


def _product(node: n.Node, left: Run, right: Run) -> Run:
    """A product; nothing times anything is nothing, whatever the other factor is."""
    multiply = EXACT.multiply

    def run(env: Environment, seen: Trace | None) -> Value:
        a, b = left(env, seen), right(env, seen)
        value: Value
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            value = _ZERO if a == 0 or b == 0 else _unknown((a, b))
        else:
            value = multiply(a, b)  # type: ignore[arg-type]
        if seen is not None:
            seen.append(_new(Event, (node, value, (a, b))))
        return value

    return run


def _compare(left: Run, right: Run, op: n.CompareOp, spans: tuple[Range, Range] | None) -> Run:
    test = _COMPARISONS[op]

    def run(env: Environment, seen: Trace | None) -> Value:
        a, b = left(env, None), right(env, None)
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            decided = _decided(op, _inside(a, spans[0]), _inside(b, spans[1])) if spans else None
            return _unknown((a, b)) if decided is None else decided
        return test(a, b)

    return run


def _inside(value: Value, span_: Range) -> Range:
    return (value, value) if isinstance(value, Decimal) else span_


def _decided(op: n.CompareOp, a: Range, b: Range) -> bool | None:
    """Whether a comparison holds for all values inside the two ranges (True), for none (False), or for some."""
    if op in ("<", ">"):
        low, high = (a, b) if op == "<" else (b, a)
        return True if low[1] < high[0] else False if low[0] >= high[1] else None
    low, high = (a, b) if op == "<=" else (b, a)
    return True if low[1] <= high[0] else False if low[0] > high[1] else None


def _member(inner: Run, options: frozenset[Known]) -> Run:
    def run(env: Environment, seen: Trace | None) -> Value:
        value = inner(env, None)
        return value if isinstance(value, Unknown) else value in options

    return run


def _not(inner: Run) -> Run:
    def run(env: Environment, seen: Trace | None) -> Value:
        value = inner(env, None)
        return value if isinstance(value, Unknown) else not value

    return run


def _junction(parts: tuple[Run, ...], decisive: bool) -> Run:
    """``and`` (decided by one False) and ``or`` (decided by one True)."""

    def run(env: Environment, seen: Trace | None) -> Value:
        unknown: frozenset[str] | None = None
        for part in parts:
            value = part(env, None)
            if isinstance(value, Unknown):
                unknown = value.facts if unknown is None else unknown | value.facts
            elif value is decisive:
                return decisive
        return (not decisive) if unknown is None else Unknown(unknown)

    return run


def _choose(node: n.Node, condition: Run, then: Run, otherwise: Run, agree: bool) -> Run:
    """One of two; an unknown condition does not matter (``agree``) when both give the same."""

    def run(env: Environment, seen: Trace | None) -> Value:
        test = condition(env, None)
        value: Value
        if isinstance(test, Unknown):
            a, b = then(env, None), otherwise(env, None)
            same = agree and not isinstance(a, Unknown) and a == b
            value = a if same else _unknown((test, a, b))
        else:
            value = then(env, seen) if test else otherwise(env, seen)
        if seen is not None:
            seen.append(_new(Event, (node, value, (test,))))
        return value

    return run


def _extreme(node: n.Node, parts: tuple[Run, ...], pick: Callable[..., Decimal], bounds: tuple[Decimal, ...]) -> Run:
    """Least or greatest; ``bounds`` is how far each part can go that way. A part nobody knows does not matter when it
    cannot go beyond the known ones: a cap of which nothing is left gives nothing."""

    def run(env: Environment, seen: Trace | None) -> Value:
        values = tuple([part(env, seen) for part in parts])
        value: Value
        if Unknown in map(type, values):
            value = _unknown(values)
            known = [v for v in values if isinstance(v, Decimal)]
            if known:
                best = pick(known)
                if all(isinstance(v, Decimal) or pick(best, b) == best for v, b in zip(values, bounds, strict=True)):
                    value = best
        else:
            value = pick(values)
        if seen is not None:
            seen.append(_new(Event, (node, value, values)))
        return value

    return run


def _tiers(node: n.Node, inner: Run, table: tuple[tuple[Run, bool, Run], ...]) -> Run:
    def run(env: Environment, seen: Trace | None) -> Value:
        x = inner(env, seen)
        reached, value = -1, _ZERO  # type: int, Value
        if isinstance(x, Unknown):
            value = _unknown((x, *(row[2](env, None) for row in table)))
        else:
            for i, (bound, strict, _) in enumerate(table):
                at = bound(env, None)
                if x > at or (x == at and not strict):  # type: ignore[operator]
                    reached = i
            if reached >= 0:
                value = table[reached][2](env, seen)
        if seen is not None:
            seen.append(_new(Event, (node, value, (x, Decimal(reached)))))
        return value

    return run


def _marginal(node: n.Node, inner: Run, table: tuple[tuple[Run, Run], ...]) -> Run:
    def run(env: Environment, seen: Trace | None) -> Value:
        x = inner(env, seen)
        value: Value
        if isinstance(x, Unknown):
            value = x
        else:
            bounds = [bound(env, None) for bound, _ in table]
            total = _ZERO
            for i, (_, rate) in enumerate(table):
                top = x if i + 1 == len(bounds) else min(x, bounds[i + 1])  # type: ignore[type-var]
                if top > bounds[i]:  # type: ignore[operator]
                    part = EXACT.multiply(EXACT.subtract(top, bounds[i]), rate(env, None))  # type: ignore[arg-type]
                    total = EXACT.add(total, part)
            value = total
        if seen is not None:
            seen.append(_new(Event, (node, value, (x,))))
        return value

    return run
