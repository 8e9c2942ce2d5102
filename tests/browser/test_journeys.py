"""Whole ways through the site: with the keyboard alone, without scripts, on a phone, on paper."""

from __future__ import annotations

from typing import Any

import pytest

PHONE = {"width": 390, "height": 844}
POLICY = "示例市人民政府关于支持创新的若干措施\n一、总体目标\n到2028年，研发投入占比达到3%以上。\n"


def context(browser: Any, **more: Any) -> Any:
    return browser.new_context(locale="zh-CN", **more)


def tab_to(page: Any, selector: str, most: int = 120) -> None:
    """Press Tab until the focus is on ``selector``; the focus must be visible all the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow; }"
            )
            assert outline != "nonenone", f"no visible focus on {selector}"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_the_calculator_with_the_keyboard_alone(browser: Any, site: str) -> None:
    person = context(browser)
    page = person.new_page()
    page.goto(f"{site}/measures/")
    tab_to(page, 'a[href="/measures/receiver-subsidy/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/measures/receiver-subsidy/**")
    tab_to(page, "input[inputmode=decimal], input[type=text].kc-num")
    page.keyboard.type("12345678.90")
    for _ in range(2):
        tab_to(page, "select")
        page.keyboard.press("ArrowDown")
    while True:
        tab_to(page, "main form input[type=radio]:checked, main form button[type=submit]")
        if page.evaluate("() => document.activeElement.matches('button')"):
            break
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**?**")
    shown = page.inner_text("main")
    assert "200,000.00" in shown
    assert "246,913.58" in shown
    person.close()


def test_the_calculator_without_scripts(browser: Any, site: str) -> None:
    person = context(browser, java_script_enabled=False, viewport=PHONE)
    page = person.new_page()
    page.goto(f"{site}/measures/receiver-subsidy/")
    page.locator("main form input.kc-num, main form input[inputmode=decimal]").first.fill("1,234,567.85")
    page.locator("main form button[type=submit], main form button:not([type])").first.click()
    page.wait_for_load_state()
    shown = page.locator("main").inner_text()
    assert "24,691.36" in shown
    assert "还不知道" in shown
    person.close()


def test_the_menu_of_a_phone_opens_without_scripts(browser: Any, site: str) -> None:
    person = context(browser, java_script_enabled=False, viewport=PHONE)
    page = person.new_page()
    page.goto(f"{site}/")
    page.locator("summary").first.click()
    page.locator(".kc-menu-panel a", has_text="目标与数据").click()
    page.wait_for_url("**/targets/")
    person.close()


def test_escape_closes_the_menu_and_gives_the_focus_back(browser: Any, site: str) -> None:
    person = context(browser, viewport=PHONE)
    page = person.new_page()
    page.goto(f"{site}/about/")
    page.locator("details.kc-menu > summary").click()
    assert page.locator(".kc-menu-panel").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".kc-menu-panel").is_visible()
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"
    person.close()


def test_the_one_box_leads_a_firm_to_what_it_can_get(browser: Any, site: str, samples: dict[str, str]) -> None:
    person = context(browser)
    page = person.new_page()
    page.goto(f"{site}/")
    page.fill("#id_q", samples["uscc"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/eligibility/?uscc={samples['uscc']}")
    page.locator(".kc-errsum a.btn-primary").click()
    page.wait_for_url("**/accounts/login/?next=*")
    person.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_text_pasted_on_the_home_page_is_coloured(browser: Any, site: str, scripts: bool) -> None:
    person = context(browser, java_script_enabled=scripts)
    page = person.new_page()
    page.goto(f"{site}/")
    page.locator("#id_text").fill(POLICY)
    page.locator("#paste button").click()
    page.wait_for_url("**/read/")
    assert page.locator(".kc-m.hd").count() >= 1
    assert "总体目标" in page.locator("main").inner_text()
    person.close()


def test_language_and_large_print_are_kept_from_page_to_page(browser: Any, site: str) -> None:
    person = context(browser)
    page = person.new_page()
    page.goto(f"{site}/about/")
    page.get_by_role("link", name="EN", exact=True).click()
    assert page.url.endswith("/about/")
    assert page.evaluate("() => document.documentElement.lang") == "en"
    page.get_by_role("link", name="Large print").first.click()
    page.goto(f"{site}/tasks/")
    assert page.evaluate("() => document.documentElement.className + document.documentElement.lang") == "kc-elderen"
    person.close()


def test_a_chart_is_drawn_from_its_table_and_the_table_stays(browser: Any, site: str) -> None:
    person = context(browser)
    page = person.new_page()
    page.goto(f"{site}/indicators/rd_intensity/")
    assert page.locator(".kc-chart canvas").count() == 1
    person.close()
    plain = context(browser, java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{site}/indicators/rd_intensity/")
    assert not page.locator(".kc-chart").first.is_visible()
    assert page.locator("table#data").is_visible()
    plain.close()


def test_a_chart_whose_library_is_missing_gives_way_to_the_table(browser: Any, site: str) -> None:
    person = context(browser)
    page = person.new_page()
    page.route("**/echarts*", lambda route: route.abort())
    page.goto(f"{site}/indicators/rd_intensity/")
    page.wait_for_function("() => document.querySelector('.kc-chart.off')")
    assert page.locator("table#data").is_visible()
    person.close()


def test_the_policy_of_the_browser_lets_nothing_inline_run(browser: Any, site: str) -> None:
    person = context(browser)
    page = person.new_page()
    answer = page.goto(f"{site}/indicators/rd_intensity/")
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "script-src 'self'" in policy
    person.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_board_prints_on_one_page(browser: Any, site: str, language: str) -> None:
    person = context(browser)
    person.add_cookies([{"name": "kc_lang", "value": language, "url": site}])
    page = person.new_page()
    page.goto(f"{site}/targets/")
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type/Page/") == 1
    person.close()
