"""The catalogue of the register as columns of tables: headings, types, choices, examples."""

from __future__ import annotations

from functools import cache

from kechuang.tabular import Choice, Column
from kechuang.web.core.errors import UserError
from kechuang.web.registry.domain.kinds import KINDS, Field, Kind, in_chinese, in_english

_EXAMPLES = {
    "text": "某某", "code": "A001", "uscc": "91431000MA4L2E9F6T", "organisation": "91431000MA4L2E9F6T", "date": "2025-03-31", "year": "2025",
    "money": "1234567.00", "number": "12.5", "integer": "50", "boolean": "是", "person": "某某", "county": "431002",
    "industry": "C3985", "name": "某某科技有限公司", "county ": "431002",
}  # fmt: skip


@cache
def importable() -> dict[str, Kind]:
    """Kinds that can come as a table. Restricted ones (bank accounts) are entered one by one by those who may."""
    return {name: kind for name, kind in KINDS.items() if not kind.restricted}


def kind_named(name: str) -> Kind:
    """A kind that can be imported. Raises ``UserError`` (404) for another name."""
    kind = importable().get(name)
    if kind is None:
        raise UserError(f"没有“{name}”这种表。", f"There is no table of kind “{name}”.", field="kind", status=404)
    return kind


@cache
def columns(kind: str) -> tuple[Column, ...]:
    """Columns of a kind. Identity numbers and restricted fields never travel in tables."""
    return tuple(_column(KINDS[kind], f) for f in KINDS[kind].fields if not f.virtual and not f.restricted)


def _column(kind: Kind, field: Field) -> Column:
    kind_of_cell = "uscc" if field.name == "uscc" else field.type
    if kind_of_cell in ("person", "record"):
        kind_of_cell = "text"  # named by its own number or name, which the register looks up
    choices = tuple(Choice(value, in_chinese(label), in_english(label)) for value, label in field.choices)
    example = choices[0].zh if choices else _EXAMPLES.get(field.name) or _EXAMPLES[kind_of_cell]
    note_zh, note_en = field.explanation_zh, field.explanation_en
    if field.name in kind.natural_key:
        note_zh = f"{note_zh}{'；' if note_zh else ''}用来认出是哪一条记录"
        note_en = f"{note_en}{'; ' if note_en else ''}tells which record is meant"
    return Column(
        field.name, field.zh, field.en, kind_of_cell, unit=field.unit_zh, choices=choices,
        # What a new record needs and a change of a known one does not is checked when the row is looked up.
        required=field.name in kind.natural_key and field.required, max_length=field.max_length,
        note_zh=note_zh, note_en=note_en, example=example,
    )  # fmt: skip
