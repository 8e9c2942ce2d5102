"""Yearly figures filled in by the organisation itself: drafts, doubts, submission, what may not be overwritten, uses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from kechuang.measures.program import compile_measure
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import current_release
from kechuang.web.registry.domain.facts import FIGURES, PATHS
from kechuang.web.registry.domain.history import history
from kechuang.web.registry.domain.record import write
from kechuang.web.registry.models import Source, YearlyFigures
from kechuang.web.selfservice.domain import figures
from kechuang.web.selfservice.domain.doubts import doubts
from kechuang.web.selfservice.domain.uses import columns_behind, uses
from kechuang.web.selfservice.models import Consent, YearReport

YEAR = timezone.localdate().year - 1
TYPED = {"revenue": "5,000万元", "total_income": "5000万元", "rd_expense": "2400000", "staff": "50", "st_staff": "9"}


@pytest.fixture
def firm(chenzhou, cast):
    """Firm A whose one year on record is the last complete one."""
    YearlyFigures.objects.filter(organisation=cast.company_a).update(year=YEAR)
    return cast.company_a


def events(since: int) -> list[str]:
    return list(AuditEvent.objects.filter(pk__gt=since).order_by("pk").values_list("action", flat=True))


def newest() -> int:
    return AuditEvent.objects.latest("pk").pk


def test_figures_are_submitted_once_and_keep_their_history(firm, cast, client_for):
    client, address = client_for(cast.firm_a), f"/my/figures/{firm.uscc}/{YEAR}/"
    page = client.get(address).content.decode()
    assert 'value="48000000.00"' in page
    assert "同意把填报的数据记入登记库" in page
    since = newest()
    answer = client.post(address, {**TYPED, "seen": "0", "agree": "1", "do": "submit"})
    assert answer.status_code == 302
    assert events(since) == ["figures.submit"]
    row = YearlyFigures.objects.get(organisation=firm, year=YEAR)
    assert (row.revenue, row.staff) == (Decimal("50000000.00"), 50)
    assert (row.source.title, row.source.department) == (f"本单位填报（{YEAR} 年）", "演示甲公司")
    entry = history(row)[0]
    assert [one.field.name for one in entry.differences] == ["revenue", "total_income"]
    assert entry.event_id == AuditEvent.objects.latest("pk").public_id
    consent = Consent.objects.get()
    assert (consent.purpose, consent.organisation, consent.user) == ("figures", firm, cast.firm_a)
    report = YearReport.objects.get()
    assert (report.state, report.submitted_by, report.consent) == ("submitted", cast.firm_a, consent)
    assert "你已经同意" in client.get(address).content.decode()


def test_a_draft_keeps_what_was_typed_right_or_wrong_and_changes_nothing(firm, cast, client_for):
    client, address = client_for(cast.firm_a), f"/my/figures/{firm.uscc}/{YEAR}/"
    since = newest()
    client.post(address, {"revenue": "约五千", "remark": "还在算", "seen": "0", "do": "save"})
    assert events(since) == ["figures.draft"]
    page = client.get(address).content.decode()
    assert 'value="约五千"' in page
    assert "草稿，还没有提交" in page
    assert "登记库里现在是" in page
    row = YearlyFigures.objects.get(organisation=firm, year=YEAR)
    assert (row.revenue, row.source) == (Decimal("48000000.00"), None)


def test_what_cannot_be_read_is_named_and_kept(firm, cast, client_for):
    client, address = client_for(cast.firm_a), f"/my/figures/{firm.uscc}/{YEAR}/"
    since = newest()
    answer = client.post(address, {**TYPED, "staff": "很多", "seen": "0", "agree": "1", "do": "submit"})
    assert answer.status_code == 422
    assert 'value="很多"' in answer.content.decode()
    assert events(since) == ["figures.draft"]
    assert YearReport.objects.get().values["staff"] == "很多"
    assert YearlyFigures.objects.get(organisation=firm, year=YEAR).revenue == Decimal("48000000.00")


def test_doubts_are_confirmed_with_a_reason(firm, cast):
    given = {**TYPED, "st_staff": "51"}
    first = figures.submit(cast.firm_a, firm, YEAR, given, agreed=True)
    assert [(one.column, one.layer) for one in first.findings] == [("st_staff", "plausibility")]
    assert (first.errors, first.outcome) == ([], "")
    second = figures.submit(cast.firm_a, firm, YEAR, given, agreed=True, confirmed=True, seen=1)
    assert [one.column for one in second.errors] == ["remark"]
    third = figures.submit(cast.firm_a, firm, YEAR, given, agreed=True, confirmed=True, remark="含派遣人员", seen=2)
    assert third.outcome == "changed"
    assert [one["column"] for one in third.report.findings] == ["st_staff"]
    assert YearlyFigures.objects.get(organisation=firm, year=YEAR).st_staff == 51


def test_without_consent_nothing_is_submitted(firm, cast):
    checked = figures.submit(cast.firm_a, firm, YEAR, TYPED)
    assert [one.column for one in checked.errors] == ["agree"]
    assert not Consent.objects.exists()
    figures.submit(cast.firm_a, firm, YEAR, TYPED, agreed=True, seen=1)
    given = Consent.objects.get()
    figures.submit(cast.firm_a, firm, YEAR, {**TYPED, "staff": "51"}, seen=2)  # the same words are not asked twice
    assert Consent.objects.get() == given
    Consent.objects.update(withdrawn_at=timezone.now())
    checked = figures.submit(cast.firm_a, firm, YEAR, {**TYPED, "staff": "52"}, seen=3)
    assert [one.column for one in checked.errors] == ["agree"]


def test_a_figure_with_a_source_of_its_own_is_not_overwritten(firm, cast, client_for):
    tax = Source.objects.create(title="纳税证明", department="税务局", trust=3, realm="demo")
    write(
        "yearly_figures", {"organisation": firm.uscc, "year": YEAR, "tax_paid": "123456.78"}, actor=None, source=tax,
        on_change="correct", realm="demo",
    )  # fmt: skip
    row = figures.on_record(firm, YEAR)
    assert figures.origins(row)["tax_paid"] == tax
    assert figures.origins(row)["revenue"] is None
    assert figures.fixed_names(row) == {"tax_paid"}
    page = client_for(cast.firm_a).get(f"/my/figures/{firm.uscc}/{YEAR}/").content.decode()
    assert "纳税证明" in page
    assert "readonly" in page
    checked = figures.submit(cast.firm_a, firm, YEAR, {**TYPED, "tax_paid": "1"}, agreed=True, remark="应为别的数")
    assert checked.outcome == "changed"
    row = figures.on_record(firm, YEAR)
    assert (row.tax_paid, row.revenue) == (Decimal("123456.78"), Decimal("50000000.00"))
    assert figures.origins(row)["revenue"].title == figures.source_title(YEAR)
    assert figures.origins(row)["tax_paid"] == tax
    listed = client_for(cast.officer).get("/my/figures/?remarks=1").content.decode()
    assert "应为别的数" in listed


def test_an_emptied_figure_is_unknown_again(firm, cast):
    figures.submit(cast.firm_a, firm, YEAR, {**TYPED, "rd_expense": ""}, agreed=True)
    assert YearlyFigures.objects.get(organisation=firm, year=YEAR).rd_expense is None


def test_a_new_year_is_registered(firm, cast):
    checked = figures.submit(cast.firm_a, firm, YEAR - 1, TYPED, agreed=True)
    assert checked.outcome == "created"
    assert YearlyFigures.objects.get(organisation=firm, year=YEAR - 1).realm == "demo"
    empty = figures.submit(cast.firm_a, firm, YEAR - 2, {}, agreed=True)
    assert [one.column for one in empty.errors] == [""]
    assert not YearlyFigures.objects.filter(organisation=firm, year=YEAR - 2).exists()


def test_two_people_do_not_overwrite_each_other(firm, cast, client_for):
    second = User.objects.create_user(username="second", password="correct horse battery")
    Grant.objects.create(user=second, role=Role.ENTERPRISE, organisation=firm.uscc)
    figures.save(second, firm, YEAR, {"revenue": "1"})
    with pytest.raises(UserError) as caught:
        figures.save(cast.firm_a, firm, YEAR, {"revenue": "2"}, seen=0)
    assert caught.value.status == 409
    client, address = client_for(cast.firm_a), f"/my/figures/{firm.uscc}/{YEAR}/"
    answer = client.post(address, {"revenue": "2", "seen": "0", "do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="2"' in page
    assert 'name="seen" value="1"' in page
    assert client.post(address, {"revenue": "2", "seen": "1", "do": "save"}).status_code == 302


def test_who_fills_in_and_who_reads(firm, cast, client_for):
    address = f"/my/figures/{firm.uscc}/"
    for person, status in ((None, 302), (cast.firm_b, 404), (cast.university, 404), (cast.firm_a, 200), (cast.officer, 200),
                           (cast.county_officer, 200), (cast.auditor, 404)):  # fmt: skip
        assert client_for(person).get(address).status_code == status
        assert client_for(person).get(f"{address}{YEAR}/").status_code == status
    page = client_for(cast.officer).get(f"{address}{YEAR}/").content.decode()
    assert "48,000,000.00" in page
    assert "提交到登记库" not in page
    assert client_for(cast.officer).post(f"{address}{YEAR}/", {"do": "save"}).status_code == 403
    assert client_for(cast.firm_b).post(f"{address}{YEAR}/", {"do": "save"}).status_code == 404
    with pytest.raises(UserError) as caught:
        figures.submit(cast.firm_b, firm, YEAR, TYPED, agreed=True)
    assert caught.value.status == 403
    for wrong in (YEAR + 1, YEAR - figures.OLDEST):
        assert client_for(cast.firm_a).get(f"{address}{wrong}/").status_code == 404


def test_officers_list_what_was_submitted_of_the_own_county(firm, cast, client_for):
    figures.submit(cast.firm_a, firm, YEAR, TYPED, agreed=True, remark="口径同上年")
    figures.submit(cast.firm_b, cast.company_b, YEAR, {"staff": "3"}, agreed=True)
    everything = client_for(cast.officer).get("/my/figures/").content.decode()
    assert "演示甲公司" in everything
    assert "演示乙公司" in everything
    county = client_for(cast.county_officer).get(f"/my/figures/?year={YEAR}").content.decode()
    assert "演示甲公司" in county
    assert "演示乙公司" not in county
    assert client_for(cast.auditor).get("/my/figures/").status_code == 403
    assert client_for(cast.firm_a).get("/my/figures/").status_code == 403
    assert client_for(None).get("/my/figures/").status_code == 302


def test_years_begin_with_the_founding():
    assert figures.years(dt.date(2026, 11, 24)) == [2025, 2024, 2023, 2022, 2021]
    assert figures.years(dt.date(2026, 11, 24), dt.date(2024, 5, 1)) == [2025, 2024]
    assert figures.years(dt.date(2026, 11, 24), dt.date(2026, 5, 1)) == []


@pytest.mark.parametrize(
    ("values", "last", "columns"),
    [
        ({"revenue": "5000.00"}, {"revenue": "48000000.00"}, ["revenue"]),
        ({"revenue": "480000000.00"}, {"revenue": "48000000.00"}, ["revenue"]),
        ({"revenue": "479999999.99"}, {"revenue": "48000000.00"}, []),
        ({"staff": "30"}, {"staff": "2"}, []),
        ({"revenue": "0.00"}, {"revenue": "48000000.00"}, []),
        ({"tax_vat": "60.00", "tax_income": "41.00", "tax_paid": "100.00"}, {}, ["tax_vat"]),
        ({"tax_vat": "60.00", "tax_income": "40.00", "tax_paid": "100.00"}, {}, []),
        ({"tax_vat": "101.00", "tax_paid": "100.00"}, {}, ["tax_vat"]),
        ({"rd_expense": "2.00", "total_income": "1.00"}, {}, ["rd_expense"]),
        ({"rd_staff": "5", "staff": "4"}, {}, ["rd_staff"]),
        ({"rd_expense": "2.00"}, {}, []),
    ],
)  # fmt: skip
def test_doubts(values, last, columns):
    assert [one.column for one in doubts(values, last, 2025)] == columns


def test_what_a_path_rests_on_is_found_by_computing_it():
    assert columns_behind("enterprise.revenue[last_year]") == {"revenue"}
    assert columns_behind("enterprise.tax_paid[last_3_years]") == {"tax_paid"}
    assert columns_behind("enterprise.rd_ratio[last_3_years]") == {"rd_expense", "revenue"}
    assert columns_behind("enterprise.st_staff_share[last_year]") == {"st_staff", "staff"}
    assert columns_behind("enterprise.has_rd_expense") == {"rd_expense"}
    assert columns_behind("contract.amount") == frozenset()
    assert columns_behind("no.such.path") == frozenset()
    columns = {one.name for one in figures.fields()}
    for path in PATHS:
        assert columns_behind(path) <= columns, path
    assert {name for path in PATHS for name in columns_behind(path)} == set(FIGURES)


def test_each_figure_names_the_measures_that_ask_for_it(firm, cast, client_for):
    release = current_release()
    found = uses(release)
    assert found
    for name, listed in found.items():
        for use in listed:
            asked = compile_measure(release.measures[use.measure], release.catalogue).facts
            assert use.facts
            for fact in use.facts:
                assert fact.zh in asked
                assert name in columns_behind(release.facts[fact.zh].origin.path)
    use = found["rd_expense"][0]
    page = client_for(cast.firm_a).get(f"/my/figures/{firm.uscc}/{YEAR}/").content.decode()
    assert f"/measures/{use.measure}/" in page
    assert use.title.zh in page


def test_the_organisation_reads_who_sees_its_figures(firm, cast, client_for):
    from kechuang.web.accounts.models import ApiToken

    for title, scopes in (("年报汇总", ["registry:read-private"]), ("公开目录", ["registry:read"])):
        ApiToken.objects.create(
            title=title, holder="统计局", digest=title, hint="kc_", scopes=scopes,
            expires_on=timezone.localdate() + dt.timedelta(days=1),
        )  # fmt: skip
    page = client_for(cast.firm_a).get(f"/my/figures/{firm.uscc}/").content.decode()
    assert "firm_a" in page
    assert "年报汇总" in page
    assert "公开目录" not in page
