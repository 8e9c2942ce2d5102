"""Checks that the conditions and amounts of measures compile against the facts, and computes their worked cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kechuang.citypack.compile import Rules, rules
from kechuang.citypack.locating import Locator
from kechuang.citypack.models import Expectation, Measure, Pack
from kechuang.citypack.problems import Problem, Words
from kechuang.measures import Explanation, MeasureError, catalogue_problems, check_measure, explain, parse_facts

_SEE = Words("写法见 docs/expressions.md", "see docs/expressions.md")


def rule_problems(pack: Pack, locator: Locator) -> Iterator[Problem]:
    """All faults of facts, expressions and cases. The catalogue is whole when this runs: ids are unique."""
    compiled = rules(pack)
    places = {fact.id: index for index, fact in enumerate(pack.facts)}
    for fault in catalogue_problems(compiled.catalogue):
        index = places[fault.fact]
        yield locator.problem("fact", "facts", index, ("id",), fault.fact, Words(fault.zh, fault.en), _SEE)
    for index, record in enumerate(pack.measures):
        faults = list(_expressions(record, index, compiled, locator))
        yield from faults
        if not faults:
            yield from _cases(record, index, compiled, locator)


def _expressions(record: Measure, index: int, compiled: Rules, locator: Locator) -> Iterator[Problem]:
    for fault in check_measure(compiled.measures[record.id], compiled.catalogue):
        path = _path(fault.where)
        if fault.line is None and path[0] not in ("parameters", "ambiguities"):
            continue  # what does not hold together in the record itself is reported by ``structure``, with its mend
        if path[-1] in ("shown", "chosen"):
            continue  # reported by ``references``
        what = Words(fault.zh, fault.en)
        if fault.line is not None:
            zh, en = f"第 {fault.column} 个字：{fault.zh}", f"at character {fault.column}: {fault.en}"
            what = Words(zh, en)
        yield locator.problem("expression", "measures", index, path, f"{record.id}.{fault.where}", what, _SEE)


def _cases(record: Measure, index: int, compiled: Rules, locator: Locator) -> Iterator[Problem]:
    """Every worked case that does not come out as written."""
    rule = compiled.measures[record.id]
    for n, case in enumerate(record.cases):
        title = f"{record.id}.cases[{n}]"
        facts, errors = parse_facts(case.facts, compiled.catalogue)
        for error in errors:
            path: tuple[str | int, ...] = ("cases", n, "facts", error.fact)
            mend = Words("改正算例里的事实", "correct the fact in the case")
            yield locator.problem("case", "measures", index, path, title, Words(error.zh, error.en), mend)
        if errors:
            continue
        try:
            result = explain(rule, facts, case.on, compiled.catalogue)
        except MeasureError as error:
            what = Words(f"算不出来：{error}", f"cannot be computed: {error}")
            yield locator.problem("case", "measures", index, ("cases", n), title, what, _SEE)
            continue
        for name, expected, found in _compare(case.expect, result):
            zh, en = case.title.zh, case.title.en
            what = Words(
                f"算例“{zh}”：{name} 应为 {expected}，算得 {found}（{result.sentence.zh}）",
                f'case "{en}": {name} should be {expected}, it is {found} ({result.sentence.en})',
            )
            mend = Words("核对规则和算例，哪个错改哪个", "compare rule and case, and correct the one that is wrong")
            yield locator.problem("case", "measures", index, ("cases", n, "expect", name), title, what, mend)


def _compare(expect: Expectation, result: Explanation) -> Iterator[tuple[str, str, str]]:
    """``(field, expected, found)`` of everything that differs; what the case leaves out is not compared."""
    bit = any(step.bit for step in result.steps)
    found: dict[str, Any] = {
        "status": result.status,
        "amount": result.amount,
        "amount_if": result.amount_if,
        "bit": bit,
        "missing": sorted(missing.fact for missing in result.missing),
    }
    for name, value in found.items():
        wanted = getattr(expect, name)
        if name == "missing" and wanted is not None:
            wanted = sorted(wanted)
        if wanted is not None and wanted != value:
            yield name, _shown(wanted), _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "∅"
    return "、".join(value) or "∅" if isinstance(value, list) else str(value)


def _path(where: str) -> tuple[str | int, ...]:
    """``ambiguities[0].readings[1].amount`` as a path of keys and indices."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", where))
