"""Dates and years as official texts write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.chinese import dates


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2013年4月18日", "2013-04-18"),
        ("二〇一三年四月十八日", "2013-04-18"),
        ("2026-07-31", "2026-07-31"),
        ("2016.3.26", "2016-03-26"),
        ("到2015年，", "2015"),
        ("2020年6月底", "2020-06"),
        ("二○一二年", "2012"),
        ("2013 年 4 月 18 日", "2013-04-18"),
    ],
)
def test_find(text: str, iso: str) -> None:
    assert [mention.iso for mention in dates.find(text)] == [iso]


def test_find_keeps_positions_and_order() -> None:
    text = "2010年12月24日通过，2011年5月1日施行"
    found = list(dates.find(text))
    assert [text[item.start : item.end] for item in found] == ["2010年12月24日", "2011年5月1日"]


@pytest.mark.parametrize("text", ["2013年2月30日", "0735-2368507", "3.5%", "第十条", "1024年前"])
def test_find_leaves_out_what_is_no_date(text: str) -> None:
    assert [item for item in dates.find(text) if item.day is not None] == []


def test_parse_wants_the_whole_text() -> None:
    assert dates.parse("2013年4月18日") == dt.date(2013, 4, 18)
    assert dates.parse("2013年4月18日施行") is None
    assert dates.parse("2013年") is None


def test_five_year_plans() -> None:
    assert dates.five_year_plan_end(14) == 2025
    assert [item.iso for item in dates.find_plan_ends("到“十四五”末，力争十三五期末")] == ["2025", "2020"]
    with pytest.raises(ValueError, match="third plan"):
        dates.five_year_plan_end(2)


@given(st.dates(min_value=dt.date(1900, 1, 1), max_value=dt.date(2199, 12, 31)))
def test_every_day_is_read_back(day: dt.date) -> None:
    assert dates.parse(f"{day.year}年{day.month}月{day.day}日") == day
