"""Budgets per subject: who is paid in full, in part, waits; by whom; everything reconciles to the fen."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from kechuang.citypack.models import Pack
from kechuang.web.entitlements.domain import totals
from kechuang.web.entitlements.domain.changes import between
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.apply import apply
from kechuang.web.registry.models import Base, Organisation, Support

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 24)
D = Decimal
BUDGET = {
    "id": "fund", "title": {"zh": "奖励资金", "en": "fund"}, "source": {"clause": "3.10.2", "span": 1},
    "measures": ["institution-award"], "amounts": {"2026": "300000.01"}, "when_short": "queue",
    "levels": [{"level": "city", "share": "0.3"}, {"level": "benefiting", "share": "0.7"}],
}  # fmt: skip


FOUNDED = {
    "id": "成立日期", "en": "Founded on", "entity": "enterprise", "type": "date",
    "origin": {"kind": "column", "path": "enterprise.founded"}, "ask": {"zh": "哪天成立？", "en": "Founded when?"},
}  # fmt: skip


@pytest.fixture
def city(chenzhou, chenzhou_pack):
    """Puts a pack with budgets in force that Chenzhou's text does not have."""

    def use(**fields):
        raw = chenzhou_pack.model_dump(mode="json", by_alias=True)
        raw["facts"].append(FOUNDED)
        apply(Pack.model_validate({**raw, "budgets": [{**BUDGET, **fields}]}))
        return queries.current_release()

    return use


@pytest.fixture
def three(city, cast):
    """Three institutions with 200,000 yuan each, recognised on 20 May, 1 June and 1 July 2025."""
    city()
    return three_of(cast)


def three_of(cast):
    made = [Base.objects.get()]
    for company, day in ((cast.company_b, dt.date(2025, 6, 1)), (cast.company_a, dt.date(2025, 7, 1))):
        made.append(
            Base.objects.create(
                name=f"演示中心{day}", kind="technology_centre", level="province", host=company, realm="demo",
                recognised_on=day,
            )
        )  # fmt: skip
    return made


def rows(run_) -> list[Entitlement]:
    return list(Entitlement.objects.filter(run=run_, measure_id="institution-award").order_by("position"))


def test_a_queue_pays_in_full_in_part_and_lets_wait(three, cast):
    done = run(on=ON)
    found = rows(done)
    assert [(r.subject_id, r.place, r.pays, r.position) for r in found] == [
        (str(three[0].pk), "full", D("200000.00"), 1),
        (str(three[1].pk), "part", D("100000.01"), 2),
        (str(three[2].pk), "waits", D("0.00"), 3),
    ]
    assert [r.payers for r in found] == [
        [{"level": "city", "amount": "60000.00"},
         {"level": "benefiting", "amount": "140000.00", "county": cast.company_a.county}],
        [{"level": "city", "amount": "30000.00"},
         {"level": "benefiting", "amount": "70000.01", "county": cast.company_b.county}],
        [],
    ]  # fmt: skip
    assert {r.budget for r in found} == {"fund"}


def test_the_sums_reconcile_to_the_fen(three, cast):
    done = run(on=ON)
    [told] = done.budgets
    found = rows(done)
    assert told["paid"] == f"{sum(r.pays for r in found):.2f}" == "300000.01"
    assert sum(D(amount) for amount in told["levels"].values()) == D(told["paid"])
    parts = [part for r in found for part in r.payers]
    for level, amount in told["levels"].items():
        assert sum(D(part["amount"]) for part in parts if part["level"] == level) == D(amount)
    assert sum(D(amount) for _, _, amount in told["local"]) == D(told["levels"]["benefiting"])
    assert told["counts"] == {"full": 1, "part": 1, "waits": 1}
    [money] = totals.budgets_for_user(cast.officer, queries.current_release(), done, "institution-award")
    assert (money.due, money.pays, money.left, money.lacking) == (
        D("600000.00"), D("300000.01"), D("-299999.99"), D("299999.99"),
    )  # fmt: skip


def test_what_was_paid_this_year_is_no_longer_in_the_budget(three, cast):
    first = run(on=ON)
    Support.objects.create(
        organisation=cast.company_b, measure="institution-award", level="city", amount="50000.00", year=2026,
        paid_on=dt.date(2026, 2, 1), realm="demo", base=three[1],
    )  # fmt: skip
    Support.objects.create(
        organisation=cast.company_b, measure="institution-award", level="city", amount="99.00", year=2025, realm="demo"
    )
    second = run(on=ON)
    assert second.budgets[0]["spent"] == "50000.00"
    assert [(r.place, r.awarded, r.pays) for r in rows(second)] == [
        ("full", D("200000.00"), D("200000.00")),
        ("part", D("150000.00"), D("50000.01")),
        ("waits", D("200000.00"), D("0.00")),
    ]
    # one payment: what it settles, and who stands beside it at the end of the money
    assert {c.row.subject_id for c in between(first, second)} == {str(three[1].pk)}


def test_a_rank_by_a_fact_of_the_register(city, cast):
    facts = queries.current_release().pack.facts
    revenue = next(f.id for f in facts if f.origin.path == "enterprise.revenue[last_3_years]" and f.type == "money")
    city(when_short="rank", order_by=revenue)
    three_of(cast)
    found = rows(run(on=ON))
    # firm A has 48 million and two institutions, firm B 3 million; equal ones keep the order of the register
    assert [(r.uscc, r.place) for r in found] == [
        (cast.company_a.uscc, "full"), (cast.company_a.uscc, "part"), (cast.company_b.uscc, "waits"),
    ]  # fmt: skip
    assert int(found[0].subject_id) < int(found[1].subject_id)


def test_what_the_register_has_no_order_for_stays_open(city, cast):
    city(order_by="成立日期")
    three_of(cast)
    Organisation.objects.filter(pk=cast.company_b.pk).update(founded_on=dt.date(2001, 1, 1))
    # firm A's day is not known: it may stand before firm B, whose 200,000 the money then does not reach
    assert [(r.uscc, r.place, r.position) for r in sorted(rows(run(on=ON)), key=lambda r: r.uscc)] == [
        (cast.company_a.uscc, "open", None), (cast.company_a.uscc, "open", None), (cast.company_b.uscc, "open", 1),
    ]  # fmt: skip
    city(order_by="成立日期", amounts={"2026": "600000.00"})
    assert {r.place for r in rows(run(on=ON))} == {"full"}


def test_in_proportion_to_the_fen(city, cast, client_for):
    city(when_short="pro_rata", amounts={"2026": "100000.00"})
    three_of(cast)
    done = run(on=ON)
    assert sorted(r.pays for r in rows(done)) == [D("33333.33"), D("33333.33"), D("33333.34")]
    assert {r.place for r in rows(done)} == {"part"}
    page = client_for(cast.officer).get("/measures/institution-award/results/").content.decode()
    assert "每笔付 16.67%" in page
    assert "除不尽的分，给舍去最多的。" in page


def test_no_rule_stated_leaves_it_open_and_no_amount_says_nothing(city, cast):
    city(when_short=None)
    three_of(cast)
    assert {r.place for r in rows(run(on=ON))} == {"open"}
    city(amounts={})
    done = run(on=ON)
    assert {(r.place, r.pays) for r in rows(done)} == {("", None)}
    assert done.budgets[0]["due"] == "600000.00"
    assert "paid" not in done.budgets[0]


def test_real_and_generated_money_are_never_one_budget(three, cast):
    real = Organisation.objects.create(
        uscc="91431000MA4L000016", name="某公司", kind="enterprise", county=cast.company_a.county
    )
    Base.objects.create(
        name="某中心", kind="technology_centre", level="province", host=real, recognised_on=dt.date(2025, 1, 1)
    )
    done = run(on=ON)
    assert [(b["realm"], b["due"], b["paid"]) for b in done.budgets] == [
        ("demo", "600000.00", "300000.01"), ("real", "200000.00", "200000.00"),
    ]  # fmt: skip


def test_pages_filter_and_file_show_it(three, cast, client_for):
    run(on=ON)
    officer = client_for(cast.officer)
    page = officer.get("/measures/institution-award/results/").content.decode()
    assert "300,000.01" in page
    assert "第 2 位" in page
    waiting = officer.get("/measures/institution-award/results/", {"place": "waits"}).content.decode()
    assert str(three[2].name) in waiting
    assert str(three[1].name) not in waiting
    response = officer.get("/measures/institution-award/results/", {"format": "xlsx", "place": "part"})
    head, *lines = load_workbook(io.BytesIO(b"".join(response.streaming_content))).worksheets[0].iter_rows()
    [line] = [{h.value: c.value for h, c in zip(head, line, strict=True)} for line in lines]
    assert (line["资金结果"], line["资金付出（元）"], line["排在第几"]) == ("付一部分", 100000.01, 2)
    assert line["各级分担"] == f"市级财政 30000.00 元；受益财政（{cast.company_b.county}） 70000.01 元"
    own = client_for(cast.firm_a).get("/eligibility/", {"uscc": cast.company_a.uscc}).content.decode()
    assert "等资金" in own
    assert "第 3 位" in own
    firm = client_for(cast.firm_a).get(f"/api/v1/organisations/{cast.company_a.uscc}/entitlements").json()
    funds = {i["subject"]: i["fund"] for i in firm["items"] if i["measure"] == "institution-award"}
    assert sorted(f["place"] for f in funds.values()) == ["full", "waits"]
    county = client_for(cast.county_officer).get("/measures/institution-award/results/").content.decode()
    assert "299,999.99" not in county  # sums of the whole city are for the city
