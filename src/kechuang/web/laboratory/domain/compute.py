"""One trial: a draft against the law in force over a population, as a JSON object in which every number has its query."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import duckdb

from kechuang.measures.backends.cleaning import PopulationError
from kechuang.measures.model import Catalogue, Measure, Parameter
from kechuang.measures.program import MeasureError, compile_measure
from kechuang.web.laboratory.domain import checks, contributors, curves
from kechuang.web.laboratory.domain.figures import all_figures
from kechuang.web.laboratory.domain.meeting import Meeting, Taken
from kechuang.web.laboratory.domain.shape import caps_of, counts_grants, listed_amount, main_fact, used_facts
from kechuang.web.laboratory.domain.subject import Outcome, Subject
from kechuang.web.laboratory.domain.table import ZERO, lab_table, outcomes

UNCAPPED = Decimal("99999999999")  # larger than any grant; 13 digits with fen, so that every product still fits
Report = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Question:
    """What is asked. ``law`` None: a new measure, compared with nothing. ``year`` None: all years together.

    ``meeting``: the pack's rules on measures that meet, where some speak of this one. ``granted`` names facts that count earlier grants (``year`` or ``ever``); ``take_up`` is the share that applies.
    """

    draft: Measure
    law: Measure | None
    catalogue: Catalogue
    on: dt.date
    year: int | None = None
    budget: Decimal | None = None
    budget_rule: checks.Rule = "queue"
    take_up: Decimal = Decimal(1)
    parameter: str | None = None
    granted: Mapping[str, str] = field(default_factory=dict)
    others: Sequence[Measure] = ()
    meeting: Meeting | None = None


@dataclass(frozen=True)
class Answer:
    """The result as JSON, and the rows of the table ``lab`` that its queries read."""

    result: dict[str, Any]
    rows: list[list[object]]


def compute(
    question: Question, subjects: Sequence[Subject], report: Report = lambda stage, done, total: None
) -> Answer:
    """Compute everything. ``report`` hears of every stage and may raise to stop. Raises ``MeasureError``,
    ``PopulationError`` when the draft cannot be computed."""
    q = question
    report("rules", 0, 4)
    rules, readings, caps = _rules(q)
    given, faults = outcomes(
        rules, subjects, q.catalogue, q.on, q.granted, lambda done, steps: report("rules", done, 4 * steps)
    )
    if "draft" not in given:
        raise PopulationError("方案在计算日不在有效期", "the draft is not in force on the day")
    subjects = [s for s in subjects if s.key in given["draft"]]  # the others are in quarantine
    taken: dict[str, dict[str, Taken]] = {}
    if q.meeting is not None:
        for name in given:
            if name != "draft_uncapped":  # only its amount before all rules is used
                given[name], taken[name] = q.meeting.apply(rules[name], given[name], subjects, q.on)
    report("splitting", 1, 4)
    compared = [rules["draft"], *([rules["law"]] if "law" in rules else [])]
    fact = main_fact(compared, q.catalogue, q.granted)
    listed = listed_amount(compared, q.catalogue) if fact is None else None
    scope = [s for s in subjects if _in_scope(q, s)]
    split = _split(q, rules["draft"], scope, fact, listed)
    rows = _rows(q, subjects, given, split, fact, listed)
    con = duckdb.connect()
    lab_table(con, rows)
    report("figures", 2, 4)
    curve = _curve(
        q, rules["draft"], subjects, scope, lambda done, total: report("figures", 2 * total + done, 4 * total)
    )  # fmt: skip
    if curve is not None and q.parameter in caps:
        _count_capped(curve, scope, given)
    shown = [Decimal(p["value"]) for p in curve["points"]] if curve and curve["method"] == "prefix_sums" else []
    figures = {f.id: f.to_dict() for f in all_figures(con, q.take_up, q.budget, shown)}
    behind = _behind_readings(scope, given, readings)
    report("proofs", 3, 4)
    result: dict[str, Any] = {
        "figures": figures,
        "law_in_force": "law" in given,
        "fact": fact,
        "records": listed[0] if listed else None,
        "caps": caps,
        "break_even": checks.break_even(rules["law"], rules["draft"], q.catalogue, q.on, fact, scope)
        if fact and "law" in given else [],
        "curve": curve,
        "budget": _budget(q, scope, given),
        "readings": [{**_reading(q, scope, given, rules, r), **behind[r["name"]]} for r in readings],
        "splitting_tried": bool(split),
        "proofs": checks.proofs(rules["draft"], q.others, q.catalogue, q.on, fact, _year_fact(q)),
        "may_prove": checks.may_prove(),
        "meeting": [
            {
                "id": record.id, "zh": record.title.zh, "en": record.title.en,
                **{which: f"{taken[which][record.id].amount:.2f}" for which in ("law", "draft") if which in taken},
                **{f"{which}_firms": len(taken[which][record.id].firms) for which in ("law", "draft") if which in taken},
            }
            for record in (q.meeting.rules if q.meeting else ())
        ],
        "firms": contributors.count(rows, figures),
        "quarantined": len({f.key for f in faults}),
        "faults": [
            {"key": f.key, "fact": f.fact, "zh": f.message.zh, "en": f.message.en} for f in faults[:20]
        ],
    }  # fmt: skip
    report("done", 4, 4)
    return Answer(result, rows)


def _year_fact(q: Question) -> str | None:
    used = used_facts(compile_measure(q.draft, q.catalogue))
    return next((name for name in q.granted if name in used), None)


def _in_scope(q: Question, subject: Subject) -> bool:
    return q.year is None or subject.day is None or subject.day.year == q.year


def _rules(q: Question) -> tuple[dict[str, Measure], list[dict[str, Any]], list[str]]:
    """All rules to compute by name; the readings that change an amount; the caps of the draft."""
    rules = {"draft": q.draft}
    if q.law is not None:
        rules["law"] = q.law
    caps = caps_of(q.draft, q.catalogue)
    if caps:
        rules["draft_uncapped"] = _raised(q.draft, caps)
    readings: list[dict[str, Any]] = []
    for ambiguity in q.draft.ambiguities:
        priced = any(reading.amount is not None for reading in ambiguity.readings)
        for reading in ambiguity.readings if priced else ():
            name = f"{ambiguity.id}:{reading.id}"
            readings.append(
                {
                    "name": name, "ambiguity": ambiguity.id, "reading": reading.id,
                    "question": ambiguity.question.to_dict(), "title": reading.title.to_dict(),
                    "used": reading.id == (ambiguity.chosen or ambiguity.shown),
                }
            )  # fmt: skip
            for which, rule in (("draft", q.draft), ("law", q.law)):
                if rule is not None:
                    rules[f"{which} {name}"] = read_as(rule, ambiguity.id, reading.id)
    return rules, readings, caps


def read_as(rule: Measure, ambiguity: str, reading: str) -> Measure:
    """The rule under one reading of one open question; the other questions keep the measure's own amount."""
    changed = tuple(
        replace(a, shown=reading if a.id == ambiguity else None, chosen=None, by=None) for a in rule.ambiguities
    )
    return replace(rule, ambiguities=changed)


def _raised(rule: Measure, caps: Sequence[str]) -> Measure:
    raised = tuple(Parameter(p.id, ((dt.date.min, UNCAPPED),)) if p.id in caps else p for p in rule.parameters)
    return replace(rule, parameters=raised)


def _split(
    q: Question, draft: Measure, scope: Sequence[Subject], fact: str | None, listed: tuple[str, str] | None
) -> dict[str, Decimal]:
    """What each subject, or each of its records, would bring in two halves, where all parts have a known amount."""
    if fact is not None:
        parts = checks.halves(scope, fact)
    elif listed is not None:
        parts = checks.halved_records(scope, *listed)
    else:
        return {}
    given, _ = outcomes({"draft": draft}, parts, q.catalogue, q.on, q.granted)
    split = given.get("draft", {})
    if q.meeting is not None:
        split, _ = q.meeting.apply(draft, split, parts, q.on)
    sums: dict[str, Decimal] = {}
    for part in parts:
        outcome = split.get(part.key)
        key = part.key.rsplit("#", 1)[0]
        if outcome is not None and outcome.amount is not None:
            sums[key] = sums.get(key, ZERO) + outcome.amount
    return sums


def _rows(
    q: Question,
    subjects: Sequence[Subject],
    given: Mapping[str, Mapping[str, Outcome]],
    split: Mapping[str, Decimal],
    fact: str | None,
    listed: tuple[str, str] | None,
) -> list[list[object]]:
    """Rows of the table ``lab``; who does not qualify gets 0.00, which is a known result; unknown stays empty."""
    nothing = Outcome("no", None, None)
    rows: list[list[object]] = []
    for s in subjects:
        draft = given["draft"][s.key]
        law = given["law"].get(s.key, nothing) if "law" in given else nothing
        uncapped = given.get("draft_uncapped", {}).get(s.key, draft)
        rows.append(
            [
                s.key, s.organisation, s.name, s.county, s.industry, s.size, s.day,
                s.day.year if s.day else None, s.day.month if s.day else None, _in_scope(q, s),
                _base(s, fact, listed),
                law.status, _paid(law), law.amount_if, draft.status, _paid(draft), draft.amount_if,
                uncapped.amount_if, split.get(s.key),
            ]
        )  # fmt: skip
    return rows


def _base(subject: Subject, fact: str | None, listed: tuple[str, str] | None) -> object:
    """The amount that the rule computes from; of records their sum, unknown where one is."""
    if fact is not None:
        return subject.facts.get(fact)
    records = subject.facts.get(listed[0]) if listed is not None else None
    if listed is None or not isinstance(records, tuple):
        return None
    values = [record.get(listed[1]) for record in records]
    return sum((v for v in values if isinstance(v, Decimal)), ZERO) if None not in values else None


def _paid(outcome: Outcome) -> Decimal | None:
    return {"yes": outcome.amount, "no": ZERO}.get(outcome.status)


def _curve(
    q: Question, draft: Measure, subjects: Sequence[Subject], scope: Sequence[Subject], tick: curves.Tick
) -> dict[str, Any] | None:
    """The cost over the values of one parameter. ``tick`` hears of every value where each takes its time."""
    if q.parameter is None:
        return None
    around = [
        v for rule in (draft, q.law) if rule and (p := rule.parameter(q.parameter)) and (v := p.on(q.on)) is not None
    ]
    if not around:
        return None
    values = curves.grid(around)
    hang_together = q.meeting is not None or counts_grants(compile_measure(draft, q.catalogue), q.granted)
    try:
        if hang_together:
            return curves.together(
                draft, q.catalogue, q.on, subjects, lambda s: _in_scope(q, s), q.parameter, values, q.granted,
                q.meeting, tick,
            )  # fmt: skip
        return curves.alone(draft, q.catalogue, q.on, scope, q.parameter, values)
    except (PopulationError, MeasureError):
        return None  # twice the value no longer fits the digits of the formula: no curve rather than half of one


def _count_capped(curve: dict[str, Any], scope: Sequence[Subject], given: Mapping[str, Mapping[str, Outcome]]) -> None:
    """Notes at every point of a cap's curve from how many organisations the cap takes something."""
    highest: dict[str, Decimal] = {}  # of each organisation: the cap takes something where it is above the cap
    for s in scope:
        outcome = given["draft_uncapped"].get(s.key)
        if outcome is not None and outcome.amount_if is not None and given["draft"][s.key].status == "yes":
            highest[s.organisation] = max(highest.get(s.organisation, outcome.amount_if), outcome.amount_if)
    ordered = sorted(highest.values())
    for point in curve["points"]:
        point["capped_firms"] = len(ordered) - bisect_right(ordered, Decimal(point["value"]))


def _behind_readings(
    scope: Sequence[Subject], given: Mapping[str, Mapping[str, Outcome]], readings: Sequence[dict[str, Any]]
) -> dict[str, dict[str, int]]:
    """By name of a reading the fewest organisations behind its sums: paid by it, or paid otherwise by law, draft or
    another reading."""
    sums = {
        (which, r["name"]): _by_organisation(scope, given.get(f"{which} {r['name']}", {}))
        for r in readings for which in ("law", "draft")
    }  # fmt: skip
    found: dict[str, dict[str, int]] = {}
    for name in (r["name"] for r in readings):
        compared = f"law {name}" in given
        changed = contributors.differing(sums["law", name], sums["draft", name]) if compared else 0
        found[name] = {
            f"{which}_firms": contributors.least(
                len(sums[which, name]), changed,
                *(contributors.differing(sums[which, name], sums[which, r["name"]])
                  for r in readings if r["name"] != name),
            )
            for which in ("law", "draft")
        }  # fmt: skip
    return found


def _by_organisation(scope: Sequence[Subject], outcomes_: Mapping[str, Outcome]) -> dict[str, Decimal]:
    """What each organisation gets, where it gets something."""
    found: dict[str, Decimal] = {}
    for s in scope:
        outcome = outcomes_.get(s.key)
        if outcome is not None and outcome.amount:
            found[s.organisation] = found.get(s.organisation, ZERO) + outcome.amount
    return found


def _budget(
    q: Question, scope: Sequence[Subject], given: Mapping[str, Mapping[str, Outcome]]
) -> dict[str, dict[str, str | None]] | None:
    if q.budget is None:
        return None
    return {
        which: checks.run_out(scope, given[which], q.budget, q.budget_rule, q.take_up)
        for which in ("law", "draft") if which in given
    }  # fmt: skip


def _reading(
    q: Question,
    scope: Sequence[Subject],
    given: Mapping[str, Mapping[str, Outcome]],
    rules: Mapping[str, Measure],
    reading: dict[str, Any],
) -> dict[str, Any]:
    """The sums of one reading, the subjects it leaves open, and when the budget ends under it."""
    keys = {s.key for s in scope}
    found = dict(reading)
    for which in ("law", "draft"):
        name = f"{which} {reading['name']}"
        if name not in given:
            continue
        inside = {key: outcome for key, outcome in given[name].items() if key in keys}
        found[which] = f"{sum((o.amount for o in inside.values() if o.amount is not None), ZERO):.2f}"
        found[f"{which}_unknown"] = sum(o.status == "unknown" for o in inside.values())
        program = compile_measure(replace(rules[name], id=name), q.catalogue)
        asked = [f for f in (program.amount.facts if program.amount else ()) if f not in q.granted]
        found[f"{which}_lacks"] = [f for f in asked if scope and all(s.facts.get(f) is None for s in scope)]
        if q.budget is not None:
            found[f"{which}_budget"] = checks.run_out(scope, inside, q.budget, q.budget_rule, q.take_up)
    return found
