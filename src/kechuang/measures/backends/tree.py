"""The expression tree as an Ibis expression on scaled 64-bit integers.

A number with ``scale`` decimals is the integer ``value * 10**scale``; the checker has bounded every node below 18
digits, so no engine's decimal types, rounding modes or scale rules are left in the program. NULL is unknown, and SQL's
own three-valued logic is the one of ``evaluate``; only least, greatest and tiers need a guard, since SQL's ignore NULL.

Ibis turns ``//`` into a floating-point quotient, which is wrong above 2**53. Divisions are therefore written as a call
of ``KC_DIV``, and ``finish`` replaces it by the integer division of the dialect (``//`` in DuckDB, ``DIV`` in Spark).
A case of literals would be a 32-bit integer there and overflow in what follows; ``KC_WIDE`` becomes a cast. Lists of
records are DuckDB's; ``finish`` writes them in Spark's functions.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

import ibis
import sqlglot
from sqlglot import expressions as sql

from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import evaluate
from kechuang.expressions.ranges import may_agree, span_of
from kechuang.expressions.types import INTEGER_LIMIT, Type

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
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
    if dialect == "spark":
        _spark_lists(tree)
    return str(tree.sql(dialect))


def _spark_lists(tree: Any) -> None:
    """DuckDB's functions over lists in Spark's words. A sum starts from a 64-bit nothing, else it would be one of 32."""
    for call in reversed([c for c in tree.find_all(sql.Anonymous) if c.name.lower() == "list_apply"]):
        records, each = call.expressions
        call.replace(sql.Transform(this=records, expression=each))
    for call in reversed([c for c in tree.find_all(sql.Anonymous) if c.name.lower() == "list_sum"]):
        names = [sql.to_identifier(name) for name in ("kc_sum", "kc_value")]
        merge = sql.Lambda(this=sql.Add(this=names[0].copy(), expression=names[1].copy()), expressions=names)
        nothing = sql.cast(sql.Literal.number(0), "BIGINT")
        call.replace(sql.Reduce(this=call.expressions[0], initial=nothing, merge=merge))


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
                return self.product(a, b)
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
                test, then, otherwise = self.lower(c), self.like(a, node), self.like(b, node)
                # An unknown condition does not matter where both cases give the same.
                same = [(then == otherwise, then)] if may_agree(node) else []
                return _whole(node, (a, b), _cases((test, then), (~test, otherwise), *same))
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
            case n.ParameterOn():
                return self.parameter_on(node)
            case n.Aggregate():
                return self.aggregate(node)
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

    def parameter_on(self, node: n.ParameterOn) -> Column:
        """The value on a day; unknown before the first one."""
        day = self.lower(node.day)
        rows = [
            (day >= ibis.literal(start, "date"), ibis.literal(int(value.scaleb(node.type.scale)), "int64"))
            for start, value in reversed(node.values)
        ]
        return _wide(_cases(*rows))

    def aggregate(self, node: n.Aggregate) -> Column:
        """Over a list of records, each a structure of its facts; a list that is NULL is unknown."""
        records, body = self.columns[node.relation.id], node.body
        if body is None:
            return records.length().cast("int64")
        inner = type(self)
        values = records.map(
            lambda record: inner({**self.columns, **{e: record[e] for e in n.names(body, "element")}}).lower(body)
        )
        unknown = values.filter(lambda value: value.isnull()).length() > 0
        if node.kind == "sum":
            # A sum of nothing is NULL in SQL, and one of integers has 128 bits.
            total = _wide(ibis.coalesce(values.sums(), ibis.literal(0, "int64")))
            return _cases((~unknown, total))
        met = values.filter(lambda value: value).length()
        if node.kind == "count":
            return _cases((~unknown, met.cast("int64")))
        yes, no = ibis.literal(True, "boolean"), ibis.literal(False, "boolean")
        if node.kind == "any":
            return _cases((met > 0, yes), (~unknown, no))
        return _cases((values.filter(lambda value: ~value).length() > 0, no), (~unknown, yes))

    def product(self, a: n.Node, b: n.Node) -> Column:
        """Nothing times something unknown is nothing; the test is written only where it could matter."""
        left, right = self.lower(a), self.lower(b)
        zero = [
            value == ibis.literal(0, "int64")
            for value, node, other in ((left, a, b), (right, b, a))
            if n.depends(other) and span_of(node)[0] <= 0 <= span_of(node)[1]
        ]
        if not zero:
            return left * right
        return ibis.cases((reduce(lambda x, y: x | y, zero), ibis.literal(0, "int64")), else_=left * right)

    def compare(self, node: n.Compare) -> Column:
        a, b = node.left, node.right
        if not a.type.numeric:
            return _COMPARISONS[node.op](self.lower(a), self.lower(b))
        scale = max(a.type.scale, b.type.scale)
        test = _COMPARISONS[node.op](self.at(a, scale), self.at(b, scale))
        if node.op in ("==", "!=") or not (n.depends(a) or n.depends(b)):
            return test
        return ibis.coalesce(test, *decided) if (decided := self.decided(node, scale)) else test

    def decided(self, node: n.Compare, scale: int) -> list[Column]:
        """What a comparison gives although a side is unknown, since its bounds tell: ``low op high``."""
        ascending = node.op in ("<", "<=")
        low, high = (node.left, node.right) if ascending else (node.right, node.left)
        strict = node.op in ("<", ">")
        (low_min, low_max), (high_min, high_max) = span_of(low), span_of(high)
        found: list[Column] = []

        def beside(known: Column, op: str, bound: Decimal, result: bool) -> None:
            """One test of the known side; a bound of more than 18 digits is never reached."""
            if abs(bound.scaleb(scale)) < INTEGER_LIMIT:
                test = _COMPARISONS[op](known, ibis.literal(int(bound.scaleb(scale)), "int64"))
                found.append(ibis.cases((test, ibis.literal(result, "boolean"))))

        if n.depends(high):  # known below everything the other can be, or above it
            value = self.at(low, scale)
            if low_min < high_min or (low_min == high_min and not strict):
                beside(value, "<" if strict else "<=", high_min, True)
            if low_max > high_max or (low_max == high_max and strict):
                beside(value, ">=" if strict else ">", high_max, False)
        if n.depends(low):
            value = self.at(high, scale)
            if high_max > low_max or (high_max == low_max and not strict):
                beside(value, ">" if strict else ">=", low_max, True)
            if high_min < low_min or (high_min == low_min and strict):
                beside(value, "<=" if strict else "<", low_min, False)
        if low_max < high_min or (low_max == high_min and not strict):
            found.append(ibis.literal(True, "boolean"))
        if low_min > high_max or (low_min == high_max and strict):
            found.append(ibis.literal(False, "boolean"))
        return found

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
        """Least or greatest (SQL's own would leave NULL out); an unknown part matters only where it could go beyond
        the known ones."""
        scale, low = node.type.scale, isinstance(node, n.Minimum)
        open_ = [p for p in parts if n.depends(p)]
        values = {id(p): self.at(p, scale) for p in parts}
        fixed = [values[id(p)] for p in parts if not n.depends(p)]
        limit = fixed[0] if len(fixed) == 1 else pick(*fixed) if fixed else None
        if not open_:
            return limit
        every = pick(*values.values())
        told: list[Column] = []
        for part in open_:
            end = span_of(part)[0 if low else 1]
            fits = abs(end.scaleb(scale)) < INTEGER_LIMIT  # else nothing that is known can be beyond it
            others = [span_of(p)[0 if low else 1] for p in parts if p is not part]
            known = values[id(part)].notnull()
            if fits and any(o <= end if low else o >= end for o in others):
                best = next(values[id(p)] for p in parts if p is not part) if len(parts) == 2 else every
                border = ibis.literal(int(end.scaleb(scale)), "int64")
                known = known | (best <= border if low else best >= border)
            elif len(open_) == 1 and limit is not None:
                return ibis.cases((beyond(values[id(part)], limit), limit), else_=values[id(part)])
            told.append(known)
        return _cases((reduce(lambda a, b: a & b, told), every))

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
