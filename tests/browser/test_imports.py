"""An officer imports a table with a mistake in it and mends it, without script too; the pages on the way are looked at."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kechuang.codes import uscc

from . import looking

WIDE, NARROW = 1280, 390


def table(path: Path) -> Path:
    """Three new organisations; the last was founded on a day that does not exist."""
    with path.open("w", encoding="gb18030", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["统一社会信用代码", "名称", "类别", "成立日期"])
        for number, day in enumerate(("2020-01-02", "2020年1月3日", "2023-02-30")):
            writer.writerow([uscc.make(f"91431000B{number:07d}"), f"看图{number}号有限公司", "企业", day])
    return path


def context(browser: Any, site: str, who: str, language: str, script: bool = True) -> Any:
    """A context of a demo persona."""
    made = browser.new_context(viewport={"width": WIDE, "height": 900}, java_script_enabled=script)
    made.add_cookies([{"name": "kc_lang", "value": language, "url": site}])
    page = made.new_page()
    page.goto(f"{site}/accounts/login/")
    page.click(f'form[action="/accounts/demo/{who}/"] button')
    page.wait_for_load_state()
    return made, page


def send(page: Any, site: str, path: Path) -> str:
    """Upload the table; the address of its import."""
    page.goto(f"{site}/imports/new/organisation/")
    page.set_input_files("#id_file", path)
    page.fill("#id_source_title", "2025 年企业年报")
    page.click("main form .btn-primary")
    page.wait_for_load_state()
    return re.sub(r"^https?://[^/]+", "", page.url)


def complaints(page: Any, url: str) -> list[str]:
    """What is wrong with a page, wide and narrow, in the language of its context."""
    found: list[str] = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        answer = page.goto(url)
        found += [] if answer.status == 200 else [f"status {answer.status}"]
        found += looking.axe(page) + looking.sideways(page, width)
    if page.locator("html").get_attribute("lang") == "en":
        found += looking.untranslated(page)
    return found


def test_a_table_is_mended_and_written_without_script(browser: Any, site: str, tmp_path: Path) -> None:
    made, page = context(browser, site, "officer", "zh-hans", script=False)
    address = send(page, site, table(tmp_path / "table.csv"))
    assert "这一天不存在" in page.content()
    page.click("main table a")
    page.fill("#id_founded_on", "2023-02-28")
    page.click('button[value="mend"]')
    page.wait_for_load_state()
    assert page.url == site + address
    assert "确认写入 3 行" in page.content()
    page.click('button[value="confirm"]')
    page.wait_for_load_state()
    assert page.locator('[role="status"], .kc-pill').first.is_visible()
    made.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_on_the_way(browser: Any, site: str, samples: dict[str, str], tmp_path: Path, language: str) -> None:
    made, page = context(browser, site, "officer", language)
    address = site + send(page, site, table(tmp_path / "table.csv"))
    page.goto(f"{site}/deliveries/")
    page.fill("#id_title", "企业年度数据")
    page.fill("#id_code", f"yearly-{language}")
    page.fill("#id_department", "市税务局")
    page.click("main form .btn-primary")
    page.wait_for_load_state()
    feed = page.url
    found = {url: complaints(page, url) for url in (address, f"{address}rows/4/", feed)}
    made.close()
    made, page = context(browser, site, "firm", language)
    url = f"{site}/my/figures/{samples['uscc']}/{timezone.localdate().year - 1}/"
    found[url] = complaints(page, url)
    made.close()
    assert {url: texts for url, texts in found.items() if texts} == {}
