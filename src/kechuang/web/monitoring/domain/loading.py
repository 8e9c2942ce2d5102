"""From the records of a pack and confirmed submissions to the indicators library."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from kechuang.citypack import models as pack_models
from kechuang.indicators import (
    Break,
    Definition,
    Flag,
    Observation,
    Related,
    Situation,
    Source,
    Target,
    Text,
    Trust,
    as_known_on,
    choose_all,
)
from kechuang.indicators.formulas import with_breaks, with_derived
from kechuang.indicators.quality import Finding, Material, check
from kechuang.indicators.remarks import flags_from_remark, released_from_title, trust_from_title
from kechuang.web.core.enums import Realm
from kechuang.web.policy.domain.queries import LoadedRelease

from ..enums import SubmissionStatus
from ..models import Submission

_read_flags = lru_cache(maxsize=4096)(flags_from_remark)


def text(value: pack_models.Text) -> Text:
    """A pack's text as the library's."""
    return Text(value.zh, value.en)


def definition(record: pack_models.Indicator) -> Definition:
    """An indicator of the pack as the library's definition."""
    return Definition(
        id=record.id,
        name=text(record.name),
        unit=record.unit,
        unit_en=record.unit_en,
        definition=text(record.definition),
        better=record.better,
        decimals=record.decimals,
        holder=record.holder,
        breaks=tuple(Break(b.year, text(b.why), b.region or "", b.link_factor) for b in record.breaks),
        related=tuple(Related(n.indicator, text(n.why)) for n in record.near),
        notes=tuple(text(n) for n in record.notes),
        formula=record.formula,
    )


def target(record: pack_models.Target) -> Target:
    """A target of the pack as the library's target."""
    return Target(
        id=record.id,
        kind=record.kind,
        title=text(record.title),
        indicator=record.indicator,
        value=record.value,
        value_max=record.value_max,
        unit=record.unit,
        operator=record.operator,
        comparator=record.comparator,
        deadline=record.deadline,
        nested_in=record.nested_in,
        relation=(record.relation.left, record.relation.right) if record.relation else None,
        reference=text(record.reference) if record.reference else None,
        aspiration=record.aspiration,
    )


def pack_observations(pack: pack_models.Pack) -> list[Observation]:
    """The pack's observations as vintages; a source without a stated trust gets a guess from its title."""
    sources = {
        s.id: Source(
            s.id,
            s.title,
            s.url,
            Trust[s.trust.upper()] if s.trust else trust_from_title(s.title),
            s.released or released_from_title(s.title),
            s.trust is not None,
        )
        for s in pack.sources
    }
    return [
        Observation(
            o.region, o.indicator, o.year, o.value, o.unit, sources[o.source], o.note or "", _read_flags(o.note or "")
        )
        for o in pack.observations
    ]


def submission_observation(row: Submission) -> Observation:
    """A confirmed submission as one more vintage beside the pack's."""
    source = Source(
        row.pk, row.source_title, row.source_url or None, Trust[(row.trust or "secondary").upper()], row.source_date
    )
    recorded = row.decided_at.date() if row.decided_at else None
    value = Decimal(row.value).normalize()
    return Observation(
        row.region,
        row.indicator,
        row.year,
        value,
        row.unit,
        source,
        row.note,
        _read_flags(row.note) - {Flag.TO_VERIFY},
        row.source_date,
        recorded,
    )


@dataclass(frozen=True, eq=False)
class Loaded:
    """A city's figures: the situation that verdicts look at, all vintages behind it, and what the quality gate says."""

    situation: Situation
    observations: tuple[Observation, ...]
    targets: tuple[Target, ...]
    demo: bool
    known_on: dt.date | None = None
    """The earlier day these figures look back to; None = all that is known."""

    @property
    def material(self) -> Material:
        """The figures as the quality gate looks at them."""
        here = self.situation
        return Material(
            definitions=here.definitions,
            observations=self.observations,
            # What a formula gives is no observation: the gate looks at what was published.
            cells={key: cell for key, cell in here.cells.items() if Flag.COMPUTED not in cell.flags},
            today=here.today,
            home=here.region,
            panel=(here.region, *here.peers),
            whole=here.above[0] if len(here.above) > 1 else None,
            names=here.names,
            targets=self.targets,
        )

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings of the quality gate; computed once for the figures in memory."""
        return check(self.material)


def undated(loaded: Loaded) -> int:
    """How many vintages have no date of publication, so that a look back can only go by their year."""
    return sum(o.known_since is None for o in loaded.observations)


def _city_day(pack: pack_models.Pack, observations: list[Observation], today: dt.date) -> dt.date:
    """Today; an invented city lives in its own time, which is never before its own figures."""
    if not pack.city.invented or not observations:
        return today
    return max(today, dt.date(max(o.year for o in observations), 12, 31))


def build(
    pack: pack_models.Pack, submissions: Iterable[Submission], today: dt.date, known_on: dt.date | None = None
) -> Loaded:
    """All figures of a pack with the confirmed submissions; ``known_on`` looks back at an earlier day."""
    rows = list(submissions)
    observations = [*pack_observations(pack), *(submission_observation(row) for row in rows)]
    if known_on is not None:
        observations = as_known_on(observations, known_on)
    definitions = with_breaks({i.id: definition(i) for i in pack.indicators})
    cells = with_derived(choose_all(observations, {d.id: d.unit for d in definitions.values()}), definitions)
    regions = pack.city.regions
    situation = Situation(
        definitions=definitions,
        cells=cells,
        region=pack.city.code,
        today=known_on or _city_day(pack, observations, today),
        peers=tuple(r.code for r in regions if r.kind == "peer"),
        above=tuple(r.code for kind in ("province", "nation") for r in regions if r.kind == kind),
        names={r.code: text(r.name) for r in regions} | {pack.city.code: text(pack.city.name)},
        holders={d.id: text(d.name) for d in pack.city.departments},
    )
    targets = tuple(target(t) for t in pack.targets)
    return Loaded(situation, tuple(observations), targets, any(row.realm == Realm.DEMO for row in rows), known_on)


_KEPT = 6
_cache: OrderedDict[tuple[object, ...], Loaded] = OrderedDict()
_lock = threading.Lock()


def load(release: LoadedRelease, today: dt.date, known_on: dt.date | None = None) -> Loaded:
    """The figures of a release, kept in memory until a submission is confirmed or the day changes."""
    rows = list(Submission.objects.filter(status=SubmissionStatus.CONFIRMED).order_by("pk"))
    key = (release.digest, today, known_on, tuple(row.pk for row in rows))
    with _lock:
        if (found := _cache.get(key)) is not None:
            _cache.move_to_end(key)
            return found
    loaded = build(release.pack, rows, today, known_on)
    with _lock:
        _cache[key] = loaded
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return loaded
