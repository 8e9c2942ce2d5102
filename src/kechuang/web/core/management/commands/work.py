"""``kechuang manage work``: the worker. Runs background tasks and the schedule until it is told to stop."""

from __future__ import annotations

import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from kechuang.web.core import jobs
from kechuang.web.core.ids import new_id


class Command(BaseCommand):
    """Background tasks and schedule."""

    help = "运行后台任务和日程 / run background tasks and the schedule"
    running = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="做完到期的就结束 / do what is due, then end")
        parser.add_argument("--interval", type=float, default=1.0, help="空闲时隔几秒看一次 / seconds between looks")

    def handle(self, *args: Any, once: bool = False, interval: float = 1.0, **options: Any) -> None:
        """Loop: heartbeat, schedule, tasks, sleep."""
        if not once:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._stop)
        worker_id = new_id()
        while self.running:
            try:
                self._step(worker_id)
            except OperationalError as error:  # the database is locked or away for a moment: try again
                self.stderr.write(f"worker: {error}")
                close_old_connections()
            if once:
                return
            time.sleep(interval if self.running else 0)

    @staticmethod
    def _step(worker_id: str) -> None:
        """One round."""
        close_old_connections()
        jobs.beat()
        jobs.run_due()
        if DBTaskResult.objects.ready().exists():
            Worker(
                queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False,
                max_tasks=50, worker_id=worker_id, excluded_queue_names=[],
            ).run()  # fmt: skip

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        """Finish the round, then end."""
        self.running = False
