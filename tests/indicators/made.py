"""Small made-up cells for the tests of indicators."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from kechuang.indicators import Definition, Observation, Situation, Source, Target, Text, Trust, choose_all
from kechuang.indicators.remarks import flags_from_remark

RD = Definition(id="rd", name=Text("研发投入强度", "R&D intensity"), unit="%", unit_en="%", holder="stats")
OUT = Definition(id="out", name=Text("产值", "output"), unit="亿元", unit_en="100 million yuan")
HOLDERS = {"stats": Text("市统计局", "the statistics bureau")}
NAMES = {"100": Text("本市", "the city"), "200": Text("某省", "the province"), "300": Text("邻市", "a neighbour")}


def source(name: str = "公报", trust: Trust = Trust.OFFICIAL, released: dt.date | None = None) -> Source:
    """A source of that name."""
    return Source(name, name, None, trust, released)


def seen(
    year: int,
    value: str,
    *,
    region: str = "100",
    indicator: str = "rd",
    unit: str = "%",
    by: Source | None = None,
    note: str = "",
) -> Observation:
    """One observation, its remark read into flags."""
    return Observation(region, indicator, year, Decimal(value), unit, by or source(), note, flags_from_remark(note))


def situation(
    *observations: Observation, today: dt.date = dt.date(2026, 11, 24), definitions: tuple[Definition, ...] = (RD, OUT)
) -> Situation:
    """A city 100 with a neighbour 300 and a province 200."""
    cells = choose_all(observations, {d.id: d.unit for d in definitions})
    return Situation({d.id: d for d in definitions}, cells, "100", today, ("300",), ("200",), NAMES, HOLDERS)


def level(value: str = "2.5", year: int | None = 2020, operator: str = ">=", **more: object) -> Target:
    """A level target on the R&D indicator."""
    fields: dict[str, object] = {
        "id": "t",
        "kind": "level",
        "title": Text("目标", "target"),
        "indicator": "rd",
        "unit": "%",
        "value": Decimal(value),
        "operator": operator,
        "deadline": dt.date(year, 12, 31) if year else None,
    }
    return Target(**(fields | more))  # type: ignore[arg-type]
