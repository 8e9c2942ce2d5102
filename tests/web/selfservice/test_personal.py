"""Own personal data: a complete copy, requests as cases with a day, erasure after which the name is nowhere."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from kechuang.chinese.workdays import add_workdays
from kechuang.web.accounts.models import Grant, LogIn, Role, User
from kechuang.web.audit.domain.queries import verify_stored
from kechuang.web.audit.domain.seal import seal_and_publish
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.registry.domain import publishing
from kechuang.web.registry.domain.bulk import write_chunk
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.domain.merge import merge
from kechuang.web.registry.domain.record import write
from kechuang.web.registry.models import Employment, Person, Source, Version
from kechuang.web.selfservice.domain import claims, held, personal
from kechuang.web.selfservice.models import PersonalRequest

from .conftest import paper

CANARY, MAIL = "金丝雀姓名", "canary@example.org"


@pytest.fixture
def canary(town) -> User:
    """Somebody with a claim, a log-in and a record in the register."""
    user = User.objects.create_user(
        username="canaryuser", password="correct horse battery", display_name=CANARY, email=MAIL
    )
    user.person = Person.objects.create(
        name=CANARY, employer=town.near, degree="博士", title="研究员", identity_hash="ab" * 32
    )
    write("person", {"title": "正高级工程师"}, actor=town.cast.officer, source=None, record=user.person)
    Employment.objects.create(person=user.person, organisation=town.near, position="主任")
    return user


def fails(status: int, function, *args, **kwargs) -> UserError:
    with pytest.raises(UserError) as caught:
        function(*args, **kwargs)
    assert caught.value.status == status
    return caught.value


def test_a_copy_with_the_matched_record(town, canary, client_for):
    client, officer = client_for(canary), client_for(town.cast.officer)
    own = json.loads(client.get("/my/personal/copy/?format=json").content)
    assert own["account"]["display_name"] == CANARY
    assert "password" not in own["account"]
    assert "person" not in own
    answer = client.post("/my/personal/", {"kind": "copy"})
    made = PersonalRequest.objects.get()
    assert answer["Location"] == f"/my/personal/{made.public_id}/"
    assert made.due_on == add_workdays(timezone.localdate(), 15).day
    address = f"/my/personal/{made.public_id}/"
    assert CANARY in officer.get("/my/personal/requests/").content.decode()
    for sent in ({"do": "take"}, {"do": "match", "person": f"#{canary.person.pk}"}, {"do": "grant"}):
        assert officer.post(f"{address}act/", sent).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.in_charge, made.person) == ("granted", town.cast.officer, canary.person)
    copy = json.loads(client.get("/my/personal/copy/?format=json").content)
    assert copy["person"]["record"]["title"] == "正高级工程师"
    assert "identity_hash" not in copy["person"]["record"]
    assert copy["person"]["tables"]["registry.employment.person"]["rows"][0]["position"] == "主任"
    assert len(copy["person"]["history"]) >= 2
    page = client.get("/my/personal/copy/").content.decode()
    for word in ("正高级工程师", "职称", "用户名", "操作记录"):
        assert word in page, word
    assert AuditEvent.objects.filter(action="personal.copy", object_id=str(canary.pk)).count() == 3


def test_every_table_that_leads_to_an_account_is_in_the_copy(town, canary):
    claims.file_claim(canary, town.near, position="agent", proof=paper(), agreed=True)
    copy = held.held_about(canary)
    assert {"selfservice.claim.user", "selfservice.consent.user", "core.storedfile.created_by"} <= set(copy["tables"])
    assert copy["tables"]["selfservice.claim.user"]["count"] == 1
    json.dumps(copy)


def test_of_official_records_a_copy_holds_number_and_days_only(town):
    from kechuang.web.intake.models import Import

    made = Import.objects.create(
        kind="loan", file_name="机密.csv", source_title="机密来源", created_by=town.cast.officer
    )
    copy = held.held_about(town.cast.officer)
    rows = copy["tables"]["intake.import.created_by"]["rows"]
    assert [row["public_id"] for row in rows] == [made.public_id]
    assert rows[0]["created_at"]
    assert "机密" not in json.dumps(copy, ensure_ascii=False)


def test_somebody_has_decided_for_every_table_what_erasure_does():
    """A new column that leads to an account is put into PERSONAL, or here: kept, and pointing at an account without a name."""
    kept = {
        "accounts.apitoken.created_by", "policy.release.applied_by", "policy.officialtext.attached_by",
        "library.sourcedocument.created_by", "library.draft.exported_by", "library.draftitem.confirmed_by",
        "library.draftitem.second_by", "intake.import.created_by", "intake.import.confirmed_by",
        "laboratory.trial.author", "monitoring.submission.submitted_by", "monitoring.submission.decided_by",
        "selfservice.claim.decided_by", "selfservice.yearreport.updated_by", "selfservice.yearreport.submitted_by",
        "selfservice.personalrequest.user", "selfservice.personalrequest.in_charge",
    }  # fmt: skip
    found = {held.key_of(one) for one in held.relations(User)}
    assert found == held.PERSONAL | kept


def everywhere() -> str:
    """Every text of every row of the database."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def import_about(person: Person, import_id: str, title: str) -> None:
    """An import that has changed the person’s record and is not shown yet."""
    source = Source.objects.create(title="人才部门")
    publishing.begin(import_id)
    values = {"name": person.name, "employer": person.employer.uscc, "title": title}
    results = write_chunk("person", [values], source=source, import_id=import_id, realm=person.realm, hold=True)
    assert [result.outcome for result in results] == ["changed"]


def test_a_copy_holds_what_an_import_has_not_shown_yet(town, canary):
    import_about(canary.person, "WAITING", "副主任")
    waiting = held.held_about(canary, canary.person)["person"]["held_changes"]
    assert [one["given"]["title"] for one in waiting] == ["副主任"]


def test_an_erased_name_appears_nowhere(town, canary, client_for, settings):
    import_about(canary.person, "SHOWN", "副主任")
    assert publishing.publish("SHOWN", lambda _moment: True)  # shown, and not yet all in the history
    import_about(canary.person, "WAITING", "主任")
    client = client_for(canary)
    claim = claims.confirm(
        town.cast.officer,
        claims.file_claim(canary, town.near, position="agent", proof=paper(name=f"{CANARY}.pdf"), agreed=True),
    )
    path = claim.proof.path
    assert client.get("/my/").status_code == 200
    seal_and_publish()
    assert CANARY in everywhere()
    made = personal.file_request(canary, "erasure", text=f"我是{CANARY}", sure="canaryuser")
    personal.act(town.cast.officer, made, "match", person=str(canary.person.pk))
    personal.act(town.cast.officer, made, "grant")
    assert AuditEvent.objects.latest("pk").action == "personal.erase"
    text = everywhere()
    for word in (CANARY, MAIL, "ab" * 32):
        assert word not in text, word
    # The account name stays only where the audit log says what was done to the account.
    with_name = AuditEvent.objects.filter(object_id__icontains="canaryuser")
    assert set(with_name.values_list("object_kind", flat=True)) <= {"user"}
    assert text.count("canaryuser") == with_name.count()
    assert not path.exists()
    user = User.objects.get(pk=canary.pk)
    assert (user.is_active, user.email, user.has_usable_password()) == (False, "", False)
    assert user.display_name.startswith("已注销用户 ")
    assert not Grant.objects.filter(user=user).exists()
    person = Person.objects.get(pk=canary.person.pk)
    assert person.name.startswith("已删除 ")
    assert (person.degree, person.title, person.employer) == ("", "", town.near)
    assert publishing.publish("WAITING", lambda _moment: True)  # it brings nothing back
    person.refresh_from_db()
    assert person.title == ""
    assert Version.objects.filter(kind="person", record_id=person.pk).exists()
    assert client.get("/my/").status_code == 302
    seal_and_publish()
    assert verify_stored().ok
    assert AuditEvent.objects.filter(actor_id=str(canary.pk)).exists()


def test_of_an_erased_person_no_earlier_state_says_anything(town, canary):
    """Not of the own record, and not of one that was found to be the same person."""
    double = Person.objects.create(name=CANARY, employer=town.near)
    write("person", {"degree": "硕士"}, actor=town.cast.officer, source=None, record=double)
    merge(canary.person, double, actor=town.cast.officer)
    made = personal.file_request(canary, "erasure", sure="canaryuser")
    personal.act(town.cast.officer, made, "match", person=str(canary.person.pk))
    personal.act(town.cast.officer, made, "grant")
    states = Version.objects.filter(kind="person", record_id__in=[canary.person.pk, double.pk])
    assert {state.record_id for state in states} == {canary.person.pk, double.pk}
    personal_fields = ("degree", "title", "discipline", "talent_class", "since")
    for state in states:
        assert state.values["name"].startswith("已删除 ")
        assert [state.values.get(field) for field in personal_fields] == [None] * 5
        assert state.values["employer"] == town.near.uscc
        assert set(state.values) <= {field.name for field in KINDS["person"].fields}


def test_a_copy_counts_the_rows_that_it_does_not_hold(town, monkeypatch):
    monkeypatch.setattr(held, "MOST_ROWS", 2)
    for number in range(3):
        LogIn.objects.create(user=town.newcomer, address=f"203.0.113.{number}", device="Firefox", result="ok")
    section = held.held_about(town.newcomer)["tables"]["accounts.login.user"]
    assert (section["count"], len(section["rows"])) == (3, 2)


def test_what_is_refused_and_why(town, canary):
    assert fails(422, personal.file_request, canary, "everything").field == "kind"
    assert fails(422, personal.file_request, canary, "correction").field == "text"
    assert fails(422, personal.file_request, canary, "erasure", sure="somebody").field == "sure"
    assert fails(409, personal.file_request, town.cast.officer, "erasure", sure="officer").code == "staff"
    assert fails(401, personal.file_request, None, "copy").code == "login_required"
    made = personal.file_request(canary, "correction", text="职称是研究员")
    fails(409, personal.file_request, canary, "correction", text="再提一次")
    fails(403, personal.act, canary, made, "grant")
    fails(403, personal.act, town.second, made, "withdraw")
    assert fails(422, personal.act, town.cast.officer, made, "refuse").field == "reason"
    assert fails(422, personal.act, town.cast.officer, made, "match", person="999999").field == "person"
    assert personal.act(town.cast.officer, made, "refuse", reason="登记无误").reason == "登记无误"
    fails(409, personal.act, town.cast.officer, made, "grant", reason="改了")


def test_who_sees_a_request(town, canary, client_for):
    made = personal.file_request(canary, "correction", text="职称")
    address = f"/my/personal/{made.public_id}/"
    for person, status in ((canary, 200), (town.cast.officer, 200), (town.second, 404), (town.cast.firm_a, 404),
                           (town.cast.county_officer, 404), (town.cast.auditor, 404), (None, 302)):  # fmt: skip
        assert client_for(person).get(address).status_code == status
    PersonalRequest.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert "已过办理期限" in client_for(town.cast.officer).get("/my/personal/requests/").content.decode()
    town.cast.officer.realm = "demo"
    town.cast.officer.save()
    assert client_for(town.cast.officer).get(address).status_code == 404
    assert client_for(canary).post(f"{address}act/", {"do": "withdraw"}).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_an_officer_does_not_handle_the_own_request(town):
    made = personal.file_request(town.cast.officer, "copy")
    fails(403, personal.act, town.cast.officer, made, "grant")
    Grant.objects.create(user=town.second, role=Role.OFFICER)
    assert personal.act(town.second, made, "grant").state == "granted"


def test_a_shared_persona_is_not_erased_and_does_not_show_where_others_log_in(town, settings):
    from kechuang.web.accounts.domain.personas import ensure_personas

    settings.DEMO = True
    cast = town.cast
    ensure_personas(cast.company_a.uscc, cast.company_b.uscc, cast.school.uscc)
    persona = User.objects.get(username="demo-firm")
    assert fails(403, personal.file_request, persona, "erasure", sure="demo-firm").code == "persona"
    for user in (persona, town.newcomer):
        LogIn.objects.create(user=user, address="203.0.113.77", device="Firefox", result="ok")
    assert "203.0.113.77" not in json.dumps(held.held_about(persona))
    assert "203.0.113.77" in json.dumps(held.held_about(town.newcomer))


def test_the_page_shows_moments_in_the_city_and_choices_in_words(town):
    from kechuang.web.selfservice.domain.readable import parts

    User.objects.filter(pk=town.newcomer.pk).update(date_joined=dt.datetime(2026, 3, 1, 17, 5, tzinfo=dt.UTC))
    account, person, rest = parts(held.held_about(town.newcomer))
    lines = dict(account.rows[0])
    assert (lines["建号时间"], lines["可用"], lines["数据性质"]) == ("2026-03-02 01:05", "是", "真实数据")
    assert person is None
    assert [(part.title, part.count) for part in rest] == [("操作记录", 0)]
