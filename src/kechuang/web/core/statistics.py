"""What the planner of SQLite knows of the tables: without it, it takes the index of a column with two values."""

from __future__ import annotations

from django.db import connection

#: Rows looked at per index; enough to tell a selective index from one that is not, in well under a second at any size.
ROWS = 1000


def refresh() -> bool:
    """Sample the indexes anew, where the database is SQLite; PostgreSQL does so by itself. Whether it was done."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS}")
        cursor.fetchall()
        cursor.execute("ANALYZE")
    return True
