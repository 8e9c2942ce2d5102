"""Reading any text on the spot: coloured without losing a character, limits, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from kechuang.citypack.models import Pack
from kechuang.web.core.errors import UserError
from kechuang.web.portal.domain.reading import MAX_CHARACTERS, colour

TEXT = """示例市人民政府关于支持企业创新的若干措施
示例政发〔2026〕3号
一、总体目标
到2028年，研发投入占地区生产总值的比重达到3%以上。
二、支持购置设备
对企业购置检测设备的，按实际投资额的8%给予补助，最高不超过150万元。按照《示例省升级行动方案》执行。
"""


def plain(text: str) -> str:
    return "".join(text.split())


def test_the_page_shows_clauses_and_colours(client: Client, shili: Pack) -> None:
    page = client.post("/read/", {"text": TEXT})
    body = page.content.decode()
    assert page.status_code == 200
    assert "支持购置设备" in body
    assert '<span class="kc-m hd">' in body
    assert "示例政发〔2026〕3号" in body


@pytest.mark.parametrize(("words", "date"), [("三年内", "2029-02-10"), ("本届政府任期内", None)])
def test_a_relative_deadline_is_shown_with_its_words(client: Client, shili: Pack, words: str, date: str | None) -> None:
    text = f"示例市的意见\n\n一、总体目标\n{words}，建成10个特色园区。\n\n示例市人民政府\n2026年2月10日\n"
    body = client.post("/read/", {"text": text}).content.decode()
    assert f"“{words}”" in body
    assert (f'<span class="nw">{date}</span>' in body) is (date is not None)


def test_no_character_is_lost() -> None:
    lines = colour("x.txt", TEXT).lines
    assert plain("".join(stretch.text for line in lines for stretch in line)) == plain(TEXT)


@given(st.text(alphabet="一二、（三）。\n到2020年达到60%以上对企业给予补助5万元《办法》 ", max_size=300))
@settings(max_examples=80, deadline=None)
def test_no_character_is_lost_whatever_the_text(text: str) -> None:
    lines = colour("x.txt", text).lines
    assert plain("".join(stretch.text for line in lines for stretch in line)) == plain(text)


def test_each_thing_is_marked_once(shared: Path) -> None:
    coloured = colour("x.txt", (shared / "policies" / "chenzhou-2013-4.txt").read_text(encoding="utf-8"))
    firsts = [stretch.item for line in coloured.lines for stretch in line if stretch.first]
    assert len(firsts) == len(set(firsts))
    assert len(coloured.reading.clauses) > 15


@pytest.mark.parametrize(
    ("upload", "status"),
    [
        (SimpleUploadedFile("a.docx", b"not a zip"), 422),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.4 broken"), 422),
        (SimpleUploadedFile("a.bin", bytes(range(256)) * 20), 422),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words(
    client: Client, shili: Pack, upload: SimpleUploadedFile, status: int
) -> None:
    page = client.post("/read/", {"file": upload, "text": "留着"})
    assert page.status_code == status
    assert "kc-errsum" in page.content.decode()
    assert "留着" in page.content.decode()


def test_an_empty_form_asks_for_something(client: Client, shili: Pack) -> None:
    page = client.post("/read/", {"text": "  "})
    assert page.status_code == 422
    assert "kc-errsum" in page.content.decode()


def test_a_text_file_is_read(client: Client, shili: Pack) -> None:
    page = client.post("/read/", {"file": SimpleUploadedFile("policy.txt", TEXT.encode("gb18030"))})
    assert "支持购置设备" in page.content.decode()


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        colour("x.txt", "字" * (MAX_CHARACTERS + 1))
    assert caught.value.status == 413
    assert "200,000" in caught.value.zh


def test_markup_in_the_text_is_shown_not_run(client: Client, shili: Pack) -> None:
    page = client.post("/read/", {"text": "一、<script>alert(1)</script>\n对企业补助5万元。"})
    assert "<script>alert" not in page.content.decode()
