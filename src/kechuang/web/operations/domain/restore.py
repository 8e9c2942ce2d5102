"""Restore a backup into an empty place, on SQLite or PostgreSQL, whichever of the two it was made on."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

from kechuang.web.audit.domain.queries import chain_state, verify_stored
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError
from kechuang.web.operations.domain import container, rows
from kechuang.web.operations.domain.make import key_fingerprint

BATCH = 1000
Values = list[Any]


@dataclass(frozen=True)
class Restored:
    """What was restored, and what to look at: digests that agreed, seconds, remarks in both languages."""

    manifest: dict[str, Any]
    seconds: float
    remarks: tuple[tuple[str, str], ...]


def restore(path: Path, *, passphrase: str | None = None) -> Restored:
    """Restore into the database and the folder of the settings, both of which must be empty.

    Every member is compared with the manifest before anything is written; every table is compared with it again when it
    lies in the new database. What was written is taken away again if anything goes wrong.

    Raises:
        UserError: damaged, wrong passphrase, newer than this program, the place is not empty, the disk is full.
    """
    began = time.monotonic()
    refuse_unless_empty()
    manifest = container.verify(path, passphrase)
    refuse_if_newer(manifest)
    try:
        remarks = _restore(path, passphrase, manifest)
    except BaseException as error:
        _clear()
        if isinstance(error, OSError):
            raise UserError(
                f"恢复到 {settings.HOME} 时写不进去：{error.strerror}。已撤回，腾出空间再来。",
                f"Cannot write while restoring into {settings.HOME}: {error.strerror}. Nothing was left; try again.",
                code="cannot_write",
            ) from error
        raise
    return Restored(manifest, time.monotonic() - began, tuple(remarks))


def refuse_unless_empty() -> None:
    """Raise UserError (409) where the database has tables or the folder of files holds anything."""
    if names := connection.introspection.table_names():
        raise UserError(
            f"目标数据库不是空的（有表 {names[0]} 等 {len(names)} 张）。恢复只进空的地方：请新建一个数据库，或换一个数据目录。",
            f"The target database is not empty ({names[0]} and others, {len(names)} tables). A restore needs an empty place: "
            "make a new database or choose another folder.",
            code="not_empty", status=409,
        )  # fmt: skip
    files = Path(settings.FILES_DIR)
    if files.is_dir() and any(files.iterdir()):
        raise UserError(
            f"文件目录 {files} 不是空的。请换一个数据目录（--home），或先移走里面的文件。",
            f"The folder {files} is not empty. Choose another home (--home), or move its files away first.",
            code="not_empty", status=409,
        )  # fmt: skip


def refuse_if_newer(manifest: dict[str, Any]) -> None:
    """Raise UserError where the backup was made by a newer program: it names migrations this one does not have."""
    loader = MigrationExecutor(connection).loader
    known = set(loader.disk_migrations) | {old for node in loader.disk_migrations.values() for old in node.replaces}
    for app, names in manifest["migrations"].items():
        for name in names:
            if (app, name) not in known:
                raise UserError(
                    f"这份备份是较新的程序做的（版本 {manifest['kechuang']}，有 {app}.{name}）。请先升级到那个版本，再恢复。",
                    f"This backup was made by a newer program (version {manifest['kechuang']}, with {app}.{name}). "
                    "Upgrade to that version first.",
                    code="newer",
                )


def _restore(path: Path, passphrase: str | None, manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Make the tables as they were, load, compare, migrate to now, verify the chain."""
    apps = _tables_as_they_were(manifest)
    with transaction.atomic():
        _empty(apps)
        _load(path, passphrase, apps)
        rows.set_sequences(apps, DEFAULT_DB_ALIAS, manifest["sequences"])
        _compare(rows.digests(apps, DEFAULT_DB_ALIAS), manifest)
    call_command("migrate", interactive=False, verbosity=0)
    verdict, state = verify_stored(), chain_state()
    if not verdict.ok or (
        state.seq and (state.seq, state.digest) != (manifest["chain"]["seq"], manifest["chain"]["digest"])
    ):
        raise UserError(
            f"恢复后的审计链与备份时不同：{verdict.text('zh')}", f"The audit chain is not that of the backup: {verdict.text('en')}",
            code="chain",
        )  # fmt: skip
    with transaction.atomic():
        record(actor=None, action="backup.restore", object_kind="backup", object_id=path.name, after=manifest["chain"])
    return _remarks(manifest)


def _tables_as_they_were(manifest: dict[str, Any]) -> Any:
    """Migrate the empty database to exactly the state of the backup; returns the models of that state."""
    executor = MigrationExecutor(connection)
    applied = {(app, name) for app, names in manifest["migrations"].items() for name in names}
    graph = executor.loader.graph
    present = [node for node in graph.nodes if node in applied or _replaced(executor, node, applied)]
    tips = [
        node for node in present
        if not any(child.key[0] == node[0] and child.key in present for child in graph.node_map[node].children)
    ]  # fmt: skip
    executor.migrate(tips)
    return executor.loader.project_state(tips).apps


def _replaced(executor: MigrationExecutor, node: tuple[str, str], applied: set[tuple[str, str]]) -> bool:
    """Whether a squashed migration stands for ones the backup had applied."""
    replaces = executor.loader.graph.nodes[node].replaces
    return bool(replaces) and all(tuple(old) in applied for old in replaces)


def _empty(apps: Any) -> None:
    """Take away the rows that migrations put in: those of the backup come instead."""
    with connection.cursor() as cursor:
        for model in rows.tables(apps):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  a name of ours


def _load(path: Path, passphrase: str | None, apps: Any) -> None:
    """Read the backup once more and put rows and files in their places."""
    by_table = {model._meta.db_table: model for model in rows.tables(apps)}
    with container.members(path, passphrase) as found:
        for name, source in found:
            kind, _, rest = name.partition("/")
            if kind == "tables":
                model = by_table[rest.split("/")[0]]
                _insert(model, (container_row(line) for line in io.BytesIO(source.read())))
            elif kind == "files":
                _put_file(rest, source)
            elif name == "secret_key" and not os.environ.get("KECHUANG_SECRET_KEY"):
                key = Path(settings.HOME) / "secret_key"
                key.write_bytes(source.read())
                key.chmod(0o600)
                settings.SECRET_KEY = key.read_text().strip()


def container_row(line: bytes) -> Values:
    """One row of a member."""
    import json

    return list(json.loads(line))


def _insert(model: type[models.Model], lines: Iterable[Values]) -> None:
    """Insert rows as they were, past ``save`` and default values: COPY on PostgreSQL, many rows a statement on SQLite."""
    fields = rows.fields_of(model)
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(field.column) for field in fields)
    ready = (
        [
            field.get_db_prep_save(rows.decode(field, value), connection)
            for field, value in zip(fields, row, strict=True)
        ]
        for row in lines
    )
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:  # type: ignore[attr-defined]
                    for row in ready:
                        copy.write_row(row)
            else:
                marks = ", ".join("%s" for _ in fields)
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(ready))  # noqa: S608
    except (DatabaseError, ValueError, ValidationError) as error:
        raise UserError(
            f"表 {model._meta.db_table} 里有一行，目标数据库不收：{error}",
            f"The target database does not take a row of {model._meta.db_table}: {error}",
            code="row_refused",
        ) from error


def _put_file(digest: str, source: Any) -> None:
    """Put a content into the store under its digest."""
    path = Path(settings.FILES_DIR) / digest[:2] / digest[2:4] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        while piece := source.read(container.PIECE):
            handle.write(piece)
        handle.flush()
        os.fsync(handle.fileno())


def _compare(now: dict[str, dict[str, Any]], manifest: dict[str, Any]) -> None:
    """Raise UserError for the first table whose rows are not those of the backup."""
    for table, told in manifest["tables"].items():
        here = now.get(table, {"rows": 0, "digest": ""})
        if (here["rows"], here["digest"]) != (told["rows"], told["digest"]):
            raise UserError(
                f"表 {table} 恢复后与备份不同（{here['rows']} 行，应为 {told['rows']} 行）。已撤回。",
                f"Table {table} is not as in the backup ({here['rows']} rows, {told['rows']} expected). Nothing was kept.",
                code="differs",
            )


def _remarks(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """What the person who restores should know."""
    found = []
    if manifest["secret_key"] != key_fingerprint():
        found.append((
            "密钥与备份时不同：身份证号的比对摘要对不上。请把原来的 secret_key 或 KECHUANG_SECRET_KEY 放回来。",
            "The secret key is not that of the backup: digests of identity numbers do not match. Put the old secret_key or "
            "KECHUANG_SECRET_KEY back.",
        ))  # fmt: skip
    if missing := [*manifest["files"]["missing"], *manifest["files"]["damaged"]]:
        found.append((
            f"备份时就缺或坏了 {len(missing)} 个文件，第一个是 {missing[0]}。",
            f"{len(missing)} files were missing or damaged when the backup was made, the first is {missing[0]}.",
        ))  # fmt: skip
    return found


def _clear() -> None:
    """Take away everything this restore has made; the place was empty before."""
    import shutil

    connection.close()
    if connection.vendor == "sqlite":
        base = str(settings.DATABASES["default"]["NAME"])
        for name in (base, base + "-wal", base + "-shm"):
            Path(name).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
    shutil.rmtree(settings.FILES_DIR, ignore_errors=True)
