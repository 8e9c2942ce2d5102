"""Lists page by page with a cursor: a page is asked for by the row it follows, so that page 1,000 costs what page 1 does.

The cursor is the sorting key of a row, written so that it can stand in an address. Whoever changes it gets another part
of a list they may see anyway; one that cannot be read leads to the first page.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet


@dataclass(frozen=True)
class Cut:
    """One page of a list: its rows, and the cursors of the pages around it (empty where there is none)."""

    rows: list[Any]
    next: str = ""
    previous: str = ""
    first: bool = True


def encode(direction: str, key: tuple[Any, ...]) -> str:
    """A cursor: ``a`` rows after the key, ``b`` rows before it."""
    text = json.dumps([direction, *key], ensure_ascii=False, separators=(",", ":"), default=str)  # days as written
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(text: str, length: int, *, numbered: bool = True) -> tuple[str, tuple[Any, ...]] | None:
    """Direction and key of a cursor; None when it cannot be read. ``numbered``: the key ends with a whole number."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(found, list) or len(found) != length + 1 or found[0] not in ("a", "b"):
        return None
    if any(not isinstance(part, str | int) or isinstance(part, bool) for part in found[1:]):
        return None
    if any(isinstance(part, int) and abs(part) >= 2**63 for part in found[1:]):
        return None
    if numbered and not isinstance(found[-1], int):
        return None
    return found[0], tuple(found[1:])


def cut(rows: QuerySet[Any], order: tuple[str, ...], cursor: str, size: int) -> Cut:
    """One page of ``rows`` in the order of the columns ``order`` (the last one unique; ``-`` = falling)."""
    found = decode(cursor, len(order), numbered=False) if cursor else None
    back = found is not None and found[0] == "b"
    wanted = tuple(_turned(name) for name in order) if back else order
    try:
        part = rows.filter(_beyond(order, found[1], back)) if found else rows
        page = list(part.order_by(*wanted)[: size + 1])
    except (ValueError, TypeError, ValidationError):  # the key of another list
        return cut(rows, order, "", size)
    more, page = len(page) > size, page[:size]
    if back:
        page.reverse()
    if not page:
        return Cut([], first=found is None)
    names = [name.lstrip("-") for name in order]
    first, last = (tuple(getattr(row, name) for name in names) for row in (page[0], page[-1]))
    after, before = more or back, found is not None and (more or not back)
    return Cut(page, encode("a", last) if after else "", encode("b", first) if before else "", not before)


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: tuple[str, ...], key: tuple[Any, ...], back: bool) -> Q:
    """Rows behind the key: of the first column at least as far (which an index serves), and really behind in all."""
    wanted = Q(pk__in=[])
    same = Q()
    for name, value in zip(order, key, strict=True):
        falling = name.startswith("-") != back
        column = name.lstrip("-")
        wanted |= same & Q(**{f"{column}__{'lt' if falling else 'gt'}": value})
        same &= Q(**{column: value})
    if len(order) > 1:
        first, falling = order[0].lstrip("-"), order[0].startswith("-") != back
        wanted &= Q(**{f"{first}__{'lte' if falling else 'gte'}": key[0]})
    return wanted


#: Counting stops here where a filter makes it dear.
COUNT_LIMIT = 1000


def bounded_count(rows: QuerySet[Any]) -> tuple[int, bool]:
    """How many rows, up to :data:`COUNT_LIMIT`, and whether there are more."""
    found = rows.order_by().values("pk")[: COUNT_LIMIT + 1].count()
    return min(found, COUNT_LIMIT), found > COUNT_LIMIT


def count_of(rows: QuerySet[Any], page: Cut) -> tuple[int, bool]:
    """The same for a list of which a page was read: a whole list on its first page needs no second search."""
    if page.first and not page.next:
        return len(page.rows), False
    return bounded_count(rows)
