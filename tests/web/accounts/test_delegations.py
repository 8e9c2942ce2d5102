"""Lent rights: what can be lent, to whom, for how long; who acts for whom; when it ends; and that two people stay two."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from kechuang.proofs import verify_audit
from kechuang.web.accounts import access
from kechuang.web.accounts.domain import delegations as verbs
from kechuang.web.accounts.domain.people import set_active, take_role
from kechuang.web.accounts.models import Delegation, Grant, Role, User
from kechuang.web.audit.domain.queries import verify_stored
from kechuang.web.audit.domain.seal import seal_and_publish
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from tests.web.audit.log_file import write_log

pytestmark = pytest.mark.django_db
USCC = "91431000MA4L00001X"


def person(name: str, role: Role | None = None, **grant) -> User:
    realm = grant.pop("realm", Realm.REAL)
    user = User.objects.create_user(username=name, password="correct horse battery", display_name=name, realm=realm)
    if role:
        Grant.objects.create(user=user, role=role, **grant)
    return user


def day(ahead: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=ahead)


def give(giver: User, receiver: str = "stand_in", until: dt.date | None = None, reason: str = "出差") -> Delegation:
    return verbs.give(giver, giver.grants.get().pk, receiver, until=until or day(7), reason=reason)


@pytest.fixture
def pair():
    """A county officer, and one of another county who stands in."""
    return person("giver", Role.COUNTY, county="431002"), person("stand_in", Role.COUNTY, county="431003")


def acting(receiver: User, one: Delegation) -> User:
    """The receiver as a request sees them while they act on the giver's behalf."""
    again = User.objects.get(pk=receiver.pk)
    assert verbs.resume(again, one.public_id)
    return again


def test_who_stands_in_has_the_lent_right_and_not_the_own_one(pair):
    giver, receiver = pair
    one = give(giver)
    assert (one.role, one.reach, one.reason) == ("county", "431002", "出差")
    assert access.counties(receiver) == {"431003"}  # nothing happens before they say so
    stand_in = acting(receiver, one)
    assert access.counties(stand_in) == {"431002"}
    assert access.roles(stand_in) == {Role.COUNTY}
    assert access.acting_role(stand_in) == "county"
    assert access.behalf_of(stand_in) == str(giver.pk)
    verbs.act_as(stand_in, None)
    assert access.counties(stand_in) == {"431003"}


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
def test_rights_kept_apart_are_never_lent_and_their_holders_take_none(role):
    holder, officer = person("holder", role), person("officer", Role.OFFICER)
    person("stand_in", Role.OFFICER)
    with pytest.raises(UserError, match="不能委托") as refused:
        give(holder)
    assert refused.value.status == 403
    assert verbs.lendable(holder) == []
    with pytest.raises(UserError, match="不能接受"):
        give(officer, "holder")


def test_only_the_own_and_valid_right_is_lent(pair):
    giver, receiver = pair
    with pytest.raises(UserError, match="没有这个角色"):
        verbs.give(giver, receiver.grants.get().pk, "stand_in", until=day(1), reason="x")
    Grant.objects.filter(user=giver).update(valid_to=day(-1))
    with pytest.raises(UserError, match="没有这个角色"):
        give(giver)


@pytest.mark.parametrize(
    "name",
    ["nobody", "giver", "a_firm", "disabled", "demo", "expired"],
    ids=["unknown", "oneself", "no staff role", "disabled", "other realm", "staff role has ended"],
)
def test_a_staff_right_goes_to_staff_in_use_only_and_the_answer_does_not_tell_names(pair, name):
    person("a_firm", Role.ENTERPRISE, organisation=USCC)
    User.objects.filter(pk=person("disabled", Role.OFFICER).pk).update(is_active=False)
    person("demo", Role.OFFICER, realm=Realm.DEMO)
    person("expired", Role.OFFICER, valid_to=day(-1))
    with pytest.raises(UserError) as refused:
        give(pair[0], name)
    with pytest.raises(UserError) as unknown:
        give(pair[0], "nobody at all")
    assert str(refused.value) == str(unknown.value)
    assert Delegation.objects.count() == 0


def test_a_right_of_an_organisation_goes_to_people_without_a_staff_role():
    boss = person("boss", Role.ENTERPRISE, organisation=USCC)
    person("officer", Role.OFFICER)
    clerk = person("clerk")
    with pytest.raises(UserError, match="不能接受"):
        give(boss, "officer")
    assert access.organisations(acting(clerk, give(boss, "clerk"))) == {USCC}


@pytest.mark.parametrize(("role", "grant", "most"), [
    (Role.COUNTY, {"county": "431002"}, 30), (Role.ENTERPRISE, {"organisation": USCC}, 90),
])  # fmt: skip
def test_the_last_day_is_bounded(role, grant, most):
    giver = person("giver", role, **grant)
    person("stand_in", *([Role.OFFICER] if role == Role.COUNTY else []))
    for wrong in (day(-1), day(most + 1)):
        with pytest.raises(UserError, match=f"到 {day(most).isoformat()} 之间"):
            give(giver, until=wrong)
    with pytest.raises(UserError, match="有效期"):
        verbs.give(giver, giver.grants.get().pk, "stand_in", until=None, reason="x")
    Grant.objects.filter(user=giver).update(valid_to=day(5))
    with pytest.raises(UserError, match=f"到 {day(5).isoformat()} 之间"):
        give(giver, until=day(6))
    assert give(giver, until=day(5)).until == day(5)


def test_a_reason_is_needed_and_nothing_is_lent_twice(pair):
    with pytest.raises(UserError, match="事由"):
        give(pair[0], reason="  ")
    one = give(pair[0])
    with pytest.raises(UserError, match="已经委托") as twice:
        give(pair[0])
    assert twice.value.status == 409
    verbs.withdraw(pair[0], one.public_id)
    give(pair[0])


def test_what_was_lent_is_not_lent_on(pair):
    giver, receiver = pair
    person("third", Role.COUNTY, county="431004")
    stand_in = acting(receiver, give(giver))
    for grant in (giver.grants.get(), receiver.grants.get()):
        with pytest.raises(UserError, match="不能再委托") as refused:
            verbs.give(stand_in, grant.pk, "third", until=day(1), reason="x")
        assert refused.value.status == 403
    assert verbs.lendable(stand_in) == []


def _past(one, giver, receiver):
    Delegation.objects.filter(pk=one.pk).update(until=day(-1))


def _grant_taken(one, giver, receiver):
    take_role(giver.grants.get(), actor=None)


def _grant_ended(one, giver, receiver):
    giver.grants.update(valid_to=day(-1))


def _giver_disabled(one, giver, receiver):
    set_active(giver, False, actor=None)


def _receiver_no_staff(one, giver, receiver):
    take_role(receiver.grants.get(), actor=None)


def _receiver_audits(one, giver, receiver):
    Grant.objects.create(user=receiver, role=Role.AUDITOR)


def _withdrawn(one, giver, receiver):
    verbs.withdraw(giver, one.public_id)


def _given_back(one, giver, receiver):
    verbs.withdraw(receiver, one.public_id)


def _by_guard(one, giver, receiver):
    verbs.withdraw(person("guard", Role.SECURITY_ADMIN), one.public_id)


ENDS = [_past, _grant_taken, _grant_ended, _giver_disabled, _receiver_no_staff, _receiver_audits, _withdrawn, _given_back, _by_guard]  # fmt: skip


@pytest.mark.parametrize("end", ENDS)
def test_it_ends_at_once_with_whatever_it_hangs_on(pair, client_for, end):
    """Also in an open session: what was about to be done is not done with the own right instead."""
    giver, receiver = pair
    one = give(giver)
    client = client_for(receiver)
    client.post(f"/accounts/delegations/{one.public_id}/", {"do": "begin"})
    assert "正在代人办事" in client.get("/policies/").content.decode()
    end(one, giver, receiver)
    assert not verbs.resume(User.objects.get(pk=receiver.pk), one.public_id)
    assert client.post("/accounts/delegations/finish/")["Location"] == "/accounts/"
    assert "kc_acting" not in client.session
    with pytest.raises(UserError, match="已经到期或收回"):
        verbs.begin(User.objects.get(pk=receiver.pk), one.public_id)


def test_nobody_else_uses_or_ends_it(pair):
    one = give(pair[0])
    other = person("other", Role.OFFICER)
    assert not verbs.resume(other, one.public_id)
    for verb in (verbs.begin, verbs.withdraw):
        with pytest.raises(Http404):
            verb(other, one.public_id)
    with pytest.raises(Http404):
        verbs.begin(pair[0], one.public_id)
    with pytest.raises(UserError, match="安全管理员"):
        verbs.everybodys_for_user(other)


def test_the_pages_lend_act_finish_and_take_back(pair, client_for):
    """And every event names both: who did it, and on whose behalf."""
    giver, receiver = pair
    mine, theirs = client_for(giver), client_for(receiver)
    grant = giver.grants.get().pk
    assert mine.post("/accounts/delegations/", {"grant": grant, "receiver": "stand_in"}).status_code == 422
    form = {"grant": grant, "receiver": "Stand_In", "until": day(3).isoformat(), "reason": "去长沙开会"}
    assert mine.post("/accounts/delegations/", form)["Location"] == "/accounts/delegations/"
    one = Delegation.objects.get()
    assert "去长沙开会" in theirs.get("/accounts/delegations/").content.decode()
    act = f"/accounts/delegations/{one.public_id}/"
    assert theirs.post(act, {"do": "begin"})["Location"] == "/enterprises/?county=431002"
    page = theirs.get("/accounts/delegations/").content.decode()
    assert "代 giver（县市区经办人）" in page
    assert "不能再委托" in page
    assert theirs.get("/my/personal/")["Location"] == "/accounts/delegations/"  # what is one's own waits
    assert theirs.post("/accounts/delegations/finish/").status_code == 302
    assert "正在代人办事" not in theirs.get("/accounts/delegations/").content.decode()
    assert mine.post(act, {"do": "withdraw"}).status_code == 302
    assert mine.post(act, {"do": "nonsense"}).status_code == 404
    rows = AuditEvent.objects.filter(object_kind="delegation").order_by("id")
    number = str(giver.pk)
    assert [(e.action, e.actor_id, e.role, e.behalf_id) for e in rows] == [
        ("delegation.give", number, "county", ""),
        ("delegation.begin", str(receiver.pk), "county", number),
        ("delegation.finish", str(receiver.pk), "county", number),
        ("delegation.withdraw", number, "county", ""),
    ]
    assert rows[1].who == "stand_in"
    assert rows[1].behalf == "giver"


def test_the_chain_holds_both_names_and_a_changed_one_is_found(pair, client_for):
    giver, receiver = pair
    one = give(giver)
    client_for(receiver).post(f"/accounts/delegations/{one.public_id}/", {"do": "begin"})
    seal_and_publish()
    assert verify_stored().ok
    event = AuditEvent.objects.get(action="delegation.begin")
    assert event.body()["behalf_id"] == str(giver.pk)
    assert "behalf_id" not in AuditEvent.objects.get(action="delegation.give").body()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET behalf_id = '' WHERE id = %s", [event.pk])
    verdict = verify_stored()
    assert not verdict.ok
    assert verdict.broken.seq == event.seq


def test_a_delegation_shows_in_the_list_of_the_security_administrator(pair, client_for):
    one = give(pair[0], reason="去长沙开会")
    guard = client_for(person("guard", Role.SECURITY_ADMIN))
    page = guard.get("/accounts/delegations/all/").content.decode()
    assert "giver 委托 stand_in" in strip_tags(page)
    assert "去长沙开会" in page
    answer = guard.post(f"/accounts/delegations/{one.public_id}/", {"do": "withdraw"})
    assert answer["Location"] == "/accounts/delegations/all/"
    assert "已收回" in guard.get("/accounts/delegations/all/").content.decode()


# ---- two people stay two ------------------------------------------------------------------------


@pytest.fixture
def officers():
    """Two officers of the city; a third is where a second person has to look."""
    return person("giver", Role.OFFICER), person("stand_in", Role.OFFICER), person("third", Role.OFFICER)


def hands(user: User, other: User, when: dt.datetime | None = None) -> bool:
    return access.same_hands(User.objects.get(pk=user.pk), other.pk, when)


def test_giver_and_stand_in_are_one_while_it_lasts_in_both_directions(officers):
    giver, stand_in, third = officers
    before = timezone.now()
    assert not hands(giver, stand_in)
    assert hands(giver, giver)
    one = give(giver)
    during = timezone.now()
    assert hands(stand_in, giver)
    assert hands(giver, stand_in)
    assert not hands(third, giver)
    assert not hands(giver, stand_in, before)  # what the other did before nobody lent them anything
    verbs.withdraw(giver, one.public_id)
    assert not hands(stand_in, giver)
    assert not hands(giver, stand_in)
    assert hands(giver, stand_in, during)  # what they did at that time stays in the same hands
    assert not access.same_hands(giver, None, None)


def test_two_who_stand_in_for_the_same_person_are_one(officers):
    giver, stand_in, third = officers
    give(giver)
    give(giver, "third")
    assert hands(stand_in, third)


def offered(by: User):
    from kechuang.web.monitoring.models import Submission

    return Submission.objects.create(
        region="431000", indicator="rd_intensity", year=2015, value="1.05", unit="%", realm=Realm.REAL,
        source_title="年报", release="0" * 64, submitted_by=by,
    )  # fmt: skip


def test_nobody_confirms_a_value_of_the_person_they_stand_in_for(officers, chenzhou):
    from kechuang.web.monitoring.domain.submit import decide

    giver, stand_in, third = officers
    lent = give(giver)
    entered = offered(giver)
    for who in (acting(stand_in, lent), User.objects.get(pk=stand_in.pk)):
        with pytest.raises(UserError, match="算同一个人") as refused:
            decide(user=who, submission_id=entered.pk, accept=True, trust="official")
        assert refused.value.status == 403
    with pytest.raises(UserError, match="算同一个人"):
        decide(user=User.objects.get(pk=giver.pk), submission_id=offered(stand_in).pk, accept=True, trust="official")
    decide(user=third, submission_id=entered.pk, accept=False, note="来源不对")
    entered.refresh_from_db()
    assert entered.status == "rejected"


def test_nobody_confirms_a_measure_second_that_the_giver_confirmed_first(officers, chenzhou):
    from kechuang.web.library.domain import review, upload

    giver, stand_in, third = officers
    text = "测试办法\n\n一、对首次认定的企业，按研发费用的3%给予补助，最高20万元。\n"
    choices = upload.Choices(visibility="office", realm="real")
    document = upload.add_document(text, "办法.txt", choices, actor=giver, role="officer")
    item = document.draft.items.filter(kind="measure").first()
    lent = give(giver)
    review.confirm(item.pk, document.public_id, actor=giver)
    for who in (acting(stand_in, lent), User.objects.get(pk=stand_in.pk)):
        with pytest.raises(UserError, match="算同一个人"):
            review.confirm(item.pk, document.public_id, actor=who)
    review.confirm(item.pk, document.public_id, actor=third)
    item.refresh_from_db()
    assert (item.confirmed_by, item.second_by) == (giver, third)


def test_a_request_of_the_giver_is_not_handled_by_who_stands_in(officers):
    from kechuang.web.selfservice.access import may_handle_request
    from kechuang.web.selfservice.domain.personal import file_request

    giver, stand_in, third = officers
    lent = give(giver)
    asked = file_request(giver, "correction", text="姓名错了")
    assert not may_handle_request(acting(stand_in, lent), asked)
    assert may_handle_request(third, asked)


def test_a_list_of_delegations_takes_the_same_queries_however_long_it_is(pair):
    guard = person("guard", Role.SECURITY_ADMIN)
    seen = []
    for number in range(3):
        person(f"officer{number}", Role.COUNTY, county="431004")
        give(pair[0], f"officer{number}")
        with CaptureQueriesContext(connection) as queries:
            rows = verbs.everybodys_for_user(guard)
        assert [valid for _, valid in rows] == [True] * (number + 1)
        seen.append(len(queries))
    assert seen[1] == seen[2]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the verifier opens SQLite files")
def test_the_stand_alone_verifier_reads_on_whose_behalf(pair, client_for, tmp_path):
    """From a database file, as an auditor has it; a name taken out is found."""
    one = give(pair[0])
    client_for(pair[1]).post(f"/accounts/delegations/{one.public_id}/", {"do": "begin"})
    seal_and_publish()
    target = tmp_path / "copy.sqlite3"
    write_log(target)
    links, heads = verify_audit.load(target)
    found = {link["event"]["action"]: link["event"].get("behalf_id") for link in links}
    assert found["delegation.begin"] == str(pair[0].pk)
    assert found["delegation.give"] is None
    assert verify_audit.verify_chain(links, heads).ok
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("UPDATE audit_auditevent SET behalf_id = '' WHERE action = 'delegation.begin'")
        copy.commit()
    broken = verify_audit.verify_chain(verify_audit.load(target)[0]).broken
    assert broken is not None
    assert broken.kind == "edited"
