"""What is thrown away each night: expired sessions, results of old tasks, old failed log-ins, keys of old submissions, full
buckets of request limits. Afterwards the planner looks at the tables anew."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from kechuang.web.core import statistics
from kechuang.web.core.jobs import every
from kechuang.web.core.models import SubmissionKey
from kechuang.web.core.ratelimit import drop_full

KEEP = timedelta(days=30)
KEEP_KEYS = timedelta(days=2)


@every("core.clean", daily_at="03:30")
def clean() -> str:
    """Delete what has expired; audit events are never touched."""
    from axes.models import AccessAttempt
    from django_tasks_db.models import DBTaskResult

    now = timezone.now()
    sessions = Session.objects.filter(expire_date__lt=now).delete()[0]
    tasks = DBTaskResult.objects.finished().filter(finished_at__lt=now - KEEP).delete()[0]
    attempts = AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()[0]
    keys = SubmissionKey.objects.filter(created_at__lt=now - KEEP_KEYS).delete()[0]
    buckets = drop_full()
    statistics.refresh()
    return f"sessions {sessions}, tasks {tasks}, attempts {attempts}, buckets {buckets}, keys {keys}"
