"""Language and view are kept in cookies of this site; both switches come back to the page they were used on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

YEAR = 365 * 24 * 3600
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Back to ``next``, if that is an address of this site; else home."""
    target = request.GET.get("next", "/")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if safe else "/")


def _keep(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    return response


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Show the site in Chinese (``zh``) or English (``en``)."""
    return _keep(_back(request), settings.LANGUAGE_COOKIE_NAME, LANGUAGES.get(code, settings.LANGUAGE_CODE))


@require_safe
def view(request: HttpRequest, mode: str) -> HttpResponse:
    """Show the pages larger (``elder``) or as usual (``normal``)."""
    return _keep(_back(request), "kc_view", "elder" if mode == "elder" else "normal")
