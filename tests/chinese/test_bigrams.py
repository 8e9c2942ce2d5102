"""Search terms of mixed text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kechuang.chinese.bigrams import Token, bigrams, spans, tokens


def test_chinese_gives_pairs_and_latin_gives_words():
    assert tokens("郴州的 R&D 投入") == ["郴州", "州的", "r", "d", "投入"]
    assert bigrams("技术合同") == "技术 术合 合同"
    assert tokens("市") == ["市"]
    assert tokens("PM2.5达到60%。") == ["pm2.5", "达到", "60"]


def test_full_width_writing_and_rare_characters():
    assert tokens("ＩＳＯ９００１") == ["iso9001"]
    assert tokens("\U00020bb7野") == ["\U00020bb7野"]
    assert tokens("") == tokens("，。 — ") == []


def test_terms_keep_their_place():
    text = "（科技）ABC."
    assert spans(text) == [Token("科技", 1, 3), Token("abc", 4, 7)]
    assert [text[token.start : token.end] for token in spans(text)] == ["科技", "ABC"]


@given(st.text(max_size=30))
def test_every_place_lies_in_the_text(text):
    for token in spans(text):
        assert token.text
        assert 0 <= token.start < token.end <= len(text)


@given(st.text("郴州市科技a1 ", min_size=1, max_size=12), st.text("工业园 b", max_size=6))
def test_a_text_holds_the_terms_of_its_parts(text, more):
    assert set(tokens(text)) <= set(tokens(text + "，" + more))
