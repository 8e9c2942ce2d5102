"""What all records of a city pack have in common: strictness, exact numbers, short names, texts in two languages."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError


class Record(BaseModel):
    """Base of all pack records: frozen, strict about unknown keys."""

    # Whole numbers may stand unquoted where a text is meant (codes, clause ids); YAML has kept all their digits.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


_NUMBER = re.compile(r"[-+]?[0-9]{1,20}(\.[0-9]{1,12})?")


def _exact(value: Any) -> Any:
    """Refuse binary floats, and texts that are no plain number (``1e3``, ``1,000``, ``NaN``)."""
    if isinstance(value, float | bool):
        raise PydanticCustomError("not_exact", "write decimal numbers in quotes")
    if isinstance(value, str) and _NUMBER.fullmatch(value) is None:
        raise PydanticCustomError("not_a_number", "not a plain number")
    return value


#: An exact number: a whole number, or a text of digits with at most one point.
Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    WithJsonSchema({"type": ["string", "integer"], "pattern": r"^[-+]?[0-9]{1,20}(\.[0-9]{1,12})?$"}),
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.\-]*$", max_length=80)]
Status = Literal["confirmed", "draft"]


class Text(Record):
    """A text in both languages of the platform."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
