"""Requests to the identity provider: short, small, without redirects, and over protected connections only."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from kechuang.web.accounts.oidc.config import Provider, is_protected
from kechuang.web.accounts.oidc.errors import RefusedLoginError, UnreachableError

TIMEOUT = 5.0  # seconds; a person is waiting
MOST_BYTES = 256 * 1024


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        """A provider that sends us elsewhere is not followed: the address of the metadata is the one that is trusted."""


def _opener() -> OpenerDirector:
    return build_opener(_NoRedirects)


def _json(address: str, *, form: dict[str, str] | None = None, **headers: str) -> tuple[int, Any]:
    """Status and contents of an answer: to a GET, or to the POST of a form.

    Raises:
        UnreachableError: there is none, it is too large, or it is no JSON.
    """
    if not is_protected(address):
        raise UnreachableError(f"{address} is not protected by HTTPS")
    sent = None if form is None else urlencode(form).encode()
    request = Request(address, data=sent, headers={"Accept": "application/json"} | headers)  # noqa: S310  looked at above
    try:
        with _opener().open(request, timeout=TIMEOUT) as answer:
            status, body = answer.status, answer.read(MOST_BYTES + 1)
    except HTTPError as error:
        status, body = error.code, error.read(MOST_BYTES + 1)
    except (URLError, OSError, ValueError) as error:
        raise UnreachableError(f"{address}: {error}") from error
    if len(body) > MOST_BYTES:
        raise UnreachableError(f"{address}: more than {MOST_BYTES} bytes")
    try:
        return status, json.loads(body)
    except ValueError as error:
        raise UnreachableError(f"{address}: {status}, no JSON") from error


def fetch(address: str) -> dict[str, Any]:
    """A JSON object of the provider.

    Raises:
        UnreachableError: as :func:`_json`, or it is another kind of answer.
    """
    status, found = _json(address)
    if status != 200 or not isinstance(found, dict):
        raise UnreachableError(f"{address}: {status}")
    return found


def exchange(provider: Provider, endpoint: str, methods: list[str], form: dict[str, str]) -> dict[str, Any]:
    """Give the code, get the tokens (RFC 6749 section 4.1.3).

    Args:
        methods: how the provider lets clients prove who they are; by its metadata.
        form: the fields of the request without those that say who we are.

    Raises:
        RefusedLoginError: the provider does not take the code: it is false, old, or was used before.
        UnreachableError: as :func:`_json`.
    """
    headers = {}
    sent = dict(form)
    if provider.client_secret and "client_secret_basic" in methods:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        sent["client_id"] = provider.client_id
        if provider.client_secret:
            sent["client_secret"] = provider.client_secret
    status, found = _json(endpoint, form=sent, **headers)
    if status in (400, 401, 403):
        raise RefusedLoginError("oidc_code")
    if status != 200 or not isinstance(found, dict):
        raise UnreachableError(f"{endpoint}: {status}")
    return found
