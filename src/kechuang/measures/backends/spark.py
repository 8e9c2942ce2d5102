"""Measures over a whole population in Spark: the program of ``population``, on tables larger than one machine.

Loaded only when asked for; needs the extra ``spark`` (PySpark 4.0) and Java 17. The session runs with
``spark.sql.ansi.enabled``, so that an overflow is an error and never a wrong number. Spark cuts the scale of decimals
that it compares (SPARK-45905: ``100.01 >= 100.0125`` is true); no decimals are left in the program, and where values
are checked before they become integers both sides are cast to one type first.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote() and literal(), tests through clean()

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import sqlglot

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
from kechuang.measures.backends.cleaning import Cleaned, PopulationError
from kechuang.measures.backends.records import Attached, RecordTable, attach
from kechuang.measures.backends.spark_cleaning import clean, literal, quote
from kechuang.measures.backends.spark_records import SPARK
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import Program, compile_measure

Session = Any
"""A ``pyspark.sql.SparkSession`` (PySpark is not there when types are checked)."""


class SparkMissingError(PopulationError):
    """PySpark or Java is not installed; says how to get it."""


def start(master: str | None = None) -> Session:
    """A Spark session: the one that is running, that of ``spark-submit``, or a new one on ``master``.

    Without any of them it uses all cores of this machine. A session on this machine listens on loopback only. Raises
    ``SparkMissingError`` without PySpark or Java.
    """
    try:
        from pyspark import SparkConf  # type: ignore[import-not-found,unused-ignore]
        from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]
    except ModuleNotFoundError:
        raise SparkMissingError(
            "没有安装 PySpark：请运行 pip install -r requirements/spark.txt，或用 --engine duckdb",
            "PySpark is not installed: run pip install -r requirements/spark.txt, or use --engine duckdb",
        ) from None
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=str(Path(home, "bin")) if home else None) is None:
        raise SparkMissingError(
            "没有找到 Java：Spark 需要 Java 17 或更新版本（设置 JAVA_HOME，或把 java 放进 PATH）",
            "Java was not found: Spark needs Java 17 or newer (set JAVA_HOME, or put java on the PATH)",
        )
    active = SparkSession.getActiveSession()
    if active is not None and master is None:
        return active
    chosen = master or SparkConf().get("spark.master") or "local[*]"
    builder = SparkSession.builder.appName("kechuang measures").master(chosen)
    if chosen.startswith("local"):
        builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        builder = builder.config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "8")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _translated(text: str) -> str:
    """A DuckDB expression or query in Spark's dialect."""
    return str(sqlglot.parse_one(text, read="duckdb").sql("spark"))


@dataclass(frozen=True)
class SparkPopulation:
    """Measures bound to a table in Spark; the counterpart of ``population.Population``.

    Nothing is computed until a result is asked for. Each binding has a session of its own on the shared cluster, so
    two of them do not meet. ``not_in_force`` are measures that have no rows on the day.
    """

    session: Session
    programs: tuple[Program, ...]
    key: str
    sql: str
    not_in_force: tuple[str, ...]
    _cleaned: Mapping[str, Cleaned]
    _records: Sequence[Attached] = ()

    def counts(self) -> dict[str, int]:
        """Rows in all, computed, and in quarantine; the last two add up to the first."""
        total = self.session.table("kc_source").count()
        good = self.session.table("kc_facts").count()
        return {"total": total, "computed": good, "quarantined": total - good}

    def totals(self) -> list[Total]:
        """One line per scenario (in the order given) and measure; one scan for all."""
        if not self.programs:
            return []
        # A sum of 64-bit integers is a 64-bit integer in Spark; DuckDB's has 128 bits.
        text = totals_sql(self.programs, "SELECT * FROM kc_results", "CAST({} AS DECIMAL(38, 0))")
        return totals_from(self.programs, self.session.sql(_translated(text)).collect())

    def rows(self) -> Iterator[tuple[Any, str, str, str, Decimal | None]]:
        """``(key, scenario, measure, status, amount)`` in no particular order; amount only for yes."""
        for row in self._long().toLocalIterator():
            yield tuple(row)

    def write(self, path: str | os.PathLike[str]) -> None:
        """All rows as Parquet or CSV (by the ending): a folder of part files, as Spark writes them.

        Raises ``PopulationError`` when the folder is there already.
        """
        target = os.fspath(path)
        self.write_part(target, target.rstrip("/").rpartition(".")[2])

    def write_part(self, target: str, kind: str) -> None:
        """All rows into the folder ``target`` as ``kind``: ``parquet`` or ``csv``."""
        if kind not in ("parquet", "csv"):
            raise PopulationError("只能写 .parquet 或 .csv 文件", "only .parquet and .csv files can be written")
        writer = self._long().write
        if kind == "csv":
            writer = writer.option("header", True).option("escape", '"')
        try:
            getattr(writer, kind)(target)
        except Exception as error:
            if "PATH_ALREADY_EXISTS" not in str(error):
                raise
            raise PopulationError(
                f"{target} 已经存在，请换一个名字", f"{target} is there already: name another folder"
            ) from error

    def quarantine(self, limit: int = 1000) -> list[Fault]:
        """Every fault of the rows left out, at most ``limit``."""
        key = f"CAST({quote(self.key)} AS STRING)"
        parts = [
            f"SELECT {key} AS k, CAST(NULL AS STRING) AS f, CAST(NULL AS STRING) AS v, 'no_key' AS r"
            f" FROM kc_source WHERE {quote(self.key)} IS NULL",
            f"SELECT {key}, NULL, NULL, 'duplicate_key' FROM kc_source"
            f" WHERE {quote(self.key)} IN (SELECT k FROM kc_doubled)",
        ]
        for fact, cleaned in self._cleaned.items():
            for reason, test in cleaned.faults.items():
                value = f"CAST({quote(fact)} AS STRING)"
                parts.append(f"SELECT {key}, {literal(fact)}, {value}, '{reason}' FROM kc_source WHERE {test}")
        for attached in self._records:
            parts += attached.faults("kc_source", quote(self.key))
        query = f"SELECT k, f, v, r FROM ({' UNION ALL '.join(parts)}) ORDER BY k NULLS LAST, f NULLS LAST, r"
        return [Fault(*row) for row in self.session.sql(f"{query} LIMIT {int(limit)}").collect()]

    def _long(self) -> Any:
        """One row per subject, scenario and measure; the population is read once, whatever the number of measures."""
        if not self.programs:
            empty = "key STRING, scenario STRING, measure STRING, status STRING, amount DECIMAL(18, 2)"
            return self.session.createDataFrame([], empty)
        cells = ", ".join(
            f"{literal(p.measure.id)}, {_translated(status_sql(p))}, {_translated(amount_sql(p))}"
            for p in self.programs
        )
        stacked = f"STACK({len(self.programs)}, {cells}) AS (measure, status, amount)"
        return self.session.sql(f"SELECT key, scenario, {stacked} FROM kc_results")


def write_together(bound: Mapping[str, SparkPopulation], path: str) -> None:
    """The results of several kinds of subject under one folder, partitioned by ``subject`` as Spark reads it back."""
    target = path.rstrip("/")
    ending = target.rpartition(".")[2]
    for subject, one in bound.items():
        one.write_part(f"{target}/subject={subject}", ending)


def bind(
    measures: Sequence[Measure],
    catalogue: Catalogue,
    on: dt.date,
    source: str | os.PathLike[str],
    *,
    key: str = "id",
    scenarios: Sequence[Scenario] = (),
    relations: Mapping[str, RecordTable] | None = None,
    session: Session | None = None,
) -> SparkPopulation:
    """Measures over Parquet or CSV at any address that Spark reads (a file, a folder, ``hdfs://``, ``s3a://``).

    The table has one row per subject, a ``key`` column, and one column per fact under its Chinese id; ``relations``
    names the table of records (at such an address) of each relation that the measures use. Raises ``MeasureError`` for
    a faulty measure, ``PopulationError`` for a table without the columns needed or a relation without its table, and
    ``SparkMissingError`` without PySpark or Java.
    """
    own = _session(session)
    chosen = tuple(scenarios) or (Scenario("current"),)
    programs = [compile_measure(widen(m, chosen), catalogue) for m in measures]
    inside = [p for p in programs if in_force(p, on)]
    listed = used_records(inside)
    facts = list(dict.fromkeys(f for p in inside for f in used_facts(p) if f not in listed))
    types = _columns(own, source, "kc_source", [key, *facts])
    cleaned = {name: clean(catalogue[name], types[name]) for name in facts}

    def read(number: int, address: str | os.PathLike[str], needed: Sequence[str]) -> tuple[str, dict[str, str]]:
        view = f"kc_record_source_{number}"
        return view, _columns(own, address, view, needed)

    attached = attach(listed, relations or {}, catalogue, read, partial(_keep, own), SPARK)
    _views(own, key, cleaned, attached)
    _parameters(own, *parameter_rows(inside, catalogue, on, chosen))
    text = compile_programs(inside, catalogue, "spark")
    _keep(own, "kc_results", text)
    outside = tuple(p.measure.id for p in programs if not in_force(p, on))
    return SparkPopulation(own, tuple(inside), key, text, outside, cleaned, attached)


def fitting(
    measures: Sequence[Measure],
    catalogue: Catalogue,
    source: str | os.PathLike[str],
    session: Session | None = None,
) -> tuple[list[Measure], dict[str, list[str]]]:
    """The measures whose facts are all columns of the table, and for the others the columns they lack."""
    return fitting_columns(measures, catalogue, _columns(_session(session), source, "kc_source", []))


def _session(session: Session | None) -> Session:
    """A session of our own beside the given one: same cluster, other views and settings."""
    own = (session or start()).newSession()
    own.conf.set("spark.sql.ansi.enabled", "true")
    own.conf.set("spark.sql.session.timeZone", "UTC")
    return own


def _columns(session: Session, source: str | os.PathLike[str], view: str, needed: Sequence[str]) -> dict[str, str]:
    """The table as a view; the types of its columns. Raises ``PopulationError`` when one of ``needed`` is lacking."""
    address = os.fspath(source)
    kind = address.rstrip("/").rpartition(".")[2]
    if kind not in ("parquet", "csv"):
        raise PopulationError("只能读 .parquet 或 .csv 文件", "only .parquet and .csv files can be read")
    try:
        if kind == "csv":
            table = session.read.csv(address, header=True, inferSchema=False, escape='"', enforceSchema=False)
        else:
            table = session.read.parquet(address)
    except Exception as error:
        if "PATH_NOT_FOUND" in str(error):
            raise PopulationError(f"没有文件 {address}", f"there is no file {address}") from error
        raise PopulationError(f"读不了数据：{error}", f"the data cannot be read: {error}") from error
    table.createOrReplaceTempView(view)
    types = dict(table.dtypes)
    lacking_columns(needed, types)
    return types


def _keep(session: Session, name: str, query: str) -> None:
    """A query as a view; nothing is computed yet."""
    session.sql(query).createOrReplaceTempView(name)


def _views(session: Session, key: str, cleaned: Mapping[str, Cleaned], records: Sequence[Attached]) -> None:
    """The doubled keys and the good rows, as views: nothing is copied."""
    k = quote(key)
    doubled = f"SELECT {k} AS k FROM kc_source WHERE {k} IS NOT NULL GROUP BY {k} HAVING COUNT(*) > 1"
    _keep(session, "kc_doubled", doubled)
    tests = [f"{k} IS NULL", *(f"COALESCE({test}, FALSE)" for c in cleaned.values() for test in c.faults.values())]
    if not session.table("kc_doubled").isEmpty():
        tests.append(f"{k} IN (SELECT k FROM kc_doubled)")
    tests += [attached.bad for attached in records]
    columns = [f"CAST({k} AS STRING) AS key", *(f"{c.value} AS {quote(name)}" for name, c in cleaned.items())]
    columns += [attached.column for attached in records]
    joined = " ".join(["kc_source", *(attached.join(k) for attached in records)])
    _keep(session, "kc_facts", f"SELECT {', '.join(columns)} FROM {joined} WHERE NOT ({' OR '.join(tests)})")


def _parameters(session: Session, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """One row per scenario, as a view over constants."""
    types = ["INT", "STRING", "DATE", *["BIGINT"] * (len(columns) - 3)]
    values = ", ".join(f"({', '.join(literal(str(value)) for value in row)})" for row in rows)
    cast_ = ", ".join(f"CAST(c{i} AS {t}) AS {quote(c)}" for i, (t, c) in enumerate(zip(types, columns, strict=True)))
    named = ", ".join(f"c{i}" for i in range(len(columns)))
    _keep(session, "kc_parameters", f"SELECT {cast_} FROM VALUES {values} AS v({named})")
