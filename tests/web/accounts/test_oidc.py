"""Log-in through an identity provider, against one on this machine; and every way to cheat with it."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from kechuang.web.accounts.domain import identities
from kechuang.web.accounts.models import Grant, Identity, LogIn, Role, User
from kechuang.web.accounts.oidc import metadata, tokens
from kechuang.web.accounts.oidc.errors import RefusedLoginError
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from tests.web.accounts.identity_provider import CLIENT, LocalProvider

pytestmark = pytest.mark.django_db
SECRET = "correct horse battery"


@pytest.fixture
def outside(settings):
    """The provider, declared to the site."""
    metadata.forget()
    found = LocalProvider()
    settings.OIDC = found.settings()
    yield found
    found.close()
    metadata.forget()


@pytest.fixture(autouse=True)
def full_buckets(monkeypatch):
    from kechuang.web.core import ratelimit

    monkeypatch.setattr(ratelimit, "seconds_to_wait", lambda *_a, **_k: 0)


def person(name: str = "lin", role: Role | None = None, **grant) -> User:
    user = User.objects.create_user(username=name, password=SECRET, display_name=name)
    if role:
        Grant.objects.create(user=user, role=role, **grant)
    return user


def linked(outside: LocalProvider, name: str = "lin", role: Role | None = None, subject: str = "person-1") -> User:
    user = person(name, role)
    Identity.objects.create(user=user, issuer=outside.issuer, subject=subject)
    return user


def to_provider(client: Client, address: str = "/accounts/oidc/start/") -> dict[str, str]:
    """Begin; what the provider is asked."""
    answer = client.get(address)
    assert answer.status_code == 302
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


def back(client: Client, outside: LocalProvider, query: dict[str, str]):
    """Let the provider log the person in, and come back."""
    return client.get("/accounts/oidc/callback/", _query(outside.authorize(query)))


def _query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def whose(client: Client) -> str:
    return client.session.get("_auth_user_id", "")


def events(*actions: str) -> list[tuple[str, str, str]]:
    rows = AuditEvent.objects.filter(action__in=actions).order_by("id")
    return list(rows.values_list("action", "object_id", "result"))


def test_a_linked_person_logs_in_and_arrives_where_they_wanted_to_go(client, outside):
    user = linked(outside)
    query = to_provider(client, "/accounts/oidc/start/?next=/policies/")
    assert query["scope"] == "openid profile"
    assert query["redirect_uri"] == "http://testserver/accounts/oidc/callback/"
    assert "prompt" not in query
    answer = back(client, outside, query)
    assert (answer.status_code, answer["Location"]) == (302, "/policies/")
    assert whose(client) == str(user.pk)
    assert events("account.login") == [("account.login", "lin", "ok")]
    assert LogIn.objects.get().user == user
    assert outside.asked == ["/.well-known/openid-configuration", "/token", "/keys"]


def test_nobody_is_made_or_found_by_name_or_mail(client, outside):
    user = person("lin")
    user.email = "lin@example.org"
    user.save()
    outside.person = {"sub": "lin", "name": "lin", "preferred_username": "lin", "email": "lin@example.org",
                      "email_verified": True}  # fmt: skip
    answer = back(client, outside, to_provider(client))
    assert answer.status_code == 403
    assert "还没有和本平台的账号关联" in answer.content.decode()
    assert whose(client) == ""
    assert User.objects.count() == 1
    assert Identity.objects.count() == 0
    assert events("account.login") == [("account.login", "oidc_unlinked", "refused")]


def test_a_person_links_the_own_identity_and_takes_the_link_away(client, outside):
    user = person()
    client.post("/accounts/login/", {"login": "lin", "password": SECRET})
    query = to_provider(client, "/accounts/oidc/start/?for=link")
    assert query["prompt"] == "login"
    assert back(client, outside, query)["Location"] == "/accounts/oidc/link/"
    assert Identity.objects.count() == 0
    page = client.get("/accounts/oidc/link/").content.decode()
    assert "person-1" in page
    assert "身份里的名字" in page
    assert client.post("/accounts/oidc/link/")["Location"] == "/accounts/"
    made = Identity.objects.get()
    assert (made.user, made.issuer, made.subject) == (user, outside.issuer, "person-1")
    assert client.post("/accounts/oidc/link/")["Location"] == "/accounts/"
    assert Identity.objects.count() == 1
    assert "解除关联" in client.get("/accounts/").content.decode()
    client.post("/accounts/oidc/unlink/")
    assert Identity.objects.count() == 0
    done = [action for action, *_ in events("account.identity_link", "account.identity_unlink")]
    assert done == ["account.identity_link", "account.identity_unlink"]


def test_a_link_is_not_made_by_coming_back_nor_for_somebody_else(client, outside, client_for):
    first, second = person("first"), person("second")
    mine = client_for(first)
    query = to_provider(mine, "/accounts/oidc/start/?for=link")
    begun = mine.session["kc_oidc"]
    mine.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    assert "kc_oidc" not in mine.session  # a log-in as somebody else leaves nothing of the one before
    session = mine.session
    session["kc_oidc"] = begun
    session.save()
    assert back(mine, outside, query).status_code == 409
    assert mine.get("/accounts/oidc/link/")["Location"] == "/accounts/"
    assert Identity.objects.count() == 0
    stranger = Client()
    session = stranger.session
    session["kc_oidc"] = dict(begun)
    session.save()
    stranger.cookies["sessionid"] = session.session_key
    assert back(stranger, outside, query)["Location"].startswith("/accounts/login/")
    assert Identity.objects.count() == 0


def test_an_identity_has_one_account_and_an_account_one_identity(outside):
    user = linked(outside)
    with pytest.raises(UserError, match="已经关联") as taken:
        identities.link(person("other"), outside.issuer, "person-1")
    assert taken.value.status == 409
    with pytest.raises(UserError, match="已经关联"):
        identities.link(user, outside.issuer, "person-2")
    shared = User.objects.create_user(username="demo-x", realm=Realm.DEMO)
    with pytest.raises(UserError, match="演示身份"):
        identities.link(shared, outside.issuer, "person-3")


def test_a_security_administrator_takes_a_link_away_and_others_do_not(outside, client_for):
    user = linked(outside)
    guard, maker = person("guard", Role.SECURITY_ADMIN), person("maker", Role.SYSTEM_ADMIN)
    assert client_for(maker).post(f"/accounts/people/{user.pk}/unlink/").status_code == 403
    assert Identity.objects.count() == 1
    assert client_for(guard).post(f"/accounts/people/{user.pk}/unlink/").status_code == 302
    assert Identity.objects.count() == 0
    assert events("account.identity_unlink") == [("account.identity_unlink", "lin", "ok")]


def test_a_disabled_account_stays_out(client, outside):
    user = linked(outside)
    user.is_active = False
    user.save()
    assert back(client, outside, to_provider(client))["Location"] == "/accounts/inactive/"
    assert whose(client) == ""


def test_another_log_in_in_the_same_browser_is_not_replaced(outside, client_for):
    linked(outside)
    other = client_for(person("other"))
    answer = back(other, outside, to_provider(other))
    assert answer.status_code == 409
    assert whose(other) == str(User.objects.get(username="other").pk)


# ---- second factor ------------------------------------------------------------------------------


def test_staff_is_asked_for_the_own_second_factor_whatever_the_provider_says(client, outside):
    user = linked(outside, role=Role.OFFICER)
    Authenticator.objects.create(user=user, type="totp", data={"secret": totp.generate_totp_secret()})
    outside.said = {"acr": "mfa", "amr": ["pwd", "otp"]}
    assert back(client, outside, to_provider(client))["Location"] == "/accounts/2fa/authenticate/"
    assert whose(client) == ""


def test_staff_without_a_second_factor_has_to_set_one_up(client, outside):
    linked(outside, role=Role.OFFICER)
    outside.said = {"acr": "mfa"}
    back(client, outside, to_provider(client))
    assert client.get("/enterprises/")["Location"] == "/accounts/2fa/totp/activate/"


@pytest.mark.parametrize("said", [{"acr": "level-3"}, {"amr": ["pwd", "otp"]}])
def test_a_factor_of_the_provider_counts_where_the_settings_say_so(client, outside, settings, said):
    settings.OIDC = outside.settings(mfa_acr=frozenset({"level-3"}), mfa_amr=frozenset({"otp"}))
    user = linked(outside, role=Role.OFFICER)
    Authenticator.objects.create(user=user, type="totp", data={"secret": totp.generate_totp_secret()})
    outside.said = said
    assert back(client, outside, to_provider(client)).status_code == 302
    assert whose(client) == str(user.pk)
    Authenticator.objects.all().delete()
    assert client.get("/imports/").status_code == 200


@pytest.mark.parametrize("said", [{}, {"acr": "level-1"}, {"amr": ["pwd"]}, {"amr": "otp"}])
def test_less_than_the_settings_ask_for_does_not_count(client, outside, settings, said):
    settings.OIDC = outside.settings(mfa_acr=frozenset({"level-3"}), mfa_amr=frozenset({"otp"}))
    linked(outside, role=Role.OFFICER)
    outside.said = said
    back(client, outside, to_provider(client))
    assert client.get("/imports/")["Location"] == "/accounts/2fa/totp/activate/"


# ---- attacks ------------------------------------------------------------------------------------


def resigned(**claims: Any):
    """A token with other claims, signed as it should be."""
    return lambda outside: lambda said: outside.sign(said | claims)


def without(claim: str):
    return lambda outside: lambda said: outside.sign({name: v for name, v in said.items() if name != claim})


def packed(part: bytes) -> str:
    """Base64 for addresses without the filling, as the parts of a token are written."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def packed_json(part: dict[str, Any]) -> str:
    return packed(json.dumps(part).encode())


def unsigned(_outside: LocalProvider):
    def forge(claims: dict[str, Any]) -> str:
        return f"{packed_json({'alg': 'none', 'typ': 'JWT'})}.{packed_json(claims)}."

    return forge


def symmetric(outside: LocalProvider):
    """HS256, keyed with the public key: what a library verifies that lets the token choose the algorithm."""

    def forge(claims: dict[str, Any]) -> str:
        import hashlib
        import hmac

        (kid, (_kind, key)), *_ = outside.keys.items()
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        signed = f"{packed_json({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{packed_json(claims)}"
        return f"{signed}.{packed(hmac.new(public, signed.encode(), hashlib.sha256).digest())}"

    return forge


def foreign_key(outside: LocalProvider):
    """Another key under the name of the right one."""
    other = rsa.generate_private_key(65537, 2048)
    return lambda claims: jwt.encode(claims, other, algorithm="RS256", headers={"kid": next(iter(outside.keys))})


def own_key_in_the_header(outside: LocalProvider):
    """The token brings its own key along (CVE-2018-0114)."""
    other = rsa.generate_private_key(65537, 2048)
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(other.public_key()))
    return lambda claims: jwt.encode(claims, other, algorithm="RS256", headers={"jwk": key, "kid": "mine"})


def changed_after_signing(outside: LocalProvider):
    def forge(claims: dict[str, Any]) -> str:
        head, _body, signature = outside.sign(claims | {"sub": "somebody"}).split(".")
        return f"{head}.{packed_json(claims)}.{signature}"

    return forge


ATTACKS = {
    "another nonce": (resigned(nonce="x" * 43), "oidc_nonce"),
    "no nonce": (without("nonce"), "oidc_missing"),
    "no signature": (unsigned, "oidc_algorithm"),
    "HS256 with the public key": (symmetric, "oidc_algorithm"),
    "a foreign key": (foreign_key, "oidc_signature"),
    "its own key in the header": (own_key_in_the_header, "oidc_key"),
    "changed after signing": (changed_after_signing, "oidc_signature"),
    "expired": (resigned(exp=int(time.time()) - 3600), "oidc_expired"),
    "no end": (without("exp"), "oidc_missing"),
    "issued tomorrow": (resigned(iat=int(time.time()) + 86400), "oidc_early"),
    "for another client": (resigned(aud="another"), "oidc_audience"),
    "for several, none named": (resigned(aud=[CLIENT, "another"]), "oidc_audience"),
    "for several, another named": (resigned(aud=[CLIENT, "another"], azp="another"), "oidc_audience"),
    "another issuer": (resigned(iss="https://evil.example"), "oidc_issuer"),
    "no subject": (without("sub"), "oidc_missing"),
    "an empty subject": (resigned(sub=""), "oidc_subject"),
    "a header nobody knows": (lambda o: lambda c: o.sign(c, crit=["b64"], b64=False), "oidc_algorithm"),
    "no token at all": (lambda _o: lambda _c: "nonsense", "oidc_token"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_token_that_does_not_hold_lets_nobody_in(client, outside, attack):
    linked(outside)
    forge, code = ATTACKS[attack]
    outside.forge = forge(outside)
    answer = back(client, outside, to_provider(client))
    assert answer.status_code == 400
    assert "没有通过校验" in answer.content.decode()
    assert whose(client) == ""
    assert events("account.login") == [("account.login", code, "refused")]
    outside.forge = outside.sign  # the same with a good token: the attack, and nothing else, was refused
    assert back(client, outside, to_provider(client)).status_code == 302
    assert whose(client) != ""


def test_a_state_that_was_not_begun_here_is_refused(client, outside):
    linked(outside)
    query = to_provider(client)
    stranger = Client()
    assert back(stranger, outside, query).status_code == 400
    assert whose(stranger) == ""
    query_of_stranger = to_provider(stranger)
    answer = client.get("/accounts/oidc/callback/", _query(outside.authorize(query_of_stranger)))
    assert answer.status_code == 400
    assert "不是从本页开始" in answer.content.decode()
    assert whose(client) == ""
    assert AuditEvent.objects.count() == 0  # anybody can ask for this address: it fills no log


def test_a_state_is_used_once_and_a_code_too(client, outside):
    linked(outside)
    query = to_provider(client)
    address = outside.authorize(query)
    assert client.get("/accounts/oidc/callback/", _query(address)).status_code == 302
    client.logout()
    assert client.get("/accounts/oidc/callback/", _query(address)).status_code == 400
    again = to_provider(client)
    used = {"code": _query(address)["code"], "state": again["state"]}
    assert client.get("/accounts/oidc/callback/", used).status_code == 400
    assert events("account.login")[-1] == ("account.login", "oidc_code", "refused")
    assert whose(client) == ""


def test_a_code_of_somebody_elses_log_in_does_not_fit_the_verifier(client, outside):
    """The attacker puts the own code into the victim's answer (code injection); PKCE finds it."""
    linked(outside)
    attacker = Client()
    code = _query(outside.authorize(to_provider(attacker)))["code"]
    victim = to_provider(client)
    answer = client.get("/accounts/oidc/callback/", {"code": code, "state": victim["state"]})
    assert answer.status_code == 400
    assert whose(client) == ""


def test_a_beginning_of_long_ago_is_refused(client, outside):
    linked(outside)
    query = to_provider(client)
    session = client.session
    begun = session["kc_oidc"]
    begun[query["state"]]["at"] -= 601
    session["kc_oidc"] = begun
    session.save()
    assert back(client, outside, query).status_code == 400


def test_five_tabs_may_begin_and_the_oldest_of_six_is_forgotten(client, outside):
    linked(outside)
    begun = [to_provider(client) for _ in range(6)]
    assert len(client.session["kc_oidc"]) == 5
    assert back(client, outside, begun[1]).status_code == 302


def test_an_answer_that_names_another_issuer_is_refused(client, outside):
    """RFC 9207: two providers must not be mixed up."""
    linked(outside)
    query = to_provider(client)
    answer = client.get("/accounts/oidc/callback/", _query(outside.authorize(query)) | {"iss": "https://evil.example"})
    assert answer.status_code == 400
    assert "/token" not in outside.asked
    outside.metadata = {"authorization_response_iss_parameter_supported": True}
    metadata.forget()
    assert back(client, outside, to_provider(client)).status_code == 400  # it should have named itself


def test_somebody_who_cancels_is_told_so(client, outside):
    query = to_provider(client)
    answer = client.get("/accounts/oidc/callback/", {"error": "access_denied", "state": query["state"]})
    assert answer.status_code == 400
    assert "没有完成" in answer.content.decode()


def test_new_keys_are_fetched_when_a_token_names_one(client, outside):
    linked(outside)
    back(client, outside, to_provider(client))
    client.logout()
    outside.rotate()
    assert back(client, outside, to_provider(client)).status_code == 302
    assert outside.asked.count("/keys") == 2
    client.logout()
    outside.rotate("ES256")
    assert back(client, outside, to_provider(client)).status_code == 302
    assert whose(client) != ""


def test_an_old_key_is_not_trusted_after_an_hour(client, outside, monkeypatch):
    linked(outside)
    old = dict(outside.keys)
    back(client, outside, to_provider(client))
    client.logout()
    outside.rotate()
    new = dict(outside.keys)
    outside.forge = lambda claims: _with(outside, old, new, claims)
    later = time.monotonic() + 3601
    monkeypatch.setattr(metadata.time, "monotonic", lambda: later)
    assert back(client, outside, to_provider(client)).status_code == 400
    assert whose(client) == ""


def _with(outside: LocalProvider, old: dict[str, Any], new: dict[str, Any], claims: dict[str, Any]) -> str:
    outside.keys = old
    made = outside.sign(claims)
    outside.keys = new
    return made


def test_a_short_key_is_refused():
    key = rsa.generate_private_key(65537, 1024)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    now = int(time.time())
    claims = {"iss": "https://a", "aud": "c", "sub": "s", "iat": now, "exp": now + 60, "nonce": "n"}
    token = jwt.encode(claims, key, algorithm="RS256")
    with pytest.raises(RefusedLoginError) as refused:
        tokens.verify(token, [public], issuer="https://a", client_id="c", nonce="n")
    assert refused.value.code == "oidc_key"


# ---- the provider is away or not what it says ----------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"end_session_endpoint": "javascript:alert(1)"},
    ],
)
def test_metadata_that_do_not_hold_are_not_used(client, outside, wrong):
    outside.metadata = wrong
    answer = client.get("/accounts/oidc/start/")
    assert answer.status_code == 503
    assert "暂时连不上" in answer.content.decode()


def test_a_provider_that_is_away_leaves_the_password(client, outside):
    linked(outside)
    outside.close()
    assert client.get("/accounts/oidc/start/").status_code == 503
    assert client.post("/accounts/login/", {"login": "lin", "password": SECRET}).status_code == 302


def test_without_a_provider_the_addresses_do_not_exist(client):
    for name in ("start", "callback", "left"):
        assert client.get(f"/accounts/oidc/{name}/").status_code == 404
    assert "统一身份认证" not in client.get("/accounts/login/").content.decode()


# ---- leaving ------------------------------------------------------------------------------------


def test_log_out_offers_to_log_out_at_the_provider_too(client, outside):
    linked(outside)
    back(client, outside, to_provider(client))
    assert client.post("/accounts/logout/")["Location"] == "/accounts/oidc/left/"
    assert whose(client) == ""
    page = client.get("/accounts/oidc/left/").content.decode()
    assert f"{outside.issuer}/logout?client_id=kechuang&amp;post_logout_redirect_uri=http%3A%2F%2Ftestserver%2F" in page
    client.post("/accounts/login/", {"login": "lin", "password": SECRET})
    assert client.post("/accounts/logout/")["Location"] == "/"


def test_who_was_idle_is_asked_again_at_the_provider(client, outside, settings):
    linked(outside, role=Role.OFFICER)
    settings.OIDC = outside.settings(mfa_acr=frozenset({"level-3"}))
    outside.said = {"acr": "level-3"}
    back(client, outside, to_provider(client))
    session = client.session
    session["kc_seen"] = int(time.time()) - 16 * 60
    session.save()
    client.get("/imports/")
    assert to_provider(client)["prompt"] == "login"
