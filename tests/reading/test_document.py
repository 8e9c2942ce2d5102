"""Inputs: formats told by content, and clear messages for what cannot be read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from kechuang.reading import ReadingError, load, read

TEXT = "一、目标\n到2025年，研发投入占比达到3%。\n"


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_plain_text_in_three_encodings(encoding: str) -> None:
    assert load(TEXT.encode(encoding), "a.txt") == TEXT


def test_line_ends_are_kept_as_given() -> None:
    assert load(TEXT.replace("\n", "\r\n").encode(), "a.txt") == TEXT.replace("\n", "\r\n")


def test_web_page() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>t</title><style>p{}</style></head><body><nav>首页</nav><p>一、目标</p>"
        "<p>到2025年，研发投入占<b>比</b>达到3%。</p><script>x()</script></body></html>"
    )
    text = load(page.encode(), "a.html")
    assert "首页" not in text
    assert "x()" not in text
    assert [(item.indicator, str(item.value)) for item in read(text).targets] == [("研发投入占比", "3")]


def test_word_document_with_table() -> None:
    document = docx.Document()
    document.add_paragraph("一、目标")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "孵化器", "10家"
    out = io.BytesIO()
    document.save(out)
    assert load(out.getvalue(), "a.docx") == "一、目标\n孵化器\t10家\n"


def test_word_document_is_told_by_content() -> None:
    assert load(word("一、目标", "到2025年，研发投入占比达到3%。"), "upload.bin") == TEXT


def archive(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def test_word_document_with_a_doctype_is_refused() -> None:
    evil = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>'
    with pytest.raises(ReadingError, match="DOCTYPE"):
        load(archive(word__document_xml=evil), "a.docx")


def test_zip_bomb_is_refused() -> None:
    with pytest.raises(ReadingError, match="zip bomb"):
        load(archive(word__document_xml="<d>" + " " * (61 * 1024 * 1024) + "</d>"), "a.docx")


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ReadingError, match="nesting"):
        load(archive(word__document_xml="<d>" * 500 + "</d>" * 500), "a.docx")


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "a.txt", "空文件"),
        (b"   \n ", "a.txt", "空文件"),
        (b"hello", "a.docx", "不是有效的 .docx"),
        (archive(other="x"), "a.docx", "不是 Word 文档"),
        (b"PK\x03\x04broken", "a.docx", "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.doc", "旧版"),
        (bytes(range(256)) * 40, "a.txt", "不是文字文件"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "a.png", "不是文字文件"),
        (b"%PDF-1.4 broken", "a.pdf", "已损坏"),
        (b"plain", "a.pdf", "不是有效的 PDF"),
    ],
)
def test_clear_messages(data: bytes, name: str, message: str) -> None:
    with pytest.raises(ReadingError) as caught:
        load(data, name)
    assert message in caught.value.zh
    assert caught.value.en
    assert not any("\u4e00" <= char <= "\u9fff" for char in caught.value.en)


def test_too_large() -> None:
    with pytest.raises(ReadingError) as caught:
        load(b"a" * 3000, "a.txt", max_bytes=2000)
    assert "太大" in caught.value.zh


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="No such file"):
        load(tmp_path / "nothing.txt")
    with pytest.raises(ReadingError, match="folder"):
        load(tmp_path)


def test_scan_without_text_layer() -> None:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(ReadingError) as caught:
        load(out.getvalue(), "scan.pdf")
    assert "扫描件" in caught.value.zh


def test_the_real_page_as_word_and_html_gives_the_same_reading(shared: Path) -> None:
    text = load(shared / "policies" / "chenzhou-2013-4.txt")
    lines = [line for line in text.split("\n") if line.strip()]
    as_word = read(load(word(*lines), "a.docx"))
    as_page = read(
        load(("<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>").encode(), "a.html")
    )
    plain = read(text)
    for other in (as_word, as_page):
        assert [(c.id, c.title) for c in other.clauses] == [(c.id, c.title) for c in plain.clauses]
        assert [t.indicator for t in other.targets] == [t.indicator for t in plain.targets]
        assert len(other.incentives) == len(plain.incentives)
