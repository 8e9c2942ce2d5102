"""Two connections to one SQLite file: who waits gets in when the other is done, or is told that it is locked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from kechuang.web.core.sqlite.base import DatabaseWrapper

TIMEOUT = 0.3


@pytest.fixture
def pair(db: None, tmp_path: Path) -> Iterator[tuple[DatabaseWrapper, DatabaseWrapper]]:
    """Two connections to one file, with a table of numbers in it."""
    told = connections.configure_settings({"default": {}})["default"] | {
        "NAME": tmp_path / "db.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": TIMEOUT, "init_command": "PRAGMA journal_mode=WAL"},
    }
    made = tuple(DatabaseWrapper(dict(told), alias=name) for name in ("first", "second"))
    for one in made:
        one.inc_thread_sharing()
        one.connect()
    with made[0].cursor() as cursor:
        cursor.execute("CREATE TABLE numbers (number INTEGER)")
    yield made
    for one in made:
        one.close()


def numbers(connection: DatabaseWrapper) -> list[int]:
    with connection.cursor() as cursor:
        return [number for (number,) in cursor.execute("SELECT number FROM numbers").fetchall()]


def test_who_waits_gets_in_when_the_other_is_done(pair):
    first, second = pair
    first._start_transaction_under_autocommit()
    order = []

    def wait() -> None:
        second._start_transaction_under_autocommit()
        order.append("second begins")
        second.connection.execute("INSERT INTO numbers VALUES (2)")
        second.connection.commit()

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.05)
    first.connection.execute("INSERT INTO numbers VALUES (1)")
    order.append("first ends")
    first.connection.commit()
    waiting.join()
    assert order == ["first ends", "second begins"]
    assert numbers(first) == [1, 2]


def test_who_has_waited_too_long_is_told_that_it_is_locked(pair):
    first, second = pair
    first._start_transaction_under_autocommit()
    began = time.monotonic()
    with pytest.raises(OperationalError, match="locked"):
        second._start_transaction_under_autocommit()
    assert time.monotonic() - began >= TIMEOUT
    first.connection.rollback()
    second._start_transaction_under_autocommit()
    second.connection.rollback()


def test_another_error_is_not_waited_for(pair):
    first, _second = pair
    first._start_transaction_under_autocommit()
    with pytest.raises(OperationalError, match="within a transaction"):
        first._start_transaction_under_autocommit()


def test_statements_outside_a_transaction_wait_as_before(pair):
    """The busy handler of SQLite has its time again, also when the transaction did not begin."""
    first, second = pair
    first._start_transaction_under_autocommit()
    with pytest.raises(OperationalError):
        second._start_transaction_under_autocommit()
    for one in pair:
        assert one.connection.execute("PRAGMA busy_timeout").fetchone() == (round(TIMEOUT * 1000),)
