"""Statistics from the register: exact counts as of a day and as known at a moment, one realm at a time."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.codes import uscc
from kechuang.web.core.errors import UserError
from kechuang.web.registry.domain import record, statistics
from kechuang.web.registry.models import Base, Organisation, Person, Qualification

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 30)


def firm(number: int, realm: str = "real", **more) -> Organisation:
    values = {"name": f"公司{number}", "kind": "enterprise", "above_scale": False, "ownership": "private", **more}
    return Organisation.objects.create(uscc=uscc.make(f"91431002MA{number:06d}"), realm=realm, **values)


def base(host: Organisation, kind: str = "incubator", level: str = "city", **more) -> Base:
    values = {"name": f"平台{Base.objects.count()}", "recognised_on": dt.date(2020, 1, 1), "realm": host.realm, **more}
    return Base.objects.create(host=host, kind=kind, level=level, **values)


def value(ident: str, **more):
    return statistics.compute(ident, realm=more.pop("realm", "real"), on=more.pop("on", DAY), **more)


def test_incubators_by_level(db):
    host = firm(1)
    for level in ("city", "city", "province", "nation"):
        base(host, level=level)
    base(host, kind="park", level="nation")
    found = value("incubators_municipal_plus")
    assert (found.value, found.parts, found.unit) == (Decimal(4), {"city": 2, "province": 1, "nation": 1}, "家")
    assert value("incubators_provincial_plus").value == Decimal(2)
    assert value("parks_provincial_plus").value == Decimal(1)


@pytest.mark.parametrize(
    ("columns", "counted", "undecided"),
    [
        ({"valid_to": DAY}, 1, 0),
        ({"valid_to": DAY - dt.timedelta(days=1)}, 0, 0),
        ({"withdrawn_on": DAY}, 0, 0),
        ({"withdrawn_on": DAY + dt.timedelta(days=1)}, 1, 0),
        ({"recognised_on": DAY}, 1, 0),
        ({"recognised_on": DAY + dt.timedelta(days=1)}, 0, 0),
        ({"recognised_on": None}, 0, 1),
    ],
)
def test_in_force_on_the_day(db, columns, counted, undecided):
    base(firm(1), **columns)
    found = value("incubators_municipal_plus")
    assert (found.value, found.undecided) == (Decimal(counted), undecided)


def test_a_promotion_counts_from_its_day_and_only_once_known(db):
    incubator = base(firm(1))
    known = incubator.recorded_at
    record.write(
        "base", {"level": "province"}, record=incubator, actor=None, source=None, valid_from=dt.date(2025, 3, 1)
    )
    ident = "incubators_provincial_plus"
    assert value(ident).value == Decimal(1)
    assert value(ident, on=dt.date(2025, 2, 28)).value == Decimal(0)
    assert value(ident, known_on=known).value == Decimal(0)
    assert value("incubators_municipal_plus", known_on=known).value == Decimal(1)


def test_coverage_of_the_firms_with_the_duty(db):
    big, tech, state, small = (
        firm(1, above_scale=True), firm(2), firm(3, ownership="state"), firm(4),
    )  # fmt: skip
    firm(5, above_scale=None)
    firm(6, above_scale=True, status="deregistered")
    firm(7, above_scale=True, founded_on=DAY + dt.timedelta(days=1))
    firm(8, realm="demo", above_scale=True)
    Qualification.objects.create(organisation=tech, kind="high_tech", valid_from=dt.date(2025, 1, 1), valid_to=DAY)
    base(big, kind="technology_centre")
    base(state, kind="incubator")
    base(small, kind="key_laboratory")
    found = value("rd_institution_coverage")
    assert found.value == Decimal("33.3")
    assert found.undecided == 1
    assert found.parts == {
        "firms": 3, "with_institution": 1, "above_scale": 1, "above_scale_with": 1, "high_tech": 1,
        "high_tech_with": 0, "state_controlled": 1, "state_controlled_with": 0,
    }  # fmt: skip
    later = value("rd_institution_coverage", on=DAY + dt.timedelta(days=1))
    assert (later.parts["firms"], later.parts["high_tech"]) == (3, 0)


def test_coverage_reads_the_state_of_the_day(db):
    one = firm(1)
    record.write(
        "organisation", {"uscc": one.uscc, "above_scale": True}, actor=None, source=None, valid_from=dt.date(2026, 1, 1)
    )
    base(one, kind="technology_centre")
    assert value("rd_institution_coverage").value == Decimal("100.0")
    assert value("rd_institution_coverage", on=dt.date(2025, 12, 31)).value is None


def test_real_and_generated_are_never_in_one_figure(db):
    base(firm(1))
    base(firm(2, realm="demo"))
    assert [value("incubators_municipal_plus", realm=realm).value for realm in ("real", "demo")] == [Decimal(1)] * 2


def test_registered_talent_says_that_it_is_a_part(db):
    one = firm(1)
    for degree, since in (
        ("博士", DAY),
        ("硕士", DAY + dt.timedelta(days=1)),
        ("", dt.date(2020, 1, 1)),
        ("博士", None),
    ):
        Person.objects.create(name="某", degree=degree, since=since, employer=one)
    Person.objects.create(name="无单位", degree="博士", since=DAY)
    found = value("st_talent_registered")
    assert (found.value, found.undecided, found.complete) == (Decimal(2), 1, False)
    assert found.parts == {"博士": 1, "unknown": 1}


def test_an_unknown_statistic_names_those_there_are(db):
    with pytest.raises(UserError, match="incubators_municipal_plus"):
        value("nonsense")


def test_the_ids_are_indicators_of_the_pack(chenzhou_pack):
    known = {indicator.id for indicator in chenzhou_pack.indicators}
    assert set(statistics.STATISTICS) - known == {"st_talent_registered"}
