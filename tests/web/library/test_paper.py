"""The text as a page shows it loses nothing, and editions are aligned sentence by sentence without loss."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from kechuang import reading
from kechuang.web.library.domain import editions, paper, reshape
from kechuang.web.library.models import DraftItem

SENTENCES = st.lists(
    st.sampled_from(
        ["对新认定的孵化器，给予奖励10万元。", "各县区要抓好落实。", "按设备投资的8%给予补助，最高50万元。", "本办法自发布之日起施行。",
         "对企业给予贷款贴息。", "到2030年，高新技术企业达到100家。"]),
    max_size=12,
)  # fmt: skip


def _items(text: str, places: list[tuple[int, int]]) -> list[DraftItem]:
    return [
        DraftItem(pk=n, kind="measure", start=start, end=end, clause="0", quote=text[start:end], status="proposed")
        for n, (start, end) in enumerate(places, 1)
    ]


@given(SENTENCES, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=6))
def test_painting_loses_no_character(sentences, places):
    text = "关于试验的措施\n\n一、内容\n" + "\n".join(sentences)
    stretches = sorted((min(a, len(text) - 1), min(a + b, len(text))) for a, b in places)
    lines = paper.paint(reading.read(text), _items(text, stretches))
    assert "".join(run.text for line in lines for run in line) == text.replace("\n", "")
    for line in lines:
        for run in line:
            assert text[run.start : run.start + len(run.text)] == run.text


def test_the_shorter_item_lies_on_top_and_each_number_stands_once():
    text = "对新认定的孵化器，给予奖励10万元。"
    runs = paper.paint(reading.read(text), _items(text, [(0, 17), (9, 17)]))[0]
    assert [(run.text, run.number, run.first) for run in runs] == [
        ("对新认定的孵化器，", 1, True), ("给予奖励10万元", 2, True), ("。", 0, False)]  # fmt: skip


@given(SENTENCES, SENTENCES)
def test_every_sentence_of_both_editions_stands_in_one_pair(old, new):
    before, after = reading.read("\n".join(old)), reading.read("\n".join(new))
    pairs = editions.align(before, after)
    assert [pair.old for pair in pairs if pair.old] == list(before.sentences)
    assert [pair.new for pair in pairs if pair.new] == list(after.sentences)
    for pair in pairs:
        wanted = {(True, True): ("unchanged", "changed"), (True, False): ("gone",), (False, True): ("new",)}
        assert pair.state in wanted[bool(pair.old), bool(pair.new)]


def test_places_to_split_lie_inside():
    text = "对企业，按投资的8%给予补助，最高50万元"
    assert [text[:at] for at, _, _ in reshape.cuts(_items(text, [(0, len(text))])[0])] == [
        "对企业，", "对企业，按投资的8%给予补助，"]  # fmt: skip


def test_a_long_document_is_painted_quickly():
    text = "措施\n\n一、内容\n" + "对新认定的孵化器，给予奖励10万元。\n" * 2000
    read = reading.read(text)
    items = _items(text, [(one.start, one.end) for one in read.incentives])
    start = time.process_time()
    paper.paint(read, items)
    assert len(items) == 2000
    assert time.process_time() - start < 1
