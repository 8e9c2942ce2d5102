"""Files as people send them become values or clear findings."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from kechuang.tabular import TableError
from kechuang.tabular.cells import Cell, CellError, convert, from_serial
from kechuang.tabular.columns import Column
from kechuang.tabular.reading import read, read_mended
from kechuang.tabular.writing import csv_rows, template, xlsx_bytes
from tests.tabular.made import COLUMNS, HEADING, code, nasty_rows, write_csv, write_nasty


def found(path):
    table = read(path, COLUMNS)
    return list(table.rows)


def test_a_plain_csv(tmp_path):
    path = write_csv(tmp_path / "a.csv", [HEADING, [code(1), "甲公司", "2015/3/31", "1,234.5", "50", "是", "小型"]])
    (row,) = found(path)
    assert row.findings == ()
    assert row.line == 2
    assert row.values == {
        "uscc": code(1), "name": "甲公司", "founded_on": "2015-03-31", "revenue": "1234.50", "staff": "50",
        "above_scale": "true", "size": "small",
    }  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_keep_rare_names(tmp_path, encoding, delimiter):
    name = "𠮷𬭎䶮矿业有限公司"
    path = write_csv(tmp_path / "a.csv", [HEADING[:2], [code(1), name]], encoding, delimiter)
    assert found(path)[0].values["name"] == name


def test_gb18030_2022_positions_are_real_characters(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("统一社会信用代码,名称\r\n".encode("gb18030") + code(1).encode() + b",\xfe\x59\xfe\xa0\r\n")
    assert found(path)[0].values["name"] == "\u9fb4\u9fbb"


@pytest.mark.parametrize("content", [b"\x00\x01\x02,\x00", b"\xd0\xcf\x11\xe0rest", b"\xff\xff\xff", b""])
def test_what_is_no_table_is_refused(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(TableError):
        found(path)


def test_the_heading_says_the_unit(tmp_path):
    path = write_csv(tmp_path / "a.csv", [["统一社会信用代码", "名称", "销售收入（万元）"], [code(1), "甲", "12.3456"]])
    assert found(path)[0].values["revenue"] == "123456.00"
    with pytest.raises(TableError, match="斤"):
        found(write_csv(tmp_path / "b.csv", [["统一社会信用代码", "名称", "销售收入（斤）"], [code(1), "甲", "1"]]))


def test_a_heading_that_lacks_a_column_says_which(tmp_path):
    with pytest.raises(TableError, match="表头缺：统一社会信用代码"):
        found(write_csv(tmp_path / "a.csv", [["名称", "规模"], ["甲", "小型"]]))
    with pytest.raises(TableError, match="出现了两次"):
        found(write_csv(tmp_path / "a.csv", [["名称", "名称"], ["甲", "乙"]]))


def test_example_and_empty_rows_are_left_out(tmp_path):
    rows = [HEADING[:2], ["示例 " + code(9), "某"], ["", ""], [code(1), "甲"]]
    assert [row.line for row in found(write_csv(tmp_path / "a.csv", rows))] == [4]


def test_the_template_can_be_filled_and_sent(tmp_path):
    for language in ("zh", "en"):
        book = load_workbook(io.BytesIO(template(COLUMNS, "企业", language)))
        sheet = book.worksheets[0]
        sheet.append([code(1), "甲公司", "2015-03-31", 5, 7, "是", "小型"])
        path = tmp_path / f"{language}.xlsx"
        book.save(path)
        (row,) = found(path)
        assert row.findings == ()
        assert row.values["revenue"] == "5.00"
        assert len(sheet.data_validations.dataValidation) == 2


def test_excel_keeps_dates_numbers_and_codes_in_its_own_way(tmp_path):
    import datetime as dt

    book = Workbook()
    sheet = book.active
    sheet.append(HEADING)
    sheet.append([code(1), "甲", dt.date(2015, 3, 31), 0.1 + 0.2, 50.0, True, "小型"])
    sheet.append([code(2), "乙", 42094, 1e13, 50, False, "小型"])
    sheet.append([914310001234567890, "丙"])
    sheet.append([code(4), "丁", None, "=1+1"])
    book.save(tmp_path / "a.xlsx")
    first, second, third, fourth = found(tmp_path / "a.xlsx")
    assert first.values["founded_on"] == "2015-03-31"
    assert first.values["revenue"] == "0.30"
    assert first.values["staff"] == "50"
    assert first.values["above_scale"] == "true"
    assert second.values["founded_on"] == "2015-03-31"
    assert [f.column for f in second.findings] == ["revenue"]
    assert "15 位" in third.findings[0].zh
    assert [(f.column, f.zh) for f in fourth.findings] == [("revenue", "是公式，请复制后选择性粘贴为数值")]


def test_the_serial_calendar():
    assert from_serial(1).isoformat() == "1900-01-01"
    assert from_serial(61).isoformat() == "1900-03-01"
    assert from_serial(42094).isoformat() == "2015-03-31"


def packed(parts: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return raw.getvalue()


@pytest.mark.parametrize(
    "parts",
    [
        {"a.txt": b"x"},
        {"xl/workbook.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><workbook/>"},
        {"xl/workbook.xml": b" " * 1_048_570 + b"<!DOCTYPE a>"},
        {"xl/workbook.xml": b"<workbook/>", "xl/vbaProject.bin": b"x"},
        {"xl/workbook.xml": b"<workbook/>", "xl/externalLinks/externalLink1.xml": b"<a/>"},
        {"xl/workbook.xml": b'<workbook/>',
         "xl/_rels/workbook.xml.rels": b'<Relationships><Relationship Type="x/oleObject" TargetMode="External"/></Relationships>'},
        {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b"0" * 50_000_000},
        {"xl/workbook.xml": "<?xml version='1.0'?><workbook/>".encode("utf-16")},
    ],
    ids=["no workbook", "entity", "late doctype", "macro", "link", "ole", "bomb", "utf-16"],
)  # fmt: skip
def test_hostile_workbooks_are_refused_before_a_parser_sees_them(tmp_path, parts):
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(parts))
    with pytest.raises(TableError):
        found(path)


def test_a_cut_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(template(COLUMNS, "x", "zh")[:3000])
    with pytest.raises(TableError, match="损坏"):
        found(path)


def test_a_mended_row_is_read_by_the_same_rules():
    row = read_mended(7, {"uscc": code(1), "name": "甲", "founded_on": "2023-02-30"}, COLUMNS)
    assert [(f.column, f.zh) for f in row.findings] == [("founded_on", "“2023-02-30”这一天不存在，请核对")]
    assert read_mended(7, {"uscc": code(1), "name": "甲"}, COLUMNS).findings == ()


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("year", "2025年", "2025"), ("year", "２０２５", "2025"), ("year", "25", None),
        ("money", "￥1,234.5", "1234.50"), ("money", "1.5万元", "15000.00"), ("money", "0.001", None),
        ("money", "1,23", None), ("money", "-", None), ("money", "1e400", None),
        ("number", "−3.50", "-3.5"), ("integer", "1e3", "1000"), ("integer", "-1", None),
        ("date", "20150331", "2015-03-31"), ("date", "2015.3.31", "2015-03-31"), ("date", "二〇一五年三月三十一日", "2015-03-31"),
        ("date", "2015年", None), ("date", "42094", None), ("boolean", "√", "true"), ("boolean", "无", "false"),
        ("organisation", "甲公司", "甲公司"), ("organisation", "914310001234567890", None),
    ],
)  # fmt: skip
def test_cells(kind, text, expected):
    column = Column("x", "列", "Column", kind)
    if expected is None:
        with pytest.raises(CellError) as raised:
            convert(Cell(text), column)
        assert raised.value.zh and raised.value.en
    else:
        assert convert(Cell(text), column) == expected


def test_a_stored_file_has_no_ending(tmp_path):
    path = write_nasty(tmp_path / "stored", nasty_rows(count=3))
    assert len(found(path)) == 3


def test_the_nasty_file_is_kept_exactly_or_refused_clearly(tmp_path):
    wanted = nasty_rows()
    rows = found(write_nasty(tmp_path / "nasty.xlsx", wanted))
    assert [row.line for row in rows] == list(range(3, 1003))
    for row, nasty in zip(rows, wanted, strict=True):
        assert {f.column for f in row.findings} == nasty.refused, (row, nasty)
        if not nasty.refused:
            assert row.values == nasty.kept
        assert all(f.zh and f.en for f in row.findings)


def test_what_is_written_is_read_back_exactly(tmp_path):
    names = ["=1+1", "+加", "-减", "@某", "'引", "'=引", "\t制表", "普通", "𠮷", "-5", 'a,b"c\nd']
    rows = [[code(n), name] for n, name in enumerate(names)]
    path = tmp_path / "a.csv"
    path.write_bytes("".join(csv_rows(HEADING[:2], rows)).encode())
    cells = path.read_text("utf-8-sig")
    assert "'=1+1" in cells and "'+加" in cells and "'@某" in cells and ",-5" in cells
    # A leading tab is outer space and goes; a formula is never taken as text of its own accord.
    assert [r.values.get("name") for r in found(path)] == [n.strip() for n in names]
    book = tmp_path / "a.xlsx"
    book.write_bytes(b"".join(xlsx_bytes("x", HEADING[:2], rows)))
    sheet = load_workbook(book).worksheets[0]
    assert [cell.value for cell in sheet["B"]][1:] == [n.replace("\r", "") for n in names]
    assert {cell.data_type for cell in sheet["B"]} == {"s"}
