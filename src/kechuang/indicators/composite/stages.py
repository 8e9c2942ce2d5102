"""The stages before aggregation: denomination, imputation, outlier treatment, normalisation.

Rows are units (cities, countries), columns are indicators; missing values are NaN. Formulas follow the OECD/JRC
Handbook on Constructing Composite Indicators (2008) and, where it leaves a choice, COINr (W. Becker).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kechuang.indicators.composite.arrays import Floats, Ints

Imputation = Literal["none", "mean", "median", "group_mean", "group_median"]
Normalisation = Literal["minmax", "zscore", "rank", "borda", "max", "target", "goalposts"]


def denominate(data: Floats, denominators: Floats) -> Floats:
    """Divide each column by its denominator; a denominator of one leaves it, zero gives a missing value."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominators == 0, np.nan, data / denominators)


def screen(data: Floats, least: float) -> Ints:
    """The places of the units whose share of present values is at least ``least`` (0 to 1)."""
    return np.flatnonzero((~np.isnan(data)).mean(axis=1) >= least).astype(np.intp)


def impute(data: Floats, method: Imputation, groups: Sequence[str] | None = None) -> Floats:
    """Fill missing values by the mean or median of the column, or of the unit's group in the column.

    Where a whole group is missing, the value of the column stands in. Raises ValueError when groups are needed and
    not given.
    """
    if method == "none" or not np.isnan(data).any():
        return data
    centre = np.nanmean if method.endswith("mean") else np.nanmedian
    filled = data.copy()
    if method.startswith("group_"):
        if groups is None:
            raise ValueError("imputation by group needs the group of every unit")
        labels = np.asarray(groups)
        for label in np.unique(labels):
            rows = np.flatnonzero(labels == label)
            part = filled[rows]
            usable = ~np.isnan(part).all(axis=0)
            values = np.full(part.shape[1], np.nan)
            values[usable] = centre(part[:, usable], axis=0)
            filled[rows] = np.where(np.isnan(part), values, part)
    columns = np.isnan(filled).any(axis=0) & ~np.isnan(filled).all(axis=0)
    if columns.any():
        values = centre(data[:, columns], axis=0)
        part = filled[:, columns]
        filled[:, columns] = np.where(np.isnan(part), values, part)
    return filled


def skewness(data: Floats) -> Floats:
    """Bias-corrected skewness of each column (type 2 of Joanes and Gill, 1998)."""
    n = data.shape[0]
    if n < 3:
        return np.full(data.shape[1], np.nan)
    d = data - data.mean(axis=0)
    square = d * d
    m2 = square.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = (square * d).mean(axis=0) / m2**1.5 * (np.sqrt(n * (n - 1)) / (n - 2))
    return found


def kurtosis(data: Floats) -> Floats:
    """Bias-corrected excess kurtosis of each column (type 2 of Joanes and Gill, 1998)."""
    n = data.shape[0]
    d = data - data.mean(axis=0)
    square = d * d
    m2 = square.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = (square * square).mean(axis=0) / (m2 * m2) - 3
    if n < 4:
        return np.full(data.shape[1], np.nan)
    found: Floats = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6)
    return found


@dataclass(frozen=True)
class Treatment:
    """What was done to each column: number of points winsorised, and whether it was log-transformed instead."""

    data: Floats
    winsorised: Ints
    logged: Ints


def _outlying(data: Floats, skew_limit: float, kurtosis_limit: float) -> tuple[Floats, Floats]:
    skew = skewness(data)
    bad = (np.abs(skew) > skew_limit) & (kurtosis(data) > kurtosis_limit)
    return skew, bad.astype(np.float64)


def _winsorise_once(columns: Floats, upper: Floats) -> Floats:
    """Set all points at the extreme of each column to the next value inside (``upper`` above 0: the high end)."""
    sign = np.where(upper > 0, 1.0, -1.0)
    x = columns * sign
    at_edge = x == x.max(axis=0)
    inside = np.where(at_edge, -np.inf, x).max(axis=0)
    return np.where(at_edge & np.isfinite(inside), inside, x) * sign


def treat(data: Floats, *, most: int = 5, skew_limit: float = 2.0, kurtosis_limit: float = 3.5) -> Treatment:
    """Treat outliers as COINr does: winsorise up to ``most`` points on the skewed side, else take logarithms.

    A column is treated while |skewness| > ``skew_limit`` and kurtosis > ``kurtosis_limit``. When that does not help,
    ln(x - min + 0.01 (max - min)) of the original column is used. Missing values must have been imputed.
    """
    treated = data.copy()
    points = np.zeros(data.shape[1], dtype=np.intp)
    skew, bad = _outlying(treated, skew_limit, kurtosis_limit)
    active = np.flatnonzero(bad)
    for _ in range(most):
        if active.size == 0:
            break
        treated[:, active] = _winsorise_once(treated[:, active], skew[active])
        points[active] += 1
        part_skew, still = _outlying(treated[:, active], skew_limit, kurtosis_limit)
        skew[active] = part_skew
        active = active[still > 0]
    for column in active:
        x = data[:, column]
        low, high = x.min(), x.max()
        treated[:, column] = np.log(x - low + 0.01 * (high - low))
        points[column] = 0
    return Treatment(treated, points, active.astype(np.intp))


_PAIRWISE = 256
"""Up to so many units, ranks are counted by comparing all pairs at once; beyond, column by column."""


def _ranks(data: Floats) -> Floats:
    """Ascending ranks from 1, ties share their mean rank; missing stays missing."""
    n, columns = data.shape
    missing = np.isnan(data)
    if n <= _PAIRWISE:
        a, b = data[:, None, :], data[None, :, :]
        counted = (b < a).sum(axis=1) + ((b == a).sum(axis=1) + 1) / 2
        return np.where(missing, np.nan, counted)
    ranks = np.full((n, columns), np.nan)
    for j in range(columns):
        rows = np.flatnonzero(~missing[:, j])
        _, inverse, counts = np.unique(data[rows, j], return_inverse=True, return_counts=True)
        if rows.size:
            ranks[rows, j] = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return ranks


def normalise(
    data: Floats,
    directions: Floats,
    method: Normalisation = "minmax",
    *,
    low: float = 0.0,
    high: float = 100.0,
    goalposts: Floats | None = None,
) -> Floats:
    """Bring all columns to one scale, more always being better afterwards.

    ``minmax`` between the column's own extremes; ``goalposts`` (2 x columns: worst, best, in the indicator's own
    direction) for panels, values beyond them cut off; ``zscore`` with sample deviation; ``rank`` and ``borda``
    (number of units left behind); ``max`` share of the best; ``target`` distance from the minimum to the targets
    (first row of ``goalposts``), capped at one. A column without variation becomes the middle of the scale.
    """
    if method in ("goalposts", "target") and goalposts is None:
        raise ValueError(f"{method} needs goalposts")
    x = data * directions
    ends = np.zeros((2, x.shape[1])) if goalposts is None else goalposts * directions
    middle = (low + high) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        least, most = np.nanmin(x, axis=0), np.nanmax(x, axis=0)
        scaled: Floats
        match method:
            case "zscore":
                deviation = np.nanstd(x, axis=0, ddof=1)
                scaled = np.where(deviation > 0, (x - np.nanmean(x, axis=0)) / deviation, 0.0)
            case "rank":
                scaled = _ranks(x)
            case "borda":
                scaled = _ranks(x) - 1
            case "max":
                scaled = x / most
            case "target":
                scaled = np.minimum((x - least) / (ends[0] - least), 1.0)
            case "goalposts":
                scaled = low + np.clip((x - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0) * (high - low)
            case "minmax":
                span = most - least
                scaled = np.where(span > 0, low + (x - least) / span * (high - low), middle)
    return scaled
