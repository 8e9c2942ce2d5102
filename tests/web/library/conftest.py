"""Documents of the library and the people who review them."""

from __future__ import annotations

from pathlib import Path

import pytest

TEXTS = Path(__file__).resolve().parents[2] / "citypack" / "texts"


@pytest.fixture(scope="session")
def text() -> str:
    """A document of an invented city."""
    return (TEXTS / "yunhe-2031-5.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def amended() -> str:
    """Its next edition: one amount raised, one measure gone, one new."""
    return (TEXTS / "yunhe-2032-8.txt").read_text(encoding="utf-8")


@pytest.fixture
def second(db, cast):
    """A second officer."""
    from kechuang.web.accounts.models import Grant, Role, User

    user = User.objects.create_user(username="officer_2", password="correct horse battery", display_name="演示经办人乙")
    Grant.objects.create(user=user, role=Role.OFFICER)
    return user


@pytest.fixture
def document(shili, cast, text, settings, tmp_path):
    """The document, added by the officer and open to staff."""
    from kechuang.web.library.domain import upload

    settings.FILES_DIR = tmp_path / "files"
    settings.INDEX_DIR = tmp_path / "index"
    choices = upload.Choices(realm="demo")
    return upload.add_document(text, "云河.txt", choices, actor=cast.officer, role="officer")


@pytest.fixture
def measure(document):
    """The rule with a rate, a threshold and a ceiling."""
    return document.draft.items.get(kind="measure", quote__contains="研发费用的5%")
