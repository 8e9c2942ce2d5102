"""REST API of measures: list, one measure, explain. Amounts are strings; a JSON number with a point is refused."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from kechuang.citypack import models as pack_models
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.entitlements.domain.calculate import explain_measure, measure_facts, refuse, typed_facts
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.days import parse_day
from kechuang.web.policy.domain.releases import LoadedRelease

router = Router(tags=["measures"])


class ExplainIn(Schema):
    """What to explain: the facts known, by name, and the day (today when left out)."""

    facts: dict[str, Any] = Field(default_factory=dict)
    on: str | None = None


def _measure(release: LoadedRelease, record: pack_models.Measure) -> dict[str, Any]:
    """A measure as JSON with the facts it needs."""
    return {
        **record.model_dump(mode="json", by_alias=True, exclude={"cases"}),
        "facts": measure_facts(release, record.id),
        "release": release.digest,
    }


@router.get("/measures", summary="政策措施 / measures")
def measures(request: HttpRequest) -> dict[str, Any]:
    """All measures of the release in force."""
    release = queries.current_release()
    return {"items": [_measure(release, record) for record in release.pack.measures]}


@router.get("/measures/{measure_id}", summary="一项措施 / one measure")
def measure(request: HttpRequest, measure_id: str) -> dict[str, Any]:
    """One measure: conditions with their origin, parameters by date, open questions, facts it needs."""
    release = queries.current_release()
    return _measure(release, queries.measure(release, measure_id))


@router.post("/measures/{measure_id}/explain", summary="计算并解释 / explain")
def explain(request: HttpRequest, measure_id: str, body: ExplainIn) -> dict[str, Any]:
    """What the measure gives for these facts, step by step. A missing fact is asked for, never taken as no."""
    release = queries.current_release()
    queries.measure(release, measure_id)
    facts, errors = typed_facts(release, body.facts)
    refuse(errors)
    explanation = explain_measure(release, measure_id, facts, parse_day(body.on))
    return {**explanation.to_dict(), "release": release.digest}


@router.get("/facts", summary="事实目录 / fact catalogue")
def facts(request: HttpRequest) -> dict[str, Any]:
    """Every fact that measures may use: name, type, unit, allowed values, how it is asked for."""
    release = queries.current_release()
    return {"items": [fact.model_dump(mode="json", by_alias=True) for fact in release.pack.facts]}


def _fund(row: Entitlement) -> dict[str, Any]:
    """What a budget does with an amount, as of the last nightly run."""
    return {
        "budget": row.budget,
        "place": row.place,
        "pays": f"{row.pays:.2f}",
        "position": row.position,
        "payers": row.payers,
    }


@router.get("/organisations/{uscc}/entitlements", summary="一家单位能享受什么 / what an organisation can get")
def organisation_entitlements(request: HttpRequest, uscc: str, on: str | None = None) -> dict[str, Any]:
    """All measures for one organisation out of the register; only for who may see its results."""
    release = queries.current_release()
    organisation = results.organisation_for_user(request.user, uscc)
    found = results.evaluate_organisation(release, organisation, parse_day(on))
    return {
        "uscc": organisation.uscc,
        "realm": organisation.realm,
        "on": found.on.isoformat(),
        "release": release.digest,
        "items": [
            {
                "group": str(row.group),
                "subject": row.subject,
                **row.explanation.to_dict(),
                "award": None if row.award is None else row.award.to_dict(),
                "fund": None if row.fund is None else _fund(row.fund),
            }
            for row in found.rows
        ],
        "total": f"{found.total:.2f}",
        "forgone": f"{found.forgone:.2f}",
        "failed": [measure.id for measure in found.failed],
    }
