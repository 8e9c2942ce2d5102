"""Deliveries as JSON are read by the rules of tables, and their schema says the same."""

from __future__ import annotations

import json

import pytest

from kechuang.tabular import TableError
from kechuang.tabular.records import looks_like_json, read_records, schema
from tests.tabular.made import COLUMNS, code


def rows(tmp_path, document):
    path = tmp_path / "a.json"
    path.write_text(
        document if isinstance(document, str) else json.dumps(document, ensure_ascii=False), encoding="utf-8"
    )
    assert looks_like_json(path)
    return list(read_records(path, COLUMNS).rows)


def test_records_become_values(tmp_path):
    good = {"uscc": code(1), "name": "𠮷公司", "revenue": "12.50", "staff": 7, "above_scale": True, "size": "small"}
    (row,) = rows(tmp_path, {"records": [good]})
    assert (row.line, row.findings) == (1, ())
    assert row.values == {
        "uscc": code(1),
        "name": "𠮷公司",
        "revenue": "12.50",
        "staff": "7",
        "above_scale": "true",
        "size": "small",
    }


def test_numbers_pass_through_no_binary_fraction(tmp_path):
    (row,) = rows(
        tmp_path, '{"records": [{"uscc": "CODE", "name": "a", "revenue": 9999999999999.99}]}'.replace("CODE", code(1))
    )
    assert row.values["revenue"] == "9999999999999.99"


def test_each_layer_names_its_findings(tmp_path):
    found = rows(
        tmp_path, {"records": ["x", {"uscc": code(1), "name": "a", "colour": "red"}, {"name": "a", "staff": [1]}]}
    )
    assert [[(f.layer, f.column) for f in row.findings] for row in found] == [
        [("syntax", "")], [("schema", "")], [("schema", "uscc"), ("schema", "staff")],
    ]  # fmt: skip
    assert found[1].raw["colour"] == "red"


@pytest.mark.parametrize("document", ["{", '{"records": 1}', '{"a": []}', "[" * 100_000])
def test_what_is_no_delivery_is_refused(tmp_path, document):
    with pytest.raises(TableError):
        rows(tmp_path, document)


def test_the_schema_names_every_column():
    found = schema(COLUMNS, "单位", "Organisation")["properties"]["records"]["items"]
    assert list(found["properties"]) == [column.name for column in COLUMNS]
    assert found["required"] == ["uscc", "name"]
    assert found["properties"]["size"]["enum"] == ["small", "large", None]
