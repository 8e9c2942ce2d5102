"""Statistics by official definition, counted from the register: as of a day, as known at a moment, for one realm.

Monitoring takes them as observations whose source is the register (``docs/decisions/0009-register-statistics.md``). Each
says what it could not place (a base without a date, a firm of unknown size) instead of guessing, and how far the
register covers the definition.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from kechuang import bitemporal
from kechuang.web.core.errors import UserError

from ..enums import BaseKind, BaseLevel, OrganisationKind, OrganisationStatus, Ownership, QualificationKind
from ..models import Organisation, Person, Qualification
from . import holding
from .facts import RD_INSTITUTIONS
from .history import State
from .kinds import KINDS, Kind
from .queries import held_on
from .values import state_of

LEVELS = (BaseLevel.CITY, BaseLevel.PROVINCE, BaseLevel.NATION)
#: What counts as an innovation platform; the document does not define it, the catalogue of the register lists these.
PLATFORMS = (*RD_INSTITUTIONS,)


@dataclass(frozen=True)
class Statistic:
    """One figure from the register.

    ``value`` is None where nothing can be said; ``undecided`` counts records that could not be placed, ``parts`` break
    the figure down. ``complete`` is False where the register holds only a part of what the definition counts.
    """

    id: str
    value: Decimal | None
    unit: str
    on: dt.date
    realm: str
    undecided: int = 0
    complete: bool = True
    parts: dict[str, int] = field(default_factory=dict)


def states(kind: Kind, realm: str, on: dt.date, known_on: dt.datetime | None = None) -> Iterator[tuple[int, State]]:
    """Key and state of every record of a kind on a day, as known at a moment.

    A record that was never changed has one state from its recording on; the others' states are read together.
    """
    marks = holding.published()
    history = holding.stored(kind, marks)
    rows = kind.model.objects.filter(realm=realm).select_related(*kind.references)
    for record in rows.iterator(chunk_size=2000):
        if record.pk in history:
            held = bitemporal.as_of(history[record.pk], on, known_on)
            if held is not None:
                yield record.pk, held.values
        elif known_on is None or holding.known_since(record.recorded_at, record.import_id, marks) <= known_on:
            yield record.pk, state_of(kind, record)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def base_stands(state: State, on: dt.date) -> bool | None:
    """Whether a base was recognised and in force on a day; None when its date of recognition is not on record."""
    recognised, last, withdrawn = (_date(state[name]) for name in ("recognised_on", "valid_to", "withdrawn_on"))
    if (last is not None and last < on) or (withdrawn is not None and withdrawn <= on):
        return False
    return None if recognised is None else recognised <= on


def bases(
    kinds: tuple[str, ...], lowest: str, *, on: dt.date, realm: str, known_on: dt.datetime | None = None
) -> tuple[Counter[str], int]:
    """Bases of the kinds in force on a day by level, from ``lowest`` level on, and how many have no date."""
    wanted = {str(level) for level in LEVELS[LEVELS.index(BaseLevel(lowest)) :]}
    counts: Counter[str] = Counter()
    undated = 0
    for _key, state in states(KINDS["base"], realm, on, known_on):
        if state["kind"] not in kinds or state["level"] not in wanted:
            continue
        stands = base_stands(state, on)
        if stands is None:
            undated += 1
        elif stands:
            counts[str(state["level"])] += 1
    return counts, undated


def _bases(ident: str, kinds: tuple[str, ...], lowest: str, unit: str) -> Callable[..., Statistic]:
    def compute(on: dt.date, realm: str, known_on: dt.datetime | None) -> Statistic:
        counts, undated = bases(kinds, lowest, on=on, realm=realm, known_on=known_on)
        return Statistic(ident, Decimal(counts.total()), unit, on, realm, undated, parts=dict(counts))

    return compute


def coverage(on: dt.date, realm: str, known_on: dt.datetime | None = None) -> Statistic:
    """Share of the firms with the duty that have an R&D institution, in per cent with one decimal.

    The duty is that of above-scale, high-tech and state-controlled enterprises (郴政发〔2013〕4号: 规上、高新、国有控股
    企业); an institution is an engineering centre, technology centre or key laboratory in force. A firm that is none of
    the three as far as known, but whose scale or ownership is not on record, is undecided and not counted.
    """
    high_tech = set(
        Qualification.objects.filter(held_on(on), kind=QualificationKind.HIGH_TECH, realm=realm).values_list(
            "organisation", flat=True
        )
    )
    hosts: set[str] = set()
    for _key, state in states(KINDS["base"], realm, on, known_on):
        if state["kind"] in RD_INSTITUTIONS and base_stands(state, on) is not False:
            hosts.add(str(state["host"]))
    parts: Counter[str] = Counter()
    undecided = 0
    for key, state in _firms(realm, on, known_on):
        duties = {
            "above_scale": state["above_scale"] == "true",
            "high_tech": key in high_tech,
            "state_controlled": state["ownership"] == Ownership.STATE,
        }
        if not any(duties.values()):
            undecided += state["above_scale"] is None or not state["ownership"]
            continue
        has = state["uscc"] in hosts
        parts["firms"] += 1
        parts["with_institution"] += has
        for name, holds in duties.items():
            parts[name] += holds
            parts[f"{name}_with"] += holds and has
    share = None
    if parts["firms"]:
        share = (Decimal(100) * parts["with_institution"] / parts["firms"]).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Statistic("rd_institution_coverage", share, "%", on, realm, undecided, parts=dict(parts))


FIRM_COLUMNS = ("uscc", "kind", "above_scale", "ownership", "status", "founded_on")


def _firms(realm: str, on: dt.date, known_on: dt.datetime | None) -> Iterator[tuple[int, State]]:
    """Key and state of the enterprises that existed on a day. Reads columns, not records: a city has 100,000 of them."""
    marks = holding.published()
    history = holding.stored(KINDS["organisation"], marks)
    columns = Organisation.objects.filter(realm=realm).values_list("pk", "recorded_at", "import_id", *FIRM_COLUMNS)
    for key, recorded_at, import_id, *values in columns.iterator(chunk_size=5000):
        if key in history:
            held = bitemporal.as_of(history[key], on, known_on)
            state = held.values if held is not None else None
        elif known_on is not None and holding.known_since(recorded_at, import_id, marks) > known_on:
            state = None
        else:
            state = dict(zip(FIRM_COLUMNS, values, strict=True))
            state["above_scale"] = None if state["above_scale"] is None else str(state["above_scale"]).lower()
            state["founded_on"] = state["founded_on"].isoformat() if state["founded_on"] else None
        if state is None or state["kind"] != OrganisationKind.ENTERPRISE:
            continue
        founded = _date(state["founded_on"])
        if state["status"] in (OrganisationStatus.DEREGISTERED, OrganisationStatus.REVOKED):
            continue
        if founded is None or founded <= on:
            yield key, state


def talent(on: dt.date, realm: str, known_on: dt.datetime | None = None) -> Statistic:
    """People in the register who worked at a registered organisation on a day, by degree.

    It is a part of the talent stock only: the register holds who was registered, not everybody whom the statistical
    definition counts; ``complete`` says so. Who has no first day on record is undecided and not counted.
    """
    degrees: Counter[str] = Counter()
    undated = 0
    rows = Person.objects.filter(realm=realm, employer__isnull=False)
    if known_on is not None:
        rows = rows.filter(recorded_at__lte=known_on)
    for degree, since in rows.values_list("degree", "since").iterator():
        if since is None:
            undated += 1
        elif since <= on:
            degrees[degree or "unknown"] += 1
    return Statistic(
        "st_talent_registered", Decimal(degrees.total()), "人", on, realm, undated, complete=False, parts=dict(degrees)
    )


INCUBATORS = (str(BaseKind.INCUBATOR),)
PARKS = (str(BaseKind.PARK), str(BaseKind.SUSTAINABLE_ZONE))
#: By the indicator they are an observation of.
STATISTICS: dict[str, Callable[[dt.date, str, dt.datetime | None], Statistic]] = {
    "incubators_municipal_plus": _bases("incubators_municipal_plus", INCUBATORS, "city", "家"),
    "incubators_provincial_plus": _bases("incubators_provincial_plus", INCUBATORS, "province", "家"),
    "platforms_municipal_plus": _bases("platforms_municipal_plus", PLATFORMS, "city", "家"),
    "platforms_provincial_plus": _bases("platforms_provincial_plus", PLATFORMS, "province", "家"),
    "parks_provincial_plus": _bases("parks_provincial_plus", PARKS, "province", "个"),
    "rd_institution_coverage": coverage,
    "st_talent_registered": talent,
}


def compute(ident: str, *, realm: str, on: dt.date | None = None, known_on: dt.datetime | None = None) -> Statistic:
    """One statistic by its id, on a day (today), as known at a moment (now). Never both realms in one figure.

    Raises:
        UserError: there is no statistic with this id (404).
    """
    if ident not in STATISTICS:
        listed = ", ".join(STATISTICS)
        raise UserError(
            f"登记库不算“{ident}”；能算的有：{listed}。",
            f"The register does not count “{ident}”; it counts: {listed}.",
            code="no_statistic",
            status=404,
        )
    return STATISTICS[ident](on or timezone.localdate(), realm, known_on)
