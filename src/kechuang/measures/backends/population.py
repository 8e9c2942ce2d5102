"""Measures over a whole population in DuckDB: who gets what, who does not, what is unknown, and what it costs.

All measures and all scenarios are one scan: scenarios are rows of a parameter table that is joined in, so that a
thousand of them need no new program. Compiled text is kept by the hash of the rules.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote() and text_literal(), tests through clean()

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from kechuang.measures.backends.bulk import (
    Fault,
    Scenario,
    Total,
    amount_sql,
    compile_programs,
    fitting_columns,
    in_force,
    lacking_columns,
    parameter_rows,
    status_sql,
    totals_from,
    totals_sql,
    used_facts,
    used_records,
    widen,
)
from kechuang.measures.backends.cleaning import (
    Cleaned,
    PopulationError,
    clean,
    not_utf8,
    quote,
    text_literal,
    uneven,
    unreadable,
)
from kechuang.measures.backends.proven import never_null, proven
from kechuang.measures.backends.records import Attached, RecordTable, attach
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import Program, compile_measure

_MOST_BITS = 2**28

__all__ = ["Fault", "Population", "PopulationError", "RecordTable", "Scenario", "Total", "bind", "fitting"]


@dataclass(frozen=True)
class Population:
    """Measures bound to a table. Nothing is computed until a result is asked for.

    ``source`` is the relation in SQL, ``sql`` the compiled program: one row per subject and scenario, with
    ``"ID:applies"`` (true, false, NULL) and ``"ID:amount"`` (fen, if the conditions hold) for each measure.
    ``not_in_force`` are measures that have no rows, since they are not in force on the day.
    """

    connection: duckdb.DuckDBPyConnection
    programs: tuple[Program, ...]
    catalogue: Catalogue
    source: str
    key: str
    sql: str
    not_in_force: tuple[str, ...]
    _cleaned: Mapping[str, Cleaned]
    _records: Sequence[Attached] = ()
    _torn: Sequence[Fault] = ()

    def with_programs(self, programs: Sequence[Program]) -> Population:
        """The same table and scenarios with other programs over the same facts and parameters."""
        return replace(self, programs=tuple(programs), sql=compile_programs(programs, self.catalogue))

    def need_column(self, name: str) -> None:
        """Raises ``PopulationError`` when the table has no such column."""
        _types(self.connection, self.source, [name])

    def counts(self) -> dict[str, int]:
        """Rows in all, computed, and in quarantine; the last two add up to the first."""
        total, good = self.connection.execute(
            f"SELECT (SELECT COUNT(*) FROM {self.source}), (SELECT COUNT(*) FROM kc_facts)"
        ).fetchall()[0]
        total += len(self._torn)
        return {"total": total, "computed": good, "quarantined": total - good}

    def totals(self) -> list[Total]:
        """One line per scenario (in the order given) and measure; one scan for all."""
        if not self.programs:
            return []
        single = self.connection.execute("SELECT COUNT(*) FROM kc_parameters").fetchall() == [(1,)]
        rows = self.connection.execute(totals_sql(self.programs, self.sql, single=single)).fetchall()
        return totals_from(self.programs, rows)

    def rows(self) -> Iterator[tuple[Any, str, str, str, Decimal | None]]:
        """``(key, scenario, measure, status, amount)`` in no particular order; amount only for yes."""
        cursor = self.connection.execute(self._long())
        while batch := cursor.fetchmany(10_000):
            for row in batch:
                yield tuple(row)

    def beside(self, names: Sequence[str]) -> dict[str, tuple[str | None, ...]]:
        """Other columns of the table as texts, by key; a column that the table does not have is None throughout."""
        there = _types(self.connection, self.source, [])
        wanted = [f"CAST({quote(name)} AS VARCHAR)" if name in there else "NULL" for name in names]
        query = f"SELECT CAST({quote(self.key)} AS VARCHAR), {', '.join(wanted)} FROM {self.source}"
        cursor = self.connection.cursor().execute(query)
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}

    def write(self, path: Path) -> None:
        """All rows to a Parquet or CSV file (by its ending), amounts as DECIMAL(18, 2)."""
        self.connection.execute(f"COPY ({self._long()}) TO {text_literal(str(path))} ({_format(path)})")

    def quarantine(self, limit: int = 1000) -> list[Fault]:
        """Every fault of the rows left out, at most ``limit``."""
        key = f"CAST({quote(self.key)} AS VARCHAR)"
        parts = [
            f"SELECT {key}, NULL, NULL, 'no_key' FROM {self.source} WHERE {quote(self.key)} IS NULL",
            f"SELECT {key}, NULL, NULL, 'duplicate_key' FROM {self.source}"
            f" WHERE {quote(self.key)} IN (SELECT k FROM kc_doubled)",
        ]
        for fact, cleaned in self._cleaned.items():
            for reason, test in cleaned.faults.items():
                parts.append(
                    f"SELECT {key}, {text_literal(fact)}, CAST({quote(fact)} AS VARCHAR), '{reason}'"
                    f" FROM {self.source} WHERE {test}"
                )
        for attached in self._records:
            parts += attached.faults(self.source, quote(self.key))
        query = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS q(k, f, v, r) ORDER BY k, f, r LIMIT {int(limit)}"
        found = [Fault(*row) for row in self.connection.execute(query).fetchall()]
        return [*self._torn, *found][:limit]

    def _long(self) -> str:
        """The result table with one row per subject, scenario and measure."""
        parts = [
            f'SELECT key, scenario, {text_literal(p.measure.id)} AS measure, {status_sql(p)} AS "status",'
            f" {amount_sql(p)} AS amount FROM results"
            for p in self.programs
        ]
        if not parts:
            return (
                "SELECT NULL AS key, '' AS scenario, '' AS measure, '' AS \"status\", 0::DECIMAL(18, 2) AS amount"
                " WHERE FALSE"
            )
        return f"WITH results AS MATERIALIZED ({self.sql}) {' UNION ALL '.join(parts)}"


def write_together(bound: Mapping[str, Population], path: Path) -> None:
    """The results of several kinds of subject in one Parquet or CSV file, the kind in the column ``subject``.

    Keys become text, since one kind may number its subjects and another name them.
    """
    form = _format(path)
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for subject, one in bound.items():
            part = Path(folder) / f"{subject}.parquet"
            one.write(part)
            parts.append(
                f"SELECT {text_literal(subject)} AS subject, * REPLACE (CAST(key AS VARCHAR) AS key)"
                f" FROM read_parquet({text_literal(str(part))})"
            )
        with duckdb.connect() as con:
            con.execute(f"COPY ({' UNION ALL '.join(parts)}) TO {text_literal(str(path))} ({form})")


def _format(path: Path) -> str:
    formats = {".parquet": "FORMAT PARQUET", ".csv": "FORMAT CSV, HEADER"}
    if path.suffix not in formats:
        raise PopulationError("只能写 .parquet 或 .csv 文件", "only .parquet and .csv files can be written")
    return formats[path.suffix]


def bind(
    measures: Sequence[Measure],
    catalogue: Catalogue,
    on: dt.date,
    source: str | Path,
    *,
    key: str = "id",
    scenarios: Sequence[Scenario] = (),
    relations: Mapping[str, RecordTable] | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> Population:
    """Measures over a table: a Parquet or CSV file, or the name of a table or view of ``connection`` (not temporary).

    The table has one row per subject, a ``key`` column, and one column per fact under its Chinese id; ``relations`` names
    the table of records of each relation that the measures use. Raises ``MeasureError`` for a faulty measure and ``PopulationError`` for a table without the columns needed.
    """
    # A cursor has temporary tables of its own: two bindings on one database do not meet.
    con = (connection or duckdb.connect()).cursor()
    relation = _relation(source, torn=True)
    torn: list[Fault] = []
    if relation.startswith("read_csv("):
        relation, torn = _torn(con, relation)
    chosen = tuple(scenarios) or (Scenario("current"),)
    widened = [widen(m, chosen) for m in measures]
    programs = [compile_measure(m, catalogue) for m in widened]
    inside = [p for p in programs if in_force(p, on)]
    outside = tuple(p.measure.id for p in programs if not in_force(p, on))
    listed = used_records(inside)
    facts = list(dict.fromkeys(f for p in inside for f in used_facts(p) if f not in listed))
    cleaned = _columns(con, relation, key, facts, catalogue)

    def read(_number: int, table: str | Path, needed: Sequence[str]) -> tuple[str, dict[str, str]]:
        records = _relation(table)
        return records, _types(con, records, needed)

    def keep(name: str, query: str) -> None:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    attached = attach(listed, relations or {}, catalogue, read, keep)
    _facts_view(con, relation, key, cleaned, attached)
    _parameter_table(con, *parameter_rows(inside, catalogue, on, chosen))
    compiled = compile_programs(inside, catalogue)
    return Population(con, tuple(inside), catalogue, relation, key, compiled, outside, cleaned, attached, torn)


def fitting(
    measures: Sequence[Measure], catalogue: Catalogue, source: Path
) -> tuple[list[Measure], dict[str, list[str]]]:
    """The measures whose facts are all columns of a file, and for the others the columns they lack."""
    return fitting_columns(measures, catalogue, _types(duckdb.connect(), _relation(source, torn=True), []))


def read_texts(path: Path, names: Sequence[str], needed: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    """The columns ``names`` of a Parquet or CSV file as texts; those not ``needed`` may be lacking and are None then."""
    con, relation = duckdb.connect(), _relation(path)
    there = _types(con, relation, needed)
    wanted = [f"CAST({quote(name)} AS VARCHAR)" if name in there else "NULL" for name in names]
    cursor = con.execute(f"SELECT {', '.join(wanted)} FROM {relation}")
    while batch := cursor.fetchmany(10_000):
        yield from batch


def _relation(source: str | Path, torn: bool = False) -> str:
    """The table in SQL; ``torn``: lines of a CSV file that are no rows are passed over, see :func:`_torn`."""
    if isinstance(source, str):
        return quote(source)
    if not source.exists():
        raise PopulationError(f"没有文件 {source.name}", f"there is no file {source.name}")
    path = text_literal(str(source))
    if source.suffix == ".parquet":
        return f"read_parquet({path})"
    if source.suffix == ".csv":
        _need_utf8(source)
        passing = ", ignore_errors = true" if torn else ""
        return f"read_csv({path}, header = true, skip = 0, all_varchar = true{passing})"
    raise PopulationError("只能读 .parquet 或 .csv 文件", "only .parquet and .csv files can be read")


def _need_utf8(path: Path) -> None:
    """A header in another encoding means that the whole table is; a line alone is set aside."""
    try:
        with path.open("rb") as file:
            file.readline(1_000_000).decode("utf-8")
    except UnicodeDecodeError:
        raise not_utf8("", "the file") from None


def _torn(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[str, list[Fault]]:
    """The lines of a CSV file that are no rows of it, by their number, and the table without them."""
    columns = [quote(name) for name in _types(con, relation, [])]
    kept = "store_rejects = true, rejects_table = 'kc_rejects', rejects_scan = 'kc_reject_scans', rejects_limit = 0"
    con.execute(f"SELECT {', '.join(f'COUNT({c})' for c in columns)} FROM {relation[:-1]}, {kept})").fetchall()
    rows = con.execute(
        "SELECT line, ANY_VALUE(csv_line), BOOL_OR(error_type = 'INVALID ENCODING') FROM kc_rejects GROUP BY line ORDER BY line"
    ).fetchall()
    con.execute("DROP TABLE kc_rejects")
    con.execute("DROP TABLE kc_reject_scans")
    if any(coded for _line, _text, coded in rows):
        # DuckDB sees a wrong encoding only in columns that are read: a scan of fewer columns would find the row again.
        relation = f"(SELECT * FROM {relation} WHERE LENGTH(CONCAT({', '.join(columns)})) >= 0)"
    return relation, [
        Fault(f"第 {line} 行 / line {line}", None, text, "encoding" if coded else "torn") for line, text, coded in rows
    ]


def _types(con: duckdb.DuckDBPyConnection, relation: str, needed: Sequence[str]) -> dict[str, str]:
    """The types of all columns; an error that names what is lacking, with a suggestion."""
    try:
        types = {row[0]: row[1] for row in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
    except duckdb.Error as error:
        raise unreadable(error) from error
    if len(types) == 1 and relation.startswith("read_csv(") and "," in next(iter(types)):
        raise uneven()
    lacking_columns(needed, types)
    return types


def _columns(
    con: duckdb.DuckDBPyConnection, relation: str, key: str, facts: Sequence[str], catalogue: Catalogue
) -> dict[str, Cleaned]:
    types = _types(con, relation, [key, *facts])
    return proven(con, relation, {name: clean(catalogue[name], types[name]) for name in facts})


def _facts_view(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    key: str,
    cleaned: Mapping[str, Cleaned],
    records: Sequence[Attached],
) -> None:
    """The good rows, as a view: nothing is copied but the lists of records."""
    k = quote(key)
    doubled = f"SELECT {k} AS k FROM {relation} WHERE {k} IS NOT NULL GROUP BY {k} HAVING COUNT(*) > 1"
    if _all_different(con, relation, key):
        doubled = f"SELECT {k} AS k FROM {relation} WHERE FALSE"
    con.execute(f"CREATE OR REPLACE TEMP TABLE kc_doubled AS {doubled}")
    tests = [] if never_null(con, relation, k) else [f"{k} IS NULL"]
    if con.execute("SELECT COUNT(*) FROM kc_doubled").fetchall()[0][0]:
        tests.append(f"{k} IN (SELECT k FROM kc_doubled)")
    tests += [f"COALESCE({test}, FALSE)" for c in cleaned.values() for test in c.faults.values()]
    tests += [attached.bad for attached in records]
    columns = [f"{k} AS key", *(f"{c.value} AS {quote(name)}" for name, c in cleaned.items())]
    columns += [attached.column for attached in records]
    joined = " ".join([relation, *(attached.join(k) for attached in records)])
    where = f" WHERE NOT ({' OR '.join(tests)})" if tests else ""
    con.execute(f"CREATE OR REPLACE TEMP VIEW kc_facts AS SELECT {', '.join(columns)} FROM {joined}{where}")


def _all_different(con: duckdb.DuckDBPyConnection, relation: str, key: str) -> bool:
    """Whether whole-number keys are known to be different: one bit each, a seventh of the time of grouping them.

    False also when they are not whole numbers or too far apart to tell in this way.
    """
    k = quote(key)
    if _types(con, relation, [key])[key] not in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"):
        return False
    low, high, count = con.execute(f"SELECT MIN({k}), MAX({k}), COUNT({k}) FROM {relation}").fetchall()[0]
    if not count or high - low >= min(64 * count, _MOST_BITS):
        return False
    if high - low + 1 == count and _in_running_order(con, relation, k):
        return True
    bits = f"BIT_COUNT(BITSTRING_AGG({k}::BIGINT, {low}::BIGINT, {high}::BIGINT))"
    return bool(con.execute(f"SELECT {bits} FROM {relation}").fetchall()[0][0] == count)


def _in_running_order(con: duckdb.DuckDBPyConnection, relation: str, key: str) -> bool:
    """Whether the keys (quoted) of a Parquet file are numbered as its rows are: then no two are the same, and none is missing."""
    if not relation.startswith("read_parquet("):
        return False
    number = f"{key}::HUGEINT - file_row_number"
    asked = f"SELECT MIN({number}) = MAX({number}) AND COUNT({key}) = COUNT(*) FROM {relation[:-1]}, file_row_number = true)"
    try:
        return bool(con.execute(asked).fetchall()[0][0])
    except duckdb.Error:  # a column of the same name
        return False


def _parameter_table(con: duckdb.DuckDBPyConnection, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """One row per scenario. A single one is a view of constants, which DuckDB writes into the plan."""
    types = ("INTEGER", "VARCHAR", "DATE", *["BIGINT"] * (len(columns) - 3))
    declared = list(zip(map(quote, columns), types, strict=True))
    if len(rows) == 1:
        values = (
            f"CAST({text_literal(str(v))} AS {t}) AS {name}" for v, (name, t) in zip(rows[0], declared, strict=True)
        )
        con.execute(f"CREATE OR REPLACE TEMP VIEW kc_parameters AS SELECT {', '.join(values)}")
        return
    con.execute(f"CREATE OR REPLACE TEMP TABLE kc_parameters ({', '.join(f'{name} {t}' for name, t in declared)})")
    con.executemany(f"INSERT INTO kc_parameters VALUES ({', '.join('?' * len(columns))})", rows)
