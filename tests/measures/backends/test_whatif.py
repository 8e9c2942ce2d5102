"""The cost of a cap and of a reform, against sums made one by one."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from kechuang.measures import Catalogue, Measure, Parameter, explain

duckdb = pytest.importorskip("duckdb")
whatif = pytest.importorskip("kechuang.measures.backends.whatif")
population = pytest.importorskip("kechuang.measures.backends.population")

DAY = dt.date(2026, 11, 24)


@pytest.fixture
def contracts(tmp_path: Path) -> tuple[Path, list[dict[str, object]]]:
    r = random.Random(3)
    lines, facts = ["id,技术合同交易额,出让方类型,县"], []
    for i in range(300):
        amount = r.choice(("", f"{r.randrange(3 * 10**7)}.{r.randrange(100):02d}", "10000000.00", "5000000.00"))
        kind, county = r.choice(("高校", "企业", "个人", "")), r.choice("甲乙")
        lines.append(f"{i},{amount},{kind},{county}")
        facts.append({"技术合同交易额": Decimal(amount) if amount else None, "出让方类型": kind or None, "县": county})
    path = tmp_path / "contracts.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, facts


def changed(measure: Measure, **values: str) -> Measure:
    start = measure.effective_from
    parameters = tuple(
        Parameter(p.id, ((start, Decimal(values[p.id])),)) if p.id in values else p for p in measure.parameters
    )
    return replace(measure, parameters=parameters)


def amounts(measure: Measure, facts: list[dict[str, object]], catalogue: Catalogue) -> list[Decimal | None]:
    """Per subject: what is paid, nothing for no, None for unknown."""
    found: list[Decimal | None] = []
    for row in facts:
        e = explain(measure, row, DAY, catalogue)  # type: ignore[arg-type]
        found.append(Decimal("0.00") if e.status == "no" else e.amount)
    return found


def test_a_cost_curve_of_caps_and_rates(
    catalogue: Catalogue, supplier: Measure, contracts: tuple[Path, list[dict[str, object]]]
) -> None:
    path, facts = contracts
    caps = [Decimal(c) for c in ("0", "0.01", "50000", "100000", "99999.99", "10000000")]
    rates = {"a": "0.01", "b": "0.0125"}
    tried = [population.Scenario(name, {supplier.id: {"rate": Decimal(rate)}}) for name, rate in rates.items()]
    curve = whatif.cap_costs(supplier, catalogue, DAY, path, caps, scenarios=tried)
    assert [(c.scenario, c.cap) for c in curve] == [(s, c) for s in rates for c in sorted(caps)]
    for point in curve:
        one = changed(supplier, rate=rates[point.scenario], cap=str(point.cap))
        explained = [explain(one, row, DAY, catalogue) for row in facts]  # type: ignore[arg-type]
        granted = [e for e in explained if e.status == "yes"]
        assert point.amount == sum(e.amount for e in granted if e.amount is not None)
        # A cap of nothing gives nothing even to a contract of unknown value; the curve counts known values only.
        granted = [e for e in granted if "技术合同交易额" in e.inputs]
        assert point.granted == len(granted)
        assert point.capped == sum(any(s.kind == "cap" and s.bit for s in e.steps) for e in granted)


@pytest.mark.parametrize("by", [None, "县"])
def test_winners_and_losers(
    catalogue: Catalogue, supplier: Measure, contracts: tuple[Path, list[dict[str, object]]], by: str | None
) -> None:
    path, facts = contracts
    reform = changed(supplier, rate="0.02", cap="60000")
    result = whatif.compare(supplier, reform, catalogue, DAY, path, by=by)
    assert [c.group for c in result] == (["乙", "甲"] if by else [None])
    old, new = amounts(supplier, facts, catalogue), amounts(reform, facts, catalogue)
    for change in result:
        inside = [(a, b) for a, b, row in zip(old, new, facts, strict=True) if change.group in (None, row["县"])]
        known = [(a, b) for a, b in inside if a is not None and b is not None]
        assert change.gain == sum(b > a for a, b in known) > 0
        assert change.lose == sum(b < a for a, b in known) > 0
        assert change.same == sum(b == a for a, b in known)
        assert change.unknown == len(inside) - len(known) > 0
        assert (change.before, change.after) == (sum(a for a, _ in known), sum(b for _, b in known))


def test_faulty_questions(
    catalogue: Catalogue, supplier: Measure, institution: Measure, intensity: Measure,
    contracts: tuple[Path, list[dict[str, object]]],
) -> None:  # fmt: skip
    path, _ = contracts
    with pytest.raises(population.PopulationError, match="not of the form"):
        whatif.cap_costs(replace(supplier, amount="half_up(技术合同交易额 * rate)"), catalogue, DAY, path, [Decimal(1)])
    with pytest.raises(population.PopulationError, match="columns are missing: 县区"):
        whatif.compare(supplier, supplier, catalogue, DAY, path, by="县区")
    with pytest.raises(population.PopulationError, match="not in force"):
        whatif.compare(supplier, supplier, catalogue, dt.date(2000, 1, 1), path)
