"""The worked cases of a pack through the other interpreters: DuckDB for whole tables and, where it is installed, Z3 for proofs.

``explain`` is the definition; what another interpreter says of a case must be the same to the fen. Loaded only when asked for.
"""
# ruff: noqa: S608 - names reach SQL only through quote(), values as parameters

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec
from typing import Any

from kechuang.citypack.compile import Rules, rules
from kechuang.citypack.locating import Locator
from kechuang.citypack.models import Pack
from kechuang.citypack.problems import Problem, Words
from kechuang.measures import Explanation, MeasureError, explain, parse_facts
from kechuang.measures.facts import fact_scale
from kechuang.measures.model import FactType

_MEND = Words(
    "这是程序的错，不是城市包的错：请报告这个算例", "this is a fault of the program, not of the pack: report this case"
)


@dataclass(frozen=True)
class Agreement:
    """How many cases each interpreter computed, and the cases in which one of them differs from ``explain``.

    ``unproved`` are cases that Z3 was not asked about (an unknown result, records of a list, days); ``z3`` None: not installed.
    """

    duckdb: int
    z3: int | None
    unproved: int
    problems: tuple[Problem, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {"duckdb": self.duckdb, "z3": self.z3, "unproved": self.unproved}

    def in_words(self) -> Words:
        """One sentence for people."""
        zh, en = f"算例又用 DuckDB 算了 {self.duckdb} 个", f"{self.duckdb} case(s) computed by DuckDB too"
        if self.z3 is None:
            zh += "；没有安装 Z3，没有用它核对（pip install -r requirements/prove.txt）"
            en += "; Z3 is not installed and was not asked (pip install -r requirements/prove.txt)"
        else:
            zh += f"，用 Z3 核对了 {self.z3} 个（{self.unproved} 个结果未知、用到明细或天数，不能用 Z3 核对）"
            en += f", {self.z3} confirmed by Z3 ({self.unproved} with an unknown result, records or days cannot be)"
        if self.problems:
            zh, en = f"{zh}；{len(self.problems)} 处不同。", f"{en}; {len(self.problems)} differ."
        else:
            zh, en = f"{zh}，结果都相同。", f"{en}; all the same."
        return Words(zh, en)


@dataclass(frozen=True)
class _Case:
    """A case with its place in the pack, its facts as read, and what ``explain`` says."""

    measure: int
    number: int
    id: str
    title: Words
    facts: Mapping[str, Any]
    told: Explanation

    @property
    def key(self) -> str:
        return f"{self.measure}.{self.number}"


def agreement(pack: Pack, locator: Locator) -> Agreement:
    """Compute every case that ``explain`` can compute with the other interpreters and compare."""
    compiled = rules(pack)
    by_day: dict[dt.date, list[_Case]] = defaultdict(list)
    for index, record in enumerate(pack.measures):
        for number, case in enumerate(record.cases):
            facts, errors = parse_facts(case.facts, compiled.catalogue)
            if errors:
                continue  # reported with the rules
            try:
                told = explain(compiled.measures[record.id], facts, case.on, compiled.catalogue)
            except MeasureError:
                continue
            title = Words(case.title.zh, case.title.en)
            by_day[case.on].append(_Case(index, number, record.id, title, facts, told))
    problems = list[Problem]()
    computed = 0
    for day, cases in by_day.items():
        found = _in_duckdb(compiled, day, cases)
        for one in cases:
            result = found.get(one.key, ("quarantined", None))
            computed += one.key in found
            if result != (one.told.status, one.told.amount):
                problems.append(_differs("DuckDB", one, _shown(*result), locator))
    every = [one for cases in by_day.values() for one in cases]
    if find_spec("z3") is None:
        return Agreement(computed, None, len(every), tuple(problems))
    answers = [_in_z3(compiled, one) for one in every]
    problems += [
        _differs("Z3", one, "?", locator) for one, answer in zip(every, answers, strict=True) if answer is False
    ]
    unproved = answers.count(None)
    return Agreement(computed, len(answers) - unproved, unproved, tuple(problems))


def _differs(engine: str, case: _Case, found: str, locator: Locator) -> Problem:
    expected = _shown(case.told.status, case.told.amount)
    what = Words(
        f"算例“{case.title.zh}”：逐步计算得 {expected}，{engine} 得 {found}",
        f'case "{case.title.en}": {expected} step by step, {found} by {engine}',
    )
    path = ("cases", case.number)
    return locator.problem("engine", "measures", case.measure, path, f"{case.id}.cases[{case.number}]", what, _MEND)


def _shown(status: str, amount: Decimal | None) -> str:
    return status if amount is None else f"{amount:.2f}"


def _in_duckdb(compiled: Rules, day: dt.date, cases: list[_Case]) -> dict[str, tuple[str, Decimal | None]]:
    """Status and amount of every case of one day, as a population of cases."""
    import duckdb

    from kechuang.measures.backends import population
    from kechuang.measures.backends.bulk import used_facts, used_records
    from kechuang.measures.backends.cleaning import quote

    programs = list({case.id: case.told.program for case in cases}.values())
    measures = [program.measure for program in programs]
    listed = used_records(programs)
    facts = sorted({name for p in programs for name in used_facts(p)} - listed.keys())
    con = duckdb.connect()
    types = [f"{quote(name)} {_sql_type(compiled.catalogue[name])}" for name in facts]
    con.execute(f"CREATE TABLE subjects ({', '.join(['id VARCHAR', *types])})")
    rows = [[case.key, *(case.facts.get(name) for name in facts)] for case in cases]
    con.executemany(f"INSERT INTO subjects VALUES ({_marks(len(facts) + 1)})", rows)
    tables = {}
    unknown = {case.key for case in cases for name in listed if case.facts.get(name) is None}
    for i, (name, elements) in enumerate(listed.items()):
        types = [f"{quote(e)} {_sql_type(compiled.catalogue[e])}" for e in elements]
        con.execute(f"CREATE TABLE records_{i} ({', '.join(['owner VARCHAR', *types])})")
        records = [[c.key, *(r.get(e) for e in elements)] for c in cases for r in c.facts.get(name) or ()]
        if records:
            con.executemany(f"INSERT INTO records_{i} VALUES ({_marks(len(elements) + 1)})", records)
        tables[name] = population.RecordTable(f"records_{i}", "owner")
    bound = population.bind(measures, compiled.catalogue, day, "subjects", relations=tables, connection=con)
    own = {case.key: case.id for case in cases}
    found = {key: (status, amount) for key, _, id_, status, amount in bound.rows() if own[key] == id_}
    for case in cases:
        # A table of records has no way to say that a list is unknown, and a measure out of force has no rows.
        if case.id in bound.not_in_force or (case.key in unknown and used_records([case.told.program])):
            found[case.key] = (case.told.status, case.told.amount)
    return found


def _sql_type(fact: FactType) -> str:
    kinds = {"boolean": "BOOLEAN", "date": "DATE", "text": "VARCHAR", "enum": "VARCHAR"}
    return kinds.get(fact.type, f"DECIMAL(18, {fact_scale(fact)})")


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _in_z3(compiled: Rules, case: _Case) -> bool | None:
    """Whether Z3 finds no other result; None when it cannot be asked."""
    from kechuang.measures.backends.prove import ProofError, confirms

    try:
        return confirms(case.told, compiled.catalogue, case.facts)
    except ProofError:
        return None
