"""CSV downloads: UTF-8 with byte order mark (Excel), one header line, texts safe against formula injection."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.http import HttpResponse

from kechuang.indicators import Observation
from kechuang.indicators.text import MINUS
from kechuang.web.policy.domain.queries import LoadedRelease

from .domain.board import Board
from .domain.lastyear import CAUSES, Comparison
from .domain.loading import Loaded
from .domain.workshop import Result


def _safe(text: str) -> str:
    """A spreadsheet runs cells that begin with these signs as formulas."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _response(name: str, header: list[str], rows: Iterable[list[str]], first: str = "") -> HttpResponse:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    if first:
        writer.writerow([first])
    writer.writerow(header)
    writer.writerows(rows)
    response = HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _demo(release: LoadedRelease, demo: bool) -> str:
    return "演示数据 demonstration data" if demo or release.pack.city.invented else ""


def targets_csv(release: LoadedRelease, board: Board, language: str) -> HttpResponse:
    """The board as a table."""
    header = [
        "id",
        "status",
        "title",
        "target",
        "deadline",
        "observed",
        "observed_year",
        "gap",
        "reason",
        "missing",
        "clause",
    ]
    rows = []
    for group in board.groups:
        for row in group.rows:
            v = row.verdict
            rows.append(
                [
                    row.record.id,
                    _safe(row.light.text.of(language)),
                    _safe(row.record.title.zh if language.startswith("zh") else row.record.title.en),
                    _safe(row.wanted.of(language)),
                    row.record.deadline.isoformat() if row.record.deadline else "",
                    f"{v.observed.value:f}" if v.observed else "",
                    str(v.observed.year) if v.observed else "",
                    f"{v.gap.value:f}" if v.gap else "",
                    _safe(v.reason.of(language)),
                    _safe(v.missing.of(language)) if v.missing else "",
                    row.record.source.clause,
                ]
            )
    return _response("targets.csv", header, rows, _demo(release, board.demo))


def observations_csv(release: LoadedRelease, loaded: Loaded, rows: list[Observation], name: str) -> HttpResponse:
    """All vintages of an indicator; ``used`` marks the one that pages show."""
    header = [
        "region",
        "region_name",
        "indicator",
        "year",
        "value",
        "unit",
        "used",
        "flags",
        "source",
        "url",
        "trust",
        "note",
    ]
    cells = loaded.situation.cells
    body = []
    for o in rows:
        cell = cells.get(o.cell)
        body.append(
            [
                o.region,
                _safe(loaded.situation.name(o.region).zh),
                o.indicator,
                str(o.year),
                f"{o.value:f}",
                _safe(o.unit),
                "1" if cell is not None and cell.chosen is o else "0",
                " ".join(sorted(o.flags)),
                _safe(o.source.title),
                _safe(o.source.url or ""),
                o.source.trust.name.lower(),
                _safe(o.note),
            ]
        )
    return _response(name, header, body, _demo(release, loaded.demo))


def ranking_csv(
    release: LoadedRelease, result: Result, moved: Comparison | None, language: str, *, demo: bool
) -> HttpResponse:
    """A composite ranking with its intervals, and how ranks moved since the year before (positive = places up)."""
    header = ["rank", "region", "score", "rank_low", "rank_high", "imputed", "rank_before", *CAUSES]
    moves = {move.name: move for move in moved.moves} if moved else {}
    rows = []
    for line in result.lines:
        move = moves.get(line.name)
        since = [str(move.before), *move.parts] if move else [""] * (1 + len(CAUSES))
        rows.append(
            [
                str(line.rank),
                _safe(line.name.of(language)),
                line.score,
                str(line.low),
                str(line.high),
                _safe("; ".join(name.of(language) for name in line.filled)),
                *(part.replace(MINUS, "-").removeprefix("+") for part in since),
            ]
        )
    return _response("ranking.csv", header, rows, _demo(release, demo))
