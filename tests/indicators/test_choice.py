"""Vintages are kept; the chosen one has a reason; disagreements are shown."""

import csv
import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from kechuang.indicators import Flag, Observation, Trust, as_known_on, choose, choose_all, conflicts
from kechuang.indicators.choice import agree_when_rounded, describe
from kechuang.indicators.remarks import flags_from_remark, released_from_title, trust_from_title

from .made import seen, source


def test_official_beats_copied():
    copied, official = seen(2018, "2.19", by=source("转录", Trust.REPUBLISHED)), seen(2018, "2.14")
    cell = choose([copied, official], "%")
    assert cell.value == Decimal("2.14")
    assert cell.others == (copied,)
    assert cell.why.zh == "2 个来源，取“公报”：来源更接近发布机关"
    assert cell.conflict is not None and cell.conflict.kind == "disagreement"
    assert cell.conflict.spread == Decimal("0.05")


def test_full_year_beats_official_part_of_a_year():
    part = seen(2023, "1933", unit="件", note="2023年1—8月累计，不是全年数")
    whole = seen(2023, "2700", unit="件", by=source("网页", Trust.SECONDARY))
    assert part.flags == {Flag.PART_YEAR}
    assert choose([part, whole], "件").value == 2700


def test_revision_beats_earlier_release():
    first = seen(2016, "2204.13", unit="亿元", by=source("a", released=dt.date(2017, 2, 1)))
    later = seen(2016, "2190.80", unit="亿元", by=source("b", released=dt.date(2018, 2, 1)))
    cell = choose([first, later], "亿元")
    assert cell.value == Decimal("2190.80")
    assert "发布得更晚" in cell.why.zh
    assert choose(as_known_on([first, later], dt.date(2017, 12, 31)), "亿元").value == Decimal("2204.13")


def test_rounding_takes_the_exact_value_across_units():
    values = [
        seen(2015, "2012.07", unit="亿元"),
        seen(2015, "20120654", unit="万元", by=source("年鉴", Trust.REPUBLISHED)),
    ]
    cell = choose(values, "亿元")
    assert cell.value == Decimal("2012.0654")
    assert cell.conflict is not None and cell.conflict.kind == "rounding"
    assert "位数更完整" in cell.why.zh


def test_same_number_in_other_units_is_no_conflict():
    cell = choose([seen(2015, "35.9159", unit="万人"), seen(2015, "359159", unit="人", by=source("b"))], "万人")
    assert cell.conflict is None
    assert cell.why.zh == "2 个来源一致"


def test_single_source_and_empty():
    assert choose([seen(2020, "1.21")], "%").why.en == "the only source: 公报"
    with pytest.raises(ValueError, match="without observations"):
        choose([], "%")


def test_wrong_unit_stays_out():
    assert choose_all([seen(2020, "1.21", unit="亿元")], {"rd": "%"}) == {}


def test_known_on_leaves_out_what_could_not_exist():
    whole, month = seen(2020, "1.21"), seen(2020, "1.3", note="as of 2020-11")
    # Of a whole year nothing is known before it is over; a figure of a month may be known within the year.
    assert as_known_on([whole, month], dt.date(2021, 1, 1)) == [whole, month]
    assert as_known_on([whole, month], dt.date(2020, 12, 31)) == [month]
    assert as_known_on([whole, month], dt.date(2019, 12, 31)) == []
    assert as_known_on([whole, month], dt.date(2021, 1, 1), keep_undated=False) == []
    # A date on record goes before the calendar.
    early = seen(2020, "1", by=source("a", released=dt.date(2020, 12, 30)))
    assert as_known_on([early], dt.date(2020, 12, 30)) == [early]


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("8.54", "8.5", True),
        ("8.3", "8.2", False),
        ("7.59", "7.6", True),
        ("9", "9.0", True),
        ("8.55", "8.6", True),
        ("1291.6626", "1291.38", False),
    ],
)
def test_agree_when_rounded(a, b, same):
    assert agree_when_rounded(Decimal(a), Decimal(b)) is same


@pytest.mark.parametrize(
    ("note", "flags"),
    [
        ("", set()),
        ("stock as of 2020-11, NOT year end", {Flag.AS_OF}),
        ("年份为推断；同一数字也是 2025 年的目标", {Flag.YEAR_INFERRED, Flag.TO_VERIFY}),
        ("one zone, not the city", {Flag.PART_SCOPE}),
        ("August 2023 only (当月授权量)", {Flag.PART_YEAR}),
        ("初步核算", {Flag.FIRST_RELEASE}),
        ("五年平均", {Flag.MULTI_YEAR}),
        ("只是下限", {Flag.BOUND}),
        ("含义由大小推断", {Flag.MEANING_INFERRED}),
        ("常住人口为 475.50 万人", set()),
    ],
)
def test_flags_from_remark(note, flags):
    assert flags_from_remark(note) == flags


@pytest.mark.parametrize(
    ("title", "trust"),
    [
        ("某市2022年国民经济和社会发展统计公报", Trust.OFFICIAL),
        ("某省统计年鉴（经某数据集整理）", Trust.REPUBLISHED),
        ("某某日报 2019-03-26", Trust.SECONDARY),
        ("某网页", Trust.SECONDARY),
        ("2018年统计公报 (澎湃)", Trust.REPUBLISHED),
    ],
)
def test_trust_from_title(title, trust):
    assert trust_from_title(title) is trust


def test_hunan_has_37_cells_with_differing_sources(shared):
    with (shared / "data/observations-hunan.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    observations = [
        Observation(
            r["region_code"],
            r["indicator"],
            int(r["year"]),
            Decimal(r["value"]),
            r["unit"],
            source(r["source_title"], trust_from_title(r["source_title"])),
            r["note"],
            flags_from_remark(r["note"]),
        )
        for r in rows
    ]
    units = {o.indicator: o.unit for o in reversed(observations)}
    found = conflicts(observations, units)
    assert len(found) == 37
    assert Counter(c.kind for c in found) == {"rounding": 29, "disagreement": 8}
    nation = next(c for c in found if (c.region, c.indicator, c.year) == ("000000", "rd_intensity", 2018))
    assert nation.spread == Decimal("0.05")
    assert describe(nation).zh.startswith("2018 年来源不一致：2.19（")
    # A year-end stock beats the office's table of February.
    assert choose_all(observations, units)["430000", "invention_patents_valid", 2021].value == 70114


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("新闻发布会某市专场 (2025-10-31)", "2025-10-31"),
        ("系列报告 (省统计局 2022-09)", "2022-09-30"),
        ("2022年国民经济和社会发展统计公报", None),
        ("编号 2022-13", None),
        ("编号 2022-02-31", None),
    ],
)
def test_released_from_title(title, wanted):
    found = released_from_title(title)
    assert (found.isoformat() if found else None) == wanted
