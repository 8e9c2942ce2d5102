"""Speed and exactness of the measures engine: ``python benchmarks/measures.py --rows 1000000``.

Generates contracts that sit on the caps and roundings of the rules (演示数据, seeded), then measures

- ``explain`` with steps and sentences in both languages, per measure, CPU time, best of several rounds;
- the population engine against SQL written by hand on int64, in turns, and both results fen by fen;
- ``explain`` on a sample of the rows, which must agree with both;
- the cost under every combination of rate and cap, in one query.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import statistics
import sys
import time
import timeit
from decimal import Decimal

import duckdb

from kechuang.measures import (
    Catalogue,
    ClauseRef,
    Condition,
    EnumValue,
    FactType,
    Measure,
    Parameter,
    Text,
    explain,
)  # fmt: skip
from kechuang.measures.backends.population import Scenario, bind
from kechuang.measures.backends.whatif import cap_costs

START, DAY = dt.date(2013, 4, 18), dt.date(2026, 11, 24)
ASK = Text("？", "?")
SELLERS = ("高校", "科研院所", "个人", "企业")

CATALOGUE = Catalogue(
    [
        FactType("技术合同交易额", "contract value", "money", ASK),
        FactType("出让方类型", "kind of seller", "enum", ASK, values=tuple(EnumValue(s, s) for s in SELLERS)),
        FactType("已转化", "converted", "boolean", ASK),
    ]
)
QUALIFIES = Condition('出让方类型 in ("高校", "科研院所", "个人")', Text("出让方符合", "the seller qualifies"))


def measure(id_: str, rate: str, cap: str, *conditions: Condition) -> Measure:
    """A share of the contract value with a cap."""
    parameters = tuple(
        Parameter(name, ((START, Decimal(value)),), Text(name, name)) for name, value in (("rate", rate), ("cap", cap))
    )
    return Measure(
        id=id_, title=Text(id_, id_), source=ClauseRef("1"), subject="contract", effective_from=START,
        parameters=parameters, applies=conditions, amount="min(half_up(技术合同交易额 * rate), cap)",
    )  # fmt: skip


CONVERTED = Condition("已转化", Text("已转化", "converted"))
MEASURES = [
    measure("receiver", "0.02", "200000", QUALIFIES, CONVERTED),
    measure("supplier", "0.01", "100000", QUALIFIES),
]

BY_HAND = """
SELECT SUM(CASE WHEN q AND c THEN LEAST((v * 2 + 50) // 100, 20000000) END),
       SUM(CASE WHEN q THEN LEAST((v * 1 + 50) // 100, 10000000) END)
FROM (SELECT CAST("技术合同交易额" * 100 AS BIGINT) AS v, "出让方类型" IN ('高校', '科研院所', '个人') AS q,
             "已转化" AS c FROM contracts)
"""


def population(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Contracts: a third on ties of rounding, a third round the caps, a third spread; some facts unknown."""
    con.execute("SELECT SETSEED(0.4)")
    con.execute(
        f"""
        CREATE TABLE contracts AS SELECT id,
            CAST(CASE id % 3 WHEN 0 THEN (r * 1000000)::BIGINT * 0.5 + 0.25
                             WHEN 1 THEN 10000000 + ((r * 200)::BIGINT - 100) * 0.01
                             ELSE (r * 5000000000)::BIGINT * 0.01 END AS DECIMAL(18, 2)) AS "技术合同交易额",
            ['高校', '科研院所', '个人', '企业'][1 + (id * 7919 % 4)::INTEGER] AS "出让方类型",
            CASE WHEN s < 0.05 THEN NULL ELSE s < 0.8 END AS "已转化"
        FROM (SELECT range AS id, RANDOM() AS r, RANDOM() AS s FROM range({rows}))
        """
    )


def explain_speed() -> None:
    """Median over rounds of the CPU time of one explanation, in microseconds. No two contracts have the same value, and
    the cap applies to half of them."""
    values = [Decimal(10_000_000_00 + (-1) ** i * i * 7_654_321).scaleb(-2) for i in range(1, 131)]
    contracts = [{"技术合同交易额": v, "出让方类型": "高校", "已转化": True} for v in values]

    def all_of(subject: Measure) -> None:
        for facts in contracts:
            explain(subject, facts, DAY, CATALOGUE)

    for subject in MEASURES:
        run = timeit.Timer(lambda m=subject: all_of(m), timer=time.process_time)
        run.timeit(3)
        rounds = sorted(run.timeit(3) / 3 / len(contracts) * 1e6 for _ in range(21))
        print(f"explain {subject.id}: median {statistics.median(rounds):.1f} us, best {rounds[0]:.1f} us")


def main() -> int:
    """Runs everything; 1 when two results differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rates", type=int, default=20)
    parser.add_argument("--caps", type=int, default=50)
    parser.add_argument("--sample", type=int, default=5_000)
    args = parser.parse_args()
    explain_speed()
    con = duckdb.connect()
    con.execute("SET threads = 2")
    population(con, args.rows)
    started = time.perf_counter()
    bound = bind(MEASURES, CATALOGUE, DAY, "contracts", connection=con)
    print(f"bind (keys checked, compiled): {time.perf_counter() - started:.2f} s")
    engine, hand = [], []
    for _ in range(5):
        started = time.perf_counter()
        totals = bound.totals()
        engine.append(time.perf_counter() - started)
        started = time.perf_counter()
        by_hand = con.execute(BY_HAND).fetchall()[0]
        hand.append(time.perf_counter() - started)
    a, b = statistics.median(engine), statistics.median(hand)
    print(f"{args.rows:,} contracts, 2 measures: engine {a:.2f} s, by hand {b:.2f} s, ratio {a / b:.2f}")
    wrong = [t.amount for t in totals] != [Decimal(int(fen)).scaleb(-2) for fen in by_hand]
    for total in totals:
        print(
            f"  {total.measure}: yes {total.yes:,}, no {total.no:,}, unknown {total.unknown:,}, {total.amount:,} yuan"
        )
    con.execute(f"CREATE TABLE sample AS SELECT * FROM contracts USING SAMPLE {args.sample} ROWS")
    rows = {r[0]: r[1:] for r in con.execute("SELECT * FROM sample").fetchall()}
    got = {(k, m): (s, x) for k, _, m, s, x in bind(MEASURES, CATALOGUE, DAY, "sample", connection=con).rows()}
    names = ("技术合同交易额", "出让方类型", "已转化")
    different = 0
    for key, values in rows.items():
        for subject in MEASURES:
            e = explain(subject, dict(zip(names, values, strict=True)), DAY, CATALOGUE)
            different += got[key, subject.id] != (e.status, e.amount)
    print(f"explain against the engine on {len(rows):,} rows: {different} different")
    tried = [Scenario(str(i), {"receiver": {"rate": Decimal(10 + i).scaleb(-3)}}) for i in range(args.rates)]
    caps = [Decimal(100_000 + 1000 * i) for i in range(args.caps)]
    started = time.perf_counter()
    curve = cap_costs(MEASURES[0], CATALOGUE, DAY, "contracts", caps, scenarios=tried, connection=con)
    print(f"{len(curve)} caps and rates over {args.rows:,} contracts: {time.perf_counter() - started:.2f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    return int(wrong or bool(different))


if __name__ == "__main__":
    sys.exit(main())
