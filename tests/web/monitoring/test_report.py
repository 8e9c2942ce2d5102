"""The report: every number has its note, two runs give the same bytes, both languages."""

import datetime as dt
import io
import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 24)


def paragraphs(content: bytes) -> list[str]:
    from docx import Document

    return [p.text for p in Document(io.BytesIO(content)).paragraphs]


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
    (missed,) = [p for p in text if "期满未达，2020 年为 1.21%" in p]
    notes = {p.split("] ")[0][1:]: p for p in text if p.startswith("[")}
    cited = [notes[n] for n in re.findall(r"\[(\d+)\]", missed)]
    assert "郴州市，研发投入强度，2020 年：1.21%" in cited[0] and "新闻发布会" in cited[0]
    # Also the unverified value, both ends of the fastest year, and the values of province and nation.
    for cell in ("2024 年：2.43%", "2016 年：1.5%", "2017 年：1.68%", "2023 年：2.57%", "2023 年：2.65%"):
        assert any(cell in note for note in cited)
    targets = [p for p in text if "责任部门：" in p]
    assert len(targets) == len(chenzhou.targets)


def test_every_note_is_used_and_every_reference_has_a_note(chenzhou):
    text = paragraphs(made())
    start = next(i for i, p in enumerate(text) if p.startswith("五、"))
    used = {int(n) for p in text[:start] for n in re.findall(r"\[(\d+)\]", p)}
    assert used == set(range(1, len(text) - start))


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
    from kechuang.web.monitoring.domain.report import _numeral

    assert _numeral(n) == wanted
