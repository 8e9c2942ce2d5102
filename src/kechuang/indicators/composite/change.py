"""Why a rank moved between two editions of an index: other figures, revised figures, method, weights, or peers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import factorial

import numpy as np

from kechuang.indicators.composite.arrays import Floats
from kechuang.indicators.composite.build import Data, Method, build
from kechuang.indicators.composite.structure import Structure

CAUSES = ("data", "revision", "method", "weights", "peers")


@dataclass(frozen=True)
class Edition:
    """One edition of an index: figures, structure with its weights, and method."""

    data: Data
    structure: Structure
    method: Method


@dataclass(frozen=True)
class RankChange:
    """How far a unit moved (after less before; negative = up), split so that the parts add up exactly."""

    unit: str
    before: int
    after: int
    parts: Mapping[str, float]


def _rows(data: Data, units: tuple[str, ...], other: Data) -> Floats:
    """The figures of ``units``; those of a unit that came or went are the ones of the ``other`` edition."""
    known = dict(zip(other.units, other.values, strict=True)) | dict(zip(data.units, data.values, strict=True))
    return np.array([known[unit] for unit in units], dtype=np.float64)


def rank_changes(before: Edition, after: Edition, revised: Data | None = None) -> list[RankChange]:
    """Split the change of rank of every unit that both editions hold.

    ``revised`` holds the figures of the earlier edition as they are known now; without it nothing was revised. The
    parts are Shapley values over the five switches (2^5 editions are built), so that no order is preferred: Shapley
    (1953); for changes of indices Shorrocks, J. Econ. Inequality 11 (2013). New figures without the revision are the
    earlier ones plus the change from revised to new. A unit that came or went brings the same figures to
    both editions, so that its coming is the work of peers alone.

    Raises ValueError when the indicators differ or figures are not yet denominated.
    """
    if [n.code for n in before.structure.indicators] != [n.code for n in after.structure.indicators]:
        raise ValueError("both editions need the same indicators in the same order; give those left out the weight 0")
    if before.data.denominators is not None or after.data.denominators is not None:
        raise ValueError("denominate the figures of both editions first")
    old_units, new_units = before.data.units, after.data.units
    ranks: dict[tuple[bool, ...], dict[str, int]] = {}
    for switches in product((False, True), repeat=len(CAUSES)):
        data_on, revision_on, method_on, weights_on, peers_on = switches
        units = new_units if peers_on else old_units
        old, new = _rows(before.data, units, after.data), _rows(after.data, units, before.data)
        middle = old if revised is None else _rows(revised, units, after.data)
        if data_on and revision_on:
            values = new
        elif data_on:
            moved = old + (new - middle)
            values = np.where(np.isnan(moved), new, moved)
        else:
            values = middle if revision_on else old
        edition = after if weights_on else before
        source = after if method_on else before
        method = replace(source.method, weights=edition.method.weights)
        data = Data(units, values, goalposts=source.data.goalposts)
        index = build(data, edition.structure, method)
        ranks[switches] = {unit: int(place) for unit, place in zip(units, index.ranks, strict=True)}
    everything = (True,) * len(CAUSES)
    nothing = (False,) * len(CAUSES)
    return [
        RankChange(unit, ranks[nothing][unit], ranks[everything][unit], _shares(ranks, unit))
        for unit in old_units
        if unit in new_units
    ]


def _shares(ranks: Mapping[tuple[bool, ...], Mapping[str, int]], unit: str) -> dict[str, float]:
    n = len(CAUSES)
    shares = {}
    for place, cause in enumerate(CAUSES):
        total = 0.0
        for switches, found in ranks.items():
            if switches[place]:
                continue
            size = sum(switches)
            turned = (*switches[:place], True, *switches[place + 1 :])
            total += factorial(size) * factorial(n - size - 1) * (ranks[turned][unit] - found[unit])
        shares[cause] = total / factorial(n)
    return shares
