"""Health of the running city, for load balancers and for people: ``/healthz``.

Upper apps add what they know with ``report("release", function)``; a report that raises makes the city unhealthy.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from kechuang import __version__
from kechuang.web.core.jobs import HEARTBEAT
from kechuang.web.core.models import ScheduledRun

WORKER_STALE = timedelta(seconds=90)
_reports: dict[str, Callable[[], Any]] = {}


def report(name: str, function: Callable[[], Any]) -> None:
    """Add a value to the health document; ``function`` takes nothing and returns something for JSON."""
    _reports[name] = function


def health() -> tuple[dict[str, Any], int]:
    """The health document and its status: 200, or 503 when the database does not answer.

    A worker that has been silent for a minute and a half makes the city ``degraded``: pages still work.
    """
    document: dict[str, Any] = {"status": "ok", "version": __version__, "time": timezone.now().isoformat()}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        row = ScheduledRun.objects.filter(name=HEARTBEAT).first()
        failed = list(ScheduledRun.objects.filter(failed=True).values_list("name", flat=True))
    except Exception:
        return document | {"status": "down", "database": "no answer"}, 503
    last = row.finished_at if row else None
    alive = last is not None and timezone.now() - last < WORKER_STALE
    document |= {
        "database": connection.vendor,
        "worker": {"alive": alive, "last_seen": last.isoformat() if last else None, "failed_jobs": failed},
    }
    for name, function in _reports.items():
        try:
            document[name] = function()
        except Exception as error:
            document[name] = {"error": type(error).__name__}
            document["status"] = "degraded"
    if not alive or failed:
        document["status"] = "degraded"
    return document, 200
