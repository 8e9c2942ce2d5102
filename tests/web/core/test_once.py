"""A repeated submission takes effect once, whether it comes later, at the same moment, or after a crash."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

import kechuang.web
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.domain.record import record
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core import once
from kechuang.web.core.cleaning import clean
from kechuang.web.core.models import SubmissionKey

PEOPLE = "/accounts/people/"
FORM = {"username": "wang", "display_name": "王", "email": "w@example.org", "kc_once": "K1"}


def admin_client(name: str = "admin") -> Client:
    user = User.objects.create_user(username=name, realm="demo")
    Grant.objects.create(user=user, role=Role.SYSTEM_ADMIN)
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def made() -> list[str]:
    return list(AuditEvent.objects.filter(action="account.create").values_list("object_id", flat=True))


@pytest.fixture
def client(db) -> Client:
    return admin_client()


@pytest.mark.django_db
def test_a_second_click_gets_the_answer_of_the_first(client):
    first, second = client.post(PEOPLE, FORM), client.post(PEOPLE, FORM)
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"] == f"/accounts/people/{User.objects.get(username='wang').pk}/"
    assert (first.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")
    assert made() == ["wang"]


@pytest.mark.django_db
def test_without_a_key_the_second_is_a_submission_of_its_own(client):
    fields = {key: value for key, value in FORM.items() if key != "kc_once"}
    assert client.post(PEOPLE, fields).status_code == 302
    assert client.post(PEOPLE, fields).status_code == 422
    assert SubmissionKey.objects.count() == 0


@pytest.mark.django_db
def test_a_form_changed_after_going_back_is_another_submission(client):
    client.post(PEOPLE, FORM)
    assert client.post(PEOPLE, FORM | {"username": "li", "email": "l@example.org"}).status_code == 302
    assert sorted(made()) == ["li", "wang"]


@pytest.mark.django_db
def test_a_refused_form_may_be_sent_again(client):
    wrong = FORM | {"username": ""}
    assert [client.post(PEOPLE, wrong).status_code for _ in range(2)] == [422, 422]
    assert SubmissionKey.objects.count() == 0
    assert client.post(PEOPLE, FORM).status_code == 302


@pytest.mark.django_db
def test_a_key_of_one_person_means_nothing_to_another(client):
    client.post(PEOPLE, FORM)
    other = admin_client("other").post(PEOPLE, FORM)
    assert other.status_code == 422  # the name is taken; nobody else's answer is given out
    assert "Idempotency-Replayed" not in other


@pytest.mark.django_db
def test_a_program_that_uses_a_key_for_other_contents_is_told(client, officer_client):
    def send(text: str) -> HttpResponse:
        body = {"text": text, "kind": "policy"}
        return officer_client.post(
            "/api/v1/library/documents", body, content_type="application/json", headers={"Idempotency-Key": "K9"}
        )

    text = "一、要求\n到2027年，研发投入强度达到2%以上。"
    answers = [send(text), send(text)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].content.decode()
    assert answers[0].content == answers[1].content
    assert AuditEvent.objects.filter(action="library.add").count() == 1
    answer = send(text + "二、别的。")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:kechuang:key_reused")


@pytest.mark.django_db
def test_fields_and_files_count_and_tokens_do_not(rf):
    def digest(**fields: object) -> str:
        return once.payload_of(rf.post("/", fields))

    def file(content: bytes, name: str = "a.txt") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content)

    same = digest(a="1", file=file(b"x"), kc_once="K", csrfmiddlewaretoken="T")
    assert digest(a="1", file=file(b"x"), kc_once="L", csrfmiddlewaretoken="U") == same
    others = [digest(a="2", file=file(b"x")), digest(a="1", file=file(b"y")), digest(a="1", file=file(b"x", "b.txt"))]
    assert len({same, *others}) == 4


@pytest.fixture
def officer_client(chenzhou, cast, client_for) -> Client:
    return client_for(cast.officer)


@pytest.mark.django_db
def test_a_death_between_change_and_answer_does_not_do_it_twice(client, monkeypatch):
    def dies(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(once, "keep", dies)
        with pytest.raises(KeyboardInterrupt):
            client.post(PEOPLE, FORM)
    assert made() == ["wang"]
    monkeypatch.setattr(once, "PATIENCE", 0.1)
    answer = client.post(PEOPLE, FORM)
    assert answer.status_code == 200
    assert "没有重复办理" in answer.content.decode()
    assert made() == ["wang"]


@pytest.mark.django_db
def test_a_death_before_the_change_leaves_the_key_free(client, monkeypatch):
    from kechuang.web.accounts.domain import people

    def dies(**_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(people, "record", dies)
        with pytest.raises(KeyboardInterrupt):
            client.post(PEOPLE, FORM)
    assert SubmissionKey.objects.count() == 0
    assert client.post(PEOPLE, FORM).status_code == 302
    assert made() == ["wang"]


@pytest.mark.django_db
def test_taking_a_file_out_may_be_repeated():
    user = User.objects.create_user(username="auditor", realm="demo")
    Grant.objects.create(user=user, role=Role.AUDITOR)
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    for _ in range(2):
        answer = client.post("/audit/events/export/", {"kc_once": "K"})
        assert answer.streaming and b"".join(answer.streaming_content) is not None
    assert AuditEvent.objects.filter(action="audit.export").count() == 2


@pytest.mark.django_db
def test_a_log_in_is_never_repeated_from_memory():
    User.objects.create_user(username="lin", password="correct horse battery", realm="demo")
    fields = {"login": "lin", "password": "correct horse battery", "kc_once": "K"}
    assert Client().post("/accounts/login/", fields).status_code == 302
    assert SubmissionKey.objects.count() == 0
    second = Client()
    second.post("/accounts/login/", fields)
    assert second.get("/accounts/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_fifty_at_the_same_moment_are_one(settings):
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads need a database that several connections can open")
    client = admin_client()
    answers, errors = [], []
    start = threading.Barrier(50)

    def send() -> None:
        mine = Client()
        mine.cookies = client.cookies
        try:
            start.wait(30)
            answers.append(mine.post(PEOPLE, FORM))
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, f"/accounts/people/{User.objects.get(username='wang').pk}/")
    }
    assert (len(answers), made()) == (50, ["wang"])


@pytest.mark.django_db
def test_two_that_pass_the_first_look_together_are_one(client, monkeypatch):
    """The moment that threads find by chance, made to happen: the key is not there yet when both are let in."""
    looks = iter([None, None])
    plain = once.stored
    monkeypatch.setattr(once, "stored", lambda key: next(looks, plain(key)))
    first = client.post(PEOPLE, FORM)
    second = client.post(PEOPLE, FORM)
    assert first["Location"] == second["Location"]
    assert made() == ["wang"]


@pytest.mark.django_db
def test_the_second_of_two_is_rolled_back():
    submission = once.Submission("a" * 64, "b" * 64, "R1")
    with once.serving(submission), transaction.atomic():
        record(actor=None, action="policy.apply", object_kind="release")
    with (
        pytest.raises(once.Repeated),
        once.serving(once.Submission("a" * 64, "b" * 64, "R2")),
        transaction.atomic(),
    ):
        User.objects.create(username="twice")
        record(actor=None, action="policy.apply", object_kind="release")
    assert not User.objects.filter(username="twice").exists()
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db
def test_refused_attempts_use_no_key_up(client):
    with once.serving(once.Submission("a" * 64, "b" * 64, "R1")):
        record(actor=None, action="access.refuse", object_kind="page", result="refused")
    assert SubmissionKey.objects.count() == 0


@pytest.mark.django_db
def test_keys_are_kept_for_two_days(client):
    client.post(PEOPLE, FORM)
    SubmissionKey.objects.create(key="old", created_at=timezone.now() - timedelta(days=3))
    assert clean().endswith("keys 1")
    assert SubmissionKey.objects.count() == 1


@pytest.mark.django_db
def test_every_form_carries_a_new_key(client):
    keys = [re.findall(r'name="kc_once" value="(\w{26})"', client.get(PEOPLE).content.decode()) for _ in range(2)]
    assert len(keys[0]) == len(keys[1]) >= 1
    assert set(keys[0]).isdisjoint(keys[1])


def test_no_form_that_posts_is_without_the_tag():
    silent = []
    for template in Path(kechuang.web.__file__).parent.rglob("*.html"):
        for form in re.findall(
            r"<form\b[^>]*method=\"post\".*?</form>", template.read_text(encoding="utf-8"), re.S | re.I
        ):
            if "{% csrf_token %}" not in form:
                silent.append(str(template))
    assert silent == []
    assert "kechuang.web.core.middleware.OnceMiddleware" in django_settings.MIDDLEWARE
