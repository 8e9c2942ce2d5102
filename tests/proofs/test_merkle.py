"""Merkle roots, proofs of single rows, and finding the row that was tampered with."""

from __future__ import annotations

import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.proofs import merkle
from kechuang.proofs.merkle import Proof, leaf_hash, node_hash, proof, root, row_hash, row_leaf, verify, verify_rows

KEY = "0f" * 32

# Leaves and roots of the test vectors of Certificate Transparency's reference implementation for RFC 6962 (the tree of
# RFC 9162 is the same).
VECTOR_LEAVES = [bytes.fromhex(x) for x in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
VECTOR_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_root_of_three_by_hand_and_a_proof_of_each():
    leaves = [b"a", b"b", b"c"]
    a, b, c = (leaf_hash(x) for x in leaves)
    assert root(leaves) == node_hash(node_hash(a, b), c).hex()
    assert proof(leaves, 2) == Proof(2, 3, (node_hash(a, b).hex(),))
    assert [verify(leaf, proof(leaves, n), root(leaves)) for n, leaf in enumerate(leaves)] == [True, True, True]
    assert root([]) == hashlib.sha256(b"").hexdigest()


def test_roots_are_those_of_certificate_transparency():
    assert [root(VECTOR_LEAVES[:n]) for n in range(1, 9)] == VECTOR_ROOTS


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70), st.data())
def test_every_leaf_can_be_proved_and_no_other(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    top, found = root(leaves), proof(leaves, index)
    assert verify(leaves[index], found, top)
    assert verify(leaves[index], json.loads(json.dumps(found.public())), top)
    assert not verify(leaves[index] + b"x", found, top)
    assert not verify(leaves[index], Proof(index, len(leaves), (*found.path, "00" * 32)), top)
    assert not verify(leaves[index], found, "00" * 32)
    if found.path:
        assert not verify(leaves[index], Proof(index, len(leaves), found.path[:-1]), top)
        step = data.draw(st.integers(0, len(found.path) - 1))
        changed = [("00" if s[:2] != "00" else "01") + s[2:] if n == step else s for n, s in enumerate(found.path)]
        assert not verify(leaves[index], Proof(index, len(leaves), tuple(changed)), top)


@given(st.sets(st.binary(max_size=4), min_size=2, max_size=40), st.data())
def test_a_proof_holds_at_its_own_place_only(leaves, data):
    ordered = sorted(leaves)
    index = data.draw(st.integers(0, len(ordered) - 1))
    other = data.draw(st.integers(0, len(ordered) - 1).filter(lambda n: n != index))
    found = proof(ordered, index)
    moved = verify(ordered[index], Proof(other, len(ordered), found.path), root(ordered))
    assert not moved


RUBBISH = st.one_of(st.none(), st.booleans(), st.integers(-3, 9), st.floats(), st.text(max_size=3), st.lists(st.text()))


@given(st.dictionaries(st.sampled_from(["index", "size", "path", "x"]), RUBBISH))
def test_rubbish_is_no_proof_and_never_crashes(rubbish):
    assert not verify(b"a", rubbish, root([b"a", b"b"]))


def test_an_index_outside_is_refused():
    with pytest.raises(IndexError, match="no leaf 2 among 2"):
        proof([b"a", b"b"], 2)
    assert not verify(b"a", Proof(5, 2, ()), root([b"a"]))


def test_an_inner_node_cannot_pass_for_a_leaf():
    """Without the prefixes of RFC 9162 the two leaf hashes side by side would be a leaf with the same root."""
    a, b = leaf_hash(b"a"), leaf_hash(b"b")
    assert root([a + b]) != root([b"a", b"b"])


def test_salts_keep_equal_rows_apart():
    assert row_leaf({"name": "甲"}, "00") == '{"row":{"name":"甲"},"salt":"00"}'.encode()
    first, second = (row_hash({"name": "甲"}, KEY, n) for n in (0, 1))
    assert first != second
    assert row_hash({"name": "甲"}, KEY, 0) == leaf_hash(row_leaf({"name": "甲"}, merkle.salt_of(KEY, 0)))
    assert row_hash({"amount": 1.5}, KEY, 0) == b""  # amounts are strings


def tampered(rows: list[dict], how: str, k: int) -> tuple[list[dict], int, str]:
    """Tamper with row ``k`` (from 1); the rows, the row that must be named, the kind."""
    bad, at = list(rows), k - 1
    if how == "edit":
        bad[at] = bad[at] | {"amount": "9999.00"}
        return bad, k, "edited"
    if how == "delete":
        del bad[at]
        return bad, k, "deleted" if k < len(rows) else "truncated"
    if how == "insert":
        bad.insert(at, {"name": "塞进来的", "amount": "1.00"})
        return bad, k, "inserted"
    if how == "double":
        bad.insert(at, bad[at])
        return bad, k + 1, "inserted"
    if how == "reorder":
        bad[at], bad[at + 1] = bad[at + 1], bad[at]
        return bad, k, "reordered"
    if how == "truncate":
        return bad[:at], k, "truncated"
    raise AssertionError(how)


def test_a_thousand_tamperings_with_bulk_rows_are_found_at_the_right_row():
    chance = random.Random(20130418)
    rows = [{"name": f"演示企业{n}", "amount": f"{n % 3}.00"} for n in range(60)]
    recorded = [row_hash(row, KEY, n) for n, row in enumerate(rows)]
    top = merkle.root_of_hashes(recorded)
    assert verify_rows(rows, KEY, recorded, top) is None
    for _ in range(1000):
        how = chance.choice(["edit", "delete", "insert", "double", "reorder", "truncate"])
        k = chance.randint(1, 59)
        bad, row, kind = tampered(rows, how, k)
        broken = verify_rows(bad, KEY, recorded, top)
        assert broken is not None, (how, k)
        assert (broken.row, broken.kind) == (row, kind), (how, k)
    forged = [*recorded[:7], row_hash({"name": "改"}, KEY, 7), *recorded[8:]]
    broken = verify_rows(rows, KEY, forged, top)
    assert broken is not None and (broken.row, broken.kind) == (0, "rows")
    assert broken.text("en") == "The row digests do not give the recorded root."
