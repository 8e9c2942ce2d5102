"""Unknown is not no: three-valued logic, and exactly the facts that matter."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.expressions import Symbol, Type, Unknown, evaluate, load
from kechuang.expressions.evaluate import half_up, round_to
from kechuang.expressions.types import BOOLEAN

SCOPE = {
    **{name: Symbol(BOOLEAN) for name in "甲乙丙"},
    "x": Symbol(Type("money", "元", 2, Decimal(10**9))),
    "y": Symbol(Type("money", "元", 2, Decimal(10**9))),
    "类": Symbol(Type("enum", values=("a", "b"))),
}


def unknown(*facts: str) -> Unknown:
    return Unknown(frozenset(facts))


@pytest.mark.parametrize(
    ("text", "facts", "value"),
    [
        ("甲 and 乙", {"甲": False}, False),
        ("甲 and 乙", {"甲": True}, unknown("乙")),
        ("乙 and 甲", {"甲": False}, False),
        ("甲 or 乙", {"乙": True}, True),
        ("甲 or 乙", {}, unknown("甲", "乙")),
        ("not 甲", {}, unknown("甲")),
        ("x > 5", {}, unknown("x")),
        ("x > y", {"x": Decimal(1)}, unknown("y")),
        ("min(x, y)", {"x": Decimal(1)}, unknown("y")),
        ("max(x, y, 3)", {}, unknown("x", "y")),
        ("x if 甲 else y", {"甲": True, "x": Decimal(1)}, Decimal(1)),
        ("x if 甲 else y", {"甲": False, "x": Decimal(1)}, unknown("y")),
        ("x if 甲 else y", {"x": Decimal(1)}, unknown("甲", "y")),
        ("x if 甲 else y", {"x": Decimal(1), "y": Decimal(2)}, unknown("甲")),
        ("x * 2 + y", {"y": Decimal(2)}, unknown("x")),
        ('类 in ("a",)', {}, unknown("类")),
        ("tiers(x, (5, y), (10, 2))", {}, unknown("x", "y")),
        ("tiers(x, (5, y), (10, 2))", {"x": Decimal(10)}, Decimal(2)),
        ("marginal(x, (0, 0.1))", {}, unknown("x")),
        ("half_up(x) + 1", {}, unknown("x")),
        ("(甲 and 乙) or 丙", {"乙": False}, unknown("丙")),
    ],
)
def test_kleene(text: str, facts: dict[str, object], value: object) -> None:
    assert evaluate(load(text, SCOPE), facts) == value  # type: ignore[arg-type]


def test_unknown_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError):
        bool(unknown("甲"))


_formulas = st.recursive(
    st.sampled_from("甲乙丙"),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} and {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} or {p[1]})"),
        inner.map(lambda p: f"(not {p})"),
    ),
    max_leaves=6,
)


@given(_formulas, st.fixed_dictionaries({}, optional=dict.fromkeys("甲乙丙", st.booleans())))
def test_known_results_hold_whatever_the_unknown_facts_are(text: str, facts: dict[str, bool]) -> None:
    """A yes or no given early is never taken back, and an unknown names only facts that are unknown."""
    tree = load(text, SCOPE)
    early = evaluate(tree, facts)
    if isinstance(early, Unknown):
        assert early.facts and not early.facts & facts.keys()
        return
    rest = [name for name in "甲乙丙" if name not in facts]
    for values in itertools.product((True, False), repeat=len(rest)):
        assert evaluate(tree, {**facts, **dict(zip(rest, values, strict=True))}) is early


@given(st.integers(-(10**17), 10**17), st.integers(0, 4))
def test_half_up_is_exact(scaled: int, digits: int) -> None:
    """Against integers: halves go away from zero."""
    value = Decimal(scaled).scaleb(-5)
    unit = 10 ** (5 - digits)
    expected = (abs(scaled) * 2 + unit) // (2 * unit) * (1 if scaled >= 0 else -1)
    assert half_up(value, digits) == Decimal(expected).scaleb(-digits)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**6))
def test_round_to_is_exact(scaled: int, unit: int) -> None:
    value, step = Decimal(scaled).scaleb(-2), Decimal(unit).scaleb(-2)
    assert round_to(value, step, False) == Decimal(scaled // unit * unit).scaleb(-2)
    assert round_to(value, step, True) == Decimal(-(-scaled // unit) * unit).scaleb(-2)
