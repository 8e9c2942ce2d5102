"""A new measure without writing a formula: every way on everything it can be computed for, and conditions from lists."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from kechuang import citypack
from kechuang.web.laboratory.domain import drafting, patterns, trials
from kechuang.web.laboratory.models import Trial
from tests.web.laboratory.test_compute import CHENZHOU

PACK = citypack.load(Path(__file__).resolve().parents[3] / "cities" / "chenzhou")
FACTS = {fact.id: fact for fact in PACK.facts}
BASES = patterns.bases(FACTS)


def test_what_a_measure_can_be_computed_from() -> None:
    keys = [base.key for base in BASES]
    assert {
        "contract",
        "contract:技术合同交易额",
        "enterprise:上年研发费用",
        "enterprise:上年买入的技术合同:技术合同交易额",
    } <= set(keys)
    assert "contract:本年已获该项补助" not in keys  # what was granted before is no amount to compute from
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("way", patterns.PATTERNS, ids=lambda p: p.id)
@pytest.mark.parametrize("base", BASES, ids=lambda b: b.key)
def test_every_choice_is_a_measure_that_computes(way: patterns.Pattern, base: patterns.Base) -> None:
    fields = patterns.filled(way.id, base.key, FACTS)
    if not fields:  # nothing to compute from: a fixed sum is all that is left
        assert way.id != "fixed" and not any(b.fact for b in BASES if b.subject == base.subject)
        return
    made, faults = drafting.new_measure({"title": "试", **fields}, CHENZHOU.catalogue)
    assert faults == []
    assert made.subject == base.subject and len(made.parameters) >= 1


def test_unknown_choices_fill_in_nothing() -> None:
    assert patterns.filled("share", "contract:去年的钱", FACTS) == {}
    assert patterns.filled("gift", "contract", FACTS) == {}


def test_conditions_from_lists() -> None:
    data = {
        "checked": ["企业在本市", "没有这个"], "choices": {"企业规模": "小型", "控股情况": "外星"},
        "limits": [["上年研发费用", ">=", "1,000,000"], ["", ">=", ""]],
    }  # fmt: skip
    found, faults = patterns.conditions(data, FACTS)
    assert faults == []
    assert [c.test for c in found] == ["企业在本市", '企业规模 == "小型"', "上年研发费用 >= 1000000"]
    assert [c.title.en for c in found][1:] == [
        "Size of the firm: small",
        f"{FACTS['上年研发费用'].en} at least 1,000,000",
    ]
    rate = next(f.id for f in FACTS.values() if f.type == "rate" and f.entity == "enterprise")
    [share], _ = patterns.conditions({"limits": [[rate, ">", "3.5"]]}, FACTS)
    assert (share.test, share.title.zh) == (f"{rate} > 0.035", f"{rate}多于 3.5%")
    for bad in (["上年研发费用", ">=", "很多"], ["", ">=", "5"], ["上年研发费用", "==", "5"]):
        _, [fault] = patterns.conditions({"limits": [bad]}, FACTS)
        assert fault.field == "m1_value"


def test_a_parameter_written_twice_is_refused() -> None:
    data = {"title": "试", "subject": "contract", "values": "甲 = 5\n甲 = 6", "amount": "甲"}
    _, faults = drafting.new_measure(data, CHENZHOU.catalogue)
    assert [(f.field, f.zh) for f in faults] == [("values", "“甲”写了两次")]


@pytest.mark.django_db
def test_from_choosing_to_the_result(chenzhou: Any, cast: Any, client_for: Any, settings: Any, tmp_path: Any) -> None:
    settings.HOME = tmp_path
    client = client_for(cast.officer)
    text = client.get("/laboratory/draft/", {"pattern": "share", "base": "enterprise:上年研发费用"}).content.decode()
    assert "min(half_up(上年研发费用 * 比例), 封顶)" in text
    assert 'name="c_企业在本市"' in text and "封顶 = 200,000" in text
    form = {
        "title": "研发奖励", "subject": "enterprise", "values": "比例 = 10%\n封顶 = 200,000",
        "amount": "min(half_up(上年研发费用 * 比例), 封顶)", "tests": "", "c_企业在本市": "yes", "e_企业规模": "",
        "m1_fact": "上年销售收入", "m1_op": ">=", "m1_value": "10,000,000", "on": "2026-06-01", "take_up": "100",
    }  # fmt: skip
    assert client.post("/laboratory/draft/", form).status_code == 302
    trial = Trial.objects.get()
    assert trials.run(trial.public_id) == "done"
    trial.refresh_from_db()
    # Firm A: 2.4 million on R&D, 10 % is 240,000, capped at 200,000; firm B sells too little.
    assert trial.result["figures"]["totals"]["rows"][0][1] == "200000.00"
    assert trial.result["curve"]["parameter"] == "封顶"
    page = client.get(f"/laboratory/{trial.public_id}/").content.decode()
    assert "企业在本市；上年销售收入不少于 10,000,000" in page
    again = client.get(f"/laboratory/draft/?from={trial.public_id}").content.decode()
    assert 'value="10,000,000"' in again and "checked" in again


@pytest.mark.django_db
def test_a_fact_of_another_kind_of_subject_is_refused(chenzhou: Any, cast: Any) -> None:
    data = {
        "title": "错",
        "subject": "enterprise",
        "values": "比例 = 1%",
        "amount": "half_up(技术合同交易额 * 比例)",
        "tests": "",
    }
    with pytest.raises(trials.DraftError, match="技术合同的事实，这里按每个企业算"):
        trials.start(cast.officer, "", "错", data, dt.date(2026, 6, 1))
    assert not Trial.objects.exists()
