"""The portal's pages: home, the one box, items, search, switches."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kechuang.citypack.models import Pack

PLAIN = (
    "home",
    "search",
    "reading",
    "tasks",
    "services",
    "industries",
    "about",
    "interface",
    "accessibility",
    "sitemap",
)


def english(client: Client) -> Client:
    client.cookies["kc_lang"] = "en"
    return client


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("city", ["chenzhou", "shili"])
def test_pages_open_in_both_languages(client: Client, request: pytest.FixtureRequest, name: str, city: str) -> None:
    pack: Pack = request.getfixturevalue(city)
    chinese = client.get(reverse(f"portal:{name}"))
    assert chinese.status_code == 200
    assert pack.city.theme.site_name.zh in chinese.content.decode()
    assert '<html lang="zh-CN"' in chinese.content.decode()
    in_english = english(client).get(reverse(f"portal:{name}")).content.decode()
    assert '<html lang="en"' in in_english
    assert pack.city.theme.site_name.en in in_english


@pytest.mark.parametrize("kind", ["tasks", "services", "industries"])
def test_every_item_has_its_page(client: Client, chenzhou: Pack, kind: str) -> None:
    view = {"tasks": "task", "services": "service", "industries": "industry"}[kind]
    for record in getattr(chenzhou, kind)[::4]:
        page = client.get(reverse(f"portal:{view}", args=[record.id]))
        assert page.status_code == 200
        title = record.name if kind == "industries" else record.title
        assert title.zh in page.content.decode()


def test_an_unknown_item_is_not_found(client: Client, shili: Pack) -> None:
    page = client.get(reverse("portal:task", args=["no-such-task"]))
    assert page.status_code == 404
    assert "no-such-task" in page.content.decode()


def test_home_shows_the_chosen_figures_and_the_measures(client: Client, chenzhou: Pack) -> None:
    page = client.get("/").content.decode()
    names = {indicator.id: indicator.name.zh for indicator in chenzhou.indicators}
    for name in chenzhou.city.home_figures:
        assert names[name] in page
    assert "1.21" in page
    assert "暂无数据" in page
    assert "技术成果受让补助" in page
    assert all(service.title.zh in page for service in chenzhou.services if service.main)


def test_home_before_any_pack_says_what_to_do(client: Client, db: None) -> None:
    page = client.get("/")
    assert page.status_code == 503
    assert "pack apply" in page.content.decode()


def test_a_credit_code_leads_to_what_the_firm_can_get(client: Client, shili: Pack, cast: object) -> None:
    uscc = cast.company_a.uscc  # type: ignore[attr-defined]
    answer = client.get("/find/", {"q": f" {uscc[:9]} {uscc[9:].lower()} "})
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('entitlements:eligibility')}?uscc={uscc}"


def test_a_registered_name_leads_there_too(client: Client, shili: Pack, cast: object) -> None:
    answer = client.get("/find/", {"q": "演示甲公司"})
    assert answer["Location"].endswith(f"?uscc={cast.company_a.uscc}")  # type: ignore[attr-defined]


def test_a_mistyped_code_is_explained_and_kept(client: Client, shili: Pack, cast: object) -> None:
    uscc: str = cast.company_a.uscc  # type: ignore[attr-defined]
    wrong = uscc[:17] + ("0" if uscc[17] != "0" else "1")
    answer = client.get("/find/", {"q": wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "校验码" in page
    assert f'value="{wrong}"' in page
    assert uscc[17] in page


def test_words_lead_to_search(client: Client, shili: Pack) -> None:
    answer = client.get("/find/", {"q": "研发 补助"})
    assert answer["Location"].startswith("/search/?q=")


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_switches_never_lead_elsewhere(client: Client, target: str) -> None:
    assert client.get("/lang/en/", {"next": target})["Location"] == "/"
    assert client.get("/view/elder/", {"next": target})["Location"] == "/"


def test_switches_come_back_and_are_kept(client: Client, shili: Pack) -> None:
    answer = client.get("/view/elder/", {"next": "/about/?a=1"})
    assert answer["Location"] == "/about/?a=1"
    assert 'class="kc-elder"' in client.get("/about/").content.decode()
    client.get("/view/normal/")
    assert 'class="kc-elder"' not in client.get("/about/").content.decode()
    client.get("/lang/en/")
    assert '<html lang="en"' in client.get("/about/").content.decode()
    client.get("/lang/zh/")
    assert '<html lang="zh-CN"' in client.get("/about/").content.decode()


def test_the_menu_marks_where_one_is(client: Client, shili: Pack) -> None:
    page = client.get("/about/").content.decode()
    assert '<a href="/about/" aria-current="page">' in page


def test_tasks_by_department(client: Client, chenzhou: Pack) -> None:
    department = chenzhou.tasks[0].departments[0].id
    mine = [t for t in chenzhou.tasks if department in {role.id for role in t.departments}]
    page = client.get("/tasks/", {"department": department}).content.decode()
    assert page.count('<th role="rowheader"') == len(mine)
    assert client.get("/tasks/", {"department": "nobody"}).status_code == 200


def test_an_invented_city_says_so(client: Client, shili: Pack) -> None:
    assert "示例城市" in client.get("/about/").content.decode()
    assert "kc-demo" in client.get("/").content.decode()


def test_robots(client: Client) -> None:
    assert client.get("/robots.txt").content.decode().startswith("User-agent: *\n")
