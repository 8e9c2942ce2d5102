"""Spreadsheets: values as a CSV would give them, formulas and macros refused, and an empty table to fill in."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kechuang.web.monitoring.models import Submission

pytestmark = pytest.mark.django_db
URL = "/submissions/upload/"
HEADER = ["地区", "指标", "年份", "数值", "单位", "来源", "说明", "发布日期"]


@pytest.fixture
def client(db, client_for):
    from kechuang.web.accounts.models import Grant, Role, User

    user = User.objects.create_user(username="reporter", password="correct horse battery")
    Grant.objects.create(user=user, role=Role.DEPARTMENT, department="statistics")
    return client_for(user)


def book(*rows: list, header: list | None = None) -> bytes:
    workbook = openpyxl.Workbook()
    for row in (header or HEADER, *rows):
        workbook.active.append(row)
    raw = io.BytesIO()
    workbook.save(raw)
    return raw.getvalue()


def added(data: bytes, name: str, content: bytes) -> bytes:
    raw = io.BytesIO(data)
    with zipfile.ZipFile(raw, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return raw.getvalue()


def send(client, data: bytes):
    return client.post(URL, {"file": SimpleUploadedFile("values.xlsx", data)})


def test_values_as_a_spreadsheet_keeps_them(chenzhou, client):
    page = send(client, book(
        ["431000", "rd_intensity", 2015.0, 1.05, "%", "2015 年统计公报", None, dt.date(2016, 3, 1)],
        ["郴州市", "地区生产总值", 2023, 3110.8000000000002, "亿元", "2023 年统计公报", None, None],
    )).content.decode()  # fmt: skip
    assert "2 行已收下" in page
    rows = {r.indicator: r for r in Submission.objects.all()}
    assert str(rows["rd_intensity"].value.normalize()) == "1.05"
    assert rows["rd_intensity"].source_date == dt.date(2016, 3, 1)
    assert str(rows["gdp"].value.normalize()) == "3110.8"


def test_a_percentage_format_is_per_cent(chenzhou, client):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (HEADER, ["431000", "rd_intensity", 2015, 0.0105, "%", "公报"],
                ["431000", "gdp", 2015, 0.0105, "亿元", "公报"]):  # fmt: skip
        sheet.append(row)
    sheet["D2"].number_format = sheet["D3"].number_format = "0.00%"
    raw = io.BytesIO()
    workbook.save(raw)
    page = send(client, raw.getvalue()).content.decode()
    assert "1 行已收下" in page and "第 3 行：数值是百分数格式，单位却写“亿元”" in page
    assert str(Submission.objects.get().value.normalize()) == "1.05"


def test_formulas_are_named_and_not_computed(chenzhou, client):
    page = send(client, book(
        ["431000", "rd_intensity", 2015, "=1+0.05", "%", "公报"],
        ["431000", "rd_intensity", 2016, 1.5, "%", '=HYPERLINK("http://example.org")'],
        ["431000", "rd_intensity", 2017, "很多", "%", "公报"],
        ["431000", "rd_intensity", 2018, 1.6, "%", "公报"],
    )).content.decode()  # fmt: skip
    assert "1 行已收下" in page
    assert "第 2 行：有公式" in page and "第 3 行：有公式" in page and "第 4 行：“很多”不是数字" in page
    assert Submission.objects.get().year == 2018


def test_text_like_a_formula_comes_out_as_text(chenzhou, client, client_for, cast):
    from django.test import Client

    data = book(["431000", "rd_intensity", 2015, 1.05, "%", "公报"])
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    workbook.active["F2"].value, workbook.active["F2"].data_type = "=cmd()", "s"
    raw = io.BytesIO()
    workbook.save(raw)
    assert "1 行已收下" in send(client, raw.getvalue()).content.decode()
    row = Submission.objects.get()
    client_for(cast.officer).post(f"/submissions/{row.pk}/decide/", {"decision": "confirm", "trust": "official"})
    assert ",'=cmd()," in Client().get("/indicators/rd_intensity/data.csv").content.decode("utf-8-sig")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: added(d, "xl/vbaProject.bin", b"x"), "有宏、控件或外部链接"),
        (lambda d: added(d, "xl/externalLinks/externalLink1.xml", b"<a/>"), "有宏、控件或外部链接"),
        (lambda d: added(d, "xl/media/a.bin", b"0" * 31_000_000), "展开后太大"),
        (lambda d: added(d, "xl/custom.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "内部结构不正常"),
        (lambda d: d[: len(d) // 2], "损坏"),
        (lambda d: added(b"", "word/document.xml", b"<a/>"), "不是 .xlsx"),
        (lambda d: book(["a"], header=["x", "y"]), "第一行要有表头"),
        (lambda d: book(*[["431000"]] * 2001), "一份最多 2000 行"),
    ],
)
def test_wrong_workbooks(chenzhou, client, change, message):
    response = send(client, change(book(["431000", "rd_intensity", 2015, 1.05, "%", "公报"])))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Submission.objects.exists()


def test_the_empty_table_can_be_filled_in(chenzhou, client):
    response = client.get("/submissions/template.xlsx")
    workbook = openpyxl.load_workbook(io.BytesIO(response.content))
    sheet = workbook.worksheets[0]
    assert [c.value for c in sheet[1]][:6] == HEADER[:6]
    held = [i.id for i in chenzhou.indicators if i.holder == "statistics"]
    assert held and [r[1].value for r in sheet.iter_rows(min_row=2)] == held
    # As it comes, nothing is filled in: nothing is taken and nothing is wrong.
    page = send(client, response.content).content.decode()
    assert "0 行已收下" in page and "处没有收" not in page
    line = 2 + held.index("gdp")
    sheet[f"D{line}"], sheet[f"F{line}"], sheet[f"C{line}"] = 3110.8, "公报", 2023
    raw = io.BytesIO()
    workbook.save(raw)
    assert "1 行已收下" in send(client, raw.getvalue()).content.decode()


def test_the_empty_table_is_for_senders(chenzhou, cast, client_for):
    assert client_for(cast.firm_a).get("/submissions/template.xlsx").status_code == 403


def test_english_pages_say_english_units(chenzhou, client):
    send(client, book(["431000", "gdp", 2023, 3110.8, "亿元", "公报"], ["431000", "gdp", 2022, 31108, "万元", "公报"]))
    client.cookies["kc_lang"] = "en"
    page = client.get("/submissions/").content.decode()
    unit = next(i.unit_en for i in chenzhou.indicators if i.id == "gdp")
    assert f"3,110.8 {unit}" in page and '31,108 <span lang="zh-CN">万元</span>' in page
