"""Subjects of measures out of the register, and the facts the register knows about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils import translation

from kechuang.citypack import models as pack_models
from kechuang.web.entitlements.domain import together
from kechuang.web.entitlements.domain.calculate import measure_facts
from kechuang.web.entitlements.domain.received import Received, payments
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.domain.facts import Subject, facts_of, subjects_of
from kechuang.web.registry.enums import OrganisationKind
from kechuang.web.registry.models import Organisation

#: Kinds of organisation that measures for enterprises are computed for (family farms and cooperatives are subjects too).
FIRMS = {
    OrganisationKind.ENTERPRISE,
    OrganisationKind.COOPERATIVE,
    OrganisationKind.FAMILY_FARM,
    OrganisationKind.BROKER,
}

_TYPES: dict[str, type] = {
    "money": Decimal,
    "rate": Decimal,
    "count": Decimal,
    "date": dt.date,
    "enum": str,
    "text": str,
    "boolean": bool,
}


def conform(value: Any, fact: pack_models.Fact, facts: Mapping[str, pack_models.Fact] | None = None) -> Any:
    """A register value in the type of its fact; None (unknown, to be asked) when it has another type.

    A list needs ``facts``; what is unknown of one of its records is left out of that record.
    """
    if fact.type == "relation":
        known = facts or {}
        records = [{name: conform(v, known[name]) for name, v in record.items() if name in known} for record in value]
        return tuple({name: v for name, v in record.items() if v is not None} for record in records)
    expected = _TYPES[fact.type]
    if expected is Decimal and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if expected is dt.date and isinstance(value, dt.datetime):
        return value.date()
    return value if type(value) is expected else None


def known_facts(
    release: LoadedRelease, measure_id: str, subject: Subject, known: Received | None = None
) -> dict[str, Any]:
    """What the register knows about a subject of the facts a measure needs, ready for the engine; ``known`` are the payments
    of its organisation.

    Enumerated values are Chinese in the catalogue, so labels are read in Chinese whatever the page's language.
    """
    wanted = [release.facts[name] for name in measure_facts(release, measure_id)]
    with translation.override("zh-hans"):
        found = facts_of(subject, wanted, release.facts)
    if known is not None:
        claim = (key_of(subject), together.day_of(subject.kind, subject.record))
        found |= payments(release, measure_id, wanted, known.grants, claim, subject.day)
    typed = {name: conform(value, release.facts[name], release.facts) for name, value in found.items()}
    return {name: value for name, value in typed.items() if value is not None}


def name_of(subject: Subject) -> str:
    """The subject's own name: the contract's title and number, the institution's name; empty for the organisation."""
    if subject.kind == "enterprise":
        return ""
    record = subject.record
    name = getattr(record, "name", None) or getattr(record, "title", None) or str(record)
    number = getattr(record, "number", None)
    return f"{name}（{number}）" if number else str(name)


def asks_for_kind(facts: Iterable[pack_models.Fact]) -> bool:
    """Whether a measure asks what kind of base it is about: then its conditions, and not we, say which ones count."""
    return any(fact.origin.path == "institution.kind" for fact in facts)


def key_of(subject: Subject) -> str:
    """Tells the subjects of one organisation apart; empty for the organisation itself."""
    return "" if subject.kind == "enterprise" else f"{subject.kind}:{subject.record.pk}"


def subjects(
    release: LoadedRelease, organisation: Organisation, on: dt.date
) -> Iterator[tuple[pack_models.Measure, Subject]]:
    """Every measure of the release with every subject of the organisation that it can be computed for."""
    for measure in release.pack.measures:
        if measure.subject == "enterprise" and organisation.kind not in FIRMS:
            continue
        every_base = asks_for_kind(release.facts[name] for name in measure_facts(release, measure.id))
        for subject in subjects_of(organisation, measure, on, every_base=every_base):
            yield measure, subject
