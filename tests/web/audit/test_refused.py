"""Refused attempts stand in the log, without anybody being able to flood it; people read their own events in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit import middleware
from kechuang.web.audit.domain.record import record
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(client) -> User:
    user = User.objects.create_user(username="firm", display_name="演示甲", realm="demo")
    Grant.objects.create(user=user, role=Role.ENTERPRISE, organisation="911100006000373411")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return user


def refusals() -> list[tuple[str, str, str, str]]:
    found = AuditEvent.objects.filter(action__startswith="access.").order_by("id")
    return [(event.who, event.role, event.object_id, event.result) for event in found]


def test_a_refused_attempt_is_an_event(client, firm):
    answer = client.get("/audit/events/?q=secret")
    assert answer.status_code == 403
    assert refusals() == [("演示甲", "enterprise", "GET /audit/events/", "refused")]
    assert AuditEvent.objects.get(action="access.refuse").request_id == answer["X-Request-Id"]


def test_the_same_door_is_written_once_in_ten_minutes(client, firm, monkeypatch):
    for _ in range(5):
        client.get("/audit/events/")
    client.get("/accounts/people/")
    client.post("/accounts/people/", {"username": "x"})
    doors = [door for _, _, door, _ in refusals()]
    assert doors == ["GET /audit/events/", "GET /accounts/people/", "POST /accounts/people/"]
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(middleware.timezone, "now", lambda: later)
    client.get("/audit/events/")
    assert len(refusals()) == 4


def test_nobody_floods_the_log(client, firm, monkeypatch):
    monkeypatch.setattr(middleware, "PER_HOUR", 3)
    for number in range(9):
        assert client.get(f"/audit/events/x{number}/").status_code == 403
    assert [door for _, _, door, _ in refusals()] == [*[f"GET /audit/events/x{n}/" for n in range(3)], ""]
    assert AuditEvent.objects.filter(action="access.refuse_more").count() == 1


def test_visitors_and_old_forms_are_no_attempts(firm):
    assert Client().get("/audit/events/").status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(firm, "django.contrib.auth.backends.ModelBackend")
    assert strict.post("/accounts/logout/").status_code == 403
    assert refusals() == []


def test_a_file_that_is_hidden_is_an_attempt_and_one_that_is_absent_is_none(client, firm):
    stored = files.store(b"private", rule="nobody", name="a.txt")
    assert client.get(f"/files/{stored.public_id}/").status_code == 404
    assert client.get("/files/01ABC/").status_code == 404
    assert [door for _, _, door, _ in refusals()] == [f"GET /files/{stored.public_id}/"]


def test_the_role_is_filled_in_by_itself(firm):
    assert record(actor=firm, action="account.login", object_kind="user").role == "enterprise"
    assert record(actor=None, action="policy.apply", object_kind="release").role == ""
    assert record(actor=firm, role="", action="account.login", object_kind="user").role == ""


def test_people_read_their_own_events_in_words(client, firm):
    record(actor=firm, action="observation.submit", object_kind="submission", object_id="S1")
    record(actor=None, action="policy.apply", object_kind="release", object_id="不是我的")
    page = client.get("/audit/mine/").content.decode()
    assert "提交观测值" in page and "S1" in page
    assert "不是我的" not in page
    assert Client().get("/audit/mine/").status_code == 302


def test_the_page_of_an_account_tells_what_happened_to_it(client):
    admin = User.objects.create_user(username="admin", realm="demo", display_name="系统管理员甲")
    Grant.objects.create(user=admin, role=Role.SYSTEM_ADMIN)
    client.force_login(admin, "django.contrib.auth.backends.ModelBackend")
    client.post("/accounts/people/", {"username": "wang", "display_name": "王", "email": "w@example.org"})
    wang = User.objects.get(username="wang")
    assert "这个账号的记录" not in client.get(f"/accounts/people/{wang.pk}/").content.decode()  # 三员分立
    guard = User.objects.create_user(username="guard", realm="demo", display_name="安全管理员乙")
    Grant.objects.create(user=guard, role=Role.SECURITY_ADMIN)
    client.force_login(guard, "django.contrib.auth.backends.ModelBackend")
    client.post(f"/accounts/people/{wang.pk}/", {"role": "officer"})
    page = client.get(f"/accounts/people/{wang.pk}/").content.decode()
    history = page[page.index("这个账号的记录") :]
    assert history.index("给角色") < history.index("建账号")
    assert (history.count("系统管理员甲"), history.count("安全管理员乙")) == (1, 1)
