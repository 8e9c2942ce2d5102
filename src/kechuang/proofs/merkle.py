"""Merkle tree after RFC 9162 (Certificate Transparency) 2.1: one root for a bulk import, proofs for its rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """Hash of an entry; the prefix keeps entries and inner nodes apart (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """Largest power of two smaller than ``size`` (``size`` > 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def _tree(hashes: Sequence[bytes]) -> bytes:
    """Root over leaf hashes, built level by level; a node without a partner moves up unchanged."""
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def merkle_root(entries: Sequence[bytes]) -> str:
    """Root of the tree over the entries, as hexadecimal digits; of no entries it is the hash of nothing."""
    if not entries:
        return hashlib.sha256(b"").hexdigest()
    return _tree([leaf_hash(entry) for entry in entries]).hex()


def inclusion_proof(entries: Sequence[bytes], index: int) -> list[str]:
    """Sibling hashes from the leaf up to the root (RFC 9162, 2.1.3.1).

    Raises:
        IndexError: there is no entry with this index.
    """
    if not 0 <= index < len(entries):
        raise IndexError(f"no entry {index} among {len(entries)}")

    def path(hashes: Sequence[bytes], at: int) -> list[bytes]:
        if len(hashes) == 1:
            return []
        cut = _split(len(hashes))
        if at < cut:
            return [*path(hashes[:cut], at), _tree(hashes[cut:])]
        return [*path(hashes[cut:], at - cut), _tree(hashes[:cut])]

    return [sibling.hex() for sibling in path([leaf_hash(entry) for entry in entries], index)]


def verify_inclusion(entry: bytes, index: int, size: int, proof: Sequence[str], root: str) -> bool:
    """Whether ``proof`` shows that ``entry`` is number ``index`` of ``size`` under ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    position, last, value = index, size - 1, leaf_hash(entry)
    for step in proof:
        if last == 0:
            return False
        sibling = bytes.fromhex(step)
        if position % 2 or position == last:
            value = node_hash(sibling, value)
            while position % 2 == 0 and position:
                position, last = position >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and value.hex() == root
