"""What the register knows of support received: as grants for the rules on measures that meet, and as facts.

The register may lack payments. Only where the city has said since when all of them are registered (``support_complete_since`` of
``city.yaml``) is a sum of payments a fact, 0 included, and a rule sure to know them; before that what is registered counts, the
rules say that they may lack some, and the sums are asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kechuang.citypack import models as pack_models
from kechuang.measures.cumulation import Claim, Grant, Group
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.models import Organisation, Support

#: The kind of subject by the field of a payment that says what it was for.
FOR = {"contract": "contract", "institution": "base", "patent": "patent", "loan": "loan", "person": "person"}
THIS = "this_measure"


@dataclass(frozen=True)
class Received:
    """The payments an organisation has on record, in the words of the rules."""

    grants: tuple[Grant, ...] = ()

    @property
    def count(self) -> int:
        """How many payments are on record."""
        return len(self.grants)

    @property
    def total(self) -> Decimal:
        """What they add up to, in yuan."""
        return _sum(self.grants)


def measure_named(release: LoadedRelease, words: str) -> str:
    """The code of a measure that a record names by its code or its Chinese title; empty when it is none of the pack."""
    if words in release.records:
        return words
    return _titled(release).get(words, "")


@lru_cache(maxsize=16)
def _titled(release: LoadedRelease) -> Mapping[str, str]:
    """The codes of measures by Chinese title, of equal titles the first: a run asks for each payment on record."""
    found: dict[str, str] = {}
    for code, record in release.records.items():
        found.setdefault(record.title.zh, code)
    return found


def grant_of(release: LoadedRelease, support: Support, on: dt.date) -> Grant:
    """One payment as a grant. Without a day it counts as paid at the end of its year, or on ``on`` if that is earlier."""
    own = measure_named(release, support.measure)
    subject = next((f"{kind}:{pk}" for kind, name in FOR.items() if (pk := getattr(support, f"{name}_id"))), "")
    end = dt.date(support.year, 12, 31)
    day = support.paid_on or (on if support.year == on.year else end)
    return Grant(
        own or f"{support.level}:{support.measure}",
        support.amount,
        day,
        subject,
        support.year,
        "" if own else measure_named(release, support.same_as),
        f"support/{support.pk}",
    )


def received(release: LoadedRelease, organisation: Organisation, on: dt.date) -> Received:
    """The payments of an organisation known on a day, oldest first."""
    found = [grant_of(release, support, on) for support in organisation.supports.all()]
    return Received(tuple(sorted((g for g in found if g.on <= on), key=lambda g: (g.on, g.ref))))


def _complete_since(release: LoadedRelease) -> dt.date | None:
    return release.pack.city.support_complete_since


def _begin(release: LoadedRelease, measures: Iterable[str]) -> dt.date | None:
    """The first day on which one of the measures could be paid; None for a programme of another level."""
    days: list[dt.date] = []
    for name in measures:
        if name not in release.records:
            return None
        days.append(release.records[name].effective.from_)
    return min(days, default=None)


def unsure(release: LoadedRelease, rules: Iterable[Group], claims: Collection[Claim], on: dt.date) -> frozenset[str]:
    """The rules for which payments may be missing in the register, for these claims on this day."""
    since = _complete_since(release)
    found = set()
    for rule in rules:
        begin = _begin(release, rule.against if rule.kind in ("exclude", "offset") else rule.measures)
        if since is None or begin is None:
            found.add(rule.id)
            continue
        if rule.period == "year":
            years = [(claim.day or on).year for claim in claims if claim.measure in rule.measures]
            begin = max(begin, dt.date(min(years, default=on.year), 1, 1))
        elif rule.period != "ever":
            begin = max(begin, on.replace(year=on.year - rule.period, day=min(on.day, 28)))
        if begin < since:
            found.add(rule.id)
    return frozenset(found)


# ---- payments as facts -------------------------------------------------------------------------


def asked_path(fact: pack_models.Fact) -> tuple[str, str] | None:
    """Measure and span of a fact that adds up payments (``contract.payments.this_measure.this_year``), or None."""
    parts = (fact.origin.path or "").split(".")
    return (parts[2], parts[3]) if len(parts) == 4 and parts[1] == "payments" else None


def payments(
    release: LoadedRelease,
    measure_id: str,
    wanted: Iterable[pack_models.Fact],
    grants: Collection[Grant],
    claim: tuple[str, dt.date | None],
    on: dt.date,
) -> dict[str, Any]:
    """The facts that add up payments of an organisation, where the register is known to have all of them.

    Spans: ``this_year``, ``ever`` and ``earlier`` (years before this) add up yuan, ``years`` counts earlier years with a payment. What
    was paid for the claim itself (its subject and day) is left out: it is taken off its amount, not off its room.
    """
    since = _complete_since(release)
    found: dict[str, Any] = {}
    for fact in wanted:
        path = asked_path(fact)
        if path is None or since is None:
            continue
        named = measure_id if path[0] == THIS else path[0]
        begin = _begin(release, [named])
        if begin is None or max(begin, dt.date(on.year, 1, 1) if path[1] == "this_year" else begin) < since:
            continue
        others = [g for g in grants if g.measure == named and not (named == measure_id and _own(g, claim, on))]
        found[fact.id] = SPANS[path[1]](others, on)
    return found


def _own(grant: Grant, claim: tuple[str, dt.date | None], on: dt.date) -> bool:
    subject, day = claim
    return grant.subject == subject and (grant.counted == on.year if day is None else grant.on >= day)


def _sum(grants: Iterable[Grant]) -> Decimal:
    return sum((g.amount for g in grants), Decimal("0.00"))


SPANS = {
    "this_year": lambda grants, on: _sum(g for g in grants if g.counted == on.year),
    "ever": lambda grants, on: _sum(grants),
    "earlier": lambda grants, on: _sum(g for g in grants if g.counted < on.year),
    "years": lambda grants, on: Decimal(len({g.counted for g in grants if g.counted < on.year})),
}
