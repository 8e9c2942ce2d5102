"""Engines side by side: ``python -m benchmarks.measures_compare DATA --openfisca OTHER_VENV/bin/python``.

Each round runs the engines one after the other, each in a process of its own, so that a busy machine slows all of them;
what is reported is the median of each and the median of the ratios within a round. Then every amount of every engine is
compared with SQL written by hand on whole fen.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measures_rules import CONTRACT_MEASURES, FIRM_MEASURES

HERE = Path(__file__).parent
AGAIN = "kechuang, compiled before"


def run(command: list[str], cache: str = "") -> dict[str, Any]:
    """One run; its line of JSON. ``cache``: the folder in which compiled texts are kept, none if empty."""
    env = {**os.environ, "KECHUANG_CACHE": cache}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parent, env=env)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def commands(args: argparse.Namespace) -> dict[str, list[str]]:
    """How each engine is started."""
    own = [sys.executable, "-m", "benchmarks.measures_engine"]
    limit = ["--memory", args.memory] if args.memory else []
    made = {name: [*own, name, str(args.data), *limit] for name in ("by-hand", "by-hand-checked", "kechuang")}
    if args.openfisca:
        made["openfisca"] = [str(args.openfisca), str(HERE / "openfisca_peer.py"), str(args.data)]
    return made


def speed(args: argparse.Namespace) -> None:
    """Interleaved rounds."""
    engines = commands(args)
    engines[AGAIN] = engines["kechuang"]
    with tempfile.TemporaryDirectory() as cache:
        run(engines[AGAIN], cache)
        rounds = [
            {name: run(command, cache if name == AGAIN else "") for name, command in engines.items()}
            for _ in range(args.rounds)
        ]
    print("| engine | CPU s | wall s | peak MiB | CPU / by hand | wall / by hand |\n| - | - | - | - | - | - |")
    for name in engines:
        middle = {k: statistics.median(r[name][k] for r in rounds) for k in ("cpu", "wall", "peak_mib")}
        ratio = {k: statistics.median(r[name][k] / r["by-hand"][k] for r in rounds) for k in ("cpu", "wall")}
        print(
            f"| {name} | {middle['cpu']:.2f} | {middle['wall']:.2f} | {middle['peak_mib']:.0f} "
            f"| {ratio['cpu']:.2f} | {ratio['wall']:.2f} |"
        )
    if any(r["by-hand"]["fen"] != r[name]["fen"] for r in rounds for name in ("by-hand-checked", "kechuang", AGAIN)):
        sys.exit("the sums of kechuang and by hand differ")


def exactness(args: argparse.Namespace) -> None:
    """Rows that differ from the exact fen, by rule and engine."""
    with tempfile.TemporaryDirectory() as folder:
        for name, command in commands(args).items():
            if name != "by-hand-checked":
                run([*command, "--out", folder])
        con = duckdb.connect()
        con.execute("SET threads = 2")
        print(
            "\n| rule | engine | rows | rows wrong | largest error, yuan | sum of all errors, yuan |\n"
            + "| - " * 6
            + "|"
        )
        for table, measures in (("firms", FIRM_MEASURES), ("contracts", CONTRACT_MEASURES)):
            for measure in measures:
                for name in ("kechuang", "openfisca")[: 2 if args.openfisca else 1]:
                    if name == "kechuang":
                        other = (
                            f"SELECT key, COALESCE(amount, 0)::DECIMAL(18, 2) AS amount"
                            f" FROM '{folder}/kechuang-{table}.parquet' WHERE measure = '{measure.id}'"
                        )
                    else:
                        column = measure.id.replace("-", "_")
                        other = (
                            f"SELECT key, {column}::DECIMAL(18, 2) AS amount FROM '{folder}/openfisca-{table}.parquet'"
                        )
                    row = con.execute(
                        f"""SELECT COUNT(*), COUNT(*) FILTER (d IS DISTINCT FROM 0), MAX(ABS(d)), SUM(d) FROM (
                            SELECT o.amount - COALESCE(h."{measure.id}", 0) * 0.01::DECIMAL(3, 2) AS d
                            FROM '{folder}/by-hand-{table}.parquet' h LEFT JOIN ({other}) o USING (key))"""
                    ).fetchall()[0]
                    print(f"| {measure.id} | {name} | {row[0]:,} | {row[1]:,} | {row[2]:,.2f} | {row[3]:+,.2f} |")


def main() -> None:
    """Both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--openfisca", type=Path, help="the Python of an environment with openfisca-core and pyarrow")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", help="DuckDB's memory_limit, e.g. 600MB")
    parser.add_argument("--skip-exactness", action="store_true")
    args = parser.parse_args()
    speed(args)
    if not args.skip_exactness:
        exactness(args)


if __name__ == "__main__":
    main()
