"""Numbers with unit, range and comparison."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kechuang.reading.normalise import normalise
from kechuang.reading.quantities import find


def only(text: str):
    found = find(normalise(text).text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("奖励5万元", "50000"),
        ("20 万元", "200000"),
        ("1.5亿元", "150000000"),
        ("1千万元", "10000000"),
        ("两万元", "20000"),
        ("３５００元", "3500"),
        ("一百万元", "1000000"),
    ],
)
def test_money(text: str, yuan: str) -> None:
    item = only(text)
    assert (item.kind, item.yuan) == ("money", Decimal(yuan))


@pytest.mark.parametrize(
    ("text", "value", "top", "unit"),
    [
        ("3-5个园区", "3", "5", "个"),
        ("10~12所学校", "10", "12", "所"),
        ("5%—20%", "5", "20", "%"),
        ("百分之二至百分之三", "2", "3", "%"),
        ("200至300亩", "200", "300", "亩"),
        ("20－50万元", "20", "50", "万元"),
    ],
)
def test_ranges(text: str, value: str, top: str, unit: str) -> None:
    item = only(text)
    assert (item.value, item.value_max, item.unit) == (Decimal(value), Decimal(top), unit)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("达到180件以上", ">="),
        ("10个（含）以上", ">="),
        ("不低于15名", ">="),
        ("控制在3.5%以内", "<="),
        ("不超过20万元", "<="),
        ("突破1000亿元", ">"),
        ("超10家", ">"),
        ("27万人左右", "~"),
        ("约30家", "~"),
        ("建设10家", "="),
    ],
)
def test_comparison(text: str, sign: str) -> None:
    assert only(text).comparator == sign


@pytest.mark.parametrize(
    ("text", "rate"), [("1%", "0.01"), ("1.5‰", "0.0015"), ("万分之二", "0.0002"), ("1:1", "1"), ("1：2", "0.5")]
)
def test_rates(text: str, rate: str) -> None:
    assert only(text).rate == Decimal(rate)


def test_paid_for_a_measure() -> None:
    assert only("100元/亩").per == "亩"
    assert only("20元/平方米•月").per == "平方米•月"


@pytest.mark.parametrize(
    "text", ["2015年", "第5条", "三大产业", "一批企业", "“12316”热线", "十城万盏", "一次性奖励", "高新技术企业"]
)
def test_what_is_no_quantity(text: str) -> None:
    assert [item for item in find(normalise(text).text) if item.kind != "number"] == []
