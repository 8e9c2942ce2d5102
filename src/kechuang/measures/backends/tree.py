"""The expression tree as an Ibis expression on scaled 64-bit integers.

A number with ``scale`` decimals is the integer ``value * 10**scale``; the checker has bounded every node below 18
digits, so no engine's decimal types, rounding modes or scale rules are left in the program. NULL is unknown, and SQL's
own three-valued logic is the one of ``evaluate``; only least, greatest and tiers need a guard, since SQL's ignore NULL.

Ibis turns ``//`` into a floating-point quotient, which is wrong above 2**53. Divisions are therefore written as a call
of ``KC_DIV``, and ``finish`` replaces it by the integer division of the dialect (``//`` in DuckDB, ``DIV`` in Spark).
A case of literals would be a 32-bit integer there and overflow in what follows; ``KC_WIDE`` becomes a cast.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

import ibis
import sqlglot
from sqlglot import expressions as sql

from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import evaluate
from kechuang.expressions.types import Type

Column = Any
"""An Ibis value expression (the package ships no types that mypy could follow)."""


@ibis.udf.scalar.builtin(name="kc_div")  # type: ignore[untyped-decorator,unused-ignore]
def _divide(dividend: int, divisor: int) -> int:  # type: ignore[empty-body]
    """Integer division that cuts towards zero."""


@ibis.udf.scalar.builtin(name="kc_wide")  # type: ignore[untyped-decorator,unused-ignore]
def _wide(value: int) -> int:  # type: ignore[empty-body]
    """A value as a 64-bit integer, said in the text: Ibis leaves such a cast out where it thinks it needless."""


def finish(query: Column, dialect: str = "duckdb") -> str:
    """The SQL text of an Ibis query, with exact integer divisions, in the dialect of the engine."""
    tree = sqlglot.parse_one(str(ibis.to_sql(query, dialect="duckdb")), read="duckdb")
    calls = [c for c in tree.find_all(sql.Anonymous) if c.name.lower() == "kc_div"]
    for call in reversed(calls):  # the innermost first: a replaced call keeps its operands
        dividend, divisor = call.expressions
        call.replace(sql.Paren(this=sql.IntDiv(this=sql.paren(dividend), expression=sql.paren(divisor))))
    for call in reversed([c for c in tree.find_all(sql.Anonymous) if c.name.lower() == "kc_wide"]):
        call.replace(sql.cast(call.expressions[0], "BIGINT"))
    return str(tree.sql(dialect))


class Lowering:
    """Turns checked trees into Ibis expressions over the given columns (facts, parameters, built-in names)."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = columns

    def lower(self, node: n.Node) -> Column:
        """The expression of a node; numbers come out with the node's own scale."""
        if not n.names(node):
            return self.constant(evaluate(node, {}), node)
        match node:
            case n.Name(id=id_):
                return self.columns[id_]
            case n.Negate(operand=x):
                return -self.lower(x)
            case n.Add(left=a, right=b):
                return self.at(a, node.type.scale) + self.at(b, node.type.scale)
            case n.Subtract(left=a, right=b):
                return self.at(a, node.type.scale) - self.at(b, node.type.scale)
            case n.Multiply(left=a, right=b):
                return self.lower(a) * self.lower(b)
            case n.Compare():
                return self.compare(node)
            case n.In(operand=x, options=options):
                return self.member(x, options)
            case n.Not(operand=x):
                return ~self.lower(x)
            case n.And(parts=parts):
                return reduce(lambda a, b: a & b, [self.lower(p) for p in parts])
            case n.Or(parts=parts):
                return reduce(lambda a, b: a | b, [self.lower(p) for p in parts])
            case n.Choose(condition=c, then=a, otherwise=b):
                test = self.lower(c)
                return _whole(node, (a, b), _cases((test, self.like(a, node)), (~test, self.like(b, node))))
            case n.Minimum(parts=parts):
                return self.extreme(node, parts, ibis.least, lambda value, limit: value > limit)
            case n.Maximum(parts=parts):
                return self.extreme(node, parts, ibis.greatest, lambda value, limit: value < limit)
            case n.HalfUp(operand=x, digits=digits):
                return self.half_up(self.lower(x), x.type, digits)
            case n.RoundTo():
                return self.round_to(node)
            case n.Tiers():
                return self.tiers(node)
            case n.Marginal():
                return self.marginal(node)
            case n.Span():
                return self.span(node)
        raise TypeError(f"no translation of {type(node).__name__}")

    def constant(self, value: object, node: n.Node) -> Column:
        """A literal; numbers scaled, everything with an explicit type (engines guess differently)."""
        match value:
            case bool():
                return ibis.literal(value, "boolean")
            case Decimal():
                return ibis.literal(int(value.scaleb(node.type.scale)), "int64")
            case dt.date():
                return ibis.literal(value, "date")
        return ibis.literal(value, "string")

    def at(self, node: n.Node, scale: int) -> Column:
        """The number lifted to more decimals."""
        if not n.names(node):
            value = evaluate(node, {})
            assert isinstance(value, Decimal)
            return ibis.literal(int(value.scaleb(scale)), "int64")
        return _lift(self.lower(node), scale - node.type.scale)

    def like(self, node: n.Node, parent: n.Node) -> Column:
        """An operand in the form of its parent: numbers at its scale, others as they are."""
        return self.at(node, parent.type.scale) if node.type.numeric else self.lower(node)

    def compare(self, node: n.Compare) -> Column:
        a, b = node.left, node.right
        if a.type.numeric:
            scale = max(a.type.scale, b.type.scale)
            left, right = self.at(a, scale), self.at(b, scale)
        else:
            left, right = self.lower(a), self.lower(b)
        match node.op:
            case "==":
                return left == right
            case "!=":
                return left != right
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
        return left >= right

    def member(self, operand: n.Node, options: tuple[n.Literal, ...]) -> Column:
        if not operand.type.numeric:
            return self.lower(operand).isin([o.value for o in options])
        scale = max(operand.type.scale, *(o.type.scale for o in options))
        values = [int(o.value.scaleb(scale)) for o in options if isinstance(o.value, Decimal)]
        return self.at(operand, scale).isin([ibis.literal(v, "int64") for v in values])

    def extreme(
        self,
        node: n.Node,
        parts: tuple[n.Node, ...],
        pick: Callable[..., Column],
        beyond: Callable[[Column, Column], Column],
    ) -> Column:
        """Least or greatest; unknown as soon as one part is (SQL's own would leave NULL out)."""
        open_ = [p for p in parts if n.names(p, "fact")]
        values = {id(p): self.at(p, node.type.scale) for p in parts}
        fixed = [values[id(p)] for p in parts if p not in open_]
        limit = fixed[0] if len(fixed) == 1 else pick(*fixed) if fixed else None
        if not open_:
            return limit
        if len(open_) == 1 and limit is not None:
            value = values[id(open_[0])]
            return ibis.cases((beyond(value, limit), limit), else_=value)
        missing = reduce(lambda a, b: a | b, [values[id(p)].isnull() for p in open_])
        return ibis.cases((missing, ibis.null("int64")), else_=pick(*values.values()))

    def half_up(self, value: Column, type_: Type, digits: int) -> Column:
        """Halves away from zero, in integers: add half a unit with the sign of the value, cut towards zero."""
        if digits >= type_.scale:
            return value
        unit = 10 ** (type_.scale - digits)
        half = ibis.literal(unit // 2, "int64")
        if type_.signed:
            half = ibis.cases((value < 0, ibis.literal(-unit // 2, "int64")), else_=half)
        rounded = _divide(value + half, ibis.literal(unit, "int64"))
        return _lift(rounded, -digits) if digits < 0 else rounded

    def round_to(self, node: n.RoundTo) -> Column:
        scale = max(node.operand.type.scale, node.type.scale)
        value = self.at(node.operand, scale)
        unit = ibis.literal(int(node.unit.scaleb(scale)), "int64")
        if node.up:
            raised = value + ((-value % unit) + unit) % unit
            return _lower_scale(raised, scale - node.type.scale)
        return _lower_scale(value - ((value % unit) + unit) % unit, scale - node.type.scale)

    def tiers(self, node: n.Tiers) -> Column:
        x = node.operand
        branches: list[tuple[Column, Column]] = []
        for row in reversed(node.rows):
            scale = max(x.type.scale, row.bound.type.scale)
            left, bound = self.at(x, scale), self.at(row.bound, scale)
            branches.append((left > bound if row.strict else left >= bound, self.like(row.value, node)))
        lowest = branches[-1][0]
        values = tuple(row.value for row in node.rows)
        return _whole(node, values, _cases(*branches, (~lowest, ibis.literal(0, "int64"))))

    def marginal(self, node: n.Marginal) -> Column:
        x = node.operand
        scale = max(x.type.scale, *(row.bound.type.scale for row in node.rows))
        value = self.at(x, scale)
        bounds = [self.at(row.bound, scale) for row in node.rows]
        total: Column = None
        for i, row in enumerate(node.rows):
            top = value if i + 1 == len(bounds) else ibis.least(value, bounds[i + 1])
            part = ibis.greatest(top - bounds[i], ibis.literal(0, "int64")) * self.lower(row.value)
            lifted = _lift(part, node.type.scale - scale - row.value.type.scale)
            total = lifted if total is None else total + lifted
        return ibis.cases((value.isnull(), ibis.null("int64")), else_=total)

    def span(self, node: n.Span) -> Column:
        start, end = self.lower(node.start), self.lower(node.end)
        if node.unit == "days":
            return end.delta(start, unit="day")
        years = end.year().cast("int64") - start.year().cast("int64")
        if node.unit == "years":
            behind = end.month() * 100 + end.day() < start.month() * 100 + start.day()
            return years - behind.cast("int64")
        months = years * 12 + end.month().cast("int64") - start.month().cast("int64")
        return months - (end.day() < start.day()).cast("int64")


def _lift(value: Column, places: int) -> Column:
    return value if places == 0 else value * ibis.literal(10**places, "int64")


def _lower_scale(value: Column, places: int) -> Column:
    """Fewer decimals for a value that is a multiple of the coarser unit."""
    return value if places == 0 else _divide(value, ibis.literal(10**places, "int64"))


def _cases(*branches: tuple[Column, Column]) -> Column:
    """CASE without ELSE: unknown when no condition holds."""
    return ibis.cases(*branches)


def _whole(node: n.Node, values: tuple[n.Node, ...], case: Column) -> Column:
    """A case of numbers that are all written out has 64 bits too; a column among them gives its own."""
    return _wide(case) if node.type.numeric and not any(n.names(v) for v in values) else case
