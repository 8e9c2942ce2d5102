"""Relations in bulk: the joined table gives what explain gives, subject by subject."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kechuang.measures import Catalogue, ClauseRef, Condition, FactType, Measure, Parameter, Text, explain, parse_facts

population = pytest.importorskip("kechuang.measures.backends.population")

START, DAY = dt.date(2013, 4, 18), dt.date(2026, 11, 24)
ASK = Text("？", "?")
CATALOGUE = Catalogue(
    [
        FactType("合同额", "value", "money", ASK, maximum=Decimal(10**9)),
        FactType("已登记", "registered", "boolean", ASK),
        FactType("签订日", "signed", "date", ASK),
        FactType("已获", "received", "money", ASK),
        FactType("本年合同", "contracts", "relation", ASK, unit="份", elements=("合同额", "已登记", "签订日"), maximum=Decimal(4)),
    ]
)  # fmt: skip
RATE = Parameter("rate", ((START, Decimal("0.02")), (dt.date(2020, 1, 1), Decimal("0.0325"))))
CAP = Parameter("cap", ((START, Decimal(200000)),))
FORMULAS = {
    "per-contract": ("sum(本年合同, min(half_up(合同额 * rate), cap) if 已登记 else 0)", ()),
    "per-year": ("min(sum(本年合同, half_up(合同额 * rate)), max(cap - 已获, 0))", ("any(本年合同, 已登记)",)),
    "dated": ("sum(本年合同, half_up(合同额 * value_on(rate, 签订日)))", ("all(本年合同, 合同额 >= 50000)",)),
    "heads": ("count(本年合同, 已登记 and 合同额 >= 已获) * yuan(1000)", ("count(本年合同) >= 2",)),
    "literal": ("sum(本年合同, 50000000 if 已登记 else 30000000)", ("sum(本年合同, 合同额) >= 0",)),
}
MEASURES = [
    Measure(
        id=id_, title=Text(id_, id_), source=ClauseRef("1"), subject="enterprise", effective_from=START,
        parameters=(RATE, CAP), amount=amount, applies=tuple(Condition(t, Text(t, t)) for t in tests),
    )
    for id_, (amount, tests) in FORMULAS.items()
]  # fmt: skip


def write(path: Path, head: str, *lines: str) -> Path:
    path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    return path


def tables(folder: Path, subjects: list[str], records: list[str]) -> tuple[Path, dict[str, object]]:
    source = write(folder / "firms.csv", "id,已获", *subjects)
    path = write(folder / "contracts.csv", "firm,合同额,已登记,签订日", *records)
    return source, {"本年合同": population.RecordTable(path, "firm")}


def random_firms(count: int) -> tuple[dict[str, str], dict[str, list[dict[str, str]]]]:
    """What firms have received, and their contracts, as texts; amounts on and beside the lines of the rules."""
    r = random.Random(20)
    subjects: dict[str, str] = {}
    records: dict[str, list[dict[str, str]]] = {}
    for i in range(count):
        subjects[f"F{i}"] = r.choice(("", "0", "200000", "199999.99", "50000", f"{r.randrange(10**8)}.25"))
        records[f"F{i}"] = [
            {
                "合同额": r.choice(("", "50000", "49999.99", "10000000", "0.25", f"{r.randrange(10**9)}.75")),
                "已登记": r.choice(("是", "是", "否", "")),
                "签订日": r.choice(("2013-04-17", "2019-12-31", "2020-01-01", "2024-05-05", "")),
            }
            for _ in range(r.randrange(5))
        ]
    return subjects, records


def test_rows_equal_explain(tmp_path: Path) -> None:
    subjects, records = random_firms(400)
    lines = [f"{f},{','.join(c.values())}" for f, contracts in records.items() for c in contracts]
    random.Random(21).shuffle(lines)
    source, relations = tables(tmp_path, [f"{f},{value}" for f, value in subjects.items()], lines)
    bound = population.bind(MEASURES, CATALOGUE, DAY, source, relations=relations)
    got = {(k, m): (status, amount) for k, _, m, status, amount in bound.rows()}
    assert len(got) == 400 * len(MEASURES)
    seen = set()
    for firm, value in subjects.items():
        facts, errors = parse_facts({"已获": value, "本年合同": records[firm]}, CATALOGUE)
        assert errors == []
        for measure in MEASURES:
            e = explain(measure, facts, DAY, CATALOGUE)
            assert got[firm, measure.id] == (e.status, e.amount), (firm, measure.id, records[firm])
            seen.add((measure.id, e.status))
    assert len(seen) >= 11
    assert bound.counts() == {"total": 400, "computed": 400, "quarantined": 0}
    sums = {t.measure: t.amount for t in bound.totals()}
    assert sums["per-contract"] == sum(a for (_, m), (_, a) in got.items() if m == "per-contract" and a is not None)


def test_a_sum_that_leaves_unknown_records_out_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kechuang.measures.backends import bulk, compiled

    class Forgets(compiled.Lowering):
        def aggregate(self, node: Any) -> Any:
            return self.columns["本年合同"].map(lambda x: compiled.Lowering({**self.columns, "合同额": x["合同额"]}).lower(node.body)).sums()  # fmt: skip

    monkeypatch.setenv("KECHUANG_CACHE", "")
    source, relations = tables(tmp_path, ["A,0"], ["A,100,是,2020-01-01", "A,,是,2020-01-01"])
    measure = replace(MEASURES[0], id="plain", amount="sum(本年合同, half_up(合同额 * rate))")
    for lowering, expected in ((compiled.Lowering, ("unknown", None)), (Forgets, ("yes", Decimal("3.25")))):
        monkeypatch.setattr(compiled, "Lowering", lowering)
        monkeypatch.setattr(bulk, "_COMPILED", {})
        [row] = population.bind([measure], CATALOGUE, DAY, source, relations=relations).rows()
        assert row[3:] == expected


def test_bad_records_set_their_subject_aside(tmp_path: Path) -> None:
    source, relations = tables(
        tmp_path,
        ["A,0", "B,0", "C,0", "D,0"],
        ["A,100,是,2020-01-01", "B,-5,是,2020-01-01", "B,100,是,2020-01-01", ",1,是,2020-01-01", "X,1,是,2020-01-01"]
        + ["C,1,是,2020-01-01"] * 5,
    )
    bound = population.bind(MEASURES[:1], CATALOGUE, DAY, source, relations=relations)
    assert sorted((k, str(a)) for k, _, _, _, a in bound.rows()) == [("A", "3.25"), ("D", "0.00")]
    assert bound.counts() == {"total": 4, "computed": 2, "quarantined": 2}
    assert {(f.key, f.fact, f.value, f.reason) for f in bound.quarantine()} == {
        ("B", "本年合同.合同额", "-5", "below_minimum"),
        ("C", "本年合同", "5", "too_many_records"),
        ("X", "本年合同", None, "no_subject"),
        (None, "本年合同", None, "no_key"),
    }
    assert all(f.message.zh and f.message.en for f in bound.quarantine())


def test_scenarios(tmp_path: Path) -> None:
    source, relations = tables(tmp_path, ["A,0"], ["A,10000000,是,2020-01-01", "A,10000000,是,2019-01-01"])
    tried = [population.Scenario(str(cap), {"per-contract": {"cap": Decimal(cap)}}) for cap in (200_000, 300_000)]
    bound = population.bind(MEASURES[:1], CATALOGUE, DAY, source, relations=relations, scenarios=tried)
    assert [(t.scenario, t.amount) for t in bound.totals()] == [
        ("200000", Decimal(400000)),
        ("300000", Decimal(600000)),
    ]
    varied = [population.Scenario("x", {"dated": {"rate": Decimal("0.01")}})]
    with pytest.raises(population.PopulationError, match="rate is looked up on another day"):
        population.bind([MEASURES[2]], CATALOGUE, DAY, source, relations=relations, scenarios=varied)


def test_clear_refusals(tmp_path: Path) -> None:
    source, relations = tables(tmp_path, ["A,0"], ["A,1,是,2020-01-01"])
    with pytest.raises(population.PopulationError, match="本年合同 is a list of records: give a table"):
        population.bind(MEASURES, CATALOGUE, DAY, source)
    wrong = replace(relations["本年合同"], owner="company")  # type: ignore[type-var]
    with pytest.raises(population.PopulationError, match="columns are missing: company"):
        population.bind(MEASURES, CATALOGUE, DAY, source, relations={"本年合同": wrong})
