"""Payments received: recognised by what tells instalments apart, kept with their history, private."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.web.core.errors import UserError
from kechuang.web.registry.access import visible
from kechuang.web.registry.domain import record, sources
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.models import Support, TechnologyContract

pytestmark = pytest.mark.django_db


def values(cast, **more):
    return {
        "organisation": cast.company_a.uscc, "measure": "receiver-subsidy", "level": "市级", "amount": "150000.00",
        "year": "2025", "paid_on": "2025-12-01", "number": "演示拨款〔2025〕1号", **more,
    }  # fmt: skip


def write(cast, **more):
    source = sources.ensure("演示拨款单", actor=cast.officer, realm="demo")
    return record.write("support", values(cast, **more), actor=cast.officer, source=source, realm="demo")


def test_an_officer_enters_a_payment_and_corrects_it(chenzhou, cast):
    first = write(cast)
    assert (first.outcome, first.record.level, first.record.amount) == ("created", "city", Decimal("150000.00"))
    again = write(cast)
    assert (again.outcome, Support.objects.count()) == ("unchanged", 1)
    corrected = write(cast, amount="160000.00")
    assert (corrected.outcome, corrected.changed) == ("changed", ("amount",))
    assert record.state(corrected.record, known_on=first.record.recorded_at)["amount"] == "150000.00"
    assert record.state(corrected.record)["amount"] == "160000.00"


def test_instalments_and_payments_under_one_paper_are_records_of_their_own(chenzhou, cast):
    contract = TechnologyContract.objects.get()
    write(cast)
    write(cast, paid_on="2026-01-05")
    write(cast, contract=contract.number)
    write(cast, paid_on=None)
    write(cast, paid_on=None, number=None)
    assert write(cast, paid_on=None, number=None).outcome == "unchanged"
    assert Support.objects.count() == 5


def test_a_row_without_the_optional_fields_is_found_again(chenzhou, cast):
    source = sources.ensure("演示拨款单", actor=cast.officer, realm="demo")
    row = {
        "organisation": cast.company_a.uscc,
        "measure": "省级资金",
        "level": "province",
        "amount": "1.00",
        "year": 2024,
    }
    outcomes = [record.write("support", row, actor=None, source=source, realm="demo").outcome for _ in range(2)]
    assert outcomes == ["created", "unchanged"]


def test_a_payment_has_a_level_and_an_amount_that_is_not_negative(chenzhou, cast):
    for wrong in ({"level": None}, {"amount": "-0.01"}, {"amount": "1.001"}, {"year": "20255"}, {"level": "镇级"}):
        with pytest.raises(UserError):
            write(cast, **wrong)
    assert not Support.objects.exists()


def test_the_firm_sees_its_own_officers_all_and_nobody_else_any(chenzhou, cast, client_for):
    row = write(cast).record
    page = f"/enterprises/records/support/{row.pk}/"
    for person in (cast.firm_a, cast.officer, cast.county_officer):
        assert row in visible(person, KINDS["support"])
        assert "150,000.00" in client_for(person).get(page).content.decode()
    for person in (None, cast.firm_b, cast.university, cast.auditor):
        assert client_for(person).get(page).status_code in (302, 403, 404)
    own = client_for(cast.firm_a).get(f"/enterprises/{cast.company_a.uscc}/").content.decode()
    assert "receiver-subsidy" in own
    assert "150,000.00" in own
    other = client_for(cast.firm_b).get(f"/enterprises/{cast.company_a.uscc}/").content.decode()
    assert "150,000.00" not in other


def test_it_comes_and_goes_as_a_table(chenzhou, cast, client_for):
    from kechuang.web.intake.domain.kinds import columns

    heads = [column.zh for column in columns("support")]
    assert heads[:6] == ["受支持单位", "措施或计划", "级别", "已付金额", "年度", "到账日期"]
    write(cast)
    answer = client_for(cast.officer).get("/api/v1/registry/support").json()
    assert [(row["measure"], row["amount"], row["year"]) for row in answer["items"]] == [
        ("receiver-subsidy", "150000.00", "2025")
    ]
    assert dt.date.fromisoformat(answer["items"][0]["paid_on"]) == dt.date(2025, 12, 1)
