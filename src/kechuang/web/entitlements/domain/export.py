"""Lists of results as CSV and .xlsx. Generated rows say so in a column of every line; no text becomes a formula."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import translation

from kechuang.citypack import models as pack_models
from kechuang.measures.cumulation import PAID
from kechuang.tabular.writing import XLSX, csv_rows, xlsx_bytes
from kechuang.web.core.enums import Realm
from kechuang.web.entitlements.domain import together
from kechuang.web.entitlements.models import Entitlement, Run

HEAD = (
    "数据 措施 单位 统一社会信用代码 所在地 对象 结论 金额（元） 应付（元） 已付（元） 资金结果 资金付出（元） 排在第几 各级分担 少得的原因 依据的已获支持 还要看以前领过多少 条件都满足时（元） 缺的事实"
).split()
Cells = list[str | Decimal]


def cells(measure: pack_models.Measure, titles: dict[str, str], rows: QuerySet[Entitlement]) -> Iterator[Cells]:
    """One line for each row; amounts as ``Decimal``, an unknown amount as an empty text."""
    for row in rows.iterator(chunk_size=500):
        yield [
            str(Realm(row.realm).label),
            measure.title.zh,
            row.organisation_name,
            row.uscc,
            row.county,
            row.subject_name,
            row.get_group_display(),
            "" if row.amount is None else row.amount,
            "" if row.awarded is None else row.awarded,
            sum((Decimal(found["taken"]) for found in row.forgone if found["kind"] == PAID), Decimal("0.00")),
            row.get_place_display(),
            "" if row.pays is None else row.pays,
            "" if row.position is None else Decimal(row.position),
            "；".join(_payer(part) for part in row.payers),
            "；".join(f"{found['zh']}，少得 {found['taken']} 元" for found in row.forgone if found["kind"] != PAID),
            "；".join(f"{found['year']} {found['measure']} {found['amount']} 元" for found in row.received),
            "；".join(titles.get(rule, rule) for rule in row.depends),
            "" if row.amount_if is None else row.amount_if,
            "、".join(row.missing),
        ]


def _payer(part: dict[str, str]) -> str:
    """``受益财政（431002） 5000.00 元``."""
    with translation.override("zh-hans"):
        level = str(together.LEVELS[part["level"]])
    return f"{level}{'（' + part['county'] + '）' if part.get('county') else ''} {part['amount']} 元"


def _name(measure: pack_models.Measure, run: Run, ending: str) -> str:
    return f'attachment; filename="{measure.id}-{run.on}.{ending}"'


def csv_response(
    measure: pack_models.Measure, run: Run, titles: dict[str, str], rows: QuerySet[Entitlement]
) -> HttpResponse:
    """The rows with a byte order mark, so that spreadsheets read the Chinese rightly."""
    found = ([f"{c:.2f}" if isinstance(c, Decimal) else c for c in line] for line in cells(measure, titles, rows))
    response = HttpResponse("".join(csv_rows(HEAD, found)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = _name(measure, run, "csv")
    return response


def xlsx_response(
    measure: pack_models.Measure, run: Run, titles: dict[str, str], rows: QuerySet[Entitlement]
) -> StreamingHttpResponse:
    """The rows as a workbook whose amounts can be added up; a second sheet says what they are."""
    notes = [
        f"{measure.title.zh}（{measure.id}），按 {run.on} 的规则计算，城市包版本 {run.release_id}。",
        "“金额”是这一项单独算出的数，“应付”是用了叠加规则以后的数。结论按规则算出，不是审批决定。",
        "第一栏写“演示数据”的行是生成的，不是真实单位的结果。",
    ]
    pieces = xlsx_bytes(measure.title.zh, HEAD, cells(measure, titles, rows), notes=notes)
    response = StreamingHttpResponse(pieces, content_type=XLSX)
    response["Content-Disposition"] = _name(measure, run, "xlsx")
    return response
