"""Watches every request of a test client that is no GET: a change of data leaves exactly one audit event.

Each web test runs under this watch (see ``conftest.py``); ``test_every_route.py`` asks the log it keeps whether every
address that can change something is really exercised.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.urls import Resolver404, resolve

LOG = "KECHUANG_CHANGES_LOG"
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
WRITE = re.compile(r'^\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)
EVENTS = "audit_auditevent"
# Not data of the city: log-ins and their limits, tasks for the worker, the audit log itself, keys of repeated requests.
ASIDE = re.compile(
    r"^(django_session|usersessions_|axes_|django_tasks_|audit_|core_submissionkey|core_scheduledrun|"
    r"core_cache|core_requestbucket)"
)


class Watched:
    """Tables written and events recorded while a request was served."""

    def __init__(self) -> None:
        self.tables: set[str] = set()
        self.events = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if match := WRITE.match(sql):
            table = match[1].lower()
            if table == EVENTS and sql.lstrip().upper().startswith("INSERT"):
                self.events += 1
            elif not ASIDE.match(table):
                self.tables.add(table)
        return execute(sql, params, many, context)


@contextmanager
def watching() -> Iterator[Watched]:
    """Look at every statement on every connection."""
    watched = Watched()
    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(watched))
        yield watched


def route(path: str) -> str:
    """Name of the address that answers a path; of the programming interface its pattern; empty if there is none."""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    if found.view_name.startswith("api:"):
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", found.route)
    return found.view_name or found.route


def check(method: str, path: str, status: int, watched: Watched) -> None:
    """Fail the test where data was changed without an event, or with several; note what was seen."""
    name = route(path)
    if place := os.environ.get(LOG):
        seen = {
            "route": name, "method": method, "status": status, "tables": sorted(watched.tables),
            "events": watched.events, "test": os.environ.get("PYTEST_CURRENT_TEST", "").rsplit(" ", 1)[0],
        }  # fmt: skip
        with Path(place).open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(seen) + "\n")
    if status < 400 and watched.tables:
        told = f"{method} {path} ({name}) changed {sorted(watched.tables)} and left {watched.events} audit events"
        if name in SEVERAL:
            assert watched.events >= 1, told
        else:
            assert watched.events == 1, f"{told}, not one; if it makes several changes, say why in changes.SEVERAL"


# Addresses that make several changes at once, each with its event, and which these are.
SEVERAL: dict[str, str] = {
    "intake:new": "the table is received, and a small one is read at once",
    "registry:attribute": "the definition, its source and the attribute",
    "/api/v1/library/files": "one event for each file",
    "/api/v1/library/documents/{public_id}/items/{item_id}/split": "one event for each item that becomes another",
    "/api/v1/library/documents/{public_id}/items/{item_id}/merge": "one event for each item that becomes another",
    "library:divide": "one event for each item that becomes another",
    "library:upload": "one event for each file",
    "mfa_activate_totp": "the factor and its recovery codes",
    "registry:new": "the source and the record",
    "registry:edit": "the source and the record",
}
