"""Plans, digests and the JSON of releases."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.citypack import Pack, digest, from_json, load, plan, to_json
from kechuang.citypack.planning import compare

Change = Callable[[str, str, str], int]


def test_json_round_trip_is_exact(pack: Pack) -> None:
    again = from_json(to_json(pack))
    assert again == pack
    assert digest(again) == digest(pack)
    assert to_json(again) == to_json(pack)
    with pytest.raises(pydantic.ValidationError):
        from_json('{"city": {}}')


def test_a_release_from_before_formulas_were_expressions_is_read(pack: Pack) -> None:
    """Releases are immutable: what an older program stored has to stay readable."""
    content = json.loads(to_json(pack))
    content["indicators"][0]["formula"] = {"numerator": "hightech_manufacturers", "denominator": "hightech_firms"}
    assert from_json(json.dumps(content)).indicators[0].formula == "hightech_manufacturers / hightech_firms"


def test_an_unchanged_pack_has_an_empty_plan(pack: Pack) -> None:
    result = plan(pack, from_json(to_json(pack)))
    assert result.empty
    assert result.before == result.after == digest(pack)
    assert (result.as_text("zh"), result.as_text("en")) == ("没有变化。", "Nothing would change.")


def test_the_first_plan_adds_everything(pack: Pack) -> None:
    result = plan(None, pack)
    assert result.before is None
    assert result.counts()["measure"] == {"add": 4}
    assert result.counts()["observation"] == {"add": 11}
    assert {change.action for change in result.changes} == {"add"}


def test_a_changed_rate_is_one_difference(folder: Path, change: Change) -> None:
    old = load(folder)
    change("measures.yaml", 'upper_rate: {2030-07-01: "0.01"}', 'upper_rate: {2030-07-01: "0.015"}')
    new = load(folder)
    result = plan(old, new)
    assert [(c.action, c.kind, c.id) for c in result.changes] == [("change", "measure", "results-subsidy")]
    assert [d.to_dict() for d in result.changes[0].differences] == [
        {"path": "parameters.upper_rate.2030-07-01", "before": "0.01", "after": "0.015"}
    ]
    assert result.changes[0].before != result.changes[0].after
    assert "parameters.upper_rate.2030-07-01: 0.01 → 0.015" in result.as_text("zh")


def test_a_changed_sentence_is_found_inside_the_document(folder: Path, change: Change) -> None:
    old = load(folder)
    change("documents/shili-2030-12.yaml", "summary: {zh: 三条原则,", "summary: {zh: 三条大原则,")
    result = plan(old, load(folder))
    assert [(c.kind, c.differences[0].path) for c in result.changes] == [
        ("document", "clauses.[1].paragraphs.[1.1].sentences.[1].summary.zh")
    ]


def test_added_and_removed_items_and_rows(pack: Pack) -> None:
    smaller = pack.model_copy(
        update={"tasks": pack.tasks[1:], "observations": pack.observations[:-1], "services": pack.services[::-1]}
    )
    forward, back = plan(smaller, pack), plan(pack, smaller)
    assert [(c.action, c.kind, c.id) for c in forward.changes] == [
        ("add", "task", "register-contracts"),
        ("add", "observation", "999900/revenue_growth/2030/invented-a"),
    ]
    assert [(c.action, c.id) for c in back.changes] == [(("remove"), c.id) for c in forward.changes]


def test_a_department_is_an_item_of_its_own(folder: Path, change: Change) -> None:
    old = load(folder)
    change("city.yaml", "{zh: 市税务局,", "{zh: 税务局,")
    result = plan(old, load(folder))
    assert [(c.kind, c.id) for c in result.changes] == [("department", "tax")]


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_values_differ_exactly_when_a_difference_is_reported(before: object, after: object) -> None:
    assert (not list(compare(before, after))) == (before == after)
