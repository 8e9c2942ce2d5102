"""Accounts and roles are changed by administrators only, and every change leaves an event."""

from __future__ import annotations

import itertools
import re

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from kechuang.web.accounts.domain.people import create_user, give_role, take_role
from kechuang.web.accounts.domain.personas import ensure_personas
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError

pytestmark = pytest.mark.django_db
FIRM = "91110000600037341L"
SECRET = "correct horse battery"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def admin(client) -> User:
    user = User.objects.create_user(username="root", display_name="管理员", password=SECRET, email="root@example.org")
    Grant.objects.create(user=user, role=Role.SYSTEM_ADMIN)
    totp.TOTP.activate(user, totp.generate_totp_secret())
    client.force_login(user, BACKEND)
    return user


@pytest.fixture
def guard() -> User:
    """A security administrator, who gives rights."""
    user = User.objects.create_user(username="guard", display_name="安全管理员", password=SECRET)
    Grant.objects.create(user=user, role=Role.SECURITY_ADMIN)
    totp.TOTP.activate(user, totp.generate_totp_secret())
    return user


def last() -> tuple[str, str, str]:
    event = AuditEvent.objects.order_by("-id")[0]
    return event.action, event.object_id, event.role


def test_one_administrator_makes_an_account_another_gives_a_role_and_takes_it_away(client, admin, guard):
    made = client.post("/accounts/people/", {"username": "wang", "display_name": "王", "email": "w@example.org"})
    wang = User.objects.get(username="wang")
    assert made["Location"] == f"/accounts/people/{wang.pk}/"
    assert last() == ("account.create", "wang", "system_admin")
    client.force_login(guard, BACKEND)
    client.post(made["Location"], {"role": "enterprise", "organisation": FIRM})
    assert last() == ("grant.give", "wang", "security_admin")
    grant = wang.grants.get()
    assert (grant.role, grant.organisation) == ("enterprise", FIRM)
    client.post(f"{made['Location']}roles/{grant.pk}/take/")
    assert last() == ("grant.take", "wang", "security_admin")
    assert not wang.grants.exists()
    client.force_login(admin, BACKEND)
    client.post(f"{made['Location']}active/", {"active": "0"})
    assert last() == ("account.disable", "wang", "system_admin")
    assert not User.objects.get(username="wang").is_active


def test_mistakes_are_said_at_the_field_and_values_stay(client, admin, guard):
    taken = client.post("/accounts/people/", {"username": "ROOT", "display_name": "王", "email": "w@example.org"})
    assert taken.status_code == 422
    assert "已经有人用" in taken.content.decode()
    assert 'value="w@example.org"' in taken.content.decode()
    other = create_user("lin", actor=None)
    client.force_login(guard, BACKEND)
    for data, words in (
        ({"role": "enterprise"}, "要写明单位的统一社会信用代码"),
        ({"role": "enterprise", "organisation": "911100006000373412"}, "按前 17 位应是 L"),
        ({"role": "county"}, "要写明县市区代码"),
        ({"role": "department"}, "要写明部门"),
    ):
        page = client.post(f"/accounts/people/{other.pk}/", data)
        assert page.status_code == 422
        assert words in page.content.decode()


def test_others_see_no_accounts(client):
    user = User.objects.create_user(username="firm")
    Grant.objects.create(user=user, role=Role.ENTERPRISE, organisation=FIRM)
    client.force_login(user, BACKEND)
    assert client.get("/accounts/people/").status_code == 403
    assert (
        client.post("/accounts/people/", {"username": "x", "display_name": "x", "email": "x@example.org"}).status_code
        == 403
    )
    assert client.get(f"/accounts/people/{user.pk}/").status_code == 403
    assert not User.objects.filter(username="x").exists()
    with pytest.raises(UserError):
        give_role(user, Role.AUDITOR, actor=user)


def test_an_administrator_does_not_disable_the_own_account(client, admin):
    assert client.post(f"/accounts/people/{admin.pk}/active/", {"active": "0"}).status_code == 422
    assert User.objects.get(pk=admin.pk).is_active


def test_nobody_gives_a_role_to_themselves(client, guard):
    client.force_login(guard, BACKEND)
    own = f"/accounts/people/{guard.pk}/"
    assert "不能给自己角色" in client.post(own, {"role": "officer"}).content.decode()
    assert client.post(f"{own}roles/{guard.grants.get().pk}/take/").status_code == 422
    assert list(guard.grants.values_list("role", flat=True)) == ["security_admin"]


def test_the_system_administrator_gives_no_role_and_the_security_administrator_makes_no_account(client, admin, guard):
    lin = create_user("lin", actor=None)
    assert client.post(f"/accounts/people/{lin.pk}/", {"role": "officer"}).status_code == 403
    assert "角色由安全管理员给" in client.get(f"/accounts/people/{lin.pk}/").content.decode()
    for verb in (give_role, lambda *a, **k: take_role(guard.grants.get(), actor=k["actor"])):
        with pytest.raises(UserError) as caught:
            verb(lin, Role.OFFICER, actor=admin)
        assert caught.value.status == 403
    client.force_login(guard, BACKEND)
    form = {"username": "x", "display_name": "x", "email": "x@example.org"}
    assert client.post("/accounts/people/", form).status_code == 403
    assert client.post(f"/accounts/people/{lin.pk}/active/", {"active": "0"}).status_code == 403
    assert client.get("/audit/events/").status_code == 403
    assert not lin.grants.exists()
    assert User.objects.get(pk=lin.pk).is_active


APART = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)


@pytest.mark.parametrize(("held", "wanted"), list(itertools.permutations(APART, 2)))
def test_nobody_holds_two_of_the_three(client, guard, held, wanted):
    lin = create_user("lin", actor=None)
    give_role(lin, held, actor=None)
    client.force_login(guard, BACKEND)
    page = client.post(f"/accounts/people/{lin.pk}/", {"role": wanted})
    assert page.status_code == 422
    assert "要由三个不同的人担任" in page.content.decode()
    with pytest.raises(UserError, match=r"三个不同的人|three different people"):
        give_role(lin, wanted, actor=None)  # not at the command line either
    assert list(lin.grants.values_list("role", flat=True)) == [held]
    take_role(lin.grants.get(), actor=guard)
    give_role(lin, wanted, actor=guard)
    assert list(lin.grants.values_list("role", flat=True)) == [wanted]


def test_the_check_names_who_holds_two_and_a_missing_security_administrator():
    from kechuang.web.accounts.checks import three_administrators

    assert [one.id for one in three_administrators(None, databases=["default"])] == ["kc.W014"]
    old = User.objects.create_user(username="old")
    Grant.objects.create(user=old, role=Role.SYSTEM_ADMIN)  # from before the roles were kept apart
    Grant.objects.create(user=old, role=Role.SECURITY_ADMIN)
    (found,) = three_administrators(None, databases=["default"])
    assert found.id == "kc.E013"
    assert "old" in found.msg
    old.grants.get(role=Role.SYSTEM_ADMIN).delete()
    assert three_administrators(None, databases=["default"]) == []


def test_a_city_without_a_security_administrator_is_told_how_to_get_one(client, admin):
    words = "kechuang manage account 用户名 --role security_admin"
    assert words in client.get("/accounts/people/").content.decode()
    call_command_account("guard2")
    assert words not in client.get("/accounts/people/").content.decode()


def call_command_account(name: str) -> None:
    create_user(name, actor=None)
    call_command("account", name, "--role", "security_admin")


def test_the_security_administrator_logs_a_person_out_everywhere(client, guard):
    create_user("lin", password=SECRET, actor=None)
    elsewhere = Client()
    elsewhere.post("/accounts/login/", {"login": "lin", "password": SECRET})
    assert elsewhere.get("/accounts/").status_code == 200
    lin = User.objects.get(username="lin")
    client.force_login(guard, BACKEND)
    client.post(f"/accounts/people/{lin.pk}/end/")
    assert last() == ("account.sessions_end", "lin", "security_admin")
    assert elsewhere.get("/accounts/").status_code == 302


def test_a_new_person_sets_the_password_by_mail(client, admin, mailoutbox):
    client.post("/accounts/people/", {"username": "wang", "display_name": "王", "email": "w@example.org"})
    client.logout()
    client.post("/accounts/password/reset/", {"email": "w@example.org"})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mailoutbox[0].body)
    assert link is not None
    page = client.get(link[1], follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": SECRET, "password2": SECRET})
    assert client.post("/accounts/login/", {"login": "wang", "password": SECRET}).status_code == 302


def test_an_account_is_not_half_made_at_the_command_line(monkeypatch):
    monkeypatch.setenv("KECHUANG_PASSWORD", SECRET)
    with pytest.raises(CommandError, match="按前 17 位应是 L"):
        call_command("account", "second", "--role", "enterprise", "--organisation", "911100006000373412")
    assert not User.objects.filter(username="second").exists()


def test_an_account_without_a_password_cannot_log_in(client):
    create_user("lin", email="lin@example.org", actor=None)
    assert client.post("/accounts/login/", {"login": "lin", "password": ""}).status_code == 200


# Addresses of accounts and audit, what to send, and the event it must leave; all addresses: tests/web/test_every_route.py.
LEAVES: dict[str, tuple[dict, str]] = {
    "account_login": ({"login": "lin", "password": SECRET}, "account.login"),
    "account_logout": ({}, "account.logout"),
    "account_change_password": (
        {"oldpassword": SECRET, "password1": "a new long secret", "password2": "a new long secret"},
        "account.password",
    ),
    "account_reset_password": ({"email": "root@example.org"}, "account.reset_request"),
    "usersessions_list": ({}, "account.sessions_end"),
    "mfa_deactivate_totp": ({}, "account.factor_remove"),
    "mfa_generate_recovery_codes": ({}, "account.factor_add"),
    "accounts:become": ({}, "account.login"),
    "accounts:people": ({"username": "x", "display_name": "x", "email": "x@example.org"}, "account.create"),
    "accounts:person": ({"role": "officer"}, "grant.give"),
    "accounts:take": ({}, "grant.take"),
    "accounts:end": ({}, "account.sessions_end"),
    "accounts:activate": ({"active": "0"}, "account.disable"),
    "audit:events_export": ({}, "audit.export"),
}


def freshly_confirmed(client, user: User) -> None:
    """The session of somebody who wrote the password a moment ago."""
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, method="password")
    request.session.save()


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_change_leaves_an_event(client, admin, name):
    data, action = LEAVES[name]
    other = create_user("lin", password=SECRET, actor=None)
    grant = give_role(other, Role.ENTERPRISE, organisation=FIRM, actor=None)
    ensure_personas(FIRM, FIRM, FIRM)
    Grant.objects.create(user=admin, role=Role.AUDITOR)  # all three at once, past the verb that forbids it
    Grant.objects.create(user=admin, role=Role.SECURITY_ADMIN)
    arguments = {"accounts:become": ["firm"], "accounts:person": [other.pk], "accounts:activate": [other.pk]}
    arguments["accounts:take"] = [other.pk, grant.pk]
    arguments["accounts:end"] = [other.pk]
    client.logout()
    if name != "account_login":
        client.force_login(admin, BACKEND)
        freshly_confirmed(client, admin)
    before = AuditEvent.objects.count()
    response = client.post(reverse(name, args=arguments.get(name)), data)
    assert response.status_code in (200, 302), response.content.decode()[:300]
    new = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))[before:]
    assert action in new
