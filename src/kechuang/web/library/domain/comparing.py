"""The same instrument over many documents: who pays how much, under which condition, up to which ceiling."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kechuang.citypack.draftrules import in_words, number
from kechuang.web.core.enums import Realm
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.library.domain import cards, reader
from kechuang.web.library.enums import ItemKind
from kechuang.web.library.models import Draft, DraftItem, SourceDocument

_TOP = ("amount_yuan", "cap_yuan")


@dataclass(frozen=True)
class Row:
    """One item of the table. ``amount`` is the largest sum it names, in yuan; None where it names none."""

    item: DraftItem
    document: SourceDocument
    clause: str
    title: str
    condition: str
    words: str
    amount: Decimal | None
    rate: Decimal | None
    cap: Decimal | None
    pill: str
    status: str


def _largest(fields: Mapping[str, Any], key: str) -> Decimal | None:
    values = [number(fields.get(key)), *(number(tier.get(key)) for tier in fields.get("tiers") or [])]
    return max((value for value in values if value is not None), default=None)


def row(item: DraftItem) -> Row:
    """The row of one item."""
    document, fields = item.draft.document, item.fields
    pill, status = cards.status_of(item)
    if item.kind == ItemKind.MEASURE:
        words = in_words(fields)["en" if is_english() else "zh"]
        condition, title = str(fields.get("condition") or ""), str(fields.get("beneficiary") or cards.title_of(item))
    else:
        words, condition = cards.value_of(fields), cards.deadline_of(fields)
        title = cards.title_of(item)
    return Row(item, document, item.clause, title, condition, words, _largest(fields, "amount_yuan"), _largest(fields, "rate"),
               _largest(fields, "cap_yuan"), pill, status)  # fmt: skip


def table(items: Iterable[DraftItem], limit: int = 500) -> list[Row]:
    """Rows, the highest sums first; rows without a sum follow in the order of their documents."""
    rows = [row(item) for item in list(items)[:limit]]
    return sorted(
        rows, key=lambda one: (-(max(filter(None, (one.amount, one.cap)), default=Decimal(-1))), -one.item.pk)
    )


def as_csv(rows: Iterable[Row]) -> str:
    """The table as CSV with a mark for Excel; generated documents say so in a column of their own."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("文件"), _("文号"), _("发文机关"), _("城市"), _("成文日期"), _("条款"), _("受益对象"), _("条件"), _("金额说明"),
                     _("金额（元）"), _("比例"), _("最高（元）"), _("状态"), _("原文"), _("数据性质")])  # fmt: skip
    for one in rows:
        d = one.document
        cells = [d.title, d.number, d.issuer, d.city, d.issued or "", one.clause, one.title, one.condition, one.words,
                 _plain(one.amount), _plain(one.rate), _plain(one.cap), one.status, "".join(one.item.quote.split()),
                 Realm(d.realm).label]  # fmt: skip
        writer.writerow([_safe(str(cell)) for cell in cells])
    return out.getvalue()


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _safe(cell: str) -> str:
    """A text that a spreadsheet would take for a formula is kept a text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") and not cell[1:].replace(".", "").isdigit() else cell


def labels_of(rows: Iterable[Row]) -> dict[int, str]:
    """Clause labels of the rows; the reading of each document is fetched once."""
    listed = list(rows)
    drafts = Draft.objects.filter(document__in={one.document.pk for one in listed}).values_list(
        "document_id", "reading"
    )
    known = {document: reader.labels_from(kept) for document, kept in drafts}
    return {one.item.pk: known.get(one.document.pk, {}).get(one.clause, one.clause) for one in listed}
