"""Error pages: what happened, what to do next, and a number to report. Never a stack trace."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kechuang.web.core.errors import UserError
from kechuang.web.core.requests import current_request_id

logger = logging.getLogger(__name__)

TITLES = {
    400: gettext_noop("请求不完整"),
    401: gettext_noop("要先登录"),
    403: gettext_noop("这一页你看不到"),
    404: gettext_noop("没有这一页"),
    409: gettext_noop("已经有人改过"),
    413: gettext_noop("文件太大"),
    422: gettext_noop("有地方要改"),
    429: gettext_noop("太频繁了"),
    503: gettext_noop("暂时不能用"),
}


def error_page(request: HttpRequest, status: int, title: str, text: str, **context: Any) -> HttpResponse:
    """Render the common error page; if even that fails (no database), a plain page that needs nothing."""
    context |= {"status": status, "title": title, "text": text, "request_id": current_request_id()}
    try:
        return render(request, "core/error.html", context, status=status)
    except Exception:
        logger.exception("error page failed, request %s", context["request_id"])
        return HttpResponse(render_to_string("core/plain_error.html", context), status=status)


def user_error(request: HttpRequest, error: UserError) -> HttpResponse:
    """The page of a mistake the user can mend."""
    title = _(TITLES.get(error.status, "有地方要改"))
    return error_page(request, error.status, title, str(error), search=error.status == 404)


def too_large(request: HttpRequest, size: int = 0) -> HttpResponse:
    """413: says how large it was and what the limit is."""
    limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
    text = _("一次最多上传 %(limit)s MB。请压缩文件，或分成几份再传；填好的内容不用重填，返回上一页即可。") % {
        "limit": limit
    }
    if size:
        text = _("这次上传约 %(size)s MB。") % {"size": -(-size // (1024 * 1024))} + text
    return error_page(request, 413, _("文件太大"), text)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, and 413 where form data without a file is too long."""
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return error_page(request, 400, _("请求不完整"), _("浏览器发来的内容读不懂。请返回上一页再试一次。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(
        request, 403, _("这一页你看不到"), _("只有本单位或承办部门的人能看。要权限，请找本单位管理员。"), login=True
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when a form comes from an old page or from another site."""
    request.refused = False  # type: ignore[attr-defined]  # an old form is no attempt to get in
    return error_page(
        request,
        403,
        _("页面过期了"),
        _("这张表停留太久，或浏览器没有带上本站的 Cookie。请返回上一页刷新后再办；你填的内容还在上一页。"),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, with the search box: the words of the address are offered as a query."""
    words = " ".join(part for part in request.path.replace("-", "/").split("/") if part and not part.isascii())
    return error_page(
        request, 404, _("没有这一页"), _("地址可能写错了，或者内容已经移走。可以搜一搜。"), search=True, query=words
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return error_page(
        request,
        500,
        _("出错了"),
        _("这是我们的问题，已经记下。你填的内容还在上一页，请返回再试一次；还不行，请报下面的编号。"),
    )
