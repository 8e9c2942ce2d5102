"""Records that another system sends as JSON, read by the same rules as the rows of a table; and the schema they follow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kechuang.tabular.cells import Cell
from kechuang.tabular.columns import Column, Finding, Header, TableError
from kechuang.tabular.reading import Row, Table, read_row

_FORMATS: dict[str, dict[str, Any]] = {
    "date": {"type": ["string", "null"], "format": "date"},
    "money": {"type": ["string", "null"], "pattern": r"^\d{1,13}(\.\d{1,2})?$"},
    "number": {"type": ["string", "null"], "pattern": r"^-?\d+(\.\d+)?$"},
    "integer": {"type": ["integer", "null"], "minimum": 0},
    "year": {"type": ["integer", "null"], "minimum": 1900, "maximum": 2199},
    "boolean": {"type": ["boolean", "null"]},
    "uscc": {"type": "string", "pattern": r"^[0-9A-HJ-NP-RT-UW-Y]{2}\d{6}[0-9A-HJ-NP-RT-UW-Y]{10}$"},
}


def schema(columns: Sequence[Column], title_zh: str, title_en: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of a delivery: ``{"records": [...]}``. Amounts and numbers are strings, so that no digit is lost."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{title_zh} / {title_en}",
        "type": "object",
        "required": ["records"],
        "additionalProperties": False,
        "properties": {
            "records": {
                "type": "array",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": [column.name for column in columns if column.required],
                    "properties": {column.name: _property(column) for column in columns},
                },
            }
        },
    }


def _property(column: Column) -> dict[str, Any]:
    found: dict[str, Any] = dict(_FORMATS.get(column.type, {"type": ["string", "null"]}))
    if column.choices:
        found = {"enum": [*(choice.value for choice in column.choices), None]}
    if column.max_length and "enum" not in found:
        found["maxLength"] = column.max_length
    found["title"] = f"{column.zh} / {column.en}"
    if column.unit:
        found["description"] = f"单位 / unit: {column.unit}"
    return found


def looks_like_json(path: Path) -> bool:
    """Whether a file begins like a JSON object or list."""
    with path.open("rb") as handle:
        return handle.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_records(path: Path, columns: Sequence[Column]) -> Table:
    """A delivery as rows; each record's number (from 1) is its line.

    Raises:
        TableError: no JSON in UTF-8, or not of the form ``{"records": [...]}``.
    """
    try:
        # A JSON number becomes text as it is written, so that no amount passes through a binary fraction.
        document = json.loads(path.read_bytes().decode("utf-8-sig"), parse_float=str, parse_constant=str)
    except UnicodeDecodeError:
        raise TableError("JSON 要用 UTF-8 编码。", "JSON has to be encoded as UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise TableError(f"JSON 读不了：{error}", f"The JSON cannot be read: {error}") from None
    records = document.get("records") if isinstance(document, dict) else document
    if not isinstance(records, list):
        raise TableError('要写成 {"records": [...]}。', 'Write {"records": [...]}.')
    header = Header({index: (column, 0) for index, column in enumerate(columns)})
    return Table("", header, _rows(records, columns, header))


def _rows(records: list[Any], columns: Sequence[Column], header: Header) -> Iterator[Row]:
    known = {column.name for column in columns}
    for line, record in enumerate(records, 1):
        if not isinstance(record, dict):
            yield Row(line, {"": json.dumps(record, ensure_ascii=False)[:2000]}, {},
                      (Finding("", "不是一条记录（JSON 对象）", "is no record (JSON object)", "syntax"),))  # fmt: skip
            continue
        row = read_row(line, [_cell(record.get(column.name)) for column in columns], header)
        extra = [
            Finding("", f"没有“{name[:40]}”这一项", f"there is no field “{name[:40]}”")
            for name in record
            if name not in known
        ]
        raw = row.raw | {name: _cell(record[name]).text[:2000] for name in record if name not in known}
        yield Row(line, raw, row.values, (*row.findings, *extra))


def _cell(value: Any) -> Cell:
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell("true" if value else "false", "boolean")
    if isinstance(value, str | int):
        return Cell(str(value))
    return Cell(json.dumps(value, ensure_ascii=False), "error")
