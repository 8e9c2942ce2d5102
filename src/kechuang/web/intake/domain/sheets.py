"""Tables for people: the empty one of a kind, and the rows of an import that need mending."""

from __future__ import annotations

from collections.abc import Iterator

from kechuang.tabular import writing
from kechuang.web.registry.domain.kinds import KINDS

from ..enums import RowState
from ..models import Import
from .kinds import columns, kind_named


def template(kind: str, language: str) -> bytes:
    """The empty table of a kind as .xlsx. Raises ``UserError`` (404) for an unknown kind."""
    one = kind_named(kind)
    zh = language != "en"
    notes = (
        ["标 * 的列必填。第 2 行是示例，导入时会跳过，可以留着。", "金额的单位写在表头里，可以改成“（万元）”。",
         "不知道的格子空着，不要写 0 或“无”。", "请不要合并单元格、隐藏行，不要用公式。", "表里不要写身份证号。"]
        if zh else
        ["Columns with * must be filled. Row 2 is an example and is skipped.",
         "The unit of an amount stands in the heading and may be changed to （万元）.",
         "Leave a cell empty when the value is unknown; do not write 0.", "No merged cells, hidden rows or formulas.",
         "No identity numbers."]
    )  # fmt: skip
    return writing.template(columns(kind), one.zh if zh else one.en, language, notes)


TROUBLED = (RowState.BAD, RowState.UNDECIDED, RowState.REFUSED, RowState.SKIPPED)


def troubled_rows(one: Import, language: str) -> Iterator[bytes]:
    """Rows that were not taken, as .xlsx: as they were written, wrong cells coloured, the reasons behind them."""
    shown = [c for c in columns(one.kind) if c.name in one.columns]
    zh = language != "en"
    heading = [*(c.heading(language) for c in shown), "原行号" if zh else "Row", "要改什么" if zh else "What to mend"]
    names = {c.name: (c.zh if zh else c.en) for c in shown}
    places = {c.name: place for place, c in enumerate(shown)}
    chosen = one.rows.filter(state__in=TROUBLED)

    def reasons(findings: list[dict[str, str]], candidates: dict[str, list[dict[str, str]]]) -> str:
        parts = [f"{names.get(f['column'], '')} {f['zh' if zh else 'en']}".strip() for f in findings]
        for column, options in candidates.items():
            listed = "、".join(f"{o['name']} {o['uscc']}" for o in options)
            parts.append(f"{names.get(column, '')} {'可能是' if zh else 'may be'}：{listed}")
        return "；".join(parts)

    def cells() -> Iterator[list[str]]:
        for row in chosen.iterator(chunk_size=1000):
            given = {**row.values, **row.written}
            yield [*(str(given.get(c.name, "")) for c in shown), str(row.line), reasons(row.findings, row.candidates)]

    def marks() -> Iterator[list[int]]:
        for row in chosen.iterator(chunk_size=1000):
            wrong = {f["column"] for f in row.findings} | set(row.candidates)
            yield [places[name] for name in wrong if name in places]

    return writing.xlsx_bytes(KINDS[one.kind].zh, heading, cells(), marks=marks())
