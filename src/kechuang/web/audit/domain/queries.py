"""Reads of the audit log. Who may see contents is asked here; the chain of digests is public."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import rules
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone

from kechuang.proofs.chain import GENESIS, Verdict, verify_chain
from kechuang.proofs.merkle import proof_of_hashes, salt_of
from kechuang.web.audit.domain.record import plain
from kechuang.web.audit.models import AuditEvent, BulkRows, ChainHead, EventQuerySet
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError, require_login
from kechuang.web.core.paging import Cut, cut

MOST_PEOPLE = 500
READ_PERMISSION = "audit.read_events"  # granted to roles by the accounts app, which lies above


def may_read_events(user: Any) -> bool:
    """Whether this person may see what events say. Nobody may, unless an upper app has granted the permission.

    The rule is asked directly: Django's own ``has_perm`` would let every superuser through.
    """
    return bool(getattr(user, "is_authenticated", False) and rules.has_perm(READ_PERMISSION, user))


def events_for_user(user: Any) -> EventQuerySet:
    """All events for an auditor; for a demo auditor, whom anybody can become, none by, for or about a real person.

    Raises:
        UserError: the person may not read the log (401 for a visitor, else 403).
    """
    require_login(user)
    if not may_read_events(user):
        raise UserError(
            "审计日志的内容只有审计员能看；链头和校验文件对所有人公开。",
            "Only auditors can see what the audit log says; its heads and the chain of digests are public.",
            code="forbidden",
            status=403,
        )
    events = AuditEvent.objects.all()
    real = get_user_model().objects.filter(realm=Realm.REAL)
    if getattr(user, "realm", Realm.REAL) == Realm.DEMO and real.exists():
        keys, names = real.annotate(key=Cast("pk", CharField())).values("key"), real.values("username")
        events = events.exclude(actor_id__in=keys).exclude(behalf_id__in=keys)
        about = Q(object_id__in=keys) | Q(object_id__in=names)
        events = events.exclude(about, object_kind="user")
    return events


def own_events(user: Any) -> EventQuerySet:
    """What a person did, as the log has it, for that person.

    Raises:
        UserError: a visitor (401).
    """
    require_login(user)
    return AuditEvent.objects.filter(actor_id=str(user.pk))


def history(object_kind: str, object_id: str, count: int = 20) -> list[AuditEvent]:
    """The newest events about one object, for its own page; the page decides who may see it."""
    return named(AuditEvent.objects.filter(object_kind=object_kind, object_id=str(object_id)[:200])[:count])


def named(events: Iterable[AuditEvent]) -> list[AuditEvent]:
    """The same events with the names of their actors looked up in one go (:attr:`AuditEvent.who`)."""
    found = list(events)
    keys = {event.actor_id for event in found if not event.actor_name and event.actor_id.isdigit()}
    keys |= {event.behalf_id for event in found if event.behalf_id.isdigit()}
    names = {str(key): str(user) for key, user in get_user_model().objects.in_bulk([int(key) for key in keys]).items()}
    for event in found:
        if event.actor_id in keys and not event.actor_name:
            event.__dict__["who"] = names.get(event.actor_id, event.actor_id)
        event.__dict__["behalf"] = names.get(event.behalf_id, event.behalf_id)
    return found


def filtered(events: EventQuerySet, filters: dict[str, Any]) -> EventQuerySet:
    """Narrow a list of events by the fields of the filter form; absent and empty fields do not filter."""
    if text := filters.get("q"):
        people = get_user_model().objects.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
        known = [str(key) for key in people.values_list("pk", flat=True)[:MOST_PEOPLE]]
        events = events.filter(
            Q(object_id__icontains=text)
            | Q(actor_name__icontains=text)
            | Q(actor_id__in=known)
            | Q(behalf_id__in=known)
            | Q(request_id=text)
            | Q(public_id=text)
        )
    for field in ("action", "object_kind", "role", "result"):
        if value := filters.get(field):
            events = events.filter(**{field: value})
    zone = timezone.get_default_timezone()
    if start := filters.get("since"):
        events = events.filter(time__gte=datetime.combine(start, datetime.min.time(), zone))
    if end := filters.get("until"):
        events = events.filter(time__lt=datetime.combine(end + timedelta(days=1), datetime.min.time(), zone))
    return events


def actions() -> list[str]:
    """Every action that occurs in the log. Goes from each to the next one in the index, so that a long log costs nothing."""
    table = connection.ops.quote_name(AuditEvent._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE found(action) AS (SELECT MIN(action) FROM {table} UNION ALL "  # noqa: S608  no value in it
            f"SELECT (SELECT MIN(action) FROM {table} WHERE action > found.action) FROM found "
            "WHERE found.action IS NOT NULL) SELECT action FROM found WHERE action IS NOT NULL"
        )
        return [action for (action,) in cursor.fetchall()]


@dataclass(frozen=True)
class ChainState:
    """The chain now: number and digest of its last link, its time, and how many events wait for the sealer."""

    seq: int
    digest: str
    time: datetime | None
    waiting: int


def chain_state() -> ChainState:
    """Where the chain stands."""
    last = AuditEvent.objects.filter(seq__isnull=False).order_by("-seq").first()
    waiting = AuditEvent.objects.filter(seq__isnull=True).count()
    if last is None:
        return ChainState(0, GENESIS, None, waiting)
    return ChainState(last.seq, last.digest, last.time, waiting)


def heads(cursor: str, size: int) -> Cut:
    """Published heads, newest first, a page at a time."""
    return cut(ChainHead.objects.all(), ("-date", "-id"), cursor, size)


def heads_document() -> dict[str, Any]:
    """Published heads as the verifier reads them."""
    return {
        "heads": [
            {"date": head.date.isoformat(), "seq": head.seq, "count": head.count, "digest": head.digest}
            for head in ChainHead.objects.order_by("seq")
        ]
    }


def export_lines(contents: EventQuerySet | None = None) -> Iterator[bytes]:
    """The sealed chain, one JSON object a line; of the events in ``contents`` (which the reader may see) also what they say."""
    contents = AuditEvent.objects.none() if contents is None else contents
    links = AuditEvent.objects.filter(seq__isnull=False).annotate(told=Exists(contents.filter(pk=OuterRef("pk"))))
    for event in links.order_by("seq").iterator(chunk_size=1000):
        line = event.link() | ({"event": event.body()} if event.told else {})
        if event.told and event.rows is not None:
            line["leaves"] = _leaves(event)
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def recent_copy(count: int, upto: int | None = None) -> list[dict[str, Any]]:
    """A copy of sealed links with their events, the last ``count`` up to link ``upto``, in order."""
    sealed = AuditEvent.objects.filter(seq__isnull=False)
    if upto is not None:
        sealed = sealed.filter(seq__lte=upto)
    newest = sealed.order_by("-seq")[:count]
    return [event.link() | {"event": event.body()} for event in reversed(newest)]


def verify_stored() -> Verdict:
    """Check the chain as it lies in the database against the published heads."""
    links = (
        event.link() | {"event": event.body()} | ({} if event.rows is None else {"leaves": _leaves(event)})
        for event in AuditEvent.objects.filter(seq__isnull=False).order_by("seq").iterator(chunk_size=1000)
    )
    return verify_chain(links, heads_document()["heads"])


def _leaves(event: AuditEvent) -> str:
    """Leaf hashes of a bulk change as one hexadecimal text; empty where they are gone."""
    bulk = BulkRows.objects.filter(event=event).first()
    return bytes(bulk.hashes).hex() if bulk else ""


def bulk_document(event: AuditEvent) -> dict[str, Any]:
    """A bulk change for ``verify_audit.py --bulk``: event, link, key of the salts, leaf hashes. For auditors."""
    bulk = BulkRows.objects.get(event=event)
    return {"event": event.body(), "link": event.link(), "key": bulk.key, "leaves": bytes(bulk.hashes).hex()}


def row_proof(event: AuditEvent, number: int, row: Any = None) -> dict[str, Any]:
    """Proof of row ``number`` (from 1) of a bulk change, for ``verify_audit.py --row``.

    With ``row`` (as it is now) the document holds it, and can be checked alone; without it the holder of the row adds it
    under the name ``row``.

    Raises:
        UserError: the event is no bulk change or has no such row (404).
    """
    bulk = BulkRows.objects.filter(event=event).first()
    count = len(bulk.hashes) // 32 if bulk else 0
    if bulk is None or not 1 <= number <= count:
        raise UserError(
            f"这条记录没有第 {number} 行，共 {count} 行。", f"This event has no row {number}; it has {count}.",
            field="row", code="no_such_row", status=404,
        )  # fmt: skip
    found = proof_of_hashes(bulk.leaf_hashes(), number - 1).public()
    document = {"event": event.body(), "link": event.link(), "salt": salt_of(bulk.key, number - 1), **found}
    return document if row is None else document | {"row": plain(row)}
