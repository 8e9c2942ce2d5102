"""The calculator asks what was received before; unanswered stays unknown."""

from __future__ import annotations

import pytest

from kechuang.citypack.models import Pack
from kechuang.web.policy.domain.apply import apply
from tests.web.entitlements.test_received import rule

pytestmark = pytest.mark.django_db
FACTS = {
    "技术合同交易额": "12,345,678.90", "出让方类型": "高校", "受让方类型": "企业", "合同已登记": "是", "受让方在本市": "是",
    "已转化": "是", "on": "2026-11-24",
}  # fmt: skip
RULES = [
    rule("offset", "offset", "receiver-subsidy", against=["province:*"], scope="subject"),
    rule("cap", "ceiling", "receiver-subsidy", ceiling={"2013-04-18": "220000.00"}, period="year"),
    rule("once", "once", "receiver-subsidy", period=3),
    rule("higher", "take_higher", "receiver-subsidy", measures=["receiver-subsidy", "supplier-subsidy"]),
]


@pytest.fixture
def city(db, chenzhou_pack):
    def use(*rules: str):
        raw = chenzhou_pack.model_dump(mode="json", by_alias=True)
        chosen = [{**r, "measures": r["measures"]} for r in RULES if r["id"] in rules]
        apply(Pack.model_validate({**raw, "cumulation": chosen}))

    return use


def page(client, **more) -> str:
    return client.get("/measures/receiver-subsidy/", {**FACTS, **more}).content.decode()


def test_nothing_is_asked_where_no_rule_looks_back(chenzhou, client):
    assert "以前领过的" not in page(client)


def test_unanswered_is_named_and_takes_nothing(city, client):
    city("offset", "cap")
    text = page(client)
    assert "选填：以前领过的" in text
    assert "同一内容，别处已经给了多少？" in text
    assert "200,000.00 元</strong>" in text
    assert "还要看以前领过多少：规则offset、规则cap" in text


@pytest.mark.parametrize(
    ("rules", "answers", "left", "said"),
    [
        (["offset"], {"before-offset": "30,000"}, "170,000.00", "扣除已获补助 30,000.00 元（别的计划，2026 年）"),
        (["offset"], {"before-offset": "0"}, "200,000.00", ""),
        (["offset"], {"before-this": "5万元", "before-offset": "0"}, "150,000.00", "这一项已经付过 50,000.00 元"),
        (["cap"], {"before-cap": "100000"}, "120,000.00", "合计不超过 220,000.00 元，已付 100,000.00 元"),
        (["once"], {"before-once": "1"}, "0.00", "只享受一次，2026 年已经享受过（1.00 元）"),
        (["higher"], {"before-higher": "80000"}, "120,000.00", "低的一项已付 80,000.00 元，只补差额"),
        (["offset", "cap"], {"before-offset": "20000", "before-cap": "60000"}, "160,000.00", "扣除已获补助 20,000.00"),
    ],
)
def test_answers_are_counted_by_their_rule_alone(city, client, rules, answers, left, said):
    city(*rules)
    text = page(client, **answers)
    assert f"{left} 元</strong>" in text
    assert said in text
    assert "还要看以前领过多少" not in text
    for name, value in answers.items():
        assert f'name="{name}" value="{value}"' in text


def test_a_wrong_answer_is_said_beside_its_question_and_kept(city, client):
    city("cap")
    for wrong in ("三百", "-1", "0.001"):
        response = client.get("/measures/receiver-subsidy/", {**FACTS, "before-cap": wrong})
        text = response.content.decode()
        assert response.status_code == 422
        assert 'href="#before-cap"' in text
        assert f'value="{wrong}"' in text


def test_the_kept_address_holds_the_answers(city, client):
    city("cap")
    text = page(client, **{"before-cap": "100000"})
    assert "before-cap=100000" in text
    english = client.get(
        "/measures/receiver-subsidy/", {**FACTS, "before-cap": "100000"}, headers={"cookie": "kc_lang=en"}
    )
    assert "still to be had" in english.content.decode()
