"""Pairs of characters: whatever is part of a name is found by its pairs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kechuang.chinese.pairs import fold, pairs, wanted


def test_pairs_of_a_name():
    assert pairs("郴州A酒") == [("郴", "州"), ("州", "a"), ("a", "酒"), ("酒", "")]
    assert pairs("𠮷") == [("𠮷", "")]
    assert pairs("") == []
    assert wanted("州A") == [("州", "a")]
    assert wanted("州") == []


def test_large_and_small_letters_are_alike():
    assert pairs("ＡBß") == pairs("ａbSS")
    assert fold("ıiIİ").replace("\u0307", "") == "iiii"


@given(st.text(max_size=30), st.integers(0, 30), st.integers(1, 30))
def test_a_part_has_no_pair_that_the_name_lacks(name, start, length):
    part = name[start : start + length]
    assert set(wanted(part)) <= set(pairs(name))
    assert {first for first, _second in pairs(part)} <= {first for first, _second in pairs(name)}
