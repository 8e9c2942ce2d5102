"""Addresses of the core: health, and files to those who may fetch them."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kechuang.web.core import files
from kechuang.web.core.health import health
from kechuang.web.core.models import StoredFile


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """Health of the running city as JSON."""
    document, status = health()
    return JsonResponse(document, status=status)


@require_safe
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A stored file, always as a download and never guessed by the browser; 404 for those who may not fetch it."""
    stored = get_object_or_404(StoredFile, public_id=public_id)
    if not files.may_fetch(request.user, stored):
        request.refused = True  # type: ignore[attr-defined]  # for the audit log; the person learns nothing
        raise Http404
    response = FileResponse(
        files.open_stored(stored), as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["Content-Length"] = str(stored.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
