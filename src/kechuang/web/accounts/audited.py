"""Audit events for views of other packages that change something without a signal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from kechuang.web.accounts.domain.people import note

View = Callable[..., HttpResponse]


def audited(action: str) -> Callable[[View], View]:
    """Write an event for each POST that went through (the view answered with a redirect), in the same transaction."""

    def wrap(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            with transaction.atomic():
                response = view(request, *args, **kwargs)
                if response.status_code == 302:
                    note(request.user if request.user.is_authenticated else None, action)
            return response

        return inner

    return wrap
