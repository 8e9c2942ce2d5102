"""Payments on record: exactly the results that depend on one change with it, the page says why, unknown is not zero."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.citypack.models import Pack
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.entitlements.domain.changes import between
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.entitlements.domain.received import received
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.apply import apply
from kechuang.web.registry.domain import record, sources
from kechuang.web.registry.models import Base, Support, TechnologyContract

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 24)
SOURCE = {"clause": "3.10.2", "span": 1}


def rule(id_: str, kind: str, measure: str, **more) -> dict:
    return {
        "id": id_, "title": {"zh": f"规则{id_}", "en": f"rule {id_}"}, "source": SOURCE, "kind": kind,
        "measures": [measure], "origin": "assumption", **more,
    }  # fmt: skip


RULES = [
    rule("once", "once", "institution-award", scope="subject"),
    rule("offset", "offset", "receiver-subsidy", against=["province:*"], scope="subject"),
]


@pytest.fixture
def city(db, chenzhou_pack):
    """Chenzhou's pack with two rules on earlier grants that its text does not have."""
    raw = chenzhou_pack.model_dump(mode="json", by_alias=True)
    apply(Pack.model_validate({**raw, "cumulation": RULES}))


def pay(cast, **values):
    """One payment entered by an officer."""
    source = sources.ensure("演示拨款单", actor=cast.officer, realm="demo")
    base = {"organisation": cast.company_a.uscc, "level": "city", "year": 2026, "paid_on": "2026-05-01"}
    return record.write("support", {**base, **values}, actor=cast.officer, source=source, realm="demo").record


def row(run_, measure: str) -> Entitlement:
    return Entitlement.objects.get(run=run_, measure_id=measure, amount__isnull=False)


def moved(older, newer):
    return {(c.row.uscc, c.row.measure_id, c.row.subject_id) for c in between(older, newer)}


def test_an_instalment_leaves_the_rest_and_nothing_else_moves(city, cast):
    first = run(on=ON)
    contract = TechnologyContract.objects.get()
    support = pay(cast, measure="receiver-subsidy", contract=contract.number, amount="150000.00")
    second = run(on=ON)
    found = row(second, "receiver-subsidy")
    assert (found.amount, found.awarded, found.group) == (Decimal("200000.00"), Decimal("50000.00"), Group.GET)
    assert found.received == [
        {"ref": f"support/{support.pk}", "measure": "receiver-subsidy", "amount": "150000.00", "year": "2026"}
    ]
    assert moved(first, second) == {(cast.company_a.uscc, "receiver-subsidy", str(contract.pk))}
    [change] = between(first, second)
    assert [(p.key, p.before, p.after) for p in change.payments] == [(support.pk, None, Decimal("150000.00"))]
    assert not change.same_facts
    # the other side of the same contract is paid by a measure of its own and does not move
    assert row(second, "supplier-subsidy").awarded == row(first, "supplier-subsidy").awarded


def test_correcting_one_payment_moves_exactly_what_rests_on_it_and_the_page_says_why(city, cast, client_for):
    contract, base = TechnologyContract.objects.get(), Base.objects.get()
    paid = {"measure": "receiver-subsidy", "contract": contract.number}
    pay(cast, **paid, amount="150000.00")
    pay(cast, measure="institution-award", base=base.name, year=2025, paid_on="2025-12-01", amount="200000.00")
    first = run(on=ON)
    assert (row(first, "institution-award").group, row(first, "institution-award").awarded) == (Group.PAID, 0)
    corrected = pay(cast, **paid, amount="160000.00")
    assert Support.objects.count() == 2
    second = run(on=ON)
    assert moved(first, second) == {(cast.company_a.uscc, "receiver-subsidy", str(contract.pk))}
    assert row(second, "receiver-subsidy").awarded == Decimal("40000.00")
    page = client_for(cast.firm_a).get(f"/enterprises/{cast.company_a.uscc}/").content.decode()
    assert f"/enterprises/records/support/{corrected.pk}/" in page
    assert "150,000.00 → 160,000.00" in page
    assert "事实没有变" not in page
    record.remove(corrected, actor=cast.officer)
    third = run(on=ON)
    assert moved(second, third) == {(cast.company_a.uscc, "receiver-subsidy", str(contract.pk))}
    assert row(third, "receiver-subsidy").awarded == Decimal("200000.00")
    assert run(on=ON).rows == third.rows


def test_what_the_province_paid_for_the_same_thing_is_taken_off(city, cast, client_for):
    contract = TechnologyContract.objects.get()
    province = {"measure": "省级成果转化资金", "level": "province", "contract": contract.number}
    pay(cast, **province, same_as="receiver-subsidy", amount="30000.00")
    found = row(run(on=ON), "receiver-subsidy")
    assert (found.awarded, found.depends) == (Decimal("170000.00"), ["offset"])
    assert found.forgone[0]["zh"] == "扣除已获补助 30,000.00 元（省级“省级成果转化资金”，2026 年）"
    page = client_for(cast.firm_a).get("/eligibility/", {"uscc": cast.company_a.uscc}).content.decode()
    assert "本市登记的已获支持 1 笔，合计 30,000.00 元，已经按规则扣除。" in page
    assert "登记以外还领过的，也可能要扣：规则offset" in page
    assert "依据登记：" in page
    item = next(
        i for i in client_for(cast.firm_a).get(f"/api/v1/organisations/{cast.company_a.uscc}/entitlements").json()["items"]
        if i["measure"] == "receiver-subsidy"
    )  # fmt: skip
    assert item["award"]["amount"] == "170000.00"
    assert item["award"]["reductions"][0]["rests_on"][0]["measure"] == "province:省级成果转化资金"


def test_what_was_paid_for_another_thing_or_later_takes_nothing(city, cast):
    contract = TechnologyContract.objects.get()
    province = {"measure": "省级资金", "level": "province", "contract": contract.number}
    pay(cast, **province, same_as="supplier-subsidy", amount="1.00")
    pay(cast, **province, same_as="receiver-subsidy", paid_on="2026-11-25", amount="2.00")
    pay(cast, **province, number="没有写明内容", amount="4.00")
    assert row(run(on=ON), "receiver-subsidy").awarded == Decimal("200000.00")
    release = queries.current_release()
    assert [g.same_as for g in received(release, cast.company_a, ON).grants] == ["supplier-subsidy", ""]
    assert received(release, cast.company_b, ON).count == 0


def test_a_payment_names_its_measure_by_title_too_and_may_lack_its_day(city, cast):
    title = queries.current_release().records["receiver-subsidy"].title.zh
    pay(cast, measure=title, paid_on=None, year=2025, amount="1.00")
    pay(cast, measure=title, paid_on=None, year=2026, amount="2.00")
    pay(cast, measure=title, paid_on=None, year=2027, amount="4.00")
    grants = received(queries.current_release(), cast.company_a, ON).grants
    assert [(g.measure, g.on, g.amount) for g in grants] == [
        ("receiver-subsidy", dt.date(2025, 12, 31), Decimal("1.00")), ("receiver-subsidy", ON, Decimal("2.00")),
    ]  # fmt: skip


def test_had_already_is_a_group_of_its_own(city, cast, client_for):
    pay(cast, measure="institution-award", base=Base.objects.get().name, amount="200000.00")
    run(on=ON)
    found = results.evaluate_organisation(queries.current_release(), cast.company_a, ON)
    assert [r.measure.id for r in found.of(Group.PAID)] == ["institution-award"]
    page = client_for(cast.firm_a).get("/eligibility/", {"uscc": cast.company_a.uscc}).content.decode()
    assert "已经领过" in page
    assert "这一项已经付过 200,000.00 元" in page


# ---- the city has said that all payments are registered ---------------------------------------


@pytest.fixture
def complete(db, shili_pack):
    raw = shili_pack.model_dump(mode="json", by_alias=True)
    raw["city"]["support_complete_since"] = "2030-07-01"
    apply(Pack.model_validate(raw))


YEAR = dt.date(2031, 11, 1)


def contract_of(cast) -> TechnologyContract:
    contract = TechnologyContract.objects.get()
    contract.signed_on = contract.registered_on = dt.date(2031, 3, 1)
    contract.save()
    return contract


def test_a_sum_of_payments_is_a_fact_only_where_all_are_registered(shili, cast):
    contract_of(cast)
    first = Entitlement.objects.get(run=run(on=YEAR), measure_id="results-subsidy")
    assert "本年已获成果补助" in first.missing


def test_nothing_registered_is_nothing_received_once_the_city_says_so(complete, cast):
    contract = contract_of(cast)
    found = Entitlement.objects.get(run=run(on=YEAR), measure_id="results-subsidy")
    assert found.inputs["本年已获成果补助"] == "0.00"
    assert "本年已获成果补助" not in found.missing
    other = {"measure": "results-subsidy", "year": 2031, "paid_on": "2031-05-01"}
    pay(cast, **other, amount="120000.00")
    pay(cast, **other, contract=contract.number, amount="7.00")  # for the claim itself: off its amount, not its room
    pay(cast, **{**other, "year": 2030}, amount="9.00")
    again = Entitlement.objects.get(run=run(on=YEAR), measure_id="results-subsidy")
    assert again.inputs["本年已获成果补助"] == "120000.00"


def test_rules_are_sure_only_where_all_payments_are_registered(complete, cast):
    from kechuang.measures.cumulation import Claim
    from kechuang.web.entitlements.domain import together
    from kechuang.web.entitlements.domain.received import Received, unsure

    release = queries.current_release()
    claim = Claim("results-subsidy", Decimal("300000.00"), "contract:1", dt.date(2031, 3, 1))
    award = together.awards(release, [claim], YEAR, Received())[("results-subsidy", "contract:1")]
    assert award.depends == ()
    assert together.awards(release, [claim], YEAR)[("results-subsidy", "contract:1")].depends == ("results-ceiling",)
    rules, _names = together._groups(release, YEAR)
    early = Claim("results-subsidy", Decimal("1.00"), "contract:2", dt.date(2029, 3, 1))
    assert unsure(release, rules, [claim], YEAR) == frozenset()
    assert unsure(release, rules, [claim, early], YEAR) == frozenset()  # the measure began when registration did
