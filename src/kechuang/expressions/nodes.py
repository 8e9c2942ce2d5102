"""The expression tree: small frozen nodes, one per operation.

Nodes compare by structure; position and type are carried along but do not take part in comparison. The tree has no
behaviour: interpreters (``evaluate``, the SQL back ends) walk it from outside.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal as OneOf

from kechuang.expressions.types import Type

UNTYPED = Type("number")
CompareOp = OneOf["==", "!=", "<", "<=", ">", ">="]
SpanUnit = OneOf["years", "months", "days"]
AggregateKind = OneOf["sum", "count", "any", "all"]
Origin = OneOf["fact", "parameter", "builtin", "element", "unresolved"]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a node begins in the source text; both count from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of all nodes."""

    at: Position = field(default=Position(), compare=False)
    type: Type = field(default=UNTYPED, compare=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant: an exact number, a text, a date, yes or no."""

    value: Decimal | str | dt.date | bool


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A fact, a parameter, a built-in name, or a fact of each record of a relation (``element``). ``range``: least and greatest value of a number, where declared."""

    id: str
    origin: Origin = "unresolved"
    range: tuple[Decimal, Decimal] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ParameterOn(Node):
    """``value_on(parameter, day)``: the value in force on another day than that of the computation. ``values`` are the
    dated values, the earliest first."""

    parameter: Name
    day: Node
    values: tuple[tuple[dt.date, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """``sum(relation, x)``, ``count(relation[, test])``, ``any(relation, test)``, ``all(relation, test)``.

    ``elements`` are the facts of each record; inside ``body`` their names mean those of the record at hand.
    """

    kind: AggregateKind
    relation: Name
    body: Node | None = None
    elements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Yuan(Node):
    """``yuan(x)``: a plain number that is an amount, e.g. so much per person. Gone after ``check``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """``-x``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Add(Node):
    """``left + right``."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Subtract(Node):
    """``left - right``."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Multiply(Node):
    """``left * right``."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Divide(Node):
    """``left / right``; only in dialects with division, never in a rule."""

    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of a dialect, e.g. ``growth(x)``; what it means is for the owner of the dialect to say."""

    function: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``left op right``; a chain ``a < b < c`` is an ``And`` of two comparisons."""

    op: CompareOp
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """``operand in (option, …)`` with literal options."""

    operand: Node
    options: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """``not operand``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    """``a and b and …``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """``a or b or …``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """``then if condition else otherwise``."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Minimum(Node):
    """``min(a, b, …)``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Maximum(Node):
    """``max(a, b, …)``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class HalfUp(Node):
    """``half_up(x, digits)``: commercial rounding, halves away from zero."""

    operand: Node
    digits: int = 2


@dataclass(frozen=True, slots=True)
class RoundTo(Node):
    """``floor_to(x, unit)`` (``up`` false) or ``ceil_to(x, unit)``: the multiple of ``unit`` below or above."""

    operand: Node
    unit: Decimal
    up: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a tier table: from ``bound`` on (``strict``: above it) ``value`` holds."""

    bound: Node
    value: Node
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Tiers(Node):
    """``tiers(x, (bound, value), …)``: the value of the highest row reached, 0 below the first."""

    operand: Node
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Marginal(Node):
    """``marginal(x, (bound, rate), …)``: each rate on the part of x between its bound and the next."""

    operand: Node
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Span(Node):
    """``years_between(start, end)`` and its kin: completed years, completed months, or days."""

    unit: SpanUnit
    start: Node
    end: Node


def children(node: Node) -> tuple[Node, ...]:
    """The direct operands of a node, in source order."""
    match node:
        case Yuan(operand=x) | Negate(operand=x) | Not(operand=x) | HalfUp(operand=x) | RoundTo(operand=x):
            return (x,)
        case Add(left=a, right=b) | Subtract(left=a, right=b) | Multiply(left=a, right=b) | Divide(left=a, right=b):
            return (a, b)
        case Compare(left=a, right=b):
            return (a, b)
        case Call(parts=parts):
            return parts
        case Span(start=a, end=b) | ParameterOn(parameter=a, day=b):
            return (a, b)
        case Aggregate(relation=x, body=body):
            return (x,) if body is None else (x, body)
        case In(operand=x, options=options):
            return (x, *options)
        case And(parts=parts) | Or(parts=parts) | Minimum(parts=parts) | Maximum(parts=parts):
            return parts
        case Choose(condition=c, then=a, otherwise=b):
            return (a, c, b)
        case Tiers(operand=x, rows=rows) | Marginal(operand=x, rows=rows):
            return (x, *(part for row in rows for part in (row.bound, row.value)))
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, depth first."""
    yield node
    for child in children(node):
        yield from walk(child)


def depends(node: Node) -> bool:
    """Whether a value depends on a fact, of the subject or of a record."""
    return any(isinstance(n, Name) and n.origin in ("fact", "element") for n in walk(node))


def names(node: Node, origin: Origin | None = None) -> tuple[str, ...]:
    """Names used, each once, in order of first use; of one origin only if given."""
    found = (n.id for n in walk(node) if isinstance(n, Name) and origin in (None, n.origin))
    return tuple(dict.fromkeys(found))
