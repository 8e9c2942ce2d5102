"""Explain one measure for one subject: amount, steps, conditions, what is missing and the nearest change.

This is the one computation: a calculator, an interface and a nightly run all call ``explain``; a back end that
computes populations is held equal to it by test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from kechuang.expressions.evaluate import Fact, Records, Trace, Unknown
from kechuang.expressions.nodes import Name
from kechuang.measures.explanation import (
    Answer,
    Assumption,
    ConditionResult,
    Explanation,
    FactShown,
    Gap,
    Missing,
    PricedReading,
    Status,
)
from kechuang.measures.facts import fact_type
from kechuang.measures.model import Catalogue, FactType, Measure, Text
from kechuang.measures.nearest import Change, nearest
from kechuang.measures.program import CompiledCondition, Program, compile_measure
from kechuang.measures.sentences import answer, gap_sentence, not_in_force
from kechuang.measures.steps import Step, build
from kechuang.measures.words import serialise, show_fact, show_records

_MEMO_LIMIT = 20_000
_EXPECTED: dict[str, type] = {
    "money": Decimal, "rate": Decimal, "count": Decimal, "date": dt.date, "enum": str, "text": str, "boolean": bool,
    "relation": tuple,
}  # fmt: skip
_new = tuple.__new__  # skips the named tuple's own constructor


def explain(measure: Measure, facts: Mapping[str, Fact | None], on: dt.date, catalogue: Catalogue) -> Explanation:
    """The result of ``measure`` on the day ``on``.

    ``facts`` are typed values as ``parse_facts`` gives them; what is absent or None is unknown. Names that the measure
    does not use are ignored. Raises ``MeasureError`` when the measure itself is faulty and ``TypeError`` when a value
    has the wrong type (a float, for instance).
    """
    program = compile_measure(measure, catalogue)
    inputs = _checked(program.facts, facts, catalogue)
    day = program.day(on)
    parameters = day.parameters
    if parameters is None:
        return Explanation(
            measure.id, measure.title, on, "not_in_force", "unknown", None, None, not_in_force(measure, on), (), (), (),
            (), (), (), measure.delegated_to, inputs, {}, program,
        )  # fmt: skip
    environment = {**day.environment, **inputs}
    conditions, gaps, unknown, assumptions = _conditions(program, environment)
    applies: Answer = "no" if gaps else "unknown" if unknown else "yes"
    trace: Trace = []
    amount_if: Decimal | None = None
    steps: tuple[Step, ...] = ()
    if program.amount is not None:
        value = program.amount.run(environment, trace)
        if not (gaps and isinstance(value, Unknown)):
            steps = build(program, program.amount, trace, environment, day)
        if isinstance(value, Unknown):
            unknown |= value.facts
        else:
            assert isinstance(value, Decimal)
            amount_if = value
    status = _status(measure, applies, bool(unknown))
    missing = _missing(program, unknown) if unknown and status != "no" else ()
    readings = _readings(program, environment) if program.readings else ()
    amount = amount_if if status == "yes" else None
    undecided = sum(a.decided_by is None for a in assumptions) if assumptions else 0
    undated = tuple(program.speaker.say(Name(p)) for p in sorted(unknown - set(program.facts))) if unknown else ()
    sentence = answer(
        measure, status, amount_if, steps=steps, missing=missing, gaps=gaps, undecided=undecided, undated=undated,
        applies=applies if conditions else None,
    )  # fmt: skip
    fields = (
        measure.id, measure.title, on, status, applies, amount, amount_if, sentence, steps, conditions, missing,
        assumptions, readings, gaps, measure.delegated_to, inputs, parameters, program,
    )  # fmt: skip
    return _new(Explanation, fields)


def _checked(names: tuple[str, ...], facts: Mapping[str, Fact | None], catalogue: Catalogue) -> dict[str, Fact]:
    """The known facts among ``names``, their types checked."""
    inputs: dict[str, Fact] = {}
    for name in names:
        value = facts.get(name)
        if value is None:
            continue
        expected = _EXPECTED[catalogue[name].type]
        if type(value) is not expected:
            if expected is Decimal and type(value) is int:
                value = Decimal(value)
            else:
                kind = catalogue[name].type
                raise TypeError(f"fact {name} is {kind}, not {type(value).__name__}: use parse_facts for raw values")
        if expected is tuple:
            value = _records(catalogue[name], value, catalogue)
        inputs[name] = value
    return inputs


def _records(fact: FactType, value: object, catalogue: Catalogue) -> Records:
    """The records of a relation, their types checked too."""
    assert isinstance(value, tuple)
    if len(value) > fact_type(fact).limit:
        raise TypeError(f"fact {fact.id} has {len(value)} records, at most {fact_type(fact).limit} are declared")
    return tuple(_checked(fact.elements, record, catalogue) for record in value)  # type: ignore[misc]


def _status(measure: Measure, applies: Answer, unknown: bool) -> Status:
    if applies == "no":
        return "no"
    if measure.amount_is == "delegated":
        return "delegated"
    if measure.amount_is == "unstated" and measure.kind == "money":
        return "unstated"
    return "unknown" if unknown else "yes"


_Conditions = tuple[tuple[ConditionResult, ...], tuple[Gap, ...], frozenset[str], tuple[Assumption, ...]]


def _conditions(program: Program, environment: dict[str, Fact | None]) -> _Conditions:
    """Results in the order written, the gaps of failed ones, the unknown facts that matter, and the assumptions."""
    if not program.small:
        return _each_condition(program, environment)
    # Few values, few outcomes: the same records are used again.
    memo, key = program.memo, (0, *map(environment.get, program.asked))
    found: _Conditions | None = memo.get(key)
    if found is None:
        found = _each_condition(program, environment)
        if len(memo) < _MEMO_LIMIT:
            memo[key] = found
    return found


def _each_condition(program: Program, environment: dict[str, Fact | None]) -> _Conditions:
    results: list[ConditionResult] = []
    all_gaps: list[Gap] = []
    unknown: frozenset[str] = frozenset()
    memo = program.memo
    for i, compiled in enumerate(program.conditions, 1):
        key: tuple[object, ...] | None = None
        if compiled.small:
            key = (i, *map(environment.get, compiled.formula.facts))
        kept = memo.get(key) if key else None
        if kept is None:
            kept = _condition(program, compiled, i, environment)
            if key and len(memo) < _MEMO_LIMIT:
                memo[key] = kept
        result, open_facts = kept
        results.append(result)
        unknown |= open_facts
        all_gaps.extend(result.gap)
    return tuple(results), tuple(all_gaps), unknown, _assumptions(results)


def _condition(
    program: Program, compiled: CompiledCondition, n: int, environment: dict[str, Fact | None]
) -> tuple[ConditionResult, frozenset[str]]:
    """One condition and the unknown facts that matter to it."""
    value = compiled.formula.run(environment, None)
    gaps: tuple[Gap, ...] = ()
    result: Answer = "unknown"
    if not isinstance(value, Unknown):
        result = "yes" if value else "no"
        if not value:
            gaps = _gaps(program, compiled, n, environment)
    c = compiled.condition
    shown = tuple(_shown(program, f, environment.get(f)) for f in compiled.formula.facts)
    source = c.source or (program.measure.source if c.origin == "text" else None)
    done = ConditionResult(n, c.title, c.test, result, c.origin, c.decided_by, source, shown, gaps)
    return done, value.facts if isinstance(value, Unknown) else frozenset()


def _assumptions(conditions: Sequence[ConditionResult]) -> tuple[Assumption, ...]:
    found: tuple[Assumption, ...] = ()
    for c in conditions:
        if c.origin == "assumption":
            found = (*found, Assumption(c.title, c.test, c.decided_by, c.result))
    return found


def _shown(program: Program, fact: str, value: Fact | None) -> FactShown:
    type_ = program.catalogue[fact]
    if isinstance(value, tuple):
        return FactShown(fact, Text(fact, type_.en), value, show_records(value, type_, program.catalogue))
    return FactShown(fact, Text(fact, type_.en), value, show_fact(value, type_))


def _gaps(
    program: Program, compiled: CompiledCondition, n: int, environment: dict[str, Fact | None]
) -> tuple[Gap, ...]:
    known = {k: v for k, v in environment.items() if v is not None}
    changes = nearest(compiled.formula.tree, known, program.catalogue)
    if not changes:
        return (Gap(n, None, None, None, None, None, gap_sentence(None, compiled.condition.title, program.catalogue)),)
    return tuple(_gap(program, change, compiled, n) for change in changes)


def _gap(program: Program, change: Change, compiled: CompiledCondition, n: int) -> Gap:
    fact = program.catalogue[change.fact]
    need = list(change.need) if isinstance(change.need, tuple) else serialise(change.need)
    short = change.short
    return Gap(
        n,
        change.fact,
        serialise(change.have),
        need,
        None if short is None else f"{short:f}",
        "天" if fact.type == "date" else "元" if fact.type == "money" else fact.unit,
        gap_sentence(change, compiled.condition.title, program.catalogue),
    )


def _missing(program: Program, unknown: frozenset[str]) -> tuple[Missing, ...]:
    """What to ask for, the cheapest first; facts of equal cost in the order the measure uses them."""
    found = []
    for name in program.facts:
        if name in unknown:
            fact = program.catalogue[name]
            found.append(Missing(name, Text(name, fact.en), fact.ask, fact.cost))
    return tuple(sorted(found, key=lambda m: m.cost))


def _readings(program: Program, environment: dict[str, Fact | None]) -> tuple[PricedReading, ...]:
    """Every reading of every open question, priced side by side."""
    priced: list[PricedReading] = []
    for compiled in program.readings:
        ambiguity, reading = compiled.ambiguity, compiled.reading
        amount: Decimal | None = None
        needs: tuple[str, ...] = ()
        if compiled.formula is not None:
            value = compiled.formula.run(environment, None)
            if isinstance(value, Unknown):
                needs = tuple(f for f in compiled.formula.facts if f in value.facts)
            else:
                assert isinstance(value, Decimal)
                amount = value
        priced.append(
            PricedReading(
                ambiguity.id,
                ambiguity.question,
                reading.id,
                reading.title,
                reading.note,
                amount,
                ambiguity.shown == reading.id,
                ambiguity.chosen == reading.id,
                needs,
            )
        )
    return tuple(priced)
