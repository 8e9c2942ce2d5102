"""Columns of a table as facts: checked in SQL, row by row, with a reason for every value that cannot be used.

The rules are those of ``parse_facts``: nothing is guessed, an empty cell or 不知道 is unknown, binary floats are refused.
Only what people write to people is left out: amounts are plain numbers in yuan, without 万元. Good values come out as
scaled integers; a row with one bad value goes to quarantine with all its reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kechuang.expressions.types import INTEGER_LIMIT
from kechuang.measures.errors import BilingualError
from kechuang.measures.facts import NO, UNKNOWN, YES, bounds, fact_scale
from kechuang.measures.model import FactType, Text

REASONS: dict[str, Text] = {
    "not_a_number": Text("不是数", "not a number"),
    "too_many_decimals": Text("小数位太多", "too many decimals"),
    "below_minimum": Text("小于允许的最小值", "below the minimum"),
    "above_maximum": Text("大于允许的最大值，请核对单位", "above the maximum; check the unit"),
    "not_a_choice": Text("不是可选的值", "not an allowed value"),
    "not_yes_or_no": Text("不是“是”或“否”", "neither yes nor no"),
    "not_a_date": Text("不是日期", "not a date"),
    "no_key": Text("没有编号", "no key"),
    "duplicate_key": Text("编号重复", "duplicated key"),
    "torn": Text(
        "这一行的列数和表头不同，或者引号没有成对",
        "the row has another number of columns than the header, or an open quote",
    ),
    "encoding": Text("这一行不是 UTF-8 编码", "the row is not UTF-8"),
    "too_many_records": Text("明细项数超过声明的最多项数", "more records than declared"),
    "no_subject": Text("明细没有对应的主体", "records of no subject"),
}

_INTEGERS = {
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
}  # fmt: skip


class PopulationError(BilingualError):
    """A table that cannot be used at all; says in both languages why and how to mend it."""


def uneven() -> PopulationError:
    """A CSV file whose columns cannot be told apart, since its first rows differ from the header."""
    return PopulationError(
        "有的行和表头的列数不同，分不出列：请补上或去掉，有逗号的字要加引号",
        "some rows have another number of columns than the header: mend them; texts with a comma need quotes",
    )


def not_utf8(where_zh: str, where_en: str) -> PopulationError:
    """A table in another encoding, and how to mend it."""
    return PopulationError(
        f"{where_zh or '文件'}不是 UTF-8 编码：请在 Excel 或文本编辑器里另存为“CSV UTF-8”",
        f"{where_en} is not UTF-8: save the table as CSV UTF-8",
    )


def unreadable(error: Exception) -> PopulationError:
    """What DuckDB says of a file, in words a person can act on: which line, what is wrong, how to mend it."""
    text = str(error)
    found = re.search(r"CSV Error on Line: (\d+)", text)
    line_zh, line_en = (f"第 {found[1]} 行", f"line {found[1]}") if found else ("", "the file")
    width = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if "utf-8 encoded" in text:
        return not_utf8(line_zh, line_en)
    if width:
        return PopulationError(
            f"{line_zh}有 {width[2]} 列，表头有 {width[1]} 列：请补上或去掉，有逗号的字要加引号",
            f"{line_en} has {width[2]} columns, the header {width[1]}: mend the row; texts with a comma need quotes",
        )
    if "automatically detect the CSV" in text:
        return uneven()
    if "quote" in text.lower() and found:
        return PopulationError(f"{line_zh}的引号没有成对", f"{line_en}: a quote is not closed")
    why = text.split("\n", maxsplit=1)[0]  # the rest repeats our own query
    return PopulationError(f"读不了数据：{why}", f"the data cannot be read: {why}")


def unusable(fact: FactType, type_: str) -> PopulationError:
    """A column of a type that the fact cannot have."""
    return PopulationError(
        f"列“{fact.id}”的类型是 {type_}，不能作为{fact.type}", f"column {fact.id} is {type_}, unusable as {fact.type}"
    )


def inexact(fact: FactType, type_: str) -> PopulationError:
    """A number in a type that does not hold it exactly."""
    return PopulationError(
        f"列“{fact.id}”是 {type_}：金额和数量不能用浮点数，请用 DECIMAL 或文字",
        f"column {fact.id} is {type_}: binary floats cannot hold amounts; use DECIMAL or text",
    )


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A fact's column in SQL: the value (NULL for unknown or bad) and the tests that make it bad, by reason.

    Where ``proof`` (one truth over the whole column, with aggregates) holds, ``proven`` gives the same for every cell
    and tests less. ``by_bounds``: the proof asks for the least and the greatest value only.
    """

    value: str
    faults: Mapping[str, str]
    proof: str | None = None
    proven: Cleaned | None = None
    by_bounds: bool = False


def quote(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def clean(fact: FactType, type_: str) -> Cleaned:
    """How a column of DuckDB type ``type_`` becomes the fact. Raises ``PopulationError`` for unusable types."""
    column = quote(fact.id)
    base = type_.split("(", maxsplit=1)[0].upper()
    text = f"CASE WHEN NOT {_among(f'LOWER(TRIM({column}))', UNKNOWN)} THEN TRIM({column}) END"
    if fact.type in ("money", "rate", "count"):
        return _number(fact, column, type_, text)
    if fact.type == "boolean":
        if base == "BOOLEAN":
            return Cleaned(column, {})
        _need(fact, base, type_)
        yes, no = _among(f"LOWER({text})", YES), _among(f"LOWER({text})", NO)
        return Cleaned(f"CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END", {"not_yes_or_no": f"NOT ({yes} OR {no})"})
    if fact.type == "date":
        if base in ("DATE", "TIMESTAMP"):
            return Cleaned(f"CAST({column} AS DATE)", {})
        _need(fact, base, type_)
        shape = "[0-9]{4}([-/.][0-9]{1,2}[-/.]|年[0-9]{1,2}月)[0-9]{1,2}日?"
        plain = f"REGEXP_REPLACE(REPLACE({text}, '日', ''), '[/.年月]', '-', 'g')"
        day = f"CASE WHEN REGEXP_FULL_MATCH({text}, '{shape}') THEN TRY_CAST({plain} AS DATE) END"
        bad = f"{text} IS NOT NULL AND COALESCE({day} NOT BETWEEN DATE '1900-01-01' AND DATE '2200-12-31', TRUE)"
        return Cleaned(day, {"not_a_date": bad})
    _need(fact, base, type_)
    if fact.type == "enum":
        return _choice(fact, column, text)
    return Cleaned(text, {})


def _choice(fact: FactType, column: str, text: str) -> Cleaned:
    names = {v.en.lower(): v.value for v in fact.values}
    values = [v.value for v in fact.values]
    english = " ".join(f"WHEN {text_literal(en)} THEN {text_literal(value)}" for en, value in names.items())
    choice = f"CASE LOWER({text}) {english} ELSE {text} END"
    bad = f"NOT {_among(choice, values)}"
    # Nearly every cell is a value as it stands: told by a cast, the rest is read with care.
    plain = [v for v in values if v == v.strip(" ") and v.lower() not in UNKNOWN and names.get(v.lower(), v) == v]
    if not plain:
        return Cleaned(choice, {"not_a_choice": bad})
    # As a cast, not as comparisons: DuckDB makes it once per different text of a Parquet column instead of once per row.
    as_it_stands = f"TRY_CAST({column} AS ENUM({', '.join(map(text_literal, dict.fromkeys(plain)))})) IS NOT NULL"
    return Cleaned(
        f"CASE WHEN {as_it_stands} THEN {column} ELSE {choice} END",
        {"not_a_choice": f"CASE WHEN {as_it_stands} THEN FALSE ELSE {bad} END"},
        f"COUNT(*) FILTER (WHERE {column} IS NOT NULL AND NOT {as_it_stands}) = 0",
        Cleaned(column, {}),
    )


def _among(value: str, words: Iterable[str]) -> str:
    """Membership, NULL for NULL. As a pattern: DuckDB makes a join of a list, evaluated even for cells that skip it."""
    shape = "|".join(re.escape(word) for word in sorted(words))
    return f"REGEXP_FULL_MATCH({value}, {text_literal(shape)})"


def _need(fact: FactType, base: str, type_: str) -> None:
    if base != "VARCHAR":
        raise unusable(fact, type_)


def _number(fact: FactType, column: str, type_: str, text: str) -> Cleaned:
    base = type_.split("(", maxsplit=1)[0].upper()
    scale = fact_scale(fact)
    low, high = bounds(fact)
    faults: dict[str, str] = {}
    if base in _INTEGERS:
        number = f"CAST({column} AS DECIMAL(38, 0))"
    elif base == "DECIMAL":
        number = column
        if int(type_.rstrip(")").split(",")[1]) > scale:
            faults["too_many_decimals"] = f"{column} <> ROUND({column}, {scale})"
    elif base == "VARCHAR":
        shape = r"[-+]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,20})(\.[0-9]{1,12})?"
        fits = rf"[-+]?[0-9,]+(\.[0-9]{{0,{scale}}}0*)?"
        good = f"REGEXP_FULL_MATCH({text}, '{shape}')"
        number = f"CASE WHEN {good} THEN CAST(REPLACE({text}, ',', '') AS DECIMAL(38, 12)) END"
        faults["not_a_number"] = f"NOT {good}"
        faults["too_many_decimals"] = f"{good} AND NOT REGEXP_FULL_MATCH({text}, '{fits}')"
    else:
        raise inexact(fact, base)
    faults["below_minimum"] = f"{number} < {low:f}"
    faults["above_maximum"] = f"{number} > {high:f}"
    # A product of decimals keeps its digits: one that could pass 18 of them is made with 38.
    wide = max(abs(low), abs(high)).scaleb(2 * scale) >= INTEGER_LIMIT
    # Exact for everything inside the bounds (their digits fit); rows outside never get here, and TRY_CAST never raises.
    value = f"TRY_CAST(TRY_CAST({number} AS DECIMAL({38 if wide else 18}, {scale})) * {10**scale} AS BIGINT)"
    if wide or base in ("VARCHAR", "HUGEINT", "UHUGEINT"):
        return Cleaned(value, faults)
    rest = {reason: test for reason, test in faults.items() if reason == "too_many_decimals"}
    # Inside the bounds no cast can fail, except one of too many decimals that is to be set aside: that one rounds.
    integer = (
        f"CAST({column} AS BIGINT) * {10**scale}" if base in _INTEGERS else f"CAST({column} * {10**scale} AS BIGINT)"
    )
    return Cleaned(
        value,
        faults,
        f"COALESCE(MIN({column}) >= {low:f} AND MAX({column}) <= {high:f}, TRUE)",
        Cleaned(value if rest else integer, rest),
        by_bounds=True,
    )
