"""Search: terms, ranking, counts by kind, excerpts, and indexes on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.retrieval import Entry, Index, build, excerpt, query_terms, terms
from kechuang.retrieval.analysis import fold

ENTRIES = [
    Entry(
        "m1",
        "measure",
        {
            "zh": ("技术成果受让补助", "企业买高校的技术并转化，按交易额补助"),
            "en": ("Subsidy for taking up results", ""),
        },
        data={"url": "/measures/m1/"},
    ),
    Entry("t1", "target", {"zh": ("研发投入强度", "研发经费占地区生产总值"), "en": ("R&D intensity", "share of GDP")}),
    Entry("t2", "target", {"zh": ("水质达标率", "湖水"), "en": ("Water quality", "lakes")}),
    Entry("s1", "service", {"zh": ("科技成果转化平台", "供需对接"), "en": ("Transfer platform", "")}, extra="技术市场"),
]
KINDS = ("measure", "target", "service")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return build(tmp_path_factory.mktemp("index"), "sample", ENTRIES)


def ids(index: Index, text: str, **more: object) -> list[str]:
    return [hit.id for hit in index.search(text, KINDS, **more).hits]  # type: ignore[arg-type]


def test_terms_are_pairs_and_folded_words() -> None:
    assert terms("研发投入 Subsidies") == ["研发", "发投", "投入", "subsidy"]
    assert fold("indexes") == "index"
    assert fold("boxes") == "box"
    assert fold("status") == "status"


def test_question_words_are_left_out_when_others_remain() -> None:
    assert query_terms("what is the water quality").words == ("water", "quality")
    assert query_terms("what is the").words == ("what", "is", "the")


def test_words_that_stand_together_are_known() -> None:
    asked = query_terms("我们买了高校的技术成果")
    assert asked.words == ("高校", "技术", "术成", "成果")
    assert asked.runs == (("技术", "术成", "成果"),)


def test_best_hit_first_with_its_data(index: Index) -> None:
    results = index.search("我们买了高校的技术，能补多少", KINDS)
    assert results.hits[0].id == "m1"
    assert results.hits[0].data == {"url": "/measures/m1/"}
    assert results.hits[0].texts["zh"][0] == "技术成果受让补助"


def test_two_words_must_both_be_there(index: Index) -> None:
    assert ids(index, "研发投入强度") == ["t1"]
    assert ids(index, "water quality") == ["t2"]


def test_one_character_is_found(index: Index) -> None:
    assert ids(index, "湖") == ["t2"]


def test_extra_text_is_searched(index: Index) -> None:
    assert ids(index, "市场") == ["s1"]


def test_counts_do_not_change_with_the_chosen_kind(index: Index) -> None:
    everything = index.search("成果", KINDS)
    assert everything.kinds == {"measure": 1, "service": 1}
    assert everything.total == 2
    chosen = index.search("成果", KINDS, kind="service")
    assert chosen.kinds == everything.kinds
    assert [hit.id for hit in chosen.hits] == ["s1"]
    assert chosen.total == 1


def test_paging(index: Index) -> None:
    first = ids(index, "成果", limit=1)
    second = ids(index, "成果", limit=1, offset=1)
    assert sorted(first + second) == ["m1", "s1"]


@pytest.mark.parametrize("nothing", ["", "   ", "！？…", "\x00", "()[]{}^~*\\\"'"])
def test_a_query_without_terms_finds_nothing(index: Index, nothing: str) -> None:
    assert index.search(nothing, KINDS).total == 0


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_query_breaks_the_index(index: Index, text: str) -> None:
    assert 0 <= index.search(text, KINDS).total <= len(ENTRIES)


def test_every_entry_is_found_by_its_own_title(index: Index) -> None:
    for entry in ENTRIES:
        for title, _ in entry.texts.values():
            assert ids(index, title)[0] == entry.id


def test_an_index_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    build(tmp_path, "one", ENTRIES)

    def never() -> list[Entry]:
        raise AssertionError("entries were asked for")

    assert len(build(tmp_path, "one", (entry for call in [never] for entry in call()))) == len(ENTRIES)


def test_old_indexes_are_removed(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        build(tmp_path, name, ENTRIES, keep=2)
    assert len(list(tmp_path.iterdir())) == 2
    assert (tmp_path / "d-1").is_dir()


def test_excerpt_marks_hits_and_keeps_the_text() -> None:
    pieces = excerpt("研发经费占地区生产总值", "地区生产", width=0)
    assert [(p.text, p.hit) for p in pieces] == [("研发经费占", False), ("地区生产", True), ("总值", False)]


def test_excerpt_of_a_long_text_shows_the_hit() -> None:
    text = "前言。" * 80 + "研发投入要增长。" + "后面的话。" * 80
    pieces = excerpt(text, "研发投入", width=40)
    shown = "".join(piece.text for piece in pieces)
    assert "研发投入" in [piece.text for piece in pieces if piece.hit]
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 42


@given(st.text(alphabet="研发投入 abc，。\U00020000", max_size=80), st.text(alphabet="研发投入 abc", max_size=8))
def test_pieces_joined_are_the_text(text: str, query: str) -> None:
    assert "".join(piece.text for piece in excerpt(text, query, width=0)) == text
