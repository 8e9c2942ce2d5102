"""Lists of results as CSV. Generated rows say so in a column of every line."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from kechuang.citypack import models as pack_models
from kechuang.web.core.enums import Realm
from kechuang.web.entitlements.models import Entitlement, Run

HEAD = "数据 措施 单位 统一社会信用代码 所在地 对象 结论 金额（元） 条件都满足时（元） 缺的事实".split()


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text


def csv_response(measure: pack_models.Measure, run: Run, rows: QuerySet[Entitlement]) -> HttpResponse:
    """The rows with a byte order mark, so that spreadsheets read the Chinese rightly."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    for row in rows.iterator(chunk_size=500):
        writer.writerow(
            [
                Realm(row.realm).label,
                safe(measure.title.zh),
                safe(row.organisation_name),
                row.uscc,
                row.county,
                safe(row.subject_name),
                row.get_group_display(),
                "" if row.amount is None else f"{row.amount:.2f}",
                "" if row.amount_if is None else f"{row.amount_if:.2f}",
                "、".join(row.missing),
            ]
        )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{measure.id}-{run.on}.csv"'
    return response
