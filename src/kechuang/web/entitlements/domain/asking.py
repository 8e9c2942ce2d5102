"""Form fields, addresses and questions made from the fact catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext

from kechuang.citypack import models as pack_models
from kechuang.measures.facts import FactError
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.policy.domain.releases import LoadedRelease

LONGEST = 4000  # characters of one answer; a list has many lines
UNKNOWN = "不知道"  # how an address says that a question was answered with "I do not know"
_WIDGETS = {"enum": "select", "boolean": "radio", "date": "date", "text": "text", "relation": "list"}


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class FieldView:
    """One question on a form, with what was typed and what is wrong with it."""

    fact: pack_models.Fact
    number: int
    value: str
    error: FactError | None = None
    options: list[Option] = field(default_factory=list)
    alone: bool = False
    elements: tuple[pack_models.Fact, ...] = ()
    """Of a list: the facts of each record."""

    @property
    def order(self) -> str:
        """Of a list: what stands on each line, in its order, in the active language."""
        return gettext("；").join(f"{e.en if is_english() else e.id}{_hint(e)}" for e in self.elements)

    @property
    def example(self) -> str:
        """Of a list: a line as it may be written."""
        return "；".join(e.example or {"boolean": "是", "date": "2026-03-01"}.get(e.type, "…") for e in self.elements)

    @property
    def id(self) -> str:
        """The element's id."""
        return f"f{self.number}"

    @property
    def widget(self) -> str:
        """``number``, ``select``, ``radio``, ``date``, ``text`` or ``list``. A question that stands alone shows all answers."""
        if self.alone and self.fact.type == "enum":
            return "radio"
        return _WIDGETS.get(self.fact.type, "number")

    @property
    def tall(self) -> bool:
        """Whether the answers stand below each other."""
        return self.fact.type == "enum"

    @property
    def name(self) -> str:
        """The fact's name in the active language."""
        return self.fact.en if is_english() else self.fact.id

    @property
    def message(self) -> str:
        """The error in the active language."""
        if self.error is None:
            return ""
        return self.error.en if is_english() else self.error.zh

    @property
    def unit(self) -> str:
        """The unit in the active language."""
        unit = self.fact.unit or ""
        return {"元": "yuan"}.get(unit, unit) if is_english() else unit


def _hint(fact: pack_models.Fact) -> str:
    """What an answer looks like, where its name does not say it."""
    if fact.type == "boolean":
        return gettext("（是或否）")
    if fact.type == "enum":
        return gettext("（%(values)s）") % {"values": "/".join(v.en if is_english() else v.value for v in fact.values)}
    return ""


def options(fact: pack_models.Fact, value: str, alone: bool = False) -> list[Option]:
    """The answers of a choice. Not known is one of them, chosen unless the question stands alone unanswered."""
    if fact.type == "boolean":
        listed = [
            Option("是", gettext("是"), value in ("是", "yes", "true")),
            Option("否", gettext("否"), value in ("否", "no", "false")),
        ]
    elif fact.type == "enum":
        listed = [Option(v.value, v.en if is_english() else v.value, value in (v.value, v.en)) for v in fact.values]
    else:
        return []
    open_ = not any(option.chosen for option in listed)
    unknown = Option(UNKNOWN, gettext("不知道"), value == UNKNOWN if alone else open_)
    return [*listed, unknown] if fact.type == "boolean" or alone else [unknown, *listed]


def fields(
    release: LoadedRelease,
    names: Iterable[str],
    raw: Mapping[str, str],
    errors: Iterable[FactError] = (),
    *,
    alone: bool = False,
) -> list[FieldView]:
    """Form fields for facts, with the values typed so far; ``alone`` for one question on its own page."""
    wrong = {error.fact: error for error in errors}
    views = []
    for number, name in enumerate(names, 1):
        fact = release.facts[name]
        value = raw.get(name, "")
        shown = "" if value == UNKNOWN else value
        elements = tuple(release.facts[e] for e in fact.elements if e in release.facts)
        # A fault inside a list is told with its place (本年合同[2].金额) and belongs to the list's field.
        error = wrong.get(name) or next((e for e in errors if e.fact.startswith(f"{name}[")), None)
        views.append(FieldView(fact, number, shown, error, options(fact, value, alone), alone, elements))
    return views


def written(value: Any, fact: pack_models.Fact, facts: Mapping[str, pack_models.Fact] | None = None) -> str:
    """A typed value as a person would write it on the form; reading it again gives the same value.

    A list needs ``facts``, the catalogue with the facts of its records.
    """
    if fact.type == "relation":
        known = facts or {}
        lines = [
            "；".join(written(record[e], known[e]) if record.get(e) is not None else "" for e in fact.elements)
            for record in value
        ]
        return "\n".join(lines) if lines else "没有"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        if fact.type == "rate":
            return f"{value.scaleb(2).normalize():f}%"
        return f"{value:,.2f}" if fact.type == "money" else f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def shown(value: Any, fact: pack_models.Fact) -> str:
    """A typed value for reading, in the active language."""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if fact.type == "enum":
        return next((v.en for v in fact.values if v.value == value), str(value)) if is_english() else str(value)
    if fact.type == "relation":
        return gettext("%(n)s 项") % {"n": len(value)}
    text = written(value, fact)
    unit = "" if fact.type in ("rate", "date", "text") else (fact.unit or "")
    if is_english():
        unit = {"元": "yuan"}.get(unit, unit)
    return f"{text} {unit}".strip()


def query(in_force: LoadedRelease, facts: Mapping[str, Any], names: Iterable[str], **more: str) -> str:
    """A query string that carries the facts, so that an address can be kept or passed on."""
    pairs = [(name, written(facts[name], in_force.facts[name], in_force.facts)) for name in names if name in facts]
    return urlencode([*pairs, *((key, value) for key, value in more.items() if value)])


def given(data: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """What an address or a form gives for the facts named: blanks left out, length bounded."""
    return {name: data[name].strip()[:LONGEST] for name in names if data.get(name, "").strip()}
