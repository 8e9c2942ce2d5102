"""How long work may hold the database, and how long it then leaves it to others: for jobs that write very many rows.

SQLite has one writer at a time, and who waits looks again every few milliseconds (:mod:`.sqlite.base`): a step is short, and
the gap behind it long enough for two writes of other people. PostgreSQL locks rows; nobody waits for ours, and the gap only
leaves some of the machine to others.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection, transaction

SHORT, LONG = 0.05, 0.12
#: Seconds left to others behind each step, with SQLite and without; with SQLite at least that part of the step's own time.
GAP = {True: 0.03, False: 0.005}
PART = 0.25
#: After so many steps SQLite's write-ahead log is moved into the database file, in the gap.
LOG_EVERY = 4


class Pace:
    """Sizes of steps and the gaps between them.

    Args:
        size, least, most: rows of the first step (few, so that it is not the longest of all), and between what the size
            may move. Steps become smaller where they hold the database for more than ``LONG`` seconds, and larger where
            they hold it for less than ``SHORT``.
    """

    def __init__(self, size: int = 25, *, least: int = 25, most: int = 500) -> None:
        self.size, self.least, self.most = size, least, most
        self.longest, self.steps = 0.0, 0
        self.shared = connection.vendor == "sqlite"

    def rest(self, held: float) -> None:
        """After a step that held the database for ``held`` seconds: leave it to others, and choose the next size."""
        self.longest = max(self.longest, held)
        if not self.shared or held < SHORT:
            self.size = min(self.most, self.size * 2)
        elif held > LONG:
            self.size = max(self.least, self.size // 2)
        self.steps += 1
        if self.shared and self.steps % LOG_EVERY == 0:
            _move_log()
        time.sleep(max(GAP[self.shared], held * PART if self.shared else 0.0))

    def work(self, step: Callable[[int], int]) -> int:
        """Repeat ``step(size)``, each in a transaction of its own, until it has nothing left to do; returns what all did.

        Only the time inside the transaction counts: waiting for others must not make the steps smaller.
        """
        done = 0
        while True:
            with transaction.atomic():
                started = time.monotonic()
                count = step(self.size)
            held = time.monotonic() - started
            if not count:
                return done
            done += count
            self.rest(held)


def _move_log() -> None:
    """Move the write-ahead log into the database file here, where nobody waits, instead of in somebody's next commit.

    ``PASSIVE`` takes no lock that a reader or writer waits for. A step inside a transaction (tests) leaves it alone.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        cursor.fetchall()
