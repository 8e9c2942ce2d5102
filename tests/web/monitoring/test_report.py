"""The report: every number has its note, two runs give the same bytes, both languages."""

import datetime as dt
import io
import json
import re
import sys
import zipfile
from html import unescape
from weakref import WeakKeyDictionary

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 24)


def paragraphs(content: bytes) -> list[str]:
    from docx import Document

    return [p.text for p in Document(io.BytesIO(content)).paragraphs]


def table_text(content: bytes) -> list[str]:
    from docx import Document

    return [cell.text for table in Document(io.BytesIO(content)).tables for row in table.rows for cell in row.cells]


def made(language: str = "zh") -> bytes:
    from kechuang.web.monitoring.domain import queries
    from kechuang.web.monitoring.domain.report import report

    release, board = queries.board_now()
    _, loaded = queries.figures()
    return report(release, loaded, board, DAY, language)


def test_report_of_chenzhou(chenzhou):
    text = paragraphs(made())
    assert text[0] == "郴州市创新目标监测报告"
    assert any(p.startswith("一、总体情况") for p in text) and any(p.startswith("五、数据出处") for p in text)
    (missed,) = [p for p in text if "期满未达，2020年为1.21%" in p]
    notes = {p.split("] ")[0][1:]: p for p in text if p.startswith("[")}
    cited = [notes[n] for n in re.findall(r"\[(\d+)\]", missed)]
    assert "郴州市，研发投入强度，2020年：1.21%" in cited[0] and "新闻发布会" in cited[0]
    # Also the unverified value, both ends of the fastest year, and the values of province and nation.
    for cell in ("2024年：2.43%", "2016年：1.5%", "2017年：1.68%", "2023年：2.57%", "2023年：2.65%"):
        assert any(cell in note for note in cited)
    # What was computed says how: gap, fastest year, years at that pace.
    assert any(note.endswith("目标值＝1.21－2.5＝−1.29（个百分点）。") for note in cited)
    assert any("＝1.68－1.5＝+0.18（个百分点/年）。" in note for note in cited)
    assert any("＝1.29÷0.18＝7.17，向上取整为8年。" in note for note in cited)
    targets = [p for p in text if "责任部门：" in p]
    assert len(targets) == len(chenzhou.targets)


def test_no_space_between_characters_and_numbers():
    from kechuang.web.monitoring.domain.paper import tidy

    assert tidy("2020 年为 1.21%，由 GitHub 整理 +0.18 点", "zh") == "2020年为1.21%，由GitHub整理+0.18点"
    assert tidy("a 1 年 2", "en") == "a 1 年 2"


def test_one_table_of_all_targets(chenzhou):
    from docx import Document

    (table,) = Document(io.BytesIO(made())).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[0] == ["目标", "目标值", "期限", "最近观测", "判定"]
    assert len(rows) == 1 + len(chenzhou.targets)
    assert ["2020年研发投入强度", "2.5%以上", "2020年", "1.21%，2020年（年份为推断）[2]", "期满未达"] in rows
    xml = table._tbl.xml
    assert xml.count("<w:tblHeader/>") == 1 and xml.count("<w:cantSplit/>") == len(rows)


def test_the_look_of_the_standard(chenzhou):
    from docx import Document
    from docx.oxml.ns import qn

    document = Document(io.BytesIO(made()))
    (section,) = document.sections
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(m.mm) for m in margins] == [37, 35, 28, 26]
    looks = {}
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = document.styles[name]
        face = style.element.rPr.rFonts.get(qn("w:eastAsia"))
        looks[name] = (face, style.font.size.pt, bool(style.paragraph_format.keep_with_next))
    assert looks == {
        "Normal": ("仿宋_GB2312", 16, False),
        "Title": ("方正小标宋简体", 22, True),
        "Heading 1": ("黑体", 16, True),
        "Heading 2": ("楷体_GB2312", 16, True),
    }
    with zipfile.ZipFile(io.BytesIO(made())) as archive:
        faces = archive.read("word/fontTable.xml").decode()
        feet = [archive.read(n).decode() for n in archive.namelist() if n.startswith("word/footer")]
        body = archive.read("word/document.xml").decode()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong,' in faces
    assert len(feet) == 2 and all("PAGE" in foot and "— " in foot for foot in feet)
    assert set(re.findall(r'w:anchor="(note\d+)"', body)) == set(re.findall(r'w:name="(note\d+)"', body))


def test_every_note_is_used_and_every_reference_has_a_note(chenzhou):
    text = paragraphs(made())
    start = next(i for i, p in enumerate(text) if p.startswith("五、"))
    used = {int(n) for p in text[:start] for n in re.findall(r"\[(\d+)\]", p)}
    notes = [p for p in text[start + 1 :] if p]
    used |= {int(n) for p in notes for n in re.findall(r"\[(\d+)\]", p.split("] ", 1)[1])}
    cells = re.findall(r"\[(\d+)\]", " ".join(table_text(made())))
    assert used | set(map(int, cells)) == set(range(1, len(notes) + 1))


def test_two_runs_give_the_same_bytes(chenzhou):
    assert made() == made()


def test_english(chenzhou):
    text = paragraphs(made("en"))
    assert text[0] == "Monitoring report on innovation targets, Chenzhou"
    assert any("1.29 percentage points below the target of 2.5%" in p for p in text)


def test_invented_city_says_so(shili):
    assert "演示数据，不是真实情况" in paragraphs(made())


def test_download(chenzhou):
    response = Client().get("/targets/report.docx")
    assert response.status_code == 200
    assert response.content.startswith(b"PK")
    assert "targets-chenzhou-" in response["Content-Disposition"]


@pytest.mark.parametrize(("n", "wanted"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_numerals_of_headings(n, wanted):
    from kechuang.web.monitoring.domain.paper import numeral

    assert numeral(n) == wanted


def page(language: str = "zh") -> str:
    from kechuang.web.monitoring.domain import queries, report

    release, board = queries.board_now()
    _, loaded = queries.figures()
    return report.page(release, loaded, board, DAY, language)


def test_html_says_what_the_docx_says(chenzhou):
    for language in ("zh", "en"):
        html = page(language)
        text = [unescape(re.sub(r"<[^>]+>", "", line)) for line in re.findall(r"<(?:p|h\d)\b.*?</(?:p|h\d)>", html)]
        captions = [unescape(c) for c in re.findall(r"<figcaption>(.*?)</figcaption>", html)]
        fields = [unescape(re.sub(r"<[^>]+>", "", f)) for f in re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", html)]
        assert fields == table_text(made(language))
        assert text == [p for p in paragraphs(made(language)) if p and p not in captions]


def test_notes_of_the_page_can_be_followed(chenzhou):
    html = page()
    assert set(re.findall(r'href="#(n\d+)"', html)) == set(re.findall(r'id="(n\d+)"', html))
    assert page() == html


def test_charts_show_series_and_targets(chenzhou):
    pytest.importorskip("matplotlib", reason="charts need requirements/reports.txt")
    from kechuang.web.monitoring.domain.report_charts import refusal

    html = page("en")
    assert "R&amp;D intensity (%): Chenzhou 2020 only; Hunan Province 2011–2023, 13 values" in html
    # The second one is computed: public S&T expenditure as a share of public expenditure, for the province and the nation.
    assert "S&amp;T share of public expenditure (%)" in html
    assert html.count("<figure>") == 2 == html.count("data:image/svg+xml;base64,")
    with zipfile.ZipFile(io.BytesIO(made("en"))) as archive:
        assert [n for n in archive.namelist() if n.startswith("word/media/")] == [
            "word/media/image1.png",
            "word/media/image2.png",
        ]
    if refusal("zh") is None:  # where a Chinese font is installed
        assert "郴州市只有2020年，湖南省2011—2023年13个值" in page("zh")


def test_without_the_extra_there_are_no_charts_and_the_report_says_so(chenzhou, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    html = page()
    assert "没有装画图组件" in html and "<figure>" not in html
    assert any("没有装画图组件" in p for p in paragraphs(made()))


def test_pdf_twice_the_same(chenzhou):
    pytest.importorskip("weasyprint", reason="a PDF needs requirements/reports.txt")
    from pypdf import PdfReader

    from kechuang.web.monitoring.domain.paper_html import pdf

    first = pdf(page())
    assert first == pdf(page())
    reader = PdfReader(io.BytesIO(first))
    assert "创新目标监测报告" in reader.pages[0].extract_text()
    assert [round(float(x)) for x in reader.pages[0].mediabox[2:]] == [595, 842]


def test_pdf_without_the_extra_says_what_to_do(chenzhou, monkeypatch):
    from kechuang.web.monitoring.domain import reports

    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setattr(reports, "_files", WeakKeyDictionary())  # none was made before
    response = Client().get("/targets/report.pdf")
    assert response.status_code == 501
    assert "start.py extras reports" in response.content.decode()


def test_html_download(chenzhou):
    response = Client().get("/targets/report.html")
    assert response["Content-Disposition"].startswith("attachment")
    assert "郴州市创新目标监测报告" in response.content.decode()


def test_the_lock_gives_the_same_bytes(chenzhou, tmp_path, capsys):
    from django.core.management import CommandError, call_command

    visitor = Client()
    lock = tmp_path / "report.lock.json"
    lock.write_bytes(visitor.get("/targets/report.lock.json").content)
    call_command("monitoring_report", str(lock), str(tmp_path / "a.docx"))
    assert (tmp_path / "a.docx").read_bytes() == visitor.get("/targets/report.docx").content
    changed = json.loads(lock.read_text())
    changed["sha256"]["html"] = "0" * 64
    lock.write_text(json.dumps(changed))
    with pytest.raises(CommandError, match="not as in the lock: html"):
        call_command("monitoring_report", str(lock), str(tmp_path / "a.html"))
    for broken, message in (({}, "malformed"), (changed | {"confirmed": ["x"]}, "1 confirmed values")):
        lock.write_text(json.dumps(broken))
        with pytest.raises(CommandError, match=message):
            call_command("monitoring_report", str(lock), str(tmp_path / "a.html"))


@pytest.mark.parametrize("installed", [True, False])
def test_the_board_offers_what_it_can_make(chenzhou, monkeypatch, installed):
    from kechuang.web.monitoring.domain import reports

    monkeypatch.setattr(reports, "can_print", lambda: installed)
    monkeypatch.setattr(reports, "can_draw", lambda: installed)
    page = Client().get("/targets/").content.decode()
    assert ("/targets/report.pdf" in page) is installed
    # What is absent is said in words, with the way to mend it.
    for sentence in ("没有装 PDF 组件", "没有装画图组件，报告里没有图", "start.py extras reports"):
        assert (sentence in page) is not installed
    assert "/targets/report.docx" in page and "/targets/report.html" in page


def test_a_report_as_known_on_an_earlier_day(chenzhou, tmp_path):
    """The report, the CSV and the lock look back as the board does."""
    from django.core.management import call_command

    visitor = Client()
    now, then = (visitor.get("/targets/report.html" + on).content.decode() for on in ("", "?on=2019-12-31"))
    assert "按2019年12月31日已经知道的数" in then and "已经知道的数" not in now
    # In 2019 nobody knew the value of 2020, and 2020 was still to come.
    assert "1.21%" in now and "1.21%" not in then
    board = visitor.get("/targets/?on=2019-12-31").content.decode()
    assert "1.21%" not in board and "1.21%" not in visitor.get("/targets/targets.csv?on=2019-12-31").content.decode()
    assert 'href="/targets/report.docx?on=2019-12-31"' in board
    lock = tmp_path / "then.lock.json"
    lock.write_bytes(visitor.get("/targets/report.lock.json?on=2019-12-31").content)
    assert json.loads(lock.read_text())["known_on"] == json.loads(lock.read_text())["day"] == "2019-12-31"
    response = visitor.get("/targets/report.docx?on=2019-12-31")
    assert "targets-chenzhou-2019-12-31.docx" in response["Content-Disposition"]
    for name in ("a", "b"):
        call_command("monitoring_report", str(lock), str(tmp_path / f"{name}.docx"))
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes() == response.content


def test_a_report_of_a_day_to_come_is_refused(chenzhou):
    response = Client().get("/targets/report.docx?on=2999-01-01")
    assert response.status_code == 422


def test_a_computed_cell_is_traced_to_the_sources_of_its_parts(chenzhou):
    """The growth of the province's S&T spending is published by nobody: its note shows both years, their sources and the formula."""
    html = page("en")
    note = html[html.index("Growth of public S&amp;T funds, 2023: 12.33%") :].split("</p>")[0]
    assert "Public S&amp;T expenditure in 2023: 31.412 billion yuan = 31,412,000,000 yuan" in note
    assert "growth of Public S&amp;T expenditure = 12.33%" in note
    assert "Source of a part: " in note and "press or web page" not in note
