"""Clients of people who have set up their second factor."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def no_earlier_requests():
    """Request limits count in the cache of the process: each test starts with full buckets."""
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def client_for():
    """A client logged in as a person of the cast, with a second factor; None = a visitor."""
    from allauth.mfa.models import Authenticator

    def make(user: object | None) -> Client:
        client = Client()
        if user is not None:
            Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make
