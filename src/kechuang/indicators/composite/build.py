"""A composite index from raw data to ranks, every stage kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from kechuang.indicators.composite.aggregate import Aggregation, aggregate, rank
from kechuang.indicators.composite.arrays import Floats, Ints
from kechuang.indicators.composite.stages import (
    Imputation,
    Normalisation,
    Treatment,
    denominate,
    impute,
    normalise,
    treat,
)
from kechuang.indicators.composite.structure import Structure


@dataclass(frozen=True)
class Method:
    """All choices of one index. ``low`` and ``high`` are the ends of the min-max scale."""

    imputation: Imputation = "group_mean"
    treatment: bool = True
    normalisation: Normalisation = "minmax"
    aggregation: Aggregation = "arithmetic"
    low: float = 0.0
    high: float = 100.0
    weights: tuple[Floats, ...] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Data:
    """Raw figures: ``values`` units x indicators, NaN where missing; ``denominators`` of the same shape or None."""

    units: tuple[str, ...]
    values: Floats
    groups: tuple[str, ...] | None = None
    denominators: Floats | None = None
    goalposts: Floats | None = None


@dataclass(frozen=True)
class Index:
    """The result: each stage, the scores of each level, and ranks by the top score."""

    units: tuple[str, ...]
    structure: Structure
    method: Method
    denominated: Floats
    imputed: Floats
    treated: Treatment
    normalised: Floats
    scores: tuple[Floats, ...]
    ranks: Ints

    @property
    def top(self) -> Floats:
        """The score of each unit at the top."""
        return self.scores[-1][:, 0]

    def ordered(self) -> list[tuple[int, str, float]]:
        """Rank, unit and score, the best first."""
        places = sorted(range(len(self.units)), key=lambda i: (int(self.ranks[i]), self.units[i]))
        return [(int(self.ranks[i]), self.units[i], float(self.top[i])) for i in places]


def build(data: Data, structure: Structure, method: Method | None = None) -> Index:
    """Run all stages. Raises ValueError when shapes do not fit or a method cannot be applied."""
    chosen = method or Method()
    _check(data, structure)
    denominated = data.values if data.denominators is None else denominate(data.values, data.denominators)
    imputed = impute(denominated, chosen.imputation, data.groups)
    if chosen.treatment:
        treated = treat(imputed)
    else:
        treated = Treatment(imputed, np.zeros(imputed.shape[1], dtype=np.intp), np.empty(0, dtype=np.intp))
    normalised = normalise(
        treated.data,
        structure.directions,
        chosen.normalisation,
        low=chosen.low,
        high=chosen.high,
        goalposts=data.goalposts,
    )
    scores = aggregate(normalised, structure, chosen.aggregation, weights=chosen.weights)
    return Index(
        data.units,
        structure,
        chosen,
        denominated,
        imputed,
        treated,
        normalised,
        tuple(scores),
        rank(scores[-1][:, 0]),
    )


def _check(data: Data, structure: Structure) -> None:
    shape = (len(data.units), len(structure.indicators))
    if data.values.shape != shape:
        raise ValueError(f"data are {data.values.shape}, units x indicators are {shape}")
    if data.denominators is not None and data.denominators.shape != shape:
        raise ValueError("denominators need the shape of the data")
    if data.groups is not None and len(data.groups) != shape[0]:
        raise ValueError("every unit needs a group")


def fill_columns(units: Sequence[str], columns: dict[str, dict[str, float]], structure: Structure) -> Floats:
    """A data array from values by indicator and unit; what is absent becomes NaN."""
    rows = [[columns.get(node.code, {}).get(unit, np.nan) for node in structure.indicators] for unit in units]
    return np.array(rows, dtype=np.float64)
