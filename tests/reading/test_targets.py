"""Targets: every construction with at least two examples, written for the tests in the genre."""

from __future__ import annotations

import pytest

from tests.reading.cases import reading_of, targets


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("到2025年，全社会研发投入强度达到3%以上。", ("全社会研发投入强度", ">=", "3", "%", "2025")),
        ("到2025年，城镇调查失业率控制在5.5%以内。", ("城镇调查失业率", "<=", "5.5", "%", "2025")),
        ("到2025年，电子信息产业产值突破800亿元。", ("电子信息产业产值", ">", "800", "亿元", "2025")),
        ("到2025年，技能人才总量达到12万人左右。", ("技能人才总量", "~", "12", "万人", "2025")),
        ("到2025年，专利授权量占全省百分之一点二以上。", ("专利授权量占全省", ">=", "1.2", "%", "2025")),
        ("2025年底前，生活垃圾分类覆盖率不低于９５％。", ("生活垃圾分类覆盖率", ">=", "95", "%", "2025")),
    ],
)
def test_reach(sentence: str, expected: tuple[str, str, str, str, str]) -> None:
    assert targets(sentence) == [expected]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("培育建设25家智能制造企业。", ("智能制造企业", "=", "25", "家", None)),
        ("每年遴选不少于30家标杆企业。", ("每年遴选标杆企业", ">=", "30", "家", None)),
        ("选择2-4个配套条件成熟的园区。", ("配套条件成熟的园区", ">=", "2", "个", None)),
        ("设立不低于1亿元的产业引导资金。", ("产业引导资金", ">=", "1", "亿元", None)),
    ],
)
def test_verb_count(sentence: str, expected: tuple[str, str, str, str, None]) -> None:
    assert targets(sentence, heading="主要任务") == [expected]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("到2025年，建设市级以上众创空间12家。", ("市级以上众创空间", "=", "12", "家", "2025")),
        ("引进高层次人才100名。", ("高层次人才", "=", "100", "名", None)),
    ],
)
def test_verb_noun(sentence: str, expected: tuple[str, str, str, str, str | None]) -> None:
    assert targets(sentence, heading="主要任务") == [expected]


def test_nested_head_is_resolved() -> None:
    found = reading_of("到2025年，建设市级以上众创空间12家，其中省级以上4家。", heading="主要目标").targets
    assert [(item.indicator, str(item.value)) for item in found] == [
        ("市级以上众创空间", "12"),
        ("省级以上众创空间", "4"),
    ]
    assert found[1].within == 0
    assert [item[:3] for item in targets("到2025年，新建保障性住房9500套，其中租赁型住房占60%以上。")] == [
        ("保障性住房", "=", "9500"),
        ("租赁型住房占比", ">=", "60"),
    ]


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("到2025年，建成1~2所国家级院校，6~8所国家级学校和10~12所省级学校。", ["1", "6", "10"]),
        ("到2025年，培育瞪羚企业100家、独角兽企业3家。", ["100", "3"]),
    ],
)
def test_coordinate(sentence: str, values: list[str]) -> None:
    assert [item[2] for item in targets(sentence)] == values


def test_deadline_reaches_the_members_of_a_list() -> None:
    found = targets(
        "到2025年，创新能力显著提升。",
        "——创新能力增强。专利授权量达到180件以上；",
        "——创新投入增长。研发投入占比达到1.6%以上。到2030年，研发投入占比达到2.5%。",
    )
    assert [(item[2], item[4]) for item in found] == [("180", "2025"), ("1.6", "2025"), ("2.5", "2030")]


def test_deadline_holds_only_for_what_follows() -> None:
    found = targets("年均开发2万个以上的公益性岗位。2023-2025年，城镇年均新增就业24万以上。")
    assert [(item[2], item[4]) for item in found] == [("2", None), ("24", "2025")]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("电子商务交易额、网络零售额分别达到1000亿元、300亿元。", [("电子商务交易额", "1000"), ("网络零售额", "300")]),
        (
            "甲级医院、乙级医院和丙级医院分别达到2家、10家和30家。",
            [("甲级医院", "2"), ("乙级医院", "10"), ("丙级医院", "30")],
        ),
        (
            "孵化器达到100家，其中国家级20家、省级40家。",
            [("孵化器", "100"), ("国家级孵化器", "20"), ("省级孵化器", "40")],
        ),
        ("数字经济规模超过2000亿元，占GDP比重超过50%。", [("数字经济规模", "2000"), ("数字经济规模占GDP比重", "50")]),
        (
            "培育年营业收入超百亿元企业10家、超十亿元企业50家。",
            [("年营业收入超百亿元企业", "10"), ("超十亿元企业", "50")],
        ),
        ("建成5G基站1万个，工业互联网平台20个。", [("5G基站", "1"), ("工业互联网平台", "20")]),
        ("技术收入增速高于工业增速2个百分点以上。", [("技术收入增速高于工业增速", "2")]),
        ("建制村通客车率100%。", [("建制村通客车率", "100")]),
        ("成果转化率由30%提高至45%。", [("成果转化率", "45")]),
    ],
)
def test_shared_and_elided_parts(sentence: str, expected: list[tuple[str, str]]) -> None:
    assert [(item[0], item[2]) for item in targets(sentence)] == expected


@pytest.mark.parametrize(
    ("sentence", "years"),
    [
        ("“十四五”期间，研发投入年均增长12%以上，2025年达到300亿元。", ["2025", "2025"]),
        ("到“十五五”末，研发投入占比达到3%。", ["2030"]),
        ("2022－2026年，调查失业率控制在5%以内。", ["2026"]),
        ("力争到2027年，研发投入占比达到3%，到2030年达到4%。", ["2027", "2030"]),
    ],
)
def test_deadlines(sentence: str, years: list[str]) -> None:
    assert [item[4] for item in targets(sentence)] == years


def test_growth_and_level() -> None:
    found = reading_of("到2027年，技术合同成交额年均增长15%以上，突破500亿元。", heading="目标").targets
    assert [(item.indicator, item.comparator, str(item.value), item.baseline_or_growth) for item in found] == [
        ("技术合同成交额", ">=", "15", "growth"),
        ("技术合同成交额", ">", "500", None),
    ]


def test_relation_between_growth_rates_is_a_rule_without_number() -> None:
    reading = reading_of("财政科技经费的增长幅度高于财政经常性收入的增长幅度。", heading="主要目标")
    assert reading.targets == ()
    assert [(rule.kind, rule.value) for rule in reading.rules] == [
        ("relation", "财政科技经费的增长幅度 高于 财政经常性收入的增长幅度")
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "年销售额达到1亿元的企业，优先列入计划。",
        "截至2022年底，高新技术企业达到500家。",
        "公示期为5个工作日。",
        "三大产业成为支柱。",
        "材料装订后厚度不超过5厘米。",
        "对总投资1亿元以上的项目，实施首谈制。",
    ],
)
def test_what_is_no_target(sentence: str) -> None:
    assert targets(sentence, heading="管理") == []


def test_conditions_of_application_are_no_targets() -> None:
    assert targets("（一）有专职人员不少于15名；", "（二）研发投入占比达到3%以上。", heading="申报条件") == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("到2027年，80%以上的规模以上工业企业建立研发机构。", ("规模以上工业企业建立研发机构的比例", ">=", "80")),
        ("到2027年，半数以上的园区接入算力网。", ("园区接入算力网的比例", ">=", "50")),
        ("到2027年，推动过半数的乡镇建成科普站。", ("乡镇建成科普站的比例", ">", "50")),
    ],
)
def test_a_share_of_many(sentence: str, expected: tuple[str, str, str]) -> None:
    assert targets(sentence) == [(*expected, "%", "2027")]
