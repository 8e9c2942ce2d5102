"""A target that is only tried, and an indicator as it was known on an earlier day."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from kechuang.indicators import Status
from kechuang.web.core.errors import UserError
from kechuang.web.monitoring.domain import queries
from kechuang.web.monitoring.domain.trial import Wish, trial
from kechuang.web.monitoring.models import Submission

pytestmark = pytest.mark.django_db
HUNAN = "430000"


def tried(indicator, operator, value, year, region="431000", known_on=None):
    _, loaded = queries.figures(known_on=known_on)
    wish = Wish(operator, Decimal(value), year, region)
    return trial(loaded.situation.definitions[indicator], wish, loaded.situation)


def test_a_target_for_the_province(chenzhou):
    """Hunan's R&D intensity as known at the end of 2019, against 2.5 % in 2020: far too much in one year."""
    found = tried("rd_intensity", ">=", "2.5", 2020, HUNAN, dt.date(2020, 6, 1))
    assert found.verdict.status is Status.OFF_TRACK
    assert found.required.zh == "+0.52 个百分点/年"
    assert found.best_here.zh.startswith("+0.1") and "（湖南省，" in found.best_here.zh
    assert found.jump is not None and found.made == ()
    given = [c for c in found.chances if c.refusal is None]
    assert len(given) >= 3 and all(c.probability in {"<1%", "1%", "2%", "3%", "4%"} for c in given)
    assert sum(c.best for c in found.chances) == 1 and found.no_chance is None
    assert [n.zh.split("，")[0] for n in found.needs] == ["反推：研发经费要有 993.81 亿元"]


def test_few_values_give_no_probability(chenzhou):
    found = tried("rd_intensity", ">=", "3", 2030)
    assert found.chances == () and "少于 8 个，不给概率" in found.no_chance.zh
    assert found.best_peer is not None


def test_reached_and_past_targets_have_no_probability(chenzhou):
    assert (
        tried("rd_intensity", ">=", "1", 2030, HUNAN).no_chance.en
        == "the latest value already reaches it: no probability"
    )
    past = tried("rd_intensity", ">=", "2.5", 2020, HUNAN)
    assert past.verdict.status is Status.MISSED and "deadline has passed" in past.no_chance.en


def test_a_falling_target_looks_for_the_fastest_fall(chenzhou):
    found = tried("gdp_primary_share", "<=", "5", 2035)
    assert found.verdict.required < 0 and found.required.zh.startswith("−")
    assert found.best_peer.zh.startswith("−")


def test_patents_and_capital_are_turned_round(chenzhou):
    patents = tried("patents_granted_per_million", ">=", "3000", 2030)
    assert (
        patents.needs[0].zh.startswith("反推：专利授权量要有 13,9") and "按 2020 年常住人口 466" in patents.needs[0].zh
    )
    capital = tried("tech_progress_contribution", ">=", "55", 2015)
    assert [(n.alpha, n.capital) for n in capital.inversion.needed] == [
        ("0.25", "17.4%"),
        ("0.35", "12.7%"),
        ("0.45", "10.1%"),
    ]
    assert capital.inversion.refusal.zh == "不能计算：没有投资或资本存量序列"


@pytest.mark.parametrize(("year", "region", "field"), [(1900, HUNAN, "year"), (2030, "110000", "region")])
def test_what_cannot_be_a_target(chenzhou, year, region, field):
    with pytest.raises(UserError) as error:
        tried("rd_intensity", ">=", "3", year, region)
    assert error.value.field == field


def test_a_value_beyond_what_is_possible(chenzhou):
    _, loaded = queries.figures()
    definition = replace(loaded.situation.definitions["rd_intensity"], maximum=Decimal(100))
    with pytest.raises(UserError) as error:
        trial(definition, Wish(">=", Decimal(101), 2030, HUNAN), loaded.situation)
    assert error.value.field == "value"


ADDRESS = "/indicators/rd_intensity/try/"


def test_the_page(chenzhou):
    empty = Client().get(ADDRESS)
    assert empty.status_code == 200 and "写好目标值和期限" in empty.content.decode()
    body = Client().get(f"{ADDRESS}?region={HUNAN}&op=ge&value=3.5&year=2030").content.decode()
    for sentence in (
        "湖南省，2030，3.5% 以上",
        "落后进度",
        "每年需要",
        "达成的概率",
        "反推：研发经费要有",
        "按平均年增量",
    ):
        assert sentence in body, sentence
    english = Client(headers={"cookie": "kc_lang=en"}).get(f"{ADDRESS}?region={HUNAN}&op=ge&value=3.5&year=2030")
    for sentence in (
        "Hunan Province, 2030, 3.5% or more",
        "Behind",
        "Needed a year",
        "that takes R&amp;D expenditure of",
    ):
        assert sentence in english.content.decode(), sentence
    assert f'action="{ADDRESS}"' in Client().get("/indicators/rd_intensity/").content.decode()


def test_the_growth_of_capital_is_shown_on_both_pages(chenzhou):
    """The same table beside the indicator's own targets and beside a target that is only tried."""
    address = "/indicators/tech_progress_contribution/"
    for page in (address, f"{address}try/?region=431000&op=ge&value=55&year=2015"):
        part = Client().get(page).content.decode().split('id="iv"')[1].split("</section>")[0]
        assert '<th scope="row">0.35</th><td class="r kc-num">12.7%</td>' in part
        assert "<strong>不能计算：没有投资或资本存量序列</strong>" in part


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("region=430000&op=ge&value=&year=2030", "请写目标值，例如 2.5。"),
        ("region=430000&op=ge&value=viel&year=2030", "请写一个数，例如 2.5"),
        ("region=430000&op=ge&value=3&year=", "请写年份，例如 2030。"),
        ("region=430000&op=ge&value=3&year=20x0", "年份要写成四位数，例如 2030。"),
        ("region=430000&op=ge&value=3&year=1066", "年份写 1949 到 2100 之间的四位数。"),
        ("region=430000&op=most&value=3&year=2030", "请从列出的几种里选。"),
        ("region=999999&op=ge&value=3&year=2030", "没有这个地区的数据。"),
        ("region=430000&op=ge&value=1e999999&year=2030", "整数部分最多 15 位"),
        ("region=430000&op=ge&value=NaN&year=2030", "请写一个数，例如 2.5"),
    ],
)
def test_faults_are_named_at_their_field(chenzhou, query, sentence):
    response = Client().get(f"{ADDRESS}?{query}")
    assert response.status_code == 422 and sentence in response.content.decode()


def test_an_unknown_indicator(chenzhou):
    assert Client().get("/indicators/nothing/try/").status_code == 404


def test_a_trial_changes_nothing(chenzhou):
    Client().get(f"{ADDRESS}?region={HUNAN}&op=ge&value=3.5&year=2030")
    assert not Submission.objects.exists()


def test_an_indicator_as_known_on_a_day(chenzhou):
    """GDP of 2015 came with a table that has no date of publication: it goes by its year and the page says how many do."""
    page = Client().get("/indicators/gdp/?on=2014-06-30")
    body = page.content.decode()
    assert "这是 2014-06-30 那天已经发布的数。" in body and "个值发布日期不详，只能按数据年份放进来" in body
    assert '<th scope="row" class="nw">2013</th>' in body and '<th scope="row" class="nw">2014</th>' not in body
    rows = Client().get("/indicators/gdp/data.csv?on=2014-06-30").content.decode("utf-8-sig")
    assert ",2013," in rows and ",2014," not in rows
    today = Client().get("/indicators/gdp/").content.decode()
    assert "这是 " not in today and '<th scope="row" class="nw">2014</th>' in today
    assert "个发布日期不详。" in today
    assert "on=2014-06-30" in body.split('id="ct"')[1]  # the address to cite leads to the same figures


@pytest.mark.parametrize(
    ("on", "sentence"), [("gestern", "日期要写成 2016-03-01 这样。"), ("2999-01-01", "这一天还没到。")]
)
def test_a_wrong_day_on_an_indicator(chenzhou, on, sentence):
    response = Client().get(f"/indicators/gdp/?on={on}")
    assert response.status_code == 422 and sentence in response.content.decode()


def test_a_copied_value_beside_others_is_shown_with_its_standing(chenzhou):
    """The nation's R&D intensity of 2018: the yearbook's 2.19 as copied, and 2.14 of a web page; both stay visible."""
    body = Client().get("/indicators/rd_intensity/").content.decode()
    conflicts = body.split('id="cf"')[1].split("</section>")[0]
    for words in ("2.19", "2.14", "官方数据转录", "媒体或网页", "发布日期不详", "<strong>采用</strong>"):
        assert words in conflicts, words
    assert conflicts.index("2.19") < conflicts.index("2.14")


def test_all_37_cells_with_differing_sources_are_on_some_page(chenzhou):
    _, loaded = queries.figures()
    shown = [c.conflict for c in loaded.situation.cells.values() if c.conflict]
    assert len(shown) == 37 and sum(c.kind == "disagreement" for c in shown) == 8
    for indicator in {c.indicator for c in shown}:
        own = [c for c in shown if c.indicator == indicator]
        _, _, page = queries.indicator_page(indicator, "zh")
        assert sorted((c.region, c.year) for c in page.conflicts) == sorted((c.region, c.year) for c in own)
        body = Client().get(f"/indicators/{indicator}/").content.decode().split('id="cf"')[1].split("</section>")[0]
        assert body.count("<strong>采用</strong>") == len(own)
