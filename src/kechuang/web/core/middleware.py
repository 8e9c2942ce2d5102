"""Request id, security headers, upload limit, and pages instead of stack traces for mistakes people can mend."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from kechuang.web.core import once, pages
from kechuang.web.core.errors import UserError
from kechuang.web.core.ids import new_id
from kechuang.web.core.requests import set_request_id

GetResponse = Callable[[HttpRequest], HttpResponse]
DRAIN_LIMIT = 256 * 1024 * 1024  # how much of a refused upload is read, so that the browser shows our answer
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"

logger = logging.getLogger(__name__)


#: Headers that the list of log-ins keeps; PostgreSQL takes no text with a NUL.
KEPT_HEADERS = ("HTTP_USER_AGENT", "HTTP_ACCEPT")


class RequestIdMiddleware:
    """Gives each request an id; it stands in the answer, in audit events and on error pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in KEPT_HEADERS:
            if "\0" in request.META.get(name, ""):
                request.META[name] = request.META[name].replace("\0", "")
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


class OnceMiddleware:
    """Gives a repeated submission the answer of the first. ``core/once.py`` says how nothing happens twice.

    Addresses named in ``ONCE_EXEMPT`` keep keys of their own, or answer with a cookie that must not be repeated.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD", "OPTIONS") or _view_name(request).startswith(settings.ONCE_EXEMPT):
            return self.get_response(request)
        submission = once.submission_of(request)
        if submission is None:
            return self.get_response(request)
        if once.stored(submission.key):
            return self._again(request, submission)
        request.submission = submission  # type: ignore[attr-defined]
        with once.serving(submission):
            response = self.get_response(request)
        if submission.claimed:
            once.keep(submission, response)
        elif response.status_code >= 400 and once.stored(submission.key):
            return self._again(request, submission)  # the other one was first, and its change was in our way
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Two came at the same moment and the other one was first: its answer is ours.

        Where its change is in the way of ours (a name that is taken now), the database complains before our key does.
        """
        submission = getattr(request, "submission", None)
        if submission is None or not (isinstance(exception, once.Repeated) or once.stored(submission.key)):
            return None
        if submission.claimed and not isinstance(exception, once.Repeated):
            return None  # our own change is stored and something broke after it
        submission.claimed = False
        return self._again(request, submission)

    @staticmethod
    def _again(request: HttpRequest, submission: once.Submission) -> HttpResponse:
        row = once.answered(submission.key)
        if row is not None and row.payload != submission.payload:
            return _say(
                request,
                409,
                _("同一个键，内容不同"),
                _("这个 Idempotency-Key 已经用在别的内容上。新的内容请换新的键。"),
            )
        if row is not None and (response := once.again(row)) is not None:
            return response
        text = _("这次提交已经办好，没有重复办理。结果在原来的页面上看。")
        response = _say(request, 200, _("已经办好"), text)
        response["Idempotency-Replayed"] = "true"
        return response


def _view_name(request: HttpRequest) -> str:
    """Name of the address; empty for an unknown one."""
    try:
        return resolve(request.path_info).view_name or ""
    except Resolver404:
        return ""


def _say(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    """A page for people, a problem document for programs."""
    if request.path.startswith("/api/"):
        kind = "urn:kechuang:key_reused" if status == 409 else "urn:kechuang:already_done"
        body = {"type": kind, "title": title, "status": status, "detail": text}
        content_type = "application/problem+json" if status >= 400 else "application/json"
        return JsonResponse(body, status=status, content_type=content_type, json_dumps_params={"ensure_ascii": False})
    return pages.error_page(request, status, title, text)
