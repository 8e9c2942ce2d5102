"""Facts as people write them, and an error for each fault."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.measures import Catalogue, FactType, Text, catalogue_problems, parse_facts


@pytest.mark.parametrize(
    ("fact", "raw", "value"),
    [
        ("技术合同交易额", "12,345,678.90", Decimal("12345678.90")),
        ("技术合同交易额", "1,234.5万元", Decimal("12345000.00")),
        ("技术合同交易额", "0.3亿", Decimal("30000000.00")),
        ("技术合同交易额", 1000, Decimal(1000)),
        ("技术合同交易额", Decimal("10.50"), Decimal("10.50")),
        ("已转化", "是", True),
        ("已转化", "no", False),
        ("已转化", False, False),
        ("受让方类型", "企业", "企业"),
        ("受让方类型", "University", "高校"),
        ("研发占比", "3.72%", Decimal("0.0372")),
        ("研发占比", "3.72", Decimal("0.0372")),
        ("职工人数", "1,200人", Decimal(1200)),
        ("成立日期", "2013年4月18日", dt.date(2013, 4, 18)),
        ("成立日期", "2013-04-18", dt.date(2013, 4, 18)),
        ("备注", " 无 ", "无"),
    ],
)
def test_accepted(catalogue: Catalogue, fact: str, raw: object, value: object) -> None:
    assert parse_facts({fact: raw}, catalogue) == ({fact: value}, [])


@pytest.mark.parametrize("raw", [None, "", "不知道", "unknown", " 未知 "])
def test_unknown(catalogue: Catalogue, raw: object) -> None:
    for fact in ("技术合同交易额", "已转化", "受让方类型", "成立日期"):
        assert parse_facts({fact: raw}, catalogue) == ({}, [])


@pytest.mark.parametrize(
    ("fact", "raw", "zh", "en"),
    [
        ("技术合同交易额", 12345.67, "加引号", "as a string"),
        ("技术合同交易额", float("nan"), "加引号", "as a string"),
        ("技术合同交易额", Decimal("NaN"), "要填一个数", "a number is needed"),
        ("技术合同交易额", "NaN", "不是金额", "not an amount"),
        ("技术合同交易额", "-5", "负数", "negative"),
        ("技术合同交易额", "10000000000000", "10 万亿元", "ten trillion"),
        ("技术合同交易额", "1.234", "两位小数", "two decimals"),
        ("技术合同交易额", True, "要填一个数", "a number is needed"),
        ("技术合同交易额", [1], "要填一个数", "a number is needed"),
        ("技术合同交易", "5", "是不是“技术合同交易额”", "did you mean"),
        ("已转化", "也许", "是、否 或 不知道", "yes, no or unknown"),
        ("受让方类型", "企", "是不是“企业”", "must be one of"),
        ("成立日期", "2013-02-30", "存在的日期", "existing date"),
        ("成立日期", 20130418, "存在的日期", "existing date"),
        ("研发占比", "101%", "不能大于", "cannot be above"),
        ("研发占比", "3.123456%", "4 位小数", "4 decimals"),
        ("职工人数", "12.5", "整数", "whole number"),
        ("职工人数", "12%", "百分号", "percent sign"),
        ("职工人数", "九", "不是数", "not a number"),
        ("备注", "长" * 501, "500", "500"),
    ],
)
def test_refused(catalogue: Catalogue, fact: str, raw: object, zh: str, en: str) -> None:
    facts, errors = parse_facts({"合同已登记": "是", fact: raw}, catalogue)
    assert facts == {"合同已登记": True}
    [error] = errors
    assert error.fact == fact
    assert zh in error.zh and en in error.en


@pytest.mark.parametrize("raw", [[], "5", None, 3])
def test_facts_are_one_object(catalogue: Catalogue, raw: object) -> None:
    facts, [error] = parse_facts(raw, catalogue)  # type: ignore[arg-type]
    assert facts == {} and "JSON" in error.zh


def test_faults_of_a_catalogue() -> None:
    ask = Text("？", "?")
    faulty = Catalogue(
        [
            FactType("a b", "x", "text", ask),
            FactType("min", "x", "count", ask),
            FactType("级别", "x", "enum", ask),
            FactType("投入", "x", "money", ask, unit="万元"),
            FactType("人数", "x", "count", ask, minimum=Decimal(5), maximum=Decimal(4)),
        ]
    )
    assert [p.fact for p in catalogue_problems(faulty)] == ["a b", "min", "级别", "投入", "人数"]


def test_a_fact_is_declared_once() -> None:
    fact = FactType("人数", "x", "count", Text("？", "?"))
    with pytest.raises(ValueError, match="declared twice"):
        Catalogue([fact, fact])
