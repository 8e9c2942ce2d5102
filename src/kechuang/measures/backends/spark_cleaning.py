"""Columns of a Spark table as facts, by the rules of ``cleaning``: the same reasons, the same scaled integers.

Spark cuts the scale of decimals that it compares (SPARK-45905), so both sides of a check are cast to one type first.
"""

from __future__ import annotations

from collections.abc import Iterable

from kechuang.measures.backends.cleaning import Cleaned, inexact, unusable
from kechuang.measures.facts import NO, UNKNOWN, YES, bounds, fact_scale
from kechuang.measures.model import FactType

_INTEGERS = {"tinyint", "smallint", "int", "bigint"}


def quote(name: str) -> str:
    """A name as an identifier of Spark SQL."""
    return "`" + name.replace("`", "``") + "`"


def literal(value: str) -> str:
    """A text as a literal of Spark SQL, where the backslash escapes."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def clean(fact: FactType, type_: str) -> Cleaned:
    """How a column of Spark type ``type_`` becomes the fact, by the rules of ``cleaning.clean``."""
    column = quote(fact.id)
    base = type_.partition("(")[0]
    text = f"CASE WHEN LOWER(TRIM({column})) NOT IN ({_listed(UNKNOWN)}) THEN TRIM({column}) END"
    if fact.type in ("money", "rate", "count"):
        return _number(fact, column, type_, text)
    if fact.type == "boolean" and base == "boolean":
        return Cleaned(column, {})
    if fact.type == "date" and base in ("date", "timestamp", "timestamp_ntz"):
        return Cleaned(f"CAST({column} AS DATE)", {})
    if base != "string":
        raise unusable(fact, type_)
    match fact.type:
        case "boolean":
            yes, no = f"LOWER({text}) IN ({_listed(YES)})", f"LOWER({text}) IN ({_listed(NO)})"
            value = f"CASE WHEN {yes} THEN TRUE WHEN {no} THEN FALSE END"
            return Cleaned(value, {"not_yes_or_no": f"NOT ({yes} OR {no})"})
        case "date":
            shape = "[0-9]{4}([-/.][0-9]{1,2}[-/.]|年[0-9]{1,2}月)[0-9]{1,2}日?"
            plain = f"REGEXP_REPLACE(REPLACE({text}, '日', ''), '[/.年月]', '-')"
            day = f"CASE WHEN {_matches(text, shape)} THEN TRY_CAST({plain} AS DATE) END"
            inside = f"{day} BETWEEN DATE'1900-01-01' AND DATE'2200-12-31'"
            return Cleaned(day, {"not_a_date": f"{text} IS NOT NULL AND NOT COALESCE({inside}, FALSE)"})
        case "enum":
            names = {v.en.lower(): v.value for v in fact.values}
            english = " ".join(f"WHEN {literal(en)} THEN {literal(value)}" for en, value in names.items())
            choice = f"CASE LOWER({text}) {english} ELSE {text} END"
            return Cleaned(choice, {"not_a_choice": f"{choice} NOT IN ({_listed(v.value for v in fact.values)})"})
    return Cleaned(text, {})


def _listed(words: Iterable[str]) -> str:
    return ", ".join(literal(word) for word in sorted(words))


def _matches(text: str, shape: str) -> str:
    """The whole text has the shape; Java's ``$`` would also accept a line end after it."""
    return f"{text} RLIKE {literal(chr(92) + 'A(' + shape + ')' + chr(92) + 'z')}"


def _number(fact: FactType, column: str, type_: str, text: str) -> Cleaned:
    base, _, digits = type_.partition("(")
    scale = fact_scale(fact)
    low, high = bounds(fact)
    faults: dict[str, str] = {}
    wide = "DECIMAL(38, 12)"  # holds every number of the accepted shape, and both bounds
    if base in _INTEGERS:
        number = f"CAST({column} AS {wide})"
    elif base == "decimal" and _fits(digits):
        number = f"CAST({column} AS {wide})"
        if int(digits.rstrip(")").split(",")[1]) > scale:
            faults["too_many_decimals"] = f"{number} <> CAST(ROUND({number}, {scale}) AS {wide})"
    elif base in ("string", "decimal"):
        if base == "decimal":  # more digits than any common type could hold: read as text, plain under ANSI
            text = f"CAST({column} AS STRING)"
        shape = "[-+]?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,20})([.][0-9]{1,12}0*)?"
        good = _matches(text, shape)
        number = f"CASE WHEN {good} THEN TRY_CAST(REPLACE({text}, ',', '') AS {wide}) END"
        faults["not_a_number"] = f"NOT ({good})"
        fits = _matches(text, f"[-+]?[0-9,]+([.][0-9]{{0,{scale}}}0*)?")
        faults["too_many_decimals"] = f"{good} AND NOT ({fits})"
    else:
        raise inexact(fact, type_)
    faults["below_minimum"] = f"{number} < CAST('{low:f}' AS {wide})"
    faults["above_maximum"] = f"{number} > CAST('{high:f}' AS {wide})"
    # Rows outside the bounds never get here. The integer comes from the value's own digits: a cast to no decimals
    # after lifting the scale cuts nothing, and TRY_CAST never raises.
    lifted = f"TRY_CAST({number} AS DECIMAL(18, {scale})) * CAST({10**scale} AS DECIMAL({scale + 1}, 0))"
    return Cleaned(f"TRY_CAST({lifted} AS BIGINT)", faults)


def _fits(digits: str) -> bool:
    precision, scale = (int(part) for part in digits.rstrip(")").split(","))
    return scale <= 12 and precision - scale <= 26
