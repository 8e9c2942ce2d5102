"""Trying a measure of the library: the draft pack in memory, computed by the same function as every other amount."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from kechuang.citypack import models as pack_models
from kechuang.citypack.compile import compile_pack
from kechuang.measures import FactError, MeasureError, compile_measure, explain, parse_facts
from kechuang.web.core.errors import UserError
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.library.domain import rules
from kechuang.web.library.enums import ItemKind
from kechuang.web.library.models import DraftItem


@dataclass(frozen=True)
class Question:
    """One fact on the form: what was typed, what may be chosen, what is wrong."""

    fact: pack_models.Fact
    number: int
    value: str
    options: tuple[tuple[str, str], ...]
    error: str = ""

    @property
    def id(self) -> str:
        """The element's id."""
        return f"f{self.number}"

    @property
    def unit(self) -> str:
        """The unit in the active language."""
        unit = self.fact.unit or ""
        return {"元": "yuan"}.get(unit, unit) if is_english() else unit


@dataclass
class Trial:
    """The form and, when facts were given, the explanation."""

    measure: pack_models.Measure
    questions: list[Question]
    result: dict[str, Any] | None = None
    errors: list[FactError] = field(default_factory=list)


def trial(item: DraftItem, given: Mapping[str, str], on: dt.date | None) -> Trial:
    """The measure of an item with the facts given; without any facts only the form.

    Raises ``UserError`` when the item is no measure or its rule does not compile.
    """
    if item.kind != ItemKind.MEASURE:
        raise UserError("只有政策措施可以试算。", "Only measures can be tried.", code="no_measure", status=404)
    made = rules.drafted(item.draft.document, [item])
    if not made.pack.measures:
        raise UserError("这一处不在任何一句话里，不能试算。", "This stretch lies in no sentence.", code="no_sentence")
    record = made.pack.measures[0]
    compiled = compile_pack(made.pack)
    rule = compiled.measures[record.id]
    try:
        names = compile_measure(rule, compiled.catalogue).facts
    except MeasureError as error:
        raise UserError(f"算式有误：{error}", f"The rule has a fault: {error}", code="bad_rule") from error
    facts = {fact.id: fact for fact in made.pack.facts}
    raw = {name: given.get(name, "").strip()[:500] for name in names if given.get(name, "").strip()}
    known, errors = parse_facts(raw, compiled.catalogue)
    wrong = {error.fact: error for error in errors}
    questions = [
        Question(facts[name], n, raw.get(name, ""), _options(facts[name]), _message(wrong.get(name)))
        for n, name in enumerate(names, 1)
    ]
    made_trial = Trial(record, questions, errors=list(errors))
    if (raw and not errors) or (not names and given):
        day = on or record.effective.from_
        made_trial.result = explain(rule, known, day, compiled.catalogue).to_dict()
    return made_trial


def _options(fact: pack_models.Fact) -> tuple[tuple[str, str], ...]:
    if fact.type == "boolean":
        return (("", _("不知道")), ("是", _("是")), ("否", _("否")))
    if fact.type == "enum":
        return (("", _("不知道")), *((one.value, one.en if is_english() else one.value) for one in fact.values))
    return ()


def _message(error: FactError | None) -> str:
    return "" if error is None else error.en if is_english() else error.zh


def refuse(made: Trial) -> None:
    """Raise one ``UserError`` for all faulty facts; does nothing when there are none."""
    if made.errors:
        raise UserError("；".join(e.zh for e in made.errors), "; ".join(e.en for e in made.errors),
                        field=made.errors[0].fact, code="bad_facts")  # fmt: skip
