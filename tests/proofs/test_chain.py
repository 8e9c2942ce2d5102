"""The hash chain: making it, checking it, and naming the place of every kind of tampering."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.proofs.chain import GENESIS, canonical_json, chain, extend, verify_chain

Record = dict[str, Any]


def make(count: int) -> list[Record]:
    """A chain of small events as an auditor's export holds it."""
    events = [
        {"id": f"e{n}", "time": f"2026-11-24T04:06:{n % 60:02}.000000Z", "action": "policy.apply", "nonce": f"{n:032x}"}
        for n in range(1, count + 1)
    ]
    return [link.public() | {"event": event} for link, event in zip(chain(events), events, strict=True)]


def test_a_whole_chain_is_whole():
    records = make(5)
    verdict = verify_chain(records, [{"seq": 5, "digest": records[4]["digest"]}])
    assert (verdict.ok, verdict.checked, verdict.last_seq) == (True, 5, 5)
    assert records[0]["prev"] == GENESIS
    assert [record["prev"] for record in records[1:]] == [record["digest"] for record in records[:-1]]


def test_digests_are_fixed_for_ever():
    """Known answer: a change of these digests would make every published head worthless."""
    link = extend(1, GENESIS, {"time": "2026-11-24T04:06:46.123456Z", "action": "应用"})
    assert canonical_json({"b": 1, "a": "应用", "\U0001f600": None, "￿": [True]}) == (
        '{"a":"应用","b":1,"\U0001f600":null,"￿":[true]}'.encode()
    )
    assert link.content == "a0d5e22606b6d75d5a1c02c0f2ff2a5b8ec3a65180434aa51c90bd439b1331a3"
    assert link.digest == "ba57d93a89f64e03cc4b61f16f5568541de41217d17ec75de2935aeb77cb2a6c"


@pytest.mark.parametrize("value", [1.5, {"a": 2.0}, 2**53, {1: "a"}, b"bytes", {"a": {1, 2}}])
def test_what_has_no_single_form_is_refused(value):
    with pytest.raises(ValueError, match="string"):
        canonical_json(value)


@given(st.dictionaries(st.text(max_size=5), st.integers(-(2**53) + 1, 2**53 - 1), max_size=6))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))


def tamper(records: list[Record], how: str, k: int, rng: random.Random) -> tuple[list[Record], int, str]:
    """Tamper with link ``k`` (from 1); returns the records, the number that must be named, and the kind."""
    bad = copy.deepcopy(records)
    at = k - 1
    if how == "edit event":
        field = rng.choice(["id", "time", "action", "nonce"])
        bad[at]["event"][field] += "x"
        return bad, k, "edited"
    if how == "edit link":
        field = rng.choice(["time", "content", "prev", "digest"])
        bad[at][field] = bad[at][field][:-1] + ("0" if bad[at][field][-1] != "0" else "1")
        return bad, k, "edited"
    if how == "edit and recompute":  # a forger who also repairs the digest of the link is found at the next one
        bad[at]["event"]["action"] = "payment.forged"
        bad[at] = extend(k, bad[at]["prev"], bad[at]["event"]).public() | {"event": bad[at]["event"]}
        return bad, k + 1, "relinked"
    if how == "delete":
        del bad[at]
        return bad, k, "deleted"
    if how == "insert":
        bad.insert(at + 1, copy.deepcopy(bad[at]))
        return bad, k, "inserted"
    if how == "reorder":
        bad[at], bad[at + 1] = bad[at + 1], bad[at]
        return bad, k, "reordered"
    if how == "truncate":
        return bad[:at], k, "truncated"
    raise AssertionError(how)


def test_a_thousand_tamperings_are_found_at_the_right_place():
    rng = random.Random(20130418)
    records = make(40)
    heads = [{"seq": 40, "digest": records[-1]["digest"]}]
    ways = ["edit event", "edit link", "edit and recompute", "delete", "insert", "reorder", "truncate"]
    for _ in range(1000):
        how, k = rng.choice(ways), rng.randint(1, 39)
        bad, seq, kind = tamper(records, how, k, rng)
        verdict = verify_chain(bad, heads)
        assert verdict.broken is not None, (how, k)
        assert (verdict.broken.seq, verdict.broken.kind) == (seq, kind), (how, k)


def test_a_chain_rewritten_as_a_whole_is_found_by_the_published_head():
    records = make(6)
    head = {"seq": 4, "digest": records[3]["digest"]}
    events = [record["event"] for record in records]
    events[1] = events[1] | {"action": "payment.forged"}
    forged = [link.public() for link in chain(events)]
    assert verify_chain(forged).ok
    broken = verify_chain(forged, [head]).broken
    assert broken is not None and (broken.seq, broken.kind) == (4, "rewritten")


def test_a_part_of_a_chain_is_checked_from_where_it_begins():
    records = make(9)
    assert verify_chain(records[4:], start=5, prev=records[3]["digest"]).ok
    broken = verify_chain(records[4:], start=5, prev=records[2]["digest"]).broken
    assert broken is not None and (broken.seq, broken.kind) == (5, "relinked")


def test_a_malformed_link_is_named():
    records = make(3)
    del records[1]["prev"]
    broken = verify_chain(records).broken
    assert broken is not None and (broken.seq, broken.kind) == (2, "malformed")
    assert broken.text("zh") == "第 2 条断开（输入中的第 2 处）：这一条缺字段或格式不对。"


LINK_LIKE = st.dictionaries(
    st.sampled_from(["seq", "time", "content", "prev", "digest", "event"]),
    st.one_of(
        st.none(),
        st.integers(0, 3),
        st.floats(),
        st.text(max_size=3),
        st.just("\ud800"),
        st.dictionaries(st.text(), st.none()),
    ),
)


@given(st.lists(LINK_LIKE, min_size=1, max_size=4))
def test_rubbish_is_named_and_never_crashes_the_verifier(rubbish):
    verdict = verify_chain(rubbish)
    assert not verdict.ok
    assert verdict.text("zh")


def test_text_that_cannot_be_encoded_is_named():
    records = make(3)
    records[1]["time"] = "\ud800"
    del records[1]["event"]
    broken = verify_chain(records).broken
    assert broken is not None and (broken.seq, broken.kind) == (2, "edited")
