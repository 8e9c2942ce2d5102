"""Duplicates merged with everything that hangs on them, and taken apart again to the last column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.apps import apps
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kechuang.codes import uscc
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.registry.domain import merge, record
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.models import (
    Alias,
    Loan,
    Organisation,
    Person,
    Shareholding,
    TechnologyContract,
    YearlyFigures,
)
from kechuang.web.selfservice.domain.erase import erase_person

pytestmark = pytest.mark.django_db
BOOKS = {"version", "merge", "alias", "source", "unfinishedimport"}


def organisation(number: int, name: str, **more) -> Organisation:
    return Organisation.objects.create(
        uscc=uscc.make(f"91431002MA{number:06d}"), name=name, kind="enterprise", realm="demo", **more
    )


def everything() -> dict[str, list[dict[str, object]]]:
    """Every column of every row of the register (its books of history apart), and of grants."""
    models = [m for m in apps.get_app_config("registry").get_models() if m._meta.model_name not in BOOKS] + [Grant]
    return {m._meta.label: list(m._base_manager.order_by("pk").values()) for m in models}


@pytest.fixture
def pair(db):
    """Two registrations of one firm with records on both."""
    kept, gone = organisation(1, "演示甲公司"), organisation(2, "演示甲公司（重复）", size="small")
    bank = organisation(3, "演示银行")
    for owner, year in ((kept, 2024), (gone, 2024), (gone, 2025)):
        YearlyFigures.objects.create(organisation=owner, year=year, revenue=Decimal("1.01"), realm="demo")
    Loan.objects.create(borrower=gone, lender="演示银行", amount=1, granted_on=dt.date(2025, 1, 1), realm="demo")
    TechnologyContract.objects.create(
        number="演示1",
        title="演示",
        kind="transfer",
        signed_on=dt.date(2025, 1, 1),
        seller=gone,
        buyer=bank,
        realm="demo",
    )
    Shareholding.objects.create(company=kept, holder=gone, holder_name="x", holder_kind="organisation", realm="demo")
    Organisation.objects.filter(pk=kept.pk).update(group=gone)
    user = User.objects.create_user(username="firm")
    Grant.objects.create(user=user, role=Role.ENTERPRISE, organisation=gone.uscc)
    kept.refresh_from_db()
    return kept, gone


def test_everything_moves_to_the_record_that_stays(pair):
    kept, gone = pair
    merge.merge(kept, gone, actor=None)
    assert not Organisation.everything.filter(pk=gone.pk).exists()
    assert sorted(kept.years.values_list("year", flat=True)) == [2024, 2025]
    assert (kept.loans.count(), kept.sales.count()) == (1, 1)
    assert Grant.objects.get().organisation == kept.uscc
    kept.refresh_from_db()
    assert kept.group is None
    assert set(Alias.objects.values_list("value", flat=True)) == {gone.uscc, gone.name}
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id) == ("registry.merge", f"organisation/{kept.pk}")


def test_undo_restores_every_column(pair):
    before = everything()
    made = merge.merge(*pair, actor=None)
    assert everything() != before
    merge.undo(made, actor=None)
    assert everything() == before
    assert Alias.objects.count() == 0
    assert [e.action for e in AuditEvent.objects.order_by("pk")] == ["registry.merge", "registry.unmerge"]


def test_a_merge_is_undone_once(pair):
    made = merge.merge(*pair, actor=None)
    merge.undo(made, actor=None)
    with pytest.raises(UserError, match=r"(不在登记库|no longer)"):
        merge.undo(made, actor=None)


def test_what_was_changed_on_purpose_since_is_left_alone(pair):
    kept, gone = pair
    made = merge.merge(kept, gone, actor=None)
    other = organisation(4, "演示丙公司")
    Loan.objects.update(borrower=other)
    merge.undo(made, actor=None)
    assert Loan.objects.get().borrower == other


def test_a_code_given_away_since_keeps_the_merge(pair):
    kept, gone = pair
    made = merge.merge(kept, gone, actor=None)
    organisation(2, "演示别家")
    with pytest.raises(UserError, match=r"(不能撤销|merge stays)"):
        merge.undo(made, actor=None)
    assert not Organisation.everything.filter(pk=gone.pk).exists()


def test_a_delivery_with_the_old_code_finds_the_record_that_stays(pair):
    kept, gone = pair
    merge.merge(kept, gone, actor=None)
    written = record.write(
        "organisation", {"uscc": gone.uscc, "county": "431002"}, actor=None, source=None, realm="demo"
    )
    assert (written.record.pk, written.record.uscc) == (kept.pk, kept.uscc)
    row = record.write(
        "yearly_figures",
        {"organisation": gone.uscc, "year": 2023, "revenue": "5"},
        actor=None,
        source=None,
        realm="demo",
    ).record
    assert row.organisation == kept


def test_history_and_earlier_answers_survive(pair):
    from kechuang.web.registry.domain.history import past_state

    kept, gone = pair
    kind, known = KINDS["organisation"], gone.recorded_at
    made = merge.merge(kept, gone, actor=None)
    assert past_state(kind, gone.pk, dt.date(2025, 1, 1), known)["size"] == "small"
    back = merge.undo(made, actor=None)
    assert past_state(kind, gone.pk, dt.date(2025, 1, 1), known)["size"] == "small"
    assert record.state(back)["size"] == "small"
    assert [entry.why for entry in record.history(back)] == ["undo", "initial"]


def test_people_are_merged_too(pair):
    kept, _gone = pair
    first = Person.objects.create(name="演示张三", employer=kept, realm="demo")
    second = Person.objects.create(name="演示张叁", employer=kept, realm="demo", identity_hash="a" * 64)
    before = everything()
    merge.undo(merge.merge(first, second, actor=None), actor=None)
    assert everything() == before


def test_a_person_erased_since_stays_merged(pair):
    first = Person.objects.create(name="演示张三", employer=pair[0], realm="demo")
    second = Person.objects.create(name="演示张叁", employer=pair[0], realm="demo")
    made = merge.merge(first, second, actor=None)
    erase_person(first)
    before = everything()
    with pytest.raises(UserError, match="不能恢复") as caught:
        merge.undo(made, actor=None)
    assert (caught.value.status, everything()) == (409, before)


def test_what_cannot_be_merged(pair):
    kept = pair[0]
    with pytest.raises(UserError, match=r"(两条不同|different)"):
        merge.merge(kept, kept, actor=None)
    real = Organisation.objects.create(uscc=uscc.make("91431002MA000009"), name="真", kind="enterprise")
    with pytest.raises(UserError, match=r"(不能合并|never merged)"):
        merge.merge(kept, real, actor=None)


def test_pages_of_merging(chenzhou, pair, client_for):
    kept, gone = pair
    officer = User.objects.create_user(username="officer", realm="demo")
    Grant.objects.create(user=officer, role=Role.OFFICER)
    client, firm = client_for(officer), client_for(User.objects.get(username="firm"))
    address = reverse("registry:merge", args=["organisation", kept.pk])
    assert firm.get(address).status_code == 403
    page = client.get(address, {"other": gone.uscc})
    assert [left.field.name for left, _right, different in page.context["rows"] if different][:2] == ["uscc", "name"]
    assert client.get(address, {"other": kept.uscc}).context["same"] is True
    assert client.post(address, {"other": f"#{gone.pk}"}).status_code == 302
    old = client.get(reverse("registry:organisation", args=[gone.uscc]))
    assert (old.status_code, old["Location"]) == (302, reverse("registry:organisation", args=[kept.uscc]))
    shown = client.get(reverse("registry:record", args=["organisation", kept.pk]))
    made = shown.context["opened"].merges[0]
    undo = reverse("registry:unmerge", args=[made.public_id])
    assert firm.post(undo).status_code == 403
    assert client.get(undo).status_code == 405
    assert client.post(undo).status_code == 302
    assert Organisation.objects.filter(pk=gone.pk).exists()


def test_likely_duplicates_are_proposed(chenzhou, pair, client_for):
    from kechuang.web.registry.domain.duplicates import likely

    kept, gone = pair
    organisation(7, "演示完全不同的单位")
    real = Organisation.objects.create(uscc=uscc.make("91431002MA000008"), name="演示甲公司", kind="enterprise")
    found = likely(Organisation.objects.all(), KINDS["organisation"], kept)
    assert [one.record for one in found] == [gone]
    assert real not in [one.record for one in found]
    officer = User.objects.create_user(username="officer", realm="demo")
    Grant.objects.create(user=officer, role=Role.OFFICER)
    page = client_for(officer).get(reverse("registry:merge", args=["organisation", kept.pk]))
    assert f'href="?other=%23{gone.pk}"' in page.content.decode()


class AnyMerge(TestCase):
    """Whatever hangs on two organisations: merging and undoing gives back every column."""

    @settings(max_examples=25, deadline=None)
    @given(
        years=st.lists(st.tuples(st.integers(0, 2), st.integers(2020, 2024)), unique=True, max_size=8),
        loans=st.lists(st.integers(0, 2), max_size=4),
        contracts=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=4),
        groups=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=3),
    )
    def test_undo_restores(self, years, loans, contracts, groups) -> None:
        three = [organisation(n, f"演示{n}") for n in range(3)]
        for owner, year in years:
            YearlyFigures.objects.create(organisation=three[owner], year=year, revenue=owner + 1, realm="demo")
        for owner in loans:
            Loan.objects.create(
                borrower=three[owner], lender="演示", amount=1, granted_on=dt.date(2025, 1, 1), realm="demo"
            )
        for number, (seller, buyer) in enumerate(contracts):
            TechnologyContract.objects.create(
                number=f"演示{number}", title="演示", kind="service", signed_on=dt.date(2025, 1, 1),
                seller=three[seller], buyer=three[buyer], realm="demo",
            )  # fmt: skip
        for member, head in groups:
            Organisation.objects.filter(pk=three[member].pk).update(group=three[head])
        before = everything()
        made = merge.merge(three[0], three[1], actor=None)
        assert Organisation.objects.count() == 2
        merge.undo(made, actor=None)
        assert everything() == before
