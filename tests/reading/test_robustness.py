"""Nothing crashes, offsets always hold, time stays linear."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.reading import Reading, read, spans

ALPHABET = "一二三（）《》“”〔〕、，。；：%万元亿给予奖励补助不超过最高按的对企业项目达到以上年月日到第条章1234567890. \n\r\t家个其中分别每AB１２％—-~①●附件"


def hold(text: str) -> Reading:
    """Read and check every offset."""
    reading = read(text)
    for item in (*reading.targets, *reading.incentives, *reading.rules):
        assert item.quote
        assert text[item.start : item.end] == item.quote
    for item in (*reading.tasks, *reading.references, *reading.clauses, *reading.paragraphs):
        assert 0 <= item.start <= item.end <= len(text)
    assert all(text[item.start : item.end] == item.text for item in reading.sentences)
    coloured = spans(reading)
    assert all(a.end <= b.start for a, b in pairwise(coloured))
    ids = [item.id for item in (*reading.clauses, *reading.paragraphs)]
    assert len(ids) == len(set(ids))
    reading.to_dict(why=True)
    return reading


@given(st.text(alphabet=ALPHABET, max_size=300))
@settings(max_examples=200, deadline=None)
def test_noise_in_the_genre(text: str) -> None:
    hold(text)


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_text(text: str) -> None:
    hold(text)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_random_cuts_of_real_documents(shared: Path, data: st.DataObject) -> None:
    files = sorted((shared / "policies").glob("*.txt"))
    text = data.draw(st.sampled_from(files)).read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    hold(text[start : start + data.draw(st.integers(0, 2000))])


def test_no_real_document_gives_an_unexplained_empty_result(shared: Path) -> None:
    for path in sorted((shared / "policies").glob("*.txt")):
        reading = hold(path.read_text(encoding="utf-8"))
        assert reading.clauses
        assert reading.targets or reading.incentives or reading.notes, path.name


@pytest.mark.parametrize(
    "piece",
    ["对企业给予奖励5万元，", "一、\n", "（", "1:", "到2015年", "加快推进建设", "1-", "第1条 对企业按1%给予补助\n"],
)
def test_time_is_linear_on_monotonous_text(piece: str) -> None:
    def cost(size: int) -> float:
        began = time.process_time()
        hold(piece * (size // len(piece)))
        return time.process_time() - began

    cost(10_000)
    small, large = cost(20_000), cost(80_000)
    assert large < 12 * max(small, 0.02)


def test_determinism(shared: Path) -> None:
    text = (shared / "policies" / "chenzhou-2013-4.txt").read_text(encoding="utf-8")
    assert read(text).to_dict(why=True) == read(text).to_dict(why=True)
