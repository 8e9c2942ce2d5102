"""Two packs of other places: whole, in their own words, and right to the fen where the rules are hard."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from kechuang import citypack, measures, reading
from kechuang.citypack import models
from kechuang.citypack.attaching import attach
from kechuang.citypack.compile import catalogue, measure
from kechuang.measures.facts import parse_facts

CITIES = Path(__file__).resolve().parents[2] / "cities"
PACKS = {"lucheng": ("wenzhou-lucheng-2019-fuwuye", 63), "liuhe": ("liuhe-2023-zhongdianchanye", 40)}


@pytest.fixture(scope="module", params=list(PACKS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def official(shared: Path, name: str) -> str:
    return reading.load(shared / "policies" / f"{PACKS[name][0]}.txt")


def test_pack_is_in_order_and_covers_every_sentence(name: str) -> None:
    report = citypack.check_folder(CITIES / name)
    assert [problem.as_text("en") for problem in report.problems] == []
    assert (report.coverage.covered, report.coverage.sentences) == (PACKS[name][1], PACKS[name][1])
    assert report.cases >= 50


def test_every_measure_has_a_case(name: str) -> None:
    pack = citypack.load(CITIES / name)
    assert [m.id for m in pack.measures if not m.cases] == []


def test_every_sentence_agrees_with_the_official_text(shared: Path, name: str) -> None:
    result = attach(citypack.load(CITIES / name).documents[0], official(shared, name))
    assert result.ok
    assert len(result.matches) == PACKS[name][1]


def texts(record: object) -> Iterator[str]:
    if isinstance(record, models.Text):
        yield record.zh
    elif isinstance(record, BaseModel):
        for field in type(record).model_fields:
            if not (isinstance(record, models.Document) and field == "title"):
                yield from texts(getattr(record, field))
    elif isinstance(record, list):
        for entry in record:
            yield from texts(entry)
    elif isinstance(record, dict):
        for entry in record.values():
            yield from texts(entry)


def test_pack_is_written_in_its_own_words(shared: Path, name: str) -> None:
    flat = re.sub(r"\s", "", official(shared, name))
    copied = []
    for text in texts(citypack.load(CITIES / name)):
        own = re.sub(r"\s", "", text)
        copied += [own[i : i + 14] for i in range(len(own) - 13) if own[i : i + 14] in flat]
    assert copied == []


# ---- hard constructions -----------------------------------------------------------------------------

FUND = {"服务业类别": "投资基金", "投资已满一年": True, "市区两级地方综合贡献": "2,000,000"}


def explain(city: str, measure_id: str, raw: dict[str, Any], on: dt.date) -> dict[str, Any]:
    pack = citypack.load(CITIES / city)
    facts_of_pack = catalogue(pack)
    facts, errors = parse_facts(raw, facts_of_pack)
    assert not errors
    record = next(m for m in pack.measures if m.id == measure_id)
    return measures.explain(measure(record), facts, on, facts_of_pack).to_dict()


@pytest.mark.parametrize(
    ("invested", "whole", "slices"),
    [
        ("49,999,999.99", "500000.00", "500000.00"),
        ("50,000,000.00", "750000.00", "500000.00"),
        ("120,000,000.00", "2400000.00", "1650000.00"),
    ],
)
def test_rate_by_step_or_by_slice(invested: str, whole: str, slices: str) -> None:
    result = explain("lucheng", "fund-investment-award", FUND | {"投资本区企业金额": invested}, dt.date(2020, 6, 1))
    amounts = {r["reading"]: r["amount"] for r in result["readings"] if r["ambiguity"] == "base"}
    assert amounts == {"whole": whole, "slice": slices}


def test_climbing_all_steps_pays_the_top_step_once() -> None:
    raw = {
        "服务业类别": "其他营利性服务业", "首次达到该档": True, "该项已享受年数": 0, "择一选择": "营业收入奖励",
        "是房地产企业": False,
    }  # fmt: skip
    received = Decimal(0)
    for revenue, before in (
        ("60,000,000", "40,000,000"),
        ("160,000,000", "60,000,000"),
        ("310,000,000", "160,000,000"),
    ):
        facts = raw | {"营业收入": revenue, "前一年营业收入": before, "该项较低等次已获奖励": str(received)}
        received += Decimal(explain("lucheng", "revenue-step-award", facts, dt.date(2020, 6, 1))["amount"])
    assert received == Decimal("300000.00")


@pytest.mark.parametrize(
    ("contribution", "whole", "slices"),
    [
        ("20,000,000.00", "14000000.00", "14000000.00"),
        ("20,000,000.01", "16000000.01", "14000000.01"),
        ("60,000,000.00", "54000000.00", "47000000.00"),
    ],
)
def test_headquarters_by_class_or_by_slice(contribution: str, whole: str, slices: str) -> None:
    raw = {
        "认定为总部经济项目": True,
        "总部认定第几年": 1,
        "迁回结算的本土企业": False,
        "年度地方财政贡献": contribution,
    }
    result = explain("liuhe", "headquarters-award", raw, dt.date(2024, 6, 1))
    amounts = {r["reading"]: r["amount"] for r in result["readings"] if r["ambiguity"] == "base"}
    assert amounts == {"whole": whole, "slice": slices}


def test_policies_are_not_applied_outside_their_time() -> None:
    facts = {"初次认定高新技术企业": True}
    assert explain("liuhe", "hightech-award", facts, dt.date(2026, 2, 7))["status"] == "yes"
    assert explain("liuhe", "hightech-award", facts, dt.date(2026, 2, 8))["status"] == "not_in_force"


def test_shares_that_the_text_leaves_open_stay_open() -> None:
    facts = {"项目类别": "工业", "固定资产投资": "30,000,000", "亩均投资强度": "2,500,000"}
    result = explain("liuhe", "industry-investment-award", facts, dt.date(2024, 6, 1))
    assert (result["status"], result["amount"]) == ("unstated", None)
