"""Sums over nightly results equal what adding up the listed rows gives, for everybody and every filter."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kechuang.codes import uscc
from kechuang.web.entitlements.domain import totals
from kechuang.web.entitlements.domain.queries import results_for_user
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.registry.models import Organisation

COUNTIES = ["431002", "431003", "431021"]


@pytest.fixture
def done(chenzhou, cast):
    """A finished run with random rows of forty organisations; an organisation stands in several groups."""
    chance = random.Random(20130418)
    Organisation.objects.bulk_create(
        Organisation(
            uscc=uscc.make(f"91{COUNTIES[n % 3]}MB{n:06d}"), name=f"演示合计{n}", kind="enterprise",
            county=COUNTIES[n % 3], realm="demo" if n % 4 else "real",
        )
        for n in range(40)
    )  # fmt: skip
    run = Run.objects.create(release_id="0" * 64, on=dt.date(2026, 11, 24), finished_at=timezone.now())
    rows = []
    for firm in Organisation.objects.filter(name__startswith="演示合计"):
        for n in range(chance.randrange(4)):
            group = chance.choice(Group.values)
            due = Decimal(chance.randrange(10**9)) / 100
            rows.append(
                Entitlement(
                    run=run,
                    measure_id="m",
                    subject_kind="contract",
                    subject_id=str(n),
                    uscc=firm.uscc,
                    realm=firm.realm,
                    county=firm.county,
                    status="yes",
                    group=group,
                    awarded=due,
                    digest="",
                )
            )
    Entitlement.objects.bulk_create(rows)
    return run


def by_hand(user, run, group, county):
    """The listed rows added up one by one."""
    rows = results_for_user(user, run, "m")
    rows = rows.filter(**{name: value for name, value in {"group": group, "county": county}.items() if value})
    found = []
    for realm in sorted({row.realm for row in rows}):
        part = [row for row in rows if row.realm == realm]
        due = sum((row.awarded for row in part if row.group == Group.GET), Decimal(0))
        found.append(totals.Totals(realm, len(part), len({row.uscc for row in part}), due))
    return found


@pytest.mark.parametrize("who", ["officer", "county_officer"])
def test_equal_to_adding_up_the_listed_rows(done, cast, who):
    user = getattr(cast, who)
    for group in ["", *Group.values]:
        for county in ["", *COUNTIES, "431028"]:
            found = totals.totals_for_user(user, done, "m", group=group, county=county)
            assert found == by_hand(user, done, group, county), (group, county)
    assert totals.totals_for_user(user, done, "m")


def test_nobody_else_gets_any(done, cast):
    assert totals.totals_for_user(cast.firm_a, done, "m") == []
    assert totals.totals_for_user(cast.auditor, done, "m") == []
    assert totals.totals_for_user(cast.officer, None, "m") == []


def test_a_removed_organisation_leaves_the_sums_at_once(done, cast):
    before = totals.totals_for_user(cast.officer, done, "m")
    code = Entitlement.objects.filter(run=done, realm="demo").values_list("uscc", flat=True)[0]
    Organisation.objects.get(uscc=code).delete()
    after = totals.totals_for_user(cast.officer, done, "m")
    assert after == by_hand(cast.officer, done, "", "")
    assert after[0].subjects == before[0].subjects - 1


def test_the_second_look_adds_nothing_up(done, cast):
    totals.totals_for_user(cast.officer, done, "m")
    with CaptureQueriesContext(connection) as seen:
        second = totals.totals_for_user(cast.officer, done, "m", group=Group.GET)
    assert second == by_hand(cast.officer, done, Group.GET, "")
    assert not [query for query in seen.captured_queries if "entitlements_entitlement" in query["sql"]]


def test_a_newer_run_is_not_answered_from_the_older_one(done, cast):
    assert totals.totals_for_user(cast.officer, done, "m")
    newer = Run.objects.create(release_id="0" * 64, on=dt.date(2026, 11, 25), finished_at=timezone.now())
    assert totals.totals_for_user(cast.officer, newer, "m") == []
