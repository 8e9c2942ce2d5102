"""One city for all cells of the matrix: building it takes seconds, asking it milliseconds."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client, override_settings

from kechuang.web.core.may import Who
from tests.web.access import world as worlds
from tests.web.access.world import World
from tests.web.accounts.identity_provider import LocalProvider
from tests.web.conftest import log_in, make_cast

STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(scope="module")
def city(django_db_setup, django_db_blocker, chenzhou_pack, tmp_path_factory) -> Iterator[World]:
    """The city of the matrix, in one transaction that is undone after the last test of the file."""
    from django.conf import settings

    from kechuang.web.policy.domain.apply import apply

    home = tmp_path_factory.mktemp("matrix")
    outside = LocalProvider()
    changed = override_settings(
        OIDC=outside.settings(), HOME=home, FILES_DIR=home / "files", INDEX_DIR=home / "index", DEMO=True,
        STORAGES={**settings.STORAGES, "staticfiles": STATIC},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )  # fmt: skip
    with changed, django_db_blocker.unblock(), transaction.atomic():
        apply(chenzhou_pack)
        yield worlds.build(make_cast())
        transaction.set_rollback(True)
    outside.close()


@pytest.fixture(scope="module")
def clients(city: World) -> dict[Who, Client]:
    """One logged-in client for each person."""
    return {who: log_in(person) for who, person in city.people.items()}


@pytest.fixture(autouse=True)
def full_buckets(monkeypatch):
    """Request limits are not what is tried here."""
    from kechuang.web.core import ratelimit

    monkeypatch.setattr(ratelimit, "seconds_to_wait", lambda *_a, **_k: 0)


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Thousands of refusals are the point here; listing each under a failure would hide what failed."""
    caplog.set_level(logging.CRITICAL, "django.request")
