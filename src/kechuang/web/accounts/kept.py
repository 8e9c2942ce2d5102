"""What a person typed is kept when the log-in turns out to have expired, and offered again after log-in."""

from __future__ import annotations

import re
import time
from typing import Any

from django.http import HttpRequest

from kechuang.web.core.once import FIELD as ONCE

KEY = "kc_kept_form"
EXPIRED_USER = "kc_expired_user"
CAME_BY = "kc_oidc_in"  # this session was opened by the identity provider: log-out offers to log out there too
FACTOR = "kc_oidc_factor"  # whose second factor the provider has asked for, where the settings let that count
ACTING = "kc_acting"  # the delegation by which this session acts on somebody's behalf
MAX_BYTES = 64 * 1024
MAX_AGE = 3600
SECRET_WORDS = ("password", "csrfmiddlewaretoken", "code", "secret")


def keep(request: HttpRequest) -> bool:
    """Keep the fields of a POST in the visitor's session; passwords and files are left out."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in SECRET_WORDS)
        for value in values
    ]
    if not fields or sum(len(name) + len(str(value)) for name, value in fields) > MAX_BYTES:
        return False
    request.session[KEY] = {
        "path": request.get_full_path(),
        "fields": fields,
        "files": sorted(request.FILES),
        "user": request.session.get(EXPIRED_USER),
        "time": int(time.time()),
    }
    return True


def kept_for(request: HttpRequest) -> dict[str, Any] | None:
    """The form kept for this address and this person, unless it is older than an hour."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if not kept or kept["path"] != request.get_full_path():
        return None
    if kept["time"] < time.time() - MAX_AGE or kept["user"] not in (None, request.user.pk):
        forget(request)
        return None
    return kept


def words(kept: dict[str, Any]) -> list[str]:
    """What a person recognises of the kept fields: neither empty ones, nor codes of choices, nor the site's own."""
    values = [str(value).strip() for name, value in kept["fields"] if name != ONCE]
    return [value for value in values if value and not re.fullmatch(r"[a-z_]+", value)]


def forget(request: HttpRequest) -> str:
    """Drop what was kept; returns its address, or an empty text."""
    kept = request.session.pop(KEY, None)
    return str(kept["path"]) if kept else ""
