"""The list of log-ins: written with the audit event of each, read by the person and by security administrators."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from kechuang.web.accounts import access
from kechuang.web.accounts.domain.people import note
from kechuang.web.accounts.models import LogIn, LogInResult, Role, User
from kechuang.web.core.ratelimit import address_of

KEPT = dt.timedelta(days=366)  # 网络安全法第二十一条: logs stay for six months at least
_BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def device_words(agent: str) -> str:
    """Browser and system in a few words; what is not known is shown as it was sent."""
    browser = next((word for mark, word in _BROWSERS if mark in agent), "")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    return " · ".join(word for word in (browser, system) if word) or agent[:40]


def tell(request: HttpRequest | None, user: User | None, result: str, *, name: str = "") -> None:
    """Write down an attempt to log in, and its audit event, in one transaction.

    Args:
        user: whose account it is; None where the name does not exist.
        name: what the audit event calls it; by default the account's name.
    """
    agent = "" if request is None else re.sub(r"[^\x20-\x7e]", "", request.headers.get("User-Agent", ""))[:200]
    known = name or (user.username if user else "?")
    with transaction.atomic():
        LogIn.objects.create(
            user=user, result=result, address="" if request is None else address_of(request), device=agent
        )
        if result == LogInResult.OK:
            note(user, "account.login")
        elif result == LogInResult.LOCKED:
            note(None, "account.lock", object_id=known)
        else:
            note(None, "account.login", result="refused", object_id=known)


def own(user: Any) -> QuerySet[LogIn]:
    """A person's own log-ins, newest first."""
    return LogIn.objects.filter(user=user)


def everybody_for_user(actor: Any, *, text: str = "", result: str = "") -> QuerySet[LogIn]:
    """Log-ins of all accounts, newest first; ``text`` is part of a user name or an address.

    Raises:
        UserError: the person is no security administrator (401, 403).
    """
    access.require(actor, Role.SECURITY_ADMIN)
    rows = LogIn.objects.select_related("user").filter(access.realm_filter(actor, "user__realm"))
    if text:
        rows = rows.filter(user__username__icontains=text) | rows.filter(address__startswith=text)
    if result in LogInResult.values:
        rows = rows.filter(result=result)
    return rows


def forget_old() -> int:
    """Delete log-ins older than a year; returns how many. The worker does this daily."""
    with transaction.atomic():
        count, _ = LogIn.objects.filter(time__lt=timezone.now() - KEPT).delete()
        if count:
            note(None, "account.logins_drop", object_id=str(count))
    return int(count)
