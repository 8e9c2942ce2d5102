"""The way to the provider and back. What was begun is kept in the visitor's session, and each beginning is used once."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from kechuang.web.accounts.oidc import asking
from kechuang.web.accounts.oidc.config import Provider
from kechuang.web.accounts.oidc.errors import RefusedLoginError
from kechuang.web.accounts.oidc.metadata import keys, metadata
from kechuang.web.accounts.oidc.tokens import Claims, UnknownKeyError, verify

BEGUN = "kc_oidc"
MAX_AGE = 600  # seconds between leaving and coming back
MOST_BEGUN = 5  # tabs in which one visitor may have begun at the same time


@dataclass(frozen=True)
class Arrival:
    """Somebody came back: who the provider says it is, and what was begun."""

    claims: Claims
    purpose: str
    next: str
    begun_by: int | None


def begin(request: HttpRequest, provider: Provider, *, purpose: str, next_url: str = "", again: bool = False) -> str:
    """Remember a beginning; the address at the provider to go to.

    Args:
        purpose: ``log_in`` or ``link``.
        again: the provider is to ask for the log-in there once more, also where one is open.

    Raises:
        UnreachableError: the provider's addresses cannot be had.
    """
    known = metadata(provider)
    state, nonce, verifier = (secrets.token_urlsafe(size) for size in (32, 32, 64))  # RFC 7636: 43 to 128 letters
    begun: dict[str, Any] = request.session.get(BEGUN) or {}
    recent = sorted(begun.items(), key=lambda item: item[1]["at"])[-(MOST_BEGUN - 1) :]
    request.session[BEGUN] = dict(recent) | {
        state: {
            "nonce": nonce, "verifier": verifier, "purpose": purpose, "next": next_url, "at": int(time.time()),
            "user": request.user.pk, "issuer": provider.issuer,
        }
    }  # fmt: skip
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri(request),
        "scope": " ".join(("openid", *provider.scopes)),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if again:
        query["prompt"] = "login"
    mark = "&" if "?" in known.authorization_endpoint else "?"
    return f"{known.authorization_endpoint}{mark}{urlencode(query)}"


def arrive(request: HttpRequest, provider: Provider) -> Arrival:
    """Who came back. The beginning is used up, whatever comes of it.

    Raises:
        RefusedLoginError: nothing was begun here, it is too old, the person cancelled, or code or token do not hold.
        UnreachableError: the provider does not answer.
    """
    begun: dict[str, Any] = request.session.get(BEGUN) or {}
    state = begun.pop(request.GET.get("state", ""), None)
    request.session[BEGUN] = begun
    if state is None or state["at"] < time.time() - MAX_AGE or state["issuer"] != provider.issuer:
        raise RefusedLoginError(
            "oidc_state",
            "这次登录不是从本页开始的，或者等得太久了。请回到登录页重新开始。",
            "This log-in was not begun here, or took too long. Please begin again on the log-in page.",
        )
    known = metadata(provider)
    named = request.GET.get("iss")
    if (known.names_itself or named is not None) and named != provider.issuer:
        raise RefusedLoginError("oidc_issuer")
    if request.GET.get("error") or not request.GET.get("code"):
        raise RefusedLoginError(
            "oidc_cancelled",
            "统一身份认证没有完成，没有登录。可以再试一次，或用用户名和口令登录。",
            "The log-in at the identity provider was not completed. Try again, or use user name and password.",
        )
    answer = asking.exchange(
        provider, known.token_endpoint, list(known.auth_methods),
        {
            "grant_type": "authorization_code", "code": request.GET["code"], "redirect_uri": redirect_uri(request),
            "code_verifier": state["verifier"],
        },
    )  # fmt: skip
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise RefusedLoginError("oidc_token")
    expected = {"issuer": provider.issuer, "client_id": provider.client_id, "nonce": state["nonce"]}
    try:
        claims = verify(token, keys(known), **expected)
    except UnknownKeyError:
        claims = verify(token, keys(known, fresh=True), **expected)
    return Arrival(claims, state["purpose"], state["next"], state["user"])


def redirect_uri(request: HttpRequest) -> str:
    """Where the provider sends people back to; it has to be registered there letter by letter."""
    return request.build_absolute_uri(reverse("accounts:oidc_callback"))


def leave_address(request: HttpRequest, provider: Provider) -> str:
    """Where to log out at the provider too (OpenID Connect RP-Initiated Logout 1.0); empty where it offers none.

    Raises:
        UnreachableError: the provider's addresses cannot be had.
    """
    end = metadata(provider).end_session_endpoint
    if not end:
        return ""
    query = {"client_id": provider.client_id, "post_logout_redirect_uri": request.build_absolute_uri("/")}
    return f"{end}{'&' if '?' in end else '?'}{urlencode(query)}"
