"""Text to tree: a white list of Python's own expression syntax, with exact decimal literals.

The standard ``ast`` module reads the text; everything that is not on the list is refused with its position. Numbers
are taken from the source text, so that ``0.02`` is the decimal 0.02 and never a binary float.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from kechuang.expressions import nodes as n
from kechuang.expressions.errors import ExpressionError

MAX_LENGTH = 4000
MAX_DEPTH = 60
FUNCTIONS = (
    "min", "max", "half_up", "yuan", "floor_to", "ceil_to", "tiers", "marginal",
    "date", "years_between", "months_between", "days_between", "value_on", "sum", "count", "any", "all",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one use of the language allows: its functions, and whether there is division.

    Rules divide nowhere, so that every engine gives the same fen; statistics are quotients by nature. A function of
    ``calls`` becomes a ``Call`` node (least and most arguments), whose meaning belongs to whoever owns the dialect.
    """

    functions: tuple[str, ...] = FUNCTIONS
    calls: tuple[tuple[str, int, int], ...] = ()
    division: bool = False


RULES = Dialect()
"""The language of measures and conditions."""

_NUMBER = re.compile(r"\d[\d_]*(\.\d+)?")
_FULL_WIDTH = {
    "（": "(", "）": ")", "【": "(", "】": ")", "，": ",", "、": ",", "。": ".", "；": ";", "：": ":",
    "＝": "==", "＞": ">", "＜": "<", "≥": ">=", "≤": "<=", "≠": "!=", "！": "not",
    "＋": "+", "－": "-", "—": "-", "×": "*", "÷": "*", "％": "0.01", "“": '"', "”": '"', "‘": "'", "’": "'",
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], n.CompareOp] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def parse(text: str, dialect: Dialect = RULES) -> n.Node:
    """Read one expression; names stay unresolved and nodes untyped until ``check``.

    ``check`` and the interpreters of this package know the dialect of rules only. Raises ``ExpressionError`` with line and column for everything outside the language.
    """
    return _Parser(text, dialect).run()


class _Parser:
    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        # One line of the same length: an expression may be folded over lines, positions stay those of the text.
        self.flat = text.replace("\r", " ").replace("\n", " ").replace("\t", " ")

    def run(self) -> n.Node:
        if not self.text.strip():
            self.fail(0, "表达式是空的", "the expression is empty")
        if len(self.text) > MAX_LENGTH:
            much = MAX_LENGTH
            self.fail(much, f"表达式超过 {much} 个字符，请拆开", f"longer than {much} characters; split it")
        self.scan()
        lead = len(self.flat) - len(self.flat.lstrip())
        source = self.flat.strip()
        self.lead = lead
        try:
            self.bytes = source.encode()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)
                tree = ast.parse(source, mode="eval")
        except SyntaxError as error:
            self.fail(
                lead + max((error.offset or 1) - 1, 0),
                "这里读不懂：请检查括号、逗号和运算符是否成对、完整",
                "cannot be read here: check that brackets, commas and operators are complete",
            )
        except (ValueError, RecursionError, MemoryError):
            self.fail(lead, "表达式嵌套太深或含有不可见字符", "nested too deeply, or invisible characters in it")
        return self.node(tree.body, 0)

    def scan(self) -> None:
        """Refuse, outside quotes, what people type by habit and Python would misread or explain badly."""
        quote = ""
        for i, char in enumerate(self.flat):
            if quote:
                quote = "" if char == quote else quote
            elif char in "\"'":
                quote = char
            elif char in _FULL_WIDTH:
                good = "/" if char == "÷" and self.dialect.division else _FULL_WIDTH[char]
                self.fail(i, f"“{char}”是全角符号，请写 {good}", f'"{char}" is not part of the language; write {good}')
            elif char == "#":
                self.fail(i, "表达式里不能写注释", "comments are not allowed inside an expression")
            elif char == "%":
                self.fail(i, "不能写百分号：2% 写成 0.02", "no percent sign: write 2% as 0.02")
            elif char == "=" and self.flat[i - 1 : i] not in ("=", "<", ">", "!") and self.flat[i + 1 : i + 2] != "=":
                self.fail(i, "比较要写两个等号 ==", "write == to compare")

    def fail(self, offset: int, zh: str, en: str) -> NoReturn:
        at = self.position(offset)
        raise ExpressionError(zh, en, at.line, at.column)

    def position(self, offset: int) -> n.Position:
        before = self.text[:offset]
        return n.Position(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)

    def offset(self, item: ast.expr) -> int:
        # ast counts columns in UTF-8 bytes; people count characters.
        return self.lead + len(self.bytes[: item.col_offset].decode())

    def refuse(self, item: ast.expr, zh: str, en: str) -> NoReturn:
        self.fail(self.offset(item), zh, en)

    def node(self, item: ast.expr, depth: int) -> n.Node:
        if depth > MAX_DEPTH:
            self.refuse(item, f"嵌套超过 {MAX_DEPTH} 层，请拆开", f"nested deeper than {MAX_DEPTH} levels; split it")
        at = self.position(self.offset(item))

        def sub(child: ast.expr) -> n.Node:
            return self.node(child, depth + 1)

        match item:
            case ast.Constant():
                return self.constant(item)
            case ast.Name(id=name):
                return n.Name(unicodedata.normalize("NFKC", name), at=at)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return n.Add(sub(left), sub(right), at=at)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return n.Subtract(sub(left), sub(right), at=at)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return n.Multiply(sub(left), sub(right), at=at)
            case ast.BinOp(left=left, op=ast.Div(), right=right) if self.dialect.division:
                return n.Divide(sub(left), sub(right), at=at)
            case ast.BinOp(op=ast.Div() | ast.FloorDiv()) if not self.dialect.division:
                self.refuse(
                    item,
                    "不能用除号：比率写成小数（0.02），比较时两边相乘（研发投入 * 100 >= 营业收入 * 6）",
                    "no division: write a rate as a decimal (0.02), or multiply both sides of a comparison",
                )
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = sub(operand)
                if isinstance(inner, n.Literal) and isinstance(inner.value, Decimal):
                    return n.Literal(-inner.value, at=at)
                return n.Negate(inner, at=at)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return n.Not(sub(operand), at=at)
            case ast.BoolOp(op=op, values=values):
                parts = tuple(sub(v) for v in values)
                return n.And(parts, at=at) if isinstance(op, ast.And) else n.Or(parts, at=at)
            case ast.Compare():
                return self.compare(item, sub)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return n.Choose(sub(test), sub(body), sub(orelse), at=at)
            case ast.Call():
                return self.call(item, sub)
        if self.dialect.division:
            self.refuse(
                item,
                "这种写法不在算式里：只有加减乘除（+ - * /）、括号和规定的函数",
                "not part of formulas: only + - * /, brackets and the listed functions",
            )
        self.refuse(
            item,
            "这种写法不在表达式语言里：只有加减乘、比较、and/or/not、A if B else C 和规定的函数",
            "not part of the language: only + - *, comparisons, and/or/not, A if B else C and the listed functions",
        )

    def constant(self, item: ast.Constant) -> n.Literal:
        at = self.position(self.offset(item))
        if isinstance(item.value, bool | str):
            return n.Literal(item.value, at=at)
        if isinstance(item.value, int | float):
            source = self.bytes[item.col_offset : item.end_col_offset].decode()
            if _NUMBER.fullmatch(source):
                return n.Literal(Decimal(source.replace("_", "")), at=at)
        self.refuse(item, "数要写成普通小数，如 50000 或 0.02", "write numbers as plain decimals, e.g. 50000 or 0.02")

    def compare(self, item: ast.Compare, sub: Callable[[ast.expr], n.Node]) -> n.Node:
        at = self.position(self.offset(item))
        if isinstance(item.ops[0], ast.In | ast.NotIn):
            if len(item.ops) > 1:
                self.refuse(item, "in 不能接着别的比较写", "in cannot be chained with another comparison")
            inside = n.In(sub(item.left), self.options(item.comparators[0], sub), at=at)
            return inside if isinstance(item.ops[0], ast.In) else n.Not(inside, at=at)
        operands = [sub(item.left), *(sub(c) for c in item.comparators)]
        parts: list[n.Node] = []
        for op, left, right in zip(item.ops, operands, operands[1:], strict=False):
            if type(op) not in _COMPARE:
                self.refuse(item, "只能用 == != < <= > >= in 比较", "compare with == != < <= > >= or in only")
            parts.append(n.Compare(_COMPARE[type(op)], left, right, at=at))
        return parts[0] if len(parts) == 1 else n.And(tuple(parts), at=at)

    def options(self, item: ast.expr, sub: Callable[[ast.expr], n.Node]) -> tuple[n.Literal, ...]:
        if not isinstance(item, ast.Tuple) or not item.elts:
            self.refuse(
                item,
                'in 后面要写带逗号的清单，如 ("高校", "个人")；只有一项也要逗号：("高校",)',
                'in needs a list with commas, e.g. ("a", "b"); a single one also has a comma: ("a",)',
            )
        found = [sub(e) for e in item.elts]
        literals = [f for f in found if isinstance(f, n.Literal)]
        if len(literals) < len(found):
            self.refuse(item, "in 的清单里只能写固定的值", "only constants may stand in the list after in")
        return tuple(literals)

    def call(self, item: ast.Call, sub: Callable[[ast.expr], n.Node]) -> n.Node:
        at = self.position(self.offset(item))
        own = {name: (low, high) for name, low, high in self.dialect.calls}
        known = (*self.dialect.functions, *own)
        if not isinstance(item.func, ast.Name) or item.func.id not in known:
            zh, en = "、".join(known), ", ".join(known)
            self.refuse(item, f"没有这个函数；可用的有：{zh}", f"unknown function; there are: {en}")
        name, args = item.func.id, item.args
        if item.keywords:
            self.refuse(item, "参数直接按顺序写，不写名字", "give arguments in order, without names")

        def need(low: int, high: int | None = None) -> None:
            if len(args) < low or (high is not None and len(args) > high):
                how = str(low) if low == high else f"{low}–{high}" if high else f"≥ {low}"
                self.refuse(item, f"{name} 要 {how} 个参数", f"{name} takes {how} arguments")

        if name in own:
            need(*own[name])
            return n.Call(name, tuple(sub(a) for a in args), at=at)
        match name:
            case "min" | "max":
                need(2)
                parts = tuple(sub(a) for a in args)
                return n.Minimum(parts, at=at) if name == "min" else n.Maximum(parts, at=at)
            case "half_up":
                need(1, 2)
                return n.HalfUp(sub(args[0]), self.digits(args[1]) if len(args) > 1 else 2, at=at)
            case "yuan":
                need(1, 1)
                return n.Yuan(sub(args[0]), at=at)
            case "floor_to" | "ceil_to":
                need(2, 2)
                unit = sub(args[1])
                if not (isinstance(unit, n.Literal) and isinstance(unit.value, Decimal) and unit.value > 0):
                    self.refuse(args[1], "取整单位要写成正数，如 100", "the unit must be a positive number, e.g. 100")
                return n.RoundTo(sub(args[0]), unit.value, name == "ceil_to", at=at)
            case "tiers" | "marginal":
                need(2)
                rows = tuple(self.row(a, name, sub) for a in args[1:])
                return n.Tiers(sub(args[0]), rows, at=at) if name == "tiers" else n.Marginal(sub(args[0]), rows, at=at)
            case "value_on":
                need(2, 2)
                parameter = sub(args[0])
                if not isinstance(parameter, n.Name):
                    self.refuse(args[0], "value_on 的第一项写参数的名字", "value_on takes the name of a parameter")
                return n.ParameterOn(parameter, sub(args[1]), at=at)
            case "sum" | "count" | "any" | "all":
                need(1 if name == "count" else 2, 2)
                relation = sub(args[0])
                if not isinstance(relation, n.Name):
                    self.refuse(args[0], f"{name} 的第一项写明细的名字", f"{name} takes the name of a relation first")
                return n.Aggregate(name, relation, sub(args[1]) if len(args) > 1 else None, at=at)
            case "date":
                need(1, 1)
                return self.date(args[0], at)
        need(2, 2)
        units: dict[str, n.SpanUnit] = {"years_between": "years", "months_between": "months", "days_between": "days"}
        return n.Span(units[name], sub(args[0]), sub(args[1]), at=at)

    def digits(self, item: ast.expr) -> int:
        literal = self.node(item, 1)
        if isinstance(literal, n.Literal) and isinstance(literal.value, Decimal):
            value = literal.value
            if value == value.to_integral_value() and -8 <= value <= 6:
                return int(value)
        self.refuse(item, "小数位数要写成 -8 到 6 的整数", "the number of decimals is an integer from -8 to 6")

    def row(self, item: ast.expr, name: str, sub: Callable[[ast.expr], n.Node]) -> n.Row:
        if not isinstance(item, ast.Tuple) or len(item.elts) != 2:
            self.refuse(item, f"{name} 的每一档写成 (界限, 值)", f"each row of {name} is written (bound, value)")
        bound, value = item.elts
        strict = False
        if isinstance(bound, ast.Call) and isinstance(bound.func, ast.Name) and bound.func.id == "above":
            if len(bound.args) != 1 or bound.keywords or name == "marginal":
                self.refuse(bound, "above(界限) 只用在 tiers 里", "above(bound) is for tiers only")
            strict, bound = True, bound.args[0]
        return n.Row(sub(bound), sub(value), strict)

    def date(self, item: ast.expr, at: n.Position) -> n.Literal:
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            try:
                if re.fullmatch(r"\d{4}-\d\d-\d\d", item.value):
                    return n.Literal(dt.date.fromisoformat(item.value), at=at)
            except ValueError:
                pass
        self.refuse(item, '日期写成 date("2013-04-18")', 'write dates as date("2013-04-18")')
