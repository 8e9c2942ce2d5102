"""Request limits: a token bucket for each visitor and purpose, in the database and so one for all web processes
(``docs/decisions/0010-request-limits.md``).

    @limit("reading", per_minute=20)
    def read(request): ...

A visitor who asks more often gets the page of status 429 with ``Retry-After``.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from kechuang.web.core import pages
from kechuang.web.core.models import RequestBucket

View = Callable[..., HttpResponseBase]


def visitor(request: HttpRequest) -> str:
    """Who is counted: the account, else the address; behind a proxy the last address the proxy itself has seen."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{address_of(request)}"


def address_of(request: HttpRequest) -> str:
    """The address a request comes from; behind a proxy the last one the proxy itself has seen."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.HTTPS else ""
    return (forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", ""))[:45]


# One statement takes a token or takes none, on SQLite and PostgreSQL alike, so that two processes never take the same one.
_TAKE = """
    INSERT INTO core_requestbucket (key, full_at) VALUES (%s, %s)
    ON CONFLICT (key) DO UPDATE
    SET full_at = CASE WHEN core_requestbucket.full_at > %s THEN core_requestbucket.full_at ELSE %s END + %s
    WHERE core_requestbucket.full_at + %s <= %s
    RETURNING full_at
"""
MINUTE = 60_000_000


def seconds_to_wait(key: str, per_minute: int, now: float | None = None) -> int:
    """Take one token; 0 if there was one, else how many seconds until the next. A full bucket holds one minute's worth.

    A bucket is kept as the moment at which it will be full (the generic cell rate algorithm of ITU-T I.371, which
    gives the same answers as counting tokens): one number, so that one statement can both judge and take.

    Args:
        key: who is counted, and for what.
        per_minute: how often in a minute.
        now: seconds since 1970; by default the clock of this machine.
    """
    moment = round((time.time() if now is None else now) * 1_000_000)
    step = MINUTE // per_minute
    name = hashlib.sha256(key.encode()).hexdigest()
    taking = [name, moment + step, moment, moment, step, step, moment + MINUTE]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, taking)
        if cursor.fetchone() is not None:
            return 0
        cursor.execute("SELECT full_at FROM core_requestbucket WHERE key = %s", [name])
        row = cursor.fetchone()
    full_at = row[0] if row else moment
    # A clock that was set back must not lock anybody out for longer than a minute.
    return min(60, max(1, math.ceil((full_at + step - MINUTE - moment) / 1_000_000)))


def drop_full(now: float | None = None) -> int:
    """Delete the buckets that are full, or that a clock set back has left behind; returns how many. The worker does this."""
    moment = round((time.time() if now is None else now) * 1_000_000)
    far = Q(full_at__lt=moment) | Q(full_at__gt=moment + 2 * MINUTE)
    return int(RequestBucket.objects.filter(far).delete()[0])


def limit(name: str, *, per_minute: int, methods: tuple[str, ...] = ("GET", "POST")) -> Callable[[View], View]:
    """Limit how often one visitor may reach a view."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                wait = seconds_to_wait(f"limit:{name}:{visitor(request)}", per_minute)
                if wait:
                    text = _("短时间内操作太多次，请过 %(wait)s 秒再试。") % {"wait": wait}
                    response = pages.error_page(request, 429, _("太频繁了"), text)
                    response["Retry-After"] = str(wait)
                    return response
            return view(request, *args, **kwargs)

        return inner

    return wrap
