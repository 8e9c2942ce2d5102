"""Firms and contracts for benchmarks and tests (演示数据): ``python benchmarks/generator.py --rows 1000000 --out DIR``.

Generated, the same on every machine: each value comes from the MD5 of its row number. Like real firms they stand where
rules change: a third of the R&D intensities lie on a threshold or one fen beside it, a third of the contracts at a cap,
a third of all amounts on a tie of rounding.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

LEVELS = ("无", "市级", "省级", "国家级")
SELLERS = ("高校", "科研院所", "个人", "企业")


def _draw(salt: str, limit: int) -> str:
    """SQL: an integer from 0 to ``limit`` - 1 that depends on the row and the salt only."""
    return f"(md5_number_lower(id::VARCHAR || '{salt}') % {limit})::BIGINT"


def _yuan(fen: str) -> str:
    return f"CAST(({fen})::DECIMAL(18, 0) * 0.01 AS DECIMAL(18, 2))"


def _unless_unknown(value: str, salt: str) -> str:
    """SQL: the value, unknown in one row of fifty."""
    return f"CASE WHEN {_draw(salt, 50)} > 0 THEN {value} END"


def firms_sql(rows: int) -> str:
    """One row per firm; the fen stand beside it while they are computed."""
    # Revenue from 10,000 yuan to about 5 billion, in bands; the intensity asked for is 5, 4 or 3 %.
    base = f"""
        SELECT range AS id, CASE {_draw("b", 4)}
            WHEN 0 THEN 1000000 + {_draw("r", 4_000_000_000)} WHEN 1 THEN 4999999000 + {_draw("r", 2000)}
            WHEN 2 THEN 5000000000 + {_draw("r", 15_000_000_000)} ELSE 20000000000 + {_draw("r", 480_000_000_000)}
        END AS revenue FROM (SELECT range, range AS id FROM range({rows}))
    """
    share = "CASE WHEN revenue <= 5000000000 THEN 5 WHEN revenue <= 20000000000 THEN 4 ELSE 3 END"
    on_threshold = f"((revenue * {share} + 99) // 100) + {_draw('t', 3)} - 1"
    tie = f"(revenue // 4000) * 100 + 50 + {_draw('o', 2)}"
    research = f"CASE id % 3 WHEN 0 THEN {on_threshold} WHEN 1 THEN {tie} ELSE revenue * {_draw('i', 900)} // 10000 END"
    interest = f"CASE id % 4 WHEN 0 THEN 100000000 + {_draw('x', 200)} - 100 ELSE {_draw('x', 120_000_000)} END"
    return f"""
        SELECT id, [{", ".join(f"'{x}'" for x in LEVELS)}][1 + {_draw("l", 4)}] AS "机构级别",
            {_yuan("revenue")} AS "营业收入", {_unless_unknown(_yuan(research), "u")} AS "研发投入",
            {_yuan(interest)} AS "已付利息", {_unless_unknown(f"{_draw('s', 10)} < 8", "v")} AS "中小企业"
        FROM ({base})
    """


def contracts_sql(rows: int) -> str:
    """One row per contract."""
    value = f"""CASE id % 3 WHEN 0 THEN {_draw("c", 20_000_000)} * 50 + 25
        WHEN 1 THEN 1000000000 + {_draw("c", 200)} - 100 ELSE {_draw("c", 5_000_000_000)} END"""
    return f"""
        SELECT id, {_yuan(value)} AS "技术合同交易额",
            [{", ".join(f"'{x}'" for x in SELLERS)}][1 + {_draw("k", 4)}] AS "出让方类型",
            {_unless_unknown(f"{_draw('d', 10)} < 8", "w")} AS "已转化"
        FROM (SELECT range AS id FROM range({rows}))
    """


def generate(rows: int, out: Path) -> tuple[Path, Path]:
    """Writes ``firms.parquet`` and ``contracts.parquet``; keeps files that are there."""
    out.mkdir(parents=True, exist_ok=True)
    paths = out / "firms.parquet", out / "contracts.parquet"
    con = duckdb.connect()
    con.execute("SET threads = 2")
    for path, query in zip(paths, (firms_sql(rows), contracts_sql(rows)), strict=True):
        if not path.exists():
            con.execute(f"COPY ({query}) TO '{path}' (FORMAT PARQUET)")
    return paths


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    for written in generate(args.rows, args.out):
        print(written)
