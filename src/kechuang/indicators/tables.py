"""Read figures from CSV files: good rows are kept, bad ones are named with line, reason and remedy."""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from kechuang.indicators.definitions import Definition
from kechuang.indicators.observations import Observation, Source, Trust
from kechuang.indicators.remarks import flags_from_remark, trust_from_title
from kechuang.indicators.text import Text
from kechuang.indicators.units import UnitError, parse_unit

COLUMNS = ("region", "indicator", "year", "value", "unit", "source")
OPTIONAL = ("note", "url", "trust", "released")
CHINESE = {
    "地区": "region",
    "指标": "indicator",
    "年份": "year",
    "数值": "value",
    "单位": "unit",
    "来源": "source",
    "说明": "note",
    "网址": "url",
    "来源等级": "trust",
    "发布日期": "released",
}
"""Chinese headings, as good as the names of the columns."""
ALSO = {"source_title": "source", "source_url": "url"}
"""Names that collections of observations give the same columns."""

_NUMBER = re.compile(
    r"[-+]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)"
)


@dataclass(frozen=True)
class Problem:
    """A row that could not be read."""

    line: int
    text: Text


@dataclass(frozen=True)
class Table:
    """What a file gave: observations with the lines they stand on, and the rows that were set aside."""

    observations: tuple[Observation, ...]
    problems: tuple[Problem, ...]
    lines: tuple[int, ...] = ()


def read_decimal(text: str) -> Decimal | None:
    """A number as people write it (1,234.5, full-width digits, a true minus sign), or None.

    A comma parts thousands only: ``2,5`` is not 25, and nobody can say whether it is 2.5.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").replace(" ", "")
    return Decimal(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else None


def _cells(row: dict[str, str | None], line: int) -> Iterator[Problem]:
    for name in COLUMNS:
        if not (row.get(name) or "").strip():
            yield Problem(line, Text(f"“{name}”是空的，请补上", f"“{name}” is empty; fill it in"))
    value, year, unit = (row.get(name) or "" for name in ("value", "year", "unit"))
    if value.strip() and read_decimal(value) is None:
        yield Problem(
            line, Text(f"“{value}”不是数字，请写成 1.21 这样", f"“{value}” is not a number; write it like 1.21")
        )
    if year.strip() and not (year.strip().isdigit() and 1900 <= int(year) <= 2200):
        yield Problem(line, Text(f"年份“{year}”不对，请写四位数", f"the year “{year}” is wrong; write four digits"))
    if unit.strip():
        try:
            parse_unit(unit)
        except UnitError as error:
            yield Problem(line, error.text)
    trust = (row.get("trust") or "").strip()
    if trust and trust.upper() not in Trust.__members__:
        known = ", ".join(t.name.lower() for t in Trust)
        yield Problem(line, Text(f"来源等级“{trust}”不认识，可写 {known}", f"unknown trust “{trust}”; use {known}"))


def _date(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def read_observations(lines: Iterable[str]) -> Table:
    """Read a CSV with the columns region, indicator, year, value, unit, source, and optionally note, url, trust, released.

    Chinese headings (``CHINESE``) are understood as well. Raises ValueError with a bilingual message when the header lacks a column.
    """
    reader = csv.DictReader(lines)
    names = [CHINESE.get(name.strip(), name.strip()) for name in reader.fieldnames or []]
    reader.fieldnames = [ALSO[name] if name in ALSO and ALSO[name] not in names else name for name in names]
    missing = [name for name in COLUMNS if name not in reader.fieldnames]
    if missing:
        lacking = ", ".join(missing)
        raise ValueError(f"表头缺 {lacking}；应有 {', '.join(COLUMNS)} / the header lacks {lacking}")
    found, problems, places = [], [], []
    for row in reader:
        wrong = list(_cells(row, reader.line_num))
        if wrong:
            problems += wrong
            continue
        title = (row["source"] or "").strip()
        stated = (row.get("trust") or "").strip()
        trust = Trust[stated.upper()] if stated else trust_from_title(title)
        value = read_decimal(row["value"] or "")
        assert value is not None
        places.append(reader.line_num)
        note = (row.get("note") or "").strip()
        found.append(
            Observation(
                (row["region"] or "").strip(),
                (row["indicator"] or "").strip(),
                int(row["year"] or 0),
                value,
                (row["unit"] or "").strip(),
                Source(title, title, row.get("url") or None, trust, _date(row.get("released")), bool(stated)),
                note,
                flags_from_remark(note),
            )
        )
    return Table(tuple(found), tuple(problems), tuple(places))


def definitions_of(observations: Iterable[Observation]) -> dict[str, Definition]:
    """Bare definitions for figures that come without any: the unit used most often for an indicator is its unit."""
    units: dict[str, Counter[str]] = {}
    for o in observations:
        units.setdefault(o.indicator, Counter())[o.unit] += 1
    return {i: Definition(i, Text(i, i), count.most_common(1)[0][0]) for i, count in units.items()}
