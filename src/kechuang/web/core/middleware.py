"""Request id, security headers, upload limit, and pages instead of stack traces for mistakes people can mend."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kechuang.web.core import pages
from kechuang.web.core.errors import UserError
from kechuang.web.core.ids import new_id
from kechuang.web.core.requests import set_request_id

GetResponse = Callable[[HttpRequest], HttpResponse]
DRAIN_LIMIT = 256 * 1024 * 1024  # how much of a refused upload is read, so that the browser shows our answer
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"

logger = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Gives each request an id; it stands in the answer, in audit events and on error pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = new_id()  # type: ignore[attr-defined]
        set_request_id(request.request_id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            set_request_id("")
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.setdefault(
                "Cache-Control", "private, no-store"
            )  # 剩余信息保护: nothing stays on a shared computer
        return response


class UploadLimitMiddleware:
    """Answers an upload above the limit with a page (413) before it is stored anywhere."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0
        if size > settings.MAX_UPLOAD_BYTES:
            left = min(size, DRAIN_LIMIT)
            while left > 0 and (chunk := request.read(min(left, 1 << 20))):
                left -= len(chunk)
            return pages.too_large(request, size)
        return self.get_response(request)


class UserErrorMiddleware:
    """Shows a ``UserError`` that no form has caught as a page with its status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this when a view raises."""
        if isinstance(exception, UserError):
            return pages.user_error(request, exception)
        return None
