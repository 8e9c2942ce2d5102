"""The register as subjects: none lost by reading less, each with its day and facts, one realm only."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.web.accounts.models import User
from kechuang.web.laboratory.domain import population
from kechuang.web.policy.domain.queries import current_release
from kechuang.web.registry.models import Loan, Organisation, Patent, Person

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)


def read(kind: str, facts: list[str], party: str | None = None, realm: str = "demo"):
    ticks: list[tuple[int, int]] = []
    found = population.subjects(
        current_release(),
        population.Kind(kind, party),
        facts,
        DAY,
        realm,
        lambda done, total: ticks.append((done, total)),
    )
    assert ticks[-1][0] == ticks[-1][1]
    return found


@pytest.fixture
def city(chenzhou, cast):
    Loan.objects.create(
        borrower=cast.company_a, lender="演示银行", amount=Decimal("100.00"), granted_on=DAY, realm="demo"
    )
    for i in range(2):
        Patent.objects.create(
            owner=cast.company_a, number=f"演示{i}", title="演示", kind="invention", granted_on=DAY, realm="demo"
        )
    Person.objects.create(name="演示某", employer=cast.company_b, realm="demo")
    return cast


def test_contract_of_the_buyer(city) -> None:
    [found] = read("contract", ["技术合同交易额", "已转化", "受让方类型", "本年已获该项补助"], "buyer")
    assert (found.organisation, found.day, found.county) == (
        city.company_a.uscc,
        dt.date(2025, 9, 16),
        city.company_a.county,
    )
    assert found.facts == {"技术合同交易额": Decimal("12345678.90"), "已转化": True, "受让方类型": "企业"}
    assert found.industry == "C39"


def test_contract_of_the_seller(city) -> None:
    [found] = read("contract", ["技术合同交易额"], "seller")
    assert found.organisation == city.school.uscc


@pytest.mark.parametrize(
    ("kind", "count"), [("enterprise", 3), ("institution", 1), ("patent", 2), ("loan", 1), ("person", 1)]
)
def test_every_subject_once(city, kind: str, count: int) -> None:
    found = read(kind, [])
    assert len(found) == count
    assert len({s.key for s in found}) == count


def test_unknown_stays_unknown(city) -> None:
    by_name = {s.name: s for s in read("enterprise", ["上年研发费用", "是高新技术企业"])}
    assert by_name["演示甲公司"].facts == {"上年研发费用": Decimal("2400000.00"), "是高新技术企业": False}
    assert by_name["演示乙公司"].facts == {"是高新技术企业": False}


def test_realms_are_never_mixed(city) -> None:
    assert population.realm_in_use(None) == "demo"
    Organisation.objects.create(uscc="91431002MA4L0TEST1", name="真单位", kind="enterprise", realm="real")
    assert population.realm_in_use(None) == "real"
    assert population.realm_in_use(User(realm="demo")) == "demo"
    assert [s.name for s in read("enterprise", [], realm="real")] == ["真单位"]


def test_facts_that_count_earlier_grants(city) -> None:
    assert population.granted_facts(current_release()) == {"本年已获该项补助": "year", "历年已获该项补助": "ever"}


def test_reading_holds_no_snapshot_of_the_register(city, monkeypatch) -> None:
    """Organisations are read a chunk at a time: what is written meanwhile is seen, so no cursor stands open."""
    monkeypatch.setattr(population, "EVERY", 1)
    reader = population.chunks(Organisation.objects.order_by("pk"))
    first = next(reader)
    Organisation.objects.exclude(pk=first.pk).update(name="演示改名")
    assert [o.name for o in reader] == ["演示改名", "演示改名"]
