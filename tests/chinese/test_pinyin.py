"""Pinyin of names."""

from __future__ import annotations

from kechuang.chinese.pinyin import initials, sort_key, syllables


def test_a_phrase_decides_the_reading():
    assert syllables("重庆") == ["chong", "qing"]
    assert initials("重庆") == "cq"
    assert initials("郴州市科技局") == "czskjj"


def test_other_writing_is_kept():
    assert initials("华录ABC有限公司") == "hlabcyxgs"
    assert initials("3D 打印") == "3ddy"
    assert initials("") == ""


def test_names_sort_by_sound():
    assert sorted(["永兴县", "安仁县", "桂东县"], key=sort_key) == ["安仁县", "桂东县", "永兴县"]
