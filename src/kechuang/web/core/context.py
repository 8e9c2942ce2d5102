"""What every page knows: the city, its theme, language and view."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Context for the base template."""
    return {"demo": settings.DEMO, "elder": request.COOKIES.get("kc_view") == "elder"}
