"""What an indicator measures (口径), and where its series breaks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kechuang.indicators.text import Text

Nature = Literal["flow", "stock", "ratio", "rate", "unknown"]


@dataclass(frozen=True)
class Break:
    """From ``year`` on the series is not comparable with the years before.

    ``link_factor`` multiplies earlier values to make them comparable; without one no growth is computed across
    the break. ``region`` empty means everywhere.
    """

    year: int
    why: Text
    region: str = ""
    link_factor: Decimal | None = None


@dataclass(frozen=True)
class Related:
    """A near indicator whose value may be shown beside this one but never compared with it."""

    indicator: str
    why: Text


@dataclass(frozen=True)
class Definition:
    """One dated version of an indicator's definition.

    ``formula`` computes it from other indicators (``kechuang.indicators.formulas``); ``inherited`` are the breaks of
    these, which count wherever a computed value is compared.
    """

    id: str
    name: Text
    unit: str
    definition: Text | None = None
    unit_en: str = ""
    better: Literal["higher", "lower", "neither"] = "higher"
    decimals: int = 2
    nature: Nature = "unknown"
    holder: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    breaks: tuple[Break, ...] = ()
    related: tuple[Related, ...] = ()
    notes: tuple[Text, ...] = ()
    maximum: Decimal | None = None
    formula: str | None = None
    inherited: tuple[Break, ...] = ()

    def breaks_between(self, region: str, first: int, last: int, *, computed: bool = False) -> tuple[Break, ...]:
        """Breaks of ``region`` that separate the years ``first`` and ``last``; those of the parts if one is computed."""
        low, high = sorted((first, last))
        every = self.breaks + self.inherited if computed else self.breaks
        return tuple(b for b in every if low < b.year <= high and b.region in ("", region))


def definition_on(versions: list[Definition], day: dt.date) -> Definition | None:
    """The version in force on ``day`` (both ends inclusive); the one that began last wins."""
    valid = [
        v
        for v in versions
        if (v.valid_from is None or v.valid_from <= day) and (v.valid_to is None or day <= v.valid_to)
    ]
    return max(valid, key=lambda v: v.valid_from or dt.date.min, default=None)
