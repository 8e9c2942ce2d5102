"""What the language accepts and refuses, and where it says so."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.expressions import ExpressionError, Symbol, Type, evaluate, load, parse
from kechuang.expressions import nodes as n
from kechuang.expressions.types import BOOLEAN, DATE, TEXT, decimals, number_type

MONEY = Type("money", "元", 2, Decimal("9999999999999.99"))
SCOPE = {
    "交易额": Symbol(MONEY),
    "营业收入": Symbol(MONEY),
    "占比": Symbol(Type("rate", None, 4, Decimal(1))),
    "职工人数": Symbol(Type("count", "人", 0, Decimal(10**7))),
    "专利数": Symbol(Type("count", "件", 0, Decimal(10**6))),
    "级别": Symbol(Type("enum", values=("市级", "省级", "国家级"))),
    "已转化": Symbol(BOOLEAN),
    "成立日期": Symbol(DATE),
    "计算日": Symbol(DATE, "builtin"),
    "备注": Symbol(TEXT),
    "rate": Symbol(number_type(Decimal("0.02"), Decimal("0.0250")), "parameter"),
    "cap": Symbol(number_type(Decimal("200000.00")), "parameter"),
}
FACTS = {
    "交易额": Decimal("12345678.90"),
    "营业收入": Decimal("20000000.00"),
    "占比": Decimal("0.0372"),
    "职工人数": Decimal(120),
    "专利数": Decimal(3),
    "级别": "省级",
    "已转化": True,
    "成立日期": dt.date(2020, 2, 29),
    "计算日": dt.date(2026, 11, 24),
    "备注": "无",
    "rate": Decimal("0.02"),
    "cap": Decimal("200000.00"),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("min(half_up(交易额 * rate), cap)", Decimal("200000.00")),
        ("half_up(交易额 * 0.02)", Decimal("246913.58")),
        ("half_up(交易额 * 0.02, 0)", Decimal("246914")),
        ("half_up(交易额, -4)", Decimal("12350000")),
        ("floor_to(交易额, 10000)", Decimal("12340000")),
        ("ceil_to(交易额, 10000)", Decimal("12350000")),
        ("ceil_to(营业收入, 10000)", Decimal("20000000")),
        ("floor_to(-交易额, 10000)", Decimal("-12350000")),
        ("max(cap - 250000, 0)", Decimal(0)),
        ("职工人数 * 1_000.50", Decimal("120060.00")),
        ("职工人数 * yuan(1000)", Decimal(120000)),
        ("交易额 if 已转化 else 0", Decimal("12345678.90")),
        ("tiers(营业收入, (10000000, 100000), (20000000, 300000), (50000000, 500000))", Decimal(300000)),
        ("tiers(营业收入, (10000000, 100000), (above(20000000), 300000))", Decimal(100000)),
        ("tiers(营业收入, (30000000, 100000))", Decimal(0)),
        ("tiers(交易额, (0, 交易额 * 0.05), (10000000, 500000))", Decimal(500000)),
        ("marginal(营业收入, (0, 0.01), (5000000, 0.02), (15000000, 0.03))", Decimal("400000")),
        ("marginal(营业收入, (15000000, 0.01), (90000000, 0.02))", Decimal("50000")),
        ("years_between(成立日期, 计算日)", Decimal(6)),
        ("months_between(成立日期, 计算日)", Decimal(80)),
        ('days_between(date("2026-11-20"), 计算日)', Decimal(4)),
        ("years_between(计算日, 成立日期)", Decimal(-7)),
        ('级别 in ("市级", "省级")', True),
        ('级别 not in ("市级", "省级")', False),
        ('级别 == "国家级" or not 已转化', False),
        ("0 < 专利数 <= 3", True),
        ('成立日期 < date("2020-03-01")', True),
        ("占比 >= 0.04", False),
        ('备注 != "有"', True),
    ],
)
def test_value(text: str, value: object) -> None:
    got = evaluate(load(text, SCOPE), FACTS)
    assert got == value and type(got) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("", 1, 1, "空的"),
        ("交易 > 5", 1, 1, "是不是“交易额”"),
        ('级别 == "省"', 1, 7, "不是可选的值"),
        ('级别 in ("市级")', 1, 8, "也要逗号"),
        ("交易额 > 职工人数", 1, 1, "不是同一种量"),
        ("专利数 + 职工人数", 1, 1, "不是同一种量"),
        ("min(交易额, 职工人数)", 1, 1, "不是同一种量"),
        ("交易额 * 营业收入", 1, 1, "不能相乘"),
        ("交易额 / 2", 1, 1, "不能用除号"),
        ("交易额 ** 2", 1, 1, "不在表达式语言里"),
        ("交易额.real", 1, 1, "不在表达式语言里"),
        ("[x for x in 交易额]", 1, 1, "不在表达式语言里"),
        ("(lambda: 1)()", 1, 1, "没有这个函数"),
        ('__import__("os")', 1, 1, "没有这个函数"),
        ("交易额 = 5", 1, 5, "两个等号"),
        ("交易额 > 5，", 1, 8, "全角符号"),
        ("交易额 * 2%", 1, 8, "0.02"),
        ("交易额 # 注释", 1, 5, "注释"),
        ("交易额 > 1e5", 1, 7, "普通小数"),
        ("交易额 > 0x10", 1, 7, "普通小数"),
        ("已转化 and\n交易额 > 职工人数", 2, 1, "不是同一种量"),
        ("已转化 == True", 1, 1, "直接写名字"),
        ("交易额 and 已转化", 1, 1, "是/否的条件"),
        ('级别 < "省级"', 1, 1, "只能用"),
        ("级别 + 1", 1, 1, "要一个数"),
        ("years_between(级别, 计算日)", 1, 15, "要一个日期"),
        ("half_up(交易额, 9)", 1, 14, "-8 到 6"),
        ("floor_to(交易额, 0)", 1, 15, "正数"),
        ("half_up(交易额, digits=2)", 1, 20, "两个等号"),
        ("max(交易额)", 1, 1, "≥ 2 个参数"),
        ("yuan(交易额)", 1, 1, "数或参数"),
        ("tiers(交易额, (5, 1), (5, 2))", 1, 21, "从小到大"),
        ("tiers(交易额, 5)", 1, 12, "(界限, 值)"),
        ("tiers(交易额, (营业收入, 1))", 1, 13, "数或参数"),
        ("marginal(交易额, (0, 占比))", 1, 19, "固定的比率"),
        ("marginal(交易额, (above(0), 0.1))", 1, 16, "tiers"),
        ('date("2013-02-30") < 计算日', 1, 6, "date("),
        ("交易额 * 0.0000001 > 营业收入", 1, 1, "18 位"),
        ("交易额 * 占比", 1, 1, "18 位"),
        ("999999999999999999999 > 交易额", 1, 1, "18 位"),
        ("(交易额 > 5", 1, 1, "读不懂"),
        ("交易额 if 已转化", 1, 1, "读不懂"),
        ("+交易额", 1, 1, "不在表达式语言里"),
        ("-" * 90 + "交易额", 1, 62, "嵌套"),
        ("x" * 4001, 1, 4001, "4000"),
    ],
)
def test_refused(text: str, line: int, column: int, word: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        load(text, SCOPE)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert word in error.zh
    assert error.en and error.message("en").startswith(f"line {line}")


def test_amount_must_say_how_it_rounds() -> None:
    with pytest.raises(ExpressionError, match="say how it is rounded"):
        load("交易额 * rate", SCOPE, "money")


def test_condition_must_be_yes_or_no() -> None:
    with pytest.raises(ExpressionError, match="must give yes or no"):
        load("交易额", SCOPE, "boolean")


def test_plain_numbers_take_the_unit_they_meet() -> None:
    tree = load("min(half_up(交易额 * rate), cap)", SCOPE)
    assert isinstance(tree, n.Minimum)
    assert tree.parts[1].type.kind == "money"
    product = tree.parts[0]
    assert isinstance(product, n.HalfUp) and isinstance(product.operand, n.Multiply)
    assert product.operand.right.type.kind == "number"
    assert product.operand.type.scale == 5


def test_literals_are_exact() -> None:
    assert parse("0.1") == n.Literal(Decimal("0.1"))
    assert parse("12_345.670") == n.Literal(Decimal("12345.670"))


def test_trailing_zeros_cost_no_digits() -> None:
    assert [decimals(Decimal(x)) for x in ("0.0200", "200000.00", "0", "1E+2", "-0.5")] == [2, 0, 0, 0, 1]


def test_names_by_origin() -> None:
    tree = load("交易额 * rate + 交易额 * 0.01", SCOPE)
    assert n.names(tree) == ("交易额", "rate")
    assert n.names(tree, "fact") == ("交易额",)
