"""What the provider says of itself (OpenID Connect Discovery 1.0) and its keys, kept for an hour in each process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from kechuang.web.accounts.oidc import asking
from kechuang.web.accounts.oidc.config import Provider, is_protected
from kechuang.web.accounts.oidc.errors import UnreachableError

KEPT = 3600.0  # seconds; a key that the provider has withdrawn is trusted no longer than this
WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Metadata:
    """The addresses of a provider."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    auth_methods: tuple[str, ...] = ("client_secret_basic",)
    names_itself: bool = False  # answers carry ``iss`` (RFC 9207)


_kept: dict[str, tuple[float, Any]] = {}


def forget() -> None:
    """Ask again at the next question."""
    _kept.clear()


def _cached(address: str, *, fresh: bool = False) -> dict[str, Any]:
    at, found = _kept.get(address, (0.0, None))
    if fresh or found is None or time.monotonic() - at > KEPT:
        found = asking.fetch(address)
        _kept[address] = (time.monotonic(), found)
    return dict(found)


def metadata(provider: Provider) -> Metadata:
    """The provider's addresses.

    Raises:
        UnreachableError: they cannot be had, name another issuer than asked for, or are not protected.
    """
    found = _cached(provider.issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != provider.issuer:
        raise UnreachableError(f"the metadata names the issuer {found.get('issuer')!r}, not {provider.issuer!r}")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    for name in (*needed, "end_session_endpoint"):
        address = found.get(name)
        if (address is None and name in needed) or (address is not None and not is_protected(str(address))):
            raise UnreachableError(f"the metadata has no protected {name}")
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Metadata(
        provider.issuer,
        *(str(found[name]) for name in needed),
        end_session_endpoint=str(found.get("end_session_endpoint") or ""),
        auth_methods=tuple(str(method) for method in methods),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


def keys(known: Metadata, *, fresh: bool = False) -> list[dict[str, Any]]:
    """The provider's public keys (RFC 7517); ``fresh`` asks again, as when a token names a key that is not known.

    Raises:
        UnreachableError: they cannot be had.
    """
    found = _cached(known.jwks_uri, fresh=fresh).get("keys")
    if not isinstance(found, list):
        raise UnreachableError(f"{known.jwks_uri}: no keys")
    return [key for key in found if isinstance(key, dict)]
