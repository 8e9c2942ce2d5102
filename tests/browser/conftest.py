"""A real Chromium against a real site: gunicorn, collected static files, Chenzhou's pack and a small demo city."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.web.accounts.identity_provider import CLIENT, SECRET, LocalProvider

ROOT = Path(__file__).resolve().parents[2]
TEXT = next((ROOT / "cities" / "shili" / "texts").glob("*.txt"))
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PREPARE = """
import json, pathlib
import django; django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("migrate", interactive=False, verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)
from kechuang import citypack
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.domain.queries import events_for_user
from kechuang.web.audit.domain.seal import seal_and_publish
from kechuang.web.monitoring.models import Submission
from kechuang.web.policy.domain.apply import apply
from kechuang.web.policy.domain.releases import current_digest
apply(citypack.load(r"{pack}"))
call_command("demo_reset", enterprises=40)
call_command("entitlements_run")
seal_and_publish()
admin = User.objects.create_user(username="demo-admin", password="correct horse battery", realm="demo")
Grant.objects.create(user=admin, role=Role.SYSTEM_ADMIN)
guard = User.objects.create_user(username="demo-guard", password="correct horse battery", realm="demo")
Grant.objects.create(user=guard, role=Role.SECURITY_ADMIN)
offered = Submission.objects.create(region="431000", indicator="gdp", year=2023, value="1", unit="亿元", realm="demo",
                                    source_title="演示来源", release="0" * 64)
uscc = Grant.objects.get(user__username="demo-firm").organisation
member = User.objects.create_user(username="member", password="correct horse battery")
Grant.objects.create(user=member, role=Role.ENTERPRISE, organisation=uscc)
User.objects.create_user(username="wang", password="correct horse battery", display_name="王五")
from django.test import Client
def session(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value
samples = {{"admin": session(admin), "guard": session(guard), "member": session(member), "uscc": uscc, "person": admin.pk,
           "release": current_digest(), "submission": offered.pk, "event": events_for_user(User.objects.get(username="demo-auditor")).latest("pk").public_id}}
from kechuang.web.registry.models import Organisation
samples["organisation"] = Organisation.objects.get(uscc=uscc).pk
from django.core.files.uploadedfile import SimpleUploadedFile
from kechuang.web.selfservice.domain.claims import file_claim
newcomer = User.objects.create_user(username="demo-newcomer", password="correct horse battery", realm="demo")
samples["claim"] = file_claim(
    newcomer, Organisation.objects.get(uscc=uscc), position="agent", agreed=True,
    proof=SimpleUploadedFile("proof.pdf", b"%PDF-1.4"),
).public_id
from django.apps import apps
officer = User.objects.get(username="demo-officer")
if apps.is_installed("kechuang.web.library"):
    from kechuang.web.library.domain import amend, upload
    from kechuang.web.library.models import DraftItem
    text = pathlib.Path(r"{text}").read_text(encoding="utf-8")
    document = amend.pasted(text, upload.Choices(visibility="public", realm="demo"), actor=officer).document
    samples["document"] = document.public_id
    samples["item"] = DraftItem.objects.filter(draft__document=document).first().pk
import datetime as dt
from kechuang.web.accounts.domain import delegations
from kechuang.web.laboratory.domain import trials
from kechuang.web.selfservice.domain import personal
today = dt.date.today()
samples["year"] = today.year - 1
lent = delegations.lendable(officer)[0]
second = User.objects.create_user(username="demo-second", password="correct horse battery", display_name="李四", realm="demo")
Grant.objects.create(user=second, role=lent.role)
delegations.give(officer, lent.pk, second.username, until=today + dt.timedelta(days=5), reason="出差期间代办")
samples["request"] = personal.file_request(newcomer, "correction", text="单位名称写错了").public_id
drafted = {{"subject": "contract", "party": "buyer", "amount": "min(half_up(技术合同交易额 * 比例), 封顶)",
            "values": "比例 = 2%\\n封顶 = 200,000", "budget": "1000000"}}
trial = trials.start(officer, "", "新写的一条", drafted, today)
assert trials.run(trial.public_id) == "done"
samples["trial"] = trial.public_id
(pathlib.Path(settings.HOME) / "samples.json").write_text(json.dumps(samples, default=str))
"""
SERVE = "import django; django.setup(); from kechuang.web import serving; serving.web()"


def chromium() -> str | None:
    """The browser of this machine: KECHUANG_CHROMIUM, or a chromium on the path."""
    wanted = os.environ.get("KECHUANG_CHROMIUM")
    found = [wanted] if wanted else [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    return next((path for path in found if path and Path(path).exists()), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser; without one it is skipped, and says so."""
    here = Path(__file__).parent
    skip = None if chromium() else pytest.mark.skip(reason="no Chromium on this machine (apt-get install chromium)")
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        skip = pytest.mark.skip(reason="the site looked at here always runs on SQLite; run without DATABASE_URL")
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            if skip:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def outside() -> Iterator[LocalProvider]:
    """The identity provider of the running site, on this machine."""
    found = LocalProvider()
    yield found
    found.close()


def surroundings(home: Path) -> dict[str, str]:
    """The environment in which the site in that folder is prepared and run."""
    kept = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "EMAIL_URL")}
    return kept | {
        "KECHUANG_HOME": str(home),
        "KECHUANG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "kechuang.web.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH", "")))),
    }


def start(code: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Run code in a process of its own, which tells its story in ``site.log`` of the site's folder."""
    log = (Path(environment["KECHUANG_HOME"]) / "site.log").open("ab")
    return subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=log, stderr=log, cwd=ROOT)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a site with a small demo city, prepared once for all processes of a run; copy it before use."""
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "prepared"
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "samples.json").exists():
            home.mkdir(exist_ok=True)
            making = start(PREPARE.format(pack=ROOT / "cities" / "chenzhou", text=TEXT), surroundings(home))
            assert making.wait(180) == 0, (home / "site.log").read_text(errors="replace")[-3000:]
    return home


@pytest.fixture(scope="session")
def running(
    prepared: Path, tmp_path_factory: pytest.TempPathFactory, outside: LocalProvider
) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a running site with a small demo city, and its sample objects; ended with the tests."""
    home = tmp_path_factory.mktemp("site") / "home"
    shutil.copytree(prepared, home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = surroundings(home) | {
        "KECHUANG_PORT": str(port),
        "KECHUANG_WORKERS": "2",
        "KECHUANG_OIDC_ISSUER": outside.issuer,
        "KECHUANG_OIDC_CLIENT_ID": CLIENT,
        "KECHUANG_OIDC_CLIENT_SECRET": SECRET,
        "no_proxy": "127.0.0.1",
    }
    server = start(SERVE, environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, server, home / "site.log")
        yield address, json.loads((home / "samples.json").read_text()) | {"home": str(home)}
    finally:
        server.terminate()
        server.wait(20)


AGE = """
import sys, django; django.setup()
from django.contrib.sessions.backends.db import SessionStore
one = SessionStore(sys.argv[1]); one["kc_seen"] -= int(sys.argv[2]); one.save()
"""


@pytest.fixture(scope="session")
def age_session(running: tuple[str, dict[str, str]]) -> Callable[[str, int], None]:
    """Lets a session look as if its last click was that many seconds earlier."""

    def age(session: str, seconds: int) -> None:
        environment = os.environ | {
            "KECHUANG_HOME": running[1]["home"],
            "DJANGO_SETTINGS_MODULE": "kechuang.web.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }
        environment.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, "-c", AGE, session, str(seconds)], env=environment, check=True, cwd=ROOT)

    return age


@pytest.fixture(scope="session")
def site(running: tuple[str, dict[str, str]]) -> str:
    """The address of the running site."""
    return running[0]


@pytest.fixture(scope="session")
def samples(running: tuple[str, dict[str, str]]) -> dict[str, str]:
    """Ids of sample objects on the running site."""
    return running[1]


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(120):
        assert server.poll() is None, log.read_text(errors="replace")[-3000:]
        try:
            with urllib.request.urlopen(f"{address}/robots.txt", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the site did not answer: " + log.read_text(errors="replace")[-3000:])


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """One Chromium for a file of tests: its driver's event loop, left running, would forbid later files the database."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()
