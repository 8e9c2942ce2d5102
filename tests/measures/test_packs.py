"""Promises that hold for every measure of every pack, on random facts."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kechuang import citypack
from kechuang.citypack.compile import rules
from kechuang.measures import Catalogue, compile_measure, explain, parse_facts
from kechuang.measures.facts import bounds, fact_scale
from kechuang.measures.model import FactType
from kechuang.measures.receipt import replay

PACKS = sorted(p.parent for p in (Path(__file__).resolve().parents[2] / "cities").glob("*/measures.yaml"))


def value(fact: FactType, r: random.Random) -> Any:
    match fact.type:
        case "boolean":
            return r.random() < 0.5
        case "enum":
            return r.choice(fact.values).value
        case "date":
            return dt.date(2010, 1, 1) + dt.timedelta(days=r.randrange(9000))
        case "text":
            return "甲"
    low, high = bounds(fact)
    steps = int((high - low).scaleb(fact_scale(fact)))
    return low + Decimal(min(r.randrange(10 ** r.randrange(1, 13)), steps)).scaleb(-fact_scale(fact))


def read_back(name: str, need: Any, catalogue: Catalogue) -> Any:
    """The value asked for by a gap, as a page would send it."""
    first = need[0] if isinstance(need, list) else need
    sent = f"{Decimal(first) * 100:f}%" if catalogue[name].type == "rate" else first
    parsed, errors = parse_facts({name: sent}, catalogue)
    assert errors == []
    return parsed[name]


@pytest.mark.parametrize("folder", PACKS, ids=lambda p: p.name)
def test_the_nearest_change_is_enough_and_receipts_replay(folder: Path) -> None:
    compiled = rules(citypack.load(folder))
    r = random.Random(11)
    changed = 0
    for measure in compiled.measures.values():
        day = measure.effective_from + dt.timedelta(days=400)
        names = compile_measure(measure, compiled.catalogue).facts
        for _ in range(40):
            facts = {f: value(compiled.catalogue[f], r) for f in names if r.random() < 0.9}
            e = explain(measure, facts, day, compiled.catalogue)
            again = replay(e.to_dict()["receipt"], measure, compiled.catalogue)
            assert (again.same_result, again.differences) == (True, ())
            assert (e.status == "no") == bool(e.why_not)
            assert not (e.status == "no" and e.missing)
            assert (e.status == "unknown") == bool(e.missing) or e.status in ("delegated", "unstated")
            for condition in e.conditions:
                gaps = [g for g in condition.gap if g.fact is not None]
                if not gaps:
                    continue
                better = dict(facts)
                for gap in gaps:
                    assert gap.fact is not None
                    better[gap.fact] = read_back(gap.fact, gap.need, compiled.catalogue)
                after = explain(measure, better, day, compiled.catalogue)
                assert after.conditions[condition.n - 1].result != "no", (condition.test, facts, gaps)
                changed += 1
    assert changed > 50


def test_the_engine_starts_without_heavy_libraries() -> None:
    code = "import sys, kechuang.measures; print([m for m in ('duckdb', 'ibis', 'z3', 'django') if m in sys.modules])"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
