"""科技进步贡献率 of the city: what is missing to compute it, and which growth of capital a target would imply."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kechuang.citypack import models as pack_models
from kechuang.indicators import Situation, Target, Text
from kechuang.indicators.growth import BAND, CannotCompute, average_of_rates, capital_growth_for
from kechuang.indicators.reasons import target_value
from kechuang.indicators.series import compound_growth, series
from kechuang.indicators.text import number

from . import loading

INDICATOR, OUTPUT, LABOUR = (
    "tech_progress_contribution",
    "gdp_growth_real",
    "employed_persons",
)
WINDOW = 5
"""Years of a window: shares are published for five-year windows (2007-2012, 2012-2017)."""


@dataclass(frozen=True)
class Needed:
    """At one elasticity: the growth of capital a year at which the target is just reached."""

    alpha: str
    capital: str


@dataclass(frozen=True)
class Inversion:
    """One target: the window, the growth rates at hand, what is missing, and what the target would imply."""

    target: Text
    window: Text
    rates: tuple[Text, ...]
    refusal: Text
    needed: tuple[Needed, ...]


def _rate(name: Text, rate: Decimal) -> Text:
    shown = f"{number(rate * 100, 2, signed=True)}%"
    return Text(f"{name.zh}年均 {shown}", f"{name.en} {shown} a year")


def inversions(pack: pack_models.Pack, situation: Situation) -> list[Inversion]:
    """One entry for each dated target on the contribution rate; empty where the pack lacks the two series."""
    tried = (inversion(loading.target(record), situation) for record in pack.targets if record.indicator == INDICATOR)
    return [found for found in tried if found is not None]


def inversion(target: Target, situation: Situation) -> Inversion | None:
    """Which growth of capital a dated target on the contribution rate implies; None where the two series are unknown."""
    if target.deadline is None or target.value is None or not {OUTPUT, LABOUR} <= set(situation.definitions):
        return None
    growth = {c.year: c.value / 100 for c in series(situation.cells, situation.region, OUTPUT)}
    workers = {c.year: c.value for c in series(situation.cells, situation.region, LABOUR)}
    last = target.deadline.year
    first = last - WINDOW
    output = average_of_rates(growth, first, last)
    labour = None
    if first in workers and last in workers:
        labour = compound_growth(workers[first], workers[last], last - first)
    missing, rates = [Text("投资或资本存量序列", "investment or capital stock series")], []
    for rate, definition in ((output, situation.definitions[OUTPUT]), (labour, situation.definitions[LABOUR])):
        if rate is None:
            missing.append(Text(f"{first}—{last} 年的{definition.name.zh}", f"{definition.name.en} {first}–{last}"))
        else:
            rates.append(_rate(definition.name, rate))
    needed: tuple[Needed, ...] = ()
    if output is not None and labour is not None:
        share = target.value / 100
        needed = tuple(
            Needed(str(a), f"{number(capital_growth_for(share, output, labour, a) * 100, 1)}%") for a in BAND
        )
    wanted = target_value(target, situation.definitions[INDICATOR])
    return Inversion(
        target=Text(f"{last} 年 {wanted.zh}", f"{wanted.en} by {last}"),
        window=Text(f"{first}—{last} 年", f"{first}–{last}"),
        rates=tuple(rates),
        refusal=CannotCompute(tuple(missing)).sentence(),
        needed=needed,
    )
