"""The audit log as a database file of its own, as an auditor has it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection


def write_log(target: Path) -> None:
    """Copy the tables of the log out of the test database (SQLite) into a new file."""
    with closing(sqlite3.connect(target)) as copy, connection.cursor() as cursor:
        for table in ("audit_auditevent", "audit_bulkrows", "audit_chainhead"):
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            copy.execute(cursor.fetchone()[0])
            cursor.execute(f"SELECT * FROM {table}")
            marks = ", ".join("?" for _ in cursor.description)
            copy.executemany(f"INSERT INTO {table} VALUES ({marks})", cursor.fetchall())
        copy.commit()
