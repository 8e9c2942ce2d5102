"""Jobs: background tasks, and a small schedule that the worker runs.

    @task()                                    a task; ``send_notice.enqueue(…)`` hands it to the worker
    def send_notice(ident: str) -> None: ...

    @every("audit.seal", seconds=60)           in a module ``jobs.py`` of an app: the worker finds it
    def seal() -> str: ...

    @every("entitlements.nightly", daily_at="02:30")

Everything imports ``task`` from here, so that a change of the task library is a change of one line.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django_tasks import task

from kechuang.web.core.models import ScheduledRun

__all__ = ["Job", "beat", "due", "every", "jobs", "run_due", "run_now", "task"]

logger = logging.getLogger(__name__)
HEARTBEAT = "worker"
BEAT_SECONDS = 15


@dataclass(frozen=True)
class Job:
    """A scheduled job: run every so many seconds, or once a day at a time of Asia/Shanghai."""

    name: str
    run: Callable[[], Any]
    seconds: int | None
    daily_at: dt.time | None

    def is_due(self, started: dt.datetime, now: dt.datetime) -> bool:
        """Whether a job that started last at ``started`` should start now."""
        if self.seconds is not None:
            return now - started >= dt.timedelta(seconds=self.seconds)
        local = timezone.localtime(now)
        assert self.daily_at is not None
        moment = dt.datetime.combine(local.date(), self.daily_at, local.tzinfo)
        return started < (moment if moment <= local else moment - dt.timedelta(days=1))


_jobs: dict[str, Job] = {}


def every(name: str, *, seconds: int | None = None, daily_at: str | None = None) -> Callable[[Callable[[], Any]], Any]:
    """Put a function without arguments on the schedule; exactly one of ``seconds`` and ``daily_at`` ("HH:MM")."""
    if (seconds is None) == (daily_at is None):
        raise ValueError("give either seconds or daily_at")
    at = dt.time.fromisoformat(daily_at) if daily_at else None

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        _jobs[name] = Job(name, function, seconds, at)
        return function

    return register


def jobs() -> dict[str, Job]:
    """All scheduled jobs of the installed apps."""
    autodiscover_modules("jobs")
    return dict(_jobs)


def _claim(job: Job, now: dt.datetime) -> bool:
    """Take a due job for this worker; of two workers one gets it."""
    row, new = ScheduledRun.objects.get_or_create(name=job.name, defaults={"started_at": now})
    if new:
        return job.seconds is not None  # a daily job waits for its hour when the city starts for the first time
    if not job.is_due(row.started_at, now):
        return False
    taken = ScheduledRun.objects.filter(name=job.name, started_at=row.started_at).update(started_at=now)
    return taken == 1


def run_now(job: Job) -> bool:
    """Run a job and note how it ended; a failure is logged and does not end the worker."""
    failed, result = False, ""
    try:
        result = str(job.run() or "")[:200]
    except Exception as error:
        failed, result = True, f"{type(error).__name__}: {error}"[:200]
        logger.exception("scheduled job %s failed", job.name)
    now = timezone.now()
    ScheduledRun.objects.update_or_create(
        name=job.name,
        defaults={"finished_at": now, "result": result, "failed": failed},
        create_defaults={"started_at": now, "finished_at": now, "result": result, "failed": failed},
    )
    return not failed


def run_due(now: dt.datetime | None = None) -> list[str]:
    """Run every job that is due; returns the names of those that ran."""
    ran = []
    for job in jobs().values():
        if _claim(job, now or timezone.now()):
            run_now(job)
            ran.append(job.name)
    return ran


def due(now: dt.datetime | None = None) -> list[str]:
    """Names of the jobs that would run now."""
    moment = now or timezone.now()
    started = dict(ScheduledRun.objects.values_list("name", "started_at"))
    return [
        job.name
        for job in jobs().values()
        if (job.name not in started and job.seconds is not None)
        or (job.name in started and job.is_due(started[job.name], moment))
    ]


def beat() -> None:
    """Note that the worker lives, at most every quarter of a minute."""
    now = timezone.now()
    row, new = ScheduledRun.objects.get_or_create(name=HEARTBEAT, defaults={"started_at": now, "finished_at": now})
    if not new and (row.finished_at is None or (now - row.finished_at).total_seconds() >= BEAT_SECONDS):
        ScheduledRun.objects.filter(name=HEARTBEAT).update(finished_at=now)
