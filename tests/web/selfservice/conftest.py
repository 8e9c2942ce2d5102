"""People of self-service: somebody without any role, an officer and a county officer, and real organisations."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.4\n% a letter of authority with a seal\n"


def paper(content: bytes = PDF, name: str = "授权书.pdf") -> SimpleUploadedFile:
    """An upload; the type the browser gives is wrong on purpose."""
    return SimpleUploadedFile(name, content, content_type="text/html")


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def town(shili, cast):
    """The cast, a newcomer and a second one, and two real organisations in the first and the last county."""
    from kechuang.codes import uscc
    from kechuang.web.accounts.models import User
    from kechuang.web.registry.models import Organisation

    def person(name: str) -> User:
        return User.objects.create_user(username=name, password="correct horse battery", display_name=name)

    def organisation(name: str, county: str, serial: int, kind: str = "enterprise") -> Organisation:
        return Organisation.objects.create(
            uscc=uscc.make(f"91{county}MA7{serial:05d}"), name=name, kind=kind, county=county
        )

    near = organisation("示例近处公司", cast.company_a.county, 1)
    far = organisation("示例远处公司", cast.company_b.county, 2)
    college = organisation("示例学院", cast.company_a.county, 3, "university")
    return SimpleNamespace(
        cast=cast, newcomer=person("newcomer"), second=person("second"), near=near, far=far, college=college
    )
