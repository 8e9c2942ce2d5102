"""The register as subjects of one measure, with a notice after every hundred organisations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Prefetch, QuerySet

from kechuang.citypack import models as pack_models
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import compile_measure
from kechuang.web.accounts.access import reads_realm
from kechuang.web.core.enums import Realm
from kechuang.web.entitlements.domain.subjects import asks_for_kind, conform
from kechuang.web.entitlements.domain.together import day_of
from kechuang.web.laboratory.domain.subject import Subject
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.domain.facts import Subject as Registered
from kechuang.web.registry.domain.facts import facts_of, subjects_of
from kechuang.web.registry.models import Organisation, TechnologyContract

EVERY = 100
_OWNED = {"institution": "bases", "patent": "patents", "loan": "loans", "person": "people"}
_LISTED = {
    "sales": "sales", "purchases": "purchases", "loan_list": "loans", "patent_list": "patents", "base_list": "bases",
    "person_list": "people",
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """What a rule is computed for, and which party of a contract gets the money."""

    subject: str
    party: str | None = None


def realm_in_use(user: Any) -> str:
    """Real organisations when there are any and the person may read them, generated ones otherwise; never both."""
    if not reads_realm(user, Realm.REAL):
        return Realm.DEMO
    real = Organisation.objects.filter(realm=Realm.REAL).exists()
    return Realm.REAL if real else Realm.DEMO


def organisations(realm: str, kind: Kind, facts: list[pack_models.Fact]) -> QuerySet[Organisation]:
    """Organisations of one realm that have such subjects, with the records that the facts are made of."""
    found = Organisation.objects.filter(realm=realm).order_by("pk")
    relations = {name for fact in facts for name in _relations(fact.origin.path or "")}
    contracts = TechnologyContract.objects.filter(realm=realm)
    sides = relations & {"sales", "purchases"}
    relations -= sides
    if kind.subject == "contract":
        side, end = ("sales", "seller") if kind.party == "seller" else ("purchases", "buyer")
        sides.add(side)
        found = found.filter(pk__in=contracts.values(end))
    elif kind.subject in _OWNED:
        relations.add(_OWNED[kind.subject])
        found = found.filter(**{f"{_OWNED[kind.subject]}__isnull": False}).distinct()
    both_ends = contracts.select_related("seller", "buyer")
    return found.prefetch_related(*relations, *(Prefetch(side, queryset=both_ends) for side in sides))


def _relations(path: str) -> tuple[str, ...]:
    """Records that a path of an organisation reads; a path that is not known here reads lazily, which is only slower."""
    if not path.startswith("enterprise."):
        return ()
    if held := _LISTED.get(path.removeprefix("enterprise.").partition("[")[0]):
        return (held,)
    if "[" in path or path.endswith("has_rd_expense"):
        return ("years",)
    if path.endswith("patents"):
        return ("patents",)
    if path.endswith("has_rd_institution"):
        return ("bases",)
    kinds = ("high_tech", "first_high_tech", "high_tech_since", "tech_sme", "specialised", "key_innovative")
    return ("qualifications",) if path.removeprefix("enterprise.") in kinds else ()


def granted_facts(release: LoadedRelease) -> dict[str, str]:
    """Facts that count what was granted before, by the path the pack gives them: name and ``year`` or ``ever``."""
    found = {}
    for fact in release.pack.facts:
        path = fact.origin.path or ""
        if ".payments." in path:
            found[fact.id] = "year" if path.endswith("this_year") else "ever"
    return found


def needed(rules: list[Measure], catalogue: Catalogue) -> list[str]:
    """Facts of conditions, amounts and readings of all rules."""
    return list(dict.fromkeys(f for rule in rules for f in compile_measure(rule, catalogue).facts))


def subjects(
    release: LoadedRelease,
    record: Kind,
    facts: list[str],
    on: dt.date,
    realm: str,
    tick: Callable[[int, int], None],
) -> list[Subject]:
    """Every subject of the measure in the register, with the known ones of ``facts``."""
    wanted = [release.facts[name] for name in facts]
    query = organisations(realm, record, wanted)
    total = query.count()
    found: list[Subject] = []
    every_base = asks_for_kind(wanted)
    for done, organisation in enumerate(chunks(query)):
        if done % EVERY == 0:
            tick(done, total)
        for subject in subjects_of(organisation, cast(pack_models.Measure, record), on, every_base=every_base):
            found.append(_subject(subject, organisation, wanted, release.facts))
    tick(total, total)
    return found


def chunks(query: QuerySet[Organisation]) -> Iterator[Organisation]:
    """All organisations, a hundred at a time, by key.

    An open cursor would hold SQLite's snapshot, and noting the progress beside it would then fail ("database is
    locked") as soon as another process has written.
    """
    last = 0
    while chunk := list(query.filter(pk__gt=last)[:EVERY]):
        yield from chunk
        last = chunk[-1].pk


def _subject(
    subject: Registered,
    organisation: Organisation,
    wanted: list[pack_models.Fact],
    facts: Mapping[str, pack_models.Fact],
) -> Subject:
    known = facts_of(subject, wanted, facts)
    typed = {fact.id: conform(known[fact.id], fact, facts) for fact in wanted if fact.id in known}
    return Subject(
        key=str(subject.record.pk),
        organisation=organisation.uscc,
        name=organisation.name,
        county=organisation.county,
        industry=organisation.industry[:3],
        size=organisation.size,
        day=day_of(subject.kind, subject.record),
        facts={name: value for name, value in typed.items() if value is not None},
    )
