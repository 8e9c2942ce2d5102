"""Claiming an organisation: what each side sees and may do, in every state; one audit event for each change."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from kechuang.web.accounts.models import Grant, Role
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core import files
from kechuang.web.core.errors import UserError
from kechuang.web.core.models import StoredFile
from kechuang.web.selfservice.domain import claims
from kechuang.web.selfservice.models import Claim, Consent

from .conftest import PDF, paper


def filed(user, organisation, **more) -> Claim:
    values = {"position": "agent", "proof": paper(), "agreed": True, **more}
    return claims.file_claim(user, organisation, **values)


def fails(status: int, function, *args, **kwargs) -> UserError:
    with pytest.raises(UserError) as caught:
        function(*args, **kwargs)
    assert caught.value.status == status
    return caught.value


def test_a_claim_is_made_confirmed_and_opens_the_organisation(town, client_for):
    client, officer = client_for(town.newcomer), client_for(town.cast.officer)
    figures = f"/enterprises/{town.near.uscc}/"
    closed = "这部分只有本单位、市科技局经办人和所在县市区的经办人能看。"
    assert closed in client.get(figures).content.decode()
    assert "示例近处公司" in client.get("/my/claims/new/?q=近处").content.decode()
    address = f"/my/claims/new/?uscc={town.near.uscc}"
    assert client.get(address).status_code == 200
    before = AuditEvent.objects.count()
    sent = client.post(address, {"position": "agent", "proof": paper(), "remark": "总经办", "agree": "on"})
    claim = Claim.objects.get()
    assert sent.status_code == 302
    assert sent["Location"] == f"/my/claims/{claim.public_id}/"
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))[before:] == ["claim.file"]
    assert "在等经办人核实你的证明" in client.get(sent["Location"]).content.decode()
    assert closed in client.get(figures).content.decode()

    assert "示例近处公司" in officer.get("/my/claims/").content.decode()
    page = officer.get(sent["Location"]).content.decode()
    assert "请打开证明材料" in page
    assert "总经办" in page
    proof = officer.get(f"/files/{claim.proof.public_id}/")
    assert b"".join(proof.streaming_content) == PDF
    assert proof["Content-Type"] == "application/pdf"
    before = AuditEvent.objects.count()
    officer.post(f"{sent['Location']}act/", {"do": "confirm", "valid_to": "2099-12-31"})
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))[before:] == ["claim.confirm"]
    grant = Grant.objects.get(user=town.newcomer)
    assert (grant.role, grant.organisation, grant.valid_to) == (Role.ENTERPRISE, town.near.uscc, dt.date(2099, 12, 31))
    assert closed not in client.get(figures).content.decode()
    assert closed in client.get(f"/enterprises/{town.far.uscc}/").content.decode()
    assert "核实通过。" in client.get(sent["Location"]).content.decode()
    consent = Consent.objects.get()
    assert (consent.user, consent.organisation, consent.purpose) == (town.newcomer, town.near, "claim")


def test_an_officer_refuses_with_a_reason_and_the_person_claims_again(town, client_for):
    claim = filed(town.newcomer, town.near)
    officer, client = client_for(town.cast.officer), client_for(town.newcomer)
    empty = officer.post(f"/my/claims/{claim.public_id}/act/", {"do": "refuse", "reason": " "})
    assert empty.status_code == 422
    assert Claim.objects.get().state == "pending"
    officer.post(f"/my/claims/{claim.public_id}/act/", {"do": "refuse", "reason": "印章看不清，请重新拍。"})
    page = client.get(f"/my/claims/{claim.public_id}/").content.decode()
    assert "印章看不清，请重新拍。" in page
    assert "重新认领" in page
    assert not Grant.objects.filter(user=town.newcomer).exists()
    assert AuditEvent.objects.latest("pk").action == "claim.refuse"
    assert filed(town.newcomer, town.near).state == "pending"


def test_withdrawing_deletes_the_proof(town):
    claim = filed(town.newcomer, town.near)
    path = claim.proof.path
    assert path.read_bytes() == PDF
    fails(403, claims.withdraw, town.second, claim)
    claims.withdraw(town.newcomer, claim)
    claim.refresh_from_db()
    assert (claim.state, claim.proof) == ("withdrawn", None)
    assert not path.exists()
    assert not StoredFile.objects.exists()
    fails(409, claims.withdraw, town.newcomer, claim)
    fails(409, claims.confirm, town.cast.officer, claim)


@pytest.mark.parametrize("who", ["newcomer", "officer"])
def test_ending_takes_right_and_proof_away(town, who):
    claim = claims.confirm(town.cast.officer, filed(town.newcomer, town.near))
    path = claim.proof.path
    actor = town.newcomer if who == "newcomer" else town.cast.officer
    if who == "officer":
        assert fails(422, claims.end, actor, claim, reason=" ").field == "reason"
    claims.end(actor, claim, reason="已离职" if who == "officer" else "")
    claim.refresh_from_db()
    assert (claim.state, claim.grant, claim.proof) == ("ended", None, None)
    assert not Grant.objects.filter(user=town.newcomer).exists()
    assert not path.exists()
    assert AuditEvent.objects.latest("pk").action == "claim.end"


def test_a_second_claim_goes_to_the_officer_with_a_note(town, client_for):
    claims.confirm(town.cast.officer, filed(town.newcomer, town.near))
    client, officer = client_for(town.second), client_for(town.cast.officer)
    form = client.get(f"/my/claims/new/?uscc={town.near.uscc}").content.decode()
    assert "这家单位已经有人在代表" in form
    assert "newcomer" not in form
    second = filed(town.second, town.near)
    assert second.contested
    assert "已有别人代表" in officer.get("/my/claims/").content.decode()
    page = officer.get(f"/my/claims/{second.public_id}/").content.decode()
    assert "还有谁代表或认领这家单位" in page
    assert "newcomer" in page
    own = client.get(f"/my/claims/{second.public_id}/").content.decode()
    assert "newcomer" not in own


def test_a_county_officer_handles_the_own_county_only(town, client_for):
    near, far = filed(town.newcomer, town.near), filed(town.newcomer, town.far)
    county = client_for(town.cast.county_officer)
    listed = county.get("/my/claims/").content.decode()
    assert "示例近处公司" in listed
    assert "示例远处公司" not in listed
    assert county.get(f"/my/claims/{far.public_id}/").status_code == 404
    fails(403, claims.confirm, town.cast.county_officer, far)
    assert claims.confirm(town.cast.county_officer, near).state == "confirmed"


@pytest.mark.parametrize("who", ["firm_a", "university", "auditor", "second", None])
def test_nobody_else_sees_claim_or_proof(town, client_for, who):
    claim = filed(town.newcomer, town.near)
    person = None if who is None else getattr(town, who, None) or getattr(town.cast, who)
    client = client_for(person)
    expected = 404 if person else 302
    assert client.get(f"/my/claims/{claim.public_id}/").status_code == expected
    assert client.post(f"/my/claims/{claim.public_id}/act/", {"do": "confirm"}).status_code == expected
    assert client.get(f"/files/{claim.proof.public_id}/").status_code == 404
    assert client.get("/my/claims/").status_code == (403 if person else 302)
    assert Claim.objects.get().state == "pending"


def test_realms_never_meet(town, client_for):
    fails(422, claims.require_may_claim, town.newcomer, town.cast.company_a)
    assert client_for(town.newcomer).get(f"/my/claims/new/?uscc={town.cast.company_a.uscc}").status_code == 404
    assert "演示甲公司" not in client_for(town.newcomer).get("/my/claims/new/?q=演示甲").content.decode()
    claim = filed(town.newcomer, town.near)
    town.cast.officer.realm = "demo"
    town.cast.officer.save()
    fails(403, claims.confirm, town.cast.officer, claim)
    assert client_for(town.cast.officer).get(f"/my/claims/{claim.public_id}/").status_code == 404


def test_who_decides_on_enterprises_acts_for_none(town):
    fails(403, claims.require_may_claim, town.cast.officer, town.near)
    claim = filed(town.newcomer, town.near)
    Grant.objects.create(user=town.newcomer, role=Role.OFFICER)
    claim = Claim.objects.get(pk=claim.pk)
    fails(403, claims.confirm, claim.user, claim)
    assert fails(422, claims.confirm, town.cast.officer, claim).code == "apart"


def test_what_cannot_be_claimed_says_why(town):
    filed(town.newcomer, town.near)
    assert fails(409, filed, town.newcomer, town.near).code == "duplicate"
    assert StoredFile.objects.count() == 1
    town.far.status = "deregistered"
    town.far.save()
    assert fails(422, filed, town.newcomer, town.far).code == "gone"
    assert fails(422, filed, town.newcomer, town.college, proof=None).field == "proof"
    assert fails(422, filed, town.newcomer, town.college, proof=paper(b"<script>alert(1)</script>")).code == "file_type"
    assert fails(422, filed, town.newcomer, town.college, proof=paper(b"")).code == "empty_file"
    assert fails(422, filed, town.newcomer, town.college, agreed=False).field == "agree"
    assert fails(422, filed, town.newcomer, town.college, position="owner").field == "position"
    assert fails(401, filed, None, town.college).code == "login_required"
    assert (
        fails(422, claims.confirm, town.cast.officer, Claim.objects.get(), valid_to=dt.date(2020, 1, 1)).field
        == "valid_to"
    )
    claims.confirm(town.cast.officer, Claim.objects.get())
    assert fails(409, filed, town.newcomer, town.near).code == "held"


def test_too_many_waiting_claims(town):
    from kechuang.codes import uscc
    from kechuang.web.registry.models import Organisation

    for serial in range(10, 16):
        one = Organisation.objects.create(
            uscc=uscc.make(f"91431002MA7{serial:05d}"), name=f"示例{serial}", kind="enterprise"
        )
        if serial < 15:
            filed(town.newcomer, one)
    assert fails(409, filed, town.newcomer, one).code == "too_many"


def test_a_university_gets_its_own_role(town):
    claims.confirm(town.cast.officer, filed(town.newcomer, town.college))
    assert Grant.objects.get(user=town.newcomer).role == Role.UNIVERSITY


def test_an_expired_right_is_shown_and_claimed_again(town, client_for):
    claim = claims.confirm(town.cast.officer, filed(town.newcomer, town.near))
    Grant.objects.update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    client = client_for(town.newcomer)
    assert "权限已经到期" in client.get(f"/my/claims/{claim.public_id}/").content.decode()
    again = claims.confirm(town.cast.officer, filed(town.newcomer, town.near))
    assert Grant.objects.get(user=town.newcomer).pk == again.grant_id
    assert again.in_force


def test_two_contents_that_are_the_same_share_one_place_and_do_not_lose_each_other(town):
    first, second = filed(town.newcomer, town.near), filed(town.second, town.near)
    assert first.proof.path == second.proof.path
    claims.withdraw(town.newcomer, first)
    with files.open_stored(Claim.objects.get(pk=second.pk).proof) as handle:
        assert handle.read() == PDF


def test_a_consent_is_taken_back_once_by_its_owner(town, client_for):
    filed(town.newcomer, town.near)
    consent = Consent.objects.get()
    client = client_for(town.newcomer)
    page = client.get("/my/consents/").content.decode()
    assert "同意用我的信息核实我代表的单位" in page
    assert consent.version in page
    assert client_for(town.second).post(f"/my/consents/{consent.public_id}/withdraw/").status_code == 404
    assert client.post(f"/my/consents/{consent.public_id}/withdraw/").status_code == 302
    assert AuditEvent.objects.latest("pk").action == "consent.withdraw"
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert client.post(f"/my/consents/{consent.public_id}/withdraw/").status_code == 409


def test_the_home_page_for_each_side(town, client_for):
    claim = filed(town.newcomer, town.near)
    assert "1 份待核实" in client_for(town.cast.officer).get("/my/").content.decode()
    page = client_for(town.newcomer).get("/my/").content.decode()
    assert claim.public_id in page
    assert "认领我的单位" in page
    assert client_for(None).get("/my/").status_code == 302


def test_proofs_are_deleted_when_their_time_is_over(town):
    from kechuang.web.selfservice.domain.cleaning import KEEP_DAYS, delete_old_proofs
    from kechuang.web.selfservice.jobs import clean

    refused = claims.refuse(town.cast.officer, filed(town.newcomer, town.near), reason="看不清")
    taken = claims.confirm(town.cast.officer, filed(town.newcomer, town.far))
    running = claims.confirm(town.cast.officer, filed(town.newcomer, town.college))
    Grant.objects.filter(pk=taken.grant_id).delete()  # by an administrator
    now = timezone.now()
    assert clean() == "proofs 0"
    assert delete_old_proofs(now + dt.timedelta(days=KEEP_DAYS, minutes=1)) == 2
    kept = {claim.pk for claim in Claim.objects.filter(proof__isnull=False)}
    assert kept == {running.pk}
    assert not {refused.pk, taken.pk} & kept
    assert AuditEvent.objects.filter(action="claim.proof_delete").count() == 2
