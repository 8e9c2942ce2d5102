"""Read any policy text on the spot."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.upload import text_of_upload
from kechuang.web.portal.domain import reading


@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """A form for text or file; the answer shows the structure coloured. Nothing is kept, so nothing is recorded."""
    if request.method != "POST":
        return render(request, "portal/reading.html", {"limit": reading.MAX_CHARACTERS})
    text = request.POST.get("text", "")
    try:
        coloured = reading.colour(*text_of_upload(request))
    except UserError as error:
        context = {"error": error, "text": text[: reading.MAX_CHARACTERS], "limit": reading.MAX_CHARACTERS}
        return render(request, "portal/reading.html", context, status=error.status)
    return render(request, "portal/reading_result.html", {"coloured": coloured})
