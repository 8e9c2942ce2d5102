"""Relations in Spark: ``records`` in its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kechuang.measures.backends.cleaning import Cleaned
from kechuang.measures.backends.records import Dialect
from kechuang.measures.backends.spark_cleaning import clean, literal, quote
from kechuang.measures.model import FactType

_TYPES = {"money": "BIGINT", "rate": "BIGINT", "count": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}


def _listed(cleaned: Mapping[str, Cleaned]) -> str:
    cells = [f"{literal(e)}, {c.value}" for e, c in cleaned.items()] or ["'kc_record', 1"]
    return f"COLLECT_LIST(NAMED_STRUCT({', '.join(cells)}))"


def _empty(elements: Sequence[FactType]) -> str:
    """Spark coalesces lists of one type only, so that an empty one has to name it."""
    kinds = [f"{quote(e.id)}: {_TYPES.get(e.type, 'STRING')}" for e in elements] or ["kc_record: INT"]
    return f"CAST(ARRAY() AS ARRAY<STRUCT<{', '.join(kinds)}>>)"


SPARK = Dialect(quote, literal, clean, _listed, _empty)
