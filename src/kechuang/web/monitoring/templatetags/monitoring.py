"""Template tools of the app."""

from __future__ import annotations

import json
from typing import Any

from django import template

from kechuang.indicators import Text
from kechuang.web.core.templatetags.kc import t
from kechuang.web.policy.domain.queries import current_release

register = template.Library()


@register.filter(name="json")
def to_json(value: Any) -> str:
    """A value as JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def region_name(code: str) -> str:
    """The name of a region of the pack in force, or its code."""
    city = current_release().pack.city
    names = {r.code: r.name for r in city.regions} | {city.code: city.name}
    found = names.get(code)
    return t(Text(found.zh, found.en)) if found else code
