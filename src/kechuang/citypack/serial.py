"""A pack as JSON, for releases kept in a database, and the digests of its items."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ValidationError

from kechuang.citypack.models import Pack


def to_json(pack: Pack) -> str:
    """The whole pack as one JSON text. Amounts and dates are strings, so no digit is lost."""
    return json.dumps(pack.model_dump(mode="json", by_alias=True), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str | bytes) -> Pack:
    """The pack that ``to_json`` wrote, also in an older release. Raises ``pydantic.ValidationError`` for anything else."""
    try:
        return Pack.model_validate_json(text)
    except ValidationError as error:
        places = [fault["loc"] for fault in error.errors(include_input=False)]
        if not any(place[:1] == ("indicators",) and place[-1] == "formula" for place in places):
            raise
    return Pack.model_validate_json(_translated(text))


def _translated(text: str | bytes) -> str:
    """Releases from before formulas were expressions hold a ratio as numerator and denominator; a release stays readable."""
    content = json.loads(text)
    for indicator in content["indicators"]:
        formula = indicator.get("formula") if isinstance(indicator, dict) else None
        if isinstance(formula, dict) and set(formula) == {"numerator", "denominator"}:
            indicator["formula"] = f"{formula['numerator']} / {formula['denominator']}"
    return json.dumps(content, ensure_ascii=False)


def canonical(item: BaseModel) -> dict[str, Any]:
    """What counts of an item: its fields without those left at their default.

    Leaving defaults out keeps digests of old releases valid when a later version of this software adds a field.
    """
    return item.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def digest_of(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of ``value``: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def item_digest(item: BaseModel) -> str:
    """The digest of one record of a pack."""
    return digest_of(canonical(item))


def digest(pack: Pack) -> str:
    """The digest of a whole pack: the name of a release."""
    return digest_of(canonical(pack))
