"""Rules on measures that meet, in a trial: law and draft after the rules, worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang import citypack
from kechuang.citypack.models import Pack
from kechuang.measures.cumulation import Claim
from kechuang.web.laboratory.domain.compute import Question, compute, read_as
from kechuang.web.laboratory.domain.meeting import Meeting
from kechuang.web.laboratory.domain.subject import Subject
from tests.web.laboratory.test_compute import CHENZHOU, DAY, DRAFT, GRANTED, LAW, SUBJECTS, subject

PACK = citypack.load(Path(__file__).resolve().parents[3] / "cities" / "chenzhou")


def asked(
    others: dict[str, list[Claim]] | None = None, subjects: list[Subject] = SUBJECTS, **fields: Any
) -> dict[str, Any]:
    record = {
        "id": "r", "title": {"zh": "规则", "en": "rule"}, "source": {"clause": "3.10.2", "span": 2},
        "measures": ["receiver-subsidy"], **fields,
    }  # fmt: skip
    raw = PACK.model_dump(mode="json", by_alias=True)
    pack = Pack.model_validate({**raw, "cumulation": [record]})
    meeting = Meeting("receiver-subsidy", "contract", pack, tuple(pack.cumulation), others or {})
    question = Question(
        DRAFT, LAW, CHENZHOU.catalogue, DAY, year=2025, parameter="cap", granted=GRANTED, meeting=meeting
    )
    return compute(question, subjects).result


def totals(result: dict[str, Any]) -> tuple[Decimal, Decimal]:
    figure = result["figures"]["totals"]
    row = dict(zip(figure["columns"], figure["rows"][0], strict=True))
    return Decimal(row["law"]), Decimal(row["draft"])


def curve(result: dict[str, Any]) -> dict[Decimal, tuple[str, str]]:
    """Two points of the curve: the cost alone, and after the rules."""
    found = result["curve"]
    assert found["method"] == "each" and len(found["points"]) == 41
    points = {Decimal(p["value"]): (p["alone"], p["amount"]) for p in found["points"]}
    return {value: points[value] for value in (Decimal(150000), Decimal(200000))}


def test_a_ceiling_per_firm_and_year() -> None:
    result = asked(kind="ceiling", ceiling={"2013-04-18": "250000.00"}, period="year")
    # 甲: law 100,000 + 200,000, draft 125,000 + 150,000, both cut to 250,000; 乙 20,000 and 25,000; 丙 200,000 and 150,000.
    assert totals(result) == (Decimal("470000.00"), Decimal("425000.00"))
    assert result["meeting"] == [
        {
            "id": "r",
            "zh": "规则",
            "en": "rule",
            "law": "50000.00",
            "draft": "25000.00",
            "law_firms": 1,
            "draft_firms": 1,
        }
    ]
    # The curve shows both: what the cap gives alone, and what is left of it under the ceiling.
    assert curve(result) == {Decimal(150000): ("450000.00", "425000.00"), Decimal(200000): ("550000.00", "475000.00")}


def test_a_ceiling_that_is_the_drafts_own_parameter() -> None:
    result = asked(kind="ceiling", ceiling_parameter="cap", period="year")
    # Law: 200,000 a firm and year; draft: 150,000. 2024 counts apart and takes nothing.
    assert totals(result) == (Decimal("420000.00"), Decimal("325000.00"))
    assert result["meeting"][0] | {} == {
        "id": "r", "zh": "规则", "en": "rule", "law": "100000.00", "draft": "125000.00",
        "law_firms": 1, "draft_firms": 1,
    }  # fmt: skip
    # The ceiling moves with the cap: at 200,000 it is 200,000 a firm.
    assert curve(result) == {Decimal(150000): ("450000.00", "325000.00"), Decimal(200000): ("550000.00", "425000.00")}


def test_the_higher_of_what_another_measure_pays() -> None:
    others = {"丙": [Claim("supplier-subsidy", Decimal("160000.00"), "contract:9")]}
    result = asked(others, kind="take_higher", measures=["receiver-subsidy", "supplier-subsidy"])
    # 丙 keeps 200,000 under the law and loses the draft's 150,000 to the other 160,000; 甲 keeps its higher contract, and so
    # does 乙 over all years: 40,000 and 50,000 of 2024, which are outside the year asked for.
    assert totals(result) == (Decimal("400000.00"), Decimal("150000.00"))


def test_splitting_gains_nothing_under_a_ceiling_of_the_firm() -> None:
    result = asked(kind="ceiling", ceiling={"2013-04-18": "150000.00"}, period="year")
    figure = result["figures"]["splitting"]
    row = dict(zip(figure["columns"], figure["rows"][0], strict=True))
    assert (row["subjects"], Decimal(row["gain"])) == ("0", Decimal("0.00"))


@given(st.lists(st.decimals("0", "30000000", places=2), min_size=1, max_size=8), st.integers(1, 500_000))
@settings(max_examples=6)
def test_the_curve_meets_the_total_at_the_drafts_own_value(values: list[Decimal], ceiling: int) -> None:
    """Whatever the contracts and the ceiling: the curve at the draft's cap is the draft's total, and never above alone."""
    subjects = [subject(str(i), "甲乙丙"[i % 3], f"{v}", "2025-02-01") for i, v in enumerate(values)]
    result = asked(kind="ceiling", ceiling={"2013-04-18": f"{ceiling}.00"}, period="year", subjects=subjects)
    points = {Decimal(p["value"]): p for p in result["curve"]["points"]}
    assert Decimal(points[Decimal(150000)]["amount"]) == totals(result)[1]
    assert all(Decimal(p["amount"]) <= Decimal(p["alone"]) for p in points.values())


def test_a_cap_per_firm_and_year_has_its_curve_too() -> None:
    question = Question(
        read_as(DRAFT, "cap-period", "firm-year"), LAW, CHENZHOU.catalogue, DAY, year=2025, parameter="cap", granted=GRANTED
    )  # fmt: skip
    result = compute(question, SUBJECTS).result
    points = {Decimal(p["value"]): p["amount"] for p in result["curve"]["points"]}
    assert (points[Decimal(150000)], points[Decimal(0)]) == ("325000.00", "0.00")
    assert Decimal(points[Decimal(150000)]) == totals(result)[1]
    assert "alone" not in result["curve"]["points"][0]


def test_a_measure_that_no_rule_speaks_of_is_as_before() -> None:
    question = Question(DRAFT, LAW, CHENZHOU.catalogue, dt.date(2026, 6, 1), year=2025, granted=GRANTED)
    result = compute(question, SUBJECTS).result
    assert totals(result) == (Decimal("520000.00"), Decimal("450000.00"))
    assert result["meeting"] == []
