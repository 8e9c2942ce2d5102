"""Formulas of indicators: a dialect of ``kechuang.expressions`` with division, checked by dimension before anything runs.

    rd_expenditure / gdp
    patents_granted / average(population_resident, 2)
    growth(fiscal_st_expenditure)
    fiscal_st_growth - revenue_growth
    quantity(100, "%") - gdp_primary_share

Every value is computed in base units (元, 人, 件) and only the result is brought into the indicator's unit, so that
亿元 and 万元 meet without a factor being written. A number without a unit multiplies and divides; to be added it has
to say its unit: 100 beside a percentage could mean 100 or 100 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

from kechuang.expressions import Dialect, ExpressionError, parse
from kechuang.expressions import nodes as n
from kechuang.expressions.check import suggestion
from kechuang.indicators.definitions import Definition
from kechuang.indicators.text import Text, number
from kechuang.indicators.units import POINT, UnitError, parse_unit

MAX_AVERAGE = 10
"""Years that ``average`` reaches back at most."""

DIALECT = Dialect(
    functions=("min", "max"),
    calls=(("growth", 1, 1), ("change", 1, 1), ("previous", 1, 1), ("average", 2, 2), ("share", 2, 2), ("quantity", 2, 2)),
    division=True,
)  # fmt: skip

Dimension = tuple[tuple[str, int], ...]
"""Base units with their exponents, sorted; empty for a ratio of like to like."""


@dataclass(frozen=True)
class Kind:
    """What a part of a formula is: its dimension, whether it is a difference of percentages, whether a bare number."""

    dimension: Dimension = ()
    points: bool = False
    bare: bool = False


@lru_cache(maxsize=4096)
def read(formula: str) -> n.Node:
    """The tree of a formula, names and units not yet checked. Raises ``ExpressionError`` with line and column."""
    return parse(formula, DIALECT)


def parts(formula: str) -> tuple[str, ...]:
    """The indicators a formula uses, in order of first use."""
    return n.names(read(formula))


def scale(unit: str) -> int:
    """The power of ten that brings a value in ``unit`` into base units (亿元: 8, %: -2, 个百分点: -2)."""
    parsed = parse_unit(unit)
    return -2 if parsed.base == POINT else parsed.power


def kind_of(unit: str) -> Kind:
    """The kind of values in ``unit``. Raises UnitError for one that cannot be read."""
    parsed = parse_unit(unit)
    if parsed.base == POINT:
        return Kind((), points=True)
    exponents = {} if parsed.base == "1" else {parsed.base: 1}
    if parsed.per:
        exponents[parsed.per] = exponents.get(parsed.per, 0) - 1
    return Kind(_sorted(exponents))


def _sorted(exponents: Mapping[str, int]) -> Dimension:
    return tuple(sorted((base, power) for base, power in exponents.items() if power))


def _product(a: Dimension, b: Dimension, sign: int) -> Dimension:
    exponents = dict(a)
    for base, power in b:
        exponents[base] = exponents.get(base, 0) + sign * power
    return _sorted(exponents)


def shown(dimension: Dimension) -> Text:
    """A dimension in words: 元/人, or a ratio."""
    above = "·".join(f"{b}{'' if p == 1 else p}" for b, p in dimension if p > 0) or "1"
    below = "·".join(f"{b}{'' if p == -1 else -p}" for b, p in dimension if p < 0)
    if not dimension:
        return Text("比率", "a ratio")
    name = f"{above}/{below}" if below else above
    return Text(f"“{name}”", f"“{name}”")


def fits(found: Kind, unit: str) -> bool:
    """Whether a result can be stated in ``unit``.

    个百分点 is for differences of percentages only. 元 also stands for 元/人: the unit in print of output per head leaves
    out what it is divided by.
    """
    wanted = kind_of(unit)
    if wanted.points:
        return found.points
    if found.dimension == wanted.dimension:
        return True
    return len(wanted.dimension) == 1 and found.dimension == _product(wanted.dimension, (("人", 1),), -1)


def check(definition: Definition, definitions: Mapping[str, Definition]) -> ExpressionError | None:
    """What is wrong with the formula of a definition, with line and column; None when it can be computed.

    Unknown indicators, units that do not meet, a result in another unit than the indicator's, an indicator that
    depends on itself, directly or through others.
    """
    if definition.formula is None:
        return None
    try:
        tree = read(definition.formula)
        found = _Checker(definition.id, definitions).kind(tree)
        if not n.names(tree):
            _fail(tree, "算式里没有指标", "the formula names no indicator")
        if not fits(found, definition.unit):
            got = Text("百分点之差", "a difference of percentages") if found.points else shown(found.dimension)
            _fail(
                tree,
                f"算式得出的是{got.zh}，得不到指标的单位“{definition.unit}”",
                f"the formula gives {got.en}, which cannot be stated in the indicator's unit “{definition.unit}”",
            )
        _no_circle(definition, definitions)
    except ExpressionError as error:
        return error
    except UnitError as error:
        return ExpressionError(error.text.zh, error.text.en)
    return None


def _fail(node: n.Node, zh: str, en: str) -> NoReturn:
    raise ExpressionError(zh, en, node.at.line, node.at.column)


def _no_circle(definition: Definition, definitions: Mapping[str, Definition]) -> None:
    """Refuse a formula that comes back to the indicator through the formulas of its parts."""

    def follow(id: str, path: tuple[str, ...]) -> None:
        for part in _parts_or_none(definitions.get(id)):
            if part == definition.id:
                words = " → ".join((*path, part))
                raise ExpressionError(f"算式绕了一圈：{words}", f"the formulas run in a circle: {words}")
            if part not in path:
                follow(part, (*path, part))

    follow(definition.id, (definition.id,))


def _parts_or_none(definition: Definition | None) -> tuple[str, ...]:
    """The parts of a formula; none where there is none or it cannot be read (that has its own message)."""
    if definition is None or definition.formula is None:
        return ()
    try:
        return parts(definition.formula)
    except ExpressionError:
        return ()


class _Checker:
    """Works out the kind of every node; ``own`` is the indicator whose formula this is."""

    def __init__(self, own: str, definitions: Mapping[str, Definition]) -> None:
        self.own = own
        self.definitions = definitions

    def kind(self, node: n.Node) -> Kind:
        match node:
            case n.Literal(value=Decimal()):
                return Kind(bare=True)
            case n.Name():
                return self.name(node)
            case n.Negate(operand=x):
                return self.kind(x)
            case n.Add(left=a, right=b) | n.Subtract(left=a, right=b):
                left, right = self.alike(node, (a, b))
                minus = isinstance(node, n.Subtract) and not left.dimension and not left.bare
                return Kind(left.dimension, minus or (left.points and right.points), left.bare)
            case n.Minimum(parts=several) | n.Maximum(parts=several):
                kinds = self.alike(node, several)
                return Kind(kinds[0].dimension, all(k.points for k in kinds), kinds[0].bare)
            case n.Multiply(left=a, right=b):
                return self.product(self.kind(a), self.kind(b), 1)
            case n.Divide(left=a, right=b):
                if isinstance(b, n.Literal) and b.value == 0:
                    _fail(b, "不能除以零", "division by zero")
                return self.product(self.kind(a), self.kind(b), -1)
            case n.Call():
                return self.call(node)
        _fail(
            node,
            "这种写法不在算式里：只有数、指标、加减乘除和规定的函数",
            "not part of formulas: only numbers, indicators, + - * / and the listed functions",
        )

    def name(self, node: n.Name) -> Kind:
        if node.id == self.own:
            _fail(node, "算式里有它自己", "the formula contains the indicator itself")
        found = self.definitions.get(node.id)
        if found is None:
            near = suggestion(node.id, self.definitions)
            zh, en = (f"；是不是“{near}”？", f"; did you mean “{near}”?") if near else ("", "")
            _fail(
                node,
                f"算式里的指标“{node.id}”没有定义{zh}",
                f"the indicator “{node.id}” of the formula is not defined{en}",
            )
        return kind_of(found.unit)

    def alike(self, node: n.Node, several: tuple[n.Node, ...]) -> tuple[Kind, ...]:
        """Kinds that may be added or compared: all of one dimension, or all bare numbers."""
        kinds = tuple(self.kind(x) for x in several)
        for x, kind in zip(several, kinds, strict=True):
            if kind.bare != kinds[0].bare:
                bare = x if kind.bare else several[0]
                _fail(
                    bare,
                    '这个数没有单位，不能和有单位的量相加减或比较：写成 quantity(5, "亿元")',
                    'this number has no unit and cannot be added to or compared with a quantity: write quantity(5, "亿元")',
                )
            if kind.dimension != kinds[0].dimension:
                a, b = shown(kinds[0].dimension), shown(kind.dimension)
                _fail(node, f"{a.zh}和{b.zh}不是同一种量", f"{a.en} and {b.en} are not the same kind of quantity")
        return kinds

    @staticmethod
    def product(a: Kind, b: Kind, sign: int) -> Kind:
        points = (a.points and b.bare) or (b.points and a.bare and sign == 1)
        return Kind(_product(a.dimension, b.dimension, sign), points, a.bare and b.bare)

    def quantity(self, node: n.Call) -> Kind:
        value, unit = node.parts
        if not isinstance(value, n.Literal) or not isinstance(value.value, Decimal):
            _fail(value, "quantity 的第一项写一个数", "quantity takes a number first")
        if not isinstance(unit, n.Literal) or not isinstance(unit.value, str):
            _fail(unit, 'quantity 的第二项写单位，如 "亿元"', 'quantity takes a unit second, e.g. "亿元"')
        try:
            return kind_of(unit.value)
        except UnitError as error:
            _fail(unit, error.text.zh, error.text.en)

    def call(self, node: n.Call) -> Kind:
        name = node.function
        if name == "quantity":
            return self.quantity(node)
        if name == "share":
            self.alike(node, node.parts)
            self.indicators(node, node.parts)
            return Kind()
        inner = self.kind(node.parts[0])
        self.indicators(node, node.parts[:1])
        if name == "growth":
            if not inner.dimension:
                _fail(
                    node,
                    "比率不算增长率：变化用 change(…)，得百分点",
                    "a ratio has no growth rate here: use change(…), which gives percentage points",
                )
            return Kind()
        if name == "change":
            return Kind(inner.dimension, points=not inner.dimension)
        if name == "average":
            years(node)
        return inner

    @staticmethod
    def indicators(node: n.Call, several: tuple[n.Node, ...]) -> None:
        if not all(n.names(x) for x in several):
            _fail(node, f"{node.function} 里要有指标", f"{node.function} needs an indicator")


def years(node: n.Call) -> int:
    """How many years an ``average`` takes. Raises ``ExpressionError`` unless it is a whole number from 2 to 10."""
    given = node.parts[1]
    if isinstance(given, n.Literal) and isinstance(given.value, Decimal):
        value = given.value
        if value == value.to_integral_value() and 2 <= value <= MAX_AVERAGE:
            return int(value)
    _fail(
        given,
        f"平均的年数写 2 到 {MAX_AVERAGE} 的整数",
        f"the years of an average are a whole number from 2 to {MAX_AVERAGE}",
    )


def order(definitions: Mapping[str, Definition]) -> list[Definition]:
    """The definitions with a sound formula, each after those its formula uses."""
    sound = {d.id: d for d in definitions.values() if d.formula is not None and check(d, definitions) is None}
    found: dict[str, Definition] = {}

    def add(one: Definition) -> None:
        for part in parts(one.formula or ""):
            if part in sound and part not in found:
                add(sound[part])
        found[one.id] = one

    for definition in sound.values():
        if definition.id not in found:
            add(definition)
    return list(found.values())


def with_breaks(definitions: Mapping[str, Definition]) -> dict[str, Definition]:
    """The definitions, those with a formula knowing the breaks of their parts, also through other formulas.

    A link factor of a part is none of the whole, so it is left out.
    """
    found = dict(definitions)
    for definition in order(definitions):
        points = {
            (b.year, b.region): replace(b, link_factor=None)
            for part in parts(definition.formula or "")
            for b in found[part].breaks + found[part].inherited
        }
        own = {(b.year, b.region) for b in definition.breaks}
        found[definition.id] = replace(
            definition, inherited=tuple(b for key, b in sorted(points.items()) if key not in own)
        )
    return found


_STRENGTH = {n.Add: 1, n.Subtract: 1, n.Multiply: 2, n.Divide: 2, n.Negate: 3}
_SIGNS = {n.Add: "＋", n.Subtract: "－", n.Multiply: "×", n.Divide: "÷"}
_SIGNS_EN = {n.Add: "+", n.Subtract: "−", n.Multiply: "×", n.Divide: "÷"}
_WORDS = {
    "growth": Text("{0}比上年增长", "growth of {0}"),
    "change": Text("{0}比上年的变化", "change of {0}"),
    "previous": Text("上年{0}", "{0} a year before"),
    "average": Text("{0}近 {1} 年平均", "mean of {0} over {1} years"),
    "share": Text("{0}占{1}的比重", "share of {0} in {1}"),
}


def words(node: n.Node, leaf: Callable[[n.Name], Text]) -> Text:
    """A formula in words, with ``leaf`` for each indicator: 研发经费 ÷ 地区生产总值."""
    match node:
        case n.Name():
            return leaf(node)
        case n.Literal(value=Decimal() as value):
            return Text(number(value), number(value))
        case n.Literal(value=value):
            return Text(str(value), str(value))
        case n.Negate(operand=x):
            inner = _bracketed(x, leaf, 3)
            return Text(f"−{inner.zh}", f"−{inner.en}")
        case (
            n.Add(left=a, right=b)
            | n.Subtract(left=a, right=b)
            | n.Multiply(left=a, right=b)
            | n.Divide(left=a, right=b)
        ):
            strength = _STRENGTH[type(node)]
            first = _bracketed(a, leaf, strength)
            # a − (b − c) and a ÷ (b ÷ c) keep their brackets.
            second = _bracketed(b, leaf, strength + isinstance(node, n.Subtract | n.Divide))
            return Text(
                f"{first.zh} {_SIGNS[type(node)]} {second.zh}", f"{first.en} {_SIGNS_EN[type(node)]} {second.en}"
            )
        case n.Minimum(parts=several) | n.Maximum(parts=several):
            lead = Text("较小的", "the least of") if isinstance(node, n.Minimum) else Text("较大的", "the greatest of")
            each = [words(x, leaf) for x in several]
            return Text(f"{lead.zh}（{'、'.join(x.zh for x in each)}）", f"{lead.en} ({', '.join(x.en for x in each)})")
        case n.Call(function="quantity", parts=(value, unit)):
            size, name = words(value, leaf), words(unit, leaf)
            return Text(f"{size.zh} {name.zh}".replace(" %", "%"), f"{size.en} {name.en}".replace(" %", "%"))
        case n.Call(function=function, parts=several):
            each = [_bracketed(x, leaf, 3) for x in several]
            form = _WORDS[function]
            return Text(form.zh.format(*(x.zh for x in each)), form.en.format(*(x.en for x in each)))
    raise TypeError(f"no words for {type(node).__name__}")


def _bracketed(node: n.Node, leaf: Callable[[n.Name], Text], least: int) -> Text:
    inner = words(node, leaf)
    if _STRENGTH.get(type(node), 9) >= least:
        return inner
    return Text(f"（{inner.zh}）", f"({inner.en})")


def formula_words(definition: Definition, definitions: Mapping[str, Definition]) -> Text | None:
    """The formula of an indicator with the names of its parts, or None where it has none."""
    if definition.formula is None:
        return None
    return words(read(definition.formula), lambda leaf: definitions[leaf.id].name)
