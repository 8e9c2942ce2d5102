"""Imports in tests: files of a kind, and the worker's part done at once."""

from __future__ import annotations

import csv
import io

import pytest

from kechuang.codes import uscc


@pytest.fixture(autouse=True)
def _chunk_of_tests(settings, tmp_path):
    """Files of the tests lie in a folder of their own."""
    settings.FILES_DIR = tmp_path / "files"


def code(number: int) -> str:
    """A right credit code that no demo organisation has."""
    return uscc.make(f"91431000T{number:07d}")


def table(rows: list[list[str]], name: str = "企业.csv", encoding: str = "utf-8"):
    """An uploaded CSV."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return SimpleUploadedFile(name, out.getvalue().encode(encoding), content_type="text/csv")


HEADING = ["统一社会信用代码", "名称", "类别", "成立日期", "规模"]


def companies(count: int, first: int = 1) -> list[list[str]]:
    """Rows of new organisations."""
    return [[code(n), f"导入{n}号公司", "企业", "2020-01-02", "小型"] for n in range(first, first + count)]


@pytest.fixture
def importing(chenzhou, cast):
    """A function that receives a table as the officer and lets the worker read it."""
    from kechuang.web.intake.domain.receive import receive
    from kechuang.web.intake.domain.working import advance
    from kechuang.web.intake.models import Import

    def run(rows, kind="organisation", **more):
        upload = rows if hasattr(rows, "read") else table(rows)
        made = receive(upload, kind=kind, actor=cast.officer, source_title="测试年报", **more)
        advance(made.pk)
        return Import.objects.get(pk=made.pk)

    return run


@pytest.fixture
def applied(importing, cast):
    """A function that receives, confirms and writes a table."""
    from kechuang.web.intake.domain.applying import confirm
    from kechuang.web.intake.domain.working import advance
    from kechuang.web.intake.models import Import

    def run(rows, kind="organisation", **more):
        made = importing(rows, kind, **more)
        assert made.state == "ready", made.error
        confirm(made, actor=cast.officer)
        advance(made.pk)
        return Import.objects.get(pk=made.pk)

    return run
