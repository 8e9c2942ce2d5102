"""REST API of the laboratory: the trials a person may see, and one with its figures and queries."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from kechuang.web.laboratory import access
from kechuang.web.laboratory.domain import queries
from kechuang.web.laboratory.domain.results import result_of
from kechuang.web.laboratory.enums import State
from kechuang.web.laboratory.models import Trial

router = Router(tags=["laboratory"])


def _head(trial: Trial) -> dict[str, Any]:
    return {
        "id": trial.public_id, "title": trial.title, "measure": trial.measure_id or None, "state": trial.state,
        "realm": trial.realm, "on": trial.on.isoformat(), "release": trial.release_id, "progress": trial.done,
        "draft": trial.draft,
    }  # fmt: skip


@router.get("/laboratory/trials", summary="测算 / trials")
def trials(request: HttpRequest) -> dict[str, Any]:
    """Trials of the laboratory, the newest first; for officers."""
    return {"items": [_head(trial) for trial in queries.trials_for_user(request.user)[:100]]}


@router.get("/laboratory/trials/{public_id}", summary="一次测算 / one trial")
def trial(request: HttpRequest, public_id: str) -> dict[str, Any]:
    """One trial: every figure with the query that gives it. Figures that name single firms are for officers of the city
    only; sums that fewer than ten organisations stand behind are null for everybody else."""
    found = queries.trial_for_user(request.user, public_id)
    body = _head(found)
    if found.state != State.DONE:
        return body
    result = result_of(found, access.may_see_names(request.user, found))
    shown = {k: v for k, v in result.raw.items() if k not in ("figures", "faults", "firms")}
    return {**body, **shown, "figures": result.queries, "rows_sha256": found.rows_sha256}
