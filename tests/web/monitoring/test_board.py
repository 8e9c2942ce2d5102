"""The board and the indicator page on the real pack: honest, complete, in both languages."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def english() -> Client:
    client = Client()
    client.cookies["kc_lang"] = "en"
    return client


def test_board_of_chenzhou(chenzhou):
    page = Client().get("/targets/").content.decode()
    assert "18 项目标和 3 项职责里，只有 1 项能用同口径数据判定：2020 年研发投入强度，期满未达。" in page
    assert "期满未达" in page
    assert "2020 年为 1.21%（年份为推断），比目标 2.5% 低 1.29 个百分点" in page
    assert "−1.29 点" in page
    assert "2015 年没有可用的观测值；2020 年为 1.21%（年份为推断），仍低于目标，不能代替期限当年" in page
    assert "已见最快 +0.18 个百分点/年（湖南省，2017 年）" in page
    assert "提供数据" in page


def test_board_in_english(chenzhou):
    page = english().get("/targets/").content.decode()
    assert "Missed" in page
    assert "1.29 percentage points below the target of 2.5%" in page


def test_rows_without_data_say_who_holds_the_number(chenzhou):
    from kechuang.web.monitoring.domain.queries import board_now

    _, board = board_now()
    rows = {r.record.id: r for g in board.groups for r in g.rows}
    assert len(rows) == len(chenzhou.targets)
    empty = [r for r in rows.values() if r.verdict.status == "no_data"]
    assert empty and all(r.verdict.missing for r in empty)
    held = [r for r in empty if r.verdict.target.kind == "level"]
    assert all("由" in r.verdict.missing.zh and "掌握" in r.verdict.missing.zh for r in held)
    assert sum(n for _, n in board.tally) == board.total == len(rows)


def test_board_csv(chenzhou):
    response = Client().get("/targets/targets.csv")
    text = response.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    missed = [r for r in rows if r["status"] == "期满未达"]
    assert [(r["observed"], r["gap"], r["observed_year"]) for r in missed] == [("1.21", "-1.29", "2020")]


def test_board_of_the_example_city(shili):
    page = Client().get("/targets/").content.decode()
    assert "fiscal-growth" in page
    assert "高于" in page


def test_indicator_page(chenzhou):
    page = Client().get("/indicators/rd_intensity/").content.decode()
    assert "2020 年，郴州市比湖南省低 0.94 个百分点" in page
    assert 'data-open data-v="2.43"' in page
    assert "空格表示没有可核对的数据，不是零" in page
    assert 'id="cf"' in page and "2.14" in page and "2.19" in page
    assert "unsafe" not in Client().get("/indicators/rd_intensity/")["Content-Security-Policy"]


def test_gdp_compares_all_prefectures(chenzhou):
    from kechuang.web.monitoring.domain.queries import indicator_page

    _, _, page = indicator_page("gdp", "zh")
    assert page.comparison is not None
    assert page.comparison.year == 2022
    assert len(page.comparison.ranks) == 14
    here = next(r for r in page.comparison.ranks if r.ours)
    assert (here.shown, page.comparison.missing) == ("2,980.49", ())
    assert [c.kind for c in page.columns][:3] == ["city", "above", "above"]


def test_indicator_without_any_value(chenzhou):
    page = Client().get("/indicators/st_talent_total/").content.decode()
    assert "还没有可以核对的公开数据" in page
    assert "由" in page and "掌握" in page


def test_indicator_list_filters(chenzhou):
    client = Client()
    assert "研发投入强度" in client.get("/indicators/?q=研发").content.decode()
    assert "没有找到" in client.get("/indicators/?q=不存在的词").content.decode()
    named = client.get("/indicators/?show=target").content.decode()
    assert "研发投入强度" in named and "在岗职工" not in named


def test_indicator_csv_marks_the_value_used(chenzhou):
    text = Client().get("/indicators/rd_intensity/data.csv").content.decode("utf-8-sig")
    rows = [r for r in csv.DictReader(io.StringIO(text)) if (r["region"], r["year"]) == ("000000", "2018")]
    assert sorted((r["value"], r["used"]) for r in rows) == [("2.14", "0"), ("2.19", "1")]


def test_unknown_indicator(chenzhou):
    assert Client().get("/indicators/nothing/").status_code == 404


def test_permanent_address_shows_the_release_named(chenzhou):
    from kechuang.web.policy.domain.queries import current_release

    digest = current_release().digest
    assert Client().get(f"/indicators/gdp/?release={digest}").status_code == 200
    assert Client().get("/indicators/gdp/?release=0000").status_code == 404


def test_api_targets(chenzhou):
    body = Client().get("/api/v1/targets").json()
    found = {t["id"]: t for t in body["targets"]}
    missed = [t for t in found.values() if t["status"] == "missed"]
    assert [(t["observed"]["value"], t["gap"]["value"], t["value"]) for t in missed] == [("1.21", "-1.29", "2.5")]
    one = Client().get(f"/api/v1/targets/{missed[0]['id']}").json()
    assert one["reason"]["en"].startswith("1.21% in 2020")
    assert Client().get("/api/v1/targets/none").status_code == 404


def test_api_observations_pages_lose_nothing(chenzhou):
    client, cursor, seen = Client(), None, []
    while True:
        query = {"region": "431000", "limit": 100, **({"cursor": cursor} if cursor else {})}
        body = client.get("/api/v1/observations", query).json()
        seen += [(o["indicator"], o["year"], o["source"]["id"]) for o in body["observations"]]
        cursor = body["next"]
        if cursor is None:
            break
    wanted = [(o.indicator, o.year, o.source) for o in chenzhou.observations if o.region == "431000"]
    assert sorted(seen) == sorted(wanted)
    assert len(set(seen)) == len(seen)
    body = client.get("/api/v1/observations?indicator=rd_intensity&region=431000&year=2020").json()
    assert [(o["value"], o["flags"]) for o in body["observations"]] == [("1.21", ["year_inferred"])]


def test_api_wrong_cursor_and_limit(chenzhou):
    response = Client().get("/api/v1/observations?cursor=xyz")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "cursor"
    assert Client().get("/api/v1/observations?limit=0").status_code == 422


def test_api_indicator(chenzhou):
    body = Client().get("/api/v1/indicators/rd_intensity").json()
    cell = next(c for c in body["cells"] if (c["region"], c["year"]) == ("000000", 2018))
    assert Decimal(cell["value"]) == Decimal("2.19")
    assert [o["value"] for o in cell["others"]] == ["2.14"]
    assert len(Client().get("/api/v1/indicators").json()["indicators"]) == len(chenzhou.indicators)


def test_findings_stand_on_the_page(chenzhou):
    page = Client().get("/indicators/rd_intensity/").content.decode()
    assert "2020—2024 年平均每年变 +0.31" in page
    assert "本市只有 1 个可用值，少于 8 个，不作预测，不给概率" in page
    assert "是修订或口径变化" in Client().get("/indicators/gdp/").content.decode()


def test_contribution_rate_cannot_be_computed_but_is_inverted(chenzhou):
    page = Client().get("/indicators/tech_progress_contribution/").content.decode()
    assert "不能计算：没有投资或资本存量序列" in page
    assert "2010—2015 年" in page
    for limit in ("17.4%", "12.7%", "10.1%"):
        assert limit in page
    assert "不能计算：没有投资或资本存量序列、2015—2020 年的" in page


def test_looking_back_shows_only_what_was_known(chenzhou):
    # R&D intensity of 2020 was published on 2025-10-31.
    client = Client()
    before = client.get("/targets/?on=2025-10-30").content.decode()
    assert "期满未达" not in before and "2025-10-30 那天已经发布" in before
    after = client.get("/targets/?on=2025-10-31").content.decode()
    assert "2020 年为 1.21%" in after
    statuses = {t["id"]: t["status"] for t in client.get("/api/v1/targets?on=2014-06-01").json()["targets"]}
    assert "missed" not in statuses.values()


def test_real_sources_say_their_trust_and_day(chenzhou):
    """The office's own table goes before a copy, a copy before the press; tables are known from their day on."""
    from kechuang.web.monitoring.domain.queries import figures

    stated = {s.id: (s.trust, s.released) for s in chenzhou.sources}
    assert stated["amr-hunan"] == ("official", dt.date(2020, 12, 21))
    assert stated["acorahome-2"] == ("republished", dt.date(2025, 10, 31))
    # A handbook of 2024 under an address of 2020: no day is better than a wrong one.
    assert stated["hunan"] == ("official", None)
    _, loaded = figures()
    growth = loaded.situation.cells["431000", "gdp_growth_real", 2016]
    assert (str(growth.value), growth.chosen.source.id) == ("8.3", "cre-gdpct")
    assert growth.why.zh.endswith("来源更接近发布机关")
    conflicts = [c.conflict.kind for c in loaded.situation.cells.values() if c.conflict]
    assert (conflicts.count("disagreement"), conflicts.count("rounding")) == (8, 29)
    key = ("431000", "invention_patents_valid", 2020)
    known = [key in figures(known_on=dt.date(2020, 12, day))[1].situation.cells for day in (20, 21)]
    assert known == [False, True]


def test_a_target_on_a_ratio_is_turned_round(chenzhou):
    """2.5 % of the GDP of 2020 (2,503.07 亿元) are 62.57675 亿元 of R&D; patents need a population nobody has for 2015."""
    client = Client()
    board = client.get("/targets/").content.decode()
    assert "反推：研发经费要有 62.58 亿元，按 2020 年地区生产总值 2,503.07 亿元算" in board
    assert "反推：专利授权量要有 839 件，按 2020 年常住人口 466 万人算，期限当年的还没有" in board
    targets = {t["id"]: t for t in client.get("/api/v1/targets").json()["targets"]}
    found = targets["rd-intensity-2020"]["needed"]
    assert (found["indicator"], found["value"], found["unit"]) == ("rd_expenditure", "62.57675", "亿元")
    assert found["same_year"] is True and [c["value"] for c in found["with"]] == ["2503.07"]
    assert "研发经费 ÷ 地区生产总值" in client.get("/indicators/rd_intensity/").content.decode()
    body = client.get("/api/v1/indicators/hitech_va_share_of_gdp").json()
    computed = [c for c in body["cells"] if "computed" in c["flags"]]
    assert [(c["region"], c["year"], c["value"]) for c in computed] == [("430000", 2019, "23.82991")]
    assert "23.82991" in client.get("/indicators/hitech_va_share_of_gdp/data.csv").content.decode()
    page = client.get("/indicators/hitech_va_share_of_gdp/").content.decode()
    assert 'data-v="23.82991">23.8<' in page  # the spare digits are not for reading


def test_the_next_figure_is_told_everywhere(chenzhou):
    client = Client()
    body = client.get("/api/v1/indicators/gdp?on=2016-03-01").json()
    assert body["next_data"] == {"year": 2016, "by": "2017-06-30", "late": False, "day_is": "default"}
    targets = client.get("/api/v1/targets?on=2016-03-01").json()["targets"]
    assert {"year", "by", "late", "day_is"} == set(targets[0]["next_data"])
    assert "（平台默认日）" in client.get("/indicators/gdp/").content.decode()
    board = client.get("/targets/").content.decode()
    assert "（平台默认日）" in board and "这不是哪个部门的规定" in board


@pytest.mark.parametrize(("on", "message"), [("gestern", "2016-03-01"), ("2999-01-01", "这一天还没到")])
def test_wrong_day(chenzhou, on, message):
    response = Client().get(f"/targets/?on={on}")
    assert response.status_code == 422
    assert message in response.content.decode()


def test_projection_of_the_province_where_the_city_has_too_few(chenzhou):
    from kechuang.web.monitoring.domain.queries import indicator_page

    _, _, page = indicator_page("rd_intensity", "zh")
    assert page.projection is not None
    assert (page.projection.region.zh, page.projection.year, page.projection.points) == ("湖南省", 2024, 13)
    assert [line.best for line in page.projection.lines].count(True) == 1
    plain, (damped, peers) = page.projection.lines[:3], page.projection.lines[3:]
    assert all(line.record and line.record.zh.startswith("5 次回测") for line in plain)
    # Smoothing needs its extra; of the other regions only the nation has a series long enough to learn from.
    assert damped.record or (damped.refusal and "statsmodels" in damped.refusal.zh)
    assert peers.refusal is not None and "只有 1 个地区" in peers.refusal.zh
    assert "只按过去的走势，湖南省 2024 年在哪里" in Client().get("/indicators/rd_intensity/").content.decode()
    _, _, talent = indicator_page("st_talent_total", "zh")
    assert talent.projection is None


def test_an_invented_city_lives_in_its_own_time(shili):
    from kechuang.web.monitoring.domain.queries import figures

    _, loaded = figures()
    assert not [f for f in loaded.findings if f.rule == "future_year"]
    assert loaded.situation.today.year == max(o.year for o in shili.observations)
