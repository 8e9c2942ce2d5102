"""The nightly run over the register, and who may see its results."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command

from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.registry.models import Base

ON = dt.date(2026, 11, 24)


@pytest.fixture
def done(chenzhou, cast):
    return run(on=ON)


def test_every_organisation_and_record_has_its_rows(done, cast):
    assert done.finished_at is not None
    assert done.failures == []
    assert done.organisations == 3
    rows = Entitlement.objects.filter(run=done)
    assert rows.count() == done.rows
    assert set(rows.values_list("uscc", flat=True)) == {cast.company_a.uscc, cast.company_b.uscc, cast.school.uscc}
    award = rows.get(measure_id="institution-award")
    assert (award.amount, award.group, award.uscc) == (Decimal("200000.00"), Group.GET, cast.company_a.uscc)
    seller = rows.get(measure_id="supplier-subsidy")
    assert (seller.amount, seller.uscc) == (Decimal("100000.00"), cast.school.uscc)
    assert set(rows.values_list("realm", flat=True)) == {"demo"}
    assert not rows.filter(uscc=cast.school.uscc, subject_kind="enterprise").exists()


def test_what_the_register_does_not_know_is_asked_for(done, cast):
    row = Entitlement.objects.get(run=done, measure_id="rd-ratio-subsidy", uscc=cast.company_b.uscc)
    assert row.group == Group.ASK
    assert "近三年研发费用" in row.missing
    assert row.amount is None


def test_a_run_is_one_audit_event_and_old_runs_go(done):
    assert AuditEvent.objects.filter(action="entitlements.run").count() == 1
    second, third = run(on=ON), run(on=ON)
    assert set(Run.objects.values_list("pk", flat=True)) == {second.pk, third.pk}
    assert results.latest_run() == third
    assert not Entitlement.objects.filter(run_id=done.pk).exists()


def test_an_unfinished_run_is_never_shown(done):
    Run.objects.create(release_id=done.release_id, on=ON)
    assert results.latest_run() == done


def test_lists_follow_the_persons_share(done, cast):
    def seen(user):
        return set(results.results_for_user(user, done, "rd-ratio-subsidy").values_list("uscc", flat=True))

    assert {cast.company_a.uscc, cast.company_b.uscc} <= seen(cast.officer)
    assert cast.company_b.uscc not in seen(cast.county_officer)
    assert cast.company_a.uscc in seen(cast.county_officer)
    for user in (cast.firm_a, cast.university, cast.auditor):
        with pytest.raises(UserError) as caught:
            seen(user)
        assert caught.value.status == 403


def test_results_page_filters_and_exports(done, cast, client_for):
    client = client_for(cast.officer)
    page = client.get("/measures/institution-award/results/", {"group": "get"})
    assert page.status_code == 200
    assert "演示甲公司" in page.content.decode()
    assert "演示数据" in page.content.decode()
    assert "演示甲公司" not in client.get("/measures/institution-award/results/", {"group": "not"}).content.decode()
    csv = client.get("/measures/institution-award/results/", {"format": "csv"})
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("数据,措施,单位")
    assert lines[1].startswith("演示数据,研发机构认定奖励,演示甲公司")
    assert "200000.00" in lines[1]
    assert client_for(cast.firm_a).get("/measures/institution-award/results/").status_code == 403
    assert client_for(None).get("/measures/institution-award/results/").status_code in (302, 401)


def test_summary_for_an_organisation(done, cast):
    summary = results.summary_for_organisation(cast.firm_a, cast.company_a.uscc)
    assert summary.total == Decimal("400000.00")
    assert summary.counts[Group.GET] == 2
    assert [row.measure_id for _, row in summary.of(Group.GET)] == ["institution-award", "receiver-subsidy"]
    assert results.summary_for_organisation(cast.firm_b, cast.company_a.uscc) is None
    assert results.summary_for_organisation(cast.firm_a, cast.company_a.uscc) is not None


def test_command(chenzhou, cast, capsys):
    call_command("entitlements_run", "--on", "2026-11-24")
    assert "3 家单位" in capsys.readouterr().out


def test_a_measure_that_asks_for_the_kind_gets_every_base(chenzhou, cast):
    Base.objects.create(
        name="演示孵化器", kind="incubator", level="province", recognised_on=dt.date(2015, 5, 1), host=cast.company_a,
        realm="demo",
    )  # fmt: skip
    rows = Entitlement.objects.filter(run=run(on=ON))
    found = rows.get(measure_id="incubator-support", subject_name__startswith="演示孵化器")
    assert (found.status, found.group, found.amount) == ("delegated", Group.OPEN, None)
    # The award for research institutions asks for no kind, so an incubator is not among its subjects.
    assert not rows.filter(measure_id="institution-award", subject_name__startswith="演示孵化器").exists()
    assert rows.filter(measure_id="incubator-support", status="no").count() == 1
