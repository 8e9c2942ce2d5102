"""Searchable words of an item, and its clause and quote, kept beside its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def words_of(fields: Mapping[str, Any], quote: str) -> str:
    """Everything one might search an item by: the words of its fields and the quote without white space."""
    parts = [str(fields.get(key) or "") for key in ("beneficiary", "condition", "base", "indicator", "actor", "object")]
    parts += [str(tier.get("when") or "") for tier in fields.get("tiers") or []]
    parts += [str(fields.get("number") or "")]
    for key in ("title", "summary", "reason"):
        own = fields.get(key)
        if isinstance(own, Mapping):
            parts += [str(own.get("zh") or ""), str(own.get("en") or "")]
        elif own:
            parts.append(str(own))
    return "\n".join([*filter(None, parts), "".join(quote.split())])
