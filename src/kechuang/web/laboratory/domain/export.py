"""A trial's rows and figures as CSV; generated data says so in the first line."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

from django.http import HttpResponse

from kechuang.tabular.formulas import safe
from kechuang.web.core.errors import UserError
from kechuang.web.laboratory.domain.results import Result
from kechuang.web.laboratory.domain.trials import rows_path
from kechuang.web.laboratory.models import Trial


def rows_file(trial: Trial) -> BinaryIO:
    """The table ``lab`` as it was computed; its SHA-256 stands in the trial. Raises ``UserError`` (404)."""
    path = rows_path(trial)
    if not path.exists():
        raise UserError("这次测算的明细不在了。", "The rows of this trial are gone.", code="unknown", status=404)
    return path.open("rb")


def figure_csv(trial: Trial, result: Result, figure: str) -> HttpResponse:
    """One figure. Raises ``UserError`` (404) for an unknown one or one that the reader may not see."""
    found = next((f for f in result.queries if f["id"] == figure), None)
    if found is None:
        raise UserError("没有这张表。", "There is no such table.", code="unknown", status=404)
    out = io.StringIO()
    writer = csv.writer(out)
    if trial.realm == "demo":
        writer.writerow(["演示数据 generated data"])
    writer.writerow(found["columns"])
    for row in found["rows"]:
        writer.writerow([safe(cell) if cell and not _numeric(cell) else cell for cell in row])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{trial.public_id}-{figure}.csv"'
    return response


def _numeric(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
