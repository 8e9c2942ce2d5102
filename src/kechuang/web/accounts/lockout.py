"""Lockout: five wrong passwords in a row lock an account for fifteen minutes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kechuang.web.accounts.models import User


def attempt_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Under which name a failure is counted: the account's user name, however the person wrote it.

    Unknown names are counted like known ones, so that the lock page does not reveal which accounts exist.
    """
    given = credentials or {}
    name = given.get("username") or given.get("email") or (request.POST.get("login", "") if request else "")
    name = str(name).strip()
    if "@" in name and (user := User.objects.filter(email__iexact=name).first()):
        return str(user.username).casefold()
    return name.casefold()


def page(request: HttpRequest, _response: Any = None, _credentials: Any = None) -> HttpResponse:
    """The page a locked account sees (429)."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "accounts/locked.html", {"minutes": minutes}, status=429)
