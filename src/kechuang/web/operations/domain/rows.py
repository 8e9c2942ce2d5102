"""Rows of every table as JSON, the same for SQLite and PostgreSQL, with a digest of each table.

One logical dump serves both databases. It is chosen over ``VACUUM INTO`` and ``pg_dump`` because one file then restores
into either database, its digests can be compared row by row, and no program of the database's version is needed. What it
does not hold is the schema: that is made by the migrations the backup names.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connections, models
from django.utils.duration import duration_string

# Sessions are not kept: after a restore everybody logs in again, and no ended session comes back to life. Request limits begin anew too.
LEFT_OUT = {"django_session", "usersessions_usersession", "core_requestbucket", "core_cache"}
MODULUS = 1 << 256
FETCH = 2000


def tables(apps: Any) -> list[type[models.Model]]:
    """All models with a table, many-to-many tables included, in the order of their names."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
    }
    return [found[name] for name in sorted(found) if name not in LEFT_OUT]


def fields_of(model: type[models.Model]) -> list[Any]:
    """The columns of a table by name: migrations add columns at the end, models write them where they belong."""
    return sorted(model._meta.concrete_fields, key=lambda field: str(field.column))


def encode(value: Any) -> Any:
    """A value of a row for JSON; the column knows how to read it back."""
    if value is None or isinstance(value, bool | int | str | float | dict | list):
        return value
    if isinstance(value, dt.datetime):
        return (value.astimezone(dt.UTC) if value.tzinfo else value).isoformat(timespec="microseconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, dt.timedelta):
        return duration_string(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no way to back up a {type(value).__name__}")


def decode(field: Any, value: Any) -> Any:
    """The Python value of a column from what :func:`encode` made."""
    if isinstance(field, models.JSONField) or value is None:
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    return field.to_python(value)


def _settled(value: Any) -> Any:
    """A JSON value as either database gives it back: PostgreSQL knows no difference between 1e2 and 100."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_settled(item) for item in value]
    return value


class Digest:
    """Digest of the rows of a table in any order: the sum of their SHA-256 modulo 2^256, and how many there are.

    It is meant for comparing a copy with its original; the SHA-256 of each member guards against damage.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self.rows, self._sum = 0, 0
        self._json = any(isinstance(field, models.JSONField) for field in model._meta.concrete_fields)

    def add(self, row: list[Any], line: bytes) -> None:
        """Count a row; ``line`` is its JSON."""
        if self._json:
            line = json.dumps(_settled(row), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest(), "big")) % MODULUS

    def public(self) -> dict[str, Any]:
        """Number of rows and digest, for the manifest."""
        return {"rows": self.rows, "digest": f"{self._sum:064x}"}


def read(model: type[models.Model], alias: str, digest: Digest) -> Iterator[bytes]:
    """Rows of a table as JSON lines (without line ends), counted in ``digest`` as they pass."""
    columns = [field.attname for field in fields_of(model)]
    found = models.QuerySet(model, using=alias).order_by("pk").values_list(*columns)
    for values in found.iterator(chunk_size=FETCH):
        row = [encode(value) for value in values]
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        digest.add(row, line)
        yield line


def digests(apps: Any, alias: str) -> dict[str, dict[str, Any]]:
    """Number of rows and digest of every table as it lies in a database."""
    found = {}
    for model in tables(apps):
        digest = Digest(model)
        for _ in read(model, alias, digest):
            pass
        found[model._meta.db_table] = digest.public()
    return found


def uncovered(apps: Any, alias: str) -> list[str]:
    """Tables of the database that no backup holds, apart from those left out on purpose."""
    known = {model._meta.db_table for model in tables(apps)} | LEFT_OUT | {"django_migrations"}
    return sorted(set(connections[alias].introspection.table_names()) - known)


def sequences(apps: Any, alias: str) -> dict[str, int]:
    """The last number each table has given out, so that a restored city never gives one out twice."""
    connection = connections[alias]
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            wanted = {model._meta.db_table for model in tables(apps)}
            found = {name: int(last) for name, last in cursor.fetchall() if name in wanted}
        else:
            for model in tables(apps):
                if sequence := _sequence(cursor, model):
                    cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608  a name of the catalogue
                    last, called = cursor.fetchone()
                    found[model._meta.db_table] = int(last) if called else 0
    return {name: last for name, last in found.items() if last}


def _sequence(cursor: Any, model: type[models.Model]) -> str | None:
    """Name of the sequence of a table on PostgreSQL; None where its key is not a number given out."""
    key = model._meta.pk
    if not isinstance(key, models.AutoField | models.BigAutoField | models.SmallAutoField):
        return None
    cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{model._meta.db_table}"', key.column])
    name = cursor.fetchone()[0]
    return str(name) if name else None


def set_sequences(apps: Any, alias: str, wanted: dict[str, int]) -> None:
    """Let each table go on after the last number it gave out, or after the highest it holds."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for model in tables(apps):
            table, key = model._meta.db_table, model._meta.pk
            if not isinstance(key, models.AutoField | models.BigAutoField | models.SmallAutoField):
                continue
            highest = models.QuerySet(model, using=alias).aggregate(last=models.Max(key.attname))["last"] or 0
            last = max(int(highest), wanted.get(table, 0))
            if not last:
                continue
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
            elif sequence := _sequence(cursor, model):
                cursor.execute("SELECT setval(%s::regclass, %s)", [sequence, last])
