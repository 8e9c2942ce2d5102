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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from pathlib import Path

import duckdb

from kechuang.expressions.evaluate import Fact, Known, Records, Unknown
from kechuang.measures.backends.cleaning import quote
from kechuang.measures.backends.population import Fault, Population, RecordTable, bind
from kechuang.measures.facts import TODAY, fact_scale
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import Program, compile_measure, parameters_on
from kechuang.web.laboratory.domain.shape import counts_grants, used_facts
from kechuang.web.laboratory.domain.subject import COLUMNS, Outcome, Subject

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
    ordered = [name for name, p in programs.items() if counts_grants(p, granted)]
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
    relations = load(con, "subjects", subjects, facts, catalogue)
    bound = bind(plain, catalogue, on, "subjects", relations=relations, connection=con)
    return read_outcomes(bound, subjects, on, catalogue, step=step), bound.quarantine() if bound.programs else []


def read_outcomes(
    bound: Population,
    subjects: Sequence[Subject],
    on: dt.date,
    catalogue: Catalogue,
    where: str = "",
    tried: Mapping[str, Decimal] | None = None,
    step: Callable[[], None] = lambda: None,
) -> dict[str, dict[str, Outcome]]:
    """What the bound rules give, by rule and key; ``where`` keeps one scenario of several, whose values are ``tried``."""
    found: dict[str, dict[str, Outcome]] = {p.measure.id: {} for p in bound.programs}
    if not bound.programs:
        return found
    columns = [quote(f"{p.measure.id}:applies") for p in bound.programs]
    columns += [quote(f"{p.measure.id}:amount") for p in bound.programs if p.amount]
    cursor = bound.connection.execute(f"SELECT key, {', '.join(columns)} FROM ({bound.sql}) {where}")
    with_amount = [p.measure.id for p in bound.programs if p.amount]
    while batch := cursor.fetchmany(CHUNK):
        step()
        for key, *values in batch:
            amounts = dict(zip(with_amount, values[len(bound.programs) :], strict=True))
            for program, applies in zip(bound.programs, values, strict=False):
                fen = amounts.get(program.measure.id)
                possible = None if fen is None else Decimal(int(fen)).scaleb(-2)
                found[program.measure.id][str(key)] = _outcome(applies, possible)
    for program in bound.programs:
        _open_lists(program, subjects, on, catalogue, tried or {}, found[program.measure.id])
    return found


def _open_lists(
    program: Program,
    subjects: Sequence[Subject],
    on: dt.date,
    catalogue: Catalogue,
    tried: Mapping[str, Decimal],
    found: dict[str, Outcome],
) -> None:
    """A list that is not known is not an empty one, as which the table of records would take it: done one by one."""
    lists = [f for f in used_facts(program) if catalogue[f].type == "relation"]
    parameters = parameters_on(program.measure, on)
    if not lists or parameters is None:
        return
    for subject in subjects:
        if subject.key in found and any(subject.facts.get(f) is None for f in lists):
            found[subject.key] = _single(program, {**subject.facts, **parameters, **tried, TODAY: on})


def _single(program: Program, known: Mapping[str, Fact | None]) -> Outcome:
    """What a rule gives one subject."""
    value = program.amount.run(known, None) if program.amount is not None else None
    amount = None if isinstance(value, Unknown) else value
    assert amount is None or isinstance(amount, Decimal)
    answers = [c.formula.run(known, None) for c in program.conditions]
    if any(answer is False for answer in answers):
        return _outcome(False, amount)
    return _outcome(None if any(isinstance(answer, Unknown) for answer in answers) else True, amount)


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
        known: dict[str, Fact | None] = {**subject.facts, **parameters, TODAY: on}
        known.update({name: sums.get(periods[period], ZERO) for name, period in granted.items()})
        outcome = _single(program, known)
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
) -> dict[str, RecordTable]:
    """Subjects as a table of texts with ``id``, ``year`` and one column per fact; an unknown fact is empty.

    Each relation becomes a table of its own with one row per record; they are returned by the fact that lists them. A
    rate is cut to the decimals of its fact, never rounded up: a firm below a line must not seem to stand on it.
    """
    lists = [name for name in facts if catalogue[name].type == "relation"]
    plain = [name for name in facts if name not in lists]
    rows = (
        [s.key, s.day.year if s.day else "", *(_cell(_one(s, name), name, catalogue) for name in plain)]
        for s in subjects
    )
    _text_table(con, table, ["id", "year", *plain], rows)
    found: dict[str, RecordTable] = {}
    for i, name in enumerate(lists):
        elements = catalogue[name].elements
        records = (
            [s.key, *(_cell(record.get(e), e, catalogue) for e in elements)]
            for s in subjects
            for record in _list(s, name)
        )
        _text_table(con, f"{table}_records_{i}", ["owner", *elements], records)
        found[name] = RecordTable(f"{table}_records_{i}", "owner")
    return found


def _text_table(
    con: duckdb.DuckDBPyConnection, table: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(head)
            writer.writerows(rows)
        con.execute(
            f"CREATE OR REPLACE TABLE {quote(table)} AS"
            " SELECT * FROM read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"')",
            [str(path)],
        )


def _one(subject: Subject, name: str) -> Known | None:
    """A fact that is one value."""
    value = subject.facts.get(name)
    return None if isinstance(value, tuple) else value


def _list(subject: Subject, name: str) -> Records:
    """The records of a relation; none where the list is not known."""
    value = subject.facts.get(name)
    return value if isinstance(value, tuple) else ()


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


def lab_table(con: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[object]]) -> None:
    """The table ``lab`` with one row per subject (see :data:`.subject.COLUMNS`)."""
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
