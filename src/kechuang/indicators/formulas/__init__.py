"""Indicators computed from others: formulas on ``kechuang.expressions``, checked, computed, explained and turned round."""

from kechuang.indicators.formulas.compute import Part, Working, derive, with_derived, work
from kechuang.indicators.formulas.invert import Need, needed
from kechuang.indicators.formulas.language import check, formula_words, parts, with_breaks

__all__ = [
    "Need",
    "Part",
    "Working",
    "check",
    "derive",
    "formula_words",
    "needed",
    "parts",
    "with_breaks",
    "with_derived",
    "work",
]
