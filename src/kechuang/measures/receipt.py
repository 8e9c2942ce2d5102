"""Receipts: what exactly was computed, so that it can be computed again years later and compared.

Each part has its own SHA-256 over canonical JSON: the official sentences that the measure and its conditions rest on,
the rule (expressions, readings, dates), the parameters in force, the facts used. Titles and explanations in words are left out: better wording does not make an old receipt fail.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kechuang import __version__
from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import Fact
from kechuang.measures.facts import fact_type, parse_facts
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.words import plain, serialise, serialise_input
from kechuang.proofs.chain import canonical_json

if TYPE_CHECKING:
    from kechuang.measures.explanation import Explanation
    from kechuang.measures.program import Program

ENGINE = f"kechuang-measures/{__version__}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One computation in a form that can be replayed; ``clause``, ``rule``, ``parameters``, ``facts`` and
    ``digest`` are SHA-256. ``clause`` is None where the hash of a sentence is not known."""

    measure: str
    on: dt.date
    status: str
    amount: str | None
    inputs: dict[str, Any]
    engine: str
    clause: str | None
    rule: str
    parameters: str
    facts: str
    digest: str

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; ``Replay`` accepts it back."""
        return {
            "measure": self.measure,
            "on": self.on.isoformat(),
            "status": self.status,
            "amount": self.amount,
            "inputs": dict(self.inputs),
            "engine": self.engine,
            "clause": self.clause,
            "rule": self.rule,
            "parameters": self.parameters,
            "facts": self.facts,
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether a receipt computes to the same today; ``differences`` names each part that differs. ``altered``: its own
    parts do not agree with each other, so that somebody has changed it after it was made."""

    same_result: bool
    differences: tuple[str, ...]
    now: Receipt
    altered: bool = False


def _sha(value: Any) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"


def _canonical(value: Fact | None) -> Any:
    """A fact with one writing only: ``2.50`` and ``2.5`` are the same number."""
    if isinstance(value, tuple):
        return [{k: _canonical(v) for k, v in record.items() if v is not None} for record in value]
    return plain(value) if isinstance(value, Decimal) else serialise(value)


def _dated(program: Program) -> dict[str, list[list[str]]]:
    """The values of the parameters that are looked up on another day: they decide whatever the day of computation."""
    formulas = [c.formula for c in program.conditions] + [r.formula for r in program.readings if r.formula]
    trees = [f.tree for f in (*formulas, *([program.amount] if program.amount else []))]
    return {
        x.parameter.id: [[day.isoformat(), plain(value)] for day, value in x.values]
        for tree in trees
        for x in n.walk(tree)
        if isinstance(x, n.ParameterOn)
    }


def rule_digest(program: Program) -> str:
    """SHA-256 of everything in a measure that decides its result, apart from parameter values."""
    kept = program.memo.get("rule")
    if kept is None:
        m = program.measure
        facts = {}
        for name in program.facts:
            type_ = fact_type(program.catalogue[name])
            facts[name] = [type_.kind, type_.unit, type_.scale, list(type_.values)]
            for element in map(program.catalogue.facts.get, program.catalogue[name].elements):
                assert element is not None
                inner = fact_type(element)
                facts[f"{name}.{element.id}"] = [inner.kind, inner.unit, inner.scale, list(inner.values)]
        dated = _dated(program)
        kept = program.memo["rule"] = _sha(
            {
                **({"dated": dated} if dated else {}),
                "id": m.id,
                "source": m.source.to_dict(),
                "effective": [m.effective_from.isoformat(), m.effective_to and m.effective_to.isoformat()],
                "amount_is": m.amount_is,
                "kind": m.kind,
                "applies": [[c.test, c.origin, c.decided_by] for c in m.applies],
                "amount": program.amount.text if program.amount else None,
                "readings": [[a.id, a.shown, a.chosen, [[r.id, r.amount] for r in a.readings]] for a in m.ambiguities],
                "facts": facts,
            }
        )
    return str(kept)


def clause_digest(measure: Measure) -> str | None:
    """SHA-256 over the hashes of all sentences a measure rests on, in its order; None when one of them is not known."""
    places = [measure.source, *(c.source for c in measure.applies if c.source is not None)]
    if any(place.sha256 is None for place in places):
        return None
    return _sha([[*place.to_dict().values(), place.sha256] for place in places])


def make(explanation: Explanation) -> Receipt:
    """The receipt of an explanation."""
    program = explanation.program
    inputs = {k: serialise_input(v) for k, v in explanation.inputs.items()}
    canonical = {k: _canonical(v) for k, v in explanation.inputs.items()}
    head = {
        "measure": explanation.measure,
        "on": explanation.on.isoformat(),
        "status": explanation.status,
        "amount": _amount(explanation.amount),
        "engine": ENGINE,
        "clause": clause_digest(program.measure),
        "rule": rule_digest(program),
        "parameters": _sha({k: plain(v) for k, v in explanation.parameters.items()}),
        "facts": _sha(canonical),
    }
    return Receipt(
        explanation.measure, explanation.on, explanation.status, head["amount"], inputs, ENGINE, head["clause"], head["rule"] or "",
        head["parameters"] or "", head["facts"] or "", _sha(head),
    )  # fmt: skip


def replay(receipt: Mapping[str, Any], measure: Measure, catalogue: Catalogue) -> Replay:
    """Compute a receipt again with the measure given and say what differs.

    ``receipt`` is the JSON object of ``Receipt.to_dict``. Raises ``ValueError`` when it is not one, or was made for
    another measure.
    """
    from kechuang.measures.explain import explain

    needed = {"measure", "on", "status", "amount", "inputs", "engine", "rule", "parameters", "facts", "digest"}
    lacking = sorted(needed - receipt.keys())
    if lacking:
        raise ValueError(f"not a receipt: {', '.join(lacking)} missing (不是计算回执：缺 {'、'.join(lacking)})")
    if receipt["measure"] != measure.id:
        raise ValueError(f"the receipt is for {receipt['measure']}, not {measure.id} (回执属于另一项措施)")
    if not isinstance(receipt["inputs"], Mapping):
        raise ValueError("inputs must be an object (inputs 应为对象)")
    try:
        on = dt.date.fromisoformat(str(receipt["on"]))
    except ValueError:
        raise ValueError(f"{receipt['on']} is not a date (日期写错了)") from None
    facts, errors = parse_facts(_as_percent(receipt["inputs"], catalogue), catalogue)
    if errors:
        raise ValueError("; ".join(f"{e.en} ({e.zh})" for e in errors))
    now = make(explain(measure, facts, on, catalogue))
    fresh = now.to_dict()
    differences = [
        key
        for key in ("status", "amount", "clause", "rule", "parameters", "facts", "engine")
        if key in receipt and receipt[key] != fresh[key]
    ]
    whole = receipt.keys() & fresh.keys() - {"inputs", "digest"}  # a receipt of an older version has no clause
    if _sha({key: receipt[key] for key in whole}) != receipt["digest"]:
        differences.append("digest")
    same = receipt["status"] == now.status and receipt["amount"] == now.amount
    # Which facts count depends on the rule; under the same rule the inputs give the same hash, or were changed.
    altered = "digest" in differences or ("facts" in differences and "rule" not in differences)
    return Replay(same, tuple(differences), now, altered)


def _as_percent(inputs: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """Receipts hold rates as fractions; a fact that is asked for in percent reads them in percent."""

    def written(name: str, value: Any) -> Any:
        if name not in catalogue or value is None:
            return value
        if catalogue[name].type == "relation" and isinstance(value, list):
            return [_as_percent(r, catalogue) if isinstance(r, Mapping) else r for r in value]
        return f"{Decimal(str(value)).scaleb(2):f}%" if catalogue[name].type == "rate" else value

    return {name: written(name, value) for name, value in inputs.items()}
