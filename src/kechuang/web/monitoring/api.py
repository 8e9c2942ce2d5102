"""REST API of targets, indicators and observations. Public; numbers are strings, so that no digit is lost."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from kechuang.indicators import Cell, Definition, Observation, Text, Verdict
from kechuang.indicators.due import Due
from kechuang.indicators.text import MINUS
from kechuang.web.core.errors import UserError
from kechuang.web.core.ratelimit import seconds_to_wait, visitor
from kechuang.web.policy.domain.queries import LoadedRelease

from .domain import queries, workshop
from .domain.board import Row, next_figure
from .domain.lastyear import CAUSES, Comparison, comparison
from .domain.loading import Loaded
from .domain.page import definition_of, stated_day

router = Router(tags=["monitoring"])

MAX_PAGE = 1000
PER_MINUTE = 60


def _text(value: Text | None) -> dict[str, str] | None:
    return {"zh": value.zh, "en": value.en} if value else None


def _definition(value: Definition) -> dict[str, Any]:
    return {
        "id": value.id,
        "name": _text(value.name),
        "unit": value.unit,
        "unit_en": value.unit_en,
        "definition": _text(value.definition),
        "better": value.better,
        "holder": value.holder,
        "formula": value.formula,
        "breaks": [
            {
                "year": b.year,
                "region": b.region or None,
                "why": _text(b.why),
                "link_factor": str(b.link_factor) if b.link_factor is not None else None,
            }
            for b in value.breaks
        ],
    }


def _due(value: Due | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "year": value.year,
        "by": value.day.isoformat(),
        "late": value.late,
        "day_is": "stated" if value.stated else "default",
    }


def _observation(value: Observation) -> dict[str, Any]:
    return {
        "region": value.region,
        "indicator": value.indicator,
        "year": value.year,
        "value": f"{value.value:f}",
        "unit": value.unit,
        "flags": sorted(value.flags),
        "note": value.note,
        "source": {
            "id": value.source.id,
            "title": value.source.title,
            "url": value.source.url,
            "trust": value.source.trust.name.lower(),
            "trust_stated": value.source.stated,
        },
        "released": value.released.isoformat() if value.released else None,
        "recorded": value.recorded.isoformat() if value.recorded else None,
    }


def _cell(value: Cell) -> dict[str, Any]:
    return {
        "region": value.region,
        "indicator": value.indicator,
        "year": value.year,
        "value": f"{value.value:f}",
        "unit": value.unit,
        "flags": sorted(value.flags),
        "source": value.chosen.source.id,
        "why": _text(value.why),
        "others": [_observation(other) for other in value.others],
    }


def _verdict(row: Row) -> dict[str, Any]:
    verdict: Verdict = row.verdict
    record = row.record.model_dump(mode="json", by_alias=True)
    return {
        **record,
        "wanted": _text(row.wanted),
        "status": verdict.status.value,
        "status_label": _text(verdict.status.label),
        "reason": _text(verdict.reason),
        "observed": _cell(verdict.observed) if verdict.observed else None,
        "gap": {"value": f"{verdict.gap.value:f}", "unit": _text(verdict.gap.unit)} if verdict.gap else None,
        "required_per_year": f"{verdict.required:f}" if verdict.required is not None else None,
        "best_seen": [
            {"region": pace.region, "from": pace.first, "to": pace.last, "per_year": f"{pace.per_year:f}"}
            for pace in (verdict.best_here, verdict.best_peer)
            if pace is not None
        ],
        "missing": _text(verdict.missing),
        "holder": _text(verdict.holder),
        "elsewhere": [_cell(cell) for cell in verdict.elsewhere],
        "evidence": [_cell(cell) for cell in verdict.evidence],
        "remarks": [_text(remark) for remark in verdict.remarks],
        "next_data": _due(row.next_data),
        "progress": _progress(verdict),
        "plausibility": _plausibility(verdict),
        "needed": _needed(verdict),
    }


def _progress(verdict: Verdict) -> dict[str, Any] | None:
    """The Open SDG class with its ratio; None where the method is not defined."""
    found = verdict.progress
    if found is None:
        return None
    return {"class": found.progress.value, "label": _text(found.progress.label), "ratio": f"{found.ratio:.4f}"}


def _plausibility(verdict: Verdict) -> dict[str, Any] | None:
    """How many regions ever changed so much in so many years."""
    found = verdict.plausibility
    if found is None:
        return None
    return {"years": found.years, "regions": list(found.regions), "made_it": list(found.made)}


def _needed(verdict: Verdict) -> dict[str, Any] | None:
    """What the target asks of the first part of the indicator's formula (the numerator of a ratio)."""
    found = verdict.need
    if found is None:
        return None
    return {
        "indicator": found.part.id,
        "value": f"{found.value:f}",
        "unit": found.part.unit,
        "with": [_cell(cell) for cell in found.others],
        "same_year": found.same_year,
    }


@router.get("/targets", summary="目标与判定 / targets and verdicts")
def targets(request: HttpRequest, on: str = "") -> dict[str, Any]:
    """All targets of the pack in force, each with its verdict and the cells it rests on.

    ``on`` (a day) shows what was known then; values without a date of publication go by their year.
    """
    release, board = queries.board_now(queries.read_day(on))
    rows = [row for group in board.groups for row in group.rows]
    return {"release": release.digest, "sentence": _text(board.sentence), "targets": [_verdict(row) for row in rows]}


@router.get("/targets/{target_id}", summary="一项目标 / one target")
def target(request: HttpRequest, target_id: str, on: str = "") -> dict[str, Any]:
    """One target with its verdict; ``on`` as for all targets."""
    release, board = queries.board_now(queries.read_day(on))
    for group in board.groups:
        for row in group.rows:
            if row.record.id == target_id:
                return {"release": release.digest, **_verdict(row)}
    raise UserError(
        f"没有编号为“{target_id}”的目标。", f"There is no target “{target_id}”.", code="unknown", status=404
    )


def _indicator(release: LoadedRelease, loaded: Loaded, definition: Definition) -> dict[str, Any]:
    due = next_figure(definition.id, loaded.situation, stated_day(release, definition.id))
    return {**_definition(definition), "next_data": _due(due)}


@router.get("/indicators", summary="指标 / indicators")
def indicators(request: HttpRequest, on: str = "") -> dict[str, Any]:
    """Definitions of all indicators, each with the figure of the city to look for next; ``on`` as for targets."""
    release, loaded = queries.figures(known_on=queries.read_day(on))
    found = [_indicator(release, loaded, d) for d in loaded.situation.definitions.values()]
    return {"release": release.digest, "indicators": found}


@router.get("/indicators/{indicator_id}", summary="一个指标 / one indicator")
def indicator(request: HttpRequest, indicator_id: str, on: str = "") -> dict[str, Any]:
    """A definition with the chosen value of every cell, and the values not chosen; ``on`` as for targets."""
    release, loaded = queries.figures(known_on=queries.read_day(on))
    definition = definition_of(loaded, indicator_id)
    cells = [c for (_, i, _), c in sorted(loaded.situation.cells.items()) if i == indicator_id]
    return {
        "release": release.digest,
        **_indicator(release, loaded, definition),
        "cells": [_cell(c) for c in cells],
    }


def _signed(part: str) -> str:
    """A part of a move as a plain number."""
    return part.replace(MINUS, "-").removeprefix("+")


def _moves(moved: Comparison) -> dict[str, Any]:
    """Every move of rank with its causes; positive = places up."""
    return {
        "refusal": _text(moved.refusal),
        "newcomers": [_text(name) for name in moved.newcomers],
        "moves": [
            {
                "region": _text(move.name),
                "before": move.before,
                "after": move.after,
                "parts": {cause: _signed(part) for cause, part in zip(CAUSES, move.parts, strict=True)},
            }
            for move in moved.moves
        ],
    }


@router.get("/indices", summary="综合指数 / composite index")
def index(
    request: HttpRequest,
    i: list[str] = Query(..., description="indicators; the weight of one is w_INDICATOR"),  # noqa: B008
    n: str = Query("minmax", description="normalisation: minmax, zscore, rank; a year before: n0"),
    a: str = Query("arithmetic", description="aggregation: arithmetic, geometric; a year before: a0"),
    g: str = Query("given", description="weights: given, entropy, critic; a year before: g0"),
) -> dict[str, Any]:
    """Prefectures ranked by chosen indicators, with intervals, influences and the moves since the year before.

    The query is that of the page ``/indices/``.
    """
    wait = seconds_to_wait(f"limit:workshop:{visitor(request)}", PER_MINUTE)
    if wait:
        raise UserError(
            f"短时间内请求太多次，请过 {wait} 秒再试。", f"Too many requests; try again in {wait} seconds.", status=429
        )
    release, loaded = queries.figures()
    wish, errors = workshop.read_wish(request.GET)
    if errors:
        raise errors[0]
    found = workshop.result(loaded, wish)
    return {
        "release": release.digest,
        "finding": _text(found.finding),
        "weights": [{"indicator": _text(name), "share": share} for name, share in found.weights],
        "ranks": [
            {
                "region": _text(line.name),
                "rank": line.rank,
                "rank_low": line.low,
                "rank_high": line.high,
                "score": _signed(line.score),
                "imputed": [_text(name) for name in line.filled],
            }
            for line in found.lines
        ],
        "influences": [{"choice": _text(x.name), "alone": x.alone, "total": x.total} for x in found.influences],
        "since_last_year": _moves(comparison(loaded, queries.a_year_ago()[1], wish)),
    }


def _key(value: Observation) -> list[Any]:
    return [value.indicator, value.region, value.year, value.source.id]


def _read_cursor(cursor: str) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        known = [type(part) for part in key] == [str, str, int, str]
    except (ValueError, TypeError, binascii.Error):
        known = False
    if not known:
        raise UserError(
            "cursor 不对，请用上一页给出的 next。", "Wrong cursor; use the “next” of the page before.", field="cursor"
        )
    return list(key)


@router.get("/observations", summary="观测值 / observations")
def observations(
    request: HttpRequest,
    *,
    region: str | None = Query(None, description="GB/T 2260, e.g. 431000"),
    indicator: str | None = None,
    year: int | None = None,
    on: str = Query("", description="a day: only what was known then"),
    cursor: str | None = None,
    limit: int = Query(200, ge=1, le=MAX_PAGE),
) -> dict[str, Any]:
    """All vintages, every source of every cell; pages by ``cursor`` in a stable order."""
    release, loaded = queries.figures(known_on=queries.read_day(on))
    rows = sorted(
        (
            o
            for o in loaded.observations
            if region in (None, o.region) and indicator in (None, o.indicator) and year in (None, o.year)
        ),
        key=_key,
    )
    if cursor:
        after = _read_cursor(cursor)
        rows = [o for o in rows if _key(o) > after]
    page, more = rows[:limit], len(rows) > limit
    following = base64.urlsafe_b64encode(json.dumps(_key(page[-1])).encode()).decode() if more else None
    return {"release": release.digest, "observations": [_observation(o) for o in page], "next": following}
