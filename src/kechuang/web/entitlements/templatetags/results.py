"""Template tools for results: groups of rows, the tally, pills."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from kechuang.measures.cumulation import Reduction
from kechuang.measures.explanation import Gap
from kechuang.web.core.templatetags.kc import t as bilingual
from kechuang.web.entitlements.domain import asking, together
from kechuang.web.entitlements.domain.changes import FactChange, last_changes_for_user
from kechuang.web.entitlements.domain.eligibility import Line, Result, lines
from kechuang.web.entitlements.domain.queries import summary_for_organisation
from kechuang.web.entitlements.enums import PLACE_TINTS, TINTS, Group, Place
from kechuang.web.policy.domain.releases import LoadedRelease

register = template.Library()


@register.simple_tag
def rows_of(result: Result, group: str) -> list[Line]:
    """The rows of a group, those that say the same as one line."""
    return lines(result.of(group))


@register.inclusion_tag("entitlements/_tally.html")
def result_tally(result: Result) -> dict[str, Any]:
    """The four sums on top of a result."""
    return {
        "total": result.total,
        "nearly_total": result.nearly_total,
        "forgone": result.forgone,
        "get": len(result.of(Group.GET)),
        "nearly": len(result.of(Group.NEARLY)),
        "ask": len(result.of(Group.ASK)),
        "rest": len(result.of(Group.OPEN)) + len(result.of(Group.PAID)) + len(result.of(Group.NOT)),
        "received": result.received,
    }


@register.filter
def words_of(code: str, kind: str) -> str:
    """A code of a rule or a budget in words: ``kind``, ``when_short`` or ``level``."""
    tables = {"kind": together.KINDS, "when_short": together.WHEN_SHORT, "level": together.LEVELS}
    return str(tables[kind][code])


@register.simple_tag
def meeting_rule(release: LoadedRelease, rule: str) -> Any:
    """A cumulation rule of a release by its id; None when that release has none."""
    return next((found for found in release.pack.cumulation if found.id == rule), None)


@register.simple_tag
def rests_on(reduction: Reduction) -> list[dict[str, Any]]:
    """The payments of the register that a reduction rests on: key, year, name and amount."""
    return [
        {
            "key": int(g.ref.rpartition("/")[2]),
            "year": g.counted,
            "name": g.measure.rpartition(":")[2],
            "amount": g.amount,
        }
        for g in reduction.rests
        if g.ref.startswith("support/")
    ]


@register.simple_tag
def group_pill(group: str) -> str:
    """The pill of a group."""
    found = Group(group)
    return format_html('<span class="kc-pill {}">{}</span>', TINTS[found], found.label)


@register.simple_tag
def place_pill(place: str) -> str:
    """The pill of what a budget does with an amount."""
    found = Place(place)
    return format_html('<span class="kc-pill {}">{}</span>', PLACE_TINTS[found], found.label)


@register.simple_tag
def county_name(release: LoadedRelease, code: str) -> str:
    """A division of the city in the page's language; where none is registered it says so."""
    region = next((r for r in release.pack.city.regions if r.code == code), None)
    return bilingual(region.name) if region else gettext("所在地没有登记")


@register.inclusion_tag("entitlements/_summary.html", takes_context=True)
def entitlement_summary(context: template.Context, uscc: str) -> dict[str, Any]:
    """The last nightly results of an organisation, for pages of other apps; nothing for who may not see them."""
    request = context.get("request")
    summary = summary_for_organisation(request.user, uscc) if request else None
    groups = [(value, label, summary.counts[value]) for value, label in Group.choices] if summary else []
    return {"summary": summary, "groups": groups, "uscc": uscc, "money_now": summary.of(Group.GET) if summary else []}


@register.inclusion_tag("entitlements/_changes.html", takes_context=True)
def entitlement_changes(context: template.Context, uscc: str) -> dict[str, Any]:
    """What the last night made different for an organisation and why, for pages of other apps."""
    request = context.get("request")
    found = last_changes_for_user(request.user, uscc) if request else []
    rows = [(change, [(f, _in_words(f, f.before), _in_words(f, f.after)) for f in change.facts]) for change in found]
    return {"changes": rows[:20], "more": len(rows) > 20, "LANGUAGE_CODE": get_language()}


def _in_words(change: FactChange, value: Any) -> str:
    """A fact that a result keeps as JSON, in words; empty when it is unknown."""
    if value is None or change.fact is None:
        return "" if value is None else str(value)
    if change.fact.type in ("money", "rate", "count"):
        value = Decimal(str(value))
    elif change.fact.type == "date":
        value = dt.date.fromisoformat(str(value))
    return asking.shown(value, change.fact) if change.fact.type != "relation" else str(len(value))


@register.simple_tag
def result_sentence(result: Result) -> str:
    """The four sums as one sentence, for paper."""
    words = {
        "get": len(result.of(Group.GET)),
        "total": f"{result.total:,.2f}",
        "nearly": len(result.of(Group.NEARLY)),
        "ask": len(result.of(Group.ASK)),
    }
    return gettext("现在能享受 %(get)s 项，合计 %(total)s 元；差一点 %(nearly)s 项；要补信息 %(ask)s 项。") % words


@register.inclusion_tag("entitlements/_gap.html")
def gap_bar(release: LoadedRelease, gap: Gap) -> dict[str, Any]:
    """What there is against what is needed, drawn when both are amounts, rates or counts."""
    fact = release.facts.get(gap.fact or "")
    if fact is None or gap.short is None or fact.type not in ("money", "rate", "count"):
        return {"drawn": False}
    have, need = Decimal(str(gap.have)), Decimal(str(gap.need))
    words = {"have_shown": asking.shown(have, fact), "need_shown": asking.shown(need, fact)}
    label = gettext("现为 %(have_shown)s，门槛 %(need_shown)s") % words
    return {
        "drawn": need > have >= 0,
        "release": release,
        "fact": gap.fact,
        "have": have,
        "need": need,
        "label": label,
        **words,
    }
