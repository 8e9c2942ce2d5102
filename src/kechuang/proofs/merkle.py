"""Merkle tree after RFC 9162 (Certificate Transparency) 2.1: one root for a bulk change, proofs for its rows.

    found = proof(leaves, 41)
    assert verify(leaves[41], found, root(leaves))

A leaf is any byte string; ``row_leaf`` makes one of a row. Checking is the work of ``verify_audit``, which stands alone
and defines the hashes; this module makes roots and proofs with the same hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kechuang.proofs.verify_audit import (
    EMPTY_ROOT,
    Proof,
    leaf_hash,
    node_hash,
    root_of_hashes,
    row_hash,
    row_leaf,
    salt_of,
    verify_proof,
    verify_rows,
)

__all__ = [
    "EMPTY_ROOT", "Proof", "leaf_hash", "node_hash", "proof", "proof_of_hashes", "root", "root_of_hashes", "row_hash",
    "row_leaf", "salt_of", "verify", "verify_rows",
]  # fmt: skip


def root(leaves: Iterable[bytes]) -> str:
    """Root of the tree over the leaves, 64 hexadecimal digits; of no leaves it is SHA-256 of nothing."""
    return root_of_hashes([leaf_hash(leaf) for leaf in leaves])


def proof(leaves: Sequence[bytes], index: int) -> Proof:
    """Proof that leaf ``index`` (from 0) belongs to ``root(leaves)``: RFC 9162, 2.1.3.1.

    Raises:
        IndexError: there is no leaf with this index.
    """
    return proof_of_hashes([leaf_hash(leaf) for leaf in leaves], index)


def proof_of_hashes(hashes: Sequence[bytes], index: int) -> Proof:
    """The same from leaf hashes, where the leaves themselves are not at hand.

    Raises:
        IndexError: there is no leaf with this index.
    """
    if not 0 <= index < len(hashes):
        raise IndexError(f"no leaf {index} among {len(hashes)}")
    path: list[str] = []
    level, at = list(hashes), index
    while len(level) > 1:
        if (sibling := at ^ 1) < len(level):  # a node without a partner moves up and adds no step
            path.append(level[sibling].hex())
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level, at = paired + level[len(level) - len(level) % 2 :], at // 2
    return Proof(index, len(hashes), tuple(path))


def verify(leaf: bytes, found: Proof | Mapping[str, Any], root: str) -> bool:
    """Whether the proof shows that ``leaf`` belongs to ``root``: RFC 9162, 2.1.3.2. Never raises.

    ``found`` is a :class:`Proof` or its JSON form (``index``, ``size``, ``path``).
    """
    return verify_proof(leaf_hash(leaf), found, root)
