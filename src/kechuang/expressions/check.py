"""Names resolved, units compared, digits bounded: what passes here can be computed exactly by every interpreter.

The result is the same tree with a type on every node. Plain numbers (literals, parameters) take the unit of what they
meet; two different units never meet. The largest possible value of every node is known, so that a program which
could leave 18 digits is refused when it is loaded.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NoReturn

from kechuang.expressions import nodes as n
from kechuang.expressions.errors import ExpressionError
from kechuang.expressions.parse import parse
from kechuang.expressions.types import BOOLEAN, DATE, INTEGER_LIMIT, TEXT, Type, number_type

_SPAN_UNITS = {"years": "年", "months": "月", "days": "天"}
_SPAN_LIMITS = {"years": Decimal(10_000), "months": Decimal(120_000), "days": Decimal(4_000_000)}


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for: its type, where its value comes from, and between which bounds a number lies.

    ``dated`` are the values of a parameter with their first days, ``elements`` the facts of each record of a relation.
    """

    type: Type
    origin: n.Origin = "fact"
    range: tuple[Decimal, Decimal] | None = None
    dated: tuple[tuple[dt.date, Decimal], ...] = ()
    elements: tuple[tuple[str, Symbol], ...] = ()


Scope = Mapping[str, Symbol]


def load(text: str, scope: Scope, expect: str | None = None) -> n.Node:
    """Parse and check in one step. ``expect`` is the kind the whole expression must have, e.g. ``boolean``.

    An expected ``money`` amount must come out in whole fen: more than two decimals are refused, since the rule has to
    say how it rounds.
    """
    tree = check(parse(text), scope)
    return tree if expect is None else _expected(tree, expect)


def check(tree: n.Node, scope: Scope) -> n.Node:
    """The tree with names resolved and a type on every node. Raises ``ExpressionError``."""
    return _Checker(scope).node(tree)


def _expected(tree: n.Node, expect: str) -> n.Node:
    if expect == "money" and tree.type.kind == "number":
        tree = _adapt(tree, Type("money", "元"))
    if tree.type.kind != expect:
        want = Type(expect)  # type: ignore[arg-type]
        _fail(
            tree,
            f"整个式子应当得出{want.name('zh')}，现在得出{tree.type.name('zh')}",
            f"the whole expression must give {want.name('en')}, it gives {tree.type.name('en')}",
        )
    if expect == "money" and tree.type.scale > 2:
        _fail(
            tree,
            f"金额会有 {tree.type.scale} 位小数：请写明怎样取整，如 half_up(…)",
            f"the amount can have {tree.type.scale} decimals: say how it is rounded, e.g. half_up(…)",
        )
    return tree


def _fail(node: n.Node, zh: str, en: str) -> NoReturn:
    raise ExpressionError(zh, en, node.at.line, node.at.column)


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word``, if any is alike."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return near[0] if near else None


def hint(word: str, known: Iterable[str]) -> tuple[str, str]:
    """The end of a message about ``word``, in both languages, that asks whether the known word most like it was meant."""
    near = suggestion(word, known)
    return (f"；是不是“{near}”？", f'; did you mean "{near}"?') if near else ("", "")


def _fit(node: n.Node, type_: Type) -> Type:
    """``type_`` if its scaled values stay below the integer limit."""
    if type_.limit.scaleb(type_.scale) >= INTEGER_LIMIT:
        _fail(
            node,
            "数值可能超过 18 位：请给事实写明最大值（maximum），或减少小数位",
            "the value could need more than 18 digits: give the facts a maximum, or use fewer decimals",
        )
    return type_


def _adapt(node: n.Node, to: Type) -> n.Node:
    """A plain number takes kind and unit of what it meets, down to its leaves, so that pages can show it rightly."""
    if node.type.kind != "number":
        return node
    typed = replace(node.type, kind=to.kind, unit=to.unit)
    match node:
        case n.Negate() | n.HalfUp() | n.RoundTo():
            return replace(node, operand=_adapt(node.operand, to), type=typed)
        case n.Add() | n.Subtract():
            return replace(node, left=_adapt(node.left, to), right=_adapt(node.right, to), type=typed)
        case n.Minimum() | n.Maximum():
            return replace(node, parts=tuple(_adapt(p, to) for p in node.parts), type=typed)
        case n.Choose():
            return replace(node, then=_adapt(node.then, to), otherwise=_adapt(node.otherwise, to), type=typed)
        case n.Aggregate(body=n.Node() as body):
            return replace(node, body=_adapt(body, to), type=typed)
        case n.Tiers():
            return replace(node, rows=tuple(replace(r, value=_adapt(r.value, to)) for r in node.rows), type=typed)
    return replace(node, type=typed)


class _Checker:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def node(self, node: n.Node) -> n.Node:
        match node:
            case n.Literal():
                return replace(node, type=_fit(node, self.literal(node)))
            case n.Name():
                return self.name(node)
            case n.Yuan(operand=x):
                x = self.number(x)
                if x.type.kind != "number":
                    _fail(node, "yuan 里只能写数或参数", "only a number or a parameter is turned into yuan")
                return _adapt(x, Type("money", "元"))
            case n.Negate(operand=x):
                x = self.number(x)
                return replace(node, operand=x, type=replace(x.type, signed=True))
            case n.Add(left=a, right=b) | n.Subtract(left=a, right=b):
                a, b = self.alike(self.number(a), self.number(b), node)
                scale = max(a.type.scale, b.type.scale)
                signed = isinstance(node, n.Subtract) or a.type.signed or b.type.signed
                type_ = replace(a.type, scale=scale, limit=a.type.limit + b.type.limit, signed=signed)
                return replace(node, left=a, right=b, type=_fit(node, type_))
            case n.Multiply(left=a, right=b):
                a, b = self.number(a), self.number(b)
                return replace(node, left=a, right=b, type=_fit(node, self.product(a, b, node)))
            case n.Compare():
                return self.compare(node)
            case n.In(operand=x, options=options):
                x = self.node(x)
                checked: list[n.Literal] = []
                for option in options:
                    pair = self.alike(x, self.node(option), node)
                    self.allowed(pair[0], pair[1])
                    assert isinstance(pair[1], n.Literal)
                    checked.append(pair[1])
                return replace(node, operand=x, options=tuple(checked), type=BOOLEAN)
            case n.Not(operand=x):
                return replace(node, operand=self.truth(x), type=BOOLEAN)
            case n.And(parts=parts) | n.Or(parts=parts):
                return replace(node, parts=tuple(self.truth(p) for p in parts), type=BOOLEAN)
            case n.Choose(condition=c, then=a, otherwise=b):
                c, (a, b) = self.truth(c), self.alike(self.node(a), self.node(b), node)
                return replace(node, condition=c, then=a, otherwise=b, type=self.widest(node, (a, b)))
            case n.Minimum(parts=parts) | n.Maximum(parts=parts):
                same = self.all_alike(tuple(self.number(p) for p in parts), node)
                return replace(node, parts=same, type=self.widest(node, same))
            case n.HalfUp(operand=x, digits=digits):
                x = self.number(x)
                scale = min(x.type.scale, max(digits, 0))
                limit = x.type.limit + Decimal(1).scaleb(-digits) if digits < x.type.scale else x.type.limit
                return replace(node, operand=x, type=_fit(node, replace(x.type, scale=scale, limit=limit)))
            case n.RoundTo(operand=x, unit=unit):
                x = self.number(x)
                scale = number_type(unit).scale
                lifted = replace(x.type, scale=max(scale, x.type.scale), limit=x.type.limit + unit)
                _fit(node, lifted)
                return replace(node, operand=x, type=replace(lifted, scale=scale))
            case n.Tiers(operand=x, rows=rows):
                x = self.number(x)
                bounded = self.bounds(x, rows, node)
                values = self.all_alike(tuple(self.number(r.value) for r in rows), node)
                rows = tuple(replace(r, value=v) for r, v in zip(bounded, values, strict=True))
                return replace(node, operand=x, rows=rows, type=self.widest(node, values))
            case n.Marginal(operand=x, rows=rows):
                return self.marginal(node, self.number(x), rows)
            case n.Span(unit=unit, start=start, end=end):
                start, end = self.day(start), self.day(end)
                type_ = Type("count", _SPAN_UNITS[unit], 0, _SPAN_LIMITS[unit])
                return replace(node, start=start, end=end, type=type_)
            case n.ParameterOn():
                return self.parameter_on(node)
            case n.Aggregate():
                return self.aggregate(node)
        raise TypeError(f"no rule for {type(node).__name__}")

    def literal(self, node: n.Literal) -> Type:
        match node.value:
            case bool():
                return BOOLEAN
            case str():
                return TEXT
            case Decimal():
                return number_type(node.value)
        return DATE

    def name(self, node: n.Name) -> n.Node:
        symbol = self.scope.get(node.id)
        if symbol is None:
            zh, en = hint(node.id, self.scope)
            _fail(node, f"没有叫“{node.id}”的事实或参数{zh}", f'no fact or parameter is called "{node.id}"{en}')
        if symbol.type.kind == "relation":
            _fail(
                node,
                f"“{node.id}”是明细，用 sum、count、any 或 all 汇总",
                f'"{node.id}" is a list of records: use sum, count, any or all',
            )
        return replace(node, origin=symbol.origin, range=symbol.range, type=_fit(node, symbol.type))

    def parameter_on(self, node: n.ParameterOn) -> n.Node:
        parameter, day = self.name(node.parameter), self.day(node.day)
        assert isinstance(parameter, n.Name)
        if parameter.origin != "parameter":
            _fail(parameter, "value_on 只用于参数", "value_on is for parameters only")
        dated = tuple(sorted(self.scope[parameter.id].dated))
        for literal in n.walk(day):
            fixed = literal.value if isinstance(literal, n.Literal) else None
            if isinstance(fixed, dt.date) and dated and fixed < dated[0][0]:
                zh, en = (
                    f"“{parameter.id}”从 {dated[0][0]} 起才有值",
                    f"{parameter.id} has no value before {dated[0][0]}",
                )
                _fail(literal, zh, en)
        return replace(node, parameter=parameter, day=day, values=dated, type=parameter.type)

    def aggregate(self, node: n.Aggregate) -> n.Node:
        symbol = self.scope.get(node.relation.id)
        if symbol is None or symbol.type.kind != "relation":
            relations = [name for name, s in self.scope.items() if s.type.kind == "relation"]
            zh, en = hint(node.relation.id, relations)
            _fail(
                node.relation,
                f"没有叫“{node.relation.id}”的明细{zh}",
                f'no relation is called "{node.relation.id}"{en}',
            )
        elements = dict(symbol.elements)
        outside = {name: s for name, s in self.scope.items() if s.type.kind != "relation"}
        inside = _Checker({**outside, **elements})
        relation = replace(node.relation, origin=symbol.origin, type=symbol.type)
        body: n.Node | None = None
        type_ = BOOLEAN
        many = symbol.type.limit
        if node.kind == "sum":
            assert node.body is not None
            body = inside.number(node.body)
            type_ = _fit(node, replace(body.type, limit=body.type.limit * many))
        elif node.body is not None:
            body = inside.truth(node.body)
        if node.kind == "count":
            type_ = Type("count", symbol.type.unit, 0, many, signed=False)
        if body is not None and not n.names(body, "element"):
            _fail(
                node,
                f"式子里没有用到每一项的事实（{'、'.join(elements)}）",
                f"no fact of the records is used ({', '.join(elements)})",
            )
        return replace(node, relation=relation, body=body, elements=tuple(elements), type=type_)

    def number(self, node: n.Node) -> n.Node:
        node = self.node(node)
        if not node.type.numeric:
            zh, en = node.type.name("zh"), node.type.name("en")
            _fail(node, f"这里要一个数，得到的是{zh}", f"a number is needed here, not {en}")
        return node

    def truth(self, node: n.Node) -> n.Node:
        node = self.node(node)
        if node.type.kind != "boolean":
            _fail(
                node,
                f"这里要一个是/否的条件，得到的是{node.type.name('zh')}",
                f"a yes-or-no condition is needed here, not {node.type.name('en')}",
            )
        return node

    def day(self, node: n.Node) -> n.Node:
        node = self.node(node)
        if node.type.kind != "date":
            zh, en = node.type.name("zh"), node.type.name("en")
            _fail(node, f"这里要一个日期，得到的是{zh}", f"a date is needed here, not {en}")
        return node

    def alike(self, a: n.Node, b: n.Node, at: n.Node) -> tuple[n.Node, n.Node]:
        """Both with one kind and unit, plain numbers adapted; anything else is refused."""
        ta, tb = a.type, b.type
        if ta.kind == "number" and tb.numeric:
            return _adapt(a, tb), b
        if tb.kind == "number" and ta.numeric:
            return a, _adapt(b, ta)
        texts = {"enum", "text"}
        if ta.kind == tb.kind or {ta.kind, tb.kind} <= texts:
            if ta.kind == "enum" and tb.kind == "enum" and ta.values != tb.values:
                _fail(at, "两个选项的取值范围不同，不能比较", "two choices with different values cannot be compared")
            if not ta.numeric or ta.unit == tb.unit or None in (ta.unit, tb.unit):
                return a, b
        _fail(
            at,
            f"{ta.name('zh')}和{tb.name('zh')}不是同一种量，不能放在一起",
            f"{ta.name('en')} and {tb.name('en')} are unlike and cannot meet",
        )

    def all_alike(self, parts: tuple[n.Node, ...], at: n.Node) -> tuple[n.Node, ...]:
        lead = next((p for p in parts if p.type.kind != "number"), parts[0])
        return tuple(p if p is lead else self.alike(lead, p, at)[1] for p in parts)

    def widest(self, node: n.Node, parts: tuple[n.Node, ...]) -> Type:
        scale = max(p.type.scale for p in parts)
        limit = max(p.type.limit for p in parts)
        lead = parts[0].type
        if not lead.numeric:
            return lead
        unit = next((p.type.unit for p in parts if p.type.unit is not None), None)
        signed = (all if isinstance(node, n.Maximum) else any)(p.type.signed for p in parts)
        return _fit(node, replace(lead, unit=unit, scale=scale, limit=limit, signed=signed))

    def product(self, a: n.Node, b: n.Node, node: n.Node) -> Type:
        scale, limit = a.type.scale + b.type.scale, a.type.limit * b.type.limit
        signed = a.type.signed or b.type.signed
        for x, y in ((a.type, b.type), (b.type, a.type)):
            if x.kind == "number" or (x.kind == "rate" and y.kind in ("money", "count", "rate")):
                return replace(y, scale=scale, limit=limit, signed=signed)
            if x.kind == "count" and y.kind == "money":
                return replace(y, scale=scale, limit=limit, signed=signed)
        if a.type.kind == b.type.kind == "count" and None in (a.type.unit, b.type.unit):
            return replace(a.type, unit=a.type.unit or b.type.unit, scale=scale, limit=limit, signed=signed)
        _fail(
            node,
            f"{a.type.name('zh')}和{b.type.name('zh')}不能相乘",
            f"{a.type.name('en')} and {b.type.name('en')} cannot be multiplied",
        )

    def compare(self, node: n.Compare) -> n.Node:
        a, b = self.alike(self.node(node.left), self.node(node.right), node)
        kind = a.type.kind
        if kind in ("enum", "text", "boolean") and node.op not in ("==", "!="):
            zh, en = a.type.name("zh"), a.type.name("en")
            _fail(node, f"{zh}只能用 == 或 != 比较", f"{en} is compared with == or != only")
        if kind == "boolean" and (isinstance(a, n.Literal) or isinstance(b, n.Literal)):
            _fail(node, "是/否的事实直接写名字，或在前面写 not", "name a yes-or-no fact alone, or with not before it")
        self.allowed(a, b)
        self.allowed(b, a)
        if a.type.numeric:
            self.widest(node, (a, b))
        return replace(node, left=a, right=b, type=BOOLEAN)

    def allowed(self, choice: n.Node, value: n.Node) -> None:
        """A literal compared with an enum must be one of its values."""
        if choice.type.kind == "enum" and isinstance(value, n.Literal) and value.value not in choice.type.values:
            known = choice.type.values
            zh, en = hint(str(value.value), known)
            _fail(
                value,
                f"“{value.value}”不是可选的值（{'、'.join(known)}）{zh}",
                f'"{value.value}" is not an allowed value ({", ".join(known)}){en}',
            )

    def bounds(self, x: n.Node, rows: tuple[n.Row, ...], at: n.Node) -> tuple[n.Row, ...]:
        """Rows with checked bounds: constants like x, ascending where they are literals."""
        checked: list[n.Row] = []
        for row in rows:
            bound = self.alike(x, self.number(row.bound), at)[1]
            if n.names(bound, "fact") or n.names(bound, "builtin") or n.names(bound, "element"):
                _fail(bound, "界限只能写数或参数", "a bound is a number or a parameter")
            self.widest(at, (x, bound))
            before = checked[-1] if checked else None
            if before is not None and isinstance(before.bound, n.Literal) and isinstance(bound, n.Literal):
                a, b = before.bound.value, bound.value
                assert isinstance(a, Decimal) and isinstance(b, Decimal)
                if not (a < b or (a == b and row.strict and not before.strict)):
                    _fail(bound, "各档的界限要从小到大", "bounds must ascend")
            checked.append(replace(row, bound=bound))
        return tuple(checked)

    def marginal(self, node: n.Marginal, x: n.Node, rows: tuple[n.Row, ...]) -> n.Node:
        checked: list[n.Row] = []
        bounded = self.bounds(x, rows, node)
        part = max(x.type.scale, *(row.bound.type.scale for row in bounded))
        scale, limit = 0, Decimal(0)
        for row in bounded:
            rate = self.number(row.value)
            if rate.type.kind not in ("number", "rate") or n.names(rate, "fact") or n.names(rate, "element"):
                _fail(rate, "marginal 的每一档要写固定的比率", "marginal needs constant rates")
            checked.append(replace(row, value=rate))
            scale = max(scale, part + rate.type.scale)
            limit += (x.type.limit + row.bound.type.limit) * rate.type.limit
        signed = any(row.value.type.signed for row in checked)
        type_ = _fit(node, replace(x.type, scale=scale, limit=limit, signed=signed))
        return replace(node, operand=x, rows=tuple(checked), type=type_)
