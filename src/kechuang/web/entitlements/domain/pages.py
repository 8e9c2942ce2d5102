"""What the measure page and the trace show, gathered from the release and one explanation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from kechuang.citypack import models as pack_models
from kechuang.measures.cumulation import Award
from kechuang.measures.explanation import Explanation, PricedReading
from kechuang.measures.facts import FactError
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain import asking, before
from kechuang.web.entitlements.domain.calculate import (
    explain_measure,
    measure_facts,
    reading_facts,
    typed_facts,
)
from kechuang.web.entitlements.domain.eligibility import group_of
from kechuang.web.policy.domain import days, queries
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.policy.domain.structure import Place


@dataclass(frozen=True)
class OpenQuestion:
    """A question the text leaves open, with its readings priced side by side."""

    record: pack_models.Ambiguity
    readings: list[PricedReading]

    @property
    def priced(self) -> bool:
        """Whether the readings lead to different amounts."""
        return any(reading.amount is not None for reading in self.record.readings)


@dataclass
class Calculation:
    """One use of the calculator: what was typed, what is wrong with it, and the result."""

    release: LoadedRelease
    measure: pack_models.Measure
    on: dt.date
    raw_on: str
    fields: list[asking.FieldView]
    errors: list[FactError] = field(default_factory=list)
    day_error: UserError | None = None
    explanation: Explanation | None = None
    group: str = ""
    query: str = ""
    pinned: bool = False
    before: list[before.Asked] = field(default_factory=list)
    after: Award | None = None
    """What is left after the rules on several measures; None where none speaks of the measure or there is no amount."""

    @property
    def faulty(self) -> bool:
        """Whether something has to be mended first."""
        return bool(self.errors or self.day_error or any(one.error for one in self.before))

    @property
    def needed(self) -> list[asking.FieldView]:
        """Questions that decide the result."""
        optional = set(reading_facts(self.release, self.measure.id))
        return [view for view in self.fields if view.fact.id not in optional]

    @property
    def optional(self) -> list[asking.FieldView]:
        """Questions that only serve to price other readings."""
        optional = set(reading_facts(self.release, self.measure.id))
        return [view for view in self.fields if view.fact.id in optional]

    @property
    def facts_shown(self) -> list[tuple[str, str]]:
        """The facts used, with their values, in words of the active language."""
        inputs = self.explanation.inputs if self.explanation else {}
        return [
            (view.name, asking.shown(inputs[view.fact.id], view.fact)) for view in self.fields if view.fact.id in inputs
        ]

    @property
    def amount(self) -> Decimal | None:
        """The amount shown large: due now, or due if what is unknown is confirmed."""
        if self.explanation is None:
            return None
        return self.explanation.amount if self.explanation.status == "yes" else self.explanation.amount_if

    @property
    def data(self) -> dict[str, Any]:
        """The explanation as JSON, as the interface gives it."""
        return self.explanation.to_dict() if self.explanation else {}

    @property
    def questions(self) -> list[OpenQuestion]:
        """Open questions with their readings."""
        readings = self.explanation.readings if self.explanation else ()
        return [
            OpenQuestion(ambiguity, [r for r in readings if r.ambiguity == ambiguity.id])
            for ambiguity in self.measure.ambiguities
        ]

    @property
    def place(self) -> Place | None:
        """The sentence the measure comes from."""
        return self.release.index.place(self.measure.source)


def calculation(request: HttpRequest, measure_id: str, *, always: bool = False) -> Calculation:
    """The calculator for an address. Without any fact in it nothing is computed, unless ``always``.

    ``release`` in the address computes with that release, so that a kept address gives the same result years later.
    """
    pinned = request.GET.get("release", "").strip()
    release = queries.release(pinned) if pinned else queries.current_release()
    measure = queries.measure(release, measure_id)
    names = measure_facts(release, measure_id)
    raw = asking.given(request.GET, names)
    day_error: UserError | None = None
    try:
        on = days.parse_day(request.GET.get("on"))
    except UserError as error:
        on, day_error = timezone.localdate(), error
    facts, errors = typed_facts(release, raw)
    found = Calculation(
        release=release,
        measure=measure,
        on=on,
        raw_on=request.GET.get("on", "").strip()[:20] or on.isoformat(),
        fields=asking.fields(release, names, raw, errors),
        errors=errors,
        day_error=day_error,
        pinned=bool(pinned) and pinned != queries.current_digest(),
        before=before.questions(release, measure, {k: v for k, v in request.GET.items() if isinstance(v, str)}),
    )
    if found.faulty or not (raw or always):
        return found
    found.explanation = explain_measure(release, measure_id, facts, on)
    found.group = group_of(found.explanation, release.facts)
    found.query = asking.query(release, facts, names, on=on.isoformat(), release=pinned, **_typed(found))
    if found.explanation.amount is not None and found.explanation.status == "yes":
        found.after = before.award(release, measure_id, found.explanation.amount, found.before, on)
    return found


def _typed(found: Calculation) -> dict[str, str]:
    """The answers on what was received before, for an address."""
    return {one.name: one.value for one in found.before if one.value}


def permanent_query(found: Calculation) -> str:
    """The address part that gives the same result for ever: facts, day and release."""
    facts = found.explanation.inputs if found.explanation else {}
    names = [view.fact.id for view in found.fields]
    return asking.query(
        found.release, facts, names, on=found.on.isoformat(), release=found.release.digest, **_typed(found)
    )


def clause_texts(found: Calculation) -> list[tuple[Place, str | None]]:
    """The sentences a measure comes from, each with its official text where attached and agreeing."""
    places = found.release.index.places_of(found.measure)
    texts = {place.document.id: queries.attached(place.document.id) for place in places}
    result = []
    for place in places:
        text = texts[place.document.id]
        result.append((place, text.sentence(place) if text else None))
    return result
