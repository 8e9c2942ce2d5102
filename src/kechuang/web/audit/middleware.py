"""Refused attempts go into the audit log too: who wanted to reach what and was not let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from kechuang.web.audit.domain.record import record
from kechuang.web.audit.models import AuditEvent

GetResponse = Callable[[HttpRequest], HttpResponse]
QUIET = timedelta(minutes=10)  # the same person at the same door is written down once in this time
PER_HOUR = 30  # then one event says that there were more


class RefusedAttempts:
    """Writes one event with ``result=refused`` when a person who is logged in is not let in.

    A view that hides what it refuses behind a 404 says so with ``request.refused = True``; a 403 that is no refusal (an
    expired form) with ``False``. Visitors are not written down: there is nobody to name, and anybody could fill the log.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "refused", response.status_code == 403) and request.user.is_authenticated:
            note_refusal(request)
        return response


def note_refusal(request: HttpRequest) -> AuditEvent | None:
    """Write the event, unless the log has it already or the person has been refused too often."""
    now, door = timezone.now(), f"{request.method} {request.path}"[:200]
    recent = AuditEvent.objects.filter(actor_id=str(request.user.pk), action="access.refuse")
    if recent.filter(object_kind="page", object_id=door, time__gt=now - QUIET).exists():
        return None
    count = recent.filter(time__gt=now - timedelta(hours=1)).count()
    if count > PER_HOUR:
        return None
    more = count == PER_HOUR
    if (
        more
        and AuditEvent.objects.filter(
            actor_id=str(request.user.pk), action="access.refuse_more", time__gt=now - timedelta(hours=1)
        ).exists()
    ):
        return None
    return record(
        actor=request.user, action="access.refuse_more" if more else "access.refuse", object_kind="page",
        object_id="" if more else door, result="refused",
    )  # fmt: skip
