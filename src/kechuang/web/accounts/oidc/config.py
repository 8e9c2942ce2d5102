"""Which identity provider this city uses; none unless the environment names one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Provider:
    """An identity provider and how we are known to it.

    Args:
        issuer: its address as its tokens name it; letter by letter the same.
        client_id, client_secret: what it gave us; without a secret PKCE alone binds the answer to us.
        name: what people call it.
        scopes: what is asked for besides ``openid``.
        mfa_acr, mfa_amr: values of ``acr`` and ``amr`` in its tokens that stand for a second factor; none by default.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    name: str = ""
    scopes: tuple[str, ...] = ()
    mfa_acr: frozenset[str] = frozenset()
    mfa_amr: frozenset[str] = frozenset()

    def had_second_factor(self, acr: str, amr: tuple[str, ...]) -> bool:
        """Whether what the token says of the log-in counts as a second factor here."""
        return (acr in self.mfa_acr) or bool(self.mfa_amr & set(amr))


def provider() -> Provider | None:
    """The provider of the settings; None = log-in with password only."""
    given: dict[str, Any] = settings.OIDC
    return Provider(**given) if given.get("issuer") else None


def is_protected(address: str) -> bool:
    """Whether nobody can listen on the way: HTTPS, or a provider on this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
