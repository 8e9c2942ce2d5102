"""Whatever is typed, the answer is a tree or one clear error with a place in the text."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kechuang.expressions import ExpressionError, Symbol, Type, evaluate, load
from kechuang.expressions.types import BOOLEAN, DATE

SCOPE = {
    "甲": Symbol(Type("money", "元", 2, Decimal(10) ** 12)),
    "乙": Symbol(BOOLEAN),
    "日": Symbol(DATE),
    "类": Symbol(Type("enum", values=("a", "b"))),
}
_WORDS = (
    "甲", "乙", "日", "类", "丙", "min", "max", "half_up", "tiers", "marginal", "floor_to", "years_between", "date",
    "yuan", "above", "(", ")", ",", "+", "-", "*", "/", "**", ">=", "==", "=", "in", "not", "and", "or", "if", "else",
    "0", "1.50", "1e9", "0.02", '"a"', '"2020-01-01"', "[", "]", ".", "，", "%", "#", "\n", " ", "lambda", "for",
    "None", "True", "'", "\\", "\0",
)  # fmt: skip


def check(text: str) -> None:
    try:
        tree = load(text, SCOPE)
    except ExpressionError as error:
        lines = text.split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1
        assert error.zh and error.en
    else:
        evaluate(tree, {})


@given(st.lists(st.sampled_from(_WORDS), max_size=14).map(" ".join))
def test_words_in_any_order(text: str) -> None:
    check(text)


@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    check(text)


def test_deep_nesting() -> None:
    for text in (
        "(" * 1500 + "甲" + ")" * 1500,
        "not " * 900 + "乙",
        "甲+" * 1500 + "甲",
        "min(甲," * 300 + "甲" + ")" * 300,
    ):
        check(text)
