"""What the worker does: compute trials, and drop those that a stopped worker left half done."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from kechuang.web.core.jobs import every, task
from kechuang.web.laboratory.enums import State
from kechuang.web.laboratory.models import Trial

LONGEST = dt.timedelta(hours=1)


@task()
def compute_trial(public_id: str) -> str:
    """Compute one trial."""
    from kechuang.web.laboratory.domain.trials import run

    return run(public_id)


@every("laboratory.tidy", seconds=600)
def tidy() -> str:
    """Trials that have been running for over an hour lost their worker: say so."""
    lost = Trial.objects.filter(state=State.RUNNING, started_at__lt=timezone.now() - LONGEST).update(
        state=State.FAILED,
        error={"zh": "后台中途停了，请重新测算。", "en": "The worker stopped half-way; please run it again."},
        finished_at=timezone.now(),
    )
    return f"{lost} lost"
