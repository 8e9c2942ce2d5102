"""The sealer: chains stored events one after another, and publishes the head of each finished day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from kechuang.proofs.chain import GENESIS, extend
from kechuang.web.audit.models import AuditEvent, ChainHead

CHUNK = 200  # links a transaction, so that no other writer waits longer than a moment
LOCK = 0x6B65_6368  # number of the PostgreSQL advisory lock that lets one sealer work at a time


def _hold_sealer_lock() -> None:
    """Let no second sealer work until this transaction ends. On SQLite the IMMEDIATE transaction itself does that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def seal(limit: int | None = None) -> int:
    """Chain all unsealed events (at most ``limit``) in the order they were stored; returns how many were chained."""
    done = 0
    while limit is None or done < limit:
        with transaction.atomic():
            _hold_sealer_lock()
            size = CHUNK if limit is None else min(CHUNK, limit - done)
            waiting = list(AuditEvent.objects.filter(seq__isnull=True).order_by("id")[:size])
            if not waiting:
                break
            last = AuditEvent.objects.filter(seq__isnull=False).order_by("-seq").first()
            seq, prev = (last.seq, last.digest) if last else (0, GENESIS)
            for event in waiting:
                seq += 1
                link = extend(seq, prev, event.body())
                AuditEvent.objects.seal_one(event, seq=seq, content=link.content, prev=prev, digest=link.digest)
                prev = link.digest
            done += len(waiting)
    return done


def day_of(moment: datetime) -> date:
    """The day in the city's time zone."""
    return timezone.localtime(moment).date()


def publish_heads(today: date | None = None) -> list[ChainHead]:
    """Publish the head of every finished day that has none yet.

    A link belongs to the day of its event. An event that is sealed after the head of its day was published counts to
    the next day, which keeps published heads unchanged for ever.
    """
    today = today or day_of(timezone.now())
    made = []
    with transaction.atomic():
        _hold_sealer_lock()
        before = ChainHead.objects.order_by("-date").first()
        after_seq = before.seq if before else 0
        open_links = AuditEvent.objects.filter(seq__gt=after_seq).order_by("seq")
        per_day: dict[date, tuple[int, str, int]] = {}
        reached = before.date + timedelta(days=1) if before else date.min
        for seq, digest, moment in open_links.values_list("seq", "digest", "time").iterator():
            reached = max(reached, day_of(moment))  # a day of the chain never steps back
            per_day[reached] = (seq, digest, per_day.get(reached, (0, "", 0))[2] + 1)
        for day, (seq, digest, count) in sorted(per_day.items()):
            if day >= today:
                break
            made.append(ChainHead.objects.create(date=day, seq=seq, digest=digest, count=count))
    return made


def seal_and_publish() -> dict[str, int]:
    """What the worker does each minute."""
    return {"sealed": seal(), "heads": len(publish_heads())}
