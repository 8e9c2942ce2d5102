"""Lists of records: filled from the register for the nightly rows, written line by line on the form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from kechuang.citypack.models import Pack
from kechuang.web.entitlements.domain import asking
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.policy.domain import queries

ON = dt.date(2026, 11, 24)
LIST = {
    "id": "上年购入合同", "en": "contracts bought last year", "entity": "enterprise", "type": "relation", "unit": "份",
    "elements": ["技术合同交易额", "出让方类型", "合同已登记"],
    "origin": {"kind": "relation", "path": "enterprise.purchases[last_year]"},
    "ask": {"zh": "上一年买了哪些技术？", "en": "Which technology was bought last year?"},
}  # fmt: skip
YEARLY = {
    "id": "yearly", "source": {"clause": "3.10.2", "span": 2}, "title": {"zh": "年度补助", "en": "Yearly subsidy"},
    "summary": {"zh": "按上一年购入合同算", "en": "By contracts bought last year"}, "instrument": "PI008",
    "amount_is": "stated", "subject": "enterprise", "beneficiary": {"zh": "企业", "en": "firms"},
    "effective": {"from": "2013-04-18"}, "parameters": {"rate": {"2013-04-18": "0.02"}},
    "amount": "half_up(sum(上年购入合同, 技术合同交易额 if 出让方类型 == \"高校\" and 合同已登记 else 0) * rate)",
}  # fmt: skip


@pytest.fixture
def lists(db, chenzhou_pack):
    """Chenzhou's pack with a measure over a list of contracts, which its text does not have."""
    from kechuang.web.policy.domain.apply import apply

    raw = chenzhou_pack.model_dump(mode="json", by_alias=True)
    apply(Pack.model_validate({**raw, "facts": [*raw["facts"], LIST], "measures": [*raw["measures"], YEARLY]}))


def test_the_nightly_row_adds_up_the_registers_contracts(lists, cast):
    rows = Entitlement.objects.filter(run=run(on=ON), measure_id="yearly")
    bought = rows.get(uscc=cast.company_a.uscc)
    assert bought.amount == Decimal("246913.58")  # 2 % of 12,345,678.90
    assert bought.inputs["上年购入合同"] == [
        {"技术合同交易额": "12345678.90", "出让方类型": "高校", "合同已登记": True}
    ]
    assert rows.get(uscc=cast.company_b.uscc).inputs["上年购入合同"] == []


def test_a_person_writes_one_record_on_each_line(lists, client):
    page = client.get("/measures/yearly/").content.decode()
    assert "<textarea" in page
    assert "技术合同交易额；出让方类型（高校/科研院所/个人/企业/其他）；合同已登记（是或否）" in page
    written = {"上年购入合同": "1,000,000；高校；是\n500,000；企业；是\n0.50；高校；是"}
    done = client.get("/measures/yearly/", written).content.decode()
    assert "20,000.01" in done
    wrong = client.get("/measures/yearly/", {"上年购入合同": "1,000,000；火星；是"})
    assert wrong.status_code == 422
    assert "第 1 项" in wrong.content.decode()
    assert "火星" in wrong.content.decode()


def test_an_address_carries_the_list_and_gives_it_back(lists, client):
    release = queries.current_release()
    value = ({"技术合同交易额": Decimal("1000000.00"), "出让方类型": "高校"}, {"合同已登记": False})
    query = asking.query(release, {"上年购入合同": value}, ["上年购入合同"])
    [text] = parse_qs(query)["上年购入合同"]
    assert text == "1,000,000.00；高校；\n；；否"
    from kechuang.web.entitlements.domain.calculate import typed_facts

    assert typed_facts(release, {"上年购入合同": text}) == ({"上年购入合同": value}, [])
    assert urlsplit(f"/measures/yearly/?{query}").query == query


def test_by_code_and_by_question(lists, cast, client_for):
    page = client_for(cast.firm_a).get("/eligibility/", {"uscc": cast.company_a.uscc}).content.decode()
    assert "246,913.58" in page
    asked = client_for(cast.firm_a).get("/eligibility/ask/", {"about": "enterprise", "change": "上年购入合同"})
    assert asked.status_code == 200
    assert "<textarea" in asked.content.decode()
