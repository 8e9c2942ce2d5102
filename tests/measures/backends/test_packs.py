"""The measures of every city pack in the repository: each row and each written case through both interpreters."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kechuang import citypack
from kechuang.citypack.compile import rules
from kechuang.expressions import nodes as n
from kechuang.measures import compile_measure, explain, parse_facts
from kechuang.measures.facts import bounds, fact_scale
from kechuang.measures.model import FactType

duckdb = pytest.importorskip("duckdb")
population = pytest.importorskip("kechuang.measures.backends.population")

PACKS = sorted(p.parent for p in (Path(__file__).resolve().parents[3] / "cities").glob("*/measures.yaml"))
SQL_TYPES = {"money": "DECIMAL(18, 2)", "rate": "DECIMAL(18, 6)", "count": "DECIMAL(18, 2)", "boolean": "BOOLEAN",
             "date": "DATE"}  # fmt: skip


def value(fact: FactType, edges: list[Decimal], day: dt.date, r: random.Random) -> Any:
    """A random value, often on, just above or just below a number that some rule names."""
    if r.random() < 0.15:
        return None
    match fact.type:
        case "boolean":
            return r.random() < 0.6
        case "enum":
            return r.choice(fact.values).value
        case "date":
            return day - dt.timedelta(days=r.choice((0, 1, 364, 365, 366, 1095, 1096, 1461, 1826, 1827, 5000)))
        case "text":
            return r.choice(("甲", "乙"))
    low, high = bounds(fact)
    unit = Decimal(1).scaleb(-fact_scale(fact))
    near = r.choice(edges) + r.choice((-1, 0, 0, 1)) * unit if r.random() < 0.6 else low + unit * r.randrange(10**8)
    return min(max(near.quantize(unit), low), high)


def table(catalogue: Any, facts: list[str], rows: list[dict[str, Any]]) -> Any:
    con = duckdb.connect()
    columns = ", ".join(f'"{f}" {SQL_TYPES.get(catalogue[f].type, "VARCHAR")}' for f in facts)
    con.execute(f"CREATE TABLE subjects (id BIGINT, {columns})")
    marks = ", ".join("?" * (len(facts) + 1))
    con.executemany(
        f"INSERT INTO subjects VALUES ({marks})", [[i, *(row.get(f) for f in facts)] for i, row in enumerate(rows)]
    )
    return con


@pytest.mark.parametrize("folder", PACKS, ids=lambda p: p.name)
def test_rows_equal_explain(folder: Path) -> None:
    compiled = rules(citypack.load(folder))
    catalogue, measures = compiled.catalogue, list(compiled.measures.values())
    programs = [compile_measure(m, catalogue) for m in measures]
    trees = [f.tree for p in programs for f in (*(c.formula for c in p.conditions), p.amount) if f is not None]
    edges = [x.value for t in trees for x in n.walk(t) if isinstance(x, n.Literal) and isinstance(x.value, Decimal)]
    edges += [v for m in measures for p in m.parameters for _, v in p.values] + [Decimal(0)]
    facts = sorted({f for p in programs for f in p.facts})
    day = max(m.effective_from for m in measures)
    r = random.Random(6)
    rows = [{f: value(catalogue[f], edges, day, r) for f in facts} for _ in range(300)]
    bound = population.bind(measures, catalogue, day, "subjects", connection=table(catalogue, facts, rows))
    assert bound.counts() == {"total": 300, "computed": 300, "quarantined": 0}
    seen = set()
    for key, _, measure, status, amount in bound.rows():
        e = explain(compiled.measures[measure], rows[int(key)], day, catalogue)
        assert (status, amount) == (e.status, e.amount), (measure, rows[int(key)])
        seen.add(status)
    assert seen >= {"yes", "no", "unknown"}


@pytest.mark.parametrize("folder", PACKS, ids=lambda p: p.name)
def test_written_cases(folder: Path) -> None:
    pack = citypack.load(folder)
    compiled = rules(pack)
    count = 0
    for record in pack.measures:
        measure = compiled.measures[record.id]
        facts = list(compile_measure(measure, compiled.catalogue).facts)
        for day in sorted({case.on for case in record.cases}):
            cases = [case for case in record.cases if case.on == day]
            given = [parse_facts(case.facts, compiled.catalogue) for case in cases]
            assert all(errors == [] for _, errors in given)
            con = table(compiled.catalogue, facts, [known for known, _ in given])
            bound = population.bind([measure], compiled.catalogue, day, "subjects", connection=con)
            if bound.not_in_force:
                assert {case.expect.status for case in cases} == {"not_in_force"}
                continue
            got = {int(key): (status, amount) for key, _, _, status, amount in bound.rows()}
            for i, case in enumerate(cases):
                status, amount = got[i]
                assert status == case.expect.status, (record.id, case.title.zh)
                if status == "yes" and case.expect.amount is not None:
                    assert amount == case.expect.amount
                count += 1
    assert count
