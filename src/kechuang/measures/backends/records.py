"""Relations in bulk: a table of records beside the table of subjects, joined to it as a list per subject.

A subject without records has an empty list. One bad record sets its subject aside, since its sums would be wrong;
records without a subject are named in the quarantine and change nothing.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote() and text_literal(), tests through clean()

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kechuang.measures.backends.cleaning import Cleaned, PopulationError, clean, quote, text_literal
from kechuang.measures.facts import fact_type
from kechuang.measures.model import Catalogue


@dataclass(frozen=True, slots=True)
class RecordTable:
    """Where the records of a relation are: a Parquet or CSV file or the name of a table, with one column per fact of
    the records, and the column ``owner`` that holds the key of the subject."""

    source: str | Path
    owner: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A relation made ready: ``table`` has one row per subject with the list, whether a record is bad, and how many."""

    fact: str
    table: str
    source: str
    owner: str
    most: int
    cleaned: Mapping[str, Cleaned]

    @property
    def column(self) -> str:
        """The list in ``kc_facts``."""
        return f"COALESCE({self.table}.kc_list, []) AS {quote(self.fact)}"

    def join(self, key: str) -> str:
        """SQL that joins the lists to the subjects."""
        return f"LEFT JOIN {self.table} ON {self.table}.kc_owner = CAST({key} AS VARCHAR)"

    @property
    def bad(self) -> str:
        """SQL test of a subject whose records cannot be used."""
        return f"COALESCE({self.table}.kc_bad OR {self.table}.kc_count > {self.most}, FALSE)"

    def faults(self, subjects: str, key: str) -> list[str]:
        """Queries of ``(key, fact, value, reason)`` for the quarantine."""
        owner, fact = quote(self.owner), text_literal(self.fact)
        found = [
            f"SELECT NULL, {fact}, NULL, 'no_key' FROM {self.source} WHERE {owner} IS NULL",
            f"SELECT kc_owner, {fact}, CAST(kc_count AS VARCHAR), 'too_many_records' FROM {self.table}"
            f" WHERE kc_count > {self.most}",
            f"SELECT kc_owner, {fact}, NULL, 'no_subject' FROM {self.table}"
            f" WHERE kc_owner NOT IN (SELECT CAST({key} AS VARCHAR) FROM {subjects} WHERE {key} IS NOT NULL)",
        ]
        for element, cleaned in self.cleaned.items():
            place = text_literal(f"{self.fact}.{element}")
            found += [
                f"SELECT CAST({owner} AS VARCHAR), {place}, CAST({quote(element)} AS VARCHAR), '{reason}'"
                f" FROM {self.source} WHERE {test}"
                for reason, test in cleaned.faults.items()
            ]
        return found


def lacking_table(fact: str) -> PopulationError:
    """What to say when a measure adds up records and no table of them was given."""
    return PopulationError(
        f"“{fact}”是明细：请另给一张明细表（relations）",
        f"{fact} is a list of records: give a table for it (relations)",
    )


def attach(
    connection: duckdb.DuckDBPyConnection,
    used: Mapping[str, Sequence[str]],
    tables: Mapping[str, RecordTable],
    catalogue: Catalogue,
    relation: Callable[[str | Path], str],
    types: Callable[[str, Sequence[str]], Mapping[str, str]],
) -> list[Attached]:
    """The lists of all relations in ``used`` (each with the facts needed of its records).

    ``relation`` gives the SQL of a source, ``types`` its columns. Raises ``PopulationError`` when no table is given for
    a relation, or it lacks a column.
    """
    made: list[Attached] = []
    for i, (fact, elements) in enumerate(used.items()):
        table = tables.get(fact)
        if table is None:
            raise lacking_table(fact)
        source = relation(table.source)
        columns = types(source, [table.owner, *elements])
        cleaned = {e: clean(catalogue[e], columns[e]) for e in elements}
        tests = [f"COALESCE({test}, FALSE)" for c in cleaned.values() for test in c.faults.values()] or ["FALSE"]
        fields = [f"{text_literal(e)}: {c.value}" for e, c in cleaned.items()] or ["'kc_record': 1"]
        name, owner = f"kc_records_{i}", quote(table.owner)
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT CAST({owner} AS VARCHAR) AS kc_owner,"
            f" LIST({{{', '.join(fields)}}}) AS kc_list, BOOL_OR({' OR '.join(tests)}) AS kc_bad, COUNT(*) AS kc_count"
            f" FROM {source} WHERE {owner} IS NOT NULL GROUP BY 1"
        )
        most = int(fact_type(catalogue[fact]).limit)
        made.append(Attached(fact, name, source, table.owner, most, cleaned))
    return made
