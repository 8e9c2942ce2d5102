"""The compiler of whole programs: many measures as one query, through Ibis. Heavy; loaded by ``bulk`` when needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr.datatypes import Array, Struct

from kechuang.measures.backends.bulk import parameter_name, used_facts, used_records
from kechuang.measures.backends.tree import Lowering, finish
from kechuang.measures.facts import TODAY
from kechuang.measures.model import Catalogue
from kechuang.measures.program import Program

_TYPES = {"money": "int64", "rate": "int64", "count": "int64", "boolean": "boolean", "date": "date"}


def text_of(programs: Sequence[Program], catalogue: Catalogue, dialect: str) -> str:
    """The SQL of all measures in the dialect of an engine (``duckdb``, ``spark``)."""
    used = dict.fromkeys(f for p in programs for f in used_facts(p))
    records = used_records(programs)
    types: dict[str, Any] = {f: _TYPES.get(catalogue[f].type, "string") for f in used}
    for relation, elements in records.items():
        fields = {e: _TYPES.get(catalogue[e].type, "string") for e in elements} or {"kc_record": "int32"}
        types[relation] = Array(Struct(fields))
    facts = ibis.table({"key": "string", **types}, name="kc_facts")
    parameters = ibis.table(
        {
            "n": "int32",
            "scenario": "string",
            TODAY: "date",
            **{parameter_name(p, x.id): "int64" for p in programs for x in p.measure.parameters},
        },
        name="kc_parameters",
    )
    joined = facts.cross_join(parameters)
    outputs = {"key": joined["key"], "n": joined["n"], "scenario": joined["scenario"]}
    for program in programs:
        columns = {f: joined[f] for f in used_facts(program)}
        columns[TODAY] = joined[TODAY]
        columns |= {p.id: joined[parameter_name(program, p.id)] for p in program.measure.parameters}
        lowering = Lowering(columns)
        applies = ibis.literal(True, "boolean")
        for i, condition in enumerate(program.conditions):
            test = lowering.lower(condition.formula.tree)
            applies = test if i == 0 else applies & test
        outputs[f"{program.measure.id}:applies"] = applies
        if program.amount is not None:
            outputs[f"{program.measure.id}:amount"] = lowering.at(program.amount.tree, 2)
    return finish(joined.select(**outputs), dialect)
