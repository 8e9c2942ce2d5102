"""No person sees another enterprise's private record: canaries in firm A's record, every page, everybody who may not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.registry.models import Loan, Person, TechnologyContract, YearlyFigures
from tests.browser.pages import PAGES

pytestmark = pytest.mark.django_db

# What stands in firm A's private record, and what is computed from it: 1313131.31 yuan x 2 % = 26262.63 yuan.
CANARIES = ("7777777.77", "5555551.11", "1313131.31", "26262.63", "机密银行", "机密人员", "机密合同")


@pytest.fixture
def world(chenzhou, cast):
    """The cast, with canaries in firm A's record and the results of a nightly run."""
    YearlyFigures.objects.filter(organisation=cast.company_a).update(
        revenue=Decimal("7777777.77"), total_income=Decimal("7777777.77"), rd_expense=Decimal("5555551.11")
    )
    TechnologyContract.objects.filter(buyer=cast.company_a).update(
        amount=Decimal("1313131.31"), title="演示·机密合同", seller=None, seller_is_person=True
    )
    Loan.objects.create(
        borrower=cast.company_a, lender="演示机密银行", amount=Decimal("5555551.11"), granted_on=dt.date(2025, 3, 1)
    )
    Person.objects.create(employer=cast.company_a, name="演示机密人员", since=dt.date(2025, 3, 1))
    run()
    return cast


def strangers(cast) -> dict[str, User | None]:
    """Everybody who has no business with firm A."""
    elsewhere = User.objects.create_user(username="elsewhere")
    Grant.objects.create(user=elsewhere, role=Role.COUNTY, county=cast.company_b.county)
    nobody = User.objects.create_user(username="nobody")
    admin = User.objects.create_user(username="admin")
    Grant.objects.create(user=admin, role=Role.SYSTEM_ADMIN)
    return {
        "visitor": None,
        "another firm": cast.firm_b,
        "a university": cast.university,
        "officer of another county": elsewhere,
        "a person without a role": nobody,
        "the system administrator": admin,
    }


def addresses(cast) -> list[str]:
    """Every page of the site, opened on firm A where it takes an organisation."""
    samples = {
        "uscc": cast.company_a.uscc,
        "organisation": str(cast.company_a.pk),
        "submission": "1",
        "person": "1",
        "event": "x",
        "draft": "1",
        "item": "1",
    }
    return [
        address.format_map(samples | {"scheme": "x"})
        for name, (_who, address) in PAGES.items()
        if not name.startswith(("account_", "mfa_")) and "{" not in address.format_map(Known(samples))
    ]


class Known(dict):
    """Leaves placeholders it does not know as they are."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def leaks(client, address: str) -> list[str]:
    """Canaries in the answer to one address, however the figures are grouped."""
    response = client.get(address)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    text = content.decode(errors="replace").replace(",", "")
    return [canary for canary in CANARIES if canary in text]


def test_firm_a_itself_and_its_officers_see_the_canaries(world, client_for):
    address = f"/enterprises/{world.company_a.uscc}/"
    for person in (world.firm_a, world.officer, world.county_officer, world.auditor):
        assert "7777777.77" in leaks(client_for(person), address), person


def test_nobody_else_sees_one_on_any_page(world, client_for):
    pages = addresses(world)
    assert len(pages) > 30
    found = {}
    for who, person in strangers(world).items():
        client = client_for(person)
        for address in pages:
            if canaries := leaks(client, address):
                found[who, address] = canaries
    assert found == {}


def test_nobody_else_gets_one_from_the_interface(world, client_for):
    visitor, stranger, own = client_for(None), client_for(world.firm_b), client_for(world.firm_a)
    document = visitor.get("/api/v1/openapi.json").json()
    samples = {"uscc": world.company_a.uscc, "measure_id": "receiver-subsidy", "document_id": "chenzhou-2013-4"}
    paths = [path.format_map(Known(samples)) for path, verbs in document["paths"].items() if "get" in verbs]
    asked = [path for path in paths if "{" not in path]
    assert any(world.company_a.uscc in path for path in asked)
    for client in (visitor, stranger):
        for path in asked:
            assert leaks(client, path) == [], path
    assert any(leaks(own, path) for path in asked if world.company_a.uscc in path)
