"""Template tools of the app."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.html import format_html

from kechuang.indicators import Definition, Text
from kechuang.web.core.templatetags.kc import is_english, t
from kechuang.web.policy.domain.queries import current_release

register = template.Library()


@register.filter(name="json")
def to_json(value: Any) -> str:
    """A value as JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def unit(text: str, definition: Definition | None) -> str:
    """A unit for the reader: the indicator's English unit on English pages, marked as Chinese where there is none."""
    if not is_english() or text.isascii():
        return text
    if definition is not None and text == definition.unit:
        return definition.unit_en
    return format_html('<span lang="zh-CN">{}</span>', text)


@register.filter
def region_name(code: str) -> str:
    """The name of a region of the pack in force, or its code."""
    city = current_release().pack.city
    names = {r.code: r.name for r in city.regions} | {city.code: city.name}
    found = names.get(code)
    return t(Text(found.zh, found.en)) if found else code
