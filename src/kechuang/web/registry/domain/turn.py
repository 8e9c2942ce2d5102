"""Changes that were entered ahead come into force on their day: the rows are brought to the state of the new day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from kechuang.web.audit.domain import record as audit

from ..enums import Why
from ..models import HeldChange, Version, unpublished
from .holding import make_way
from .kinds import KINDS
from .record import project
from .values import References

CHUNK = 200
#: How far back a run looks, so that a platform that stood still for weeks catches up.
DAYS_BACK = 400


def turn(today: dt.date | None = None) -> int:
    """Bring every row to today's state; returns how many changed. One audit event when any did.

    Only states that were recorded before their first day can be due; the others were applied when they were written.
    """
    day = today or timezone.localdate()
    due = Version.objects.filter(
        superseded_at=None, valid_from__lte=day, valid_from__gt=day - dt.timedelta(days=DAYS_BACK)
    ).exclude(why=Why.INITIAL)
    helds = HeldChange.objects.exclude(import_id__in=unpublished())  # published, on their way into the history
    changed: list[str] = []
    for kind in KINDS.values():
        if not kind.state_like:
            continue
        found = set(due.filter(kind=kind.id).values_list("record_id", flat=True))
        keys = sorted(found | set(helds.filter(kind=kind.id).values_list("record_id", flat=True)))
        for start in range(0, len(keys), CHUNK):
            part = keys[start : start + CHUNK]
            with transaction.atomic():
                records = kind.model.everything.select_for_update(of=("self",)).select_related(*kind.references)
                locked = list(records.filter(pk__in=part).order_by("pk"))
                make_way(kind, part)
                states: dict[int, list[Version]] = {}
                for row in Version.objects.filter(kind=kind.id, record_id__in=part, superseded_at=None):
                    states.setdefault(row.record_id, []).append(row)
                for record in locked:
                    if columns := project(kind, record, states.get(record.pk, []), References()):
                        record.save(update_fields=columns)
                        changed.append(f"{kind.id}/{record.pk}")
    if changed:
        with transaction.atomic():
            audit.record(
                actor=None,
                role="system",
                action="registry.turn",
                object_kind="registry_record",
                object_id=day.isoformat(),
                after={"day": day, "records": changed},
            )
    return len(changed)
