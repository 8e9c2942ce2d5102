"""Readings chosen on a page survive the folder that does not know them, and only where they still mean the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from kechuang.citypack import Pack, plan
from kechuang.citypack.decisions import keep, undone

DAY = dt.date(2031, 5, 6)


def with_question(pack: Pack, **fields: Any) -> Pack:
    """The example pack with the first question of its first measure changed."""
    raw = pack.model_dump(mode="json", by_alias=True)
    raw["measures"][0]["ambiguities"][0] |= fields
    return Pack.model_validate(raw)


@pytest.fixture
def decided(pack: Pack) -> Pack:
    return with_question(pack, chosen="invoice", by="周敏", date=str(DAY), reason="发票可核对")


def test_the_folder_would_undo_the_choice_and_keeping_restores_it(pack: Pack, decided: Pack) -> None:
    [decision] = undone(decided, pack)
    assert (decision.where, decision.reading, decision.fate, decision.instead) == (
        "results-subsidy/proof", "invoice", "undone", None,
    )  # fmt: skip
    assert decision.as_text("zh") == "会撤销 results-subsidy/proof 的读法“invoice”（周敏 2031-05-06 选定）"
    assert decision.as_text("en") == (
        'would undo the reading "invoice" of results-subsidy/proof, chosen by 周敏 on 2031-05-06'
    )
    whole, kept = keep(decided, pack)
    assert (whole, [d.reading for d in kept]) == (decided, ["invoice"])
    assert undone(decided, whole) == ()


def test_other_changes_of_the_folder_come_in_beside_a_kept_decision(pack: Pack, decided: Pack) -> None:
    raw = pack.model_dump(mode="json", by_alias=True)
    raw["measures"][0]["parameters"]["upper_rate"] = {"2030-07-01": "0.015"}
    whole, _ = keep(decided, Pack.model_validate(raw))
    measure = whole.measures[0]
    assert str(measure.parameters["upper_rate"][dt.date(2030, 7, 1)]) == "0.015"
    assert (measure.ambiguities[0].chosen, measure.ambiguities[0].reason) == ("invoice", "发票可核对")


def test_a_later_choice_of_the_folder_is_a_newer_decision(pack: Pack, decided: Pack) -> None:
    later = with_question(pack, chosen="site-visit", by="吴凡", date="2031-06-01")
    assert undone(decided, later) == ()
    assert keep(decided, later) == (later, ())
    earlier = with_question(pack, chosen="site-visit", by="吴凡", date="2031-05-05")
    [decision] = undone(decided, earlier)
    assert (decision.fate, decision.instead) == ("undone", "site-visit")
    undated = with_question(pack, chosen="site-visit", by="吴凡")
    assert [d.instead for d in undone(decided, undated)] == ["site-visit"]


def test_a_choice_about_something_else_lapses(pack: Pack, decided: Pack) -> None:
    asked = with_question(pack, question={"zh": "别的问题", "en": "another question"})
    readings = [{"id": "invoice", "title": {"zh": "换了内容", "en": "something else"}}]
    without = pack.model_copy(update={"measures": pack.measures[1:]})
    for new in (asked, with_question(pack, readings=readings), without):
        [decision] = undone(decided, new)
        assert decision.fate == "lapsed"
        assert decision.as_text("zh").endswith("：问题或读法已经不同")
        assert keep(decided, new) == (new, ())


def test_nothing_is_undone_without_a_decision_or_in_another_city(pack: Pack, decided: Pack) -> None:
    assert undone(None, pack) == undone(pack, pack) == undone(decided, decided) == ()
    elsewhere = pack.model_copy(update={"city": pack.city.model_copy(update={"id": "elsewhere"})})
    assert undone(decided, elsewhere) == ()


def test_the_plan_says_so(pack: Pack, decided: Pack) -> None:
    result = plan(decided, pack)
    assert [d["reading"] for d in result.to_dict()["decisions"]] == ["invoice"]
    zh, en = result.as_text("zh"), result.as_text("en")
    assert "! 会撤销 results-subsidy/proof 的读法“invoice”（周敏 2031-05-06 选定）" in zh
    assert "--drop-decisions" in zh
    assert "Applying keeps these decisions" in en
    assert "--drop-decisions" not in plan(pack, decided).as_text("zh")
