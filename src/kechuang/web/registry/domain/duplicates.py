"""Records that may be the same as one: a proposal for a person's eyes, never a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from kechuang.tabular.similarity import core_name, likeness

from .kinds import Kind

#: Names less alike than this are not proposed (likeness of characters and sound, 0 to 1).
LEAST = 0.75
#: A name that holds the whole core of the other, of at least so many characters, is proposed whatever stands around it.
HOLDING = 3
LOOKED_AT = 400
SHOWN = 5


@dataclass(frozen=True)
class Likely:
    """A record that may be the same, and how alike the names are (per cent)."""

    record: Any
    likeness: int


def likely(rows: QuerySet[Any], kind: Kind, record: Any) -> list[Likely]:
    """Other records of ``rows`` whose name is like the record's: same core name anywhere, or alike in the same place.

    Looks at a bounded number of rows, whatever the size of the register.
    """
    if "name" not in kind.by_name:
        return []
    core = core_name(record.name)
    if not core:
        return []
    near = Q(name__icontains=core)
    start = Q(name__startswith=record.name[:2])
    if "county" in kind.by_name:
        start &= Q(county=record.county)
    elif "employer" in kind.by_name:
        start &= Q(employer=record.employer_id)
    others = rows.filter(realm=record.realm).exclude(pk=record.pk)
    holding = {row.pk: row for row in others.filter(near).order_by("pk")[:LOOKED_AT]} if len(core) >= HOLDING else {}
    alike = {row.pk: row for row in others.filter(start).order_by("pk")[:LOOKED_AT]}
    scored = [
        (max(likeness(record.name, row.name), LEAST if pk in holding else 0), row)
        for pk, row in (alike | holding).items()
    ]
    best = sorted((pair for pair in scored if pair[0] >= LEAST), key=lambda pair: (-pair[0], pair[1].pk))
    return [Likely(row, round(score * 100)) for score, row in best[:SHOWN]]
