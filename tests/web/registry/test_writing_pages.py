"""Forms of the register: who may open and send them, what they refuse, and that nobody overwrites unseen changes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from kechuang.codes import uscc
from kechuang.web.accounts.models import User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.registry.domain import record
from kechuang.web.registry.models import BankAccount, Organisation, YearlyFigures

pytestmark = pytest.mark.django_db
SOURCE = {"source_title": "演示·统计报表", "source_department": "统计部门", "source_date": "2026-03-01"}


@pytest.fixture
def world(chenzhou, cast):
    User.objects.update(realm="demo")
    for person in (cast.officer, cast.county_officer):
        person.refresh_from_db()
    return cast


def filled(client, address, **changes):
    """The form's own values with changes, as a browser would send them."""
    form = client.get(address).context["form"]
    data = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        data[name] = "" if value is None else str(value)
    return data | SOURCE | changes


def test_a_change_from_a_day_on(world, client_for):
    client, firm = client_for(world.officer), world.company_a
    address = reverse("registry:edit", args=["organisation", firm.pk])
    before = AuditEvent.objects.filter(object_kind="registry_record").count()
    answer = client.post(address, filled(client, address, size="medium", valid_from="2024-01-01"))
    assert answer.status_code == 302
    firm.refresh_from_db()
    assert (firm.size, firm.source.title) == ("medium", "演示·统计报表")
    assert record.state(firm, dt.date(2023, 12, 31))["size"] == "small"
    assert AuditEvent.objects.filter(object_kind="registry_record").count() == before + 1


def test_a_correction_of_figures(world, client_for):
    client, row = client_for(world.county_officer), world.company_a.years.get()
    address = reverse("registry:edit", args=["yearly_figures", row.pk])
    assert client.post(address, filled(client, address, rd_expense="2500000.00")).status_code == 302
    row.refresh_from_db()
    assert str(row.rd_expense) == "2500000.00"
    assert record.history(row)[0].why == "correct"


def test_two_people_at_one_form(world, client_for):
    client, firm = client_for(world.officer), world.company_a
    address = reverse("registry:edit", args=["organisation", firm.pk])
    mine = filled(client, address, size="medium")
    theirs = filled(client, address, size="large")
    assert client.post(address, theirs).status_code == 302
    answer = client.post(address, mine)
    assert answer.status_code == 409
    firm.refresh_from_db()
    assert firm.size == "large"


def test_errors_stand_at_their_fields_in_both_languages(world, client_for):
    client, firm = client_for(world.officer), world.company_a
    address = reverse("registry:edit", args=["organisation", firm.pk])
    data = filled(client, address, founded_on="2023-02-30", registered_capital="-1", name="")
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"founded_on", "registered_capital", "name"}
    assert "不是日历上有的日期" in answer.content.decode()
    client.cookies["kc_lang"] = "en"
    assert "no date of the calendar" in client.post(address, data).content.decode()
    firm.refresh_from_db()
    assert firm.name == "演示甲公司"


def test_a_new_record(world, client_for):
    client = client_for(world.officer)
    address = reverse("registry:new", args=["organisation"])
    code = uscc.make("91431002DEM99999")
    data = filled(client, address, uscc=code, name="演示𠮷野公司", kind="enterprise", county="431002")
    assert client.post(address, data).status_code == 302
    made = Organisation.objects.get(uscc=code)
    assert (made.name, made.realm) == ("演示𠮷野公司", "demo")
    assert client.post(address, data).status_code == 409
    empty = client.post(address, SOURCE)
    assert set(empty.context["form"].errors) == {"uscc", "name", "kind"}


def test_a_source_is_required(world, client_for):
    client, firm = client_for(world.officer), world.company_a
    address = reverse("registry:edit", args=["organisation", firm.pk])
    answer = client.post(address, filled(client, address, size="large", source_title=""))
    assert set(answer.context["form"].errors) == {"source_title"}


@pytest.mark.parametrize(
    ("who", "status"),
    [(None, 302), ("firm_a", 403), ("firm_b", 403), ("auditor", 403), ("county_officer", 200), ("officer", 200)],
)
def test_who_may_open_the_form(world, client_for, who, status):
    address = reverse("registry:edit", args=["organisation", world.company_a.pk])
    assert client_for(getattr(world, who) if who else None).get(address).status_code == status


def test_a_county_officer_writes_in_the_own_county_only(world, client_for):
    client = client_for(world.county_officer)
    other = reverse("registry:edit", args=["organisation", world.company_b.pk])
    assert client.get(other).status_code == 403
    new = reverse("registry:new", args=["yearly_figures"])
    data = filled(client, new, organisation=world.company_b.uscc, year="2024", revenue="1")
    assert client.post(new, data).status_code == 403
    assert not YearlyFigures.objects.filter(year=2024).exists()
    moved = filled(client, address := reverse("registry:edit", args=["organisation", world.company_a.pk]),
                   county=world.company_b.county)  # fmt: skip
    assert client.post(address, moved).status_code == 403
    world.company_a.refresh_from_db()
    assert world.company_a.county != world.company_b.county


def test_an_officer_does_not_reach_a_bank_account(world, client_for):
    row = BankAccount.objects.create(
        organisation=world.company_a, bank="演示银行", holder="演示甲公司", number="6222000011112222", realm="demo"
    )
    address = reverse("registry:edit", args=["bank_account", row.pk])
    assert client_for(world.officer).get(address).status_code == 403
    assert client_for(world.firm_b).get(address).status_code in (403, 404)
    assert client_for(world.firm_a).get(address).status_code == 200
