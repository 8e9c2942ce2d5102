"""What can I get: by code, by questions, and on paper."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from kechuang.web.entitlements.domain import queries as results
from kechuang.web.policy.domain import queries

CONTRACT = {
    "about": "contract",
    "技术合同交易额": "1,234,567.85",
    "出让方类型": "高校",
    "受让方类型": "企业",
    "合同已登记": "是",
    "受让方在本市": "是",
    "已转化": "是",
}


def test_start_page_offers_both_ways(chenzhou, client):
    page = client.get("/eligibility/").content.decode()
    assert 'name="uscc"' in page
    assert 'value="contract"' in page


def test_by_code_uses_the_register(chenzhou, cast, client_for):
    page = client_for(cast.firm_a).get("/eligibility/", {"uscc": cast.company_a.uscc})
    text = page.content.decode()
    assert page.status_code == 200
    assert "演示甲公司" in text
    assert "400,000.00" in text
    assert "演示数据" in text


def test_every_calculation_linked_from_a_result_takes_the_registers_facts(chenzhou, cast, client_for):
    cast.company_a.years.update(staff=86, st_staff=19)  # a share of 22.0930 %: more digits than anybody would type
    firm = client_for(cast.firm_a)
    page = firm.get("/eligibility/", {"uscc": cast.company_a.uscc}).content.decode()
    links = {unescape(link) for link in re.findall(r'href="(/measures/[^"]+[?][^"]+)"', page)}
    assert any("22.093%25" in link for link in links)
    assert {link: status for link in links if (status := firm.get(link).status_code) != 200} == {}


@pytest.mark.parametrize("realm", ["real", "demo"])
def test_results_are_seen_by_the_firms_own_people_and_officers_only(chenzhou, cast, client_for, realm):
    cast.company_a.realm = realm
    cast.company_a.save()
    address = f"/eligibility/?uscc={cast.company_a.uscc}"
    for user, status in (
        (cast.firm_a, 200),
        (cast.officer, 200),
        (cast.county_officer, 200),
        (cast.firm_b, 403),
        (cast.university, 403),
        (cast.auditor, 403),
        (None, 403),
    ):
        page = client_for(user).get(address)
        assert page.status_code == status, user
        assert ("400,000.00" in page.content.decode()) == (status == 200)
    assert client_for(None).get(f"/eligibility/print/?uscc={cast.company_a.uscc}").status_code == 403
    assert "/accounts/login/?next=" in client_for(None).get(address).content.decode()


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [
        ("123", 422, "18 位"),
        ("91430000MA4L16AB1X", 422, "校验码"),
        ("914310000000000000", 422, "校验码"),
    ],
)
def test_a_wrong_code_is_explained_and_kept(chenzhou, client, code, status, words):
    page = client.get("/eligibility/", {"uscc": code})
    assert page.status_code == status
    assert words in page.content.decode()
    assert f'value="{code}"' in page.content.decode()


def test_an_unregistered_code_leads_to_the_questions(chenzhou, client):
    from kechuang.codes import uscc

    page = client.get("/eligibility/", {"uscc": uscc.make("91431000ABCD12345")})
    assert page.status_code == 404
    assert "改用问答" in page.content.decode()


def test_a_name_finds_the_organisation(chenzhou, cast, client):
    page = client.get("/eligibility/", {"uscc": "甲公司"})
    assert page.status_code == 302
    assert page["Location"].endswith(f"?uscc={cast.company_a.uscc}")
    several = client.get("/eligibility/", {"uscc": "公司"}).content.decode()
    assert cast.company_a.uscc in several
    assert cast.company_b.uscc in several


def test_answers_in_the_address_give_the_result(chenzhou, client):
    text = client.get("/eligibility/", CONTRACT).content.decode()
    assert "24,691.36" in text
    assert "12,345.68" in text


def test_the_questionnaire_ends_and_asks_nothing_twice(chenzhou, client):
    release = queries.current_release()
    data = {"about": ["enterprise", "contract"]}
    asked: list[str] = []
    costs: list[int] = []
    for _ in range(60):
        page = client.get("/eligibility/ask/", data)
        if page.status_code == 302:
            break
        name = page.context["field"].fact.id
        assert name not in asked
        asked.append(name)
        costs.append(page.context["field"].fact.cost)
        data[name] = "不知道"
    else:
        pytest.fail("the questionnaire does not end")
    assert asked
    assert costs == sorted(costs)
    kept = parse_qs(urlsplit(page["Location"]).query)
    assert set(asked) <= set(kept)
    assert client.get(page["Location"]).status_code == 200
    assert {release.facts[name].entity for name in asked} <= {"enterprise", "contract"}


def test_answers_that_decide_leave_other_questions_out(chenzhou, client):
    """Both contract subsidies are decided, so the next question is asked for other measures only."""
    page = client.get("/eligibility/ask/", CONTRACT)
    assert page.status_code == 200
    measures = {measure.id for measure in page.context["question"].measures}
    assert measures
    assert not measures & {"receiver-subsidy", "supplier-subsidy"}


def test_an_empty_or_wrong_answer_is_said_at_the_question(chenzhou, client):
    empty = client.get("/eligibility/ask/", {"about": "contract", "asked": "出让方类型"})
    assert empty.status_code == 422
    assert "请回答这一题" in empty.content.decode()
    wrong = client.get("/eligibility/ask/", {"about": "contract", "技术合同交易额": "-1"})
    assert wrong.status_code == 422
    assert "不能是负数" in wrong.content.decode()
    assert 'value="-1"' in wrong.content.decode()


def test_check_your_answers_shows_and_changes(chenzhou, client):
    page = client.get("/eligibility/answers/", {**CONTRACT, "本年已获该项补助": "不知道"})
    text = page.content.decode()
    assert "1,234,567.85 元" in text
    assert "change=" in text
    change = client.get("/eligibility/ask/", {**CONTRACT, "change": "技术合同交易额"})
    assert change.context["field"].value == "1,234,567.85"


def test_print_has_a_code_that_leads_back(chenzhou, cast, client_for):
    client = client_for(cast.firm_a)
    page = client.get("/eligibility/print/", {"uscc": cast.company_a.uscc})
    assert page.status_code == 200
    assert "/eligibility/qr.svg?to=" in page.content.decode()
    svg = client.get("/eligibility/qr.svg", {"to": f"/eligibility/?uscc={cast.company_a.uscc}"})
    assert svg["Content-Type"] == "image/svg+xml"
    assert b"<svg" in svg.content


@pytest.mark.parametrize("address", ["http://example.org/", "//example.org/", "javascript:1", "", "/" + "x" * 2000])
def test_codes_are_made_for_this_site_only(chenzhou, client, address):
    assert client.get("/eligibility/qr.svg", {"to": address}).status_code == 422


def test_one_faulty_measure_does_not_hide_the_others(chenzhou, cast, client_for, monkeypatch):
    client = client_for(cast.firm_a)
    from kechuang.web.entitlements.domain import eligibility

    real = eligibility.explain_measure

    def faulty(release, measure_id, facts, on):
        if measure_id == "receiver-subsidy":
            raise ArithmeticError("faulty rule")
        return real(release, measure_id, facts, on)

    monkeypatch.setattr(eligibility, "explain_measure", faulty)
    text = client.get("/eligibility/", {"uscc": cast.company_a.uscc}).content.decode()
    assert "这一项没算出来" in text
    assert "200,000.00" in text


def test_trace_leads_from_the_result_to_the_sentence(chenzhou, client):
    page = client.get("/measures/receiver-subsidy/trace/", CONTRACT)
    text = page.content.decode()
    release = queries.current_release()
    place = release.index.place(release.records["receiver-subsidy"].source)
    assert "24,691.36" in text
    assert place.sentence.sha256[:8] in text
    assert place.document.number in text
    assert release.digest in text
    assert "决定、拨付、成效" in text


def test_the_example_city_works_the_same(shili, client):
    facts = {
        "技术合同交易额": "8000000",
        "受让方类型": "企业",
        "出让方类型": "高校",
        "在本市转化": "是",
        "合同已登记": "是",
        "本年已获成果补助": "0",
        "on": "2031-03-01",
    }
    assert "180,000.00" in client.get("/measures/results-subsidy/", facts).content.decode()
    assert "180,000.00" in client.get("/eligibility/", facts).content.decode()
    assert results.latest_run() is None


def test_interface_for_one_organisation(chenzhou, cast, client_for):
    address = f"/api/v1/organisations/{cast.company_a.uscc}/entitlements"
    body = client_for(cast.firm_a).get(address).json()
    got = {item["measure"]: item["amount"] for item in body["items"] if item["group"] == "get"}
    assert got["institution-award"] == "200000.00"
    assert got["receiver-subsidy"] == "200000.00"
    assert body["realm"] == "demo"
    assert client_for(None).get(address).status_code == 403
    refused = client_for(cast.firm_b).get(address)
    assert refused.status_code == 403
    assert refused["Content-Type"].startswith("application/problem+json")
    assert client_for(None).get("/api/v1/organisations/123/entitlements").status_code == 422


def test_the_organisations_page_shows_the_nightly_sum(chenzhou, cast, client_for):
    from kechuang.web.entitlements.domain.nightly import run

    run()
    text = client_for(cast.firm_a).get(f"/enterprises/{cast.company_a.uscc}/").content.decode()
    assert "400,000.00" in text


def test_nearly_says_how_much_is_short(chenzhou, client):
    facts = {
        "about": "enterprise",
        "企业在本市": "是",
        "近三年销售收入": "300,000,000",
        "近三年研发费用": "11,687,599.99",
        "上年销售收入": "90,000,000",
        "on": "2026-11-24",
    }
    text = client.get("/eligibility/", facts).content.decode()
    assert "近三年研发费用还差 312,400.01 元" in text
    assert 'class="kc-gap"' in text
    assert "11,687,599.99 元</span>，要" in text


def test_removed_organisations_leave_the_lists_at_once(chenzhou, cast):
    from kechuang.web.entitlements.domain.nightly import run

    done = run()
    before = results.results_for_user(cast.officer, done, "institution-award").count()
    cast.company_a.bases.all().delete()
    cast.company_a.purchases.all().delete()
    cast.company_a.delete()
    assert before == 1
    assert results.results_for_user(cast.officer, done, "institution-award").count() == 0


@pytest.mark.parametrize(
    ("research", "group"),
    [("11,687,599.99", "nearly"), ("9,000,000.00", "nearly"), ("8,999,999.99", "not"), ("12,000,000.00", "open")],
)
def test_nearly_is_within_a_quarter_of_what_is_needed(chenzhou, research, group):
    import datetime as dt

    from kechuang.web.entitlements.domain import eligibility
    from kechuang.web.entitlements.domain.calculate import typed_facts

    release = queries.current_release()
    raw = {"企业在本市": "是", "近三年销售收入": "300000000", "近三年研发费用": research, "上年销售收入": "90000000"}
    facts, _ = typed_facts(release, raw)
    assert eligibility.row(release, "rd-ratio-subsidy", facts, dt.date(2026, 11, 24)).group == group


def test_subjects_that_say_the_same_are_one_line(chenzhou, cast, client_for):
    import datetime as dt

    from kechuang.web.registry.models import Patent

    for n in range(3):
        Patent.objects.create(
            number=f"演示ZL{n}",
            title=f"演示专利{n}",
            kind="invention",
            granted_on=dt.date(2025, 1, 1),
            owner=cast.company_a,
            realm="demo",
        )
    text = client_for(cast.firm_a).get("/eligibility/", {"uscc": cast.company_a.uscc}).content.decode()
    assert "× 3" in text
    assert "演示专利2" in text
