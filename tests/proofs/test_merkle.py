"""Merkle roots and inclusion proofs."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.proofs.merkle import inclusion_proof, leaf_hash, merkle_root, node_hash, verify_inclusion


def test_root_of_three_by_hand():
    a, b, c = (leaf_hash(x) for x in (b"a", b"b", b"c"))
    assert merkle_root([b"a", b"b", b"c"]) == node_hash(node_hash(a, b), c).hex()
    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()
    assert merkle_root([b""]) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_every_entry_can_be_proved_and_no_other(entries, data):
    index = data.draw(st.integers(0, len(entries) - 1))
    root, proof = merkle_root(entries), inclusion_proof(entries, index)
    assert verify_inclusion(entries[index], index, len(entries), proof, root)
    assert not verify_inclusion(entries[index] + b"x", index, len(entries), proof, root)
    assert not verify_inclusion(entries[index], index, len(entries), [*proof, "00" * 32], root)
    if proof:
        assert not verify_inclusion(entries[index], index, len(entries), proof[:-1], root)


def test_an_index_outside_is_refused():
    with pytest.raises(IndexError, match="no entry 2 among 2"):
        inclusion_proof([b"a", b"b"], 2)
    assert not verify_inclusion(b"a", 5, 2, [], merkle_root([b"a"]))
