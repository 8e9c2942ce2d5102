"""Tasks, services and industries of the release in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kechuang.citypack import models as pack_models
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.queries import LoadedRelease
from kechuang.web.policy.domain.structure import Item, Place
from kechuang.web.registry.models import Organisation

SERVICE_KINDS = {
    "platform": _("平台"),
    "base": _("基地"),
    "zone": _("园区和实验区"),
    "system": _("信息系统"),
    "service": _("服务"),
    "fund": _("资金"),
    "award": _("奖励"),
}
INDUSTRY_GROUPS = {
    "pillar": _("支柱产业"),
    "leading": _("先导产业"),
    "traditional": _("传统产业"),
    "agriculture": _("农业"),
    "service": _("现代服务业"),
}
SHOWN = 12


@dataclass(frozen=True)
class Responsible:
    """A department and whether the document names it or we inferred it."""

    name: pack_models.Text
    named: bool


@dataclass(frozen=True)
class Sentence:
    """A sentence an item comes from, with the official words when they are attached and agree."""

    place: Place
    source: pack_models.Source
    official: str | None


@dataclass(frozen=True)
class Page:
    """What the page of an item shows."""

    item: Item
    sentences: tuple[Sentence, ...]
    departments: tuple[Responsible, ...]
    related: tuple[Item, ...]


def responsible(release: LoadedRelease, roles: Iterable[pack_models.DepartmentRole]) -> tuple[Responsible, ...]:
    """The departments of an item, the named ones first."""
    found = [
        Responsible(release.departments[role.id].name, role.basis == "named")
        for role in roles
        if role.id in release.departments
    ]
    return tuple(sorted(found, key=lambda one: not one.named))


def _require(release: LoadedRelease, kind: str, item_id: str, zh: str, en: str) -> Item:
    item = release.index.items.get(f"{kind}:{item_id}")
    if item is None:
        raise UserError(f"没有编号为“{item_id}”的{zh}。", f"There is no {en} “{item_id}”.", code="unknown", status=404)
    return item


def _page(release: LoadedRelease, item: Item, official: bool = True) -> Page:
    sentences, related = [], {}
    for source in item.record.sources:
        if (place := release.index.place(source)) is None:
            continue
        words = queries.official_sentence(release, source) if official else None
        sentences.append(Sentence(place, source, words))
        for other in release.index.items_of(place.sentence):
            if other.key != item.key:
                related[other.key] = other
    roles = getattr(item.record, "departments", [])
    return Page(item, tuple(sentences), responsible(release, roles), tuple(related.values()))


def task_page(release: LoadedRelease, task_id: str) -> Page:
    """The page of a task. Raises ``UserError`` (404)."""
    return _page(release, _require(release, "task", task_id, "任务", "task"))


def service_page(release: LoadedRelease, service_id: str) -> Page:
    """The page of a service. Raises ``UserError`` (404)."""
    return _page(release, _require(release, "service", service_id, "服务", "service"))


def industry_page(release: LoadedRelease, industry_id: str) -> Page:
    """The page of an industry. Raises ``UserError`` (404)."""
    return _page(release, _require(release, "industry", industry_id, "产业", "industry"))


def tasks(release: LoadedRelease, department: str = "", text: str = "") -> list[tuple[pack_models.Clause, list[Any]]]:
    """Tasks by clause in the order of the document; of one department only, or with some words, when asked."""
    groups: dict[str, tuple[pack_models.Clause, list[Any]]] = {}
    order = {place.clause.id: n for n, place in enumerate(_all_places(release))}
    wanted = text.strip().casefold()
    for record in release.pack.tasks:
        if department and department not in {role.id for role in record.departments}:
            continue
        said = f"{record.title.zh}{record.action.zh}{record.title.en}{record.action.en}".casefold()
        if wanted and wanted not in said:
            continue
        place = release.index.place(record.sources[0])
        if place is None:
            continue
        row = (record, responsible(release, record.departments))
        groups.setdefault(place.clause.id, (place.clause, []))[1].append(row)
    return [groups[key] for key in sorted(groups, key=lambda key: order.get(key, 0))]


def _all_places(release: LoadedRelease) -> Iterable[Place]:
    for document in release.pack.documents:
        yield from release.index.places(document.id)


def task_departments(release: LoadedRelease) -> list[tuple[pack_models.Department, int]]:
    """Departments that have tasks, with how many."""
    count = {department.id: 0 for department in release.pack.city.departments}
    for record in release.pack.tasks:
        for role in record.departments:
            if role.id in count:
                count[role.id] += 1
    return [(release.departments[key], n) for key, n in count.items() if n]


def services(release: LoadedRelease) -> list[tuple[str, Any, list[pack_models.Service]]]:
    """Services by kind; the public platforms come first."""
    return [
        (kind, label, rows)
        for kind, label in SERVICE_KINDS.items()
        if (rows := sorted((s for s in release.pack.services if s.kind == kind), key=lambda s: not s.main))
    ]


def industries(release: LoadedRelease) -> list[tuple[str, Any, list[pack_models.Industry]]]:
    """Industries by group."""
    return [
        (group, label, rows)
        for group, label in INDUSTRY_GROUPS.items()
        if (rows := [i for i in release.pack.industries if i.group == group])
    ]


def organisations_in(industry: pack_models.Industry) -> QuerySet[Organisation]:
    """Registered organisations whose industry code falls under the industry's codes."""
    if not industry.gbt4754:
        return Organisation.objects.none()
    wanted = Q()
    for prefix in industry.gbt4754:
        wanted |= Q(industry__startswith=prefix)
    return Organisation.objects.filter(wanted).order_by("name")
