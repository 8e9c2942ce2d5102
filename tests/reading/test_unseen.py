"""Targets of two documents that were annotated after the rules were finished (offsets and values only, no text).

Scored once before any rule was changed: one of two found, none too many; the miss was the duty between two rates.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kechuang.reading import read
from tests.reading.cases import reading_of

GOLD: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "unseen_targets.json").read_text(encoding="utf-8")
)["documents"]


@pytest.mark.parametrize("name", sorted(GOLD))
def test_targets_of_documents_annotated_later(shared: Path, name: str) -> None:
    text = (shared / "policies" / name).read_text(encoding="utf-8")
    found = read(text).targets
    assert len(found) == len(GOLD[name])
    for item, wanted in zip(found, GOLD[name], strict=True):
        assert item.start < wanted["end"] and wanted["start"] < item.end
        assert (item.indicator, item.comparator, item.value, item.unit, item.deadline) == (
            wanted["indicator"],
            wanted["comparator"],
            Decimal(wanted["value"]),
            wanted["unit"],
            wanted["deadline"],
        )


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "财政教育支出的增幅应当高于财政总支出增幅2个百分点以上。",
            ("财政教育支出的增幅高于财政总支出增幅", ">=", "2"),
        ),
        ("科普经费增长率必须快于财政收入增长率一个百分点。", ("科普经费增长率快于财政收入增长率", "=", "1")),
    ],
)
def test_a_duty_between_two_rates(sentence: str, expected: tuple[str, str, str]) -> None:
    (target,) = reading_of(sentence, heading="经费保障").targets
    assert (target.indicator, target.comparator, str(target.value)) == expected
    assert target.unit == "个百分点"


def test_a_comparison_without_a_figure_stays_a_relation() -> None:
    reading = reading_of("科普经费的增长幅度应当高于财政收入的增长幅度。", heading="经费保障")
    assert reading.targets == ()
    assert [rule.kind for rule in reading.rules] == ["relation"]
