"""The demo city, with static files served as they are: no manifest has to be collected first."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def demo_city(settings):
    """Demo mode, and the storage that needs no collected files."""
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
