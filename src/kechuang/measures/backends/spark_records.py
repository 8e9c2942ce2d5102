"""Relations in Spark: the records of a relation grouped by their subject and joined to it, by the rules of ``records``.

A subject without records has an empty list. One bad record sets its subject aside; records without a subject are
named in the quarantine and change nothing.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote() and literal(), tests through clean()

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kechuang.measures.backends.cleaning import Cleaned
from kechuang.measures.backends.records import RecordTable, lacking_table
from kechuang.measures.backends.spark_cleaning import clean, literal, quote
from kechuang.measures.facts import fact_type
from kechuang.measures.model import Catalogue

_TYPES = {"money": "BIGINT", "rate": "BIGINT", "count": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}


@dataclass(frozen=True, slots=True)
class Grouped:
    """A relation made ready: the view ``table`` has one row per subject with the list, whether a record is bad, and how
    many; ``source`` is the view of the records, ``empty`` the list of a subject that has none."""

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
        return f"COALESCE({self.table}.kc_list, {self.empty}) AS {quote(self.fact)}"

    def join(self, key: str) -> str:
        """SQL that joins the lists to the subjects."""
        return f"LEFT JOIN {self.table} ON {self.table}.kc_owner = CAST({key} AS STRING)"

    @property
    def bad(self) -> str:
        """SQL test of a subject whose records cannot be used."""
        return f"COALESCE({self.table}.kc_bad OR {self.table}.kc_count > {self.most}, FALSE)"

    def faults(self, key: str) -> list[str]:
        """Queries of ``(key, fact, value, reason)`` for the quarantine."""
        owner, fact = quote(self.owner), literal(self.fact)
        subjects = f"SELECT CAST({key} AS STRING) AS s FROM kc_source WHERE {key} IS NOT NULL"
        found = [
            f"SELECT CAST(NULL AS STRING), {fact}, CAST(NULL AS STRING), 'no_key' FROM {self.source}"
            f" WHERE {owner} IS NULL",
            f"SELECT kc_owner, {fact}, CAST(kc_count AS STRING), 'too_many_records' FROM {self.table}"
            f" WHERE kc_count > {self.most}",
            f"SELECT kc_owner, {fact}, CAST(NULL AS STRING), 'no_subject' FROM {self.table}"
            f" LEFT ANTI JOIN ({subjects}) AS held ON held.s = kc_owner",
        ]
        for element, cleaned in self.cleaned.items():
            place = literal(f"{self.fact}.{element}")
            found += [
                f"SELECT CAST({owner} AS STRING), {place}, CAST({quote(element)} AS STRING), '{reason}'"
                f" FROM {self.source} WHERE {test}"
                for reason, test in cleaned.faults.items()
            ]
        return found


def group(
    session: Any,
    used: Mapping[str, Sequence[str]],
    tables: Mapping[str, RecordTable],
    catalogue: Catalogue,
    columns: Callable[[Any, str, Sequence[str]], Mapping[str, str]],
) -> list[Grouped]:
    """The views of all relations in ``used`` (each with the facts needed of its records); nothing is computed yet.

    ``columns`` reads an address as a view of the given name and gives its types. Raises ``PopulationError`` when no
    table is given for a relation, or it lacks a column.
    """
    made: list[Grouped] = []
    for i, (fact, elements) in enumerate(used.items()):
        table = tables.get(fact)
        if table is None:
            raise lacking_table(fact)
        source, name, owner = f"kc_record_source_{i}", f"kc_records_{i}", quote(table.owner)
        types = columns(table.source, source, [table.owner, *elements])
        cleaned = {e: clean(catalogue[e], types[e]) for e in elements}
        tests = [f"COALESCE({test}, FALSE)" for c in cleaned.values() for test in c.faults.values()] or ["FALSE"]
        cells = [f"{literal(e)}, {c.value}" for e, c in cleaned.items()] or ["'kc_record', 1"]
        kinds = [f"{quote(e)}: {_TYPES.get(catalogue[e].type, 'STRING')}" for e in cleaned] or ["kc_record: INT"]
        session.sql(
            f"SELECT CAST({owner} AS STRING) AS kc_owner, COLLECT_LIST(NAMED_STRUCT({', '.join(cells)})) AS kc_list,"
            f" BOOL_OR({' OR '.join(tests)}) AS kc_bad, COUNT(*) AS kc_count"
            f" FROM {source} WHERE {owner} IS NOT NULL GROUP BY 1"
        ).createOrReplaceTempView(name)
        empty = f"CAST(ARRAY() AS ARRAY<STRUCT<{', '.join(kinds)}>>)"
        most = int(fact_type(catalogue[fact]).limit)
        made.append(Grouped(fact, name, source, table.owner, most, empty, cleaned))
    return made
