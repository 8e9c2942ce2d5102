"""From a form to a rule: the parameters, formula and conditions of a draft, checked by the engine field by field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from kechuang.measures import check_measure
from kechuang.measures.model import Catalogue, ClauseRef, Condition, Measure, Parameter, Text
from kechuang.measures.program import amount_in_use, compile_measure

_NUMBER = re.compile(r"[0-9]{1,14}(\.[0-9]{1,6})?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,6})?")
_FIRST_DAY = dt.date(1949, 10, 1)
SUBJECTS = ("contract", "enterprise", "institution", "patent", "loan", "person")
_ENTITIES = {
    "contract": ("技术合同", "technology contract"), "enterprise": ("企业", "firm"),
    "institution": ("研发机构", "R&D institution"), "patent": ("专利", "patent"), "loan": ("贷款", "loan"),
    "person": ("人才", "person"), "project": ("项目", "project"), "city": ("城市", "city"),
}  # fmt: skip
MAXIMUM_TEXT = 4000
NEW = "new-draft"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field, in both languages."""

    field: str
    zh: str
    en: str


def number(text: str) -> Decimal | None:
    """A plain number as a person writes it (``1,500,000.00``; ``2.5%`` is 0.025), or None."""
    plain = text.strip().replace("，", ",").replace("％", "%")
    percent = plain.endswith("%")
    plain = plain.removesuffix("%").strip()
    if _GROUPED.fullmatch(plain):  # a comma parts thousands only: 2,5 is not 25
        plain = plain.replace(",", "")
    if _NUMBER.fullmatch(plain) is None:
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:  # pragma: no cover (the pattern lets only numbers through)
        return None
    return value.scaleb(-2) if percent else value


def is_share(name: str, parameter: Parameter | None) -> bool:
    """Whether a parameter is written in percent: all its values lie between 0 and 1 and it is no amount."""
    values = [v for _, v in parameter.values] if parameter else []
    return bool(values) and all(0 <= v <= 1 and -int(v.as_tuple().exponent) >= 1 for v in values)


def shown(value: Decimal, share: bool) -> str:
    """A parameter as it stands in the form."""
    if share:
        return f"{value.scaleb(2).normalize():f}"
    return f"{value:,f}"


def written_conditions(measure: Measure) -> str:
    """The conditions of a measure, one per line."""
    return "\n".join(condition.test for condition in measure.applies)


def written_amount(measure: Measure) -> str:
    """The formula in use."""
    return " ".join((amount_in_use(measure) or "").split())


def with_parameters(law: Measure, raw: Mapping[str, str]) -> tuple[Measure, list[Fault]]:
    """The measure with the parameters of the form, constant in time; what the form leaves out stays as in force."""
    faults: list[Fault] = []
    parameters = []
    for parameter in law.parameters:
        if parameter.id not in raw:
            parameters.append(parameter)  # left as in force
            continue
        text = raw[parameter.id].strip()
        share = is_share(parameter.id, parameter)
        value = number(text + "%" if share and text and not text.endswith(("%", "％")) else text)
        if text.startswith(("-", "−")):
            faults.append(Fault(f"p_{parameter.id}", "不能是负数", "A number below zero is not allowed"))
            continue
        if value is None:
            faults.append(
                Fault(f"p_{parameter.id}", "请写数字，例如 2.5 或 150,000.00", "Write a number, e.g. 2.5 or 150,000.00")
            )
            continue
        if share and value > 1:
            faults.append(Fault(f"p_{parameter.id}", "比例要在 0 到 100% 之间", "A share lies between 0 and 100%"))
            continue
        parameters.append(Parameter(parameter.id, ((_FIRST_DAY, value),), parameter.title, parameter.source))
    return replace(law, parameters=tuple(parameters)) if not faults else law, faults


def draft_of(law: Measure, data: Mapping[str, Any], catalogue: Catalogue) -> tuple[Measure, list[Fault]]:
    """The draft that a form describes, from a measure in force, and everything wrong with it.

    ``data``: ``parameters`` (texts by name), ``amount`` and ``tests`` (texts; left out: as in force), ``readings``
    (reading by ambiguity, counted for draft and law alike).
    """
    draft, faults = with_parameters(law, data.get("parameters", {}))
    draft = read_with(draft, data.get("readings", {}))
    amount = " ".join(str(data.get("amount", "")).split())
    if amount and amount != written_amount(law):
        # A new formula answers the open questions itself: the readings of the old one no longer apply.
        draft = replace(draft, amount=amount, ambiguities=(), amount_is="stated", kind="money")
    tests = data.get("tests")
    if tests is not None and tests.strip() != written_conditions(law):
        draft = replace(draft, applies=conditions(tests, law))
    draft = replace(draft, effective_from=_FIRST_DAY, effective_to=None)
    return draft, faults or engine_faults(draft, catalogue)


def read_with(rule: Measure, readings: Mapping[str, str]) -> Measure:
    """The rule with some open questions answered for this trial; only readings that exist are taken."""
    changed = tuple(
        replace(a, shown=readings[a.id], chosen=None, by=None)
        if readings.get(a.id) in {r.id for r in a.readings} else a
        for a in rule.ambiguities
    )  # fmt: skip
    return replace(rule, ambiguities=changed)


def conditions(text: str, law: Measure | None = None) -> tuple[Condition, ...]:
    """One condition per line; those of the measure keep their title and origin, new ones are assumptions."""
    known = {c.test: c for c in law.applies} if law else {}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return tuple(known.get(line, Condition(line, Text(line, line), "assumption")) for line in lines)


def new_measure(
    data: Mapping[str, Any], catalogue: Catalogue, chosen: Sequence[Condition] = ()
) -> tuple[Measure, list[Fault]]:
    """A wholly new measure: ``title, subject, amount, tests`` and ``values`` (lines ``name = number``); ``chosen`` are
    conditions from the lists of the form, after the typed ones."""
    faults: list[Fault] = []
    parameters = []
    for line in str(data.get("values", "")).splitlines():
        if not line.strip():
            continue
        name, _, text = line.partition("=")
        value = number(text)
        if not name.strip().isidentifier() or value is None:
            faults.append(
                Fault("values", f"“{line.strip()}”要写成 名称 = 数", f"“{line.strip()}” must read name = number")
            )
            continue
        if name.strip() in {p.id for p in parameters}:
            faults.append(Fault("values", f"“{name.strip()}”写了两次", f"“{name.strip()}” is written twice"))
            continue
        parameters.append(Parameter(name.strip(), ((_FIRST_DAY, value),)))
    title = str(data.get("title", "")).strip() or "?"
    subject = data.get("subject") if data.get("subject") in SUBJECTS else None
    if subject is None:
        faults.append(Fault("subject", "请选按什么算", "Choose what it is computed for"))
    amount = " ".join(str(data.get("amount", "")).split())
    if not amount:
        faults.append(Fault("amount", "请写金额的算式", "Write the formula of the amount"))
    draft = Measure(
        NEW, Text(title, title), ClauseRef("0"), subject or "contract", _FIRST_DAY,
        parameters=tuple(parameters), applies=(*conditions(str(data.get("tests", ""))), *chosen), amount=amount or None,
    )  # fmt: skip
    return draft, faults or engine_faults(draft, catalogue)


def strange_facts(draft: Measure, catalogue: Catalogue, entities: Mapping[str, str]) -> list[Fault]:
    """Facts of another kind of subject, which nobody would ever know; ``entities`` says what each fact is about."""
    program = compile_measure(draft, catalogue)
    found = []
    places = [("tests", c.formula.facts) for c in program.conditions]
    places += [("amount", program.amount.facts)] if program.amount else []
    for field, facts in places:
        for name in facts:
            entity = entities.get(name, draft.subject)
            if entity not in (draft.subject, "enterprise"):
                about, here = _ENTITIES.get(entity, (entity, entity)), _ENTITIES[draft.subject]
                zh = f"“{name}”是{about[0]}的事实，这里按每个{here[0]}算：换一个事实，或换“按什么算”"
                en = (
                    f"{name} is a fact of a {about[1]}, but this is computed for every {here[1]}: change one of the two"
                )
                found.append(Fault(field, zh, en))
    return found


def engine_faults(draft: Measure, catalogue: Catalogue) -> list[Fault]:
    """The engine's faults at the field of the form where each belongs."""
    found = []
    for problem in check_measure(draft, catalogue):
        where = problem.where.split(".")[0].split("[")[0]
        field = {"applies": "tests", "amount": "amount", "parameters": "values"}.get(where, "amount")
        if where == "parameters" and draft.id != NEW:
            field = f"p_{problem.where.split('.')[-1]}"
        zh, en = problem.zh, problem.en
        if problem.column is not None:
            zh, en = f"第 {problem.column} 个字：{zh}", f"at character {problem.column}: {en}"
        if where == "applies":
            line = int(problem.where.split("[")[1].split("]")[0]) + 1
            zh, en = f"第 {line} 行，{zh}", f"line {line}, {en}"
        found.append(Fault(field, zh, en))
    return found
