"""Template tools of the platform, available in every template without loading."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def t(text: Any) -> str:
    """Pick the active language from a bilingual text (a pack ``Text`` or a ``{"zh", "en"}`` mapping)."""
    if text is None:
        return ""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return str(text[language] if isinstance(text, dict) else getattr(text, language))


@register.filter
def money(value: Any) -> str:
    """``12345.6`` -> ``12,345.60``; an empty value stays empty."""
    if value in (None, ""):
        return ""
    return f"{Decimal(str(value)):,.2f}".replace("-", "\N{MINUS SIGN}")
