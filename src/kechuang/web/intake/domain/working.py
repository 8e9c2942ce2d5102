"""What the worker does with imports: one step after the other, until a person is needed."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from kechuang.web.core.jobs import task

from ..enums import MOVING, ImportState
from ..models import Import
from . import applying
from .lease import Lease, LostError
from .staging import stage


@task()
def work_on(import_id: int) -> None:
    """Task: bring an import as far as it can go without a person."""
    advance(import_id)


def advance(import_id: int) -> str:
    """Bring an import forward; returns its state. Does nothing when another worker holds it."""
    lease = Lease(import_id)
    if not lease.take():
        return Import.objects.values_list("state", flat=True).get(pk=import_id)
    try:
        while True:
            one = Import.objects.select_related("file", "confirmed_by", "created_by").get(pk=import_id)
            if one.state not in MOVING:
                return one.state
            if one.state in (ImportState.RECEIVED, ImportState.READING):
                stage(one, lease)
            elif one.state in (ImportState.CONFIRMED, ImportState.APPLYING):
                applying.apply(one, lease)
            else:
                applying.take_back(one)
    except LostError:
        return Import.objects.values_list("state", flat=True).get(pk=import_id)
    finally:
        lease.drop()


def left_behind() -> list[int]:
    """Imports that nobody works on though there is something to do."""
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return list(Import.objects.filter(free, state__in=MOVING).values_list("pk", flat=True))
