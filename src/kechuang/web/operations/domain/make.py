"""Make a backup of the running city: one snapshot of the database, the files it names, one manifest."""

from __future__ import annotations

import errno
import hashlib
import hmac
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from kechuang import __version__
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.core.models import StoredFile
from kechuang.web.operations.domain import rows
from kechuang.web.operations.domain.container import Writer
from kechuang.web.policy.models import Term

SNAPSHOT = "backup"
PIECE = 8 << 20
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A finished backup: its file, SHA-256 and size of that file, seconds it took, and its manifest."""

    path: Path
    sha256: str
    size: int
    seconds: float
    manifest: dict[str, Any]

    @property
    def problems(self) -> list[str]:
        """Digests of files the database names and the disk does not hold as they were handed in."""
        return [*self.manifest["files"]["missing"], *self.manifest["files"]["damaged"]]


@contextmanager
def snapshot() -> Iterator[str]:
    """A connection that sees the database as it is at this moment, however long it reads and whoever writes meanwhile.

    SQLite: a read transaction in WAL mode. PostgreSQL: REPEATABLE READ, read only. Neither makes a writer wait.
    """
    told = dict(connections.settings[DEFAULT_DB_ALIAS])
    options = dict(told.get("OPTIONS", {}))
    sqlite = connections[DEFAULT_DB_ALIAS].vendor == "sqlite"
    if sqlite:
        options["transaction_mode"] = "DEFERRED"
    else:
        from psycopg import IsolationLevel

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    connections.settings[SNAPSHOT] = told | {"OPTIONS": options, "CONN_MAX_AGE": 0}
    connection = connections[SNAPSHOT]
    try:
        with transaction.atomic(using=SNAPSHOT), connection.cursor() as cursor:
            if not sqlite:
                cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute("SELECT COUNT(*) FROM django_migrations")  # the first read fixes what is seen
            yield SNAPSHOT
    finally:
        connection.close()
        del connections[SNAPSHOT]
        del connections.settings[SNAPSHOT]


def key_fingerprint() -> str:
    """Eight digits that tell whether two cities have the same secret key, and nothing about the key."""
    return hmac.new(settings.SECRET_KEY.encode(), b"kechuang.backup", hashlib.sha256).hexdigest()[:8]


def chain_head(alias: str) -> dict[str, Any]:
    """Number and digest of the last link of the audit chain, and how many events wait for the sealer."""
    last = AuditEvent.objects.using(alias).filter(seq__isnull=False).order_by("-seq").first()
    waiting = AuditEvent.objects.using(alias).filter(seq__isnull=True).count()
    return {"seq": last.seq if last else 0, "digest": last.digest if last else "", "waiting": waiting}


def default_name() -> str:
    """Name of a backup made now, in the city's time."""
    return f"kechuang-{timezone.localtime():%Y%m%d-%H%M%S}"


def target_file(target: Path, *, encrypted: bool) -> Path:
    """The file to write: inside ``target`` if that is a folder, else ``target`` itself.

    Raises:
        UserError: the file is there already, or its folder is not.
    """
    path = target / (default_name() + (".kcbackup" if encrypted else ".tar.gz")) if target.is_dir() else target
    if path.exists():
        raise UserError(
            f"{path} 已经存在，不覆盖。请换一个文件名。", f"{path} exists and is not overwritten. Choose another name.",
            code="exists",
        )  # fmt: skip
    if not path.parent.is_dir():
        raise UserError(
            f"没有文件夹 {path.parent}。请先建好。",
            f"There is no folder {path.parent}. Make it first.",
            code="no_folder",
        )
    return path


def make(target: Path, *, passphrase: str | None = None, progress: Progress = lambda _text: None) -> Made:
    """Back the running city up into a new file; nobody has to stop working meanwhile.

    Args:
        target: a folder, or a file that does not exist yet.
        passphrase: encrypt with it; the secret key is held by encrypted backups only.
        progress: told each table, for a log or a heartbeat.

    Raises:
        UserError: the place is wrong, the passphrase too short, or the disk full. No half file stays behind.
    """
    path = target_file(target, encrypted=passphrase is not None)
    part = path.with_name(path.name + ".part")
    began = time.monotonic()
    try:
        with part.open("xb") as handle:
            part.chmod(0o600)
            writer = Writer(handle, passphrase)
            manifest = _write(writer, encrypted=passphrase is not None, progress=progress)
            writer.close(manifest)
            handle.flush()
            os.fsync(handle.fileno())
        sha, size = hashlib.sha256(), part.stat().st_size
        with part.open("rb") as handle:
            while piece := handle.read(1 << 20):
                sha.update(piece)
        part.rename(path)
    except OSError as error:
        raise _no_room(path, error) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return Made(path, sha.hexdigest(), size, time.monotonic() - began, manifest)


def _no_room(path: Path, error: OSError) -> UserError:
    if error.errno == errno.ENOSPC:
        zh, en = "磁盘满了，腾出空间再做", "the disk is full; make room and try again"
    elif isinstance(error, FileExistsError):
        zh, en = (
            "同名的备份正在做，或上次中断留下了 .part 文件",
            "a backup of this name is being made, or a .part file is left",
        )
    else:
        zh = en = str(error.strerror or error)
    return UserError(f"写不了 {path}：{zh}。", f"Cannot write {path}: {en}.", code="cannot_write")


def _write(writer: Writer, *, encrypted: bool, progress: Progress) -> dict[str, Any]:
    """Write all members; returns the manifest."""
    with snapshot() as alias:
        told: dict[str, dict[str, Any]] = {}
        for model in rows.tables(apps):
            table = model._meta.db_table
            progress(table)
            digest = rows.Digest(model)
            for number, piece in enumerate(_pieces(rows.read(model, alias, digest)), start=1):
                writer.add_bytes(f"tables/{table}/{number:05}.jsonl", piece)
            told[table] = {"columns": [field.column for field in rows.fields_of(model)], **digest.public()}
        progress("files")
        files = _files(writer, alias)
        applied: dict[str, list[str]] = {}
        for app, name in sorted(MigrationRecorder(connections[alias]).applied_migrations()):
            applied.setdefault(app, []).append(name)
        term = Term.objects.using(alias).order_by("-since", "-pk").first()
        manifest = {
            "made_at": timezone.now().isoformat(timespec="seconds"),
            "kechuang": __version__,
            "database": connections[alias].vendor,
            "encrypted": encrypted,
            "demo": settings.DEMO,
            "migrations": applied,
            "tables": told,
            "left_out": sorted(rows.LEFT_OUT),
            "uncovered": rows.uncovered(apps, alias),
            "sequences": rows.sequences(apps, alias),
            "files": files,
            "chain": chain_head(alias),
            "release": term.release_id if term else "",
            "secret_key": key_fingerprint(),
        }
    key = Path(settings.HOME) / "secret_key"
    if encrypted and key.is_file():
        writer.add_bytes("secret_key", key.read_bytes())
    return manifest


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines put together into pieces of about 8 MiB."""
    waiting, size = [], 0
    for line in lines:
        waiting.append(line)
        size += len(line) + 1
        if size >= PIECE:
            yield b"\n".join(waiting) + b"\n"
            waiting, size = [], 0
    if waiting:
        yield b"\n".join(waiting) + b"\n"


def _files(writer: Writer, alias: str) -> dict[str, Any]:
    """Add the content of every stored file once; tells which ones the disk does not hold as they were handed in."""
    told: dict[str, Any] = {"count": 0, "bytes": 0, "missing": [], "damaged": [], "removed": []}
    for digest in StoredFile.objects.using(alias).order_by("sha256").values_list("sha256", flat=True).distinct():
        path = Path(settings.FILES_DIR) / digest[:2] / digest[2:4] / digest
        try:
            handle = path.open("rb")
        except OSError:
            # Somebody may have removed the file since the snapshot; only one that is still wanted is missed.
            still_wanted = StoredFile.objects.filter(sha256=digest).exists()
            told["missing" if still_wanted else "removed"].append(digest)
            continue
        with handle:
            size = os.fstat(handle.fileno()).st_size
            if writer.add(f"files/{digest}", handle, size) != digest:
                told["damaged"].append(digest)
        told["count"] += 1
        told["bytes"] += size
    return told
