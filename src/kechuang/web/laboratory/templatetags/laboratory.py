"""Template tools of the laboratory."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from kechuang.web.laboratory.domain.results import signed

register = template.Library()


@register.filter
def change(value: Any) -> str:
    """A difference in yuan with its sign; words where it is kept from the reader."""
    return _few() if value is None else signed(Decimal(str(value)))


def _few() -> str:
    return str(_("少于 10 家，不显示"))


@register.filter
def yuan(value: Any) -> str:
    """An amount; words where it is kept from the reader."""
    return _few() if value is None else f"{Decimal(str(value)):,.2f}"


@register.filter
def heads(value: Any) -> str:
    """A count; words where it is kept from the reader."""
    return _few() if value is None else f"{int(value):,}"


@register.filter
def wan(value: Any) -> str:
    """Yuan as 万元 for a chart's axis; nothing where there is none."""
    if value is None:
        return ""
    return f"{Decimal(str(value)) / 10000:.2f}"


@register.filter
def opts(value: Any) -> str:
    """Chart options as JSON for an attribute."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def decimal(value: Any) -> Decimal:
    """A text of the result as a number."""
    return Decimal(str(value or 0))
