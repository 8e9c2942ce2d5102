"""Which outcomes of a measure its worked cases reach, and which none of them does.

A branch is a place where the rule goes one way or another: a condition met or not, a case of ``if``, a row of tiers or
below all of them, a cap or floor that bites or does not. A rule with a branch that no case covers is a rule with an
untested sentence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import Fact, Unknown, Value, evaluate
from kechuang.measures.facts import TODAY, Facts, bounds
from kechuang.measures.program import Program, parameters_on


@dataclass(frozen=True, slots=True)
class Branch:
    """One way a rule can go: the field (``applies[1]``, ``amount``), where in it (from 1), and what happens there."""

    where: str
    line: int
    column: int
    zh: str
    en: str


def uncovered(
    program: Program, cases: Iterable[tuple[Facts, dt.date]], priced: Iterable[tuple[Facts, dt.date]] = ()
) -> list[Branch]:
    """The branches of the conditions and of the amount in use that no case reaches, in order of the text.

    A case that meets all conditions also covers the amount; one that fails some covers these conditions only, unless it
    states what the amount would be (``amount_if``) and so is in ``priced``: a tier below the least that a condition asks
    for is reached in no other way. What no
    facts can reach is no branch: a test that lists every value its fact may have cannot fail.
    """
    seen: set[Branch] = set()
    for facts, on in cases:
        seen.update(_reached(program, facts, on))
    for facts, on in priced:
        seen.update(_reached(program, facts, on, priced=True))
    return [branch for branch in _all(program) if branch not in seen]


def _condition(index: int, program: Program, met: bool) -> Branch:
    at = program.conditions[index].formula.tree.at
    title = program.conditions[index].condition.title
    zh, en = ("成立", "met") if met else ("不成立", "not met")
    return Branch(f"applies[{index}]", at.line, at.column, f"条件“{title.zh}”{zh}", f'condition "{title.en}" {en}')


def _all(program: Program) -> Iterator[Branch]:
    for i in range(len(program.conditions)):
        ways = (True,) if _always(program.conditions[i].formula.tree, program) else (True, False)
        yield from (_condition(i, program, met) for met in ways)
    if program.amount is not None:
        for node in n.walk(program.amount.tree):
            possible = _ways(node)
            yield from possible[1:] if _never_below(node, program) else possible


def _never_below(node: n.Node, program: Program) -> bool:
    """Whether no value of the fact lies below the first row of a table: ``marginal(交易额, (0, rate), …)``."""
    if not isinstance(node, n.Tiers | n.Marginal) or not isinstance(node.operand, n.Name):
        return False
    first, fact = node.rows[0], program.catalogue.facts.get(node.operand.id)
    if fact is None or first.strict or not isinstance(first.bound, n.Literal):
        return False
    return isinstance(first.bound.value, Decimal) and bounds(fact)[0] >= first.bound.value


def _always(tree: n.Node, program: Program) -> bool:
    """Whether a test cannot fail: its fact is one of a list, and every value of the list will do."""
    if not isinstance(tree, n.In) or not isinstance(tree.operand, n.Name) or tree.operand.id not in program.catalogue:
        return False
    values = {value.value for value in program.catalogue[tree.operand.id].values}
    return bool(values) and values <= {option.value for option in tree.options}


def _ways(node: n.Node) -> list[Branch]:
    """All branches of one node: for tiers the first is *below all rows*; for the others see ``_way``."""

    def branch(zh: str, en: str) -> Branch:
        return Branch("amount", node.at.line, node.at.column, zh, en)

    match node:
        case n.Choose():
            return [branch("if 的条件不成立", "the test of if fails"), branch("if 的条件成立", "the test of if holds")]
        case n.Tiers(rows=rows) | n.Marginal(rows=rows):
            lowest = [branch("没有达到第 1 档", "below row 1")]
            return lowest + [branch(f"落在第 {i + 1} 档", f"in row {i + 1}") for i in range(len(rows))]
        case n.Minimum(parts=parts) | n.Maximum(parts=parts) if 0 < _open(parts) < len(parts):
            zh, en = ("上限", "the cap") if isinstance(node, n.Minimum) else ("下限", "the floor")
            return [branch(f"{zh}不起作用", f"{en} does not bite"), branch(f"{zh}起作用", f"{en} bites")]
    return []


def _open(parts: tuple[n.Node, ...]) -> int:
    """How many parts depend on facts."""
    return sum(map(n.depends, parts))


def _reached(program: Program, facts: Facts, on: dt.date, *, priced: bool = False) -> Iterator[Branch]:
    measure = program.measure
    parameters = parameters_on(measure, on)
    ended = measure.effective_to is not None and on > measure.effective_to
    if parameters is None or ended or on < measure.effective_from:
        return
    environment: dict[str, Fact | None] = {**facts, **parameters, TODAY: on}
    results = [evaluate(c.formula.tree, environment) for c in program.conditions]
    for i, result in enumerate(results):
        if isinstance(result, bool):
            yield _condition(i, program, result)
    if program.amount is not None and (priced or all(result is True for result in results)):
        yield from _taken(program.amount.tree, environment)


def _taken(node: n.Node, environment: dict[str, Fact | None]) -> Iterator[Branch]:
    """The branches that this case takes; what lies in a branch not taken is not looked at."""
    if isinstance(node, n.Aggregate):
        records = environment.get(node.relation.id)
        if isinstance(records, tuple) and node.body is not None:
            for record in records:  # each goes its own way; together they may cover what none of them does alone
                inside = {**environment, **{e: record.get(e) for e in node.elements}}
                yield from _taken(node.body, inside)
        return
    way, below = _way(node, environment)
    if way is not None:
        yield _ways(node)[way]
    for part in below:
        yield from _taken(part, environment)


def _way(node: n.Node, environment: dict[str, Fact | None]) -> tuple[int | None, tuple[n.Node, ...]]:
    """The index of the branch taken (None: no branches, or unknown) and the parts that were looked at."""
    match node:
        case n.Choose(condition=test, then=a, otherwise=b):
            result = evaluate(test, environment)
            if not isinstance(result, bool):
                return None, (test,)
            return int(result), (test, a if result else b)
        case n.Tiers(operand=x, rows=rows) | n.Marginal(operand=x, rows=rows):
            value = evaluate(x, environment)
            if isinstance(value, Unknown):
                return None, (x,)
            reached = sum(_above(value, evaluate(row.bound, environment), row.strict) for row in rows)
            inside = rows[reached - 1].value if reached and isinstance(node, n.Tiers) else None
            return reached, (x,) if inside is None else (x, inside)
        case n.Minimum(parts=parts) | n.Maximum(parts=parts) if _ways(node):
            whole = evaluate(node, environment)
            base = next(p for p in parts if n.depends(p))
            own = evaluate(base, environment)
            known = not isinstance(whole, Unknown) and not isinstance(own, Unknown)
            return (int(own != whole) if known else None), parts
    return None, n.children(node)


def _above(value: Value, bound: Value, strict: bool) -> bool:
    if not isinstance(value, Decimal) or not isinstance(bound, Decimal):
        return False
    return value > bound or (value == bound and not strict)
