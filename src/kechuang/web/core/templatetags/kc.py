"""Template tools of the platform, available in every template without loading."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.template.defaulttags import CsrfTokenNode
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from kechuang.web.core.ids import new_id
from kechuang.web.core.once import FIELD

register = template.Library()

MINUS = "\N{MINUS SIGN}"
_UNKNOWN_ICON = "circle"


def is_english() -> bool:
    """Whether the page is shown in English."""
    return (get_language() or "").startswith("en")


class FormTokensNode(CsrfTokenNode):
    """What every form that changes something carries: Django's token against forgery, and a key of its own.

    The key makes a second click, a reload or a lost answer harmless (``core/once.py``).
    """

    def render(self, context: template.Context) -> SafeString:
        tokens = super().render(context)
        return (
            format_html('{}<input type="hidden" name="{}" value="{}">', tokens, FIELD, new_id()) if tokens else tokens
        )


@register.tag("csrf_token")
def form_tokens(_parser: Any, _token: Any) -> FormTokensNode:
    """Takes the place of Django's tag of this name, so that no form can forget its key."""
    return FormTokensNode()


@register.filter
def t(text: Any) -> str:
    """Pick the active language from a bilingual text (a pack ``Text`` or a ``{"zh", "en"}`` mapping).

    A plain string is returned as it is, so that values that may be either can be shown with one filter.
    """
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    language = "en" if is_english() else "zh"
    if isinstance(text, Mapping):
        return str(text.get(language) or text.get("zh") or "")
    return str(getattr(text, language, text))


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@register.filter
def money(value: Any) -> str:
    """``12345.6`` -> ``12,345.60``; an empty value stays empty."""
    number = _decimal(value)
    return "" if number is None else f"{number:,.2f}".replace("-", MINUS)


@register.filter
def large(value: Any) -> str:
    """Yuan in the unit people say: ``298049000000`` -> ``2,980.49 亿元`` (English ``CNY 298.05 billion``)."""
    number = _decimal(value)
    if number is None:
        return ""
    size = abs(number)
    if is_english():
        for unit, name in ((10**9, "billion"), (10**6, "million")):
            if size >= unit:
                return f"CNY {number / unit:,.2f} {name}".replace("-", MINUS)
        return f"CNY {number:,.2f}".replace("-", MINUS)
    for unit, name in ((10**8, "亿元"), (10**4, "万元")):
        if size >= unit:
            return f"{number / unit:,.2f} {name}".replace("-", MINUS)
    return f"{number:,.2f} 元".replace("-", MINUS)


@register.filter
def number(value: Any, decimals: int | str | None = None) -> str:
    """Digits grouped in threes, minus as −; without ``decimals`` the value keeps the digits it has."""
    parsed = _decimal(value)
    if parsed is None:
        return "" if value is None else str(value)
    text = f"{parsed:,f}" if decimals is None else f"{parsed:,.{int(decimals)}f}"
    return text.replace("-", MINUS)


@register.filter
def percent(value: Any, decimals: int | str | None = None) -> str:
    """A rate as a percentage: ``Decimal("0.02")`` -> ``2%``."""
    parsed = _decimal(value)
    if parsed is None:
        return ""
    scaled = parsed * 100
    text = f"{scaled.normalize():,f}" if decimals is None else f"{scaled:,.{int(decimals)}f}"
    return text.replace("-", MINUS) + "%"


@register.filter
def day(value: Any) -> SafeString:
    """A date as ``<time>2013-04-18</time>``; a moment is shown in the local time zone with hour and minute."""
    if not value:
        return SafeString("")
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return format_html('<time datetime="{}">{}</time>', local.isoformat(), local.strftime("%Y-%m-%d %H:%M"))
    if isinstance(value, dt.date):
        return format_html('<time datetime="{0}">{0}</time>', value.isoformat())
    return format_html("<time>{}</time>", value)


_NUMBER = re.compile(r"([0-9A-Z\u4e00-\u9fff]{2,12}〔\d{4}〕\s?\d+\s?号)")


@register.filter
def nobreak(value: Any) -> SafeString:
    """Keep every document number (文号) of a text on one line."""
    parts = _NUMBER.split(str(value or ""))
    return mark_safe(  # noqa: S308 (each part is escaped by format_html)
        "".join(
            format_html('<span class="kc-no">{}</span>', part) if index % 2 else format_html("{}", part)
            for index, part in enumerate(parts)
        )
    )


@cache
def icon_names() -> frozenset[str]:
    """Names of the icons in the sprite."""
    path = finders.find("icons.svg")
    if not path:
        return frozenset()
    return frozenset(re.findall(r'<symbol id="([^"]+)"', Path(str(path)).read_text(encoding="utf-8")))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of the sprite, silent to screen readers; the words beside it carry the meaning.

    A name the sprite does not have (packs may name any icon) is drawn as a plain circle.
    """
    known = name if name in icon_names() else _UNKNOWN_ICON
    return format_html(
        '<svg class="kc-icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        static("icons.svg"),
        known,
    )


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``{{ mapping|get:key }}``: the value under a key held in a variable; nothing when it is absent."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The address's own query string with some keys changed; a key set to nothing is dropped."""
    request = context.get("request")
    values = request.GET.copy() if request else None
    if values is None:
        return ""
    for key, value in changes.items():
        if value in (None, ""):
            values.pop(key, None)
        else:
            values[key] = value
    encoded = values.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.inclusion_tag("kc/bullet.html")
def bullet(value: Any, goal: Any = None, label: str = "", top: Any = None) -> dict[str, Any]:
    """A value drawn against its goal. Without a value only the goal's tick is drawn; without a goal nothing is."""
    number, target = _decimal(value), _decimal(goal)
    scale = _decimal(top) or max(
        (abs(part) for part in (number, target) if part is not None), default=Decimal(0)
    ) * Decimal("1.2")
    if target is None or scale <= 0:
        return {"drawn": False}
    width = None if number is None else min(max(number / scale * 100, Decimal(0)), Decimal(100))
    tick = min(max(target / scale * 100, Decimal(0)), Decimal("99.2"))
    return {
        "drawn": True,
        "width": None if width is None else f"{width:.1f}",
        "tick": f"{tick:.1f}",
        "label": label,
    }
