"""From normalised indicators to the top of the hierarchy, and ranks."""

from __future__ import annotations

from typing import Literal

import numpy as np

from kechuang.indicators.composite.arrays import Floats, Ints
from kechuang.indicators.composite.structure import Structure

Aggregation = Literal["arithmetic", "geometric", "harmonic"]


def combine(data: Floats, weights: Floats, parents: Ints, count: int, method: Aggregation) -> Floats:
    """One level up: the weighted mean of the columns of each parent; missing values leave the mean to the others.

    Geometric and harmonic means need values above zero. Raises ValueError otherwise.
    """
    if method != "arithmetic" and not np.nanmin(data) > 0:
        raise ValueError(f"the {method} mean needs values above zero: normalise from 1 to 100")
    member = np.zeros((data.shape[1], count))
    member[np.arange(data.shape[1]), parents] = weights
    present = (~np.isnan(data)).astype(np.float64)
    total = present @ member
    values = np.log(data) if method == "geometric" else 1.0 / data if method == "harmonic" else data
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Floats = np.nan_to_num(values, nan=0.0) @ member / total
    mean = np.where(total > 0, mean, np.nan)
    if method == "geometric":
        return np.asarray(np.exp(mean), dtype=np.float64)
    return 1.0 / mean if method == "harmonic" else mean


def aggregate(
    data: Floats,
    structure: Structure,
    method: Aggregation = "arithmetic",
    *,
    weights: tuple[Floats, ...] | None = None,
) -> list[Floats]:
    """Scores of all levels, from the indicators (unchanged) to the top (one column)."""
    scores = [data]
    for level, (given, parents) in enumerate(zip(weights or structure.weights, structure.parents, strict=True), 1):
        scores.append(combine(scores[-1], given, parents, len(structure.at(level + 1)), method))
    return scores


def rank(scores: Floats) -> Ints:
    """Competition ranks, 1 the highest; ties share the better rank, missing scores come last."""
    filled = np.where(np.isnan(scores), -np.inf, scores)
    better: Ints = (filled[None, :] > filled[:, None]).sum(axis=1).astype(np.intp)
    return better + 1


def copeland(data: Floats, weights: Floats) -> Floats:
    """Copeland scores: duels won less duels lost, a duel being decided by the weight of the columns won.

    Columns in which two units are equal give half their weight to each. Non-compensatory: see OECD/JRC Handbook.
    """
    share = weights / weights.sum()
    above = (data[:, None, :] > data[None, :, :]) @ share
    level = (data[:, None, :] == data[None, :, :]) @ share
    points = above + level / 2
    np.fill_diagonal(points, 0.5)
    scores: Floats = np.sign(np.round(points - 0.5, 12)).sum(axis=1).astype(np.float64)
    return scores
