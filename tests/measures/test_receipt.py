"""Receipts replay to the fen, and name what has changed since."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from kechuang.measures import Catalogue, Measure, Parameter, Text, explain
from kechuang.measures.receipt import make, replay

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
    assert replay({**receipt, "inputs": inputs}, receiver, catalogue).differences == ("amount", "facts")


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
