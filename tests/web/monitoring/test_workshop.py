"""The index workshop: ranks with intervals, shareable, honest about what was filled in."""

import csv
import io

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
CHOICE = "i=gdp_per_capita&i=invention_patents_per_10k&i=industrial_firms_rd_to_revenue&w_gdp_per_capita=2"


def test_nothing_chosen_shows_the_choice(chenzhou):
    response = Client().get("/indices/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "选指标和权重" in page and "每万人口发明专利拥有量" in page
    assert "名次区间" not in page


def test_ranking_with_intervals(chenzhou):
    page = Client().get(f"/indices/?{CHOICE}").content.decode()
    assert "郴州市在 14 个市州里列第" in page
    assert "哪个选择最能改变名次" in page
    rows = list(csv.DictReader(io.StringIO(Client().get(f"/indices/ranking.csv?{CHOICE}").content.decode("utf-8-sig"))))
    assert len(rows) == 14
    assert rows[0]["region"] == "长沙市" and rows[0]["rank"] == "1"
    assert all(int(r["rank_low"]) <= int(r["rank_high"]) for r in rows)


def test_the_same_address_gives_the_same_ranks(chenzhou):
    url = f"/indices/ranking.csv?{CHOICE}"
    assert Client().get(url).content == Client().get(url).content


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("i=gdp", "至少选两个指标"),
        ("i=gdp&i=nothing", "至少选两个指标"),
        (CHOICE + "&w_invention_patents_per_10k=0", "请写大于 0、不超过 100 的数"),
        (CHOICE + "&w_invention_patents_per_10k=abc", "请写大于 0、不超过 100 的数"),
        (CHOICE + "&a=geometric&n=rank", "只能和“极差”一起用"),
    ],
)
def test_bad_choices_are_told_and_kept(chenzhou, query, message):
    response = Client().get(f"/indices/?{query}")
    assert response.status_code == 422
    assert message in response.content.decode()
    assert "checked" in response.content.decode()


def test_geometric_mean_goes_with_minmax(chenzhou):
    assert Client().get(f"/indices/?{CHOICE}&a=geometric").status_code == 200


def test_csv_without_a_choice(chenzhou):
    assert Client().get("/indices/ranking.csv").status_code == 422


def test_a_city_without_peers_has_nothing_to_rank(shili):
    assert "排不出名次" in Client().get("/indices/").content.decode()


def test_in_english(chenzhou):
    client = Client()
    client.cookies["kc_lang"] = "en"
    page = client.get(f"/indices/?{CHOICE}").content.decode()
    assert "Chenzhou ranks" in page and "Range of ranks" in page


@pytest.mark.parametrize("weighting", ["entropy", "critic"])
def test_weights_from_the_data(chenzhou, weighting):
    given = Client().get(f"/indices/?{CHOICE}").content.decode()
    page = Client().get(f"/indices/?{CHOICE}&g={weighting}").content.decode()
    assert "人均地区生产总值 50%，" in given  # weight 2 of 4
    assert "人均地区生产总值 50%，" not in page and "权重：" in page


YEARLY = "i=gdp_growth_real&i=gdp_per_capita&i=average_wage"


def moves(choice: str = YEARLY):
    from django.http import QueryDict

    from kechuang.web.monitoring.domain import lastyear, queries, workshop

    wish, errors = workshop.read_wish(QueryDict(choice))
    assert not errors
    return lastyear.comparison(queries.figures()[1], queries.a_year_ago()[1], wish)


def test_compare_with_last_year(chenzhou):
    found = moves()
    assert found.refusal is None and len(found.moves) == 14
    assert sum(m.after - m.before for m in found.moves) == 0
    for move in found.moves:
        parts = [float(p.replace("−", "-").replace("+", "")) for p in move.parts]
        assert sum(parts) == pytest.approx(move.before - move.after, abs=0.16)
    assert any(m.before != m.after for m in found.moves)
    page = Client().get(f"/indices/?{YEARLY}").content.decode()
    assert "和上一年比" in page and "新一年的数" in page


def caused(found) -> set[str]:
    """The causes that moved anybody."""
    return {
        cause.zh for n, cause in enumerate(found.causes) if any(m.parts[n] not in ("0", "0.0") for m in found.moves)
    }


def test_all_five_causes_are_shown_and_each_can_act(chenzhou):
    assert [c.zh for c in moves().causes] == ["新一年的数", "旧数修订", "做法", "权重", "参加的地区"]
    assert caused(moves()) == {"新一年的数"}
    # Weights that follow the figures; another method a year ago; other weights a year ago.
    assert caused(moves(YEARLY + "&g=entropy")) == {"新一年的数", "权重"}
    assert caused(moves(YEARLY + "&n0=rank")) == {"新一年的数", "做法"}
    assert caused(moves(YEARLY + "&g0=critic")) == {"新一年的数", "权重"}
    page = Client().get(f"/indices/?{YEARLY}&n0=rank").content.decode()
    assert "上一年用的是别的做法" in page and '<option value="rank" selected>' in page


def test_a_prefecture_without_figures_a_year_ago_is_a_newcomer(chenzhou):
    """Xiangxi is missing from the panel of gross products before 2017: its coming is the work of peers."""
    from dataclasses import replace

    from kechuang.web.monitoring.domain import lastyear, queries, workshop

    loaded = queries.figures()[1]
    entries = workshop.candidates(loaded.situation)
    wish = workshop.Wish((("gdp_per_capita", "1"), ("gdp_growth_real", "1")))
    years = {c.definition.id: c.year for c in entries}
    gone = {
        k: c
        for k, c in loaded.situation.cells.items()
        if not (k[0] == "433100" and k[1] in years and k[2] == years[k[1]] - 1)
    }
    without = replace(loaded, situation=replace(loaded.situation, cells=gone))
    found = lastyear.comparison(without, without, wish)
    assert [n.zh for n in found.newcomers] == ["湘西土家族苗族自治州"] and len(found.moves) == 13
    assert "参加的地区" in caused(found)
    for move in found.moves:
        assert sum(float(p.replace("−", "-")) for p in move.parts) == pytest.approx(move.before - move.after, abs=0.26)


def test_the_table_has_the_moves(chenzhou):
    rows = list(csv.DictReader(io.StringIO(Client().get(f"/indices/ranking.csv?{YEARLY}").content.decode("utf-8-sig"))))
    for row in rows:
        parts = [float(row[cause]) for cause in ("data", "revision", "method", "weights", "peers")]
        assert sum(parts) == pytest.approx(int(row["rank_before"]) - int(row["rank"]), abs=0.26)


def test_the_api_gives_what_the_page_gives(chenzhou):
    body = Client().get(f"/api/v1/indices?{YEARLY}&n0=rank").json()
    rows = list(csv.DictReader(io.StringIO(Client().get(f"/indices/ranking.csv?{YEARLY}").content.decode("utf-8-sig"))))
    assert [(r["region"]["zh"], str(r["rank"]), r["score"]) for r in body["ranks"]] == [
        (row["region"], row["rank"], row["score"]) for row in rows
    ]
    moves = body["since_last_year"]["moves"]
    assert len(moves) == 14 and any(float(m["parts"]["method"]) for m in moves)
    for move in moves:
        assert sum(map(float, move["parts"].values())) == pytest.approx(move["before"] - move["after"], abs=0.26)
    assert Client().get("/api/v1/indices?i=gdp").status_code == 422
    assert Client().get(f"/api/v1/indices?{YEARLY}&w_average_wage=-1").status_code == 422


def test_a_geometric_mean_a_year_ago_needs_minmax_too(chenzhou):
    response = Client().get(f"/indices/?{YEARLY}&n0=rank&a0=geometric")
    assert response.status_code == 422 and "只能和“极差”一起用" in response.content.decode()


def test_no_comparison_where_the_year_before_has_gaps(chenzhou):
    found = moves(CHOICE)
    assert found.refusal is not None and found.moves == ()
    assert "每万人口发明专利拥有量（2024 年）" in found.refusal.zh
    assert found.refusal.zh in Client().get(f"/indices/?{CHOICE}").content.decode()
