"""Submissions over HTTP while the web server is killed again and again: sent until answered, each takes effect once.

What a browser or a program does whose answer got lost: it sends the same submission again, with the same key.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

ROOT = Path(__file__).resolve().parents[2]
KILLS, SUBMISSIONS, SENDERS = 20, 500, 4
ADMIN = """
import django; django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from kechuang.web.accounts.models import Grant, Role, User
user = User.objects.create_user(username="admin", realm="demo")
Grant.objects.create(user=user, role=Role.SYSTEM_ADMIN)
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
print(session.session_key)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The web server of a city, in a process group of its own, so that all its processes die at once."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        self.environment, self.port = environment | {"KECHUANG_PORT": str(port)}, port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "kechuang.cli", "up", "--web"]
        self.process = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the web server did not start")

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


def send_until_answered(port: int, cookies: str, token: str, name: str, ends: threading.Event) -> int:
    """Send one submission until the server acknowledges it; returns how often it was sent."""
    fields = {
        "username": name, "display_name": name, "email": f"{name}@example.org", "kc_once": f"key-{name}",
        "csrfmiddlewaretoken": token,
    }  # fmt: skip
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    for attempt in range(1, 10_000):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("POST", "/accounts/people/", urlencode(fields), headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 302), (answer.status, name)
            return attempt
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
        if ends.is_set():
            break
    raise AssertionError(f"{name} was never answered")


@pytest.mark.campaign
def test_what_is_sent_again_takes_effect_once(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "KECHUANG_HTTPS")} | {
        "KECHUANG_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "kechuang.web.settings", "KECHUANG_DEMO": "1",
        "PYTHONPATH": str(ROOT / "src"), "KECHUANG_WORKERS": "2",
    }  # fmt: skip
    run = {"env": environment, "cwd": ROOT}
    subprocess.run([sys.executable, "-m", "kechuang.cli", "manage", "migrate", "-v0"], check=True, **run)
    subprocess.run(
        [sys.executable, "-m", "kechuang.cli", "manage", "collectstatic", "--no-input", "-v0"], check=True, **run
    )
    made = subprocess.run([sys.executable, "-c", ADMIN], capture_output=True, text=True, check=True, **run)
    token = "a" * 32
    cookies = f"sessionid={made.stdout.strip()}; csrftoken={token}"
    server = Server(environment, free_port())
    server.start()
    names = [f"u{number}" for number in range(SUBMISSIONS)]
    sent: dict[str, int] = {}
    problems: list[BaseException] = []
    ends = threading.Event()

    def sender(part: int) -> None:
        try:
            for name in names[part::SENDERS]:
                sent[name] = send_until_answered(server.port, cookies, token, name, ends)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=sender, args=(part,)) for part in range(SENDERS)]
    for thread in threads:
        thread.start()
    chance, kills = random.Random(20130418), 0
    while any(thread.is_alive() for thread in threads) and not problems:
        time.sleep(chance.uniform(0.2, 1.5))
        if kills < KILLS:
            server.kill()
            kills += 1
            server.start()
    ends.set()
    for thread in threads:
        thread.join(60)
    server.kill()
    assert problems == []
    assert kills == KILLS
    database = sqlite3.connect(tmp_path / "db.sqlite3")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    users = [name for (name,) in database.execute("SELECT username FROM accounts_user WHERE username != 'admin'")]
    events = [
        name for (name,) in database.execute("SELECT object_id FROM audit_auditevent WHERE action = 'account.create'")
    ]
    keys = database.execute("SELECT COUNT(*) FROM core_submissionkey").fetchone()[0]
    assert sorted(users) == sorted(events) == sorted(names)
    assert keys == SUBMISSIONS
    assert sum(attempts > 1 for attempts in sent.values()) > 0
