"""Budgets at the end of a run: each amount due is paid in full, in part, or waits; and who pays it, to the fen.

Budgets are divided for real and generated records apart. What a budget can still give is its amount of the year less the payments on record
under its measures in that year. Equal places in a queue or a ranking keep the order of the register. Each subject's amount is split among
the levels by itself (the fen that remains goes to the largest cut-off part, to the level named first where equal), and the sums of the
levels are the sums of these parts: so everything reconciles to the fen.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import translation

from kechuang.citypack import models as pack_models
from kechuang.measures.budget import Place, Request, outcomes, split
from kechuang.web.entitlements.domain import together
from kechuang.web.entitlements.domain.subjects import conform
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.domain.facts import Subject, facts_of
from kechuang.web.registry.models import Support

ROWS = 300  # written in one transaction, so that no other writer waits long
ZERO = Decimal("0.00")
#: Levels whose treasury is that of the subject's own place.
LOCAL = ("county", "benefiting")


@dataclass(frozen=True)
class Due:
    """An amount that is due: the stored row, its place, and what orders it (a date for a queue, a number for a ranking)."""

    row: int
    amount: Decimal
    county: str
    order: Any
    registered: tuple[dt.datetime, str, int]
    """When its record was registered, and its kind and key: the order of equal ones."""


@dataclass
class Queues:
    """What is due from each budget, collected while the rows of a run are stored."""

    release: LoadedRelease
    year: int
    waiting: list[tuple[Entitlement, Any, Subject]] = field(default_factory=list)
    due: dict[tuple[str, str], list[Due]] = field(default_factory=dict)

    def budget_of(self, measure_id: str) -> pack_models.Budget | None:
        """The budget a measure is paid from this year: one with an amount before one without."""
        found = together.budgets_of(self.release, measure_id)
        return next((b for b in found if self.year in b.amounts), found[0] if found else None)

    def note(self, row: Entitlement, subject: Subject) -> None:
        """Remember a row that is not stored yet, with what orders it."""
        if row.group != Group.GET or not row.awarded or (budget := self.budget_of(row.measure_id)) is None:
            return
        row.budget = budget.id
        self.waiting.append((row, order_of(self.release, budget, subject), subject))

    def stored(self) -> None:
        """The rows noted since the last call have been stored and have their keys."""
        for row, order, subject in self.waiting:
            registered = (subject.record.recorded_at, subject.kind, subject.record.pk)
            due = Due(row.pk, row.awarded or ZERO, row.county, order, registered)
            self.due.setdefault((row.budget, row.realm), []).append(due)
        self.waiting.clear()


def order_of(release: LoadedRelease, budget: pack_models.Budget, subject: Subject) -> Any:
    """What orders a claim on a budget; None where the register does not know it."""
    if budget.when_short == "queue" and budget.order_by is None:
        return together.day_of(subject.kind, subject.record)
    fact = release.facts.get(budget.order_by or "")
    if fact is None:
        return None
    with translation.override("zh-hans"):
        found = facts_of(subject, [fact], release.facts)
    return conform(found[fact.id], fact) if fact.id in found else None


def spent(release: LoadedRelease, budget: pack_models.Budget, realm: str, on: dt.date) -> Decimal:
    """What was paid under a budget's measures in the year of ``on`` until then, as far as the register knows."""
    names = [*budget.measures, *(release.records[m].title.zh for m in budget.measures if m in release.records)]
    until = Q(paid_on__isnull=True) | Q(paid_on__lte=on)
    rows = Support.objects.filter(until, measure__in=names, year=on.year, realm=realm)
    return rows.aggregate(total=Sum("amount"))["total"] or ZERO


def fund(run: Run, queues: Queues) -> list[dict[str, Any]]:
    """Divide every budget among the rows that are due from it, store what each gets, and return what there is to say."""
    told = []
    budgets = {budget.id: budget for budget in queues.release.pack.budgets}
    for (budget_id, realm), several in sorted(queues.due.items()):
        budget = budgets[budget_id]
        several.sort(key=lambda due: due.registered)
        amount = budget.amounts.get(run.on.year)
        before = spent(queues.release, budget, realm, run.on)
        entry: dict[str, Any] = {
            "id": budget_id, "realm": realm, "year": run.on.year, "spent": f"{before:.2f}",
            "due": f"{sum((d.amount for d in several), ZERO):.2f}",
        }  # fmt: skip
        if amount is not None:
            left = max(amount - before, ZERO)
            places = _places(budget, several, left)
            entry |= _store(budget, several, places)
        told.append(entry)
    return told


def _places(budget: pack_models.Budget, several: Sequence[Due], left: Decimal) -> dict[str, Place]:
    queue = budget.when_short == "queue"

    def request(due: Due) -> Request:
        received, score = (due.order, None) if queue else (None, due.order)
        return Request(str(due.row), due.amount, received, score)

    return outcomes([request(due) for due in several], left, budget.when_short)


def payers(budget: pack_models.Budget, paid: Decimal, county: str) -> list[dict[str, str]]:
    """Who pays an amount: each level's part, with the place whose treasury it is; empty where no shares are stated."""
    if not budget.shares or not paid:
        return []
    return [
        {"level": level, "amount": f"{part:.2f}", **({"county": county} if level in LOCAL else {})}
        for level, part in split(paid, budget.shares).items()
    ]


def _store(budget: pack_models.Budget, several: Sequence[Due], places: dict[str, Place]) -> dict[str, Any]:
    """Write what each row gets; the sums over all of them."""
    counts: Counter[str] = Counter()
    levels = dict.fromkeys(budget.shares, ZERO)
    local: dict[tuple[str, str], Decimal] = {}
    paid = ZERO
    rows: list[Entitlement] = []
    for due in several:
        place = places[str(due.row)]
        parts = payers(budget, place.paid, due.county)
        counts[place.outcome] += 1
        paid += place.paid
        for part in parts:
            levels[part["level"]] += Decimal(part["amount"])
            if "county" in part:
                key = (part["level"], part["county"])
                local[key] = local.get(key, ZERO) + Decimal(part["amount"])
        rows.append(
            Entitlement(pk=due.row, place=place.outcome, pays=place.paid, position=place.position, payers=parts)
        )
    for start in range(0, len(rows), ROWS):
        with transaction.atomic():
            Entitlement.objects.bulk_update(
                rows[start : start + ROWS], ["place", "pays", "position", "payers"], batch_size=100
            )
    return {
        "paid": f"{paid:.2f}",
        "counts": dict(counts),
        "levels": {level: f"{total:.2f}" for level, total in levels.items()},
        "local": [[level, county, f"{total:.2f}"] for (level, county), total in sorted(local.items())],
    }
