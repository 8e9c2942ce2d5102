"""Relations in bulk: a table of records beside the table of subjects, joined to it as a list per subject.

A subject without records has an empty list. One bad record sets its subject aside, since its sums would be wrong;
records without a subject are named in the quarantine and change nothing. The SQL is the same for every engine but for the few
words of its ``Dialect``.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote() and literal(), tests through clean()

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kechuang.measures.backends.cleaning import Cleaned, PopulationError, clean, quote, text_literal
from kechuang.measures.facts import fact_type
from kechuang.measures.model import Catalogue, FactType


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an engine writes otherwise: identifiers, texts and checked columns; ``listed`` gathers the records of a subject (each
    fact with its checked column), ``empty`` is the list of a subject that has none (given the facts of a record)."""

    quote: Callable[[str], str]
    literal: Callable[[str], str]
    clean: Callable[[FactType, str], Cleaned]
    listed: Callable[[Mapping[str, Cleaned]], str]
    empty: Callable[[Sequence[FactType]], str]


def _listed(cleaned: Mapping[str, Cleaned]) -> str:
    fields = [f"{text_literal(e)}: {c.value}" for e, c in cleaned.items()] or ["'kc_record': 1"]
    return f"LIST({{{', '.join(fields)}}})"


DUCKDB = Dialect(quote, text_literal, clean, _listed, lambda elements: "[]")


@dataclass(frozen=True, slots=True)
class RecordTable:
    """Where the records of a relation are: a Parquet or CSV file or the name of a table, with one column per fact of
    the records, and the column ``owner`` that holds the key of the subject."""

    source: str | Path
    owner: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A relation made ready: ``table`` has one row per subject with the list, whether a record is bad, and how many;
    ``source`` has the records, ``empty`` is the list of a subject that has none."""

    dialect: Dialect
    fact: str
    table: str
    source: str
    owner: str
    most: int
    empty: str
    cleaned: Mapping[str, Cleaned]

    @property
    def column(self) -> str:
        """The list in ``kc_facts``."""
        return f"COALESCE({self.table}.kc_list, {self.empty}) AS {self.dialect.quote(self.fact)}"

    def join(self, key: str) -> str:
        """SQL that joins the lists to the subjects."""
        return f"LEFT JOIN {self.table} ON {self.table}.kc_owner = CAST({key} AS STRING)"

    @property
    def bad(self) -> str:
        """SQL test of a subject whose records cannot be used."""
        return f"COALESCE({self.table}.kc_bad OR {self.table}.kc_count > {self.most}, FALSE)"

    def faults(self, subjects: str, key: str) -> list[str]:
        """Queries of ``(key, fact, value, reason)`` for the quarantine."""
        quote, literal = self.dialect.quote, self.dialect.literal
        owner, fact = quote(self.owner), literal(self.fact)
        nothing = "CAST(NULL AS STRING)"
        held = f"SELECT CAST({key} AS STRING) AS kc_held FROM {subjects} WHERE {key} IS NOT NULL"
        found = [
            f"SELECT {nothing}, {fact}, {nothing}, 'no_key' FROM {self.source} WHERE {owner} IS NULL",
            f"SELECT kc_owner, {fact}, CAST(kc_count AS STRING), 'too_many_records' FROM {self.table}"
            f" WHERE kc_count > {self.most}",
            f"SELECT kc_owner, {fact}, {nothing}, 'no_subject' FROM {self.table}"
            f" ANTI JOIN ({held}) AS held ON kc_held = kc_owner",
        ]
        for element, cleaned in self.cleaned.items():
            place = literal(f"{self.fact}.{element}")
            found += [
                f"SELECT CAST({owner} AS STRING), {place}, CAST({quote(element)} AS STRING), '{reason}'"
                f" FROM {self.source} WHERE {test}"
                for reason, test in cleaned.faults.items()
            ]
        return found


def attach(
    used: Mapping[str, Sequence[str]],
    tables: Mapping[str, RecordTable],
    catalogue: Catalogue,
    read: Callable[[int, str | Path, Sequence[str]], tuple[str, Mapping[str, str]]],
    keep: Callable[[str, str], object],
    dialect: Dialect = DUCKDB,
) -> list[Attached]:
    """The lists of all relations in ``used`` (each with the facts needed of its records).

    ``read`` gives the SQL of the n-th source and the types of its columns, of which some are needed; ``keep`` makes a query a table
    or view of the given name. Raises ``PopulationError`` when no table is given for a relation, or it lacks a column.
    """
    made: list[Attached] = []
    for i, (fact, elements) in enumerate(used.items()):
        table = tables.get(fact)
        if table is None:
            raise PopulationError(
                f"“{fact}”是明细：请另给一张明细表（relations）",
                f"{fact} is a list of records: give a table for it (relations)",
            )
        source, types = read(i, table.source, [table.owner, *elements])
        cleaned = {e: dialect.clean(catalogue[e], types[e]) for e in elements}
        tests = [f"COALESCE({test}, FALSE)" for c in cleaned.values() for test in c.faults.values()] or ["FALSE"]
        name, owner = f"kc_records_{i}", dialect.quote(table.owner)
        keep(
            name,
            f"SELECT CAST({owner} AS STRING) AS kc_owner, {dialect.listed(cleaned)} AS kc_list,"
            f" BOOL_OR({' OR '.join(tests)}) AS kc_bad, COUNT(*) AS kc_count"
            f" FROM {source} WHERE {owner} IS NOT NULL GROUP BY 1",
        )
        most, empty = int(fact_type(catalogue[fact]).limit), dialect.empty([catalogue[e] for e in elements])
        made.append(Attached(dialect, fact, name, source, table.owner, most, empty, cleaned))
    return made
