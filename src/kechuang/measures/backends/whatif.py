"""What a change would cost before it is issued: a cap's whole cost curve, and winners and losers of a reform.

A cap needs no new computation per value: for a cap c the cost is the sum of the amounts up to it plus c for each one
above, so one pass over the amounts without the cap gives the whole curve, exact to the fen.
"""
# ruff: noqa: S608 - names and texts reach SQL only through quote()

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import duckdb

from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import compile_tree
from kechuang.measures.apportion import from_fen, in_fen
from kechuang.measures.backends.cleaning import PopulationError, quote
from kechuang.measures.backends.population import RecordTable, Scenario, bind
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import Formula, Program


@dataclass(frozen=True, slots=True)
class CapCost:
    """The cost under one cap: how many it is computed for (the amount before the cap is known), for how many the cap
    takes something, the sum in yuan."""

    scenario: str
    cap: Decimal
    granted: int
    capped: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """A reform in one group of subjects: who gains, who loses, who keeps the same, and the sums in yuan.

    Subjects whose result is unknown before or after are counted apart and are in no sum.
    """

    group: str | None
    gain: int
    lose: int
    same: int
    unknown: int
    before: Decimal
    after: Decimal


def cap_costs(
    measure: Measure,
    catalogue: Catalogue,
    on: dt.date,
    source: str | Path,
    caps: Sequence[Decimal],
    *,
    parameter: str = "cap",
    key: str = "id",
    scenarios: Sequence[Scenario] = (),
    relations: Mapping[str, RecordTable] | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> list[CapCost]:
    """The cost of every cap in one scan, for every scenario of the other parameters.

    The amount must be ``min(…, parameter)``. Raises ``PopulationError`` otherwise.
    """
    bound = bind(
        [measure], catalogue, on, source, key=key, scenarios=scenarios, relations=relations, connection=connection
    )
    if bound.not_in_force:
        raise PopulationError(f"{measure.id} 在 {on} 不在有效期", f"{measure.id} is not in force on {on}")
    [program] = bound.programs
    open_ended = bound.with_programs([_uncapped(program, parameter)])
    amount, applies = quote(f"{measure.id}:amount"), quote(f"{measure.id}:applies")
    tried = sorted({in_fen(cap) for cap in caps})
    # Each amount falls between two caps; counts and sums of these gaps are all that the whole curve needs.
    query = f"""
        SELECT n, {_gap("x", tried, 0, len(tried))} AS gap, COUNT(*), SUM(x)
        FROM (SELECT n, {amount} AS x FROM ({open_ended.sql}) WHERE {applies} AND {amount} IS NOT NULL)
        GROUP BY n, gap
    """
    gaps: dict[int, dict[int, tuple[int, int]]] = {}
    for number, gap, count, total in open_ended.connection.execute(query).fetchall():
        gaps.setdefault(number, {})[gap] = (int(count), int(total))
    listed = open_ended.connection.execute("SELECT n, scenario FROM kc_parameters ORDER BY n").fetchall()
    curve: list[CapCost] = []
    for number, scenario in listed:
        inside = gaps.get(number, {})
        granted = sum(count for count, _ in inside.values())
        below_count = below_sum = 0
        for i, cap in enumerate(tried):
            count, total = inside.get(i, (0, 0))
            below_count, below_sum = below_count + count, below_sum + total
            above = granted - below_count
            curve.append(CapCost(scenario, from_fen(cap), granted, above, from_fen(below_sum + cap * above)))
    return curve


def _gap(column: str, caps: Sequence[int], low: int, high: int) -> str:
    """SQL for how many caps lie below the value: a binary search written as nested CASE."""
    if low == high:
        return str(low)
    middle = (low + high) // 2
    above, below = _gap(column, caps, middle + 1, high), _gap(column, caps, low, middle)
    return f"CASE WHEN {column} > {caps[middle]} THEN {above} ELSE {below} END"


def _uncapped(program: Program, parameter: str) -> Program:
    tree = program.amount.tree if program.amount is not None else None
    parts = tree.parts if isinstance(tree, n.Minimum) else ()
    rest = tuple(p for p in parts if not (isinstance(p, n.Name) and p.id == parameter))
    if tree is None or len(rest) != len(parts) - 1 or not rest:
        raise PopulationError(
            f"{program.measure.id} 的金额不是 min(…, {parameter}) 的形式",
            f"the amount of {program.measure.id} is not of the form min(…, {parameter})",
        )
    bare = rest[0] if len(rest) == 1 else n.Minimum(rest, at=tree.at, type=tree.type)
    assert program.amount is not None
    formula = Formula(f"{program.amount.text} without {parameter}", bare, compile_tree(bare), n.names(bare, "fact"))
    return replace(program, amount=formula, memo={}, days={})


def compare(
    before: Measure,
    after: Measure,
    catalogue: Catalogue,
    on: dt.date,
    source: str | Path,
    *,
    by: str | None = None,
    key: str = "id",
    relations: Mapping[str, RecordTable] | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> list[Change]:
    """Winners and losers when ``after`` takes the place of ``before``, in all or by a column of the table.

    Somebody who does not qualify gets nothing; that is a known result. Raises ``PopulationError`` when one of the two
    is not in force on the day or has no amount.
    """
    pair = [replace(before, id="before"), replace(after, id="after")]
    bound = bind(pair, catalogue, on, source, key=key, relations=relations, connection=connection)
    for measure, program in zip((before, after), bound.programs, strict=False):
        if program.amount is None:
            raise PopulationError(f"{measure.id} 没有可以计算的金额", f"{measure.id} has no amount to compute")
    if bound.not_in_force:
        which = before.id if "before" in bound.not_in_force else after.id
        raise PopulationError(f"{which} 在 {on} 不在有效期", f"{which} is not in force on {on}")

    def paid(which: str) -> str:
        return f'CASE WHEN "{which}:applies" THEN "{which}:amount" WHEN NOT "{which}:applies" THEN 0 END'

    grouping, join = "NULL", ""
    if by is not None:
        bound.need_column(by)
        grouping = f"CAST(s.{quote(by)} AS VARCHAR)"
        join = f"JOIN {bound.source} AS s ON s.{quote(key)} = r.key"
    rows = bound.connection.execute(
        f"""
        SELECT g, COUNT(*) FILTER (a > b), COUNT(*) FILTER (a < b), COUNT(*) FILTER (a = b),
               COUNT(*) FILTER (a IS NULL OR b IS NULL),
               COALESCE(SUM(b) FILTER (a IS NOT NULL), 0), COALESCE(SUM(a) FILTER (b IS NOT NULL), 0)
        FROM (SELECT {grouping} AS g, {paid("before")} AS b, {paid("after")} AS a FROM ({bound.sql}) AS r {join})
        GROUP BY g ORDER BY g NULLS LAST
        """
    ).fetchall()
    return [
        Change(group, gain, lose, same, unknown, from_fen(int(b)), from_fen(int(a)))
        for group, gain, lose, same, unknown, b, a in rows
    ]
