"""A pack written back to files is the same pack."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.citypack import Pack, check_folder, digest, load
from kechuang.citypack.exporting import export, to_yaml
from kechuang.citypack.yamlfile import YamlFile, parse_yaml

CITIES = sorted(path.parent for path in (Path(__file__).parents[2] / "cities").glob("*/city.yaml"))


@pytest.mark.parametrize("city", CITIES, ids=[path.name for path in CITIES])
def test_export_and_load_give_the_same_pack(city: Path, tmp_path: Path) -> None:
    pack = load(city)
    written = export(pack, tmp_path / "out")
    again = load(tmp_path / "out")
    assert again == pack
    assert digest(again) == digest(pack)
    assert {str(path.relative_to(tmp_path / "out")) for path in written} >= {"city.yaml", "measures.yaml"}


def test_the_exported_folder_passes_the_check(pack: Pack, tmp_path: Path) -> None:
    export(pack, tmp_path)
    assert check_folder(tmp_path).problems == ()


def test_a_decision_made_on_a_page_returns_to_the_file(pack: Pack, tmp_path: Path) -> None:
    first = pack.measures[0]
    decided = first.ambiguities[0].model_copy(update={"chosen": "invoice", "by": "市科技局"})
    measure = first.model_copy(update={"ambiguities": [decided]})
    export(pack.model_copy(update={"measures": [measure, *pack.measures[1:]]}), tmp_path)
    assert "chosen: invoice\n" in (tmp_path / "measures.yaml").read_text(encoding="utf-8")
    assert load(tmp_path).measures[0].ambiguities[0].by == "市科技局"


def test_nothing_is_overwritten(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(FileExistsError, match="not empty"):
        export(pack, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_short_records_stand_on_one_line() -> None:
    assert to_yaml([{"id": "x", "source": {"clause": "3.1", "span": 2}, "title": {"zh": "甲", "en": "A, b"}}]) == (
        "- id: x\n  source: {clause: '3.1', span: 2}\n  title: {zh: 甲, en: 'A, b'}\n"
    )


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12) | st.sampled_from(
    [
        "yes",
        "on",
        "3.10",
        "007",
        "1e3",
        "2013-04-18",
        "null",
        "~",
        "- a",
        "a: b",
        "#x",
        "*x",
        "&x",
        "!x",
        "：",
        " a ",
        "",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_is_read_back(value: object) -> None:
    file = parse_yaml(to_yaml(value), YamlFile("x"))
    assert file.problems == []
    assert file.data == value
