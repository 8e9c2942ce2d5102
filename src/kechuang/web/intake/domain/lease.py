"""Which worker holds an import. A worker that died loses it after a minute; the next one goes on where it stopped."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from kechuang.web.core import jobs
from kechuang.web.core.ids import new_id

from ..enums import MOVING
from ..models import Import

LEASE = timedelta(seconds=60)
RENEW_AFTER = 10.0


class LostError(Exception):
    """Another worker holds the import now, or a person has stopped it."""


class Lease:
    """The right to work on one import; ``hold`` renews it now and then and keeps the worker's heartbeat going."""

    def __init__(self, import_id: int) -> None:
        self.import_id, self.owner, self._renewed = import_id, new_id(), 0.0

    def take(self) -> bool:
        """Whether the import was free, or its holder silent for too long."""
        now = timezone.now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        taken = Import.objects.filter(free, pk=self.import_id, state__in=MOVING).update(
            lease_owner=self.owner, lease_until=now + LEASE
        )
        self._renewed = time.monotonic()
        return taken == 1

    def hold(self) -> None:
        """Renew when due. Raises ``LostError`` when it is somebody else's by now."""
        if time.monotonic() - self._renewed < RENEW_AFTER:
            return
        held = Import.objects.filter(pk=self.import_id, lease_owner=self.owner)
        if not held.update(lease_until=timezone.now() + LEASE):
            raise LostError
        jobs.beat()
        self._renewed = time.monotonic()

    def drop(self) -> None:
        """Give the import back."""
        Import.objects.filter(pk=self.import_id, lease_owner=self.owner).update(lease_owner="", lease_until=None)
