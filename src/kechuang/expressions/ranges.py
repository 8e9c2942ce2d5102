"""Between which bounds a number lies whatever the facts are: what lets a result be told although a fact is unknown.

Bounds come from the catalogue (``minimum``, ``maximum``), from literals, and for parameters from the sign of their
values. They are wide rather than narrow: every possible value is inside.
"""

from __future__ import annotations

from decimal import Context, Decimal

from kechuang.expressions import nodes as n
from kechuang.expressions.types import INTEGER_LIMIT

Range = tuple[Decimal, Decimal]
_WIDE = Context(prec=100)
_ZERO = Decimal(0)
_SMALL = 40
"""Nodes up to which the two cases of an ``if`` are compared: SQL repeats them."""


def span_of(node: n.Node) -> Range:
    """Least and greatest value of a checked numeric tree; nothing reaches the limit of 18 digits."""
    low, high = _span(node)
    return max(low, -INTEGER_LIMIT), min(high, INTEGER_LIMIT)


def _span(node: n.Node) -> Range:
    match node:
        case n.Literal(value=Decimal() as value):
            return value, value
        case n.Name(range=(low, high)):
            return low, high
        case n.ParameterOn(parameter=parameter):
            return span_of(parameter)
        case n.Aggregate(kind="sum", body=n.Node() as body):
            low, high = span_of(body)
            most = node.relation.type.limit
            return min(_ZERO, _WIDE.multiply(low, most)), max(_ZERO, _WIDE.multiply(high, most))
        case n.Negate(operand=operand):
            low, high = span_of(operand)
            return -high, -low
        case n.Add(left=left, right=right):
            a, b = span_of(left), span_of(right)
            return _WIDE.add(a[0], b[0]), _WIDE.add(a[1], b[1])
        case n.Subtract(left=left, right=right):
            a, b = span_of(left), span_of(right)
            return _WIDE.subtract(a[0], b[1]), _WIDE.subtract(a[1], b[0])
        case n.Multiply(left=left, right=right):
            corners = [_WIDE.multiply(p, q) for p in span_of(left) for q in span_of(right)]
            return min(corners), max(corners)
        case n.Minimum(parts=parts):
            spans = [span_of(p) for p in parts]
            return min(s[0] for s in spans), min(s[1] for s in spans)
        case n.Maximum(parts=parts):
            spans = [span_of(p) for p in parts]
            return max(s[0] for s in spans), max(s[1] for s in spans)
        case n.HalfUp(operand=operand) | n.RoundTo(operand=operand):
            low, high = span_of(operand)
            step = node.unit if isinstance(node, n.RoundTo) else Decimal(1).scaleb(-node.digits)
            # Zero is a multiple of every unit: rounding never crosses it.
            low = _ZERO if low >= 0 else _WIDE.subtract(low, step)
            return low, _ZERO if high <= 0 else _WIDE.add(high, step)
        case n.Choose(then=then, otherwise=otherwise):
            a, b = span_of(then), span_of(otherwise)
            return min(a[0], b[0]), max(a[1], b[1])
        case n.Tiers(rows=rows):
            spans = [span_of(r.value) for r in rows]
            return min(_ZERO, *(s[0] for s in spans)), max(_ZERO, *(s[1] for s in spans))
    return (-node.type.limit if node.type.signed else _ZERO), node.type.limit


def may_agree(node: n.Choose) -> bool:
    """Whether the two cases of an ``if`` are compared when its condition is unknown: short ones, no chains."""
    return all(
        not isinstance(part, n.Choose | n.Tiers | n.Aggregate) and size < _SMALL
        for case in (node.then, node.otherwise)
        for size, part in enumerate(n.walk(case))
    )


def signature(node: n.Node) -> tuple[object, ...]:
    """What a compiled text depends on beside the words of the rule: the bounds of its names, and dated values."""
    parts: list[object] = []
    for part in n.walk(node):
        if isinstance(part, n.Name):
            parts.append((part.id, part.origin, part.range))
        elif isinstance(part, n.ParameterOn):
            parts.append(part.values)
        elif isinstance(part, n.Aggregate):
            parts.append(part.relation.type.limit)
    return tuple(parts)
