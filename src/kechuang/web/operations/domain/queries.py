"""What the system administrator sees: backups there are, and how the jobs of the worker ended."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role
from kechuang.web.core.jobs import HEARTBEAT
from kechuang.web.core.models import ScheduledRun
from kechuang.web.operations.domain.schedule import found, note_of

STALE = dt.timedelta(hours=26)  # a day, and two hours for a night with much to do


@dataclass(frozen=True)
class Backup:
    """A backup in the folder; without a note (made by hand) only what the file system knows."""

    name: str
    size: int
    made_at: dt.datetime
    verified_at: dt.datetime | None
    encrypted: bool
    note: dict[str, Any]


@dataclass(frozen=True)
class Overview:
    """The page: where backups go, which there are (newest first), room left, jobs."""

    folder: str
    backups: list[Backup]
    free: int | None
    jobs: list[ScheduledRun]
    failed: list[ScheduledRun]
    stale: bool


def overview_for_user(user: Any) -> Overview:
    """Backups and jobs, for system administrators.

    Raises:
        UserError: a visitor (401) or a person without the role (403).
    """
    access.require(user, Role.SYSTEM_ADMIN)
    folder = Path(settings.BACKUP_DIR) if settings.BACKUP_DIR else None
    backups = [_read(path) for path in reversed(found(folder))] if folder else []
    backups.sort(key=lambda backup: backup.made_at, reverse=True)
    runs = list(ScheduledRun.objects.exclude(name=HEARTBEAT).order_by("name"))
    return Overview(
        folder=str(folder or ""),
        backups=backups,
        free=_free(folder),
        jobs=runs,
        failed=[run for run in runs if run.failed],
        stale=not backups or timezone.now() - backups[0].made_at > STALE,
    )


def _read(path: Path) -> Backup:
    """A backup with its note; a note that cannot be read counts as none."""
    stat = path.stat()
    try:
        note = json.loads(note_of(path).read_text(encoding="utf-8"))
        made_at = dt.datetime.fromisoformat(note["made_at"])
        verified_at = dt.datetime.fromisoformat(note["verified_at"])
    except (OSError, ValueError, KeyError, TypeError):
        note, verified_at = {}, None
        made_at = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC)
    return Backup(path.name, stat.st_size, made_at, verified_at, path.name.endswith(".kcbackup"), note)


def _free(folder: Path | None) -> int | None:
    """Bytes free where backups go."""
    try:
        return shutil.disk_usage(folder).free if folder else None
    except OSError:
        return None
