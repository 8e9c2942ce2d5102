"""Ids, files, jobs, health, error pages, checks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core import checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.utils import timezone

from kechuang.web.core import files, jobs, mail, pages
from kechuang.web.core.cleaning import clean
from kechuang.web.core.errors import UserError
from kechuang.web.core.health import health
from kechuang.web.core.ids import new_id
from kechuang.web.core.models import ScheduledRun, StoredFile

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def test_ids_sort_by_time_and_do_not_repeat():
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert {len(ident) for ident in made} == {26}
    assert [ident[:10] for ident in made] == sorted(ident[:10] for ident in made)


def test_a_file_is_stored_once_under_its_digest():
    first = files.store(b"abc", rule="public", name="甲.txt", content_type="text/plain")
    second = files.store(SimpleUploadedFile("../../乙.txt", b"abc"), rule="public")
    assert first.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (second.name, second.size, second.path) == ("乙.txt", 3, first.path)
    assert files.open_stored(first).read() == b"abc"
    files.remove(first)
    assert files.is_intact(second)
    path = second.path
    files.remove(second)
    assert not path.exists()


def test_a_changed_content_is_noticed():
    stored = files.store(b"abc", rule="public", name="a")
    stored.path.write_bytes(b"abd")
    assert not files.is_intact(stored)


def test_empty_and_too_large_files_are_refused_and_leave_nothing(settings):
    with pytest.raises(UserError, match=r"空的|empty"):
        files.store(b"", rule="public", name="a")
    with pytest.raises(UserError) as caught:
        files.store(b"x" * 100, rule="public", name="a", max_bytes=99)
    assert caught.value.status == 413
    assert not StoredFile.objects.exists()
    assert [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()] == []


def test_a_file_is_fetched_only_by_its_rule(client):
    open_to_all = files.store(b"<script>", rule="public", name="公告.html", content_type="text/html")
    closed = files.store(b"secret", rule="nobody.registered.this", name="b")
    response = client.get(f"/files/{open_to_all.public_id}/")
    assert b"".join(response.streaming_content) == b"<script>"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(f"/files/{closed.public_id}/").status_code == 404
    assert client.get("/files/unknown/").status_code == 404


@pytest.fixture
def schedule(monkeypatch):
    monkeypatch.setattr(jobs, "_jobs", {})
    monkeypatch.setattr(jobs, "autodiscover_modules", lambda _name: None)
    return jobs


NOW = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)  # noon in Shanghai


def test_a_job_runs_every_minute_and_not_more_often(schedule):
    ran = []
    schedule.every("a", seconds=60)(lambda: ran.append(1) or "done")
    assert schedule.run_due(NOW) == ["a"]
    assert schedule.run_due(NOW + dt.timedelta(seconds=59)) == []
    assert schedule.run_due(NOW + dt.timedelta(seconds=60)) == ["a"]
    assert len(ran) == 2
    assert ScheduledRun.objects.get(name="a").result == "done"


def test_a_daily_job_waits_for_its_hour_and_makes_up_for_a_night_the_machine_was_off(schedule):
    schedule.every("night", daily_at="02:30")(lambda: None)
    assert schedule.run_due(NOW) == []
    assert schedule.run_due(NOW + dt.timedelta(hours=14)) == []
    assert schedule.run_due(NOW + dt.timedelta(hours=14, minutes=30)) == ["night"]
    assert schedule.run_due(NOW + dt.timedelta(hours=15)) == []
    assert schedule.run_due(NOW + dt.timedelta(days=5)) == ["night"]


def test_a_failing_job_is_noted_and_the_others_go_on(schedule):
    def fail():
        raise ValueError("no disk")

    schedule.every("bad", seconds=60)(fail)
    schedule.every("good", seconds=60)(lambda: "fine")
    assert schedule.run_due(NOW) == ["bad", "good"]
    assert ScheduledRun.objects.get(name="bad").result == "ValueError: no disk"
    jobs.beat()
    document, status = health()
    assert (status, document["status"], document["worker"]["failed_jobs"]) == (200, "degraded", ["bad"])


def test_a_job_has_exactly_one_kind_of_time(schedule):
    with pytest.raises(ValueError, match="either"):
        schedule.every("x")
    with pytest.raises(ValueError, match="either"):
        schedule.every("x", seconds=1, daily_at="01:00")


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_tasks_schedule_and_heartbeat(mailoutbox):
    mail.send_later.enqueue(["a@example.org"], "公示\n结束", "请看")
    call_command("work", "--once")
    assert [(letter.subject, letter.to) for letter in mailoutbox] == [("公示 结束", ["a@example.org"])]
    assert ScheduledRun.objects.filter(name="audit.seal", failed=False).exists()
    assert health()[0]["worker"]["alive"] is True


def test_the_night_throws_away_what_has_expired_and_no_audit_event(client):
    from django.contrib.sessions.models import Session

    from kechuang.web.audit.domain.record import record
    from kechuang.web.audit.models import AuditEvent

    record(actor=None, action="a.b", object_kind="c")
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + dt.timedelta(days=days))
    assert clean() == "sessions 1, tasks 0, attempts 0, buckets 0, keys 0"
    assert Session.objects.get().session_key == "new"
    assert AuditEvent.objects.count() == 1


def test_health_says_when_the_worker_is_silent(client):
    assert client.get("/healthz").json()["worker"]["alive"] is False
    jobs.beat()
    document = client.get("/healthz").json()
    assert document["worker"]["alive"] is True
    assert document["release"] is None  # no pack is applied in this test
    ScheduledRun.objects.filter(name="worker").update(finished_at=timezone.now() - dt.timedelta(minutes=2))
    assert client.get("/healthz").json()["status"] == "degraded"


def test_health_without_a_database_is_503(monkeypatch):
    from kechuang.web.core import health as module

    monkeypatch.setattr(module.connection, "cursor", lambda: 1 / 0)
    document, status = health()
    assert (status, document["status"]) == (503, "down")


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "没有这一页"), ("en", "There is no such page")])
def test_an_unknown_address_gets_a_page_with_a_search_box_and_a_number(client, language, words):
    client.cookies["kc_lang"] = language
    response = client.get("/policies/没有的/x/y/z/")
    page = response.content.decode()
    assert response.status_code == 404
    assert words in page
    assert response["X-Request-Id"] in page
    assert "Traceback" not in page


def test_an_upload_above_the_limit_gets_a_page_in_both_languages(client, settings):
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    for language, words in (("zh-hans", "一次最多上传 1 MB"), ("en", "At most 1 MB")):
        client.cookies["kc_lang"] = language
        response = client.post("/accounts/login/", {"file": SimpleUploadedFile("a.docx", b"x" * (3 * 1024 * 1024))})
        assert response.status_code == 413
        assert words in response.content.decode()


def test_a_form_that_is_too_long_is_413_and_not_a_stack_trace(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.post("/accounts/login/", {"login": "x" * 2000})
    assert response.status_code == 413


def test_a_form_from_an_old_page_gets_a_page():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert response.status_code == 403
    assert "页面过期了" in response.content.decode()


def test_a_crash_gets_a_page_with_a_number_and_no_trace(settings, monkeypatch):
    from kechuang.web.audit import views

    monkeypatch.setattr(views.queries, "heads", lambda: 1 / 0)
    response = Client(raise_request_exception=False).get("/audit/")
    page = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-Id"] in page
    assert "ZeroDivisionError" not in page


def test_even_without_templates_a_plain_page_comes(monkeypatch):
    monkeypatch.setattr(pages, "render", lambda *_a, **_k: 1 / 0)
    response = pages.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "出错了" in response.content.decode()


def test_answers_carry_the_security_headers(client):
    response = client.get("/audit/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


def test_mail_that_cannot_be_sent_breaks_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert mail.send("a@example.org", "x", "y") is False


def test_a_misconfigured_installation_is_told(settings):
    settings.DEBUG, settings.DEMO, settings.HTTPS, settings.ALLOWED_HOSTS = True, True, False, ["*"]
    found = {
        message.id for message in checks.run_checks(include_deployment_checks=True) if message.id.startswith("kc.")
    }
    assert {"kc.E003", "kc.E004", "kc.E005", "kc.E006"} <= found
    settings.PACK_DIR = Path("/nowhere")
    assert "kc.E002" in {message.id for message in checks.run_checks()}
