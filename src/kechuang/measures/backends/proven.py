"""Checks that a whole column is known to pass are left out of every query that follows.

Two ways, both exact. The least and the greatest value of a number: DuckDB reads them from the statistics of a Parquet
file or a table where these are there and exact, and looks at every value where they are not. Choices: one look at the
column alone, which is far cheaper than a test in every row of a wide query. What one bad value spoils keeps its tests.

Text as it comes from CSV is never proven: to look at it is to read it, which is what a proof should save.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote() and text_literal(), tests through clean()

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from kechuang.measures.backends.cleaning import Cleaned


def proven(con: duckdb.DuckDBPyConnection, relation: str, cleaned: Mapping[str, Cleaned]) -> dict[str, Cleaned]:
    """The same facts, with fewer tests where the columns of ``relation`` allow it.

    Holds for the rows as they are now, like the list of doubled keys: a table that changes has to be bound again.
    """
    found = dict(cleaned)
    if relation.startswith("read_csv("):
        return found
    for by_bounds in (True, False):  # apart: bounds alone need no look at the rows
        asked = {
            name: (c.proof, c.proven)
            for name, c in cleaned.items()
            if c.proof is not None and c.proven is not None and c.by_bounds == by_bounds
        }
        if not asked:
            continue
        answers = con.execute(f"SELECT {', '.join(proof for proof, _ in asked.values())} FROM {relation}").fetchall()[0]
        for (name, (_, simpler)), holds in zip(asked.items(), answers, strict=True):
            if holds:
                found[name] = simpler
    return found


def never_null(con: duckdb.DuckDBPyConnection, relation: str, column: str) -> bool:
    """Whether a column (quoted) has a value in every row; text of a CSV file is not looked at for it."""
    if relation.startswith("read_csv("):
        return False
    return bool(con.execute(f"SELECT COUNT({column}) = COUNT(*) FROM {relation}").fetchall()[0][0])
