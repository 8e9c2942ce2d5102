"""Log-in, lockout, second factor, idle log-out, password reset, personas; nothing typed is lost."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kechuang.web.accounts import kept
from kechuang.web.accounts.domain.personas import PASSWORD, ensure_personas, personas
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.enums import Realm

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_limits():
    from django.core.cache import cache

    cache.clear()


def person(name: str = "lin", role: Role | None = None, **more) -> User:
    user = User.objects.create_user(username=name, email=f"{name}@example.org", password=SECRET, display_name=name)
    if role:
        Grant.objects.create(user=user, role=role, **more)
    return user


def log_in(client, name: str = "lin", password: str = SECRET, **more):
    return client.post(LOGIN, {"login": name, "password": password, **more})


def last_events(count: int) -> list[tuple[str, str, str]]:
    return list(AuditEvent.objects.order_by("-id").values_list("action", "object_id", "result")[:count])


def test_log_in_by_name_or_by_mail_and_come_back(client):
    person()
    response = log_in(client, next="/policies/")
    assert (response.status_code, response["Location"]) == (302, "/policies/")
    assert last_events(1) == [("account.login", "lin", "ok")]
    client.logout()
    response = log_in(client, "LIN@example.org")
    assert (response.status_code, response["Location"]) == (302, "/accounts/")


def test_a_foreign_address_is_not_followed_after_log_in(client):
    person()
    assert log_in(client, next="https://evil.example/")["Location"] == "/accounts/"


def test_wrong_name_and_wrong_password_get_the_same_words(client):
    person()
    texts = []
    for name in ("lin", "nobody"):
        response = log_in(client, name, "wrong password")
        assert response.status_code == 200
        texts.append(re.sub(r'value="[^"]*"', "", response.content.decode()))
    assert "用户名或口令不对" in texts[0]
    assert texts[0] == texts[1]


def test_five_failures_lock_the_account_for_everybody_and_the_page_says_how_long(client, settings):
    person()
    for _ in range(4):
        assert log_in(client, password="wrong").status_code == 200
    locked = log_in(client, "lin@example.org", "wrong")
    assert locked.status_code == 429
    assert "这个账号锁 15 分钟" in locked.content.decode()
    assert log_in(client).status_code == 429
    assert ("account.lock", "lin", "ok") in last_events(4)
    client.cookies["kc_lang"] = "en"
    assert "locked for 15 minutes" in log_in(client).content.decode()


def test_a_typed_password_in_the_name_field_is_not_logged(client):
    log_in(client, "my-secret-password", "x")
    assert last_events(1) == [("account.login", "?", "refused")]


def test_password_reset_reveals_nothing_and_works(client):
    person()
    known = client.post("/accounts/password/reset/", {"email": "lin@example.org"}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    strip = lambda page: re.sub(r"[0-9A-Z]{26}", "", page.content.decode())  # noqa: E731
    assert strip(known) == strip(unknown)
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link is not None
    page = client.get(link[1], follow=True)
    done = client.post(page.redirect_chain[-1][0], {"password1": "a new long secret", "password2": "a new long secret"})
    assert done.status_code == 302
    assert ("account.password", "lin", "ok") in last_events(2)
    assert log_in(client, password="a new long secret").status_code == 302
    assert "链接无效" in client.get(link[1], follow=True).content.decode()


def test_nobody_signs_up_alone(client):
    assert "不开放注册" in client.get("/accounts/signup/").content.decode()
    form = {"username": "x", "email": "x@example.org", "password1": SECRET, "password2": SECRET}
    client.post("/accounts/signup/", form)
    assert not User.objects.filter(username="x").exists()


def test_staff_without_a_second_factor_is_led_to_set_it_up_before_anything_else(client):
    person(role=Role.OFFICER)
    log_in(client)
    for address in ("/accounts/", "/audit/", "/accounts/people/"):
        assert client.get(address)["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "验证码不对" in wrong.content.decode()
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    done = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert (done.status_code, done["Location"]) == (302, reverse("mfa_view_recovery_codes"))
    assert last_events(1)[0][0] == "account.factor_add"
    assert client.get("/accounts/").status_code == 200
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200


def test_with_a_second_factor_the_password_alone_does_not_log_in(client):
    user = person(role=Role.OFFICER)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    assert Authenticator.objects.filter(user=user).exists()
    response = log_in(client)
    assert response["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get("/accounts/").status_code == 302
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert client.get("/accounts/").status_code == 200


def test_five_wrong_codes_lock_the_account_and_then_the_right_one_does_not_help(client):
    user = person(role=Role.OFFICER)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    log_in(client)
    right = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    wrong = "000000" if right != "000000" else "000001"
    answers = [client.post(reverse("mfa_authenticate"), {"code": wrong}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    assert ("account.lock", "lin", "ok") in last_events(3)
    refused = client.post(reverse("mfa_authenticate"), {"code": right})
    assert refused.status_code == 429
    assert client.get("/accounts/").status_code == 302
    assert log_in(Client()).status_code == 429


def test_an_enterprise_needs_no_second_factor(client):
    person(role=Role.ENTERPRISE, organisation="91110000600037341L")
    log_in(client)
    assert client.get("/accounts/").status_code == 200


def idle(client, seconds: int) -> None:
    session = client.session
    session["kc_seen"] = int(time.time()) - seconds
    session.save()


def staff(client) -> User:
    user = person(role=Role.SYSTEM_ADMIN)
    totp.TOTP.activate(user, totp.generate_totp_secret())
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/accounts/").status_code == 200
    return user


def test_staff_is_logged_out_after_a_quarter_of_an_hour_without_a_click(client):
    staff(client)
    idle(client, 14 * 60)
    assert client.get("/accounts/").status_code == 200
    idle(client, 15 * 60 + 1)
    response = client.get("/accounts/", follow=True)
    assert response.redirect_chain == [("/accounts/login/?next=/accounts/", 302)]
    assert "15 分钟没有操作" in response.content.decode()


def test_what_was_typed_is_offered_again_after_an_expired_log_in(client):
    user = staff(client)
    idle(client, 16 * 60)
    typed = {"username": "wang", "display_name": "王", "email": "wang@example.org"}
    response = client.post("/accounts/people/", typed)
    assert response["Location"] == "/accounts/login/?next=/accounts/people/"
    assert "你填的内容已保存" in client.get(response["Location"]).content.decode()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/accounts/people/").content.decode()
    assert "你填的内容还在" in page
    assert 'name="email" value="wang@example.org"' in page
    assert client.post("/accounts/people/", typed).status_code == 302
    assert User.objects.filter(username="wang").exists()
    assert "你填的内容还在" not in client.get("/accounts/people/").content.decode()


def test_a_form_with_a_file_asks_for_the_file_again_and_keeps_the_rest(client):
    user = staff(client)
    idle(client, 16 * 60)
    client.post("/accounts/people/", {"username": "wang", "proof": SimpleUploadedFile("proof.pdf", b"%PDF-1.4")})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/accounts/people/").content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert re.search(r'<input[^>]* type="file"[^>]* name="proof">', page)
    assert 'name="username" value="wang"' in page


def test_of_a_kept_form_only_what_a_person_recognises_is_shown():
    fields = [
        ["kc_once", "01M8"],
        ["title", " 2025 年企业年报 "],
        ["department", ""],
        ["on_change", "change"],
        ["amount", "12.5"],
    ]
    assert kept.words({"fields": fields}) == ["2025 年企业年报", "12.5"]


def test_a_kept_form_is_shown_to_its_author_only(client):
    staff(client)
    idle(client, 16 * 60)
    client.post("/accounts/people/", {"username": "wang"})
    assert client.session[kept.KEY]["fields"] == [["username", "wang"]]
    other = person("other", Role.SYSTEM_ADMIN)
    totp.TOTP.activate(other, totp.generate_totp_secret())
    client.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    assert "你填的内容还在" not in client.get("/accounts/people/").content.decode()


FIRM, FIRM_B, UNIVERSITY = "91110000600037341L", "914310020DEM00000Y", "12431000DEM0000010"


def test_personas_log_in_by_one_click(client):
    ensure_personas(FIRM, FIRM_B, UNIVERSITY)
    ensure_personas(FIRM, FIRM_B, UNIVERSITY)
    page = client.get(LOGIN).content.decode()
    for persona in personas():
        assert persona.title.zh in page
        assert persona.sees.zh in page
        client.logout()
        assert client.get(f"/accounts/demo/{persona.key}/").status_code == 405
        response = client.post(f"/accounts/demo/{persona.key}/")
        assert response.status_code == 302
        assert client.get("/accounts/").context["user"].username == persona.username
    county = User.objects.get(username="demo-county")
    assert list(county.grants.values_list("role", "county")) == [("county", "110000")]
    assert log_in(client, "demo-firm", PASSWORD).status_code == 302


def test_personas_do_not_exist_outside_demo_mode(client, settings):
    ensure_personas(FIRM, FIRM_B, UNIVERSITY)
    client.post("/accounts/demo/firm/")
    settings.DEMO = False
    assert client.get("/accounts/").status_code == 302
    assert client.post("/accounts/demo/firm/").status_code == 404
    assert log_in(client, "demo-firm", PASSWORD).status_code == 200
    assert "演示身份" not in client.get(LOGIN).content.decode()


def test_own_sessions_are_listed(client):
    person()
    log_in(client)
    page = client.get("/accounts/sessions/").content.decode()
    assert "127.0.0.1" in page
    assert "现在这台" in page


def test_the_realm_of_a_new_person_is_real():
    assert person().realm == Realm.REAL


def test_a_persona_cannot_lock_the_others_out_or_see_where_they_log_in_from(client):
    ensure_personas(FIRM, FIRM_B, UNIVERSITY)
    client.post("/accounts/demo/officer/")
    for address in (
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/sessions/",
    ):
        assert client.get(address)["Location"] == "/accounts/"
        assert client.post(address, {"password1": "x", "password2": "x"})["Location"] == "/accounts/"
    assert "演示身份大家共用" in client.get("/accounts/").content.decode()
    client.logout()
    assert log_in(client, "demo-officer", PASSWORD).status_code == 302


def test_to_stay_is_a_click_and_says_how_long_there_is_left(client):
    person(role=Role.OFFICER)
    Authenticator.objects.create(user=User.objects.get(), type="recovery_codes", data={})
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/policies/").content.decode()
    assert 'data-kc-left="900"' in page
    assert 'data-kc-warn="120"' in page
    idle(client, 14 * 60)
    assert client.get("/accounts/stay/").json() == {"left": 900}
    idle(client, 14 * 60)
    assert client.get("/accounts/stay/").json() == {"left": 900}
    idle(client, 15 * 60 + 1)
    gone = client.get("/accounts/stay/")
    assert (gone.status_code, gone.json()) == (401, {"left": 0})


def test_people_without_a_staff_role_are_not_warned(client):
    person()
    log_in(client)
    assert "kc-idle" not in client.get("/policies/").content.decode()
    assert client.get("/accounts/stay/").json()["left"] > 900
