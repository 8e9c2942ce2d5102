"""Lists page by page: no page is found by counting through the ones before it, on any address of the site."""

from __future__ import annotations

import html
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import connection, transaction

from kechuang import web
from kechuang.web.accounts.models import LogIn
from kechuang.web.core.ids import new_id
from kechuang.web.core.may import route
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.library.models import SourceDocument
from kechuang.web.monitoring.models import Submission
from kechuang.web.registry.domain.kinds import KINDS
from kechuang.web.registry.models import Organisation
from tests.web.access import asking
from tests.web.access.test_matrix import LABELS, ROWS
from tests.web.access.world import World

pytestmark = pytest.mark.django_db
#: Where pages have numbers: parts of one document, or the few best hits of a search, which are in memory anyway.
NUMBERED = {"library/views.py", "library/domain/browsing.py"}
#: Lists that must be met here with a second page; without it the test would look at nothing.
MET = {
    "registry:organisations", "registry:records", "audit:events", "audit:mine", "library:documents", "accounts:logins",
    "accounts:all_logins", "entitlements:results", "monitoring:submissions",
}  # fmt: skip


def modules() -> Iterator[ModuleType]:
    """Every module of the site."""
    for found in pkgutil.walk_packages(web.__path__, "kechuang.web."):
        if ".migrations" not in found.name and ".wsgi" not in found.name:
            yield importlib.import_module(found.name)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that is sent meanwhile."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def skipping(seen: list[str]) -> list[str]:
    """Statements that count through rows they do not give."""
    return [sql for sql in seen if re.search(r"\bOFFSET\b", sql, re.IGNORECASE)]


def following(address: str, response: Any) -> str:
    """The address of the next page; empty where there is none."""
    body = asking.content_of(response)
    path = address.partition("?")[0]
    if response.get("Content-Type", "").startswith("application/json"):
        found = json.loads(body or b"null")
        after = found.get("next") if isinstance(found, dict) else None
        if not after:
            return ""
        return after if "/" in after else f"{address}{'&' if '?' in address else '?'}after={after}"
    link = re.search(rb'rel="next" href="([^"]*)"', body)
    return path + html.unescape(link[1].decode()) if link else ""


@pytest.fixture(scope="module")
def short_pages() -> Iterator[None]:
    """One row a page, wherever an app says how many there are."""
    with pytest.MonkeyPatch.context() as patched:
        for module in modules():
            for name in ("PER_PAGE", "LIMIT"):
                if isinstance(getattr(module, name, None), int):
                    patched.setattr(module, name, 1)
        yield


@pytest.fixture(scope="module")
def longer(city: World, django_db_blocker) -> None:
    """A second row for lists of which the city of the matrix has one only."""
    with django_db_blocker.unblock():
        kind = KINDS[city.sample("registry:records", "kind_id")]
        for model in (LogIn, Submission, Entitlement, SourceDocument, kind.model):
            for row in model._base_manager.order_by("pk")[:50]:
                row.pk, row._state.adding = new_id() if isinstance(row.pk, str) else None, True
                if hasattr(row, "public_id"):
                    row.public_id = new_id()
                if isinstance(row, SourceDocument):
                    row.amends = None  # an edition has one next edition only
                row.save(force_insert=True)


@pytest.fixture(scope="module")
def met() -> set[str]:
    """Addresses of which a second page was seen."""
    return set()


@pytest.mark.parametrize("label", LABELS)
def test_no_list_counts_through_the_pages_before(city: World, clients, longer, short_pages, met, label: str):
    for cell in asking.cells(ROWS[label], city):
        if cell.method != "GET":
            continue
        for who in sorted(cell.who & clients.keys()):
            with transaction.atomic(), statements() as seen:
                response = clients[who].get(cell.address)
                further = following(cell.address, response) if response.status_code == 200 else ""
                if further:
                    assert clients[who].get(further).status_code == 200, further
                    met.add(route(cell.key))
                transaction.set_rollback(True)
            assert skipping(seen) == [], (cell.key, who)
            if further:
                break


def test_second_pages_were_looked_at(met):
    assert met >= MET


def test_a_page_by_number_would_be_noticed(city: World):
    with statements() as seen:
        list(Organisation.objects.all()[1:2])
    assert len(skipping(seen)) == 1


def test_pages_have_numbers_only_where_everything_is_in_memory_anyway():
    root = Path(web.__path__[0])
    found = {
        str(path.relative_to(root)) for path in root.rglob("*.py") if "aginator" in path.read_text(encoding="utf-8")
    }
    assert found == NUMBERED
