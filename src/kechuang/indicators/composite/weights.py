"""Weights that follow from the data or from judgements, instead of given ones. All add to one.

Data are units x indicators without gaps, more being better (normalise first). Entropy after Shannon and Zeleny,
CRITIC after Diakoulaki and others (1995), principal component after the OECD/JRC Handbook (2008), pairwise comparison
after Saaty (1980).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kechuang.indicators.composite.arrays import Floats

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
"""Mean inconsistency of random comparisons of 1 to 10 things (Saaty)."""


def equal(count: int) -> Floats:
    """The same weight for each of ``count`` indicators."""
    return np.full(count, 1.0 / count)


def _complete(data: Floats) -> None:
    if data.ndim != 2 or data.shape[0] < 2 or np.isnan(data).any():
        raise ValueError("weights need two units or more and no missing values")


def _shares(raw: Floats) -> Floats:
    total = float(raw.sum())
    if total <= 1e-12:
        raise ValueError("the data give no weights: the indicators do not differ")
    found: Floats = raw / total
    return found


def entropy(data: Floats) -> Floats:
    """Weight by how unevenly an indicator is spread over the units; values must not be negative."""
    _complete(data)
    if (data < 0).any() or (data.sum(axis=0) == 0).any():
        raise ValueError("entropy needs values that are not negative, with a positive sum")
    p = data / data.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log(p), 0.0)
    return _shares(1 + terms.sum(axis=0) / np.log(data.shape[0]))


def critic(data: Floats) -> Floats:
    """Weight by spread and by conflict with the others: deviation times the sum of one less the correlations."""
    _complete(data)
    span = np.ptp(data, axis=0)
    if (span == 0).any():
        raise ValueError("an indicator is the same for all units")
    x = (data - data.min(axis=0)) / span
    conflict = (1 - np.corrcoef(x, rowvar=False)).sum(axis=0)
    return _shares(x.std(axis=0) * conflict)


def principal_component(data: Floats) -> Floats:
    """Squared loadings on the first principal component of the correlation matrix."""
    _complete(data)
    if (np.ptp(data, axis=0) == 0).any():
        raise ValueError("an indicator is the same for all units")
    _, vectors = np.linalg.eigh(np.corrcoef(data, rowvar=False))
    return _shares(vectors[:, -1] ** 2)


@dataclass(frozen=True)
class Comparison:
    """Weights from pairwise judgements and their consistency ratio; above 0.1 the judgements contradict each other."""

    weights: Floats
    consistency: float


def pairwise(matrix: Floats) -> Comparison:
    """Analytic hierarchy process: ``matrix[i, j]`` says how many times more important i is than j (1 to 9).

    Raises ValueError when the matrix is not positive and reciprocal or has more than ten rows.
    """
    count = matrix.shape[0]
    if matrix.shape != (count, count) or not 1 <= count <= len(RANDOM_INDEX):
        raise ValueError("a square matrix of one to ten things")
    if not (matrix > 0).all() or not np.allclose(matrix * matrix.T, 1.0):
        raise ValueError("the matrix has to be positive and reciprocal")
    values, vectors = np.linalg.eig(matrix)
    place = int(np.argmax(values.real))
    vector = np.abs(vectors[:, place].real)
    if count < 3:
        return Comparison(_shares(vector), 0.0)
    index = (float(values[place].real) - count) / (count - 1)
    return Comparison(_shares(vector), index / RANDOM_INDEX[count - 1])


def by_budget(points: Floats) -> Floats:
    """Budget allocation: each expert (row) shares out points; the mean of the experts' shares."""
    if points.ndim != 2 or (points < 0).any() or (points.sum(axis=1) <= 0).any():
        raise ValueError("every expert gives points that are not negative and not all zero")
    found: Floats = (points / points.sum(axis=1, keepdims=True)).mean(axis=0)
    return found
