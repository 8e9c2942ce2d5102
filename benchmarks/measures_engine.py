"""One run of one engine in a process of its own: ``python -m benchmarks.measures_engine ENGINE DATA``.

Prints one line of JSON: wall time from the start of the interpreter, peak memory, the sums in fen. ``--out DIR`` also
writes every amount. ``measures_compare.py`` runs these in turns.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path

BEGAN = time.perf_counter()


def kechuang(data: Path, out: Path | None, memory: str | None) -> dict[str, int]:
    """The population engine on both tables."""
    import duckdb

    from benchmarks.measures_rules import CATALOGUE, CONTRACT_MEASURES, DAY, FIRM_MEASURES
    from kechuang.measures.backends.population import bind

    con = duckdb.connect()
    con.execute("SET threads = 2")
    if memory:
        con.execute(f"SET memory_limit = '{memory}'")
    sums: dict[str, int] = {}
    for name, measures in (("firms", FIRM_MEASURES), ("contracts", CONTRACT_MEASURES)):
        bound = bind(measures, CATALOGUE, DAY, data / f"{name}.parquet", connection=con)
        if out is not None:
            bound.write(out / f"kechuang-{name}.parquet")
        sums |= {total.measure: int(total.amount * 100) for total in bound.totals()}
    return sums


def by_hand(data: Path, out: Path | None, memory: str | None) -> dict[str, int]:
    """SQL written by hand: no check of keys or of values, one aggregate per table."""
    import duckdb

    from benchmarks.measures_rules import CONTRACT_MEASURES, CONTRACTS_BY_HAND, FIRM_MEASURES, FIRMS_BY_HAND

    con = duckdb.connect()
    con.execute("SET threads = 2")
    if memory:
        con.execute(f"SET memory_limit = '{memory}'")
    sums: dict[str, int] = {}
    for name, measures, text in (
        ("firms", FIRM_MEASURES, FIRMS_BY_HAND), ("contracts", CONTRACT_MEASURES, CONTRACTS_BY_HAND),
    ):  # fmt: skip
        query = text.format(**{name: data / f"{name}.parquet"})
        if out is not None:
            con.execute(f"COPY ({query}) TO '{out / f'by-hand-{name}.parquet'}' (FORMAT PARQUET)")
        listed = ", ".join(f'SUM("{m.id}")' for m in measures)
        row = con.execute(f"SELECT {listed} FROM ({query})").fetchall()[0]
        sums |= {m.id: int(value) for m, value in zip(measures, row, strict=True)}
    return sums


def by_hand_checked(data: Path, _: Path | None, memory: str | None) -> dict[str, int]:
    """SQL written by hand that checks and counts what the engine checks and counts."""
    import duckdb

    from benchmarks.measures_rules import (
        CONTRACT_MEASURES,
        CONTRACTS_CHECKED,
        FIRM_MEASURES,
        FIRMS_CHECKED,
        KEYS_BY_HAND,
    )

    con = duckdb.connect()
    con.execute("SET threads = 2")
    if memory:
        con.execute(f"SET memory_limit = '{memory}'")
    sums: dict[str, int] = {}
    for name, measures, text in (
        ("firms", FIRM_MEASURES, FIRMS_CHECKED),
        ("contracts", CONTRACT_MEASURES, CONTRACTS_CHECKED),
    ):
        path = data / f"{name}.parquet"
        assert con.execute(KEYS_BY_HAND.format(path=path)).fetchall() == [(0,)]
        row = con.execute(text.format(path=path)).fetchall()[0]
        sums |= {m.id: int(value) for m, value in zip(measures, row[3::3], strict=True)}
    return sums


ENGINES = {"kechuang": kechuang, "by-hand": by_hand, "by-hand-checked": by_hand_checked}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=list(ENGINES))
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--memory", help="DuckDB's memory_limit, e.g. 600MB")
    args = parser.parse_args()
    sums = ENGINES[args.engine](args.data, args.out, args.memory)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu = time.process_time()
    print(json.dumps({"wall": time.perf_counter() - BEGAN, "cpu": cpu, "peak_mib": round(peak), "fen": sums}))
