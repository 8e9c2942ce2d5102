"""Dated attributes: defined by the pack's facts, typed, bitemporal, and read by measures as of their day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from kechuang.citypack.models import Fact
from kechuang.web.accounts.models import User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.registry.domain import attributes, facts
from kechuang.web.registry.models import Attribute, AttributeDefinition

pytestmark = pytest.mark.django_db
CODE, FACT = "rd_accounts_kept", "研发费用单独归集"


def fact(kind: str, **more) -> Fact:
    data = {
        "id": "甲", "en": "a", "entity": "enterprise", "type": kind, "ask": {"zh": "?", "en": "?"},
        "origin": {"kind": "relation", "path": "enterprise.attribute[a]"}, **more,
    }  # fmt: skip
    return Fact.model_validate(data)


def test_definitions_come_from_the_pack(chenzhou):
    assert attributes.define(chenzhou.facts) == 2
    assert attributes.define(chenzhou.facts) == 0
    found = AttributeDefinition.objects.get(code=CODE)
    assert (found.kind, found.zh, found.en, found.type) == ("organisation", FACT, "R&D expense kept apart", "boolean")
    assert AuditEvent.objects.filter(action="registry.define").count() == 2


def test_a_value_from_a_day_on(chenzhou, cast):
    firm = cast.company_a
    attributes.put(firm, CODE, "否", actor=None, source=None)
    attributes.put(firm, CODE, True, actor=None, source=None, valid_from=dt.date(2025, 1, 1))
    assert attributes.attributes_on(firm, dt.date(2024, 12, 31)) == {CODE: "false"}
    assert attributes.attributes_on(firm, dt.date(2025, 1, 1)) == {CODE: "true"}
    known = Attribute.objects.earliest("recorded_at").recorded_at
    assert attributes.attributes_on(firm, dt.date(2025, 1, 1), known) == {CODE: "false"}
    assert AuditEvent.objects.filter(action="registry.attribute").count() == 2


def test_the_same_value_again_is_no_write(chenzhou, cast):
    attributes.put(cast.company_a, CODE, "是", actor=None, source=None)
    assert attributes.put(cast.company_a, CODE, "是", actor=None, source=None) is None
    assert Attribute.objects.count() == 1


def test_a_correction_replaces_the_period(chenzhou, cast):
    firm, day = cast.company_a, dt.date(2025, 1, 1)
    attributes.put(firm, CODE, "是", actor=None, source=None, valid_from=day)
    attributes.put(firm, CODE, "否", actor=None, source=None, valid_from=dt.date(2025, 6, 1), on_change="correct")
    assert attributes.attributes_on(firm, day) == {CODE: "false"}


@pytest.mark.parametrize(("code", "value", "status"), [("nonsense", "1", 404), (CODE, "也许", 422), (CODE, "", 422)])
def test_what_is_refused(chenzhou, cast, code, value, status):
    with pytest.raises(UserError) as caught:
        attributes.put(cast.company_a, code, value, actor=None, source=None)
    assert caught.value.status == status
    assert Attribute.objects.count() == 0


def test_a_measure_reads_it_as_of_its_day(chenzhou, cast):
    attributes.put(cast.company_a, CODE, "是", actor=None, source=None, valid_from=dt.date(2025, 1, 1))
    wanted = [f for f in chenzhou.facts if f.id == FACT]
    for day, expected in ((dt.date(2024, 6, 1), {}), (dt.date(2025, 6, 1), {FACT: True})):
        subject = facts.Subject("enterprise", cast.company_a, cast.company_a, day)
        assert facts.facts_of(subject, wanted) == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("money", "12345678901.50", Decimal("12345678901.50")),
        ("rate", "0.0525", Decimal("0.052500")),
        ("count", "12", Decimal(12)),
        ("date", "2024-02-29", dt.date(2024, 2, 29)),
        ("text", "𠮷", "𠮷"),
        ("enum", "乙", "乙"),
    ],
)
def test_every_type_comes_back_as_its_fact(chenzhou, cast, kind, value, expected):
    values = [{"value": "乙", "en": "b"}] if kind == "enum" else []
    one = fact(kind, values=values)
    attributes.define([one])
    attributes.put(cast.company_a, "a", value, actor=None, source=None)
    text = attributes.attributes_on(cast.company_a, dt.date(2025, 1, 1))["a"]
    assert attributes.fact_value(one, text) == expected


def test_the_form(chenzhou, cast, client_for):
    User.objects.update(realm="demo")
    address = reverse("registry:attribute", args=["organisation", cast.company_a.pk])
    assert client_for(cast.firm_a).get(address).status_code == 403
    client = client_for(cast.officer)
    data = {"code": CODE, "value": "也许", "valid_from": "2025-01-01", "source_title": "演示·审计报告"}
    assert client.post(address, data).status_code == 422
    assert client.post(address, data | {"value": "是"}).status_code == 302
    page = client.get(reverse("registry:record", args=["organisation", cast.company_a.pk])).content.decode()
    assert FACT in page
    assert Attribute.objects.get().source.title == "演示·审计报告"
    contract = reverse("registry:attribute", args=["contract", cast.company_a.purchases.get().pk])
    assert client.get(contract).status_code == 404
