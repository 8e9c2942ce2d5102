"""Template tools that need the pack in force: site name and theme, menu, clause marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.db import DatabaseError
from django.utils.translation import gettext

from kechuang.citypack.models import Theme
from kechuang.web.core.errors import UserError
from kechuang.web.core.templatetags.kc import is_english, t
from kechuang.web.policy.domain import queries
from kechuang.web.portal import navigation as menu

register = template.Library()


@dataclass(frozen=True)
class Site:
    """Words of the header and footer."""

    name: str
    mark: str
    theme: Theme | None = None
    invented: bool = False
    city: str = ""


def _release(context: template.Context) -> queries.LoadedRelease | None:
    """The release in force, looked up once per request; None before a pack is applied or while the database is away."""
    request = context.get("request")
    if request is not None and hasattr(request, "kc_release"):
        found: queries.LoadedRelease | None = request.kc_release
        return found
    try:
        found = queries.current_release()
    except (UserError, DatabaseError):
        found = None
    if request is not None:
        request.kc_release = found
    return found


@register.simple_tag(takes_context=True)
def site(context: template.Context) -> Site:
    """The city's words; a neutral name before any pack is applied."""
    release = _release(context)
    if release is None:
        return Site(name=gettext("创新政策平台"), mark="创")
    city = release.pack.city
    return Site(t(city.theme.site_name), city.theme.mark, city.theme, city.invented, t(city.name))


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> dict[str, Any]:
    """Menu, footer links and switches."""
    return menu.navigation(context.get("request"), bool(context.get("elder")))


@register.simple_tag(takes_context=True)
def clause_mark(context: template.Context, source: Any) -> dict[str, str] | None:
    """What a clause mark shows: address and citation of a pack ``Source`` or an explanation's source dictionary."""
    from kechuang.citypack.models import Source
    from kechuang.web.policy.templatetags.policy import cite, clause_url

    release = _release(context)
    if release is None or not source:
        return None
    if isinstance(source, dict):
        if not source.get("clause"):
            return None
        source = Source(document=source.get("document"), clause=source["clause"], span=source.get("span") or 1)
    place = release.index.place(source)
    if place is None:
        return None
    title = place.clause.title.en if is_english() else place.clause.title.zh
    return {"url": clause_url(place), "label": cite(place), "title": title}
