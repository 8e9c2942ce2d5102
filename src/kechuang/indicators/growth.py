"""Growth accounting: the contribution of technical progress to growth (科技进步贡献率), and what it would take.

The growth-rate equation recommended by 国家计委 and 国家统计局: with average yearly growth rates of output y, capital
k and labour l by the horizontal method (水平法), the residual is a = y - alpha k - beta l, and the contributions are
a/y, alpha k/y and beta l/y. The elasticity alpha decides the result, so it is always given by the caller, always
printed, and always accompanied by a band; shares are never clipped and elasticities never renormalised.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from kechuang.indicators.series import compound_growth
from kechuang.indicators.text import Text, number

BAND = (Decimal("0.25"), Decimal("0.35"), Decimal("0.45"))
"""Elasticities of capital that published studies use; 0.35 is the value usually quoted."""
NEAR_ZERO = Decimal("0.005")
"""Below half a per cent of growth a share of growth says nothing."""


@dataclass(frozen=True)
class Share:
    """Contributions at one elasticity, as fractions of growth; None where growth is too near zero to be shared out."""

    alpha: Decimal
    beta: Decimal
    residual: Decimal
    technology: Decimal | None
    capital: Decimal | None
    labour: Decimal | None


@dataclass(frozen=True)
class Contribution:
    """The result with everything that decided it: window, growth rates, elasticities, and the band over alpha."""

    first: int
    last: int
    output: Decimal
    capital: Decimal
    labour: Decimal
    main: Share
    band: tuple[Share, ...]

    def method(self) -> Text:
        """The method box: what was done, with which numbers."""
        y, k, n = (f"{number(g * 100, 2)}%" for g in (self.output, self.capital, self.labour))
        a, b = self.main.alpha, self.main.beta
        return Text(
            f"{self.first}—{self.last} 年，水平法：产出年均增长 {y}，资本 {k}，劳动 {n}；α={a}，β={b}。"
            "先用未取整的数算，最后取整一次",
            f"{self.first}–{self.last}, horizontal method: output grew by {y} a year, capital by {k}, labour by {n}; "
            f"alpha {a}, beta {b}. Computed from unrounded numbers, rounded once",
        )


@dataclass(frozen=True)
class CannotCompute:
    """Which series are missing; no number is made up for them. The yearly growth of output and labour where known."""

    missing: tuple[Text, ...]
    output: Decimal | None = None
    labour: Decimal | None = None

    def sentence(self) -> Text:
        """The refusal in one sentence."""
        zh, en = "、".join(m.zh for m in self.missing), ", ".join(m.en for m in self.missing)
        return Text(f"不能计算：没有{zh}", f"cannot be computed: no {en}")


def share_at(output: Decimal, capital: Decimal, labour: Decimal, alpha: Decimal, beta: Decimal | None = None) -> Share:
    """Contributions at one elasticity; growth rates as fractions (0.1144). ``beta`` is 1 - alpha when left out."""
    weight = 1 - alpha if beta is None else beta
    residual = output - alpha * capital - weight * labour
    if abs(output) < NEAR_ZERO:
        return Share(alpha, weight, residual, None, None, None)
    return Share(alpha, weight, residual, residual / output, alpha * capital / output, weight * labour / output)


_NAMES = (
    Text("产出（可比价）序列", "output series at constant prices"),
    Text("资本存量或投资序列", "capital stock or investment series"),
    Text("从业人员序列", "series of employed persons"),
)


def contribution(
    output: Mapping[int, Decimal],
    capital: Mapping[int, Decimal],
    labour: Mapping[int, Decimal],
    first: int,
    last: int,
    *,
    alpha: Decimal,
    beta: Decimal | None = None,
    band: Sequence[Decimal] = BAND,
) -> Contribution | CannotCompute:
    """Contribution of technical progress between two years, from levels at constant prices.

    Only the two end years enter (horizontal method). Missing series are named, never estimated. The band uses
    beta = 1 - alpha unless a ``beta`` is given, which then holds for the whole band.
    """
    rates = []
    missing = []
    for levels, name in zip((output, capital, labour), _NAMES, strict=True):
        if first in levels and last in levels:
            rates.append(compound_growth(levels[first], levels[last], last - first))
        else:
            rates.append(None)
        if rates[-1] is None:
            missing.append(name)
    y, k, n = rates
    if y is None or k is None or n is None:
        return CannotCompute(tuple(missing), y, n)
    return Contribution(
        first, last, y, k, n, share_at(y, k, n, alpha, beta), tuple(share_at(y, k, n, a, beta) for a in band)
    )


def capital_growth_for(
    share: Decimal, output: Decimal, labour: Decimal, alpha: Decimal, beta: Decimal | None = None
) -> Decimal:
    """The inversion: the yearly growth of capital at which technology contributes exactly ``share`` of growth.

    Slower growth of capital gives a higher contribution, so this is an upper bound for reaching the share.
    """
    if alpha == 0:
        raise ValueError("with alpha zero the contribution does not depend on capital")
    weight = 1 - alpha if beta is None else beta
    return ((1 - share) * output - weight * labour) / alpha


def average_of_rates(rates: Mapping[int, Decimal], first: int, last: int) -> Decimal | None:
    """Average yearly growth from the rates (fractions) of the years after ``first`` up to ``last``; None with a gap."""
    years = range(first + 1, last + 1)
    if not years or any(y not in rates for y in years):
        return None
    level = Decimal(1)
    for year in years:
        level *= 1 + rates[year]
    return compound_growth(Decimal(1), level, last - first)


def perpetual_inventory(
    investment: Mapping[int, Decimal],
    depreciation: Decimal,
    *,
    base: Decimal | None = None,
    growth: Decimal | None = None,
) -> dict[int, Decimal]:
    """Capital stock at year ends by perpetual inventory, K_t = I_t + (1 - d) K_{t-1}; investment at constant prices.

    The stock at the end of the first year is ``base``, or else I_0 / (g + d) with the stated ``growth`` g of
    investment. Years must follow each other without a gap. Raises ValueError otherwise.
    """
    years = sorted(investment)
    if not years or years[-1] - years[0] != len(years) - 1:
        raise ValueError("investment needs consecutive years")
    if base is None:
        if growth is None or growth + depreciation <= 0:
            raise ValueError("give the base stock, or a growth of investment above minus the depreciation")
        base = investment[years[0]] / (growth + depreciation)
    stock = {years[0]: base}
    for year in years[1:]:
        stock[year] = investment[year] + (1 - depreciation) * stock[year - 1]
    return stock


def tornqvist_tfp(
    output: Mapping[int, float],
    capital: Mapping[int, float],
    labour: Mapping[int, float],
    labour_share: Mapping[int, float],
    base_year: int,
) -> dict[int, float]:
    """Index of total factor productivity, 1 in ``base_year``, with two-year mean factor shares (Törnqvist).

    d ln A = d ln Y - (1 - s) d ln K - s d ln L, s the mean of the labour shares of the two years: Penn World Table
    10, "Capital, labor and TFP in PWT". Raises ValueError when years are missing or the base year is not among them.
    """
    years = sorted(output)
    if base_year not in output or any(set(years) != set(s) for s in (capital, labour, labour_share)):
        raise ValueError("all series need the same years, the base year among them")
    level, logs = 0.0, {years[0]: 0.0}
    for before, year in pairwise(years):
        s = (labour_share[before] + labour_share[year]) / 2
        level += (
            math.log(output[year] / output[before])
            - (1 - s) * math.log(capital[year] / capital[before])
            - s * math.log(labour[year] / labour[before])
        )
        logs[year] = level
    return {year: math.exp(value - logs[base_year]) for year, value in logs.items()}
