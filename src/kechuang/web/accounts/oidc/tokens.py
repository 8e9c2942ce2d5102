"""Is an ID token what it claims to be? The checks of OpenID Connect Core 1.0, section 3.1.3.7.

The algorithm is ours to choose, not the token's: RS256 or ES256 with a public key of the provider. So neither ``none``
nor a symmetric signature made with the public key (RFC 8725, sections 2.1 and 3.1) is ever tried.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kechuang.web.accounts.oidc.errors import RefusedLoginError

KINDS = {"RS256": "RSA", "ES256": "EC"}
LEEWAY = 60  # seconds that two clocks may be apart
MIN_RSA_BITS = 2048
MOST_LETTERS = 16 * 1024


@dataclass(frozen=True)
class Claims:
    """What a verified token says."""

    issuer: str
    subject: str
    name: str = ""
    acr: str = ""
    amr: tuple[str, ...] = ()


class UnknownKeyError(RefusedLoginError):
    """The token names a key that is not among those known: the provider may have changed its keys."""

    def __init__(self) -> None:
        super().__init__("oidc_key")


def verify(token: str, keys: Iterable[Mapping[str, Any]], *, issuer: str, client_id: str, nonce: str) -> Claims:
    """The claims of an ID token.

    Args:
        keys: the provider's public keys.
        nonce: what this log-in was begun with.

    Raises:
        UnknownKeyError: no such key; ask for the keys again, once.
        RefusedLoginError: anything else is not as it must be.
    """
    import jwt

    if len(token) > MOST_LETTERS:
        raise RefusedLoginError("oidc_token")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise RefusedLoginError("oidc_token") from error
    algorithm = header.get("alg")
    if algorithm not in KINDS or "crit" in header:
        raise RefusedLoginError("oidc_algorithm")
    try:
        found = jwt.decode(
            token,
            _key(keys, header.get("kid"), str(algorithm)),
            algorithms=[str(algorithm)],
            audience=client_id,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
        )
    except jwt.PyJWTError as error:
        raise RefusedLoginError(_why(error)) from error
    if not hmac.compare_digest(str(found["nonce"]).encode(), nonce.encode()):
        raise RefusedLoginError("oidc_nonce")
    several = isinstance(found["aud"], list) and len(found["aud"]) > 1
    if found.get("azp", client_id if not several else None) != client_id:
        raise RefusedLoginError("oidc_audience")
    subject = found["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise RefusedLoginError("oidc_subject")
    amr = found.get("amr")
    return Claims(
        issuer=issuer,
        subject=subject,
        name=str(found.get("name") or found.get("preferred_username") or "")[:100],
        acr=str(found.get("acr") or ""),
        amr=tuple(str(one) for one in amr) if isinstance(amr, list) else (),
    )


def _key(keys: Iterable[Mapping[str, Any]], kid: Any, algorithm: str) -> Any:
    """The public key of that name and kind, long enough."""
    import jwt
    from jwt.algorithms import ECAlgorithm, RSAAlgorithm

    usable = [
        key
        for key in keys
        if key.get("kty") == KINDS[algorithm]
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
    ]
    if len(usable) != 1:  # without a name the key must be the only one it can be
        raise UnknownKeyError
    public = {name: value for name, value in usable[0].items() if name != "d"}
    try:
        key = (RSAAlgorithm if algorithm == "RS256" else ECAlgorithm).from_jwk(public)
    except (jwt.PyJWTError, ValueError, KeyError) as error:
        raise RefusedLoginError("oidc_key") from error
    if algorithm == "RS256" and key.key_size < MIN_RSA_BITS:
        raise RefusedLoginError("oidc_key")
    if algorithm == "ES256" and key.curve.name != "secp256r1":
        raise RefusedLoginError("oidc_key")
    return key


def _why(error: Exception) -> str:
    """Code of what was wrong, for the audit log."""
    import jwt

    kinds = (
        (jwt.ExpiredSignatureError, "oidc_expired"),
        (jwt.ImmatureSignatureError, "oidc_early"),
        (jwt.InvalidAudienceError, "oidc_audience"),
        (jwt.InvalidIssuerError, "oidc_issuer"),
        (jwt.InvalidSignatureError, "oidc_signature"),
        (jwt.MissingRequiredClaimError, "oidc_missing"),
    )
    return next((code for kind, code in kinds if isinstance(error, kind)), "oidc_token")
