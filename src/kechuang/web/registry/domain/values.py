"""Values of fields: checked when they come in, written as text in the history, read back from it.

What comes in may already be typed (``Decimal``, ``date``, a record) or be text in its plain written form
(``48000000.00``, ``2024-03-02``, a code). A binary float is refused for amounts. Texts are kept exactly, rare
characters included; only blanks around them go, and control characters are refused.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings

from kechuang.codes import divisions, gbt4754, uscc

from ..models import Alias
from .kinds import KINDS, Field, Kind


class FieldError(ValueError):
    """A value that cannot be taken: which field, what is wrong and how to mend it, in both languages."""

    def __init__(self, field: Field | None, zh: str, en: str, code: str = "invalid") -> None:
        super().__init__(en)
        self.field, self.zh, self.en, self.code = field, zh, en, code


@dataclass(frozen=True)
class Value:
    """A checked value: what the column takes (a key for a reference), and its text in the history."""

    column: Any
    text: str | None


EMPTY = Value(None, None)


def empty(field: Field) -> Value:
    """What stands for nothing: an empty text where the column is a text, else no value."""
    return Value("", "") if field.type in ("text", "code", "choice") else EMPTY


def clean(field: Field, value: Any, found: References) -> Value:
    """Check a value. ``found`` resolves references.

    Raises:
        FieldError: the value cannot be taken.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return empty(field)
    if field.is_reference:
        return found.get(field, value)
    return _CHECKS[field.type](field, value)


def _text(field: Field, value: Any) -> Value:
    text = str(value).strip()
    bad = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"), None)
    if bad is not None or (field.type == "code" and ("\n" in text or "\t" in text)):
        raise FieldError(
            field,
            f"“{field.zh}”里有看不见的控制字符，请删去后重填。",
            f"“{field.en}” holds an invisible control character; delete it.",
            "control",
        )
    if field.max_length and len(text) > field.max_length:
        raise FieldError(
            field,
            f"“{field.zh}”最多 {field.max_length} 个字，现在是 {len(text)} 个，请缩短。",
            f"“{field.en}” takes at most {field.max_length} characters, this has {len(text)}; shorten it.",
            "length",
        )
    return Value(text, text)


def _code(field: Field, value: Any) -> Value:
    text = str(_text(field, value).column)
    if field.name == "uscc":
        try:
            text = uscc.validate(text)
        except uscc.UsccError as error:
            raise FieldError(field, error.zh, error.en, error.code) from error
    elif field.name == "county" and not divisions.is_division(text):
        raise FieldError(
            field,
            f"“{text}”不是行政区划代码；请填 6 位数字，例如 431002。",
            f"“{text}” is no division code; write its 6 digits, for instance 431002.",
        )
    elif field.name == "industry" and gbt4754.section(text) is None:
        raise FieldError(
            field,
            f"“{text}”不是国民经济行业代码（GB/T 4754）；例如 C3985。",
            f"“{text}” is no industry code (GB/T 4754); an example is C3985.",
        )
    return Value(text, text)


def _date(field: Field, value: Any) -> Value:
    if isinstance(value, dt.datetime):
        value = value.date()
    if not isinstance(value, dt.date):
        try:
            value = dt.date.fromisoformat(str(value).strip())
        except ValueError as error:
            raise FieldError(
                field,
                f"“{field.zh}”写的是“{value}”，不是日历上有的日期；请写成 2024-03-02 的样子。",
                f"“{field.en}” is “{value}”, which is no date of the calendar; write it like 2024-03-02.",
                "date",
            ) from error
    if not 1800 <= value.year <= 2200:
        raise FieldError(
            field,
            f"“{field.zh}”的年份是 {value.year}，不在 1800 到 2200 之间，请核对。",
            f"The year of “{field.en}” is {value.year}, not between 1800 and 2200; check it.",
            "date",
        )
    return Value(value, value.isoformat())


#: SQLite keeps decimals as binary floats of 64 bits: up to this many digits come back as they were written.
EXACT_DIGITS = 15
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
"""A number as pages show it: a comma parts thousands only, so that 2,5 stays no number."""


def _number(field: Field, value: Any) -> Value:
    if isinstance(value, bool | float):
        raise FieldError(
            field,
            f"“{field.zh}”要用十进制数或文字给出，不能用二进制小数。",
            f"“{field.en}” must be given as a decimal or as text, not as a binary float.",
            "type",
        )
    try:
        plain = str(value).strip()
        number = Decimal(plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise FieldError(
            field,
            f"“{field.zh}”写的是“{value}”，不是数。请写成 1234.5 的样子，不带单位。",
            f"“{field.en}” is “{value}”, which is no number. Write it like 1234.5, without a unit.",
            "number",
        )
    whole, places = field.digits or (9, 0)
    if field.type == "money":
        whole = min(whole, EXACT_DIGITS)
    exact = number.quantize(Decimal(1).scaleb(-places)) if abs(number.adjusted()) < 28 else None
    if exact is None or len(exact.as_tuple().digits) > whole:
        raise FieldError(
            field,
            f"“{field.zh}”太大：整数部分最多 {whole - places} 位。请核对单位是不是{field.unit_zh or '个'}。",
            f"“{field.en}” is too large: at most {whole - places} digits before the point. Check the unit "
            f"({field.unit_en or 'one'}).",
            "range",
        )
    if exact != number:
        raise FieldError(
            field,
            f"“{field.zh}”写的是 {value}，小数最多 {places} 位。"
            if places
            else f"“{field.zh}”要填整数，写的是 {value}。",
            f"“{field.en}” is {value}; at most {places} decimals are taken.",
            "decimals",
        )
    if len(exact.normalize().as_tuple().digits) > EXACT_DIGITS:
        raise FieldError(
            field,
            f"“{field.zh}”写的是 {value}，最多 {EXACT_DIGITS} 位有效数字。",
            f"“{field.en}” is {value}; at most {EXACT_DIGITS} significant digits are taken.",
            "digits",
        )
    _range(field, exact)
    if field.type in ("integer", "year"):
        return Value(int(exact), str(int(exact)))
    exact = exact + 0 if exact else abs(exact)  # no minus zero
    return Value(exact, f"{exact:f}")


def _range(field: Field, number: Decimal) -> None:
    low, high = field.minimum, field.maximum
    if low is not None and number < low:
        raise FieldError(
            field,
            f"“{field.zh}”写的是 {number}，不能小于 {low}。",
            f"“{field.en}” is {number}; it cannot be less than {low}.",
            "range",
        )
    if high is not None and number > high:
        raise FieldError(
            field,
            f"“{field.zh}”写的是 {number}，不能大于 {high}。",
            f"“{field.en}” is {number}; it cannot be more than {high}.",
            "range",
        )


def _boolean(field: Field, value: Any) -> Value:
    if isinstance(value, bool):
        return Value(value, "true" if value else "false")
    word = str(value).strip().lower()
    if word in ("true", "1", "yes", "y", "是"):
        return Value(True, "true")
    if word in ("false", "0", "no", "n", "否"):
        return Value(False, "false")
    raise FieldError(
        field,
        f"“{field.zh}”写的是“{value}”，请填“是”或“否”，不知道就空着。",
        f"“{field.en}” is “{value}”; write yes or no, or leave it empty when unknown.",
        "boolean",
    )


def _choice(field: Field, value: Any) -> Value:
    text = str(value).strip()
    for code, label in field.choices:
        if text == code or text == str(label):
            return Value(code, code)
    for code, label in field.choices:
        one = Field("", label, "text")
        if text in (one.zh, one.en):
            return Value(code, code)
    listed_zh = "、".join(Field("", label, "text").zh for _code, label in field.choices)
    listed_en = ", ".join(Field("", label, "text").en for _code, label in field.choices)
    raise FieldError(
        field,
        f"“{field.zh}”写的是“{text}”，只能是：{listed_zh}。",
        f"“{field.en}” is “{text}”; it can be: {listed_en}.",
        "choice",
    )


_CHECKS = {
    "text": _text,
    "code": _code,
    "date": _date,
    "year": _number,
    "money": _number,
    "number": _number,
    "integer": _number,
    "boolean": _boolean,
    "choice": _choice,
}


class References:
    """Finds records that fields name: an organisation by its code, others by their own number or name, or by ``#key``.

    Answers are kept, so that a chunk of rows asks once; :meth:`prepare` asks for many at once. With a ``realm`` only
    records of it are found: real and generated ones never lead to each other.
    """

    def __init__(self, realm: str | None = None) -> None:
        self.realm = realm
        self._found: dict[tuple[str, str], tuple[int, str]] = {}

    def prepare(self, kind: Kind, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look up in one query per kind what the rows will ask for."""
        wanted: dict[str, set[str]] = {}
        for row in rows:
            for name in kind.references:
                value = row.get(name)
                if isinstance(value, str) and value.strip():
                    wanted.setdefault(kind.field(name).to, set()).add(_spelt(kind.field(name).to, value))
        for to, texts in wanted.items():
            self._load(to, texts)

    def _load(self, to: str, texts: set[str]) -> None:
        target = KINDS[to]
        missing = {text for text in texts if (to, text) not in self._found and not text.startswith("#")}
        rows = self._of_realm(target.model.everything.filter(**{f"{target.reference}__in": missing}))
        seen: set[str] = set()
        for pk, text in rows.values_list("pk", target.reference):
            if text in seen:  # two records of this name: neither is taken
                self._found.pop((to, text), None)
                continue
            seen.add(text)
            self._found[to, text] = (pk, text if to == "organisation" else str(pk))
        if to == "organisation" and (others := missing - seen):
            aliases = Alias.objects.filter(kind=to, field="uscc", value__in=others)
            for text, pk in aliases.values_list("value", "record_id"):
                code = self._of_realm(target.model.everything.filter(pk=pk)).values_list("uscc", flat=True).first()
                if code:
                    self._found[to, text] = (pk, code)

    def _of_realm(self, rows: Any) -> Any:
        return rows if self.realm is None else rows.filter(realm=self.realm)

    def get(self, field: Field, value: Any) -> Value:
        """The record a value names. Raises ``FieldError`` when there is none, or more than one."""
        target = KINDS[field.to]
        if isinstance(value, target.model):
            if self.realm is not None and value.realm != self.realm:
                raise FieldError(
                    field,
                    f"“{field.zh}”是{value.get_realm_display()}，这条记录不是；两者不能混。",
                    f"“{field.en}” is of the realm “{value.realm}” and the record is not; they are never mixed.",
                    "realm",
                )
            return Value(value.pk, value.uscc if field.to == "organisation" else str(value.pk))
        if isinstance(value, int) and not isinstance(value, bool):
            value = f"#{value}"
        text = _spelt(field.to, str(value))
        if text.startswith("#") and text[1:].isdigit():
            row = target.model.everything.filter(pk=int(text[1:])).first()
            if row is not None:
                return self.get(field, row)
        elif (field.to, text) not in self._found:
            self._load(field.to, {text})
        if (field.to, text) in self._found:
            return Value(*self._found[field.to, text])
        raise FieldError(
            field,
            f"“{field.zh}”写的是“{text}”，登记库里没有，或者不止一条。请先登记它，或改用它的编号。",
            f"“{field.en}” is “{text}”, which is not in the register, or more than once. Register it first, or name it "
            "by its number.",
            "reference",
        )


def _spelt(to: str, value: str) -> str:
    return uscc.compact(value) if to == "organisation" and not value.startswith("#") else value.strip()


def text_of(field: Field, record: Any) -> str | None:
    """The value of a stored record as the history writes it."""
    if field.is_reference:
        key = getattr(record, f"{field.name}_id")
        if key is None:
            return None
        return str(getattr(record, field.name).uscc) if field.type == "organisation" else str(key)
    value = getattr(record, field.name)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        places = field.digits[1] if field.digits else 0
        return f"{value.quantize(Decimal(1).scaleb(-places)):f}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def state_of(kind: Kind, record: Any) -> dict[str, str | None]:
    """All values of a stored record as the history writes them."""
    return {field.name: text_of(field, record) for field in kind.stored}


def column_of(field: Field, text: str | None, found: References) -> Any:
    """The column's value for a text of the history."""
    if text is None:
        return None
    if field.is_reference:
        return found.get(field, text if field.type == "organisation" else f"#{text}").column
    if field.type in ("text", "code", "choice"):
        return text
    if field.type == "date":
        return dt.date.fromisoformat(text)
    if field.type == "boolean":
        return text == "true"
    return int(text) if field.type in ("integer", "year") else Decimal(text)


def identity_hash(number: str) -> str:
    """The keyed digest under which a person's identity number is matched; the number itself is never kept.

    The key is derived from the platform's secret: without it nobody can try all numbers. Empty for an empty number.

    Raises:
        FieldError: no right number of GB 11643 (18 characters with check character).
    """
    from stdnum.cn import ric

    text = "".join(unicodedata.normalize("NFKC", number).split()).upper()
    if not text:
        return ""
    if not ric.is_valid(text):
        raise FieldError(
            KINDS["person"].field("identity_number"),
            "身份证号不对：应是 18 位，且最后一位校验码要对上。请核对证件。",
            "The identity number is wrong: 18 characters, the last of which checks the others. Compare the card.",
            "identity",
        )
    key = hmac.new(settings.SECRET_KEY.encode(), b"kechuang.registry.identity", hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
