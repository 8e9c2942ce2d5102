"""Turns Pydantic's errors into sentences a policy officer understands, in Chinese and English."""

from __future__ import annotations

import difflib
import typing
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from kechuang.citypack.problems import Words

_PATTERNS: dict[str, Words] = {
    r"^\d{6}$": Words("六位数字的区划代码", "a six-digit division code"),
    r"^[0-9a-f]{64}$": Words("64 位小写十六进制的 SHA-256", "a SHA-256 of 64 lower-case hexadecimal digits"),
    r"^[a-z0-9][a-z0-9.\-]*$": Words(
        "小写字母、数字、- 和 . 组成的代号", "an id of lower-case letters, digits, - and ."
    ),
    r"^[a-z][a-z0-9_]*$": Words(
        "小写字母、数字和下划线组成的代号", "an id of lower-case letters, digits and underscores"
    ),
    r"^PI\d{3}$": Words("经合组织 STIP 工具代码，例如 PI008", "an OECD STIP instrument code, e.g. PI008"),
}


def unwrap(annotation: Any) -> Any:
    """The record behind ``list[X]``, ``X | None`` or ``dict[K, X]``; the annotation itself otherwise."""
    args = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin in (list, tuple):
        return unwrap(args[0])
    if origin is dict:
        return unwrap(args[1])
    for arg in args:
        inner = unwrap(arg)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner
    return annotation


def model_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel]:
    """The record model that the location ``loc`` inside ``model`` belongs to."""
    current = model
    for part in loc:
        if isinstance(part, int):
            continue
        for name, info in current.model_fields.items():
            if part in (name, info.alias):
                inner = unwrap(info.annotation)
                if isinstance(inner, type) and issubclass(inner, BaseModel):
                    current = inner
                break
    return current


def suggested_field(loc: tuple[str | int, ...], model: type[BaseModel]) -> str | None:
    """The known field most like the unknown one at ``loc``, if any is alike."""
    owner = model_at(model, loc[:-1])
    known = [info.alias or name for name, info in owner.model_fields.items()]
    near = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.6)
    return near[0] if near else None


def describe(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, Words, Words]:
    """``(code, what, mend)`` of one Pydantic error found while reading a ``model``."""
    kind = error["type"]
    loc = error["loc"]
    ctx: dict[str, Any] = dict(error.get("ctx") or {})
    field = str(loc[-1]) if loc else ""
    given = _short(error.get("input"))
    if kind == "missing":
        return (
            "missing",
            Words(f"缺少“{field}”", f'"{field}" is missing'),
            Words(f"补上一行 {field}: …", f"add a line {field}: …"),
        )
    if kind == "extra_forbidden":
        owner = model_at(model, loc[:-1])
        known = [info.alias or name for name, info in owner.model_fields.items()]
        if error.get("input") is None and set(known) == {"zh", "en"}:
            return (
                "unquoted_comma",
                Words(f"逗号把“{field}”切成了另一个字段", f'a comma has made "{field}" a field of its own'),
                Words('在含逗号的文字两边加引号："…, …"', 'put quotes around a text with a comma: "…, …"'),
            )
        neighbour = suggested_field(loc, model)
        listed = "、".join(known)
        mend = (
            Words(f"是不是想写“{neighbour}”？", f'did you mean "{neighbour}"?')
            if neighbour
            else Words(f"可用的字段：{listed}", f"known fields: {', '.join(known)}")
        )
        return "unknown_field", Words(f"没有“{field}”这个字段", f'there is no field "{field}"'), mend
    if kind in ("literal_error", "enum"):
        options = str(ctx.get("expected", "")).replace(" or ", ", ").replace("'", "")
        allowed = [option.strip() for option in options.split(",") if option.strip()]
        near = difflib.get_close_matches(str(error.get("input")), allowed, n=1, cutoff=0.6)
        hint_zh, hint_en = (f"；是不是想写 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
        return (
            "not_allowed",
            Words(f"“{field}”不能是 {given}", f'"{field}" cannot be {given}'),
            Words(f"可用：{'、'.join(allowed)}{hint_zh}", f"allowed: {', '.join(allowed)}{hint_en}"),
        )
    if kind == "string_pattern_mismatch":
        wanted = _PATTERNS.get(
            str(ctx.get("pattern")), Words(f"符合 {ctx.get('pattern')}", f"text like {ctx.get('pattern')}")
        )
        return (
            "pattern",
            Words(f"“{field}”写成了 {given}", f'"{field}" is written {given}'),
            Words(f"要写成{wanted.zh}", f"write {wanted.en}"),
        )
    if kind in ("string_too_short", "too_short", "string_too_long", "too_long"):
        return _length(kind, field, given, ctx)
    if kind.startswith(("greater_than", "less_than")):
        bound = next((ctx[name] for name in ("ge", "gt", "le", "lt") if name in ctx), "")
        sign = {"greater_than_equal": "≥", "greater_than": ">", "less_than_equal": "≤", "less_than": "<"}[kind]
        return (
            "range",
            Words(f"“{field}”是 {given}，超出范围", f'"{field}" is {given}, out of range'),
            Words(f"要 {sign} {bound}", f"it must be {sign} {bound}"),
        )
    if kind in ("not_exact", "not_a_number"):
        return (
            "type",
            Words(f"“{field}”写成了 {given}，不是准确的数", f'"{field}" is written {given}, which is no exact number'),
            Words(
                '写成 "0.02" 或 1200：加引号，不用逗号、指数和单位',
                'write "0.02" or 1200: no commas, exponents or units',
            ),
        )
    return _wrong_type(kind, field, given, str(error["msg"]))


def _length(kind: str, field: str, given: str, ctx: dict[str, Any]) -> tuple[str, Words, Words]:
    short = kind.endswith("short")
    if short and given in ("''", "[]", "{}", '""'):
        return (
            "empty",
            Words(f"“{field}”是空的", f'"{field}" is empty'),
            Words("写上内容", "write something here"),
        )
    limit = ctx.get("min_length") if short else ctx.get("max_length")
    return (
        "length",
        Words(f"“{field}”太{'短' if short else '长'}", f'"{field}" is too {"short" if short else "long"}'),
        Words(
            f"{'至少' if short else '最多'} {limit} 个字",
            f"{'at least' if short else 'at most'} {limit} character(s)",
        ),
    )


def _wrong_type(kind: str, field: str, given: str, message: str) -> tuple[str, Words, Words]:
    wanted: Words
    if kind.startswith("string"):
        wanted = Words("文字", "a text")
    elif kind.startswith("date"):
        wanted = Words("日期，写成 2013-04-18", "a date, written 2013-04-18")
    elif kind.startswith("decimal"):
        wanted = Words('数，写成 "1.6"', 'a number, written "1.6"')
    elif kind.startswith("int"):
        wanted = Words("整数", "a whole number")
    elif kind.startswith("bool"):
        wanted = Words("true 或 false", "true or false")
    elif kind.startswith("list"):
        wanted = Words("列表，每项以 “- ” 开头", 'a list, each entry beginning with "- "')
    elif kind.startswith(("dict", "model")):
        wanted = Words("带字段的记录，例如 {zh: …, en: …}", "a record with fields, e.g. {zh: …, en: …}")
    else:
        return (
            "value",
            Words(
                f"“{field}”的值 {given} 不能用（{message}）",
                f'the value {given} of "{field}" cannot be used: {message}',
            ),
            Words("对照 docs/city-pack.zh.md 改写", "compare with docs/city-pack.md"),
        )
    return (
        "type",
        Words(f"“{field}”写成了 {given}", f'"{field}" is written {given}'),
        Words(f"这里要{wanted.zh}", f"here stands {wanted.en}"),
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
