"""Money promises: every construction with at least two examples, written for the tests in the genre."""

from __future__ import annotations

import pytest

from tests.reading.cases import incentives


def one(sentence: str) -> dict:
    found = incentives(sentence)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("sentence", "beneficiary", "yuan"),
    [
        ("对首次认定的高新技术企业给予30万元奖励。", "高新技术企业", "300000"),
        ("对引进的省级工程研究中心，给予 50 万元的一次性奖励。", "省级工程研究中心", "500000"),
        ("给予运营机构每年５０万元的运营补贴。", "运营机构", "500000"),
    ],
)
def test_giving(sentence: str, beneficiary: str, yuan: str) -> None:
    item = one(sentence)
    assert (item["kind"], item["beneficiary"], item["amount_yuan"]) == ("fixed", beneficiary, yuan)
    assert item["rules"][0] == "giving"


@pytest.mark.parametrize(
    ("sentence", "yuan"),
    [
        ("入选国家级示范平台的单位，奖励100万元。", "1000000"),
        ("对获评市级绿色工厂的企业，一次性奖励两万元。", "20000"),
    ],
)
def test_direct(sentence: str, yuan: str) -> None:
    item = one(sentence)
    assert item["amount_yuan"] == yuan
    assert item["rules"][0] == "direct"


@pytest.mark.parametrize(
    ("sentence", "rate", "base", "cap"),
    [
        ("企业年度研发投入超过500万元的，按研发投入的5%给予补助，最高不超过100万元。", "0.05", "研发投入", "1000000"),
        ("对出让技术的院所按合同成交金额补助3%（最高不超过15万元）。", "0.03", "合同成交金额", "150000"),
        (
            "对购买设备的企业，按照设备投资额百分之十的比例给予补贴，单个项目最高补助1000万元。",
            "0.1",
            "设备投资额",
            "10000000",
        ),
        (
            "对固定资产投资达到5000万元以上的新建项目，给予投资额2%的奖励，奖励资金不超过300万元。",
            "0.02",
            "投资额",
            "3000000",
        ),
    ],
)
def test_rate_with_base_and_cap(sentence: str, rate: str, base: str, cap: str) -> None:
    item = one(sentence)
    assert (item["kind"], item["rate"], item["base"], item["cap_yuan"]) == ("rate", rate, base, cap)


@pytest.mark.parametrize(
    ("sentence", "low", "high"),
    [
        ("按设备购置费的6%—18%给予企业补助。", "0.06", "0.18"),
        ("对担保机构按担保额的百分之一至百分之二给予补助。", "0.01", "0.02"),
    ],
)
def test_rate_range(sentence: str, low: str, high: str) -> None:
    item = one(sentence)
    assert (item["rate"], item["rate_max"]) == (low, high)


@pytest.mark.parametrize(
    "sentence",
    [
        "对参加境外展会的企业，按照实际支出给予最高70%的资金补助。",
        "对研发项目按照不超过实际投入的70%给予补助。",
    ],
)
def test_rate_is_cap(sentence: str) -> None:
    item = one(sentence)
    assert (item["rate"], item["rate_is_cap"]) == ("0.7", True)


@pytest.mark.parametrize(
    ("sentence", "tiers"),
    [
        (
            "对新认定为市、省、国家级的中试基地，分别给予8万元、30万元、80万元补助。",
            [("市级", "80000"), ("省级", "300000"), ("国家级", "800000")],
        ),
        (
            "对参加大赛获得一、二、三等奖的，分别给予10万元、5万元和3万元奖励。",
            [("一等奖", "100000"), ("二等奖", "50000"), ("三等奖", "30000")],
        ),
        (
            "对营业收入首次突破10亿元、50亿元的企业，分别奖励50万元、100万元。",
            [("营业收入首次突破10亿元", "500000"), ("50亿元", "1000000")],
        ),
    ],
)
def test_tiers_share_one_verb(sentence: str, tiers: list[tuple[str, str]]) -> None:
    assert [(tier["when"], tier["amount_yuan"]) for tier in one(sentence)["tiers"]] == tiers


def test_counts_that_do_not_match_are_reported() -> None:
    item = one("对认定的示范平台，分别给予50万元、30万元、10万元奖励。")
    assert [tier["amount_yuan"] for tier in item["tiers"]] == ["500000", "300000", "100000"]
    assert any("no enumeration of 3 members" in reason for reason in item["reasons"])


@pytest.mark.parametrize(
    "sentence",
    [
        "对获得国家级、省级、市级称号的企业，分别奖励50万元、20万元。",
        "对一等奖、二等奖、三等奖，分别奖励10万元、5万元。",
    ],
)
def test_more_members_than_amounts_are_reported_too(sentence: str) -> None:
    item = one(sentence)
    assert [tier["when"] for tier in item["tiers"]] == ["", ""]
    assert "2 amounts, but no enumeration of 2 members to match them" in item["reasons"]


@pytest.mark.parametrize(
    ("sentence", "base", "rates"),
    [
        (
            "对年度研发投入500万元以内的部分按10%给予补助，500万元以上的部分按5%给予补助。",
            "年度研发投入",
            ["0.1", "0.05"],
        ),
        (
            "年营业收入1000万元以下的部分按2%奖励，1000万元至5000万元的部分按3%奖励，超过5000万元的部分按4%奖励。",
            "年营业收入",
            ["0.02", "0.03", "0.04"],
        ),
    ],
)
def test_layers_of_a_base_are_marginal(sentence: str, base: str, rates: list[str]) -> None:
    item = one(sentence)
    assert (item["kind"], item["base"], item["marginal"]) == ("rate", base, True)
    assert [tier["rate"] for tier in item["tiers"]] == rates


@pytest.mark.parametrize(
    ("sentence", "amount", "rate", "base", "condition"),
    [
        ("给予20万元奖励，获得国家级称号的再追加10万元奖励。", "100000", None, None, "获得国家级称号"),
        ("对达标企业奖励5万元，评为示范的另加奖3万元。", "30000", None, None, "评为示范"),
        ("按合同额的10%给予补助，对重点企业补助比例再提高5个百分点。", None, "0.05", "合同额", "重点企业"),
        ("按设备投资额的5%给予补助，绿色项目在此基础上提高2个百分点。", None, "0.02", "设备投资额", "绿色项目"),
        ("对示范企业给予30万元奖励，设在县域的标准上浮20%。", None, "0.2", "原奖补金额", "设在县域"),
    ],
)
def test_additions_stand_on_top_of_the_grant_before(
    sentence: str, amount: str | None, rate: str | None, base: str | None, condition: str
) -> None:
    first, item = incentives(sentence)
    assert "additive" not in first
    assert (item["amount_yuan"], item["rate"], item["base"], item["condition"]) == (amount, rate, base, condition)
    assert item["additive"] is True


@pytest.mark.parametrize(
    "sentence",
    [
        "去年全市发放奖励3000万元。",
        "过去三年兑现补助资金2亿元。",
        "到2027年，研发投入强度再提高0.5个百分点。",
        "补助比例提高到5%的办法另行制定。",
    ],
)
def test_facts_of_the_past_and_goals_are_no_grants(sentence: str) -> None:
    assert incentives(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "tiers"),
    [
        (
            "年销售收入在2000万元以下的，奖励5万元；2000万元至5000万元的，奖励10万元；5000万元以上的，奖励20万元。",
            ["50000", "100000", "200000"],
        ),
        ("大棚面积达到40至60亩的补助3万元，达到60亩以上的补助5万元。", ["30000", "50000"]),
        ("给予一次性奖励，其中国家级50万元，省级20万元。", ["500000", "200000"]),
    ],
)
def test_elliptic_steps_become_tiers(sentence: str, tiers: list[str]) -> None:
    assert [tier["amount_yuan"] for tier in one(sentence)["tiers"]] == tiers


def test_stepped_rates() -> None:
    item = one("对年研发投入1000万元以下部分按10%、1000万元以上部分按5%给予补助。")
    assert [(tier["when"], tier["rate"]) for tier in item["tiers"]] == [
        ("年研发投入1000万元以下部分", "0.1"),
        ("1000万元以上", "0.05"),
    ]


def test_one_rate_with_a_limit_for_each_step() -> None:
    item = one("对举办国际性、全国性学术会议的单位，按实际支出的50%，分别给予最高50万元、30万元补助。")
    assert (item["rate"], [tier["cap_yuan"] for tier in item["tiers"]]) == ("0.5", ["500000", "300000"])


@pytest.mark.parametrize(
    ("sentence", "rates"),
    [
        ("按地方留成部分前三年100%、后两年50%给予返还。", [("前三年", "1"), ("后两年", "0.5")]),
        ("前三年按租金的50%给予补贴，后两年按租金的30%给予补贴。", [("前三年", "0.5"), ("后两年", "0.3")]),
    ],
)
def test_rates_by_year(sentence: str, rates: list[tuple[str, str]]) -> None:
    assert [(tier["when"], tier["rate"]) for tier in one(sentence)["tiers"]] == rates


@pytest.mark.parametrize(
    ("sentence", "yuan", "base"),
    [
        ("对新建的众创空间，按每平方米500元的标准给予一次性补贴。", "500", "每平方米"),
        ("给予企业100元/亩奖励。", "100", "亩"),
        ("对获得发明专利授权的，每件资助5000元。", "5000", "每件"),
        ("每培养一名高级技师，给予企业5000元补助。", "5000", "每培养一名高级技师"),
    ],
)
def test_per_unit(sentence: str, yuan: str, base: str) -> None:
    item = one(sentence)
    assert (item["kind"], item["amount_yuan"], item["base"]) == ("per_unit", yuan, base)


@pytest.mark.parametrize(
    ("sentence", "sums"),
    [
        ("补贴标准：10000元。", ["10000"]),
        ("奖励标准：一等奖30万元，二等奖18万元，三等奖9万元。", ["300000", "180000", "90000"]),
    ],
)
def test_sum_behind_a_label(sentence: str, sums: list[str]) -> None:
    item = one(sentence)
    assert ([tier["amount_yuan"] for tier in item["tiers"]] or [item["amount_yuan"]]) == sums
    assert item["rules"][0] == "standard"


@pytest.mark.parametrize(
    "sentence",
    [
        "对技改项目，按不超过一年期贷款市场报价利率（LPR）予以贴息。",
        "对技改贷款，按同期基准利率给予贴息。",
    ],
)
def test_interest_at_the_market_rate(sentence: str) -> None:
    item = one(sentence)
    assert (item["kind"], item["rate"]) == ("rate", None)
    assert "利率" in item["base"]


@pytest.mark.parametrize(
    ("sentence", "base"),
    [
        ("作品登记费全额资助。", "作品登记费"),
        ("水土保持补偿费缴清后全额奖励给企业。", "水土保持补偿费"),
    ],
)
def test_full_cost(sentence: str, base: str) -> None:
    item = one(sentence)
    assert (item["rate"], item["base"]) == ("1", base)


@pytest.mark.parametrize(
    "sentence",
    [
        "对国家立项的项目，按上级拨付资金的1：1给予配套，最高不超过500万元。",
        "对获得省科技奖的团队，给予配套奖励。",
    ],
)
def test_matching(sentence: str) -> None:
    assert one(sentence)["kind"] == "matching"


@pytest.mark.parametrize(
    "sentence",
    [
        "对从事成果转化的中介机构，由受益财政进行奖励。",
        "对贡献特别大的单位、团队和个人实行重奖。",
        "对授权专利按照有关政策给予奖励和资助。",
        "对带动力强的链主企业，其奖励实行“一事一议”。",
    ],
)
def test_awards_without_amount(sentence: str) -> None:
    item = one(sentence)
    assert (item["kind"], item["amount_yuan"], item["rate"], item["cap_yuan"]) == ("other", None, None, None)


@pytest.mark.parametrize(
    ("sentence", "cap"),
    [
        ("对采购算力的设计企业，单个企业每年给予最高300万元补助。", "3000000"),
        ("地方标准补助金额不高于20万元。", "200000"),
    ],
)
def test_limit_without_sum(sentence: str, cap: str) -> None:
    item = one(sentence)
    assert (item["kind"], item["amount_yuan"], item["cap_yuan"]) == ("fixed", None, cap)


@pytest.mark.parametrize(
    ("sentence", "document"),
    [
        ("对新品种权按照国家有关政策给予补助。", "国家有关政策"),
        ("对引进的人才按《人才引进办法》给予补贴。", "《人才引进办法》"),
        ("对示范企业给予后补助，具体标准由市科技局另行制定。", "具体标准由市科技局另行制定"),
    ],
)
def test_amounts_delegated_to_another_document(sentence: str, document: str) -> None:
    item = one(sentence)
    assert (item["kind"], item["refers_to"]) == ("other", document)
    assert "amount stands in another document" in item["reasons"]


def test_a_grant_defined_by_another_article_has_its_kind() -> None:
    found = incentives(
        "第5条 对总部项目，参照其财政贡献的70%给予奖励。", "第6条 对回迁企业，按新增财政贡献享受第5条政策。"
    )
    assert [(item["kind"], item.get("refers_to")) for item in found] == [("rate", None), ("rate", "第5条")]


def test_unit_limit_beside_limit() -> None:
    item = one("对取得职业资格的员工给予补助，单人最高2万元，每家单位给予最高不超过20万元资助。")
    assert (item["unit_cap_yuan"], item["cap_yuan"]) == ("20000", "200000")


def test_condition_in_an_earlier_sentence() -> None:
    item = one("鼓励社会资本利用老旧厂房建设中试线。对符合条件的项目按照投资额的30%给予奖励。")
    assert "利用老旧厂房建设中试线" in item["condition"]
    assert "condition stands in an earlier sentence" in item["reasons"]


@pytest.mark.parametrize(
    "sentence",
    [
        "违反本办法规定骗取资金的，追回已拨付资金，并处1万元以上3万元以下罚款。",
        "2023年全市共发放补贴1.2亿元，惠及企业500家。",
        "补助按2个阶段，分别按应补助额的60%和40%对企业进行补助。",
        "对国家级企业招聘的毕业生给予落户支持。",
        "已获得奖励的，不再重复奖励。",
        "补助资金由两级财政分担。",
        "高新技术企业减按15%的税率征收企业所得税。",
        "成果转化收益用于奖励研发人员的比例不低于70%。",
    ],
)
def test_what_is_no_incentive(sentence: str) -> None:
    assert incentives(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "beneficiary"),
    [
        ("项目落户的，由所在镇对提供招商线索的第三方机构给予单个项目不低于60万元的奖励。", "第三方机构"),
        ("对首次通过认定的企业，云河市给予一次性30万元的奖励。", "企业"),
        ("对转化成果的中介机构，由受益财政给予5万元奖励。", "中介机构"),
        ("支持整机企业开展联合攻关，对通过验收的项目给予经费补助。", "整机企业（项目）"),
        ("高管薪酬形成的税收，按照75%的比例奖励给个人。", "个人"),
    ],
)
def test_who_receives(sentence: str, beneficiary: str) -> None:
    assert one(sentence)["beneficiary"] == beneficiary


def test_every_item_can_be_traced() -> None:
    item = one("对首次认定的高新技术企业给予30万元奖励。")
    assert item["quote"] == "对首次认定的高新技术企业给予30万元奖励"
    assert item["clause"] == "1"
    assert item["confidence"] == "0.95"
    assert item["rules"] == ["giving", "amount"]
