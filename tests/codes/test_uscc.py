"""Unified social credit codes: reasons a person can act on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.codes import uscc

GOOD = "91110000600037341L"  # the example of python-stdnum


def test_a_right_code_in_any_writing():
    assert uscc.validate(GOOD) == GOOD
    assert uscc.validate(" 9111 0000-6000 37341l ") == GOOD
    assert uscc.validate("９１１１００００６０００３７３４１Ｌ") == GOOD
    assert uscc.division(GOOD) == "110000"


@pytest.mark.parametrize(
    ("text", "code", "zh"),
    [
        ("", "empty", "请填写统一社会信用代码。"),
        ("911100006000373", "length", "统一社会信用代码是 18 位，现在是 15 位，少了 3 位。"),
        (GOOD + "1", "length", "统一社会信用代码是 18 位，现在是 19 位，多了 1 位。"),
        ("91110000600037341O", "letter", "第 18 位写的是 O，代码不用字母 I、O、S、V、Z，可能是 0。"),
        ("9111A000600037341L", "letter", "第 5 位写的是 A，第 3 到 8 位是行政区划代码，只能是数字。"),
        ("91110000600037_41L", "letter", "第 15 位写的是“_”，只能用数字和大写字母。"),
        (
            "911100006000373412",
            "check",
            "最后一位校验码不对：按前 17 位应是 L，写的是 2。请对照营业执照核对每一位。",
        ),
    ],
)
def test_a_wrong_code_gets_its_reason(text, code, zh):
    with pytest.raises(uscc.UsccError) as caught:
        uscc.validate(text)
    assert (caught.value.code, caught.value.zh) == (code, zh)
    assert caught.value.en
    assert not uscc.is_valid(text)


def test_the_english_reason_says_what_the_check_character_should_be():
    with pytest.raises(uscc.UsccError) as caught:
        uscc.validate("911100006000373412")
    assert str(caught.value).startswith("The last character is wrong: the first 17 call for L, not 2.")


@given(st.text("0123456789", min_size=5, max_size=5), st.sampled_from(["91", "12", "52"]))
def test_made_codes_are_right_and_any_single_wrong_character_is_found(serial, kind):
    code = uscc.make(f"{kind}431002DEM0{serial}")
    assert uscc.validate(code) == code
    for place in (0, 9, 16):
        other = "Y" if code[place] != "Y" else "X"
        assert not uscc.is_valid(code[:place] + other + code[place + 1 :])


def test_making_from_sixteen_adds_the_check_character_of_the_organisation_code():
    assert uscc.make(GOOD[:16]) == GOOD
    assert uscc.organisation_check_character("60003734") == "1"
    with pytest.raises(uscc.UsccError, match="16 or 17 characters, not 3"):
        uscc.make("914")
    with pytest.raises(uscc.UsccError, match="never uses"):
        uscc.make("91431002DEMO00001")
