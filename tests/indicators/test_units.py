"""Conversion is exact, and only between units of the same thing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.indicators.units import POINT, UnitError, convert, convertible, gap_unit, parse_unit


@pytest.mark.parametrize(
    ("value", "source", "target", "wanted"),
    [
        ("20120654", "万元", "亿元", "2012.0654"),
        ("2012.0654", "亿元", "元", "201206540000"),
        ("359159", "人", "万人", "35.9159"),
        ("4.23", "件/万人", "件/百万人", "423"),
        ("180", "件/百万人", "件/万人", "1.80"),
        ("25", "%", "‰", "250"),
        ("1.29", "个百分点", "百分点", "1.29"),
        ("8146", "元", "元", "8146"),
    ],
)
def test_convert(value, source, target, wanted):
    assert convert(Decimal(value), source, target) == Decimal(wanted)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("家", "人"),
        ("人", "人年"),
        ("%", "个百分点"),
        ("亿元", "亿元/人"),
        ("件/万人", "件"),
        ("户", "家"),
    ],
)
def test_other_things_are_never_converted(source, target):
    with pytest.raises(UnitError) as error:
        convert(Decimal(1), source, target)
    assert source in error.value.text.zh and target in error.value.text.en
    assert not convertible(source, target)


@pytest.mark.parametrize("text", ["", " ", "件//人", "件/", "/人"])
def test_unreadable_unit(text):
    with pytest.raises(UnitError, match="读不懂"):
        parse_unit(text)


def test_magnitude_alone_is_a_base():
    assert (parse_unit("万").power, parse_unit("万").base) == (0, "万")


def test_percentages_differ_by_points():
    assert gap_unit("%").zh == POINT
    assert gap_unit("亿元").zh == "亿元"


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=12))
def test_there_and_back_loses_nothing(value):
    assert convert(convert(value, "亿元", "元"), "元", "亿元") == value
    assert convert(convert(value, "件/百万人", "件/人"), "件/人", "件/百万人") == value
