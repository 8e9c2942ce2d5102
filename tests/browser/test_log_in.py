"""Log-in in a real browser: through the identity provider, with its link and its log-out."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from tests.web.accounts.identity_provider import LocalProvider

from . import looking

SECRET = "correct horse battery"


def test_a_person_links_the_account_and_then_logs_in_without_a_password(
    browser: Any, site: str, outside: LocalProvider
) -> None:
    """Under the site's own content policy, and without scripts: links and forms lead all the way."""
    person = browser.new_context(locale="zh-CN", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = person.new_page()
    page.goto(f"{site}/accounts/login/?next=/policies/")
    page.get_by_role("link", name="去统一身份认证").click()
    page.wait_for_url("**/accounts/oidc/callback/**")
    assert "还没有关联账号" in page.title()

    page.locator("main").get_by_role("link", name="去登录").click()
    page.fill("#id_login", "wang")
    page.fill("#id_password", SECRET)
    page.locator("main form button", has_text="登录").first.click()
    page.get_by_role("link", name="关联统一身份认证").click()
    page.wait_for_url("**/accounts/oidc/link/")
    shown = page.locator("main").inner_text()
    assert "person-1" in shown
    assert "身份里的名字" in shown
    assert "wang" in shown
    page.get_by_role("button", name="是我，关联").click()
    page.wait_for_url("**/accounts/")
    assert "已关联" in page.locator("main").inner_text()
    page.locator("main").get_by_role("button", name="退出登录").click()

    page.goto(f"{site}/accounts/login/?next=/policies/")
    page.get_by_role("link", name="去统一身份认证").click()
    page.wait_for_url("**/policies/")
    page.goto(f"{site}/accounts/")
    assert page.locator("main h1").inner_text() == "王五"

    page.locator("main").get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/accounts/oidc/left/")
    page.get_by_role("link", name="也退出统一身份认证").click()
    assert page.locator("h1").inner_text() == "logged out there"
    assert page.url.startswith(f"{outside.issuer}/logout?client_id=kechuang")
    page.goto(f"{site}/accounts/")
    assert "/accounts/login/" in page.url
    person.close()


def log_in(page: Any, site: str, name: str, onward: str) -> None:
    page.goto(f"{site}/accounts/login/?next={onward}")
    page.fill("#id_login", name)
    page.fill("#id_password", "yanshi-kechuang")
    page.locator("main form button", has_text="登录").first.click()
    page.wait_for_url(f"**{onward}")


def as_county_officer(page: Any, site: str) -> None:
    log_in(page, site, "demo-county", "/accounts/delegations/")


def test_before_the_log_out_for_being_idle_the_page_says_so_and_offers_to_stay(browser: Any, site: str) -> None:
    person = browser.new_context(locale="zh-CN")
    page, mistakes = person.new_page(), []
    page.on("console", lambda message: mistakes.append(message.text) if message.type == "error" else None)
    page.clock.install()
    as_county_officer(page, site)
    warning = page.locator("#kc-idle")
    assert not warning.is_visible()
    page.clock.fast_forward(12 * 60 * 1000)
    assert not warning.is_visible()
    page.clock.fast_forward(70 * 1000)
    assert warning.is_visible()
    assert "马上要自动退出登录" in warning.inner_text()
    with page.expect_response("**/accounts/stay/") as answer:
        page.get_by_role("button", name="继续登录").click()
    assert 870 <= answer.value.json()["left"] <= 900
    page.wait_for_function("() => document.getElementById('kc-idle').hidden")
    page.clock.fast_forward(13 * 60 * 1000 + 5000)
    assert warning.is_visible()
    page.clock.fast_forward(2 * 60 * 1000)
    assert "已经自动退出登录" in warning.inner_text()
    assert not page.get_by_role("button", name="继续登录").is_visible()
    assert mistakes == []  # nothing that the content policy forbids
    person.close()


def test_without_scripts_the_page_states_the_time(browser: Any, site: str) -> None:
    person = browser.new_context(locale="zh-CN", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = person.new_page()
    as_county_officer(page, site)
    assert re.search(r"会自动退出登录，时间是 \d\d:\d\d", page.locator("noscript p").inner_text())
    assert not page.locator("#kc-idle").is_visible()
    person.close()


def test_a_form_filled_in_too_long_is_not_lost(browser: Any, site: str, age_session: Any) -> None:
    """Sent after the log-out: led to log-in, and what was typed comes back and goes through."""
    person = browser.new_context(locale="zh-CN")
    page = person.new_page()
    as_county_officer(page, site)
    page.fill("#id_receiver", "demo-officer")
    page.fill("#id_until", (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)).isoformat())
    page.fill("#id_reason", "去长沙开会，三天回来")
    cookie = next(c["value"] for c in person.cookies() if c["name"] == "sessionid")
    age_session(cookie, 16 * 60)
    page.get_by_role("button", name="委托出去").click()
    page.wait_for_url("**/accounts/login/**")
    assert "你填的内容已保存" in page.inner_text("body")
    as_county_officer(page, site)
    assert "去长沙开会，三天回来" in page.locator("main").inner_text()
    page.get_by_role("button", name="再送一次").click()
    page.wait_for_url("**/accounts/delegations/")
    assert "已委托" in page.inner_text("body")
    assert "去长沙开会，三天回来" in page.locator("main").inner_text()
    page.locator("button[value=withdraw]").first.click()
    person.close()


def test_a_form_with_a_file_filled_in_too_long_asks_for_the_file_only(
    browser: Any, site: str, age_session: Any, tmp_path: Path
) -> None:
    table = tmp_path / "企业.csv"
    table.write_text("统一社会信用代码,名称,类别\n91110000600037341L,演示重来公司,企业\n", encoding="utf-8-sig")
    person = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = person.new_page()
    log_in(page, site, "demo-officer", "/imports/new/organisation/")
    page.set_input_files("#id_file", table)
    page.fill("#id_source_title", "2025 年企业年报")
    age_session(next(c["value"] for c in person.cookies() if c["name"] == "sessionid"), 16 * 60)
    page.click("main form .btn-primary")
    page.wait_for_url("**/accounts/login/**")
    log_in(page, site, "demo-officer", "/imports/new/organisation/")
    assert "2025 年企业年报" in page.locator("main").inner_text()
    assert looking.sideways(page, 390) + looking.axe(page) == []
    page.get_by_label("文件不能留存，请在这里重新选择。").set_input_files(table)
    page.get_by_role("button", name="再送一次").click()
    page.wait_for_url(re.compile(r"/imports/(?!new)\w+/$"))
    assert "2025 年企业年报" in page.locator("main").inner_text()
    person.close()
