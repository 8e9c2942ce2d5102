"""Another city from zero: its document is uploaded, reviewed by two people with the keyboard, and its measure computes.

Then a changed edition comes in and the measure whose clause changed waits for confirmation again. All of it on real
pages in a browser; a second run does the same with a real document where the reference material is present.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kechuang.citypack import check_folder

from . import looking
from .conftest import ROOT, SERVE, _wait

TEXTS = ROOT / "tests" / "citypack" / "texts"
WIDE, NARROW = 1280, 390
PREPARE = """
import json, pathlib
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("migrate", interactive=False, verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from allauth.mfa.models import Authenticator
from kechuang import citypack
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.policy.domain.apply import apply
apply(citypack.load(r"{pack}"))
sessions = {{}}
for name in ("first", "second"):
    user = User.objects.create_user(username=name, password="correct horse battery", display_name=name)
    Grant.objects.create(user=user, role=Role.OFFICER)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={{}})
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    sessions[name] = client.cookies["sessionid"].value
(pathlib.Path(settings.HOME) / "sessions.json").write_text(json.dumps(sessions))
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A running site with an empty library and two officers: its address and their sessions."""
    home = tmp_path_factory.mktemp("desk")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "EMAIL_URL")}
    environment |= {
        "KECHUANG_HOME": str(home), "KECHUANG_PORT": str(port), "KECHUANG_WORKERS": "1",
        "DJANGO_SETTINGS_MODULE": "kechuang.web.settings", "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    log = home / "site.log"

    def start(code: str) -> subprocess.Popen[bytes]:
        with log.open("ab") as out:
            return subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=out, stderr=out, cwd=ROOT)

    assert start(PREPARE.format(pack=ROOT / "cities" / "shili")).wait(180) == 0, log.read_text(errors="replace")[-3000:]
    server = start(SERVE)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server, log)
        yield address, json.loads((home / "sessions.json").read_text())
    finally:
        server.terminate()
        server.wait(20)


class People:
    """A browser context for each officer and language."""

    def __init__(self, browser: Any, desk: tuple[str, dict[str, str]]) -> None:
        self.browser, (self.site, self.sessions), self.opened = browser, desk, []
        self.complaints: list[str] = []

    def page(self, who: str, language: str = "zh-hans") -> Any:
        """A new page of a person; an error of a script or a refused resource fails the test."""
        context = self.browser.new_context(viewport={"width": WIDE, "height": 900}, locale="zh-CN")
        context.add_cookies([{"name": "kc_lang", "value": language, "url": self.site},
                             {"name": "sessionid", "value": self.sessions[who], "url": self.site}])  # fmt: skip
        self.opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("console", lambda m: m.type == "error" and self.complaints.append(f"console: {m.text} {page.url}"))
        return page


@pytest.fixture
def people(browser: Any, desk: tuple[str, dict[str, str]]) -> Iterator[People]:
    """The two officers."""
    made = People(browser, desk)
    yield made
    for context in made.opened:
        context.close()
    assert made.complaints == []


def upload(page: Any, site: str, text: str) -> str:
    """Hand in a text; gives the id of the document."""
    page.goto(f"{site}/library/upload/")
    page.fill("#id_text", text)
    page.click("form.kc-card button[type=submit]")
    page.click(".kc-list a")
    return str(page.url.split("/library/")[1].split("/")[0])


def confirm_all(page: Any, address: str, kinds: str = "") -> int:
    """Go through the open cards with the keyboard; gives how many were confirmed."""
    page.goto(address)
    count = page.locator(f"#items > article.kc-item{kinds}").count()
    for _ in range(count):
        card = page.locator(f'#items > article.kc-item{kinds}:has(button[value="confirm"])').first
        if card.count() == 0:
            break
        number = card.get_attribute("data-n")
        card.locator("header").click()
        card.focus()
        with page.expect_response(lambda r: r.request.method == "POST"):
            page.keyboard.press("y")
        page.wait_for_function("n => document.getElementById('said').textContent.startsWith(n)", arg=number)
    return int(count)


def test_another_city_from_zero(people: People, tmp_path: Path) -> None:
    first, second = people.page("first"), people.page("second")
    document = upload(first, people.site, (TEXTS / "yunhe-2031-5.txt").read_text(encoding="utf-8"))
    review = f"{people.site}/library/{document}/review/"
    assert confirm_all(first, review, ".in") == 5
    assert "5 条等第二人" in first.inner_text("#progress")
    assert confirm_all(second, review, ".in") == 5
    assert "已审 5 /" in second.inner_text("#progress")

    # The measure computes on its page, by the same engine as every other amount.
    second.goto(f"{people.site}/library/{document}/")
    second.click('article:has-text("研发费用 * rate") >> text=试算')
    second.fill('[name="年营业收入"]', "6000万元")
    second.select_option('[name="建有省级研发机构的企业"]', "是")
    second.fill('[name="研发费用"]', "12,345,678.90")
    second.click("main form button")
    assert second.inner_text("#amount").startswith("617,283.95")
    assert "两人已确认" in second.inner_text("main")

    # The pack of the other city loads and checks; only sentences that nobody has described are open.
    first.goto(f"{people.site}/library/{document}/export/")
    with first.expect_download() as wanted:
        first.click("form[method=post] button:has-text('.zip')")
    wanted.value.save_as(tmp_path / "pack.zip")
    import zipfile

    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        archive.extractall(tmp_path)
    report = check_folder(next(path.parent for path in tmp_path.rglob("city.yaml")))
    assert {problem.code for problem in report.problems} == {"uncovered"}

    # The amended edition: the raised award is red until both confirm it again.
    first.goto(f"{people.site}/library/{document}/new-edition/")
    first.fill("#id_text", (TEXTS / "yunhe-2032-8.txt").read_text(encoding="utf-8"))
    first.click("form.kc-card button")
    assert first.locator("del", has_text="2").count() >= 1
    assert "条款已变，要重新确认" in first.inner_text("main")
    first.click("text=去审核")
    assert first.locator("article.kc-stale").count() == 1


def test_keys_undo_help_and_switch(people: People) -> None:
    page = people.page("first")
    document = upload(
        page,
        people.site,
        "测试市的措施\n\n一、对新认定的孵化器，给予奖励10万元。\n二、对新建的实验室，给予奖励20万元。\n",
    )
    page.goto(f"{people.site}/library/{document}/review/")
    page.keyboard.press("j")
    assert page.locator("article.on").get_attribute("data-n") == "1"
    assert page.locator("#paper .kc-m.on").first.inner_text().startswith("对新认定的孵化器")
    page.keyboard.press("j")
    assert page.locator("article.on").get_attribute("data-n") == "2"
    page.keyboard.press("k")
    page.keyboard.press("n")
    page.wait_for_selector('article[data-n="1"][data-state="rejected"]')
    page.locator('article[data-n="1"]').focus()
    page.keyboard.press("u")
    page.wait_for_selector('article[data-n="1"][data-state="proposed"]')
    page.keyboard.press("?")
    assert page.evaluate("document.activeElement.id") == "keys-on"
    page.uncheck("#keys-on")
    page.locator('article[data-n="1"]').focus()
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert page.locator('article[data-n="1"]').get_attribute("data-state") == "proposed"
    page.check("#keys-on")
    page.locator('article[data-n="1"]').focus()
    page.keyboard.press("e")
    page.wait_for_url("**/edit/")


def test_adding_by_selecting_words(people: People) -> None:
    page = people.page("first")
    document = upload(
        page, people.site, "选字市的通知\n\n一、工作要求\n市科技局要把名单公布出去，让大家监督，每年安排资金500万元。\n"
    )
    page.goto(f"{people.site}/library/{document}/review/")
    page.evaluate("""() => {
      const paper = document.getElementById("paper"), walker = document.createTreeWalker(paper, NodeFilter.SHOW_TEXT);
      for (let n = walker.nextNode(); n; n = walker.nextNode()) {
        const at = n.data.indexOf("每年安排资金500万元");
        if (at >= 0) {
          const range = document.createRange();
          range.setStart(n, at); range.setEnd(n, at + 11);
          window.getSelection().removeAllRanges(); window.getSelection().addRange(range);
          return;
        }
      }
    }""")
    page.wait_for_selector("#add-box[open]")
    assert page.input_value("#id_quote") == "每年安排资金500万元"
    page.click("#add-form button")
    assert "每年安排资金500万元" in page.locator("#paper .kc-m.in").first.inner_text()


@pytest.mark.parametrize(
    ("language", "width", "view"),
    [
        ("zh-hans", WIDE, "normal"),
        ("en", WIDE, "normal"),
        ("zh-hans", NARROW, "elder"),
        ("en", NARROW, "normal"),
    ],
)
def test_nothing_to_complain_about(people: People, language: str, width: int, view: str) -> None:
    page = people.page("first", language)
    page.context.add_cookies([{"name": "kc_view", "value": view, "url": people.site}])
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{people.site}/library/")
    if page.locator("tbody a").count() == 0:
        upload(page, people.site, (TEXTS / "yunhe-2031-5.txt").read_text(encoding="utf-8"))
        page.goto(f"{people.site}/library/")
    documents = page.eval_on_selector_all("tbody td:first-child a", "links => links.map(a => a.pathname)")
    amended = next((path for path in documents if "/library/" in path), documents[0])
    page.goto(f"{people.site}{amended}review/")
    trial = page.locator('a[href$="/try/"]').first.get_attribute("href") or ""
    addresses = ["/library/", "/library/?q=企业", "/library/?q=zzz", "/library/upload/", "/library/compare/", "/library/compare/?q=企业",
                 "/library/compare/?q=企业&kind=target", amended, f"{amended}review/", f"{amended}export/",
                 f"{amended}new-edition/", trial.replace("/try/", "/edit/"), trial]  # fmt: skip
    if page.request.get(f"{people.site}{amended}changes/").ok:
        addresses.append(f"{amended}changes/?all=1")
    complaints = []
    for address in addresses:
        answer = page.goto(people.site + address)
        assert answer.ok, (address, answer.status)
        found = looking.axe(page) + looking.sideways(page, width)
        if language == "en":
            found += looking.untranslated(page)
        complaints += [f"{address} {text}" for text in found]
    assert complaints == [], "\n".join(complaints)


def test_a_real_document(people: People, shared: Path) -> None:
    first, second = people.page("first"), people.page("second")
    text = (shared / "policies" / "dongguan-2016-kejifuwujigou.txt").read_text(encoding="utf-8")
    document = upload(first, people.site, text)
    review = f"{people.site}/library/{document}/review/"
    assert confirm_all(first, review, ".in") == confirm_all(second, review, ".in") == 5
    second.goto(f"{people.site}/library/{document}/")
    second.locator("article", has_text="服务我市企业数 >= 500").get_by_text("试算").click()
    for field in second.locator("main select").all():
        field.select_option(index=1)
    second.fill('[name="服务我市企业数"]', "612")
    for name in ("业务收入", "业务收入比上年度增加20"):
        field = second.locator(f'main input[name="{name}"]')
        if field.count():
            field.fill("1500万元")
    second.click("main form button")
    assert second.inner_text("#amount").startswith("200,000.00")
