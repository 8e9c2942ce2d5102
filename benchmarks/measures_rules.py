"""Six rules for benchmarks, the same as in ``openfisca_peer.py``. Their numbers are test values, not law."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from benchmarks.generator import LEVELS, SELLERS
from kechuang.measures import Catalogue, ClauseRef, Condition, EnumValue, FactType, Measure, Parameter, Text

START, DAY = dt.date(2013, 4, 18), dt.date(2026, 11, 24)
ASK = Text("？", "?")

CATALOGUE = Catalogue(
    [
        FactType("机构级别", "level of institution", "enum", ASK, values=tuple(EnumValue(x, x) for x in LEVELS)),
        FactType("营业收入", "revenue", "money", ASK),
        FactType("研发投入", "R&D expenditure", "money", ASK),
        FactType("已付利息", "interest paid", "money", ASK),
        FactType("中小企业", "small or medium-sized", "boolean", ASK),
        FactType("技术合同交易额", "contract value", "money", ASK),
        FactType("出让方类型", "kind of seller", "enum", ASK, values=tuple(EnumValue(x, x) for x in SELLERS)),
        FactType("已转化", "converted", "boolean", ASK),
    ]
)


def measure(id_: str, amount: str, parameters: dict[str, str], *tests: str) -> Measure:
    """A measure with values in force since the start."""
    return Measure(
        id=id_, title=Text(id_, id_), source=ClauseRef("1"), subject="enterprise", effective_from=START,
        parameters=tuple(Parameter(k, ((START, Decimal(v)),), Text(k, k)) for k, v in parameters.items()),
        applies=tuple(Condition(test, Text(test, test)) for test in tests), amount=amount,
    )  # fmt: skip


QUALIFIES = '出让方类型 in ("高校", "科研院所", "个人")'
INTENSITY = "研发投入 * 100 >= (营业收入 * small if 营业收入 <= 50000000 else 营业收入 * middle if 营业收入 <= 200000000 else 营业收入 * large)"

FIRM_MEASURES = [
    measure(
        "r1-award", 'city if 机构级别 == "市级" else province if 机构级别 == "省级" else nation',
        {"city": "50000", "province": "200000", "nation": "500000"}, '机构级别 != "无"',
    ),
    measure(
        "r4-intensity", "min(half_up(研发投入 * rate), cap)",
        {"rate": "0.05", "cap": "80000", "small": "5", "middle": "4", "large": "3"}, INTENSITY,
    ),
    measure("r5-deduction", "half_up(研发投入 * rate)", {"rate": "0.5"}, "研发投入 > 0"),
    measure("r6-interest", "min(half_up(已付利息 * rate), cap)", {"rate": "0.5", "cap": "500000"}, "中小企业"),
]  # fmt: skip
CONTRACT_MEASURES = [
    measure("r2-supplier", "min(half_up(技术合同交易额 * rate), cap)", {"rate": "0.01", "cap": "100000"}, QUALIFIES),
    measure(
        "r3-receiver",
        "min(half_up(技术合同交易额 * rate), cap)",
        {"rate": "0.02", "cap": "200000"},
        QUALIFIES,
        "已转化",
    ),
]

# The same rules by hand: what a careful analyst would write in SQL on int64 (fen), one line per rule.
FIRMS_BY_HAND = """
SELECT "id" AS key,
    CASE l WHEN '市级' THEN 5000000 WHEN '省级' THEN 20000000 WHEN '国家级' THEN 50000000 END AS "r1-award",
    CASE WHEN d * 100 >= v * CASE WHEN v <= 5000000000 THEN 5 WHEN v <= 20000000000 THEN 4 ELSE 3 END
         THEN LEAST((d * 5 + 50) // 100, 8000000) END AS "r4-intensity",
    CASE WHEN d > 0 THEN (d * 5 + 5) // 10 END AS "r5-deduction",
    CASE WHEN s THEN LEAST((i * 5 + 5) // 10, 50000000) END AS "r6-interest"
FROM (SELECT id, "机构级别" AS l, CAST("营业收入" * 100 AS BIGINT) AS v, CAST("研发投入" * 100 AS BIGINT) AS d,
             CAST("已付利息" * 100 AS BIGINT) AS i, "中小企业" AS s FROM read_parquet('{firms}'))
"""
CONTRACTS_BY_HAND = """
SELECT "id" AS key, CASE WHEN q THEN LEAST((v * 1 + 50) // 100, 10000000) END AS "r2-supplier",
    CASE WHEN q AND c THEN LEAST((v * 2 + 50) // 100, 20000000) END AS "r3-receiver"
FROM (SELECT id, CAST("技术合同交易额" * 100 AS BIGINT) AS v, "已转化" AS c,
             "出让方类型" IN ('高校', '科研院所', '个人') AS q FROM read_parquet('{contracts}'))
"""

# By hand with what the engine does besides: doubled keys, bounds and choices are checked, yes and no are counted apart
# from unknown.
KEYS_BY_HAND = "SELECT COUNT(*) FROM (SELECT id FROM read_parquet('{path}') GROUP BY id HAVING COUNT(*) > 1)"
_BOUNDS = "({0} IS NULL OR {0} BETWEEN 0 AND 9999999999999.99)"
FIRMS_CHECKED = f"""
SELECT COUNT(*), COUNT(*) FILTER (a1), COUNT(*) FILTER (NOT a1), SUM(x1) FILTER (a1),
    COUNT(*) FILTER (a4), COUNT(*) FILTER (NOT a4), SUM(x4) FILTER (a4),
    COUNT(*) FILTER (a5), COUNT(*) FILTER (NOT a5), SUM(x5) FILTER (a5),
    COUNT(*) FILTER (a6 AND x6 IS NOT NULL), COUNT(*) FILTER (NOT a6), SUM(x6) FILTER (a6)
FROM (SELECT l <> '无' AS a1, CASE l WHEN '市级' THEN 5000000 WHEN '省级' THEN 20000000 ELSE 50000000 END AS x1,
    d * 100 >= v * CASE WHEN v <= 5000000000 THEN 5 WHEN v <= 20000000000 THEN 4 ELSE 3 END AS a4,
    LEAST((d * 5 + 50) // 100, 8000000) AS x4, d > 0 AS a5, (d * 5 + 5) // 10 AS x5,
    s AS a6, LEAST((i * 5 + 5) // 10, 50000000) AS x6
FROM (SELECT "机构级别" AS l, CAST("营业收入" * 100 AS BIGINT) AS v, CAST("研发投入" * 100 AS BIGINT) AS d,
             CAST("已付利息" * 100 AS BIGINT) AS i, "中小企业" AS s FROM read_parquet('{{path}}')
      WHERE id IS NOT NULL AND ("机构级别" IS NULL OR "机构级别" IN ('无', '市级', '省级', '国家级'))
        AND {_BOUNDS.format('"营业收入"')} AND {_BOUNDS.format('"研发投入"')} AND {_BOUNDS.format('"已付利息"')}))
"""
CONTRACTS_CHECKED = f"""
SELECT COUNT(*), COUNT(*) FILTER (q AND v IS NOT NULL), COUNT(*) FILTER (NOT q), SUM(LEAST((v + 50) // 100, 10000000)) FILTER (q),
    COUNT(*) FILTER (q AND c AND v IS NOT NULL), COUNT(*) FILTER (NOT (q AND c)),
    SUM(LEAST((v * 2 + 50) // 100, 20000000)) FILTER (q AND c)
FROM (SELECT CAST("技术合同交易额" * 100 AS BIGINT) AS v, "已转化" AS c,
             "出让方类型" IN ('高校', '科研院所', '个人') AS q FROM read_parquet('{{path}}')
      WHERE id IS NOT NULL AND {_BOUNDS.format('"技术合同交易额"')}
        AND ("出让方类型" IS NULL OR "出让方类型" IN ('高校', '科研院所', '个人', '企业')))
"""
