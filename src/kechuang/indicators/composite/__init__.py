"""Composite indices: hierarchy, stages, aggregation, uncertainty. Needs NumPy."""

from kechuang.indicators.composite.aggregate import aggregate, combine, copeland, rank
from kechuang.indicators.composite.build import Data, Index, Method, build, fill_columns
from kechuang.indicators.composite.change import CAUSES, Edition, RankChange, rank_changes
from kechuang.indicators.composite.stages import (
    Treatment,
    denominate,
    impute,
    kurtosis,
    normalise,
    screen,
    skewness,
    treat,
)
from kechuang.indicators.composite.structure import Node, Structure, StructureError, structure
from kechuang.indicators.composite.uncertainty import Factors, Intervals, Sensitivity, intervals, sensitivity, sobol

__all__ = [
    "CAUSES",
    "Data",
    "Edition",
    "Factors",
    "Index",
    "Intervals",
    "Method",
    "Node",
    "RankChange",
    "Sensitivity",
    "Structure",
    "StructureError",
    "Treatment",
    "aggregate",
    "build",
    "combine",
    "copeland",
    "denominate",
    "fill_columns",
    "impute",
    "intervals",
    "kurtosis",
    "normalise",
    "rank",
    "rank_changes",
    "screen",
    "sensitivity",
    "skewness",
    "sobol",
    "structure",
    "treat",
]
