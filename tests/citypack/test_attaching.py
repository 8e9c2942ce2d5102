"""An official text against the record of its document."""

from __future__ import annotations

import html
from pathlib import Path

import pytest

from kechuang import reading
from kechuang.citypack import Pack
from kechuang.citypack.attaching import attach

from .conftest import SHILI


@pytest.fixture(scope="module")
def text() -> str:
    return (SHILI / "texts" / "shili-2030-12.txt").read_text(encoding="utf-8")


def test_the_text_agrees(pack: Pack, text: str) -> None:
    document = pack.documents[0]
    result = attach(document, text)
    assert result.ok
    assert len(result.of("agrees")) == 23
    recorded = [s for c in document.clauses for p in c.paragraphs for s in p.sentences]
    assert [(m.start, m.end) for m in result.matches] == [(s.start, s.end) for s in recorded]
    assert result.as_text("zh") == "23 句中 23 句与登记的摘要一致。"


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("超过500万元的部分补助1%", "超过500万元的部分补助2%", ("3.1.1", 1)),
        ("每年12月底前", "每年11月底前", ("4.6.1", 2)),
        ("山地特色农业两个产业", "山地特色农业二个产业", ("3.5.1", 1)),
    ],
)
def test_one_changed_character_is_found_at_its_sentence(
    pack: Pack, text: str, old: str, new: str, where: tuple[str, int]
) -> None:
    assert text.count(old) == 1
    result = attach(pack.documents[0], text.replace(old, new))
    assert [(m.paragraph, m.n) for m in result.of("differs")] == [where]
    assert len(result.of("agrees")) == 22
    assert (result.of("missing"), result.extra, result.ok) == ((), (), False)


def test_a_missing_and_an_added_sentence(pack: Pack, text: str) -> None:
    gone = attach(pack.documents[0], text.replace("县区可以给予配套支持。", ""))
    assert [(m.label, m.paragraph, m.n) for m in gone.of("missing")] == [("三（二）", "3.2.1", 2)]
    assert "三（二）第 1 段第 2 句（3.2.1）在所附文本里找不到" in gone.as_text("zh")
    more = text.replace("县区可以给予配套支持。", "县区可以给予配套支持。园区也可以。")
    added = attach(pack.documents[0], more)
    assert [more[e.start : e.end] for e in added.extra] == ["园区也可以。"]
    assert len(added.of("agrees")) == 23
    assert not added.ok


def test_an_html_page_of_the_same_text_agrees(pack: Pack, text: str, tmp_path: Path) -> None:
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.splitlines() if line)
    path = tmp_path / "page.html"
    page = f"<html><head><meta charset='utf-8'><title>x</title></head><body><div>{body}</div></body></html>"
    path.write_text(page, encoding="utf-8")
    loaded = reading.load(path)
    result = attach(pack.documents[0], loaded)
    assert result.ok, result.as_text("en")
    match = next(m for m in result.matches if (m.paragraph, m.n) == ("3.2.1", 2))
    assert loaded[match.start : match.end] == "县区可以给予配套支持。"


def test_another_text_agrees_nowhere(pack: Pack) -> None:
    result = attach(pack.documents[0], "某市人民政府\n关于某事的通知\n\n一、某事\n\n办好某事。\n")
    assert result.of("agrees") == ()
    assert not result.ok
    assert len(result.of("missing")) + len(result.of("differs")) == 23
