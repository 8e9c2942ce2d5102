"""The page of the system administrator."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kechuang.web.operations.domain import queries


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Backups, and how the jobs of the worker ended."""
    context = {"found": queries.overview_for_user(request.user), "at": settings.BACKUP_AT, "keep": settings.BACKUP_KEEP}
    return render(request, "operations/home.html", context)
