"""REST API v1 (OpenAPI 3.1): each app brings a router; every error is an RFC 9457 problem document."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kechuang import __version__
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.api import router as entitlements
from kechuang.web.intake.api import router as intake
from kechuang.web.laboratory.api import router as laboratory
from kechuang.web.library.api import router as library
from kechuang.web.monitoring.api import router as monitoring
from kechuang.web.policy.api import router as policy

api = NinjaAPI(
    title="Kechuang 科创",
    version=__version__,
    urls_namespace="api",
    docs_url=None,
    description="城市创新政策的开放接口：文件、条款、目标、观测值、政策措施和计算。金额一律是字符串。 "
    "Open interface to a city's innovation policy: documents, clauses, targets, observations, measures and "
    "explanations. Amounts are strings.",
)
api.add_router("", policy)
api.add_router("", library)
api.add_router("", entitlements)
api.add_router("", intake)
api.add_router("", laboratory)
api.add_router("", monitoring)


def problem(status: int, detail: str, code: str = "about:blank", **more: Any) -> HttpResponse:
    """An RFC 9457 problem document."""
    body = {"type": code, "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JsonResponse(
        body, status=status, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


def _say(zh: str, en: str) -> str:
    return en if (get_language() or "").startswith("en") else zh


@api.exception_handler(UserError)
def _user_error(_request: HttpRequest, error: UserError) -> HttpResponse:
    more = {"errors": [{"field": error.field, "detail": str(error)}]} if error.field else {}
    return problem(error.status, str(error), f"urn:kechuang:{error.code}", zh=error.zh, en=error.en, **more)


@api.exception_handler(ValidationError)
def _validation_error(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"field": ".".join(str(part) for part in e["loc"]), "detail": e["msg"]} for e in error.errors]
    return problem(
        422,
        _say("请求里的参数不对，见 errors。", "The request has wrong parameters; see errors."),
        "urn:kechuang:invalid",
        errors=errors,
    )


@api.exception_handler(Http404)
def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(404, _say("没有这一项。", "There is no such item."), "urn:kechuang:not-found")


@api.exception_handler(AuthenticationError)
def _not_authenticated(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return problem(401, _say("请先登录。", "Please log in first."), "urn:kechuang:not-authenticated")


@api.exception_handler(HttpError)
def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, error.message)


def unknown_address(_request: HttpRequest, **_kwargs: str) -> HttpResponse:
    """Unknown API addresses answer in JSON too."""
    return problem(
        404,
        _say("接口没有这个地址，见 /api/v1/openapi.json。", "The API has no such address; see /api/v1/openapi.json."),
        "urn:kechuang:not-found",
    )


urlpatterns = [path("", api.urls), re_path(r"^(?P<rest>.*)$", unknown_address)]
