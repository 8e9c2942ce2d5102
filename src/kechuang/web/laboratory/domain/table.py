"""Subjects and what each rule gives them, in one DuckDB table that every figure of the laboratory is read from.

A rule is computed by the population engine in one scan. A rule that asks what was granted before (a cap per firm and
year) is computed in order of date, each grant counted for the next: that is what such a reading means.
"""
# ruff: noqa: S608 - names reach SQL only through quote(), texts through parameters

from __future__ import annotations

import csv
import datetime as dt
import itertools
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from pathlib import Path

import duckdb

from kechuang.expressions.evaluate import Known, Unknown
from kechuang.measures.backends.cleaning import quote
from kechuang.measures.backends.population import Fault, bind
from kechuang.measures.facts import TODAY, fact_scale
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import Program, compile_measure, parameters_on
from kechuang.web.laboratory.domain.shape import used_facts
from kechuang.web.laboratory.domain.subject import Outcome, Subject

ZERO = Decimal("0.00")
CHUNK = 10_000  # rows between two notices of progress, at which a trial can be stopped
Tick = Callable[[int, int], None]


def outcomes(
    rules: Mapping[str, Measure],
    subjects: Sequence[Subject],
    catalogue: Catalogue,
    on: dt.date,
    granted: Mapping[str, str],
    tick: Tick = lambda done, total: None,
) -> tuple[dict[str, dict[str, Outcome]], list[Fault]]:
    """What every rule gives every subject, by rule and key, and the faults of rows that could not be used.

    ``granted`` says which facts count earlier grants: their name and ``year`` or ``ever``. A rule that is not in force
    on the day has no outcomes. Raises ``MeasureError`` for a faulty rule.
    """
    named = {name: replace(rule, id=name) for name, rule in rules.items()}
    programs = {name: compile_measure(rule, catalogue) for name, rule in named.items()}
    ordered = [name for name, p in programs.items() if any(f in granted for f in used_facts(p))]
    plain = [rule for name, rule in named.items() if name not in ordered]
    steps = (len(subjects) // CHUNK + 1) * (1 + len(ordered))
    counted = itertools.count(1)

    def step() -> None:
        tick(min(next(counted), steps), steps)

    found, faults = _scan(plain, programs, subjects, catalogue, on, step)
    bad = {fault.key for fault in faults}
    good = [s for s in subjects if s.key not in bad]
    for name in ordered:
        found[name] = _in_order(programs[name], good, on, granted, step)
    return {name: found[name] for name in rules if name in found}, faults


def _scan(
    plain: Sequence[Measure],
    programs: Mapping[str, Program],
    subjects: Sequence[Subject],
    catalogue: Catalogue,
    on: dt.date,
    step: Callable[[], None],
) -> tuple[dict[str, dict[str, Outcome]], list[Fault]]:
    facts = list(dict.fromkeys(f for rule in plain for f in used_facts(programs[rule.id])))
    con = duckdb.connect()
    load(con, "subjects", subjects, facts, catalogue)
    bound = bind(plain, catalogue, on, "subjects", connection=con)
    found: dict[str, dict[str, Outcome]] = {p.measure.id: {} for p in bound.programs}
    if not bound.programs:
        return found, []
    columns = [quote(f"{p.measure.id}:applies") for p in bound.programs]
    columns += [quote(f"{p.measure.id}:amount") for p in bound.programs if p.amount]
    cursor = bound.connection.execute(f"SELECT key, {', '.join(columns)} FROM ({bound.sql})")
    with_amount = [p.measure.id for p in bound.programs if p.amount]
    while batch := cursor.fetchmany(CHUNK):
        step()
        for key, *values in batch:
            amounts = dict(zip(with_amount, values[len(bound.programs) :], strict=True))
            for program, applies in zip(bound.programs, values, strict=False):
                fen = amounts.get(program.measure.id)
                possible = None if fen is None else Decimal(int(fen)).scaleb(-2)
                found[program.measure.id][str(key)] = _outcome(applies, possible)
    return found, bound.quarantine()


def _outcome(applies: bool | None, amount: Decimal | None) -> Outcome:
    if applies is False:
        return Outcome("no", None, amount)
    if applies is None or amount is None:
        return Outcome("unknown", None, amount)
    return Outcome("yes", amount, amount)


def _in_order(
    program: Program, subjects: Sequence[Subject], on: dt.date, granted: Mapping[str, str], step: Callable[[], None]
) -> dict[str, Outcome]:
    """Subject by subject in order of date, with what the rule itself has granted so far."""
    parameters = parameters_on(program.measure, on)
    ended = program.measure.effective_to is not None and on > program.measure.effective_to
    if parameters is None or ended or on < program.measure.effective_from or program.amount is None:
        return {}
    sums: dict[tuple[str, str], Decimal] = {}
    found: dict[str, Outcome] = {}
    ordered = sorted(subjects, key=lambda s: (s.organisation, s.day or dt.date.min, s.key))
    for i, subject in enumerate(ordered, 1):
        if i % CHUNK == 0:
            step()
        year = str(subject.day.year) if subject.day else ""
        periods = {"year": (subject.organisation, year), "ever": (subject.organisation, "ever")}
        known: dict[str, Known | None] = {**subject.facts, **parameters, TODAY: on}
        known.update({name: sums.get(periods[period], ZERO) for name, period in granted.items()})
        value = program.amount.run(known, None)
        amount = None if isinstance(value, Unknown) else value
        assert amount is None or isinstance(amount, Decimal)
        answers = [c.formula.run(known, None) for c in program.conditions]
        applies: bool | None = True
        if any(answer is False for answer in answers):
            applies = False
        elif any(isinstance(answer, Unknown) for answer in answers):
            applies = None
        outcome = _outcome(applies, amount)
        found[subject.key] = outcome
        if outcome.amount is not None:
            for key in periods.values():
                sums[key] = sums.get(key, ZERO) + outcome.amount
    return found


def load(
    con: duckdb.DuckDBPyConnection,
    table: str,
    subjects: Sequence[Subject],
    facts: Sequence[str],
    catalogue: Catalogue,
) -> None:
    """Subjects as a table of texts with ``id``, ``year`` and one column per fact; an unknown fact is empty.

    A rate is cut to the decimals of its fact, never rounded up: a firm below a line must not seem to stand on it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "subjects.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["id", "year", *facts])
            for s in subjects:
                cells = [_cell(s.facts.get(name), name, catalogue) for name in facts]
                writer.writerow([s.key, s.day.year if s.day else "", *cells])
        con.execute(
            f"CREATE OR REPLACE TABLE {quote(table)} AS"
            " SELECT * FROM read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"')",
            [str(path)],
        )


def _cell(value: Known | None, name: str, catalogue: Catalogue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        if catalogue[name].type == "rate":
            value = value.quantize(Decimal(1).scaleb(-fact_scale(catalogue[name])), ROUND_DOWN)
        return f"{value:f}"
    return str(value)


COLUMNS = (
    ("key", "VARCHAR"), ("organisation", "VARCHAR"), ("name", "VARCHAR"), ("county", "VARCHAR"), ("industry", "VARCHAR"),
    ("size", "VARCHAR"), ("day", "DATE"), ("year", "INTEGER"), ("month", "INTEGER"), ("scope", "BOOLEAN"),
    ("base", "DECIMAL(18,2)"), ("law_status", "VARCHAR"), ("law", "DECIMAL(18,2)"), ("law_if", "DECIMAL(18,2)"),
    ("draft_status", "VARCHAR"), ("draft", "DECIMAL(18,2)"), ("draft_if", "DECIMAL(18,2)"),
    ("draft_uncapped", "DECIMAL(18,2)"), ("draft_split", "DECIMAL(18,2)"),
)  # fmt: skip


def lab_table(con: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[object]]) -> None:
    """The table ``lab`` with one row per subject (see ``COLUMNS``)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lab.csv"
        write_csv(path, rows)
        read_csv(con, path)


def write_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    """Rows of ``lab`` as CSV."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([name for name, _ in COLUMNS])
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])


def read_csv(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The table ``lab`` from such a file."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS)
    con.execute(
        f"CREATE OR REPLACE TABLE lab AS SELECT * FROM read_csv(?, header = true, columns = {{{types}}}, nullstr = '')",
        [str(path)],
    )
