"""The hierarchy of a composite index: indicators, the groups above them, weights and directions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kechuang.indicators.composite.arrays import Floats, Ints


class StructureError(ValueError):
    """The metadata do not form a hierarchy; the message says where."""


@dataclass(frozen=True)
class Node:
    """An indicator (level 1) or an aggregate above it; ``parent`` is empty at the top."""

    code: str
    name: str
    level: int
    parent: str = ""
    direction: int = 1
    weight: float = 1.0
    denominator: str = ""
    target: float | None = None


@dataclass(frozen=True)
class Structure:
    """A checked hierarchy. Columns of all arrays follow the order of ``indicators``."""

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        """Refuse double codes, unknown parents, levels that are not one below their parent, and more than one top."""
        codes = {node.code: node for node in self.nodes}
        if len(codes) != len(self.nodes):
            raise StructureError("a code stands twice")
        for node in self.nodes:
            if node.parent and node.parent not in codes:
                raise StructureError(f"{node.code}: unknown parent {node.parent}")
            if node.parent and codes[node.parent].level != node.level + 1:
                raise StructureError(f"{node.code}: its parent {node.parent} is not one level above")
            if node.direction not in (1, -1):
                raise StructureError(f"{node.code}: direction is 1 or -1")
        if sum(not node.parent for node in self.nodes) != 1:
            raise StructureError("exactly one node stands at the top")

    @cached_property
    def indicators(self) -> tuple[Node, ...]:
        """Level 1, in the order given."""
        return tuple(n for n in self.nodes if n.level == 1)

    @cached_property
    def levels(self) -> int:
        """The level of the top."""
        return max(n.level for n in self.nodes)

    def at(self, level: int) -> tuple[Node, ...]:
        """Nodes of a level, in the order given."""
        return tuple(n for n in self.nodes if n.level == level)

    @cached_property
    def directions(self) -> Floats:
        """1 or -1 for each indicator."""
        return np.array([n.direction for n in self.indicators], dtype=np.float64)

    @cached_property
    def weights(self) -> tuple[Floats, ...]:
        """Weights of the nodes of each level below the top, as given."""
        return tuple(np.array([n.weight for n in self.at(k)], dtype=np.float64) for k in range(1, self.levels))

    @cached_property
    def parents(self) -> tuple[Ints, ...]:
        """For each level below the top, the place of each node's parent in the level above."""
        found = []
        for level in range(1, self.levels):
            place = {n.code: i for i, n in enumerate(self.at(level + 1))}
            found.append(np.array([place[n.parent] for n in self.at(level)], dtype=np.intp))
        return tuple(found)

    def effective_weights(self) -> dict[str, float]:
        """The share of the top score that each node carries under arithmetic aggregation."""
        by_code = {n.code: n for n in self.nodes}
        total: dict[str, float] = {}
        for node in self.nodes:
            if node.parent:
                total[node.parent] = total.get(node.parent, 0.0) + node.weight
        shares: dict[str, float] = {}

        def share(code: str) -> float:
            node = by_code[code]
            if not node.parent:
                return 1.0
            if code not in shares:
                shares[code] = share(node.parent) * node.weight / total[node.parent]
            return shares[code]

        return {node.code: share(node.code) for node in self.nodes}


def structure(nodes: Iterable[Node]) -> Structure:
    """A checked structure. Raises StructureError."""
    return Structure(tuple(nodes))
