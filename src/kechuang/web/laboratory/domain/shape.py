"""What a rule is made of: the facts it uses, its caps, the one amount it computes from. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kechuang.expressions import nodes as n
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import Program, compile_measure


def used_facts(program: Program) -> tuple[str, ...]:
    """Facts of the conditions and of the amount in use."""
    formulas = [c.formula for c in program.conditions] + ([program.amount] if program.amount else [])
    return tuple(dict.fromkeys(name for formula in formulas for name in formula.facts))


def counts_grants(program: Program, granted: Mapping[str, str]) -> bool:
    """Whether a rule asks what was granted before: then its amounts hang together."""
    return any(name in granted for name in used_facts(program))


def main_fact(rules: Sequence[Measure], catalogue: Catalogue, granted: Mapping[str, str]) -> str | None:
    """The one amount that all rules compute from, if there is just one: a contract's value, an investment.

    None too where records are added up: half of another amount with all of the records says nothing.
    """
    found: set[str] = set()
    for rule in rules:
        program = compile_measure(rule, catalogue)
        if program.amount is not None:
            if any(catalogue[f].type == "relation" for f in program.amount.facts):
                return None
            found |= {f for f in program.amount.facts if catalogue[f].type == "money" and f not in granted}
    return found.pop() if len(found) == 1 else None


def listed_amount(rules: Sequence[Measure], catalogue: Catalogue) -> tuple[str, str] | None:
    """The relation whose records all amounts add up, and the one amount of a record that they look at, if there is just
    one: the contracts of a year, and the value of a contract."""
    found: set[tuple[str, str]] = set()
    for rule in rules:
        program = compile_measure(rule, catalogue)
        for node in n.walk(program.amount.tree) if program.amount is not None else ():
            if isinstance(node, n.Aggregate) and node.body is not None:
                amounts = [e for e in n.names(node.body, "element") if catalogue[e].type == "money"]
                found |= {(node.relation.id, e) for e in amounts}
    return found.pop() if len(found) == 1 else None


def caps_of(measure: Measure, catalogue: Catalogue) -> list[str]:
    """Parameters that stand alone in the amount's outermost ``min``: its caps."""
    program = compile_measure(measure, catalogue)
    tree = program.amount.tree if program.amount else None
    parts = tree.parts if isinstance(tree, n.Minimum) else ()
    return [p.id for p in parts if isinstance(p, n.Name) and p.origin == "parameter"]
