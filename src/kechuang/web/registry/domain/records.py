"""Reads of records of every kind, for pages: lists, one record with what hangs on it, its state at another time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.http import Http404

from kechuang.codes import uscc
from kechuang.web.core.errors import UserError
from kechuang.web.core.paging import Cut, count_of, cut

from ..access import fields_for, may_write, sees_all, visible
from ..models import Alias, Attribute, Merge
from .attributes import offered
from .history import Entry, history, state
from .kinds import KIND_OF, KINDS, Field, Kind
from .names import named

PER_PAGE = 30
NEARBY = 8
#: Columns in which a list looks for words.
SEARCHED = (
    "number", "code", "name", "title", "holder_name", "lender", "investor_name", "award", "uscc", "measure", "same_as",
)  # fmt: skip
LONG = 300
#: What lists show of a kind; of others the first five short fields.
COLUMNS = {
    "organisation": "name uscc kind county size",
    "yearly_figures": "organisation year revenue rd_expense staff",
    "shareholding": "company holder_name holder_kind share held_from",
    "person": "name degree title discipline employer",
    "base": "name kind level host recognised_on",
    "contract": "number title buyer amount signed_on",
    "patent": "number title kind owner granted_on",
    "achievement": "number title owner stage completed_on",
    "demand": "number title organisation budget state",
    "project": "number title level organisation state",
    "prize": "title award level organisation year",
    "loan": "borrower lender amount granted_on",
    "pledge": "loan pledgor kind value registered_on",
    "guarantee": "guarantor borrower amount given_on",
    "investment": "company investor_name round amount invested_on",
    "investment_project": "code title organisation total_investment state",
    "support": "measure level organisation year amount",
}


def kind_or_404(name: str) -> Kind:
    """A kind by its id."""
    if name not in KINDS:
        raise Http404("no such kind of record")
    return KINDS[name]


def kinds_for_user(user: Any) -> list[Kind]:
    """The kinds a person can see records of."""
    return [kind for kind in KINDS.values() if kind.public or visible(user, kind).exists()]


def columns(kind: Kind) -> list[Field]:
    """The fields a list shows."""
    if kind.id in COLUMNS:
        return [kind.field(name) for name in COLUMNS[kind.id].split()]
    return [field for field in kind.stored if not field.max_length or field.max_length <= LONG][:5]


def link_column(kind: Kind) -> str:
    """The column of a list that leads to the record: the first that does not lead elsewhere."""
    return next(field.name for field in columns(kind) if not field.is_reference)


@dataclass(frozen=True)
class Listing:
    """A page of a list, how many there are up to a limit, and whether there are more than that."""

    page: Cut
    count: int
    more: bool


def listing_for_user(
    user: Any, kind: Kind, *, text: str = "", of: str = "", year: str = "", cursor: str = ""
) -> Listing:
    """Records of a kind that the person may see, newest first.

    Args:
        text: words in number, name or title.
        of: code of an organisation they belong to.
        year: calendar year, for kinds that have one.
        cursor: where the page begins.
    """
    rows = narrowed(visible(user, kind), kind, text=text, of=of, year=year)
    listed = [field.name for field in columns(kind) if field.is_reference]
    # Of one year there are as many rows as organisations: they come in the order of the index that finds them.
    order = ("-organisation_id", "-id") if year and kind.id == "yearly_figures" else ("-id",)
    page = cut(rows.select_related(*listed), order, cursor, PER_PAGE)
    return Listing(page, *count_of(rows, page))


def narrowed(rows: QuerySet[Any], kind: Kind, *, text: str = "", of: str = "", year: str = "") -> QuerySet[Any]:
    """A list narrowed by the fields of its filter; empty ones do not filter."""
    if (text := text.strip().replace("\x00", "")) and kind.id == "organisation" and not text.isascii():
        rows = named(rows, text)  # codes are ASCII
    elif text:
        wanted = Q(pk__in=[])
        for field in kind.stored:
            if field.name in SEARCHED:
                wanted |= Q(**{f"{field.name}__icontains": text})
        rows = rows.filter(wanted)
    if of := uscc.compact(of.replace("\x00", "")):
        owned = Q(pk__in=[]) if kind.owners else Q(uscc=of)
        for path in kind.owners:
            owned |= Q(**{f"{path}__uscc": of})
        rows = rows.filter(owned)
        if len(kind.owners) > 1:
            rows = rows.distinct()
    if year and "year" in kind.by_name:
        rows = rows.filter(year=int(year)) if year.isascii() and year.isdigit() and len(year) == 4 else rows.none()
    return rows


@dataclass(frozen=True)
class Nearby:
    """Records of another kind that lead to the one shown."""

    kind: Kind
    label: str
    rows: list[Any]
    more: bool


@dataclass(frozen=True)
class Opened:
    """A record as one person sees it."""

    kind: Kind
    record: Any
    fields: list[Field]
    everything: bool
    may_write: bool
    history: list[Entry]
    nearby: list[Nearby]
    attributes: list[Attribute]
    aliases: list[Alias]
    merges: list[Merge]
    may_describe: bool


def record_for_user(user: Any, kind: Kind, key: int) -> Opened:
    """One record with its history and what hangs on it. 404 when there is none or it is closed to the person."""
    record = visible(user, kind).filter(pk=key).select_related("source", *kind.references).first()
    if record is None:
        raise Http404("no such record")
    everything = sees_all(user, kind, record)
    return Opened(
        kind,
        record,
        fields_for(user, kind, record),
        everything,
        may_write(user, kind, record),
        history(record) if everything else [],
        list(_nearby(user, record)),
        _attributes(kind, key) if everything else [],
        list(Alias.objects.filter(kind=kind.id, record_id=key)),
        list(Merge.objects.filter(kind=kind.id, kept_id=key, undone_at=None)) if everything else [],
        may_write(user, kind, record) and bool(offered(kind)),
    )


def _attributes(kind: Kind, key: int) -> list[Attribute]:
    rows = Attribute.objects.filter(definition__kind=kind.id, record_id=key, superseded_at=None)
    return list(rows.select_related("definition", "source"))


def _nearby(user: Any, record: Any) -> Any:
    """Records of other kinds that name this one, the newest of each; only what the person may see."""
    for relation in _leading_to(record):
        kind = KINDS[KIND_OF[relation.related_model]]
        listed = [field.name for field in columns(kind) if field.is_reference]
        rows = visible(user, kind).filter(**{relation.field.name: record}).select_related(*listed)
        found = list(rows.order_by("-id")[: NEARBY + 1])
        if found:
            label = str(relation.field.verbose_name)
            yield Nearby(kind, label, found[:NEARBY], len(found) > NEARBY)


def _leading_to(record: Any) -> list[Any]:
    """The relations by which records of other kinds name this one at all, found in one query: most have none."""
    relations = [one for one in record._meta.related_objects if one.related_model in KIND_OF]
    if not relations:
        return []
    name = connection.ops.quote_name
    parts = (
        f"EXISTS(SELECT 1 FROM {name(one.related_model._meta.db_table)} "  # noqa: S608  names of tables and columns only
        f"WHERE {name(one.field.column)} = %s)"
        for one in relations
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [record.pk] * len(relations))
        found = cursor.fetchone()
    return [one for one, there in zip(relations, found, strict=True) if there]


def state_for_user(user: Any, opened: Opened, on: dt.date, known: dt.datetime | None) -> dict[str, str | None] | None:
    """What the record said on a day, as known at a moment; only for who may see all of it.

    Raises:
        UserError: the person may not (403).
    """
    if not opened.everything:
        raise UserError(
            "历史状态只有本单位和经办人能看。",
            "Earlier states are seen by the organisation itself and by officers only.",
            code="forbidden",
            status=403,
        )
    return state(opened.record, on, known)
