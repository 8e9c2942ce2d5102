"""Amounts as written, as shown, and in capital figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.chinese.money import MoneyError, capital, format_large, format_yuan, parse_yuan, yuan_parts

fen = st.integers(-(10**15) + 1, 10**15 - 1).map(lambda n: Decimal(n) / 100)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12345.67", "12345.67"),
        ("12,345,678.90", "12345678.90"),
        ("1,234.5万元", "12345000.00"),
        ("１２３．４万元", "1234000.00"),
        ("￥ 12,345.00", "12345.00"),
        ("0.3亿", "30000000.00"),
        ("200000 元", "200000.00"),
        ("-5", "-5.00"),
    ],
)
def test_parse(text: str, value: str) -> None:
    assert parse_yuan(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,23", "1.234", "12.3.4", "10万亿元", "10000000000000", "NaN", "1e5", "5美元"]
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(MoneyError) as caught:
        parse_yuan(text)
    assert caught.value.zh and caught.value.en


def test_format() -> None:
    assert format_yuan(Decimal(12345)) == "12,345.00 元"
    assert yuan_parts(Decimal("246913.5780")) == ("246,913.578", "元")
    assert format_large(Decimal("123456789.00")) == "1.23 亿元"
    assert format_large(Decimal("200000.00")) == "20 万元"
    assert format_large(Decimal("9999.50")) == "9,999.50 元"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12000", "壹万贰仟元整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("100000000", "壹亿元整"),
        ("100000001", "壹亿零壹元整"),
        ("1000000000000", "壹万亿元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("0", "零元整"),
        ("-0.05", "负伍分"),
    ],
)
def test_capital(value: str, text: str) -> None:
    assert capital(Decimal(value)) == text


@given(fen)
def test_written_amount_reads_back(value: Decimal) -> None:
    assert parse_yuan(format_yuan(value)) == value


@given(fen, fen)
def test_capital_figures_are_distinct(a: Decimal, b: Decimal) -> None:
    assert (capital(a) == capital(b)) == (a == b)
