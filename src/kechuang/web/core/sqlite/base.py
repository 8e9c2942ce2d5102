"""Writers of SQLite who wait look again every few milliseconds.

SQLite has one writer at a time. Its own busy handler lets whoever waits look again after pauses that grow to 100 ms: with a
few writers at work one of them can be too late again and again, for seconds. Looking often gives all of them the same chance,
and a job that writes much need leave only short gaps (:mod:`kechuang.web.core.pace`).
"""

from __future__ import annotations

import random
import sqlite3
import time

from django.db.backends.sqlite3 import base

#: Seconds between two looks; each is different by up to half of it, so that nobody is in step with the gaps of another.
LOOK = 0.002


class DatabaseWrapper(base.DatabaseWrapper):
    """Begins a transaction as soon as the database is free, or says that it is locked after the ``timeout`` of the settings."""

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode != "IMMEDIATE":
            super()._start_transaction_under_autocommit()
            return
        seconds = float(self.settings_dict["OPTIONS"]["timeout"])
        with self.wrap_database_errors:
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                self._begin(time.monotonic() + seconds)
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    def _begin(self, latest: float) -> None:
        while True:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > latest:
                    raise
                time.sleep(LOOK * random.uniform(0.5, 1.5))  # noqa: S311  how long to wait is no secret
            else:
                return
