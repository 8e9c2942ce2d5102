"""Policy measures: exact amounts, explained step by step, with what is missing and what is still open."""

from kechuang.measures.explain import explain
from kechuang.measures.explanation import Explanation
from kechuang.measures.facts import FactError, catalogue_problems, parse_facts
from kechuang.measures.model import (
    Ambiguity,
    Catalogue,
    ClauseRef,
    Condition,
    Delegation,
    EnumValue,
    FactType,
    Measure,
    Parameter,
    Reading,
    Text,
)
from kechuang.measures.program import MeasureError, Problem, check_measure, compile_measure

__all__ = [
    "Ambiguity", "Catalogue", "ClauseRef", "Condition", "Delegation", "EnumValue", "Explanation", "FactError",
    "FactType", "Measure", "MeasureError", "Parameter", "Problem", "Reading", "Text", "catalogue_problems",
    "check_measure", "compile_measure", "explain", "parse_facts",
]  # fmt: skip
