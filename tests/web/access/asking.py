"""Asks one cell of the matrix: a person, an address, a method. Nothing of it stays in the database."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kechuang.web.core.may import GET, Row, Who, methods, route
from tests.web.access.world import CANARIES, World, arguments

API = "/api/v1"
REFUSED = {401, 403, 404}


@dataclass(frozen=True)
class Answer:
    """What came back: whether the person was let in, and which canaries stood in it."""

    status: int
    allowed: bool
    canaries: tuple[str, ...]
    looked: Any = None
    """What the look at its effects gave."""


def _patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield space + (entry.name or ""), entry


def routes() -> set[str]:
    """Every named address of the site, and every operation of the programming interface as ``GET /path``."""
    from kechuang.web.api import api

    pages = {name for name, _ in _patterns(get_resolver()) if name and not name.startswith("api:")}
    document = api.get_openapi_schema(path_prefix="")
    return pages | {f"{method.upper()} {path}" for path, verbs in document["paths"].items() for method in verbs}


def address(key: str, world: World) -> str:
    """The address of a row with its sample objects filled in."""
    name, _, query = key.partition("?")
    if " " in name:
        path = route(name).split(" ", 1)[1]
        name = path.strip("/").split("/")[0] + name[len(route(name)) :]
        path = API + path.format_map({a: world.sample(name, a) for a in arguments(path)})
    else:
        wanted = next(pattern for found, pattern in _patterns(get_resolver()) if found == route(name))
        names = list(wanted.pattern.regex.groupindex) or list(getattr(wanted.pattern, "converters", {}))
        path = reverse(route(name), kwargs={a: world.sample(name, a) for a in names})
    filled = query.format_map({a: world.sample(name, a) for a in arguments(query)})
    return f"{path}?{filled}" if filled else path


def content_of(response: Any) -> bytes:
    """The whole body."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def text_of(body: bytes, headers: str) -> str:
    """All text of an answer: headers, body, and for office files and PDF what is in them, properties included."""
    found = [headers, body.decode(errors="replace")]
    if "application/json" in headers:
        found.append(json.dumps(json.loads(body or b"null"), ensure_ascii=False))  # letters may be written as \\uXXXX
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            for name in package.namelist():
                found += [name, text_of(package.read(name), "")]
    if body[:5] == b"%PDF-":
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(body))
        found += [str(reader.metadata), *(page.extract_text() for page in reader.pages)]
    return html.unescape("\n".join(found))  # letters may be written as &#NNNN;


def ask(
    client: Client, method: str, where: str, sent: dict[str, Any] | None = None, look: Callable[[], Any] | None = None
) -> Answer:
    """Ask, sending a form or (to the programming interface) JSON, ``look`` at what it did, and undo whatever it changed."""
    with transaction.atomic():
        cookies = client.cookies.copy()
        send = {"GET": client.get, "POST": client.post, "PUT": client.put, "DELETE": client.delete}[method]
        kind = {"content_type": "application/json"} if where.startswith(API) and "files" not in (sent or {}) else {}
        response = send(where) if method == "GET" else send(where, data=sent or {}, **kind)
        text = text_of(content_of(response), "\n".join(f"{k}: {v}" for k, v in response.headers.items()))
        client.cookies = cookies
        looked = look() if look else None
        transaction.set_rollback(True)
    location = urlsplit(response.get("Location", ""))
    to_login = response.status_code == 302 and location.path == reverse("account_login")
    allowed = response.status_code not in REFUSED and not to_login
    seen = text.replace(",", "")
    return Answer(response.status_code, allowed, tuple(c for c in CANARIES if c in seen), looked)


@dataclass(frozen=True)
class Cell:
    """One row and method, asked with its sample object: who is let in."""

    key: str
    method: str
    address: str
    who: frozenset[Who]
    sent: dict[str, Any]


def cells(rows: dict[str, Row], world: World) -> list[Cell]:
    """The cells of rows; what only reads comes before what changes, since files are not restored by a rollback."""
    found = [
        Cell(key, method, address(key, world), who, world.sent(key) if method != GET else {})
        for key, row in rows.items()
        for method, who in methods(key, row)
    ]
    return sorted(found, key=lambda cell: cell.method != GET)
