"""Request limits: a token bucket for each visitor and purpose, kept in the cache of the web process.

    @limit("reading", per_minute=20)
    def read(request): ...

A visitor who asks more often gets the page of status 429 with ``Retry-After``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from kechuang.web.core import pages

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


def seconds_to_wait(key: str, per_minute: int, now: float) -> int:
    """Take one token; 0 if there was one, else how many seconds until the next. A full bucket holds one minute's worth."""
    tokens, then = cache.get(key, (float(per_minute), now))
    tokens = min(float(per_minute), tokens + (now - then) * per_minute / 60)
    if tokens < 1:
        cache.set(key, (tokens, now), 120)
        return max(1, math.ceil((1 - tokens) * 60 / per_minute))
    cache.set(key, (tokens - 1, now), 120)
    return 0


def limit(name: str, *, per_minute: int, methods: tuple[str, ...] = ("GET", "POST")) -> Callable[[View], View]:
    """Limit how often one visitor may reach a view."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                wait = seconds_to_wait(f"limit:{name}:{visitor(request)}", per_minute, time.monotonic())
                if wait:
                    text = _("短时间内操作太多次，请过 %(wait)s 秒再试。") % {"wait": wait}
                    response = pages.error_page(request, 429, _("太频繁了"), text)
                    response["Retry-After"] = str(wait)
                    return response
            return view(request, *args, **kwargs)

        return inner

    return wrap
