"""An identity provider on this machine: discovery, keys, authorisation with PKCE, tokens, log-out; real keys, real HTTP.

It does what OpenID Connect asks of a provider, and on demand what an attacker would do (:attr:`LocalProvider.forge`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

os.environ.setdefault("no_proxy", "127.0.0.1")  # a proxy of this machine is not asked for addresses on it
CLIENT, SECRET = "kechuang", "a secret / with + signs"


class LocalProvider:
    """One provider; ``person`` logs in there without a password.

    ``forge`` makes the ID token from its claims; by default it is signed as it should be. ``said`` holds extra claims.
    """

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {}
        self.rotate()
        self.codes: dict[str, dict[str, str]] = {}
        self.person: dict[str, Any] = {"sub": "person-1", "name": "身份里的名字"}
        self.said: dict[str, Any] = {}
        self.forge: Callable[[dict[str, Any]], str] = self.sign
        self.metadata: dict[str, Any] = {}
        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def rotate(self, kind: str = "RS256") -> None:
        """Throw all keys away and make a new one."""
        made = rsa.generate_private_key(65537, 2048) if kind == "RS256" else ec.generate_private_key(ec.SECP256R1())
        self.keys = {secrets.token_hex(4): (kind, made)}

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """A token signed with the current key."""
        (kid, (kind, key)), *_ = self.keys.items()
        return jwt.encode(claims, key, algorithm=kind, headers={"kid": kid} | header)

    def public_keys(self) -> list[dict[str, Any]]:
        found = []
        for kid, (kind, key) in self.keys.items():
            algorithm = RSAAlgorithm if kind == "RS256" else ECAlgorithm
            found.append(json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid, "alg": kind, "use": "sig"})
        return found

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        } | self.metadata

    def authorize(self, query: dict[str, str]) -> str:
        """Log the person in and answer with a code; the address to go back to."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Take the code, once, from the client it was given to, who shows the verifier of its challenge."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if [unquote(part) for part in pair.split(":")] != [CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        query = self.codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if query is None or form["redirect_uri"] != query["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if challenge.decode() != query["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": query["nonce"]}
        return 200, {
            "token_type": "Bearer",
            "access_token": "x",
            "id_token": self.forge(claims | self.person | self.said),
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None:
                """Quiet."""

            def _say(self, status: int, body: Any, kind: str = "application/json", **headers: str) -> None:
                content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in ({"Content-Type": kind, "Content-Length": str(len(content))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                provider.asked.append(parts.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                if parts.path == "/.well-known/openid-configuration":
                    self._say(200, provider.discovery())
                elif parts.path == "/keys":
                    self._say(200, {"keys": provider.public_keys()})
                elif parts.path == "/authorize":
                    self._say(302, "", Location=provider.authorize(query))
                elif parts.path == "/logout":
                    self._say(200, "<!doctype html><title>out</title><h1>logged out there</h1>", "text/html")
                else:
                    self._say(404, {})

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
                provider.asked.append(self.path)
                self._say(*provider.token(form, self.headers.get("Authorization", "")))

        return Handler

    def settings(self, **more: Any) -> dict[str, Any]:
        """``settings.OIDC`` for this provider."""
        return {"issuer": self.issuer, "client_id": CLIENT, "client_secret": SECRET, "name": "", "scopes": ("profile",),
                "mfa_acr": frozenset(), "mfa_amr": frozenset()} | more  # fmt: skip
