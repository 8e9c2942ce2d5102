"""Where the things of a release have their page."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from kechuang.web.policy.domain.queries import LoadedRelease
from kechuang.web.policy.domain.structure import sources_of
from kechuang.web.policy.templatetags.policy import clause_url

VIEWS = {
    "measure": "entitlements:measure",
    "indicator": "monitoring:indicator",
    "task": "portal:task",
    "service": "portal:service",
    "industry": "portal:industry",
}


def page_of(kind: str, item_id: str) -> str:
    """The page of an item that has one of its own; empty when there is none."""
    if (view := VIEWS.get(kind)) is None:
        return ""
    try:
        return reverse(view, args=[item_id])
    except NoReverseMatch:
        return ""


def address(release: LoadedRelease, kind: str, item_id: str) -> str:
    """Where to read about an item: its own page; a target's indicator; else the sentence it comes from."""
    item = release.index.items.get(f"{kind}:{item_id}")
    if kind == "target" and item is not None and item.record.indicator:
        kind, item_id = "indicator", item.record.indicator
    if page := page_of(kind, item_id):
        return page
    if item is None:
        return reverse("portal:home")
    place = release.index.place(sources_of(item.record)[0])
    return clause_url(place) if place else reverse("portal:home")


def sentence(release: LoadedRelease, document_id: str, key: str) -> str:
    """The address of a sentence given as ``PARAGRAPH/N``."""
    for place in release.index.places(document_id):
        if place.key == key:
            return clause_url(place)
    return reverse("policy:document", args=[document_id])
