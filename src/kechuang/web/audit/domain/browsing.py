"""The list of events page by page, however long the log is: no page looks through more than a fixed number of events.

Events lie in the order they were written in. The next page begins behind an event, days are looked up in the index of the
times, an action and a result in their own. Words and roles have no index: they are looked for in stretches of
:data:`STRETCH` events, and where a stretch holds too few the reader goes on from its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from kechuang.web.audit.domain.queries import filtered
from kechuang.web.audit.models import AuditEvent, EventQuerySet
from kechuang.web.core.paging import Cut, bounded_count, cut, decode, encode

#: Events looked through for one page where no index helps.
STRETCH = 50_000
#: Filters that no index serves in the order of the list.
UNINDEXED = ("q", "role", "object_kind")
#: Filters with an index of their own; two at once are looked for in stretches as well.
INDEXED = ("action", "result")
#: An event may be written a little later than its time says; days are looked up with this much to spare.
SPARE = timedelta(days=1)


@dataclass(frozen=True)
class Listing:
    """A page of events. ``count`` is unknown (None) where a stretch was looked through; ``until`` says how far back."""

    page: Cut
    count: int | None
    more: bool = False
    until: datetime | None = None


def browse(events: EventQuerySet, filters: dict[str, Any], cursor: str, size: int) -> Listing:
    """One page of the events that pass the filters, newest first. Where ``events`` keep something of the log back, it is looked for in stretches."""
    wanted = {name: value for name, value in filters.items() if value}
    found = filtered(_of_days(events, wanted), wanted)
    kept_back = bool(events.query.has_filters())
    if kept_back or any(name in wanted for name in UNINDEXED) or all(name in wanted for name in INDEXED):
        return _stretch(found, cursor, size)
    page = cut(found, ("-id",), cursor, size)
    if wanted:
        return Listing(page, *bounded_count(found))
    return Listing(page, _all(events))


def _all(events: EventQuerySet) -> int:
    """How many events there are: links are numbered without a gap, the rest waits for the sealer."""
    return (events.aggregate(last=Max("seq"))["last"] or 0) + events.filter(seq__isnull=True).count()


def _of_days(events: EventQuerySet, wanted: dict[str, Any]) -> EventQuerySet:
    """Leave out what lies well before the first or well behind the last wanted day, by the numbers of the events."""
    zone, order = timezone.get_default_timezone(), events.values_list("pk", flat=True)
    if day := wanted.get("since"):
        start = datetime.combine(day, datetime.min.time(), zone) - SPARE
        first = order.filter(time__gte=start).order_by("time").first()
        events = events.none() if first is None else events.filter(pk__gte=first)
    if day := wanted.get("until"):
        end = datetime.combine(day, datetime.max.time(), zone) + SPARE
        last = order.filter(time__lte=end).order_by("-time").first()
        events = events.none() if last is None else events.filter(pk__lte=last)
    return events


def _stretch(found: EventQuerySet, cursor: str, size: int) -> Listing:
    """A page out of at most :data:`STRETCH` events from where the cursor stands, in its direction."""
    # One after the other: asked for both ends at once, SQLite reads everything between them.
    order = AuditEvent.objects.order_by("pk").values_list("pk", flat=True)
    first, last = order.first() or 0, order.last() or 0
    direction, (key,) = decode(cursor, 1) or ("a", (last + 1,))
    if direction == "b":
        top = key + STRETCH
        rows = list(found.filter(pk__gt=key, pk__lte=top).order_by("pk")[: size + 1])
        over, rows = len(rows) > size, rows[:size][::-1]
        top = rows[0].pk if over else min(top, last)
        return Listing(Cut(rows, encode("a", (key + 1,)), encode("b", (top,)) if top < last else "", top >= last), None)
    bottom = max(key - STRETCH, first)
    rows = list(found.filter(pk__lt=key, pk__gte=bottom).order_by("-pk")[: size + 1])
    over, rows = len(rows) > size, rows[:size]
    before = encode("b", (key - 1,)) if key <= last else ""
    if over:
        return Listing(Cut(rows, encode("a", (rows[-1].pk,)), before, not before), None)
    if bottom <= first:
        return Listing(Cut(rows, "", before, not before), None)
    reached = AuditEvent.objects.filter(pk__gte=bottom).order_by("pk").values_list("time", flat=True).first()
    return Listing(Cut(rows, encode("a", (bottom,)), before, not before), None, until=reached)
