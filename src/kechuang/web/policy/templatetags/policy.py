"""Template tools for policy content: clause marks, pills of kinds and measures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.structure import Place

register = template.Library()

KIND_WORDS = {
    "target": _("目标"),
    "measure": _("措施"),
    "task": _("任务"),
    "service": _("服务"),
    "industry": _("产业"),
    "statement": _("说明"),
}
KIND_TINTS = {"target": "info", "measure": "ok", "task": "warn", "service": "line", "industry": "line", "statement": ""}


def _english() -> bool:
    return (get_language() or "").startswith("en")


def cite(place: Place) -> str:
    """How a sentence is cited in the active language, e.g. 三（十）第 2 段."""
    several = len(place.clause.paragraphs) > 1
    if _english():
        return f"{place.clause.label} ¶{place.paragraph_number}" if several else place.clause.label
    gap = "" if place.clause.label.endswith("）") else " "
    return f"{place.clause.label}{gap}第 {place.paragraph_number} 段" if several else place.clause.label


def clause_url(place: Place) -> str:
    """The address of the sentence on its clause page."""
    return f"{reverse('policy:clause', args=[place.document.id, place.clause.id])}#{place.anchor}"


@register.simple_tag
def clause_mark(release: Any, source: Any) -> str:
    """The clause mark of a source: a pack ``Source`` or the ``{"document", "clause", "span"}`` of an explanation."""
    if not source:
        return ""
    if isinstance(source, dict):
        source = _Source(source.get("document"), source.get("clause", ""), source.get("span", 1))
    place = queries.index(release).place(source)
    if place is None:
        return format_html('<span class="kc-cl">{}</span>', source.clause)
    return place_mark(place)


class _Source:
    """A source given as JSON."""

    def __init__(self, document: str | None, clause: str, span: int) -> None:
        self.document, self.clause, self.span = document, clause, int(span)


@register.simple_tag
def place_mark(place: Place) -> str:
    """The clause mark of a sentence already looked up."""
    language = mark_safe(' lang="zh-CN"') if _english() else ""
    return format_html('<a class="kc-cl" href="{}"{}>{}</a>', clause_url(place), language, cite(place))


@register.simple_tag
def fact_name(release: Any, name: str) -> str:
    """A fact's name in the active language."""
    fact = release.facts.get(name)
    return fact.en if fact is not None and _english() else name


@register.simple_tag
def kind_pill(kind: str, number: int | None = None) -> SafeString:
    """The pill of a kind, with a number when it counts items."""
    words = KIND_WORDS[kind]
    return format_html(
        '<span class="kc-pill {}">{}</span>', KIND_TINTS[kind], words if number is None else f"{words} {number}"
    )


@register.simple_tag
def kind_pills(counts: Any) -> SafeString:
    """One pill for each kind that occurs."""
    shown = [(kind, counts[kind]) for kind in KIND_WORDS if counts.get(kind)]
    return format_html_join(" ", "{}", ((kind_pill(kind, number),) for kind, number in shown))


@register.simple_tag
def measure_pills(measure: Any) -> SafeString:
    """What the text settles about a measure: amount stated, delegated or not written; open questions."""
    if measure.kind != "money":
        pills = [("line", gettext("非现金"))]
    else:
        words = {
            "stated": ("ok", pgettext("measure", "完整")),
            "delegated": ("", gettext("待细则")),
            "unstated": ("", gettext("未写金额")),
        }
        pills = [words[measure.amount_is]]
    if measure.kind == "money" and any(a.chosen is None for a in measure.ambiguities):
        pills.append(("warn", gettext("有歧义")))
    elif any(a.chosen is None for a in measure.ambiguities):
        pills.append(("warn", gettext("口径未定")))
    return format_html_join(" ", '<span class="kc-pill {}">{}</span>', pills)


PAGES = {
    "measure": "entitlements:measure",
    "task": "portal:task",
    "service": "portal:service",
    "industry": "portal:industry",
}


@register.simple_tag
def item_url(item: Any) -> str:
    """The address of what a sentence became; a target leads to its row on the targets board."""
    if item.kind == "target":
        return f"{reverse('monitoring:targets')}#{item.id}"
    return reverse(PAGES[item.kind], args=[item.id])


@register.simple_tag
def department_names(release: Any, roles: Any) -> str:
    """Departments with 推断 behind those that the text does not name."""
    words = []
    for role in roles:
        department = release.departments.get(role.id)
        name = role.id if department is None else (department.name.en if _english() else department.name.zh)
        words.append(name if role.basis == "named" else gettext("%s（推断）") % name)
    return ", ".join(words) if _english() else "、".join(words)


@register.filter
def isoday(value: Any) -> str:
    """A date as ``2026-11-24``."""
    if isinstance(value, dt.datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


@register.filter
def short_hash(value: str) -> str:
    """A digest short enough to read aloud: ``db9c40fb…303a3b68``."""
    return f"{value[:8]}…{value[-8:]}" if len(value) > 20 else value


@register.filter
def parameter_value(value: Decimal, share: bool) -> str:
    """A value of a parameter as people read it: a share in percent, any other with thousands separators."""
    return f"{(value * 100).normalize():f}%" if share else f"{value:,f}"
