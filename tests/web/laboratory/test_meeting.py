"""Rules on measures that meet, in a trial: law and draft after the rules, worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

from kechuang import citypack
from kechuang.citypack.models import Pack
from kechuang.measures.cumulation import Claim
from kechuang.web.laboratory.domain.compute import Question, compute
from kechuang.web.laboratory.domain.meeting import Meeting
from tests.web.laboratory.test_compute import CHENZHOU, DAY, DRAFT, GRANTED, LAW, SUBJECTS

PACK = citypack.load(Path(__file__).resolve().parents[3] / "cities" / "chenzhou")


def asked(others: dict[str, list[Claim]] | None = None, **fields: Any) -> dict[str, Any]:
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
    return compute(question, SUBJECTS).result


def totals(result: dict[str, Any]) -> tuple[Decimal, Decimal]:
    figure = result["figures"]["totals"]
    row = dict(zip(figure["columns"], figure["rows"][0], strict=True))
    return Decimal(row["law"]), Decimal(row["draft"])


def test_a_ceiling_per_firm_and_year() -> None:
    result = asked(kind="ceiling", ceiling={"2013-04-18": "250000.00"}, period="year")
    # 甲: law 100,000 + 200,000, draft 125,000 + 150,000, both cut to 250,000; 乙 20,000 and 25,000; 丙 200,000 and 150,000.
    assert totals(result) == (Decimal("470000.00"), Decimal("425000.00"))
    assert result["meeting"] == [{"id": "r", "zh": "规则", "en": "rule", "law": "50000.00", "draft": "25000.00"}]
    assert result["curve"] is None


def test_a_ceiling_that_is_the_drafts_own_parameter() -> None:
    result = asked(kind="ceiling", ceiling_parameter="cap", period="year")
    # Law: 200,000 a firm and year; draft: 150,000. 2024 counts apart and takes nothing.
    assert totals(result) == (Decimal("420000.00"), Decimal("325000.00"))
    assert result["meeting"][0] | {} == {
        "id": "r", "zh": "规则", "en": "rule", "law": "100000.00", "draft": "125000.00",
    }  # fmt: skip


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


def test_a_measure_that_no_rule_speaks_of_is_as_before() -> None:
    question = Question(DRAFT, LAW, CHENZHOU.catalogue, dt.date(2026, 6, 1), year=2025, granted=GRANTED)
    result = compute(question, SUBJECTS).result
    assert totals(result) == (Decimal("520000.00"), Decimal("450000.00"))
    assert result["meeting"] == []
