"""Sums over nightly results: rows, organisations and money of a measure, by realm.

The rows of a finished run do not change, and a city has hundreds of thousands of them: they are added up once for each
measure, apart by county, realm and group, and kept in the cache of the site. Which organisations are still registered can change, so
their number and newest key are part of what a kept sum is known by, and it is kept for :data:`KEPT` seconds at most.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum

from kechuang.web.accounts import access
from kechuang.web.entitlements.domain import together
from kechuang.web.entitlements.domain.queries import counties_of
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.domain.queries import organisation_count
from kechuang.web.registry.models import Organisation

KEPT = 300


@dataclass(frozen=True)
class Totals:
    """Rows and money of a list, one realm at a time: real and generated figures are never mixed in one sum."""

    realm: str
    rows: int
    subjects: int
    amount: Decimal
    """What is due now, after the rules on measures that meet."""


@dataclass(frozen=True)
class _Part:
    """Rows of one county, realm and group; organisations are counted, with ``group`` None, over all groups."""

    county: str
    realm: str
    group: str | None
    rows: int
    organisations: int
    amount: Decimal


def _parts(run: Run, measure_id: str) -> list[_Part]:
    newest = Organisation.everything.aggregate(newest=Max("pk"))["newest"]
    key = f"results:{run.pk}:{run.finished_at}:{measure_id}:{organisation_count()}:{newest}".replace(" ", "T")
    found: list[_Part] | None = cache.get(key)
    if found is None:
        found = _added_up(run, measure_id)
        cache.set(key, found, KEPT)
    return found


def _added_up(run: Run, measure_id: str) -> list[_Part]:
    """Two passes over the rows of a measure: organisations of several groups are one organisation in the second."""
    known = Organisation.objects.filter(uscc=OuterRef("uscc"))
    rows = Entitlement.objects.filter(Exists(known), run=run, measure_id=measure_id).order_by()
    by_group = rows.values("county", "realm", "group").annotate(
        n=Count("id"), firms=Count("uscc", distinct=True), due=Sum("awarded")
    )
    over_all = rows.values("county", "realm").annotate(n=Count("id"), firms=Count("uscc", distinct=True))
    return [
        *(_Part(f["county"], f["realm"], f["group"], f["n"], f["firms"], f["due"] or Decimal(0)) for f in by_group),
        *(_Part(f["county"], f["realm"], None, f["n"], f["firms"], Decimal(0)) for f in over_all),
    ]


def totals_for_user(user: Any, run: Run | None, measure_id: str, *, group: str = "", county: str = "") -> list[Totals]:
    """Totals by realm of what the person may list, narrowed like the list; an organisation lies in one county."""
    allowed = counties_of(user)
    if run is None or (allowed is not None and not allowed):
        return []
    if county:
        allowed = frozenset({county}) if allowed is None else allowed & {county}
    parts = [part for part in _parts(run, measure_id) if access.reads_realm(user, part.realm)]
    return _totals(parts, group, allowed)


def _totals(parts: list[_Part], group: str, counties: Collection[str] | None) -> list[Totals]:
    inside = [part for part in parts if counties is None or part.county in counties]
    counted = [part for part in inside if part.group == (group or None)]
    due = [part for part in inside if part.group == Group.GET and group in ("", Group.GET)]
    return [
        Totals(
            realm,
            sum(part.rows for part in counted if part.realm == realm),
            sum(part.organisations for part in counted if part.realm == realm),
            sum((part.amount for part in due if part.realm == realm), Decimal(0)),
        )
        for realm in sorted({part.realm for part in counted})
    ]


def budgets_for_user(user: Any, release: LoadedRelease, run: Run | None, measure_id: str) -> list[together.Money]:
    """The budgets of a measure in the year of a run, as the run has divided them, each realm apart.

    The whole city's sums are for officers of the city; nobody else gets any.
    """
    if run is None or counties_of(user) is not None:
        return []
    return [
        together.money(budget, told)
        for budget in together.budgets_of(release, measure_id)
        for told in run.budgets
        if told["id"] == budget.id and access.reads_realm(user, told["realm"])
    ]


def placed_totals(rows: QuerySet[Entitlement]) -> list[Totals]:
    """Totals by realm of rows that a budget has placed; the money is what it pays now."""
    found = rows.order_by().values("realm").annotate(n=Count("id"), firms=Count("uscc", distinct=True), now=Sum("pays"))
    return [Totals(f["realm"], f["n"], f["firms"], f["now"] or Decimal(0)) for f in found.order_by("realm")]
