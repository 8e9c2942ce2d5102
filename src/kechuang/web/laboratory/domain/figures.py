"""The figures of a trial, each with the query that gives it. The queries read one table, ``lab`` (see ``table``).

Anybody who has the table as a CSV file can run a query again and must get the same number.
"""
# ruff: noqa: S608 - numbers put into SQL are Decimal and int made here, never text from outside

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import duckdb

PAID = "SUM(law), SUM(draft), COALESCE(SUM(draft), 0) - COALESCE(SUM(law), 0)"
TOP = 20


@dataclass(frozen=True)
class Figure:
    """A small table of results and its query. Cells are texts; ``None`` is not known."""

    id: str
    columns: tuple[str, ...]
    sql: str
    rows: list[list[str | None]]

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "columns": list(self.columns)}


def cell(value: object) -> str | None:
    """A value of the database as text, exact."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def run(con: duckdb.DuckDBPyConnection, name: str, columns: str, sql: str) -> Figure:
    """Run one query."""
    rows = con.execute(sql).fetchall()
    return Figure(name, tuple(columns.split()), sql, [[cell(v) for v in row] for row in rows])


def _by(column: str, where: str = "WHERE scope ", order: str = "4 DESC NULLS LAST, 1") -> str:
    counts = "COUNT(*) FILTER (law > 0 OR draft > 0)"
    return f"SELECT {column}, {counts}, {PAID} FROM lab {where}GROUP BY {column} ORDER BY {order}"


def _firms(order: str, test: str) -> str:
    return (
        "SELECT organisation, ANY_VALUE(name), COALESCE(SUM(law), 0), COALESCE(SUM(draft), 0),"
        " COALESCE(SUM(draft), 0) - COALESCE(SUM(law), 0) AS change FROM lab WHERE scope GROUP BY organisation"
        f" HAVING change {test} 0 ORDER BY change {order}, organisation LIMIT {TOP}"
    )


_PER_FIRM = (
    "SELECT organisation, COALESCE(SUM(law), 0) AS law, COALESCE(SUM(draft), 0) AS draft FROM lab WHERE scope"
    " GROUP BY organisation"
)


def _concentration(column: str) -> str:
    """Firms that get something, the sum of the ten largest, of the largest tenth, and the middle amount."""
    return (
        f"WITH firms AS ({_PER_FIRM}), paid AS (SELECT {column} AS x, ROW_NUMBER() OVER (ORDER BY {column} DESC,"
        f" organisation) AS place, COUNT(*) OVER () AS n FROM firms WHERE {column} > 0)"
        " SELECT COUNT(*), SUM(x) FILTER (place <= 10), SUM(x) FILTER (place <= (n + 9) // 10), SUM(x),"
        " QUANTILE_DISC(x, 0.5) FROM paid"
    )


def _months(take_up: Decimal, budget: Decimal | None) -> str:
    """Month by month: what falls due, and cumulated; after the share of those who apply."""
    share = f"{take_up:f}"
    due = (
        f"SELECT month, ROUND(COALESCE(SUM(law), 0) * {share}, 2) AS law, ROUND(COALESCE(SUM(draft), 0) * {share}, 2)"
        " AS draft FROM lab WHERE scope AND month IS NOT NULL GROUP BY month"
    )
    left = f", {budget:f} - SUM(draft) OVER (ORDER BY month)" if budget is not None else ""
    return (
        f"SELECT month, law, draft, SUM(law) OVER (ORDER BY month), SUM(draft) OVER (ORDER BY month){left}"
        f" FROM ({due}) ORDER BY month"
    )


def all_figures(
    con: duckdb.DuckDBPyConnection, take_up: Decimal, budget: Decimal | None, caps: Sequence[Decimal]
) -> list[Figure]:
    """Every figure of the table ``lab``."""
    share = f"{take_up:f}"
    found = [
        run(
            con, "totals",
            "law draft change law_expected draft_expected law_yes draft_yes law_unknown draft_unknown"
            " law_possible draft_possible law_open draft_open subjects organisations",
            f"SELECT COALESCE(SUM(law), 0), COALESCE(SUM(draft), 0), COALESCE(SUM(draft), 0) - COALESCE(SUM(law), 0),"
            f" ROUND(COALESCE(SUM(law), 0) * {share}, 2), ROUND(COALESCE(SUM(draft), 0) * {share}, 2),"
            " COUNT(*) FILTER (law_status = 'yes'), COUNT(*) FILTER (draft_status = 'yes'),"
            " COUNT(*) FILTER (law_status = 'unknown'), COUNT(*) FILTER (draft_status = 'unknown'),"
            " COALESCE(SUM(law_if) FILTER (law_status = 'unknown'), 0),"
            " COALESCE(SUM(draft_if) FILTER (draft_status = 'unknown'), 0),"
            " COUNT(*) FILTER (law_status = 'unknown' AND law_if IS NULL),"
            " COUNT(*) FILTER (draft_status = 'unknown' AND draft_if IS NULL),"
            " COUNT(*), COUNT(DISTINCT organisation) FROM lab WHERE scope",
        ),
        run(
            con, "changes", "winners winners_sum losers losers_sum same",
            "SELECT COUNT(*) FILTER (draft > law), COALESCE(SUM(draft - law) FILTER (draft > law), 0),"
            " COUNT(*) FILTER (draft < law), COALESCE(SUM(draft - law) FILTER (draft < law), 0),"
            f" COUNT(*) FILTER (draft = law AND draft > 0) FROM ({_PER_FIRM})",
        ),
        run(con, "years", "year count law draft change", _by("year", "WHERE year IS NOT NULL ", "1")),
        run(con, "counties", "county count law draft change", _by("county")),
        run(con, "industries", "industry count law draft change", _by("industry")),
        run(con, "sizes", "size count law draft change", _by("size")),
        run(con, "winners", "organisation name law draft change", _firms("DESC", ">")),
        run(con, "losers", "organisation name law draft change", _firms("ASC", "<")),
        run(con, "concentration_law", "organisations ten tenth sum middle", _concentration("law")),
        run(con, "concentration_draft", "organisations ten tenth sum middle", _concentration("draft")),
        run(con, "months", "month law draft law_cumulated draft_cumulated" + (" left" if budget is not None else ""),
            _months(take_up, budget)),
        run(
            con, "splitting", "subjects gain",
            "SELECT COUNT(*), COALESCE(SUM(draft_split - draft), 0) FROM lab WHERE scope AND draft_split > draft + 0.01",
        ),
        run(
            con, "splitting_largest", "key name base draft draft_split gain",
            "SELECT key, name, base, draft, draft_split, draft_split - draft FROM lab"
            " WHERE scope AND draft_split > draft + 0.01 ORDER BY draft_split - draft DESC, key LIMIT 1",
        ),
    ]  # fmt: skip
    if caps:
        listed = ", ".join(f"({cap:f})" for cap in caps)
        found.append(
            run(
                con,
                "cap_check",
                "cap amount",
                f"SELECT c, SUM(LEAST(draft_uncapped, c)) FROM lab, (VALUES {listed}) AS v(c) WHERE scope AND"
                " draft_status = 'yes' GROUP BY c ORDER BY c",
            )
        )
    return found
