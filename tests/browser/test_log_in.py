"""Log-in in a real browser: through the identity provider, with its link and its log-out."""

from __future__ import annotations

from typing import Any

from tests.web.accounts.identity_provider import LocalProvider

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
