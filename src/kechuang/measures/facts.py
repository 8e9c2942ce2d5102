"""Facts as people and files give them: checked against the catalogue, exact, with an error for each fault.

Nothing is guessed: a binary float is refused (write the number as a text), an unknown name gets a suggestion, an
amount out of all proportion is asked about. ``None``, an empty text and 不知道 mean unknown, which is not no.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from kechuang.chinese.money import MAXIMUM, MoneyError, parse_yuan
from kechuang.expressions.check import Scope, Symbol, hint
from kechuang.expressions.evaluate import Fact, Known, Record
from kechuang.expressions.nodes import Origin
from kechuang.expressions.parse import FUNCTIONS
from kechuang.expressions.types import BOOLEAN, DATE, INTEGER_LIMIT, TEXT, Type, decimals, number_type
from kechuang.measures.model import Catalogue, FactType, Parameter

TODAY = "计算日"
"""Built-in name: the day for which a measure is computed."""

# Words of an answer, in lower case; read alike from forms, files and tables.
YES = frozenset({"是", "有", "yes", "y", "true", "1"})
NO = frozenset({"否", "无", "没有", "no", "n", "false", "0"})
UNKNOWN = frozenset({"", "不知道", "未知", "不清楚", "unknown"})
NONE = frozenset({"没有", "无", "none"})
"""How a person says that a list has no record."""
_SEPARATOR = re.compile("[;；\t]")
_DEFAULT_SCALE = {"money": 2, "rate": 4, "count": 0}
_DEFAULT_LIMIT = {"money": MAXIMUM, "rate": Decimal(1000), "count": Decimal(10) ** 10}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")

_DEFAULT_RECORDS = Decimal(500)

Facts = dict[str, Fact]


@dataclass(frozen=True, slots=True)
class FactError:
    """One fault in the facts given: which fact, what is wrong and how to mend it, in both languages."""

    fact: str
    zh: str
    en: str

    def to_dict(self) -> dict[str, object]:
        """As a JSON object."""
        return {"fact": self.fact, "message": {"zh": self.zh, "en": self.en}}


class _FaultError(ValueError):
    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def fact_scale(fact: FactType) -> int:
    """Decimals kept of a numeric fact."""
    return fact.scale if fact.scale is not None else _DEFAULT_SCALE.get(fact.type, 0)


def fact_type(fact: FactType) -> Type:
    """The expression type of a fact, with the largest value it can take."""
    match fact.type:
        case "boolean":
            return BOOLEAN
        case "date":
            return DATE
        case "text":
            return TEXT
        case "enum":
            return Type("enum", values=tuple(v.value for v in fact.values))
        case "relation":
            return Type("relation", fact.unit, 0, fact.maximum or _DEFAULT_RECORDS, signed=False)
    low, high = bounds(fact)
    unit = "元" if fact.type == "money" else None if fact.type == "rate" else fact.unit
    return Type(fact.type, unit, fact_scale(fact), max(abs(low), abs(high)), signed=low < 0)


def bounds(fact: FactType) -> tuple[Decimal, Decimal]:
    """Least and greatest accepted value of a numeric fact. Without a declared minimum nothing is negative."""
    smallest = Decimal(1).scaleb(-fact_scale(fact))
    low = fact.minimum if fact.minimum is not None else Decimal(0)
    high = fact.maximum if fact.maximum is not None else _DEFAULT_LIMIT[fact.type] - smallest
    return low, high


def scope(catalogue: Catalogue, parameters: tuple[Parameter, ...] = ()) -> Scope:
    """All names an expression may use: facts, the parameters of its measure, and 计算日."""
    names: dict[str, Symbol] = {}
    for fact in catalogue.facts.values():
        elements = tuple((e, _symbol(catalogue[e], "element")) for e in fact.elements if e in catalogue)
        names[fact.id] = replace(_symbol(fact), elements=elements)
    for parameter in parameters:
        dated = tuple((day, value) for day, value in parameter.values if value.is_finite())
        type_ = number_type(*(value for _, value in dated))
        names[parameter.id] = Symbol(type_, "parameter", _sign(type_, dated), dated)
    names[TODAY] = Symbol(DATE, "builtin")
    return names


def _symbol(fact: FactType, origin: Origin = "fact") -> Symbol:
    type_ = fact_type(fact)
    return Symbol(type_, origin, bounds(fact) if type_.numeric else None)


def _sign(type_: Type, dated: tuple[tuple[dt.date, Decimal], ...]) -> tuple[Decimal, Decimal]:
    """Bounds of a parameter by its sign and digits alone, so that a scenario with another value is the same program."""
    low = -INTEGER_LIMIT
    if all(value > 0 for _, value in dated):
        low = Decimal(1).scaleb(-type_.scale)
    elif not type_.signed:
        low = Decimal(0)
    return low, INTEGER_LIMIT


def catalogue_problems(catalogue: Catalogue) -> list[FactError]:
    """Faults of the catalogue itself: names that expressions cannot hold, enums without values, crossed bounds."""
    problems: list[FactError] = []
    for fact in catalogue.facts.values():
        if not fact.id.isidentifier() or unicodedata.normalize("NFKC", fact.id) != fact.id:
            problems.append(
                FactError(
                    fact.id, "名称里只能有文字、数字和下划线，不能以数字开头", "a name has letters, digits and _ only"
                )
            )
        if fact.id in FUNCTIONS or fact.id == TODAY:
            problems.append(FactError(fact.id, "这个名称由系统保留", "this name is reserved"))
        if fact.type == "enum" and not fact.values:
            problems.append(FactError(fact.id, "选项型事实要列出可选的值", "an enum fact needs its values"))
        if fact.type == "money" and fact.unit not in (None, "元"):
            problems.append(FactError(fact.id, "金额的单位一律用元", "money is always in yuan (元)"))
        problems.extend(_relation_problems(fact, catalogue))
        if fact.minimum is not None and fact.maximum is not None and fact.minimum > fact.maximum:
            problems.append(FactError(fact.id, "最小值大于最大值", "the minimum is above the maximum"))
    return problems


def _relation_problems(fact: FactType, catalogue: Catalogue) -> list[FactError]:
    """A relation names the facts of its records; no other fact does, and a record holds no relation."""
    problems: list[FactError] = []
    if (fact.type == "relation") != bool(fact.elements):
        zh, en = (
            "明细要写明每一项有哪些事实（elements），别的事实不写",
            "a relation, and nothing else, names its elements",
        )
        problems.append(FactError(fact.id, zh, en))
    for element in fact.elements:
        if element not in catalogue:
            zh, en = hint(element, catalogue.facts)
            problems.append(FactError(fact.id, f"没有声明事实“{element}”{zh}", f'"{element}" is not declared{en}'))
        elif catalogue[element].type == "relation":
            problems.append(FactError(fact.id, "明细里不能再有明细", "a record cannot hold a relation"))
    maximum = fact.maximum
    if fact.type == "relation" and maximum is not None and (maximum < 1 or maximum != maximum.to_integral_value()):
        problems.append(FactError(fact.id, "最多项数要写成正整数", "the largest number of records is a whole number"))
    return problems


def parse_facts(raw: Mapping[str, object], catalogue: Catalogue) -> tuple[Facts, list[FactError]]:
    """Facts from a form or from JSON, exact and typed, and the faults found; good facts are kept beside bad ones.

    Accepted: amounts as ``12,345.67`` or ``123.4万元``, rates as ``0.02`` or ``2%``, 是/否/不知道 or yes/no/unknown,
    dates as ``2013-04-18`` or ``2013年4月18日``, enum values by their Chinese or English name, a relation as a list of
    objects, one per record, or as a text with one line per record (see ``_lines``); a fault inside is told with its place (``本年合同[2].技术合同交易额``).
    """
    if not isinstance(raw, Mapping):
        zh = '事实要写成一个 JSON 对象，如 {"技术合同交易额": "1,234,567.85"}'
        return {}, [FactError("", zh, 'facts are one JSON object, e.g. {"技术合同交易额": "1,234,567.85"}')]
    facts: Facts = {}
    errors: list[FactError] = []
    for given, value in raw.items():
        name = unicodedata.normalize("NFKC", str(given))
        if name not in catalogue:
            zh, en = hint(name, catalogue.facts)
            errors.append(FactError(name, f"没有叫“{name}”的事实{zh}", f'no fact is called "{name}"{en}'))
            continue
        if catalogue[name].type == "relation":
            records, faults = _records(catalogue[name], value, catalogue)
            errors.extend(faults)
            if records is not None and not faults:
                facts[name] = records
            continue
        try:
            parsed = _parse(catalogue[name], value)
        except _FaultError as fault:
            errors.append(FactError(name, f"“{name}”：{fault.zh}", f"{catalogue[name].en}: {fault.en}"))
        else:
            if parsed is not None:
                facts[name] = parsed
    return facts, errors


def _records(fact: FactType, value: object, catalogue: Catalogue) -> tuple[tuple[Record, ...] | None, list[FactError]]:
    """The records of a relation and the faults in them; None is an unknown list, an empty one is known to be empty."""
    if value is None or (isinstance(value, str) and value.strip().lower() in UNKNOWN):
        return None, []
    if isinstance(value, str):
        value, faults = _lines(fact, value)
        if faults:
            return None, faults
    if not isinstance(value, list | tuple) or not all(isinstance(v, Mapping) for v in value):
        zh, en = "要写成清单，每一项一个对象", "a list with one object per record is needed"
        return None, [FactError(fact.id, f"“{fact.id}”：{zh}", f"{fact.en}: {en}")]
    most = fact_type(fact).limit
    if len(value) > most:
        zh, en = f"最多 {most} 项", f"at most {most} records"
        return None, [FactError(fact.id, f"“{fact.id}”：{zh}", f"{fact.en}: {en}")]
    inner = Catalogue(catalogue[e] for e in fact.elements if e in catalogue)
    records: list[Record] = []
    errors: list[FactError] = []
    for i, raw in enumerate(value, 1):
        record, faults = parse_facts(raw, inner)
        records.append(record)  # type: ignore[arg-type]
        errors += [
            FactError(f"{fact.id}[{i}].{f.fact}", f"“{fact.id}”第 {i} 项：{f.zh}", f"{fact.en}, record {i}: {f.en}")
            for f in faults
        ]
    return tuple(records), errors


def _lines(fact: FactType, text: str) -> tuple[list[dict[str, str]], list[FactError]]:
    """A list written by a person: one record on each line, its facts in their order between semicolons or tabs.

    ``没有`` says that there is none. A fact left empty is not known. Commas stay, they are part of amounts.
    """
    if text.strip().lower() in NONE:
        return [], []
    records: list[dict[str, str]] = []
    errors: list[FactError] = []
    for i, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        cells = [cell.strip() for cell in _SEPARATOR.split(line.strip(" "))]
        if len(cells) != len(fact.elements):
            order, order_en = "；".join(fact.elements), "; ".join(fact.elements)
            zh = f"“{fact.id}”第 {i} 行有 {len(cells)} 格，要 {len(fact.elements)} 格：{order}"
            en = f"{fact.en}, line {i}: {len(cells)} cells instead of {len(fact.elements)}: {order_en}"
            errors.append(FactError(fact.id, zh, en))
        records.append(dict(zip(fact.elements, cells, strict=False)))
    return records, errors


def _parse(fact: FactType, value: object) -> Known | None:
    if value is None:
        return None
    if isinstance(value, float):
        raise _FaultError(
            "数要写成文字（加引号），以免丢失小数", "write the number as a string, so that no digit is lost"
        )
    text = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else None
    if text is not None and text.lower() in UNKNOWN:
        return None
    match fact.type:
        case "boolean":
            return _boolean(value, text)
        case "date":
            return _date(value, text)
        case "enum":
            return _enum(fact, text)
        case "text":
            if text is None or len(text) > 500:
                raise _FaultError("要填不超过 500 字的文字", "a text of at most 500 characters is needed")
            return text
    return _number(fact, value, text)


def _boolean(value: object, text: str | None) -> bool:
    if isinstance(value, bool):
        return value
    if text is not None and text.lower() in YES | NO:
        return text.lower() in YES
    raise _FaultError("请填 是、否 或 不知道", "answer yes, no or unknown")


def _date(value: object, text: str | None) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    found = _DATE.fullmatch(text or "")
    if found:
        try:
            day = dt.date(*(int(part) for part in found.groups()))
        except ValueError:
            day = None
        if day is not None and 1900 <= day.year <= 2200:
            return day
    raise _FaultError("请填存在的日期，如 2013-04-18", "give an existing date, e.g. 2013-04-18")


def _enum(fact: FactType, text: str | None) -> str:
    known = [v.value for v in fact.values]
    for choice in fact.values:
        if (
            text in (choice.value, unicodedata.normalize("NFKC", choice.value))
            or (text or "").lower() == choice.en.lower()
        ):
            return choice.value
    zh, en = hint(text or "", known)
    raise _FaultError(
        f"只能填：{'、'.join(known)}{zh}",
        f"must be one of: {', '.join(f'{v.value} ({v.en})' for v in fact.values)}{en}",
    )


def _number(fact: FactType, value: object, text: str | None) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise _FaultError("要填一个数", "a number is needed")
    if isinstance(value, Decimal) and not value.is_finite():
        raise _FaultError("要填一个数", "a number is needed")
    if fact.type == "money":
        try:
            number = parse_yuan(
                text if text is not None else f"{value:f}" if isinstance(value, Decimal) else str(value)
            )
        except MoneyError as error:
            raise _FaultError(error.zh, error.en) from None
    else:
        number = _plain(fact, text if text is not None else value)
    low, high = bounds(fact)
    if number < low:
        if low == 0:
            raise _FaultError("不能是负数", "cannot be negative")
        raise _FaultError(f"不能小于 {low:f}", f"cannot be below {low:f}")
    if number > high:
        raise _FaultError(f"不能大于 {high:,f}，请核对单位", f"cannot be above {high:,f}; check the unit")
    if decimals(number) > fact_scale(fact):
        places = fact_scale(fact)
        raise _FaultError(
            f"最多 {places} 位小数" if places else "要填整数",
            f"at most {places} decimals" if places else "a whole number is needed",
        )
    return number


def _plain(fact: FactType, value: object) -> Decimal:
    text = re.sub(r"\s+", "", str(value)).replace("−", "-")
    percent = text.endswith("%")
    body = text.removesuffix("%")
    if fact.unit and fact.unit != "%":
        body = body.removesuffix(fact.unit)
    if not re.fullmatch(r"[-+]?(\d{1,3}(,\d{3})+|\d{1,20})(\.\d{1,20})?", body):
        raise _FaultError(f"“{text[:40]}”不是数", f'"{text[:40]}" is not a number')
    try:
        number = Decimal(body.replace(",", ""))
    except InvalidOperation:
        raise _FaultError("要填一个数", "a number is needed") from None
    if percent and fact.type != "rate":
        raise _FaultError("这里不用百分号", "no percent sign here")
    # A rate with unit % is asked for in percent, so that 3.72 is 3.72 % there; without the unit only "3.72%" is.
    return number.scaleb(-2) if fact.type == "rate" and (percent or fact.unit == "%") else number
