"""The demo city: plausible, labelled, repeatable, removable."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Count

from kechuang.codes import uscc
from kechuang.web.audit.models import AuditEvent
from kechuang.web.registry.domain import demo
from kechuang.web.registry.domain.history import history
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.domain.record import clean_row
from kechuang.web.registry.domain.values import References, state_of
from kechuang.web.registry.models import (
    Alias,
    Attribute,
    Base,
    Organisation,
    Patent,
    Source,
    TechnologyContract,
    Version,
    YearlyFigures,
)

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


def test_every_kind_is_there_labelled_and_sourced(city):
    for kind in KINDS.values():
        rows = list(kind.model.objects.select_related("source"))
        assert rows, kind.id
        assert [row for row in rows if row.realm != "demo" or "演示" not in str(row)] == []
        assert {row.source.title for row in rows} == {demo.SOURCE}


def test_generated_values_pass_the_checks_of_the_catalogue(city):
    for kind in KINDS.values():
        for row in kind.model.objects.select_related(*kind.references)[:50]:
            state = state_of(kind, row)
            values = {n: f"#{t}" if t and kind.field(n).type in ("person", "record") else t for n, t in state.items()}
            _row, errors = clean_row(kind, values, References("demo"))
            assert [(kind.id, error.zh) for error in errors] == []


def test_parts_never_exceed_their_whole(city):
    for row in YearlyFigures.objects.exclude(rd_expense=None):
        assert row.rd_basic + row.rd_applied + row.rd_development <= row.rd_expense
        assert row.tax_vat + row.tax_income <= row.tax_paid
        assert row.rd_staff <= row.st_staff <= row.staff


def test_the_main_firm_has_a_history(city):
    firm = Organisation.objects.get(uscc=city.firm)
    newest = history(firm)[0]
    assert firm.size == "small"
    assert [(d.field.name, d.before, d.after) for d in newest.differences] == [("size", "micro", "small")]
    assert newest.valid_from == dt.date(2018, 1, 1)


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
    assert demo.remove() == 60 + 125 + 16
    assert list(Organisation.objects.all()) == [real]
    assert YearlyFigures.objects.aggregate(n=Count("pk"))["n"] == 0
    for model in (*[kind.model for kind in KINDS.values()], Version, Alias, Attribute, Source):
        assert model.objects.count() == (1 if model is Organisation else 0)
