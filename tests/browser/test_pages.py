"""Every page in Chinese and English, wide and narrow, as usual and for elders: nothing to complain about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import looking
from .pages import CHARTS, ELDER, ELSEWHERE, PAGES, installed, names

WIDE, NARROW = 1280, 390
LIMIT = 300_000


class People:
    """Browser pages, one for each person, language and view; kept for the whole run: opening one takes longer than using it."""

    def __init__(self, browser: Any, site: str, samples: dict[str, str]) -> None:
        self.browser, self.site, self.samples, self.opened = browser, site, samples, {}

    def page(self, who: str, language: str, view: str = "normal") -> tuple[Any, list[str]]:
        """The page of a visitor (``""``) or a demo persona, and what its console complains of from now on."""
        key = (who, language, view)
        if key not in self.opened:
            self.opened[key] = self._open(*key)
        page, said = self.opened[key]
        said.clear()
        return page, said

    def _open(self, who: str, language: str, view: str) -> tuple[Any, list[str]]:
        context = self.browser.new_context(viewport={"width": WIDE, "height": 900}, locale="zh-CN")
        context.add_cookies(
            [
                {"name": "kc_lang", "value": language, "url": self.site},
                {"name": "kc_view", "value": view, "url": self.site},
            ]
        )
        page, said = context.new_page(), []
        if who in ("admin", "guard", "member"):
            context.add_cookies([{"name": "sessionid", "value": self.samples[who], "url": self.site}])
        elif who:
            page.goto(f"{self.site}/accounts/login/")
            page.click(f'form[action="/accounts/demo/{who}/"] button')
            page.wait_for_load_state()
        page.on("console", lambda m: said.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(f"script: {error}"))
        return page, said


@pytest.fixture(scope="module")
def people(browser: Any, site: str, samples: dict[str, str]) -> Iterator[People]:
    """The people of this run."""
    made = People(browser, site, samples)
    yield made
    for page, _said in made.opened.values():
        page.context.close()


def visit(people: People, name: str, language: str, view: str = "normal", width: int = WIDE) -> tuple[Any, list[str]]:
    """Open a page; gives it and what the console and the network complained of."""
    who, address = PAGES[name]
    url = people.site + address.format(**people.samples)
    page, said = people.page(who, language, view)
    page.set_viewport_size({"width": width, "height": 900})
    answer = page.goto(url)
    page.wait_for_load_state("load")
    if answer.status != 200:
        said.append(f"status {answer.status}")
    if page.url.split("?")[0] != url.split("?")[0]:
        said.append(f"led on to {page.url}")
    return page, said


def test_every_named_address_is_looked_at_or_explained() -> None:
    assert names() - set(PAGES) - set(ELSEWHERE) == set()
    assert set(PAGES) & set(ELSEWHERE) == set()


@pytest.mark.parametrize("name", installed())
def test_page_in_chinese(people: People, name: str) -> None:
    page, said = visit(people, name, "zh-hans")
    said += looking.sideways(page, WIDE)
    if name not in CHARTS and (bytes_sent := looking.weight(page)) > LIMIT:
        said.append(f"weighs {bytes_sent:,} bytes")
    page.set_viewport_size({"width": NARROW, "height": 844})
    said += looking.sideways(page, NARROW)
    said += looking.axe(page)
    assert not said, "\n".join(said)


@pytest.mark.parametrize("name", installed())
def test_page_in_english(people: People, name: str) -> None:
    page, said = visit(people, name, "en", width=NARROW)
    said += looking.sideways(page, NARROW)
    said += looking.untranslated(page)
    page.set_viewport_size({"width": WIDE, "height": 900})
    said += looking.sideways(page, WIDE)
    said += looking.axe(page)
    assert not said, "\n".join(said)


@pytest.mark.parametrize("name", ELDER)
def test_page_for_elders(people: People, name: str) -> None:
    page, said = visit(people, name, "zh-hans", "elder", NARROW)
    assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "22px"
    said += looking.sideways(page, NARROW)
    said += looking.axe(page)
    page.set_viewport_size({"width": WIDE, "height": 900})
    said += looking.sideways(page, WIDE)
    small = page.evaluate(
        "() => [...document.querySelectorAll('.btn, input.form-control, select.form-select')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 59).map(e => e.outerHTML.slice(0, 80))"
    )
    assert not said, "\n".join(said)
    assert not small, "\n".join(small)


@pytest.mark.parametrize("view", ["normal", "elder"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_header_fits_a_person_with_a_long_name(people: People, site: str, language: str, view: str) -> None:
    page = people.page("officer", language, view)[0]
    page.set_viewport_size({"width": NARROW, "height": 844})
    page.goto(f"{site}/")
    said = looking.sideways(page, NARROW)
    assert not said, "\n".join(said)


def test_an_unknown_address_is_answered_in_words(people: People, site: str) -> None:
    page = people.page("", "zh-hans")[0]
    answer = page.goto(f"{site}/no/such/page/")
    assert answer.status == 404
    assert page.locator("h1").count() == 1
    assert looking.axe(page) == []


@pytest.mark.parametrize(("language", "width"), [("zh-hans", NARROW), ("en", WIDE)])
def test_every_measure_fits_its_page(people: People, site: str, language: str, width: int) -> None:
    page = people.page("", language)[0]
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/measures/")
    links = page.locator('a[href^="/measures/"]').evaluate_all("all => [...new Set(all.map(a => a.pathname))]")
    assert len(links) > 15
    said = []
    for link in links:
        page.goto(f"{site}{link}")
        said += [f"{link} {problem}" for problem in looking.sideways(page, width)]
    assert not said, "\n".join(said)
