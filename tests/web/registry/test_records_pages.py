"""Pages of records of every kind: who sees which, which fields of them, their history and their relations."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.registry.access import fields_for, may_write, sees_all, visible
from kechuang.web.registry.domain import record, records
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.models import (
    Achievement,
    Agreement,
    AgreementParty,
    BankAccount,
    Base,
    BaseEvaluation,
    BaseReport,
    Demand,
    Employment,
    Guarantee,
    Investment,
    InvestmentProject,
    Loan,
    Patent,
    Person,
    Pledge,
    Prize,
    Project,
    Qualification,
    Shareholding,
    Source,
    Support,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 3, 1)


@pytest.fixture
def world(chenzhou, cast):
    """One record of every kind that belongs to firm A."""
    a, b = cast.company_a, cast.company_b
    demo = {"realm": "demo"}
    base = Base.objects.get()
    Qualification.objects.create(organisation=a, kind="high_tech", valid_from=DAY, **demo)
    Shareholding.objects.create(company=a, holder=b, holder_name=b.name, holder_kind="organisation", share=12, **demo)
    BankAccount.objects.create(organisation=a, bank="演示银行", holder=a.name, number="6222000011112222", **demo)
    person = Person.objects.create(name="演示张", employer=a, **demo)
    Employment.objects.create(person=person, organisation=a, position="工程师", **demo)
    BaseReport.objects.create(base=base, year=2025, **demo)
    BaseEvaluation.objects.create(base=base, evaluated_on=DAY, result="good", **demo)
    Patent.objects.create(number="演示ZL1", title="演示·方法", kind="invention", granted_on=DAY, owner=a, **demo)
    Achievement.objects.create(number="演示CG1", title="演示·成果", owner=a, **demo)
    Demand.objects.create(number="演示XQ1", title="演示·需求", organisation=a, **demo)
    agreement = Agreement.objects.create(number="演示XY1", title="演示·联盟", kind="alliance", leader=a, **demo)
    AgreementParty.objects.create(agreement=agreement, organisation=a, **demo)
    Project.objects.create(number="演示XM1", title="演示·项目", level="city", organisation=a, leader=person, **demo)
    Prize.objects.create(title="演示·奖", award="科学技术进步奖", level="city", year=2025, organisation=a, **demo)
    loan = Loan.objects.create(borrower=a, lender="演示银行", amount="1000000", granted_on=DAY, **demo)
    Pledge.objects.create(loan=loan, pledgor=a, kind="patent", **demo)
    Guarantee.objects.create(guarantor=cast.school, borrower=a, amount="500000", given_on=DAY, **demo)
    Investment.objects.create(investor_name="演示基金", company=a, amount="2000000", invested_on=DAY, **demo)
    InvestmentProject.objects.create(code="演示2025-1", title="演示·产线", organisation=a, **demo)
    Support.objects.create(organisation=a, measure="receiver-subsidy", level="city", amount="9.00", year=2025, **demo)
    return cast


def one(kind, cast):
    """The record of firm A."""
    if kind == "yearly_figures":
        return cast.company_a.years.get()
    return cast.company_a if kind == "organisation" else KINDS[kind].model.objects.first()


CLOSED = [kind.id for kind in KINDS.values() if not kind.public and not kind.restricted]
# a contract is seen by both sides, a guarantee by the guarantor too: the university is a side of both
BOTH_SIDES = {"contract", "guarantee"}


@pytest.mark.parametrize("kind", CLOSED)
def test_a_closed_record_is_seen_by_its_own_and_their_officers_only(world, kind):
    row = one(kind, world)
    for person in (world.firm_a, world.officer, world.county_officer):
        assert row in visible(person, KINDS[kind]), person
        assert sees_all(person, KINDS[kind], row)
    strangers = [world.firm_b, world.auditor, *([] if kind in BOTH_SIDES else [world.university])]
    for person in strangers:
        assert row not in visible(person, KINDS[kind]), person
        assert not sees_all(person, KINDS[kind], row)
        assert fields_for(person, KINDS[kind], row) == []


@pytest.mark.parametrize("kind", ["organisation", "qualification", "base", "patent"])
def test_of_a_public_record_strangers_see_the_public_fields(world, kind):
    row = one(kind, world)
    names = {field.name for field in fields_for(world.firm_b, KINDS[kind], row)}
    everything = {field.name for field in fields_for(world.officer, KINDS[kind], row)}
    assert names
    assert names < everything or kind == "patent"
    assert "registered_capital" not in names


def test_a_bank_account_is_seen_by_its_firm_and_by_finance_only(world):
    finance = User.objects.create_user(username="finance")
    Grant.objects.create(user=finance, role=Role.DEPARTMENT, department="finance")
    statistics = User.objects.create_user(username="statistics")
    Grant.objects.create(user=statistics, role=Role.DEPARTMENT, department="statistics")
    kind = KINDS["bank_account"]
    seen = {
        person.username: visible(person, kind).count()
        for person in (
            world.firm_a,
            world.firm_b,
            world.officer,
            world.county_officer,
            world.auditor,
            finance,
            statistics,
        )
    }
    assert seen == {
        "firm_a": 1, "firm_b": 0, "officer": 0, "county_officer": 0, "auditor": 0, "finance": 1, "statistics": 0,
    }  # fmt: skip


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_has_a_list_and_a_page(world, client_for, kind):
    who = world.firm_a if kind == "bank_account" else world.officer
    client, row = client_for(who), one(kind, world)
    assert client.get(reverse("registry:records", args=[kind])).status_code == 200
    page = client.get(reverse("registry:record", args=[kind, row.pk]))
    assert page.status_code == 200
    assert page.context["opened"].everything is True


@pytest.mark.parametrize("kind", CLOSED)
def test_a_closed_record_is_not_there_for_others(world, client_for, kind):
    address = reverse("registry:record", args=[kind, one(kind, world).pk])
    for person in (None, world.firm_b):
        assert client_for(person).get(address).status_code == 404


def test_lists_show_only_what_one_may_see(world, client_for):
    address = reverse("registry:records", args=["loan"])
    assert len(client_for(world.firm_a).get(address).context["rows"]) == 1
    assert client_for(world.firm_b).get(address).context["rows"] == []
    assert client_for(None).get(address).context["rows"] == []


def test_history_is_told_in_words(world, client_for):
    source = Source.objects.create(title="统计局年报", realm="demo")
    record.write(
        "organisation", {"uscc": world.company_a.uscc, "size": "medium"}, actor=world.officer, source=source,
        valid_from=dt.date(2024, 1, 1), realm="demo",
    )  # fmt: skip
    address = reverse("registry:record", args=["organisation", world.company_a.pk])
    text = " ".join(client_for(world.officer).get(address).content.decode().split())
    assert "改" in text
    for part in ("小型", "→", "中型", "，自 2024-01-01", "，来源", "统计局年报"):
        assert part in text
    assert "统计局年报" not in client_for(world.firm_b).get(address).content.decode()


def test_the_state_of_another_day(world, client_for):
    record.write(
        "organisation", {"uscc": world.company_a.uscc, "size": "medium"}, actor=None, source=None,
        valid_from=dt.date(2024, 1, 1), realm="demo",
    )  # fmt: skip
    address = reverse("registry:record", args=["organisation", world.company_a.pk])
    page = client_for(world.officer).get(address, {"on": "2023-06-30"})
    assert {v.field.name: v.text for v in page.context["past"]["values"]}["size"] == "小型"
    assert client_for(world.firm_b).get(address, {"on": "2023-06-30"}).status_code == 403
    assert client_for(world.officer).get(address, {"on": "2023-02-30"}).status_code == 422
    assert client_for(world.officer).get(address, {"on": "2023-06-30", "known": "2020-01-01"}).context["past"]["none"]


def test_relations_lead_on(world, client_for):
    page = client_for(world.officer).get(reverse("registry:record", args=["organisation", world.company_a.pk]))
    kinds = {near.kind.id for near, _rows in page.context["nearby"]}
    assert {"loan", "contract", "base", "patent", "person", "project", "investment_project"} <= kinds
    assert "bank_account" not in kinds
    stranger = client_for(None).get(reverse("registry:record", args=["organisation", world.company_a.pk]))
    assert {near.kind.id for near, _rows in stranger.context["nearby"]} == {"qualification", "base", "patent"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "演示1"}, 1),
        ({"text": "没有"}, 0),
        ({"of": "CODE"}, 1),
        ({"of": "91431000MA4L000016"}, 0),
        ({"text": "\x00"}, 1),
    ],
)
def test_list_filters(world, client_for, query, found):
    query = {name: world.company_a.uscc.lower() if value == "CODE" else value for name, value in query.items()}
    page = client_for(world.officer).get(reverse("registry:records", args=["contract"]), query)
    assert len(page.context["rows"]) == found


def test_only_relations_with_records_are_asked(world, django_assert_max_num_queries):
    """A record that nothing names costs one look at all relations, not one each."""
    record = world.company_b.years.create(year=1999, realm="demo")
    with django_assert_max_num_queries(9):
        opened = records.record_for_user(world.officer, KINDS["yearly_figures"], record.pk)
    assert opened.nearby == []


def test_year_filter(world):
    kind = KINDS["yearly_figures"]
    found = {year: records.listing_for_user(world.officer, kind, year=year).count for year in ("2025", "2024", "x", "")}
    assert found == {"2025": 2, "2024": 0, "x": 0, "": 2}


def test_who_may_write(world):
    kind = KINDS["yearly_figures"]
    row = world.company_a.years.get()
    other = world.company_b.years.get()
    assert {person.username: may_write(person, kind, row) for person in
            (world.firm_a, world.officer, world.county_officer, world.auditor)} == {
        "firm_a": False, "officer": True, "county_officer": True, "auditor": False,
    }  # fmt: skip
    assert may_write(world.county_officer, kind, other) is False


def test_no_kind_and_no_record(world, client_for):
    client = client_for(world.officer)
    assert client.get("/enterprises/records/nonsense/").status_code == 404
    assert client.get("/enterprises/records/loan/999999/").status_code == 404


def test_lists_need_few_queries(world, client_for, django_assert_max_num_queries):
    client = client_for(world.officer)
    address = reverse("registry:records", args=["contract"])
    client.get(address)
    with django_assert_max_num_queries(9):
        client.get(address)
