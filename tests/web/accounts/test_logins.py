"""Every attempt to log in is listed: for the person, and for security administrators."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from kechuang.web.accounts.domain import logins
from kechuang.web.accounts.models import Grant, LogIn, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36"


@pytest.fixture
def lin() -> User:
    return User.objects.create_user(username="lin", email="lin@example.org", password=SECRET)


def log_in(name: str = "lin", password: str = SECRET, client: Client | None = None, **headers: str):
    fields = {"login": name, "password": password}
    return (client or Client()).post("/accounts/login/", fields, HTTP_USER_AGENT=AGENT, **headers)


def test_a_log_in_is_listed_with_time_address_device_and_result(lin):
    client = Client()
    log_in(password="wrong", REMOTE_ADDR="10.0.0.7")
    log_in(client=client, REMOTE_ADDR="10.0.0.8")
    page = client.get("/accounts/logins/").content.decode()
    assert page.index("10.0.0.8") < page.index("10.0.0.7")
    assert "Chrome · Windows" in page
    assert "没有通过" in page
    assert timezone.localtime().strftime("%Y-%m-%d") in page
    assert list(AuditEvent.objects.order_by("id").values_list("action", "result")) == [
        ("account.login", "refused"), ("account.login", "ok"),
    ]  # fmt: skip


def test_five_failures_are_listed_and_then_the_lock(lin):
    for _ in range(5):
        log_in(password="wrong")
    assert LogIn.objects.filter(user=lin, result="locked").count() == 1
    assert LogIn.objects.filter(user=lin, result="refused").count() == 5


def test_a_name_that_does_not_exist_is_not_kept(lin):
    log_in("my-secret-password", "x")
    row = LogIn.objects.get()
    assert (row.user, row.result) == (None, "refused")
    assert "my-secret-password" not in str(row.__dict__)


def test_one_sees_ones_own_and_the_security_administrator_all(lin, client_for):
    other = User.objects.create_user(username="other", password=SECRET)
    log_in(REMOTE_ADDR="10.0.0.8")
    page = client_for(other).get("/accounts/logins/").content.decode()
    assert "10.0.0.8" not in page
    guard = User.objects.create_user(username="guard")
    Grant.objects.create(user=guard, role=Role.SECURITY_ADMIN)
    client = client_for(guard)
    assert "10.0.0.8" in client.get("/accounts/logins/all/?q=lin").content.decode()
    assert "10.0.0.8" in client.get("/accounts/logins/all/?q=10.0.0").content.decode()
    assert "10.0.0.8" not in client.get("/accounts/logins/all/?q=lin&result=refused").content.decode()
    with pytest.raises(UserError) as caught:
        logins.everybody_for_user(other)
    assert caught.value.status == 403


def test_what_a_browser_calls_itself_can_do_no_harm(lin):
    Client().post("/accounts/login/", {"login": "lin", "password": SECRET}, HTTP_USER_AGENT="<b>\x00é" + "x" * 5000)
    assert LogIn.objects.get().device == "<b>" + "x" * 197


def test_a_year_is_kept(lin):
    now = timezone.now()
    for days in (1, 366, 367):
        LogIn.objects.create(user=lin, result="ok", time=now - dt.timedelta(days=days, minutes=1))
    assert logins.forget_old() == 2
    assert AuditEvent.objects.get().action == "account.logins_drop"
    assert logins.forget_old() == 0
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (AGENT, "Chrome · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0", "微信 · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "Firefox · Linux"),
        ("curl/8.0", "curl/8.0"),
        ("", ""),
    ],
)
def test_devices_in_words(agent, words):
    assert logins.device_words(agent) == words
