"""The demo city: plausible, labelled, repeatable, removable."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Count

from kechuang.codes import uscc
from kechuang.web.audit.models import AuditEvent
from kechuang.web.registry.domain import demo
from kechuang.web.registry.models import Base, Organisation, Patent, TechnologyContract, YearlyFigures

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def city(chenzhou):
    return demo.generate(chenzhou, enterprises=60, today=TODAY)


def test_a_small_city(city):
    assert Organisation.objects.filter(kind="enterprise").count() == 60
    assert TechnologyContract.objects.count() == 42 + 3
    assert AuditEvent.objects.filter(action="demo.generate").count() == 1


def test_everything_generated_says_so(city):
    for kind, name in ((Organisation, "name"), (TechnologyContract, "title"), (Base, "name"), (Patent, "title")):
        rows = kind.objects.values_list("realm", name)
        assert rows
        assert [row for row in rows if row[0] != "demo" or not row[1].startswith("演示")] == []


def test_codes_are_right_and_never_issued(city):
    codes = list(Organisation.objects.values_list("uscc", flat=True))
    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert {code[8:12] for code in codes} == {"DEM0"}


def test_the_same_seed_gives_the_same_city(city):
    first = list(YearlyFigures.objects.order_by("organisation__uscc", "year").values_list("revenue", "rd_expense"))
    demo.remove()
    demo.generate(city_pack(), enterprises=60, today=TODAY)
    again = list(YearlyFigures.objects.order_by("organisation__uscc", "year").values_list("revenue", "rd_expense"))
    assert first == again


def city_pack():
    from kechuang.web.policy.domain.queries import current_release

    return current_release().pack


def test_the_main_firm_has_the_contract_of_the_tour(city):
    contract = TechnologyContract.objects.get(buyer__uscc=city.firm, amount=Decimal("12345678.90"))
    assert contract.seller.uscc == city.university
    assert contract.converted is True


def test_firms_gather_just_above_the_line_of_scale(chenzhou):
    demo.generate(chenzhou, enterprises=600, today=TODAY)
    latest = YearlyFigures.objects.filter(year=2025)
    above = latest.filter(revenue__gte=20_000_000, revenue__lt=20_800_000).count()
    below = latest.filter(revenue__gte=19_200_000, revenue__lt=20_000_000).count()
    assert above > 2 * below


def test_removing_leaves_real_records(city):
    real = Organisation.objects.create(uscc="91431000MA4L000016", name="某真实单位", kind="enterprise", realm="real")
    assert demo.remove() == Organisation.objects.filter(realm="demo").count() + 60 + 2 + 125 - 2
    assert list(Organisation.objects.all()) == [real]
    assert YearlyFigures.objects.aggregate(n=Count("pk"))["n"] == 0
