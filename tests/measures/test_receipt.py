"""Receipts replay to the fen, and name what has changed since."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from kechuang.measures import Catalogue, Measure, Parameter, Text, explain
from kechuang.measures.receipt import make, replay
from kechuang.proofs.chain import canonical_json

DAY = dt.date(2026, 11, 24)
FACTS = {
    "受让方类型": "企业", "出让方类型": "高校", "已转化": True, "合同已登记": True,
    "技术合同交易额": Decimal("12345678.90"),
}  # fmt: skip


def test_replay_through_json(catalogue: Catalogue, receiver: Measure) -> None:
    receipt = json.loads(json.dumps(make(explain(receiver, FACTS, DAY, catalogue)).to_dict()))
    again = replay(receipt, receiver, catalogue)
    assert (again.same_result, again.differences, again.now.amount) == (True, (), "200000.00")
    assert again.now.digest == receipt["digest"]


def test_rates_replay(catalogue: Catalogue, receiver: Measure) -> None:
    condition = replace(receiver.applies[0], test="研发占比 >= 0.03")
    measure = replace(receiver, applies=(condition,))
    facts = {"研发占比": Decimal("0.0372"), "技术合同交易额": Decimal("100")}
    receipt = make(explain(measure, facts, DAY, catalogue)).to_dict()
    assert receipt["inputs"]["研发占比"] == "0.0372"
    assert replay(receipt, measure, catalogue).differences == ()


def test_each_part_is_pinned(catalogue: Catalogue, receiver: Measure) -> None:
    receipt = make(explain(receiver, FACTS, DAY, catalogue)).to_dict()
    rate = Parameter("rate", ((dt.date(2013, 4, 18), Decimal("0.01")),))
    cheaper = replay(receipt, replace(receiver, parameters=(rate, receiver.parameters[1])), catalogue)
    assert (cheaper.same_result, cheaper.differences) == (False, ("amount", "parameters"))
    fewer = replay(receipt, replace(receiver, applies=receiver.applies[:3]), catalogue)
    assert (fewer.same_result, fewer.differences) == (True, ("rule", "facts"))
    renamed = replay(receipt, replace(receiver, title=Text("新名", "new name")), catalogue)
    assert renamed.differences == ()


def test_a_changed_receipt_is_noticed(catalogue: Catalogue, receiver: Measure) -> None:
    receipt = make(explain(receiver, FACTS, DAY, catalogue)).to_dict()
    assert replay({**receipt, "amount": "200000.01"}, receiver, catalogue).differences == ("amount", "digest")
    inputs = {**receipt["inputs"], "技术合同交易额": "100.00"}
    forged = replay({**receipt, "inputs": inputs}, receiver, catalogue)
    assert (forged.differences, forged.altered) == (("amount", "facts"), True)
    more = {**receipt["inputs"], "技术合同交易额": "12345678.91"}
    capped = replay({**receipt, "inputs": more}, receiver, catalogue)
    assert (capped.same_result, capped.differences, capped.altered) == (True, ("facts",), True)
    assert not replay(receipt, replace(receiver, applies=receiver.applies[:3]), catalogue).altered


def test_the_sentences_are_pinned(catalogue: Catalogue, receiver: Measure) -> None:
    place = replace(receiver.source, sha256="a" * 64)
    conditions = tuple(replace(c, source=c.source and replace(c.source, sha256="b" * 64)) for c in receiver.applies)
    known = replace(receiver, source=place, applies=conditions)
    receipt = make(explain(known, FACTS, DAY, catalogue)).to_dict()
    assert len(receipt["clause"]) == 64
    assert replay(receipt, known, catalogue).differences == ()
    amended = replace(known, source=replace(place, sha256="c" * 64))
    again = replay(receipt, amended, catalogue)
    assert (again.same_result, again.differences, again.altered) == (True, ("clause",), False)
    assert make(explain(receiver, FACTS, DAY, catalogue)).clause is None  # no document's record at hand


def test_a_receipt_without_clause_still_replays(catalogue: Catalogue, receiver: Measure) -> None:
    """Receipts made before sentences were pinned have no such part; nothing is missing in them."""
    receipt = make(explain(receiver, FACTS, DAY, catalogue)).to_dict()
    old = {key: value for key, value in receipt.items() if key != "clause"}
    head = {key: value for key, value in old.items() if key not in ("inputs", "digest")}
    old["digest"] = hashlib.sha256(canonical_json(head)).hexdigest()
    assert replay(old, receiver, catalogue).differences == ()


def test_equal_numbers_have_one_digest(catalogue: Catalogue, receiver: Measure) -> None:
    a = make(explain(receiver, {**FACTS, "技术合同交易额": Decimal("100")}, DAY, catalogue))
    b = make(explain(receiver, {**FACTS, "技术合同交易额": Decimal("100.00")}, DAY, catalogue))
    assert a.digest == b.digest


def test_not_a_receipt(catalogue: Catalogue, receiver: Measure, supplier: Measure) -> None:
    receipt = make(explain(receiver, FACTS, DAY, catalogue)).to_dict()
    with pytest.raises(ValueError, match="missing"):
        replay({"measure": "x"}, receiver, catalogue)
    with pytest.raises(ValueError, match="is for receiver-subsidy"):
        replay(receipt, supplier, catalogue)
    with pytest.raises(ValueError, match="is not a date"):
        replay({**receipt, "on": "yesterday"}, receiver, catalogue)
    with pytest.raises(ValueError, match="no fact is called"):
        replay({**receipt, "inputs": {"没有": "1"}}, receiver, catalogue)
