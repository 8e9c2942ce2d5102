"""Request limits."""

from __future__ import annotations

import concurrent.futures
import os
import sqlite3
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

import kechuang
from kechuang.web.core.models import RequestBucket
from kechuang.web.core.ratelimit import drop_full, limit, seconds_to_wait, visitor

pytestmark = pytest.mark.django_db


def test_a_bucket_empties_and_fills_again():
    assert [seconds_to_wait("k", 3, 100.0) for _ in range(4)] == [0, 0, 0, 20]
    assert seconds_to_wait("k", 3, 110.0) == 10
    assert seconds_to_wait("k", 3, 120.0) == 0
    assert [seconds_to_wait("k", 3, 1000.0) for _ in range(4)] == [0, 0, 0, 20]


def test_too_many_requests_get_a_page_that_says_when_to_come_back(monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)  # a slow machine fills no bucket
    view = limit("test", per_minute=2)(lambda _request: HttpResponse("ok"))

    def ask(address: str) -> HttpResponse:
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        request.user, request.session = AnonymousUser(), {}
        return view(request)

    assert [ask("10.0.0.1").status_code for _ in range(3)] == [200, 200, 429]
    refused = ask("10.0.0.1")
    assert refused["Retry-After"] == "30"
    assert "请过 30 秒再试" in refused.content.decode()
    assert ask("10.0.0.2").status_code == 200


def test_an_address_is_taken_from_the_proxy_only_behind_one(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 7.7.7.7")
    request.user = AnonymousUser()
    settings.HTTPS = False
    assert visitor(request) == "address:10.0.0.1"
    settings.HTTPS = True
    assert visitor(request) == "address:7.7.7.7"


@given(
    per_minute=st.integers(1, 120),
    steps=st.lists(st.integers(0, 90_000), min_size=1, max_size=60),
)
def test_the_same_answers_as_counting_tokens(per_minute, steps):
    """Against the plain definition: a bucket of a minute's worth, filled evenly, one token for each request."""
    RequestBucket.objects.all().delete()
    step = 60_000_000 // per_minute
    capacity = 60_000_000 // step * step  # a step is a whole number of microseconds
    level, moment = Fraction(60_000_000), 1_700_000_000_000_000
    for milliseconds in steps:
        moment += milliseconds * 1000
        level = min(Fraction(60_000_000), level + milliseconds * 1000)
        waited = seconds_to_wait("k", per_minute, moment / 1_000_000)
        assert capacity > 0
        if level >= step:
            assert waited == 0
            level -= step
        else:
            assert waited == max(1, -((level - step) // 1_000_000))


def test_a_clock_set_back_locks_nobody_out_for_long():
    for _ in range(3):
        seconds_to_wait("k", 3, 1_000_000.0)
    assert seconds_to_wait("k", 3, 1000.0) == 60
    assert drop_full(1000.0) == 1
    assert seconds_to_wait("k", 3, 1000.0) == 0


def test_full_buckets_are_dropped():
    seconds_to_wait("a", 60, 1000.0)
    seconds_to_wait("b", 1, 1000.0)
    assert drop_full(1030.0) == 1
    assert RequestBucket.objects.count() == 1


def _ask_often(home: str, times: int) -> int:
    """In a process of its own, as a gunicorn worker: how many of the requests are let through."""
    script = (
        "import django; django.setup()\n"
        "from kechuang.web.core.ratelimit import seconds_to_wait\n"
        f"print(sum(seconds_to_wait('shared', 40, 1000.0) == 0 for _ in range({times})))"
    )
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {
        "KECHUANG_HOME": home, "DJANGO_SETTINGS_MODULE": "kechuang.web.settings",
        "PYTHONPATH": str(Path(kechuang.__file__).parents[1]),
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_all_web_processes_count_together(tmp_path):
    """Three processes ask at the same time for a limit of forty: together they get forty, not forty each."""
    columns = "(key varchar(64) NOT NULL PRIMARY KEY, full_at bigint NOT NULL)"
    with sqlite3.connect(tmp_path / "db.sqlite3") as made:
        made.execute(f"CREATE TABLE core_requestbucket {columns}")
    made.close()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        let_through = list(pool.map(lambda _: _ask_often(str(tmp_path), 30), range(3)))
    assert sum(let_through) == 40
    assert all(count <= 30 for count in let_through)


def test_migrate_makes_the_table_of_the_cache(tmp_path):
    """A log-in counts there: a city that was only migrated (upgrade, restore) must have it."""
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {
        "KECHUANG_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "kechuang.web.settings",
        "PYTHONPATH": str(Path(kechuang.__file__).parents[1]),
    }  # fmt: skip
    command = [sys.executable, "-m", "django", "migrate", "core", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    with sqlite3.connect(tmp_path / "db.sqlite3") as made:
        tables = {name for (name,) in made.execute("SELECT name FROM sqlite_master")}
    made.close()
    assert {"core_cache", "core_requestbucket"} <= tables
