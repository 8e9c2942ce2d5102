"""From register records to facts: one function per path that a pack's fact catalogue may name as origin.

A path gives None where the register does not know; the fact then stays unknown and is asked for. Paths that add up
payments (``ENTITY.payments.MEASURE.SPAN``) are known here by name; the entitlements app adds them up, since what a payment
was for depends on the claim.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import cached_property
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import override

from kechuang.citypack.models import Fact, Measure

from ..enums import OrganisationKind, Ownership, PatentKind, QualificationKind, SizeClass
from ..models import Base, Loan, Organisation, Patent, Person, Qualification, TechnologyContract, YearlyFigures
from .attributes import attribute_path, attributes_on, fact_value
from .history import on_day

PARTY_WORDS = {
    OrganisationKind.ENTERPRISE: "企业",
    OrganisationKind.UNIVERSITY: "高校",
    OrganisationKind.INSTITUTE: "科研院所",
}
PERSON, OTHER = "个人", "其他"
FIGURES = ("revenue", "rd_expense", "high_tech_income", "total_income", "tax_paid", "staff", "st_staff")
RD_INSTITUTIONS = ("engineering_centre", "technology_centre", "key_laboratory")


def in_force(base: Base, day: dt.date) -> bool:
    """Whether a base's recognition had not run out or been withdrawn by ``day``; the last day of validity counts."""
    return (base.valid_to is None or base.valid_to >= day) and (base.withdrawn_on is None or base.withdrawn_on > day)


@dataclass(frozen=True)
class Subject:
    """What a measure is computed for: a record, the organisation that would get the money, and the day."""

    kind: str
    record: Any
    organisation: Organisation | None
    day: dt.date

    @cached_property
    def years(self) -> list[YearlyFigures]:
        """Figures of complete years before ``day``, newest first."""
        if self.organisation is None:
            return []
        return [row for row in self.organisation.years.all() if row.year < self.day.year]

    @property
    def last_year(self) -> YearlyFigures | None:
        """The newest year on record."""
        return self.years[0] if self.years else None

    @cached_property
    def qualifications(self) -> list[Qualification]:
        """Recognitions held on ``day``."""
        if self.organisation is None:
            return []
        return [
            q for q in self.organisation.qualifications.all()
            if q.valid_from <= self.day and (q.valid_to is None or q.valid_to >= self.day)
        ]  # fmt: skip


Get = Callable[[Subject], Any]


def _party(organisation: Organisation | None, person: bool = False) -> str | None:
    if person:
        return PERSON
    return None if organisation is None else PARTY_WORDS.get(OrganisationKind(organisation.kind), OTHER)


def _yearly(name: str) -> Get:
    return lambda s: None if s.last_year is None else getattr(s.last_year, name)


def _three_years(name: str) -> Get:
    """Sum over the last three years; a year without the figure makes the sum unknown (fewer years: since founding)."""

    def get(subject: Subject) -> Any:
        values = [getattr(row, name) for row in subject.years[:3]]
        return None if not values or None in values else sum(values, Decimal(0))

    return get


def _year_before(name: str) -> Get:
    return lambda s: getattr(s.years[1], name) if len(s.years) > 1 else None


def _ratio(above: Get, below: Get) -> Get:
    """A share to six decimals, cut off rather than rounded: a firm below a line never seems to stand on it."""

    def get(subject: Subject) -> Decimal | None:
        top, bottom = above(subject), below(subject)
        if top is None or not bottom:
            return None
        return (Decimal(top) / Decimal(bottom)).quantize(Decimal("0.000001"), ROUND_DOWN)

    return get


def _whole_years(start: dt.date, day: dt.date) -> int:
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))


def _holds(kind: str) -> Get:
    return lambda s: None if s.organisation is None else any(q.kind == kind for q in s.qualifications)


def _first_held(kind: str) -> Get:
    def get(subject: Subject) -> dt.date | None:
        if subject.organisation is None:
            return None
        return min((q.valid_from for q in subject.organisation.qualifications.all() if q.kind == kind), default=None)

    return get


def _newly_recognised(kind: str) -> Get:
    """Recognised for the first time in the year of ``day``."""
    first = _first_held(kind)

    def get(subject: Subject) -> bool | None:
        if subject.organisation is None:
            return None
        day = first(subject)
        return day is not None and day.year == subject.day.year

    return get


def _organisation(name: str) -> Get:
    return lambda s: None if s.organisation is None else (getattr(s.organisation, name) or None)


def _display(name: str) -> Get:
    """The Chinese label, which is how catalogues name enumerated values, whatever language the page is in."""

    def get(subject: Subject) -> str | None:
        with override("zh-hans"):
            return str(getattr(subject.record, f"get_{name}_display")()) or None

    return get


def _label(choices: type[TextChoices], name: str) -> Get:
    """The same for a field of the organisation."""

    def get(subject: Subject) -> str | None:
        value = getattr(subject.organisation, name, None)
        with override("zh-hans"):
            return str(choices(value).label) if value else None

    return get


def _record(name: str) -> Get:
    return lambda s: getattr(s.record, name)


def _is_kind(*kinds: str) -> Get:
    return lambda s: None if s.organisation is None else s.organisation.kind in kinds


PATHS: Mapping[str, Get] = {
    "contract.amount": _record("amount"),
    "contract.technology_amount": _record("technology_amount"),
    "contract.kind": _display("kind"),
    "contract.signed": _record("signed_on"),
    "contract.registered": lambda s: s.record.registered_on is not None,
    "contract.registered_on": _record("registered_on"),
    "contract.converted": _record("converted"),
    "contract.seller_kind": lambda s: _party(s.record.seller, s.record.seller_is_person),
    "contract.buyer_kind": lambda s: _party(s.record.buyer),
    "contract.number": _record("number"),
    "contract.title": _record("title"),
    "contract.buyer_in_city": lambda s: bool(s.record.buyer.county) or None,
    "contract.seller_in_city": lambda s: bool(s.record.seller.county) or None if s.record.seller else None,
    "contract.buyer_county": lambda s: s.record.buyer.county or None,
    "institution.name": _record("name"),
    "institution.host_county": lambda s: s.record.host.county or None,
    "institution.kind": _display("kind"),
    "institution.level": _display("level"),
    "institution.recognised": lambda s: s.record.recognised_on is not None or None,
    "institution.recognised_on": _record("recognised_on"),
    "institution.host_is_enterprise": lambda s: s.record.host.kind == OrganisationKind.ENTERPRISE,
    "institution.host_in_city": lambda s: bool(s.record.host.county) or None,
    "institution.host_kind": lambda s: _party(s.record.host),
    "enterprise.is_enterprise": _is_kind(OrganisationKind.ENTERPRISE),
    "enterprise.kind": _label(OrganisationKind, "kind"),
    "enterprise.party": lambda s: _party(s.organisation),
    "enterprise.county": _organisation("county"),
    "enterprise.in_city": lambda s: bool(s.organisation and s.organisation.county) or None,
    "enterprise.industry": _organisation("industry"),
    "enterprise.size": _label(SizeClass, "size"),
    "enterprise.is_sme": lambda s: (s.organisation.size in ("medium", "small", "micro"))
    if s.organisation and s.organisation.size else None,
    "enterprise.ownership": _label(Ownership, "ownership"),
    "enterprise.state_controlled": lambda s: (s.organisation.ownership == Ownership.STATE)
    if s.organisation and s.organisation.ownership else None,
    "enterprise.founded": _organisation("founded_on"),
    "enterprise.above_scale": lambda s: None if s.organisation is None else s.organisation.above_scale,
    "enterprise.high_tech": _holds(QualificationKind.HIGH_TECH),
    "enterprise.first_high_tech": _newly_recognised(QualificationKind.HIGH_TECH),
    "enterprise.high_tech_since": _first_held(QualificationKind.HIGH_TECH),
    "enterprise.tech_sme": _holds(QualificationKind.TECH_SME),
    "enterprise.specialised": _holds(QualificationKind.SPECIALISED),
    "enterprise.key_innovative": _holds(QualificationKind.KEY_INNOVATIVE),
    "enterprise.has_rd_institution": lambda s: None if s.organisation is None
    else any(b.kind in RD_INSTITUTIONS and in_force(b, s.day) for b in s.organisation.bases.all()),
    "enterprise.uscc": _organisation("uscc"),
    "enterprise.name": _organisation("name"),
    "enterprise.years_since_founded": lambda s: _whole_years(s.organisation.founded_on, s.day)
    if s.organisation and s.organisation.founded_on else None,
    "enterprise.patents": lambda s: None if s.organisation is None else len(s.organisation.patents.all()),
    "enterprise.invention_patents": lambda s: None if s.organisation is None
    else sum(p.kind == PatentKind.INVENTION for p in s.organisation.patents.all()),
    **{f"enterprise.{name}[last_year]": _yearly(name) for name in FIGURES},
    **{f"enterprise.{name}[previous_year]": _year_before(name) for name in FIGURES},
    **{f"enterprise.{name}[last_3_years]": _three_years(name) for name in FIGURES},
    "enterprise.rd_ratio[last_year]": _ratio(_yearly("rd_expense"), _yearly("revenue")),
    "enterprise.rd_ratio[last_3_years]": _ratio(_three_years("rd_expense"), _three_years("revenue")),
    "enterprise.st_staff_share[last_year]": _ratio(_yearly("st_staff"), _yearly("staff")),
    "enterprise.high_tech_income_share[last_year]": _ratio(_yearly("high_tech_income"), _yearly("total_income")),
    "enterprise.has_rd_expense": lambda s: (
        s.last_year.rd_expense > 0 if s.last_year and s.last_year.rd_expense is not None else None
    ),
    "loan.amount": _record("amount"),
    "loan.interest": _record("interest_paid"),
    "loan.pledged_ip": _record("pledged_ip"),
    "loan.granted": _record("granted_on"),
    "loan.guaranteed": lambda s: bool(s.record.guarantees.all()) or None,
    "patent.kind": _display("kind"),
    "patent.granted": _record("granted_on"),
    "patent.ipc": lambda s: s.record.ipc or None,
    "patent.owner_in_city": lambda s: bool(s.record.owner.county) or None,
    "patent.owner_kind": lambda s: _party(s.record.owner),
    "patent.is_invention": lambda s: s.record.kind == PatentKind.INVENTION,
    "person.employed": lambda s: s.record.employer_id is not None or None,
    "person.degree": lambda s: s.record.degree or None,
    "person.discipline": lambda s: s.record.discipline or None,
    "person.since": _record("since"),
    "person.title": lambda s: s.record.title or None,
}  # fmt: skip


def _signed(side: str, back: int) -> Callable[[Subject], list[Subject] | None]:
    """Contracts of a side signed in the year of the day (``back`` 0) or the year before (1), oldest first."""

    def get(subject: Subject) -> list[Subject] | None:
        if subject.organisation is None:
            return None
        rows = [c for c in getattr(subject.organisation, side).all() if c.signed_on.year == subject.day.year - back]
        rows = [c for c in rows if c.signed_on <= subject.day]
        ordered = sorted(rows, key=lambda c: (c.signed_on, c.pk))
        return [Subject("contract", row, subject.organisation, subject.day) for row in ordered]

    return get


def _owned(kind: str, name: str) -> Callable[[Subject], list[Subject] | None]:
    """All records of a kind that the organisation has."""

    def get(subject: Subject) -> list[Subject] | None:
        if subject.organisation is None:
            return None
        rows = sorted(getattr(subject.organisation, name).all(), key=lambda row: row.pk)
        return [Subject(kind, row, subject.organisation, subject.day) for row in rows]

    return get


#: Lists of records that a fact of the type ``relation`` may name as its path.
LISTS: Mapping[str, Callable[[Subject], list[Subject] | None]] = {
    "enterprise.sales[this_year]": _signed("sales", 0),
    "enterprise.sales[last_year]": _signed("sales", 1),
    "enterprise.purchases[this_year]": _signed("purchases", 0),
    "enterprise.purchases[last_year]": _signed("purchases", 1),
    "enterprise.loan_list": _owned("loan", "loans"),
    "enterprise.patent_list": _owned("patent", "patents"),
    "enterprise.base_list": _owned("institution", "bases"),
    "enterprise.person_list": _owned("person", "people"),
}

PAYMENTS = re.compile(
    r"(enterprise|institution|contract|person|patent|loan)\.payments\.[a-z0-9_-]+\.(this_year|ever|earlier|years)"
)


def is_known_path(path: str) -> bool:
    """Whether the register knows this path (payments: by name only)."""
    held = path in PATHS or path in LISTS or attribute_path(path) is not None
    return held or PAYMENTS.fullmatch(path) is not None


def _records(subject: Subject, fact: Fact, elements: Mapping[str, Fact]) -> tuple[dict[str, Any], ...] | None:
    """The records of a list, each with what the register knows of it; None where there is nobody to have any."""
    found = LISTS[fact.origin.path or ""](subject)
    wanted = [elements[name] for name in fact.elements if name in elements]
    return None if found is None else tuple(facts_of(record, wanted) for record in found)


def facts_of(subject: Subject, catalogue: Iterable[Fact], elements: Mapping[str, Fact] | None = None) -> dict[str, Any]:
    """Facts of the catalogue that the register knows about the subject; unknown ones are left out.

    An enumerated value that the catalogue does not list is left out too: it is asked for, never guessed. A list of
    records needs ``elements``, the facts by name; what is not known of a record is left out of it.
    """
    known: dict[str, Any] = {}
    for fact in catalogue:
        path = fact.origin.path
        if fact.type == "relation" and path in LISTS and elements is not None:
            records = _records(subject, fact, elements)
            if records is not None:
                known[fact.id] = records
            continue
        if path is None or not (path in PATHS or "attribute[" in path):
            continue
        if fact.entity not in ("enterprise", subject.kind):
            continue
        if path.split(".", 1)[0] not in ("enterprise", subject.kind):
            continue
        value = PATHS[path](subject) if path in PATHS else _attribute(subject, fact, path)
        if value is None or (fact.type == "enum" and value not in {item.value for item in fact.values}):
            continue
        known[fact.id] = value
    return known


def _attribute(subject: Subject, fact: Fact, path: str) -> Any:
    """A dated attribute of the subject's record, or of the organisation, as it held on the subject's day."""
    found = attribute_path(path)
    record = subject.organisation if found and found[0] == "enterprise" else subject.record
    if found is None or record is None:
        return None
    return fact_value(fact, attributes_on(record, subject.day).get(found[1]))


# ---- subjects of measures --------------------------------------------------------------------


def _contract(row: TechnologyContract, party: str | None, day: dt.date) -> Subject:
    return Subject("contract", row, row.seller if party == "seller" else row.buyer, day)


def subjects_of(
    organisation: Organisation, measure: Measure, day: dt.date, *, every_base: bool = False
) -> list[Subject]:
    """The subjects of a measure that belong to one organisation: itself, its contracts, its institutions …

    An institution is one of research and development, unless ``every_base``: incubators and parks as well, for a
    measure that asks for the kind itself.
    """
    organisation = on_day(organisation, day)
    if measure.subject == "enterprise":
        return [Subject("enterprise", organisation, organisation, day)]
    if measure.subject == "contract":
        rows = organisation.sales if measure.party == "seller" else organisation.purchases
        return [_contract(row, measure.party, day) for row in rows.all()]
    owned: dict[str, Iterable[Base | Patent | Loan | Person]] = {
        "institution": [
            on_day(base, day)
            for base in organisation.bases.all()
            if in_force(base, day) and (every_base or base.kind in RD_INSTITUTIONS)
        ],
        "patent": organisation.patents.all(),
        "loan": organisation.loans.all(),
        "person": organisation.people.all(),
    }
    return [Subject(measure.subject, row, organisation, day) for row in owned.get(measure.subject, ())]
