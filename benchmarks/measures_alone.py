"""The compiled rules alone: ``python -m benchmarks.measures_alone DATA``.

Both sides read the same clean columns of 64-bit integers in DuckDB; neither checks anything. Ours counts yes and no besides
the sums; the other side is SQL by hand. They run in turns in one process, CPU time, median of the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import duckdb

from benchmarks.measures_rules import (
    CATALOGUE,
    CONTRACT_MEASURES,
    CONTRACTS_BY_HAND,
    DAY,
    FIRM_MEASURES,
    FIRMS_BY_HAND,
)
from kechuang.measures.backends.bulk import totals_sql
from kechuang.measures.backends.population import bind

TABLES = (
    ("firms", FIRM_MEASURES, FIRMS_BY_HAND, '"机构级别" AS l, "营业收入" AS v, "研发投入" AS d, "已付利息" AS i, "中小企业" AS s'),
    (
        "contracts", CONTRACT_MEASURES, CONTRACTS_BY_HAND,
        "\"技术合同交易额\" AS v, \"已转化\" AS c, \"出让方类型\" IN ('高校', '科研院所', '个人') AS q",
    ),
)  # fmt: skip


def main() -> None:
    """One line per table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    for name, measures, by_hand, columns in TABLES:
        con = duckdb.connect()
        con.execute("SET threads = 2")
        bound = bind(measures, CATALOGUE, DAY, args.data / f"{name}.parquet", connection=con)
        con = bound.connection
        con.execute("CREATE TEMP TABLE clean AS SELECT * FROM kc_facts")
        ours = totals_sql(bound.programs, bound.sql.replace('"kc_facts"', "clean"))
        rules = by_hand[: by_hand.rindex("FROM (SELECT id")]
        listed = ", ".join(f'SUM("{m.id}")' for m in measures)
        hand = f"SELECT {listed} FROM ({rules} FROM (SELECT key AS id, {columns} FROM clean))"
        spent: dict[str, list[float]] = {ours: [], hand: []}
        sums: dict[str, list[int]] = {}
        for _ in range(args.rounds):
            for query, times in spent.items():
                began = time.process_time()
                row = con.execute(query).fetchall()[0]
                times.append(time.process_time() - began)
                sums[query] = [int(x) for x in (row[4::3] if query == ours else row)]
        if sums[ours] != sums[hand]:
            raise SystemExit(f"{name}: the sums differ")
        a, b = (statistics.median(spent[query]) for query in (ours, hand))
        ratio = statistics.median(x / y for x, y in zip(spent[ours], spent[hand], strict=True))
        print(f"{name}: compiled {a:.3f} s CPU, by hand {b:.3f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
