"""A calculator page, an API answer and a nightly row come from one function on one release."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from kechuang.citypack.models import Pack
from kechuang.measures.receipt import replay
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.apply import apply

ON = dt.date(2026, 11, 24)
FACTS = {
    "技术合同交易额": "12,345,678.90",
    "出让方类型": "高校",
    "受让方类型": "企业",
    "合同已登记": "是",
    "受让方在本市": "是",
    "已转化": "是",
}


def _page(client, measure="receiver-subsidy", **facts):
    return client.get(f"/measures/{measure}/", {**FACTS, "on": ON.isoformat(), **facts})


def _api(client, measure="receiver-subsidy", **facts):
    body = json.dumps({"facts": {**FACTS, **facts}, "on": ON.isoformat()})
    return client.post(f"/api/v1/measures/{measure}/explain", body, content_type="application/json")


def _row(measure="receiver-subsidy"):
    run(on=ON)
    return Entitlement.objects.get(measure_id=measure, run__finished_at__isnull=False, run__on=ON)


def _with_rate(pack: Pack, rate: str) -> Pack:
    content = pack.model_dump(mode="json", by_alias=True)
    measure = next(m for m in content["measures"] if m["id"] == "receiver-subsidy")
    measure["parameters"]["rate"] = dict.fromkeys(measure["parameters"]["rate"], rate)
    measure["cases"] = []
    return Pack.model_validate(content)


def test_changing_the_rate_moves_page_api_and_nightly_row_together(chenzhou, cast, client):
    assert "200,000.00" in _page(client).content.decode()
    assert _api(client).json()["amount"] == "200000.00"
    assert _row().amount == Decimal("200000.00")

    apply(_with_rate(chenzhou, "0.01"))
    assert "123,456.79" in _page(client).content.decode()
    assert _api(client).json()["amount"] == "123456.79"
    Entitlement.objects.all().delete()
    assert _row().amount == Decimal("123456.79")


def test_the_three_name_the_same_receipt(chenzhou, cast, client):
    answer = _api(client).json()
    row = _row()
    digest = answer["receipt"]["digest"]
    assert digest == row.digest
    assert digest in _page(client).content.decode()
    release = queries.current_release()
    again = replay(answer["receipt"], release.measures["receiver-subsidy"], release.catalogue)
    assert again.same_result and not again.differences


def test_a_kept_address_computes_with_its_release_for_ever(chenzhou, client):
    old = queries.current_digest()
    apply(_with_rate(chenzhou, "0.01"))
    page = _page(client, release=old)
    assert "200,000.00" in page.content.decode()
    assert old in page.content.decode()
    assert "123,456.79" in _page(client).content.decode()


def test_the_exact_amounts_of_the_document(chenzhou, client):
    answer = _api(client).json()
    assert answer["amount"] == "200000.00"
    cap = next(step for step in answer["steps"] if step["bit"])
    assert (cap["without_cap"], cap["lost"], cap["binds_from"]) == ("246913.58", "46913.58", "10000000.00")
    assert _api(client, 技术合同交易额="1,234,567.85").json()["amount"] == "24691.36"
    for level, amount in (("市级", "50000.00"), ("省级", "200000.00"), ("国家级", "500000.00")):
        answer = _api(
            client, "institution-award", 研发机构级别=level, 依托单位在本市="是", 认定日期="2020-05-01"
        ).json()
        assert answer["amount"] == amount


def test_missing_facts_are_asked_for_never_taken_as_no(chenzhou, client):
    answer = _api(client, 已转化="不知道").json()
    assert answer["status"] == "unknown"
    assert answer["amount"] is None
    assert answer["amount_if"] == "200000.00"
    assert [missing["fact"] for missing in answer["missing"]] == ["已转化"]
    page = _page(client, 已转化="不知道").content.decode()
    assert "如果下面的得到确认，可得" in page


def test_a_delegated_measure_names_the_document_and_no_amount(chenzhou, client):
    answer = _api(client, "talent-benefits").json()
    assert answer["status"] in ("delegated", "unknown") and answer["amount"] is None
    assert answer["delegated_to"]["number"] == "郴发〔2010〕12号"
    page = client.get("/measures/talent-benefits/").content.decode()
    assert "郴发〔2010〕12号" in page
    assert "0.00" not in page


@pytest.mark.parametrize(
    ("fact", "value", "words"),
    [
        ("技术合同交易额", "-5", "不能是负数"),
        ("技术合同交易额", "99999999999999999", "技术合同交易额”："),
        ("技术合同交易额", "十块", "技术合同交易额"),
        ("出让方类型", "火星", "只能填"),
    ],
)
def test_bad_values_are_explained_at_the_field_and_kept(chenzhou, client, fact, value, words):
    page = _page(client, **{fact: value})
    text = page.content.decode()
    assert page.status_code == 422
    assert words in text
    assert "kc-errsum" in text
    kept = value if fact == "技术合同交易额" else "12,345,678.90"
    assert f'value="{kept}"' in text
    answer = _api(client, **{fact: value})
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert words in answer.json()["zh"]


def test_a_json_float_is_refused(chenzhou, client):
    answer = _api(client, 技术合同交易额=12345678.9)
    assert answer.status_code == 422
    assert "文字" in answer.json()["zh"]


def test_bad_dates_and_unknown_ids(chenzhou, client):
    page = client.get("/measures/receiver-subsidy/", {**FACTS, "on": "2013-99-01"})
    assert page.status_code == 422
    assert "不是日期" in page.content.decode()
    assert _api(client, "no-such-measure").status_code == 404
    assert client.get("/measures/no-such-measure/").status_code == 404
    assert client.get("/measures/receiver-subsidy/", {"release": "0" * 64}).status_code == 404


def test_before_the_document_nothing_applied(chenzhou, client):
    page = client.get("/measures/receiver-subsidy/", {**FACTS, "on": "2012-01-01"})
    assert "这一天不适用" in page.content.decode()
