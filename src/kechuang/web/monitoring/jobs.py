"""What the worker does by itself: letters to departments whose figures are due."""

from __future__ import annotations

from django.utils import timezone

from kechuang.web.core.jobs import every
from kechuang.web.policy.domain.queries import current_digest

from .domain import queries
from .domain.reminders import remind


@every("monitoring.reminders", daily_at="08:30")
def reminders() -> str:
    """Remind departments once for each date and stage."""
    if current_digest() is None:
        return "no release in force"
    release, loaded = queries.figures()
    sent, lonely = remind(release, loaded, timezone.localdate())
    return f"{sent} letters, {lonely} departments without an address"
