"""How the cost moves with one parameter: exact at every point, alone and after the rules on measures that meet.

Alone, a cap (``min(…, cap)``) needs one pass over the amounts without it, any other parameter is tried as scenarios of
one scan. Where amounts hang together (rules between measures, or a cap that counts what was granted before) sums of
single amounts would be wrong: every value is then computed for all subjects and the rules are applied to each.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb

from kechuang.measures.backends.cleaning import PopulationError
from kechuang.measures.backends.population import Scenario, bind
from kechuang.measures.backends.whatif import cap_costs
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import compile_measure
from kechuang.web.laboratory.domain.meeting import Meeting
from kechuang.web.laboratory.domain.shape import counts_grants, used_facts
from kechuang.web.laboratory.domain.subject import Outcome, Subject
from kechuang.web.laboratory.domain.table import ZERO, load, outcomes, read_outcomes

STEPS = 40
Tick = Callable[[int, int], None]


def alone(
    draft: Measure,
    catalogue: Catalogue,
    on: dt.date,
    subjects: Sequence[Subject],
    parameter: str,
    values: Sequence[Decimal],
) -> dict[str, Any]:
    """The cost at every value, no other measure considered. ``points`` are texts; ``capped`` is given for a cap only."""
    program = compile_measure(draft, catalogue)
    con = duckdb.connect()
    relations = load(con, "subjects", subjects, list(used_facts(program)), catalogue)
    try:
        found = cap_costs(
            draft, catalogue, on, "subjects", values, parameter=parameter, relations=relations, connection=con
        )
        points = [
            {"value": f"{c.cap:f}", "amount": f"{c.amount:.2f}", "granted": str(c.granted), "capped": str(c.capped)}
            for c in found
        ]
        return {"parameter": parameter, "method": "prefix_sums", "points": points}
    except PopulationError:
        pass
    scenarios = [Scenario(f"{v:f}", {draft.id: {parameter: v}}) for v in values]
    bound = bind([draft], catalogue, on, "subjects", scenarios=scenarios, relations=relations, connection=con)
    points = [{"value": t.scenario, "amount": f"{t.amount:.2f}", "granted": str(t.yes)} for t in bound.totals()]
    return {"parameter": parameter, "method": "scenarios", "points": points}


def together(
    draft: Measure,
    catalogue: Catalogue,
    on: dt.date,
    subjects: Sequence[Subject],
    inside: Callable[[Subject], bool],
    parameter: str,
    values: Sequence[Decimal],
    granted: Mapping[str, str],
    meeting: Meeting | None,
    tick: Tick = lambda done, total: None,
) -> dict[str, Any]:
    """The cost at every value after the rules on measures that meet (``amount``) and before them (``alone``).

    ``subjects`` are all of them, since a rule may look at other years; only those ``inside`` are added up.
    """
    keys = {s.key for s in subjects if inside(s)}
    points = []
    for i, (value, rule, given) in enumerate(_each(draft, catalogue, on, subjects, parameter, values, granted)):
        tick(i, len(values))
        point = {"value": f"{value:f}", "granted": str(sum(given[k].status == "yes" for k in keys if k in given))}
        left = given
        if meeting is not None:
            left, _ = meeting.apply(rule, given, subjects, on)
            point["alone"] = f"{_sum(given, keys):.2f}"
        points.append({**point, "amount": f"{_sum(left, keys):.2f}"})
    return {"parameter": parameter, "method": "each", "points": points}


def _sum(given: Mapping[str, Outcome], keys: set[str]) -> Decimal:
    return sum((o.amount for key, o in given.items() if key in keys and o.amount is not None), ZERO)


def _each(
    draft: Measure,
    catalogue: Catalogue,
    on: dt.date,
    subjects: Sequence[Subject],
    parameter: str,
    values: Sequence[Decimal],
    granted: Mapping[str, str],
) -> Iterator[tuple[Decimal, Measure, dict[str, Outcome]]]:
    """Every value with the rule that has it and what that rule gives each subject."""
    program = compile_measure(draft, catalogue)
    if counts_grants(program, granted):
        for value in values:
            rule = with_value(draft, parameter, value)
            yield value, rule, outcomes({"draft": rule}, subjects, catalogue, on, granted)[0]["draft"]
        return
    con = duckdb.connect()
    relations = load(con, "subjects", subjects, list(used_facts(program)), catalogue)
    scenarios = [Scenario(f"{v:f}", {draft.id: {parameter: v}}) for v in values]
    bound = bind([draft], catalogue, on, "subjects", scenarios=scenarios, relations=relations, connection=con)
    for n, value in enumerate(values):
        given = read_outcomes(bound, subjects, on, catalogue, f"WHERE n = {n}", {parameter: value})
        yield value, with_value(draft, parameter, value), given[draft.id]


def with_value(rule: Measure, parameter: str, value: Decimal) -> Measure:
    """The rule with one parameter at one value on every day."""
    changed = tuple(replace(p, values=((dt.date.min, value),)) if p.id == parameter else p for p in rule.parameters)
    return replace(rule, parameters=changed)


def grid(around: Sequence[Decimal]) -> list[Decimal]:
    """Evenly spaced values from 0 to twice the largest, and the values themselves."""
    top = max(around) * 2 or Decimal(1)
    whole = all(v == v.to_integral_value() for v in around) and top >= 2 * STEPS
    digits = Decimal("1") if whole else Decimal(1).scaleb(min(int(top.normalize().as_tuple().exponent), 0) - 2)
    return sorted({*around, *((top * i / STEPS).quantize(digits) for i in range(STEPS + 1))})
