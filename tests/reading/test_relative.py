"""Relative deadlines: counted from what the document says of itself, or kept as they are written with a reason."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang.reading import read, relative
from kechuang.reading.relative import Known

LETTER = "关于发展的意见\n某政发〔2024〕7号\n\n各县：\n\n一、主要目标\n{}\n\n某市人民政府\n\n2024年3月31日\n"


def deadline(sentence: str, text: str = LETTER) -> tuple[str | None, str | None, str]:
    """Deadline, its words and the last reason of the first target of a sentence."""
    target = read(text.format(sentence)).targets[0]
    return target.deadline, target.deadline_words, target.evidence.reasons[-1] if target.evidence.reasons else ""


@pytest.mark.parametrize(
    ("sentence", "iso", "words"),
    [
        ("三年内，培育示范企业100家。", "2027-03-31", "三年内"),
        ("争取两年内引进团队20个。", "2026-03-31", "争取两年内"),
        ("自本意见发布之日起三年内，培育示范企业100家。", "2027-03-31", "自本意见发布之日起三年内"),
        ("本意见印发后6个月内，建成示范窗口10个。", "2024-09-30", "本意见印发后6个月内"),
        ("用3到5年时间，建成10个特色园区。", "2029-03-31", "用3到5年时间"),
        ("通过三年左右的努力，建成10个特色园区。", "2027-03-31", "通过三年左右的努力"),
        ("未来五年，培育独角兽企业5家。", "2029-03-31", "未来五年"),
        ("今后三年内，培育独角兽企业5家。", "2027-03-31", "今后三年内"),
        ("今年底前，建成公共服务平台5个。", "2024", "今年底前"),
        ("本年度内，建成公共服务平台5个。", "2024", "本年度内"),
        ("明年6月底前，建成公共服务平台5个。", "2025-06", "明年6月底前"),
        ("年底前，建成数据中心2个。", "2024", "年底前"),
    ],
)
def test_what_the_document_dates(sentence: str, iso: str, words: str) -> None:
    assert deadline(sentence)[:2] == (iso, words)


@pytest.mark.parametrize(
    ("sentence", "words", "reason"),
    [
        ("本届政府任期内，新建学校12所。", "本届政府任期内", relative.OFFICE),
        ("任期届满前，新建学校12所。", "任期届满前", relative.OFFICE),
        ("认定后三年内，建成研发机构5家。", "认定后三年内", relative.EACH_CASE),
        ("自土地交付之日起两年内，建成厂房5栋。", "自土地交付之日起两年内", relative.EACH_CASE),
        ("自本意见施行之日起半年内，建成示范窗口10个。", "自本意见施行之日起半年内", relative.NO_FORCE),
        ("规划期末，新增专利500件。", "规划期末", relative.NO_PERIOD),
    ],
)
def test_what_stays_as_it_is_written(sentence: str, words: str, reason: str) -> None:
    assert deadline(sentence) == (None, words, reason)


def test_without_a_date_nothing_is_counted() -> None:
    assert deadline("三年内，培育示范企业100家。", "一、主要目标\n{}\n") == (None, "三年内", relative.NO_DATE)


def test_entry_into_force_and_the_period_of_a_plan() -> None:
    text = LETTER + "二、附则\n本意见自2024年7月1日起施行。\n"
    assert deadline(
        "自本意见施行之日起半年内，建成示范窗口10个。", text.replace("\n\n某市人民政府\n\n2024年3月31日", "")
    )[0] == ("2025-01-01")
    plan = LETTER.replace("关于发展的意见", "某市创新发展规划（2024—2028年）")
    assert deadline("规划期末，新增专利500件。", plan)[0] == "2028"
    fifteenth = LETTER.replace("关于发展的意见", "某市“十五五”创新发展规划")
    assert deadline("规划期内，新增专利500件。", fifteenth)[0] == "2030"


@pytest.mark.parametrize(
    "sentence",
    ["毕业5年内的学生创业，引进人才100名。", "近三年内获奖的企业，引进人才100名。", "每年年底前，培训人员500人。"],
)
def test_what_is_no_deadline(sentence: str) -> None:
    assert deadline(sentence)[:2] == (None, None)


def test_a_relative_deadline_holds_for_its_list() -> None:
    found = read(LETTER.format("用三年时间，实现以下目标。\n——示范企业达到100家；\n——孵化器达到20家。")).targets
    assert [(item.deadline, item.deadline_words) for item in found] == [("2027-03-31", "用三年时间")] * 2


def test_tasks_have_them_too() -> None:
    task = read(LETTER.format("三年内建成一批示范基地。")).tasks[0]
    assert (task.action, task.object, task.deadline, task.deadline_words) == (
        "建成",
        "一批示范基地",
        "2027-03-31",
        "三年内",
    )
    assert relative.FROM_ISSUE in task.evidence.reasons


def test_a_leap_day_ends_on_the_last_day_of_its_month() -> None:
    assert [term.iso for term in relative.find("三年内，建成平台。", Known(issued="2024-02-29"))] == ["2027-02-28"]
    assert [term.iso for term in relative.find("两个月内，建成平台。", Known(issued="2024-12-31"))] == ["2025-02-28"]
    assert [term.iso for term in relative.find("三年内，建成平台。", Known(issued="2024"))] == ["2027"]


@given(
    st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2099, 12, 31)),
    st.integers(1, 30),
)
def test_years_keep_the_day_where_the_month_has_it(issued: object, years: int) -> None:
    (term,) = relative.find(f"{years}年内，建成平台。", Known(issued=str(issued)))
    year, month, day = str(issued).split("-")
    assert term.iso is not None
    assert term.iso[:7] == f"{int(year) + years:04d}-{month}"
    assert term.iso[8:] == day or (month, day, term.iso[8:]) == ("02", "29", "28")


@given(st.text(alphabet="自本意见发布之日起三年内今底前任期用5到个月，。后未来半", max_size=40))
def test_terms_never_overlap(text: str) -> None:
    terms = sorted(relative.find(text, Known("2024-03-31")), key=lambda one: one.start)
    assert all(0 <= one.start < one.end <= len(text) for one in terms)
    assert all(a.end <= b.start for a, b in pairwise(terms))
