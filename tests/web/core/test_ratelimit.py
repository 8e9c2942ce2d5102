"""Request limits."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory

from kechuang.web.core.ratelimit import limit, seconds_to_wait, visitor


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def test_a_bucket_empties_and_fills_again():
    assert [seconds_to_wait("k", 3, 100.0) for _ in range(4)] == [0, 0, 0, 20]
    assert seconds_to_wait("k", 3, 110.0) == 10
    assert seconds_to_wait("k", 3, 120.0) == 0
    assert [seconds_to_wait("k", 3, 1000.0) for _ in range(4)] == [0, 0, 0, 20]


@pytest.mark.django_db
def test_too_many_requests_get_a_page_that_says_when_to_come_back():
    view = limit("test", per_minute=2)(lambda _request: HttpResponse("ok"))

    def ask(address: str) -> HttpResponse:
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        request.user, request.session = AnonymousUser(), {}
        return view(request)

    assert [ask("10.0.0.1").status_code for _ in range(3)] == [200, 200, 429]
    refused = ask("10.0.0.1")
    assert refused["Retry-After"] == "30"
    assert "请过 30 秒再试" in refused.content.decode()
    assert ask("10.0.0.2").status_code == 200


def test_an_address_is_taken_from_the_proxy_only_behind_one(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 7.7.7.7")
    request.user = AnonymousUser()
    settings.HTTPS = False
    assert visitor(request) == "address:10.0.0.1"
    settings.HTTPS = True
    assert visitor(request) == "address:7.7.7.7"
