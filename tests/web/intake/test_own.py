"""Organisations help themselves: claim with proof, fill in figures once, see where each is used."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kechuang.web.accounts.access import organisations
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.intake.domain import claims, own
from kechuang.web.intake.models import Claim
from kechuang.web.registry.models import Version, YearlyFigures

pytestmark = pytest.mark.django_db


def pdf(content: bytes = b"%PDF-1.7 proof", name: str = "授权书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


@pytest.fixture
def member(chenzhou, cast) -> User:
    return User.objects.create_user(username="newcomer")


def claim(member, cast, **more):
    given = {"uscc": cast.company_a.uscc, "post": "财务", "proof": pdf(), "consent": True} | more
    return claims.submit(user=member, **given)


def test_a_claim_is_compared_and_accepted(member, cast, client_for):
    made = claim(member, cast)
    assert organisations(member) == set()
    answer = client_for(cast.officer).post(f"/claims/{made.public_id}/decide/", {"do": "accept"})
    assert answer.status_code == 302
    member = User.objects.get(pk=member.pk)
    assert organisations(member) == {cast.company_a.uscc}
    assert Grant.objects.get(user=member).role == Role.ENTERPRISE
    actions = AuditEvent.objects.filter(action__in=("claim.submit", "claim.accept", "grant.give")).order_by("pk")
    assert [(e.action, e.actor_name) for e in actions] == [
        ("claim.submit", "newcomer"), ("claim.accept", "officer"), ("grant.give", ""),
    ]  # fmt: skip
    with pytest.raises(UserError) as raised:
        claims.decide(made, False, reason="晚了", actor=cast.officer)
    assert raised.value.status == 409


def test_a_rejection_needs_a_reason_and_gives_nothing(member, cast):
    made = claim(member, cast)
    with pytest.raises(UserError):
        claims.decide(made, False, actor=cast.officer)
    decided = claims.decide(made, False, reason="没有盖章", actor=cast.officer)
    assert (decided.state, decided.reason) == ("rejected", "没有盖章")
    assert not Grant.objects.filter(user=member).exists()
    claim(member, cast)  # and the person may try again


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"uscc": "1"}, "uscc"), ({"post": " "}, "post"), ({"proof": None}, "proof"), ({"consent": False}, "consent"),
        ({"proof": pdf(b"MZ program", "授权书.pdf")}, "proof"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(member, cast, more, field):
    with pytest.raises(UserError) as raised:
        claim(member, cast, **more)
    assert raised.value.field == field
    assert not Claim.objects.exists()


def test_one_open_claim_and_nobody_decides_the_own(member, cast):
    made = claim(member, cast)
    with pytest.raises(UserError) as raised:
        claim(member, cast)
    assert raised.value.status == 409
    Grant.objects.create(user=member, role=Role.OFFICER)
    member = User.objects.get(pk=member.pk)
    with pytest.raises(UserError) as raised:
        claims.decide(made, True, actor=member)
    assert raised.value.status == 403
    with pytest.raises(UserError):
        claims.decide(made, True, actor=cast.firm_a)


def test_the_proof_is_for_the_claimant_and_officers(member, cast, client_for):
    address = f"/files/{claim(member, cast).proof.public_id}/"
    allowed = {name: client_for(person).get(address).status_code == 200 for name, person in
               (("claimant", member), ("officer", cast.officer), ("firm", cast.firm_a), ("auditor", cast.auditor), ("visitor", None))}  # fmt: skip
    assert allowed == {"claimant": True, "officer": True, "firm": False, "auditor": False, "visitor": False}
    assert "演示甲公司" not in client_for(cast.firm_b).get("/claims/").content.decode()


def test_figures_are_filled_in_once_and_keep_their_history(chenzhou, cast, client_for):
    year = timezone.localdate().year - 1
    address = f"/own/{cast.company_a.uscc}/{year}/"
    YearlyFigures.objects.filter(organisation=cast.company_a).update(year=year)
    client = client_for(cast.firm_a)
    page = client.get(address).content.decode()
    assert 'value="48000000.00"' in page
    answer = client.post(
        address,
        {"revenue": "5,000万元", "rd_expense": "2400000", "total_income": "5000万元", "staff": "50", "st_staff": "9"},
    )
    assert answer.status_code == 302
    row = YearlyFigures.objects.get(organisation=cast.company_a, year=year)
    assert (str(row.revenue), row.staff, row.source.title) == ("50000000.00", 50, f"本单位填报（{year} 年）")
    assert Version.objects.filter(kind="yearly_figures", record_id=row.pk).count() == 2
    assert AuditEvent.objects.filter(action="registry.correct", actor_name="firm_a").count() == 1
    wrong = client.post(address, {"staff": "50", "st_staff": "51"})
    assert wrong.status_code == 422
    assert "比“职工人数”（50）还大" in wrong.content.decode()


def test_each_figure_names_the_measures_that_ask_for_it(chenzhou, cast, client_for):
    used = own.uses()
    assert set(used) == {field.name for field in own.fields()}
    assert used["rd_expense"] and used["rd_expense"][0].title.zh
    page = client_for(cast.firm_a).get(f"/own/{cast.company_a.uscc}/").content.decode()
    assert f"/measures/{used['rd_expense'][0].measure}/" in page


def test_nobody_fills_in_for_others(chenzhou, cast, client_for):
    address = f"/own/{cast.company_a.uscc}/"
    for person, status in ((None, 302), (cast.firm_b, 403), (cast.officer, 403), (cast.firm_a, 200)):
        assert client_for(person).get(address).status_code == status
    with pytest.raises(UserError):
        own.save(cast.company_a, timezone.localdate().year - 1, {}, actor=cast.firm_b)
    assert client_for(cast.firm_a).get(f"{address}{timezone.localdate().year}/").status_code == 404
