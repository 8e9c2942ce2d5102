"""Measures over a whole population in DuckDB: who gets what, who does not, what is unknown, and what it costs.

All measures and all scenarios are one scan: scenarios are rows of a parameter table that is joined in, so that a
thousand of them need no new program. Compiled text is kept by the hash of the rules.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote() and text_literal(), tests through clean()

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import ibis

from kechuang.expressions.check import suggestion
from kechuang.measures.backends.cleaning import REASONS, Cleaned, PopulationError, clean, quote, text_literal
from kechuang.measures.backends.tree import Lowering, finish
from kechuang.measures.facts import TODAY, scope
from kechuang.measures.model import Catalogue, Measure, Parameter, Text
from kechuang.measures.program import Program, compile_measure, parameters_on
from kechuang.measures.receipt import rule_digest

_TYPES = {"money": "int64", "rate": "int64", "count": "int64", "boolean": "boolean", "date": "date"}
_COMPILED: dict[tuple[object, ...], str] = {}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One set of parameter values to try: ``{"receiver-subsidy": {"cap": Decimal("300000")}}``; others as in force."""

    id: str
    parameters: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Total:
    """One measure under one scenario: how many get it, do not, are unknown, and the sum in yuan."""

    scenario: str
    measure: str
    yes: int
    no: int
    unknown: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Fault:
    """A value that sent its row to quarantine; ``fact`` is None for faults of the key."""

    key: str | None
    fact: str | None
    value: str | None
    reason: str

    @property
    def message(self) -> Text:
        """The reason in both languages."""
        return REASONS[self.reason]


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

    def with_programs(self, programs: Sequence[Program]) -> Population:
        """The same table and scenarios with other programs over the same facts and parameters."""
        return replace(self, programs=tuple(programs), sql=_compile(programs, self.catalogue))

    def need_column(self, name: str) -> None:
        """Raises ``PopulationError`` when the table has no such column."""
        _types(self.connection, self.source, [name])

    def counts(self) -> dict[str, int]:
        """Rows in all, computed, and in quarantine; the last two add up to the first."""
        total, good = self.connection.execute(
            f"SELECT (SELECT COUNT(*) FROM {self.source}), (SELECT COUNT(*) FROM kc_facts)"
        ).fetchall()[0]
        return {"total": total, "computed": good, "quarantined": total - good}

    def totals(self) -> list[Total]:
        """One line per scenario (in the order given) and measure; one scan for all."""
        if not self.programs:
            return []
        parts = []
        for program in self.programs:
            applies, amount = _names(program)
            parts += [
                f"COUNT(*) FILTER ({_yes(program)})",
                f"COUNT(*) FILTER (NOT {applies})",
                f"COALESCE(SUM({amount}) FILTER ({_yes(program)}), 0)" if program.amount else "0",
            ]
        listed = f"FIRST(scenario), COUNT(*), {', '.join(parts)}"
        rows = self.connection.execute(f"SELECT {listed} FROM ({self.sql}) GROUP BY n ORDER BY n").fetchall()
        found: list[Total] = []
        for scenario, count, *values in rows:
            for i, program in enumerate(self.programs):
                yes, no, fen = values[3 * i : 3 * i + 3]
                amount_ = Decimal(int(fen)).scaleb(-2)
                found.append(Total(scenario, program.measure.id, yes, no, count - yes - no, amount_))
        return found

    def rows(self) -> Iterator[tuple[Any, str, str, str, Decimal | None]]:
        """``(key, scenario, measure, status, amount)`` in no particular order; amount only for yes."""
        cursor = self.connection.execute(self._long())
        while batch := cursor.fetchmany(10_000):
            for row in batch:
                yield tuple(row)

    def write(self, path: Path) -> None:
        """All rows to a Parquet or CSV file (by its ending), amounts as DECIMAL(18, 2)."""
        formats = {".parquet": "FORMAT PARQUET", ".csv": "FORMAT CSV, HEADER"}
        if path.suffix not in formats:
            raise PopulationError("只能写 .parquet 或 .csv 文件", "only .parquet and .csv files can be written")
        self.connection.execute(f"COPY ({self._long()}) TO {text_literal(str(path))} ({formats[path.suffix]})")

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
        query = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS q(k, f, v, r) ORDER BY k, f, r LIMIT {int(limit)}"
        return [Fault(*row) for row in self.connection.execute(query).fetchall()]

    def _long(self) -> str:
        """The result table with one row per subject, scenario and measure."""
        parts = []
        for program in self.programs:
            applies, amount = _names(program)
            measure = program.measure
            yes = _yes(program)
            status = f"CASE WHEN NOT {applies} THEN 'no'"
            if measure.amount_is == "delegated" or (measure.amount_is == "unstated" and measure.kind == "money"):
                status += f" ELSE '{measure.amount_is}' END"
            else:
                status += f" WHEN {yes} THEN 'yes' ELSE 'unknown' END"
            value = f"CASE WHEN {yes} THEN CAST({amount} AS DECIMAL(20, 0)) * 0.01 END" if program.amount else "NULL"
            parts.append(
                f'SELECT key, scenario, {text_literal(measure.id)} AS measure, {status} AS "status",'
                f" CAST({value} AS DECIMAL(18, 2)) AS amount FROM results"
            )
        if not parts:
            return (
                "SELECT NULL AS key, '' AS scenario, '' AS measure, '' AS \"status\", 0::DECIMAL(18, 2) AS amount"
                " WHERE FALSE"
            )
        return f"WITH results AS MATERIALIZED ({self.sql}) {' UNION ALL '.join(parts)}"


def _used(program: Program) -> tuple[str, ...]:
    """Facts of the conditions and of the amount in use; other readings are not computed here."""
    formulas = [c.formula for c in program.conditions] + ([program.amount] if program.amount else [])
    return tuple(dict.fromkeys(f for formula in formulas for f in formula.facts))


def _names(program: Program) -> tuple[str, str]:
    return quote(f"{program.measure.id}:applies"), quote(f"{program.measure.id}:amount")


def _yes(program: Program) -> str:
    applies, amount = _names(program)
    return f"{applies} AND {amount} IS NOT NULL" if program.amount else applies


def bind(
    measures: Sequence[Measure],
    catalogue: Catalogue,
    on: dt.date,
    source: str | Path,
    *,
    key: str = "id",
    scenarios: Sequence[Scenario] = (),
    connection: duckdb.DuckDBPyConnection | None = None,
) -> Population:
    """Measures over a table: a Parquet or CSV file, or the name of a table or view of ``connection`` (not temporary).

    The table has one row per subject, a ``key`` column, and one column per fact under its Chinese id. Raises
    ``MeasureError`` for a faulty measure and ``PopulationError`` for a table without the columns needed.
    """
    # A cursor has temporary tables of its own: two bindings on one database do not meet.
    con = (connection or duckdb.connect()).cursor()
    relation = _relation(source)
    chosen = tuple(scenarios) or (Scenario("current"),)
    widened = [_widen(m, chosen) for m in measures]
    programs = [compile_measure(m, catalogue) for m in widened]
    inside = [p for p in programs if _in_force(p, on)]
    outside = tuple(p.measure.id for p in programs if not _in_force(p, on))
    facts = list(dict.fromkeys(f for p in inside for f in _used(p)))
    cleaned = _columns(con, relation, key, facts, catalogue)
    _facts_view(con, relation, key, cleaned)
    _parameter_table(con, inside, catalogue, on, chosen)
    return Population(con, tuple(inside), catalogue, relation, key, _compile(inside, catalogue), outside, cleaned)


def fitting(
    measures: Sequence[Measure], catalogue: Catalogue, source: Path
) -> tuple[list[Measure], dict[str, list[str]]]:
    """The measures whose facts are all columns of a file, and for the others the columns they lack."""
    con = duckdb.connect()
    types = _types(con, _relation(source), [])
    good: list[Measure] = []
    lacking: dict[str, list[str]] = {}
    for measure in measures:
        missing = [f for f in _used(compile_measure(measure, catalogue)) if f not in types]
        if missing:
            lacking[measure.id] = missing
        else:
            good.append(measure)
    return good, lacking


def _relation(source: str | Path) -> str:
    if isinstance(source, str):
        return quote(source)
    if not source.exists():
        raise PopulationError(f"没有文件 {source.name}", f"there is no file {source.name}")
    path = text_literal(str(source))
    if source.suffix == ".parquet":
        return f"read_parquet({path})"
    if source.suffix == ".csv":
        return f"read_csv({path}, header = true, all_varchar = true)"
    raise PopulationError("只能读 .parquet 或 .csv 文件", "only .parquet and .csv files can be read")


def _widen(measure: Measure, scenarios: Sequence[Scenario]) -> Measure:
    """The measure with digits for every scenario's values, so that each of them is known to fit."""
    extra: dict[str, list[tuple[dt.date, Decimal]]] = {}
    for scenario in scenarios:
        for name, value in scenario.parameters.get(measure.id, {}).items():
            if measure.parameter(name) is None:
                raise PopulationError(
                    f"方案“{scenario.id}”：{measure.id} 没有参数“{name}”",
                    f"scenario {scenario.id}: {measure.id} has no parameter {name}",
                )
            extra.setdefault(name, []).append((dt.date.max, value))
    if not extra:
        return measure
    parameters = tuple(
        Parameter(p.id, (*p.values, *extra.get(p.id, ())), p.title, p.source) for p in measure.parameters
    )
    return replace(measure, parameters=parameters)


def _in_force(program: Program, on: dt.date) -> bool:
    m = program.measure
    ended = m.effective_to is not None and on > m.effective_to
    return not ended and on >= m.effective_from and parameters_on(m, on) is not None


def _types(con: duckdb.DuckDBPyConnection, relation: str, needed: Sequence[str]) -> dict[str, str]:
    """The types of all columns; an error that names what is lacking, with a suggestion."""
    try:
        types = {row[0]: row[1] for row in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
    except duckdb.Error as error:
        raise PopulationError(f"读不了数据：{error}", f"the data cannot be read: {error}") from error
    lacking = [name for name in needed if name not in types]
    if lacking:
        near = {name: suggestion(name, types) for name in lacking}
        zh = "、".join(f"{n}（是不是“{s}”？）" if s else n for n, s in near.items())
        en = ", ".join(f'{n} (did you mean "{s}"?)' if s else n for n, s in near.items())
        raise PopulationError(f"数据缺列：{zh}", f"columns are missing: {en}")
    return types


def _columns(
    con: duckdb.DuckDBPyConnection, relation: str, key: str, facts: Sequence[str], catalogue: Catalogue
) -> dict[str, Cleaned]:
    types = _types(con, relation, [key, *facts])
    return {name: clean(catalogue[name], types[name]) for name in facts}


def _facts_view(con: duckdb.DuckDBPyConnection, relation: str, key: str, cleaned: Mapping[str, Cleaned]) -> None:
    """The good rows, as a view: nothing is copied."""
    k = quote(key)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE kc_doubled AS SELECT {k} AS k FROM {relation}"
        f" WHERE {k} IS NOT NULL GROUP BY {k} HAVING COUNT(*) > 1"
    )
    tests = [f"{k} IS NULL"]
    if con.execute("SELECT COUNT(*) FROM kc_doubled").fetchall()[0][0]:
        tests.append(f"{k} IN (SELECT k FROM kc_doubled)")
    tests += [f"COALESCE({test}, FALSE)" for c in cleaned.values() for test in c.faults.values()]
    columns = [f"{k} AS key", *(f"{c.value} AS {quote(name)}" for name, c in cleaned.items())]
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW kc_facts AS SELECT {', '.join(columns)} FROM {relation}"
        f" WHERE NOT ({' OR '.join(tests)})"
    )


def _parameter_name(program: Program, name: str) -> str:
    return f"{program.measure.id}:{name}"


def _parameter_table(
    con: duckdb.DuckDBPyConnection, programs: Sequence[Program], catalogue: Catalogue, on: dt.date,
    scenarios: Sequence[Scenario],
) -> None:  # fmt: skip
    """One row per scenario; every value as a scaled integer, like the facts."""
    columns, scales = ["n INTEGER", "scenario VARCHAR", f"{quote(TODAY)} DATE"], []
    for program in programs:
        names = scope(catalogue, program.measure.parameters)
        for parameter in program.measure.parameters:
            columns.append(f"{quote(_parameter_name(program, parameter.id))} BIGINT")
            scales.append((program, parameter, names[parameter.id].type.scale))
    con.execute(f"CREATE OR REPLACE TEMP TABLE kc_parameters ({', '.join(columns)})")
    rows = []
    for n, scenario in enumerate(scenarios):
        row: list[object] = [n, scenario.id, on]
        for program, parameter, scale in scales:
            tried = scenario.parameters.get(program.measure.id, {}).get(parameter.id)
            value = tried if tried is not None else parameter.on(on)
            assert value is not None
            row.append(int(value.scaleb(scale)))
        rows.append(row)
    con.executemany(f"INSERT INTO kc_parameters VALUES ({', '.join('?' * len(columns))})", rows)


def _compile(programs: Sequence[Program], catalogue: Catalogue) -> str:
    """The SQL of all measures; kept by rules and by digits of their parameters."""
    digits = tuple(
        (p.id, scope(catalogue, (p,))[p.id].type.scale) for program in programs for p in program.measure.parameters
    )
    cache_key = (tuple(rule_digest(p) for p in programs), digits)
    if cache_key in _COMPILED:
        return _COMPILED[cache_key]
    used = dict.fromkeys(f for p in programs for f in _used(p))
    facts = ibis.table({"key": "string", **{f: _TYPES.get(catalogue[f].type, "string") for f in used}}, name="kc_facts")
    parameters = ibis.table(
        {
            "n": "int32",
            "scenario": "string",
            TODAY: "date",
            **{_parameter_name(p, x.id): "int64" for p in programs for x in p.measure.parameters},
        },
        name="kc_parameters",
    )
    joined = facts.cross_join(parameters)
    outputs = {"key": joined["key"], "n": joined["n"], "scenario": joined["scenario"]}
    for program in programs:
        columns = {f: joined[f] for f in _used(program)}
        columns[TODAY] = joined[TODAY]
        columns |= {p.id: joined[_parameter_name(program, p.id)] for p in program.measure.parameters}
        lowering = Lowering(columns)
        applies = ibis.literal(True, "boolean")
        for i, condition in enumerate(program.conditions):
            test = lowering.lower(condition.formula.tree)
            applies = test if i == 0 else applies & test
        outputs[f"{program.measure.id}:applies"] = applies
        if program.amount is not None:
            outputs[f"{program.measure.id}:amount"] = lowering.at(program.amount.tree, 2)
    text = finish(joined.select(**outputs))
    if len(_COMPILED) > 200:
        _COMPILED.clear()
    _COMPILED[cache_key] = text
    return text
