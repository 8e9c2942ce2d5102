"""Names find the organisation they mean; likeness orders candidates, a person decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.tabular.formulas import bare, safe
from kechuang.tabular.similarity import NameIndex, core_name, dice, likeness

NAMES = [
    (1, "郴州裕华新材料有限公司"),
    (2, "郴州市湘南矿业（集团）股份有限公司"),
    (3, "桂阳县绿源农业专业合作社"),
    (4, "郴州华裕机械有限公司"),
]


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex(NAMES)


@pytest.mark.parametrize(
    ("written", "key", "why"),
    [
        ("郴州裕华新材料有限公司", 1, "exact"),
        ("郴州市湘南矿业(集团)股份有限公司", 2, "form"),
        ("郴州裕华新材料有限责任公司", 1, "form"),
        ("郴州玉华新材料有限公司", 1, "alike"),
        ("桂阳绿源农业合作社", 3, "alike"),
    ],
)
def test_the_best_candidate_is_the_one_meant(index, written, key, why):
    best = index.find(written)[0]
    assert (best.key, best.why) == (key, why)


def test_nothing_alike_finds_nothing(index):
    assert index.find("北京某某银行") == []
    assert NameIndex([]).find("甲") == []


def test_homophones_are_more_alike_than_other_characters():
    assert likeness("郴州玉华公司", "郴州裕华公司") > likeness("郴州玉华公司", "郴州德华公司")
    assert core_name("甲（集团）股份有限公司") == "甲集团"


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_symmetric_and_bounded(left, right):
    assert 0 <= likeness(left, right) <= 1
    assert dice(left, right) == dice(right, left)
    assert likeness(left, left) == 1


@given(st.text(max_size=40))
def test_a_safe_text_comes_back_and_begins_no_formula(text):
    assert bare(safe(text)) == text
    assert safe(text)[:1] not in tuple("=@\t\r") or not safe(text)
