"""Template filters of the audit pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone

from kechuang.web.audit import words
from kechuang.web.audit.domain.queries import history

register = template.Library()
register.filter("action_words", words.action_words)
register.filter("kind_words", words.kind_words)
register.filter("result_words", words.result_words)


@register.filter
def short(digest: str) -> str:
    """The first twelve digits of a digest, enough to compare by eye."""
    return f"{digest[:12]}…" if digest else ""


@register.filter
def moment(value: datetime) -> str:
    """A moment in the city's time zone to the second: ``2026-11-24 15:04:05``."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")


@register.inclusion_tag("audit/_history.html")
def audit_history(object_kind: str, object_id: str, count: int = 20) -> dict[str, Any]:
    """What happened to an object, in words, for its own page; the page has asked who may see it."""
    return {"events": history(object_kind, object_id, count), "who": True}
