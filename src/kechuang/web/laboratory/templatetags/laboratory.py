"""Template tools of the laboratory."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django import template

from kechuang.web.laboratory.domain.results import signed

register = template.Library()


@register.filter
def change(value: Any) -> str:
    """A difference in yuan with its sign."""
    return signed(Decimal(str(value)))


@register.filter
def wan(value: Any) -> str:
    """Yuan as 万元 for a chart's axis."""
    return f"{Decimal(str(value)) / 10000:.2f}"


@register.filter
def opts(value: Any) -> str:
    """Chart options as JSON for an attribute."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def decimal(value: Any) -> Decimal:
    """A text of the result as a number."""
    return Decimal(str(value or 0))
