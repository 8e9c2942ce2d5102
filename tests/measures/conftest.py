"""A small catalogue and the measures of one city's policy, as engine records."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.measures import (
    Ambiguity,
    Catalogue,
    ClauseRef,
    Condition,
    Delegation,
    EnumValue,
    FactType,
    Measure,
    Parameter,
    Reading,
    Text,
)

START = dt.date(2013, 4, 18)


def text(zh: str, en: str) -> Text:
    return Text(zh, en)


def parameter(id_: str, value: str, zh: str = "", en: str = "") -> Parameter:
    return Parameter(id_, ((START, Decimal(value)),), Text(zh, en) if zh else None)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    ask = Text("请填写", "please give")
    kinds = tuple(
        EnumValue(zh, en)
        for zh, en in (
            ("企业", "enterprise"),
            ("高校", "university"),
            ("科研院所", "institute"),
            ("个人", "individual"),
        )
    )
    levels = tuple(
        EnumValue(zh, en) for zh, en in (("市级", "municipal"), ("省级", "provincial"), ("国家级", "national"))
    )
    return Catalogue(
        [
            FactType("技术合同交易额", "contract value", "money", Text("金额是多少？", "How much?"), cost=2),
            FactType("受让方类型", "kind of buyer", "enum", ask, values=kinds),
            FactType("出让方类型", "kind of seller", "enum", ask, values=kinds),
            FactType("已转化", "converted", "boolean", Text("成果已在本市转化吗？", "Has it been put to use?"), cost=5),
            FactType("合同已登记", "contract registered", "boolean", Text("登记了吗？", "Registered?"), cost=1),
            FactType("本年已获补助", "subsidy this year", "money", ask, cost=3),
            FactType("历年已获补助", "subsidy so far", "money", ask, cost=4),
            FactType("机构级别", "institution level", "enum", ask, values=levels),
            FactType("研发投入", "R&D expenditure", "money", ask),
            FactType("营业收入", "revenue", "money", ask),
            FactType("研发占比", "R&D intensity", "rate", ask, unit="%", maximum=Decimal(1)),
            FactType("职工人数", "staff", "count", ask, unit="人"),
            FactType("成立日期", "date of foundation", "date", ask),
            FactType("备注", "note", "text", ask),
        ]
    )


@pytest.fixture(scope="session")
def receiver() -> Measure:
    """2 % of the contract value, at most 200,000 yuan, to the firm that takes up and converts a result."""
    capped = "min(half_up(技术合同交易额 * rate), {})"
    return Measure(
        id="receiver-subsidy",
        title=Text("成果受让补助", "Subsidy for taking up results"),
        source=ClauseRef("3.10.2", 2),
        subject="contract",
        effective_from=START,
        parameters=(
            parameter("rate", "0.02", "补助比例", "subsidy rate"),
            parameter("cap", "200000.00", "最高补助额", "highest subsidy"),
        ),
        applies=(
            Condition('受让方类型 == "企业"', Text("受让方是企业", "The buyer is an enterprise")),
            Condition('出让方类型 in ("高校", "科研院所", "个人")', Text("出让方符合", "The seller qualifies")),
            Condition("已转化", Text("成果已转化", "The result has been put to use")),
            Condition("合同已登记", Text("合同已登记", "The contract is registered"), "assumption"),
        ),
        amount=capped.format("cap"),
        ambiguities=(
            Ambiguity(
                "cap-period",
                Text("上限按什么算", "What the cap counts"),
                (
                    Reading("contract", Text("按每份合同", "per contract")),
                    Reading(
                        "firm-year",
                        Text("按企业每年", "per firm and year"),
                        capped.format("max(cap - 本年已获补助, 0)"),
                    ),
                    Reading("firm", Text("按企业累计", "per firm"), capped.format("max(cap - 历年已获补助, 0)")),
                ),
                shown="contract",
            ),
        ),
    )


@pytest.fixture(scope="session")
def supplier() -> Measure:
    """1 % of the contract value, at most 100,000 yuan."""
    return Measure(
        id="supplier-subsidy",
        title=Text("成果输出补助", "Subsidy for supplying results"),
        source=ClauseRef("3.10.2", 1),
        subject="contract",
        effective_from=START,
        parameters=(parameter("rate", "0.01"), parameter("cap", "100000.00")),
        applies=(Condition('出让方类型 in ("高校", "科研院所", "个人")', Text("出让方符合", "The seller qualifies")),),
        amount="min(half_up(技术合同交易额 * rate), cap)",
    )


@pytest.fixture(scope="session")
def institution() -> Measure:
    """50,000 / 200,000 / 500,000 yuan by level."""
    return Measure(
        id="institution-award",
        title=Text("研发机构奖励", "Award to R&D institutions"),
        source=ClauseRef("3.6.1", 1),
        subject="institution",
        effective_from=START,
        parameters=(
            parameter("city", "50000", "市级奖励", "municipal award"),
            parameter("province", "200000", "省级奖励", "provincial award"),
            parameter("nation", "500000", "国家级奖励", "national award"),
        ),
        amount='city if 机构级别 == "市级" else province if 机构级别 == "省级" else nation',
    )


@pytest.fixture(scope="session")
def intensity() -> Measure:
    """R&D at 6 % of revenue; the text states no amount."""
    return Measure(
        id="rd-ratio-subsidy",
        title=Text("研发投入补贴", "R&D-ratio subsidy"),
        source=ClauseRef("3.6.2", 1),
        subject="enterprise",
        effective_from=START,
        amount_is="unstated",
        parameters=(parameter("threshold", "6"),),
        applies=(Condition("研发投入 * 100 >= 营业收入 * threshold", Text("研发占比达标", "R&D ratio reached")),),
    )


@pytest.fixture(scope="session")
def deduction() -> Measure:
    """By reference to another document."""
    return Measure(
        id="super-deduction",
        title=Text("研发费用加计扣除", "R&D super deduction"),
        source=ClauseRef("3.6.3", 1),
        subject="enterprise",
        effective_from=START,
        amount_is="delegated",
        delegated_to=Delegation(Text("中央和省有关政策", "national and provincial policy")),
        applies=(Condition("研发投入 > 0", Text("有研发投入", "Has R&D expenditure")),),
    )
