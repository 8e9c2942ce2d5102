"""What the worker does for the operation of the city."""

from __future__ import annotations

from django.conf import settings

from kechuang.web.core.jobs import every
from kechuang.web.operations.domain.schedule import nightly


@every("operations.backup", daily_at=settings.BACKUP_AT)
def backup() -> str:
    """Back up into ``KECHUANG_BACKUP_DIR`` where one is set."""
    done = nightly()
    if done is None:
        return "KECHUANG_BACKUP_DIR is not set"
    return f"{done.made.path.name}, {done.made.size} bytes, {done.made.seconds:.0f} s, removed {len(done.removed)}"
