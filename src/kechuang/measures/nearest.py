"""The nearest change of facts that makes a condition true: 研发投入还差 312,400.01 元.

Comparisons that are linear in a fact are solved exactly on the fact's own grid (fen, whole persons, days); others
are searched by bisection, which finds the nearest value wherever the condition switches once. Every proposal is
tried before it is returned. What a subject cannot change (``changeable`` false: a founding date) is never proposed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import Fact, Known, Unknown, evaluate
from kechuang.measures.facts import bounds, fact_scale
from kechuang.measures.model import Catalogue, FactType

Environment = Mapping[str, Fact]
_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 1).toordinal(), dt.date(2200, 12, 31).toordinal()
_FLIPPED: dict[n.CompareOp, n.CompareOp] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would have to be different: from ``have`` to ``need`` (for a choice: to one of ``need``)."""

    fact: str
    have: Known
    need: Known | tuple[str, ...]

    @property
    def short(self) -> Decimal | None:
        """How much is missing (positive) or too much (negative); None where there is no distance."""
        if isinstance(self.have, Decimal) and isinstance(self.need, Decimal):
            return self.need - self.have
        if isinstance(self.have, dt.date) and isinstance(self.need, dt.date):
            return Decimal((self.need - self.have).days)
        return None

    def weight(self) -> tuple[int, Fraction]:
        """For choosing among changes: more of something before less of it, then the smaller step in proportion."""
        short = self.short
        if short is None:
            return (0, Fraction(0))
        size = abs(self.have) if isinstance(self.have, Decimal) else Decimal(365)
        return (0 if short > 0 else 1, Fraction(abs(short)) / max(Fraction(size), Fraction(1)))


def nearest(
    node: n.Node, environment: Environment, catalogue: Catalogue, want: bool = True
) -> tuple[Change, ...] | None:
    """Changes that together make ``node`` equal ``want``; empty when it is already, None when none was found."""
    value = evaluate(node, environment)
    if value is want:
        return ()
    found = _search(node, environment, catalogue, want)
    if found is None:
        return None
    changed: dict[str, Fact] = dict(environment)
    for change in found:
        changed[change.fact] = change.need[0] if isinstance(change.need, tuple) else change.need
    outcome = evaluate(node, changed)
    return found if outcome is want or isinstance(outcome, Unknown) else None


def _search(node: n.Node, environment: Environment, catalogue: Catalogue, want: bool) -> tuple[Change, ...] | None:
    match node:
        case n.Not(operand=x):
            return nearest(x, environment, catalogue, not want)
        case n.And(parts=parts) | n.Or(parts=parts):
            every = isinstance(node, n.And) is want
            tried = [nearest(p, environment, catalogue, want) for p in parts]
            if every:
                known = [t for t in tried if t is not None]
                return tuple(c for t in known for c in t) if len(known) == len(tried) else None
            options = [t for t in tried if t]
            return min(options, key=lambda t: (len(t), t[0].weight()), default=None)
        case n.Name(id=id_) if _free(id_, catalogue) and isinstance(environment.get(id_), bool):
            return (Change(id_, not want, want),)
        case n.In(operand=n.Name(id=id_), options=options):
            return _choice(id_, tuple(str(o.value) for o in options), environment, catalogue, want)
        case n.Compare(op=op, left=n.Name(id=id_), right=n.Literal(value=str(value))):
            return _choice(id_, (value,), environment, catalogue, want is (op == "=="))
        case n.Compare():
            free = [f for f in n.names(node, "fact") if _free(f, catalogue)]
            found = [c for f in free if (c := _quantity(node, f, environment, catalogue, want))]
            return (min(found, key=lambda c: (_distance(node, c.fact), c.weight())),) if found else None
    return None


def _free(fact: str, catalogue: Catalogue) -> bool:
    return fact in catalogue and catalogue[fact].changeable


def _distance(node: n.Compare, fact: str) -> int:
    """How far a fact is from what is compared: 0 it alone is one side, 1 it is a part of the quantity, 2 it only picks
    a tier or a case. People expect "spend more on R&D", not "sell more and fall into the tier with the lower rate"."""
    sides = [side for side in (node.left, node.right) if fact in n.names(side)]
    if not any(fact in _quantities(side) for side in sides):
        return 2
    return 0 if len(sides) == 1 and n.names(sides[0], "fact") == (fact,) else 1


def _quantities(node: n.Node) -> set[str]:
    """Names whose value enters the quantity, not only the choice of a row or case."""
    match node:
        case n.Name(id=id_):
            return {id_}
        case n.Choose(then=a, otherwise=b):
            return _quantities(a) | _quantities(b)
        case n.Tiers(rows=rows):
            return set[str]().union(*(_quantities(row.value) for row in rows))
    return set[str]().union(*map(_quantities, n.children(node)))


def _choice(
    fact: str, options: tuple[str, ...], environment: Environment, catalogue: Catalogue, inside: bool
) -> tuple[Change, ...] | None:
    have = environment.get(fact)
    if have is None or isinstance(have, tuple) or not _free(fact, catalogue):
        return None
    if not inside:
        options = tuple(v.value for v in catalogue[fact].values if v.value not in options)
    return (Change(fact, have, options),) if options else None


def _quantity(node: n.Compare, fact: str, environment: Environment, catalogue: Catalogue, want: bool) -> Change | None:
    have = environment.get(fact)
    if isinstance(have, bool) or not isinstance(have, Decimal | dt.date):
        return None
    if isinstance(have, Decimal):
        line = linear(n.Subtract(node.left, node.right), fact, environment)
        if line is not None and line[0]:
            return _solve(node.op if want else _FLIPPED[node.op], line, have, catalogue[fact])
    return _bisect(node, have, environment, catalogue[fact], want)


def linear(
    node: n.Node, fact: str, environment: Environment, through_rounding: bool = False
) -> tuple[Fraction, Fraction] | None:
    """``(a, b)`` with node = a * fact + b, other facts as in ``environment``; None when it is no straight line.

    ``through_rounding`` looks at the line before ``half_up``.
    """
    if fact not in n.names(node):
        value = evaluate(node, environment)
        return (Fraction(0), Fraction(value)) if isinstance(value, Decimal) else None
    match node:
        case n.Name():
            return (Fraction(1), Fraction(0))
        case n.Negate(operand=x):
            inner = linear(x, fact, environment, through_rounding)
            return inner and (-inner[0], -inner[1])
        case n.HalfUp(operand=x) if through_rounding:
            return linear(x, fact, environment, through_rounding)
        case n.Add(left=a, right=b) | n.Subtract(left=a, right=b) | n.Multiply(left=a, right=b):
            left = linear(a, fact, environment, through_rounding)
            right = linear(b, fact, environment, through_rounding)
            if left is None or right is None:
                return None
            if isinstance(node, n.Add):
                return (left[0] + right[0], left[1] + right[1])
            if isinstance(node, n.Subtract):
                return (left[0] - right[0], left[1] - right[1])
            if left[0] and right[0]:
                return None
            return (left[0] * right[1] + right[0] * left[1], left[1] * right[1])
    return None


def _solve(op: n.CompareOp, line: tuple[Fraction, Fraction], have: Decimal, fact: FactType) -> Change | None:
    """The value on the fact's grid nearest to ``have`` with ``a * x + b  op  0``."""
    a, b = line
    scale = fact_scale(fact)
    root = -b / a * 10**scale
    upward = (op in (">", ">=")) is (a > 0)
    if op == "==":
        if root.denominator != 1:
            return None
        steps = int(root)
    elif op == "!=":
        return None
    elif op in (">=", "<="):
        steps = math.ceil(root) if upward else math.floor(root)
    else:
        steps = math.floor(root) + 1 if upward else math.ceil(root) - 1
    need = Decimal(steps).scaleb(-scale)
    low, high = bounds(fact)
    return Change(fact.id, have, need) if low <= need <= high else None


def _bisect(
    node: n.Node, have: Decimal | dt.date, environment: Environment, type_: FactType, want: bool
) -> Change | None:
    """Search on the grid between the present value and either end."""
    fact = type_.id
    scale = fact_scale(type_)

    def at(step: int) -> Known:
        return Decimal(step).scaleb(-scale) if isinstance(have, Decimal) else dt.date.fromordinal(step)

    def holds(step: int) -> bool:
        return evaluate(node, {**environment, fact: at(step)}) is want

    if isinstance(have, Decimal):
        low, high = (int(v.scaleb(scale)) for v in bounds(type_))
        here = int(have.scaleb(scale))
    else:
        low, high, here = _FIRST_DAY, _LAST_DAY, have.toordinal()
    for end in (high, low):
        if not holds(end):
            continue
        outside, inside = here, end
        while abs(inside - outside) > 1:
            middle = (inside + outside) // 2
            if holds(middle):
                inside = middle
            else:
                outside = middle
        return Change(fact, have, at(inside))
    return None
