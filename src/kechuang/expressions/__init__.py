"""The expression language of policies: parse, type-check and evaluate with steps, exactly and three-valued."""

from kechuang.expressions.check import Scope, Symbol, check, load
from kechuang.expressions.errors import ExpressionError
from kechuang.expressions.evaluate import Unknown, compile_tree, evaluate
from kechuang.expressions.parse import Dialect, parse
from kechuang.expressions.types import Type

__all__ = [
    "Dialect", "ExpressionError", "Scope", "Symbol", "Type", "Unknown", "check", "compile_tree", "evaluate", "load", "parse",
]  # fmt: skip
