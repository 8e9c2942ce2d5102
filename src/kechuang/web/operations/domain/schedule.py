"""The backup of each night: made, read through, written down beside it, old ones taken away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kechuang.web.audit.domain.record import record
from kechuang.web.core import jobs
from kechuang.web.core.errors import UserError
from kechuang.web.operations.domain import container
from kechuang.web.operations.domain.make import Made, make

SUFFIXES = (".kcbackup", ".tar.gz")


@dataclass(frozen=True)
class Nightly:
    """What the job of one night did."""

    made: Made
    removed: tuple[str, ...]


def nightly() -> Nightly | None:
    """Make the backup of this night into ``KECHUANG_BACKUP_DIR``, verify it, keep the newest; None if not configured.

    Old backups are taken away only after the new one has been read through and found sound.

    Raises:
        UserError: it could not be made, or is not sound; the event of the attempt says ``failed``.
    """
    if not settings.BACKUP_DIR:
        return None
    folder = Path(settings.BACKUP_DIR)
    passphrase = settings.BACKUP_PASSPHRASE or None
    try:
        made = make(folder, passphrase=passphrase, progress=lambda _table: jobs.beat())
        container.verify(made.path, passphrase)
    except UserError:
        with transaction.atomic():
            record(actor=None, action="backup.make", object_kind="backup", result="failed")
        raise
    _write_down(made)
    with transaction.atomic():
        record(actor=None, action="backup.make", object_kind="backup", object_id=made.path.name, after=made.sha256)
    if made.problems:
        raise UserError(
            f"备份里缺 {len(made.problems)} 个文件，第一个是 {made.problems[0]}。",
            f"The backup lacks {len(made.problems)} files; the first is {made.problems[0]}.",
            code="files_missing",
        )
    return Nightly(made, tuple(_remove_old(folder)))


def note_of(path: Path) -> Path:
    """The note that lies beside a backup."""
    return path.with_name(path.name + ".json")


def _write_down(made: Made) -> None:
    """Note digest, size and contents beside the backup, for the page and for people."""
    told = made.manifest
    note: dict[str, Any] = {
        "file": made.path.name,
        "sha256": made.sha256,
        "size": made.size,
        "seconds": round(made.seconds, 1),
        "made_at": told["made_at"],
        "verified_at": timezone.now().isoformat(timespec="seconds"),
        "encrypted": told["encrypted"],
        "rows": sum(table["rows"] for table in told["tables"].values()),
        "files": told["files"]["count"],
        "problems": made.problems,
        "chain": told["chain"],
        "release": told["release"],
    }
    note_of(made.path).write_text(json.dumps(note, indent=1), encoding="utf-8")


def _remove_old(folder: Path) -> list[str]:
    """Take away the oldest nightly backups beyond ``KECHUANG_BACKUP_KEEP``; those without a note are somebody's own."""
    nightly_ones = sorted(path for path in found(folder) if note_of(path).exists())
    removed = []
    for path in nightly_ones[: max(0, len(nightly_ones) - max(1, settings.BACKUP_KEEP))]:
        path.unlink()
        note_of(path).unlink()
        removed.append(path.name)
    return removed


def found(folder: Path) -> list[Path]:
    """Backups in a folder, oldest first by name."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIXES) and path.is_file())
    except OSError:
        return []
