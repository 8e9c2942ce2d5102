"""What the quality gate looks at, and what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from functools import cached_property

from kechuang.indicators.choice import Cell
from kechuang.indicators.definitions import Definition
from kechuang.indicators.observations import Observation
from kechuang.indicators.targets import Target
from kechuang.indicators.text import Text
from kechuang.indicators.units import parse_unit, shift

CellKey = tuple[str, str, int]


class Severity(IntEnum):
    """How much a finding weighs."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> Text:
        """The severity in words."""
        return {
            Severity.NOTE: Text("须知", "note"),
            Severity.WARNING: Text("存疑", "doubtful"),
            Severity.ERROR: Text("有误", "wrong"),
        }[self]


@dataclass(frozen=True)
class Finding:
    """One finding: which rule, how serious, which cells, and one sentence."""

    rule: str
    severity: Severity
    cells: tuple[CellKey, ...]
    text: Text


@dataclass(frozen=True)
class Ratio:
    """``ratio`` = ``numerator`` / ``denominator``; a denominator nobody publishes is left out and only implied."""

    ratio: str
    numerator: str
    denominator: str | None = None


@dataclass(frozen=True)
class Knowledge:
    """How indicators hang together: what rules need beyond single series.

    ``flows``: (flow, stock) of one thing. ``growths``: (growth rate in per cent, level). ``same``: pairs that measure
    one thing. ``mismatched``: shares whose numerator is no part of their denominator. ``printed``: denominators that
    are printed beside a ratio and repeat by nature.
    """

    ratios: tuple[Ratio, ...] = ()
    flows: tuple[tuple[str, str], ...] = ()
    growths: tuple[tuple[str, str], ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    mismatched: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()


STANDARD = Knowledge(
    ratios=(
        Ratio("gdp_per_capita", "gdp"),
        Ratio("rd_intensity", "rd_expenditure", "gdp"),
        Ratio("gdp_primary_share", "gdp_primary", "gdp"),
        Ratio("gdp_secondary_share", "gdp_secondary", "gdp"),
        Ratio("gdp_tertiary_share", "gdp_tertiary", "gdp"),
        Ratio("hitech_va_share_of_gdp", "hitech_va", "gdp"),
        Ratio("industrial_va_share_of_gdp", "industrial_va", "gdp"),
        Ratio("invention_patents_per_10k", "invention_patents_valid", "population_resident_used"),
    ),
    flows=(("hitech_firms_announced_in_year", "hitech_firms"),),
    growths=(("gdp_growth_real", "gdp"), ("hitech_va_growth", "hitech_va")),
    same=(("population_resident_used", "population_resident"),),
    mismatched=("hitech_va_share_of_industrial_va",),
    printed=("population_resident_used",),
)
"""Relations between the indicators that Chinese bulletins and yearbooks print; a caller may pass others."""


@dataclass(frozen=True)
class Material:
    """All figures under one look.

    ``home`` is the city whose targets are given, ``panel`` the regions that are compared (the city among them),
    ``whole`` the region that they make up.
    """

    definitions: Mapping[str, Definition]
    observations: tuple[Observation, ...]
    cells: Mapping[CellKey, Cell]
    today: dt.date
    home: str = ""
    panel: tuple[str, ...] = ()
    whole: str | None = None
    names: Mapping[str, Text] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    knowledge: Knowledge = STANDARD

    @cached_property
    def by_series(self) -> dict[tuple[str, str], dict[int, Cell]]:
        """Cells of each (indicator, region) by year, oldest first."""
        found: dict[tuple[str, str], dict[int, Cell]] = {}
        for (region, indicator, year), cell in sorted(self.cells.items(), key=lambda item: item[0]):
            found.setdefault((indicator, region), {})[year] = cell
        return found

    def series(self, indicator: str, region: str) -> dict[int, Cell]:
        """Cells of one series by year; empty when there are none."""
        return self.by_series.get((indicator, region), {})

    def regions(self, indicator: str) -> list[str]:
        """Regions that have any value of an indicator."""
        return [region for (i, region) in self.by_series if i == indicator]

    def name(self, region: str) -> Text:
        """The region's name or code."""
        return self.names.get(region, Text(region, region))

    def title(self, indicator: str) -> Text:
        """The indicator's name or id."""
        found = self.definitions.get(indicator)
        return found.name if found else Text(indicator, indicator)


def base(cell: Cell) -> Decimal:
    """The value in base units: yuan, persons, and a plain fraction for a percentage."""
    return shift(cell.value, parse_unit(cell.unit).power)


def is_level(definition: Definition) -> bool:
    """Whether the indicator is a quantity (not a percentage, a rate per something or an index)."""
    unit = parse_unit(definition.unit)
    return unit.base != "1" and not unit.per and "=" not in definition.unit
