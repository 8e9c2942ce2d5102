"""The one computation: a calculator page, an API answer and a nightly row all come from ``explain_measure``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from kechuang import measures
from kechuang.measures.facts import FactError, parse_facts
from kechuang.measures.program import Program, compile_measure
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.releases import LoadedRelease


def explain_measure(release: LoadedRelease, measure_id: str, facts: Mapping[str, Any], on: dt.date) -> Any:
    """Explain one measure of a release for typed facts on a day. Raises ``UserError`` (404) for an unknown id."""
    queries.measure(release, measure_id)
    return measures.explain(release.measures[measure_id], facts, on, release.catalogue)


def typed_facts(release: LoadedRelease, raw: Mapping[str, object]) -> tuple[dict[str, Any], list[FactError]]:
    """Facts of a form, an address or JSON as the engine wants them, and the faults found."""
    return parse_facts(raw, release.catalogue)


def _program(release: LoadedRelease, measure_id: str) -> Program:
    return compile_measure(release.measures[measure_id], release.catalogue)


def _deciding(program: Program) -> list[str]:
    """Facts of the amount, then of the conditions."""
    names: list[str] = list(program.amount.facts) if program.amount else []
    for condition in program.conditions:
        names += condition.formula.facts
    return names


def measure_facts(release: LoadedRelease, measure_id: str) -> list[str]:
    """The facts a measure needs: those of the amount first, then of the conditions, then of the other readings."""
    program = _program(release, measure_id)
    return list(dict.fromkeys([*_deciding(program), *program.facts]))


def reading_facts(release: LoadedRelease, measure_id: str) -> list[str]:
    """The facts that only price other readings; the result shown does not depend on them."""
    program = _program(release, measure_id)
    deciding = set(_deciding(program))
    return [name for name in program.facts if name not in deciding]


def refuse(errors: list[FactError]) -> None:
    """Raise one ``UserError`` for all faulty facts; does nothing when there are none."""
    if errors:
        raise UserError(
            "；".join(error.zh for error in errors),
            "; ".join(error.en for error in errors),
            field=errors[0].fact,
            code="bad_facts",
        )
