"""How far the ranking depends on choices: rank intervals, and which choice moves it most (variance-based).

Every replicate redoes imputation, treatment, normalisation and aggregation. First-order and total indices are those
of Saltelli et al. (2010) with Jansen's estimators, for the mean absolute shift of ranks against the base index.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kechuang.indicators.composite.arrays import Floats, Ints
from kechuang.indicators.composite.build import Data, Index, Method, build
from kechuang.indicators.composite.structure import Structure

WEIGHT_NOISE = "weights"


@dataclass(frozen=True)
class Factors:
    """What is varied: options of the fields of ``Method`` by name, and the size of the noise on weights (0.25)."""

    options: Mapping[str, Sequence[Any]]
    weight_noise: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """The factors in order; noise on weights is one factor."""
        return (*self.options, *((WEIGHT_NOISE,) if self.weight_noise else ()))


@dataclass(frozen=True)
class Intervals:
    """Ranks over all replicates: the base rank, the median, and the ends of the central interval of each unit."""

    units: tuple[str, ...]
    base: Ints
    median: Floats
    low: Floats
    high: Floats
    ranks: Ints


@dataclass(frozen=True)
class Sensitivity:
    """First-order and total sensitivity of the mean absolute rank shift to each factor."""

    names: tuple[str, ...]
    first: Floats
    total: Floats
    evaluations: int


def _method(base: Method, factors: Factors, point: Floats, structure: Structure) -> Method:
    """The method at a point of the unit cube; the noise on weights comes from the point itself, so that it repeats."""
    changes: dict[str, Any] = {}
    for value, (name, options) in zip(point, factors.options.items(), strict=False):
        changes[name] = options[min(int(value * len(options)), len(options) - 1)]
    chosen = replace(base, **changes)
    if chosen.aggregation != "arithmetic" and chosen.normalisation == "minmax":
        # A geometric or harmonic mean of a zero says nothing; COINr and HDI practice starts the scale at 1.
        chosen = replace(chosen, low=1.0)
    if factors.weight_noise:
        random = np.random.default_rng(int(point[len(factors.options)] * 2**53))
        size = factors.weight_noise
        noisy = tuple(w * random.uniform(1 - size, 1 + size, w.shape) for w in structure.weights)
        chosen = replace(chosen, weights=noisy)
    return chosen


def intervals(
    data: Data,
    structure: Structure,
    factors: Factors,
    *,
    base: Method | None = None,
    replicates: int = 1000,
    level: float = 0.90,
    seed: int = 1,
) -> Intervals:
    """Rank intervals from random combinations of the factors; the same seed gives the same intervals."""
    method = base or Method()
    reference = build(data, structure, method)
    points = np.random.default_rng(seed).random((replicates, len(factors.names)))
    ranks = np.array([build(data, structure, _method(method, factors, p, structure)).ranks for p in points])
    edge = (1 - level) / 2
    low, middle, high = np.quantile(ranks, [edge, 0.5, 1 - edge], axis=0)
    return Intervals(data.units, reference.ranks, middle, low, high, ranks)


def sensitivity(
    data: Data,
    structure: Structure,
    factors: Factors,
    *,
    base: Method | None = None,
    samples: int = 128,
    seed: int = 1,
) -> Sensitivity:
    """Which factor moves ranks most; ``samples`` x (factors + 2) evaluations."""
    method = base or Method()
    reference: Index = build(data, structure, method)

    def shift(point: Floats) -> float:
        ranks = build(data, structure, _method(method, factors, point, structure)).ranks
        return float(np.abs(ranks - reference.ranks).mean())

    first, total = sobol(shift, len(factors.names), samples, seed)
    return Sensitivity(factors.names, first, total, samples * (len(factors.names) + 2))


def sobol(function: Callable[[Floats], float], dimensions: int, samples: int, seed: int) -> tuple[Floats, Floats]:
    """First-order and total indices of a function on the unit cube (Saltelli 2010, Jansen 1999).

    A function that does not vary has all indices zero.
    """
    random = np.random.default_rng(seed)
    a, b = random.random((samples, dimensions)), random.random((samples, dimensions))
    at_a, at_b = (np.array([function(p) for p in points]) for points in (a, b))
    variance = float(np.concatenate([at_a, at_b]).var())
    first, total = np.zeros(dimensions), np.zeros(dimensions)
    if variance == 0:
        return first, total
    for i in range(dimensions):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        at_mixed = np.array([function(p) for p in mixed])
        first[i] = 1 - ((at_b - at_mixed) ** 2).mean() / (2 * variance)
        total[i] = ((at_a - at_mixed) ** 2).mean() / (2 * variance)
    return first, total
