"""Pages of records of every kind: the catalogue, a list, one record with its history and its relations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError

from .access import fields_for, may_write
from .domain import records, showing
from .domain.kinds import KINDS


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every kind the register holds, with its fields, units and explanations."""
    open_to = {kind.id for kind in records.kinds_for_user(request.user)}
    context = {"kinds": [(kind, kind.id in open_to) for kind in KINDS.values()]}
    return render(request, "registry/catalogue.html", context)


@require_safe
def record_list(request: HttpRequest, kind_id: str) -> HttpResponse:
    """Records of one kind that the person may see; every filter is in the address."""
    kind = records.kind_or_404(kind_id)
    wanted = {name: request.GET.get(name, "")[:200] for name in ("text", "of", "year")}
    listing = records.listing_for_user(request.user, kind, cursor=request.GET.get("after", ""), **wanted)
    listed, names = records.columns(kind), showing.Names()
    rows = []
    for row in listing.page.rows:
        open_fields = {field.name for field in fields_for(request.user, kind, row)}
        shown = showing.values_of(kind, row, [field for field in listed if field.name in open_fields], names)
        values = {value.field.name: value for value in shown}
        rows.append((row, [(field, values.get(field.name)) for field in listed]))
    context = {
        "kind": kind,
        "columns": listed,
        "link": records.link_column(kind),
        "rows": rows,
        "listing": listing,
        "wanted": wanted,
        "has_year": "year" in kind.by_name,
        "may_write": may_write(request.user, kind),
        "demo_data": any(row.realm == Realm.DEMO for row in listing.page.rows),
    }
    return render(request, "registry/record_list.html", context)


@require_safe
def record_page(request: HttpRequest, kind_id: str, key: int) -> HttpResponse:
    """One record: values, source, relations, history; ``?on=`` and ``?known=`` show it at another time."""
    kind = records.kind_or_404(kind_id)
    opened = records.record_for_user(request.user, kind, key)
    past = _past(request, opened) if request.GET.get("on") or request.GET.get("known") else None
    names = showing.Names()
    context = {
        "kind": kind,
        "opened": opened,
        "record": opened.record,
        "values": showing.values_of(kind, opened.record, opened.fields, names),
        "history": showing.lines(opened.history),
        "nearby": [(near, _summaries(request.user, near)) for near in opened.nearby],
        "past": past,
        "today": timezone.localdate(),
        "demo_data": opened.record.realm == Realm.DEMO,
    }
    return render(request, "registry/record.html", context)


def _summaries(user: Any, near: records.Nearby) -> list[tuple[Any, list[showing.Shown]]]:
    """Records that lead to this one, each in three values the person may see."""
    names, found = showing.Names(), []
    for row in near.rows:
        fields = [field for field in fields_for(user, near.kind, row) if str(field.label) != near.label][:5]
        shown = showing.values_of(near.kind, row, fields, names)
        found.append((row, [value for value in shown if value.text and value.text not in str(row)]))
    return found


def _past(request: HttpRequest, opened: records.Opened) -> dict[str, Any]:
    """The record on the day ``on`` as known at the end of the day ``known``."""
    on = _day(request, "on") or timezone.localdate()
    known_day = _day(request, "known")
    known = None
    if known_day is not None:
        zone = timezone.get_default_timezone()
        known = dt.datetime.combine(known_day, dt.time.max, zone)
    state = records.state_for_user(request.user, opened, on, known)
    names = showing.Names([(field, (state or {}).get(field.name)) for field in opened.kind.stored])
    values = [names.show(field, state.get(field.name)) for field in opened.kind.stored] if state else []
    return {"on": on, "known": known_day, "values": values, "none": state is None}


def _day(request: HttpRequest, name: str) -> dt.date | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UserError(
            f"“{text[:20]}”不是日期；请写成 2024-03-02 的样子。",
            f"“{text[:20]}” is no date; write it like 2024-03-02.",
            field=name,
            code="bad_date",
        ) from error
