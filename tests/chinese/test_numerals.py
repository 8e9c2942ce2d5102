"""Numbers as official texts write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.chinese import numerals


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("1,234,567.85", "1234567.85"),
        ("１２．５", "12.5"),
        ("1千万", "10000000"),
        ("1.5亿", "150000000"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("一百二十", "120"),
        ("三百零五", "305"),
        ("两万", "20000"),
        ("两千", "2000"),
        ("一点二", "1.2"),
        ("二〇一三", "2013"),
        ("壹仟贰佰", "1200"),
        ("一万二千", "12000"),
        ("一亿三千万", "130000000"),
        ("三万亿", "3000000000000"),
        ("一点五万", "15000"),
        ("-3", "-3"),
        ("负五", "-5"),
    ],
)
def test_parse(text: str, value: str) -> None:
    assert numerals.parse(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "三大", "点二", "一二十", "12个", "万", "abc", "一" * 80])
def test_parse_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(numerals.NumeralError) as caught:
        numerals.parse(text)
    assert "不是数字" in caught.value.zh
    assert "not a number" in caught.value.en


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("百分之一点二", "0.012"),
        ("百分之二十", "0.2"),
        ("万分之二", "0.0002"),
        ("千分之三", "0.003"),
        ("三成", "0.3"),
        ("半数", "0.5"),
        ("5%", "0.05"),
        ("１２％", "0.12"),
        ("1.5‰", "0.0015"),
        ("四分之一", "0.25"),
    ],
)
def test_parse_fraction(text: str, share: str) -> None:
    assert numerals.parse_fraction(text) == Decimal(share)


def test_parse_fraction_of_something_else() -> None:
    assert numerals.parse_fraction("十家") is None
    assert numerals.parse_fraction("零分之一") is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (1010, "一千零一十"),
        (20000, "二万"),
        (100_000_000, "一亿"),
        (100_010_001, "一亿零一万零一"),
    ],
)
def test_to_chinese(number: int, text: str) -> None:
    assert numerals.to_chinese(number) == text


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_writing_and_reading_agree(number: int) -> None:
    assert numerals.parse(numerals.to_chinese(number)) == number


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_arabic_numbers_keep_every_digit(value: Decimal) -> None:
    assert numerals.parse(f"{value:,.2f}") == value
