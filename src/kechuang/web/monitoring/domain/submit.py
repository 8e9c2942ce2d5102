"""Offer a value for a cell, and decide on it. Both are audited; nothing counts before a second person has looked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kechuang.indicators import Definition, choose_all
from kechuang.indicators.quality import Finding, check
from kechuang.indicators.tables import read_decimal
from kechuang.indicators.units import UnitError, convert
from kechuang.web.accounts.access import acting_role, realm_filter, same_hands
from kechuang.web.audit.domain.record import record
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import LoadedRelease

from .. import access
from ..enums import SourceTrust, SubmissionStatus
from ..models import Submission
from .loading import Loaded, submission_observation

MAX_DIGITS = 20
MAX_PENDING = 500
"""So many undecided values at most, so that the public form cannot fill the database."""


def read_number(text: str) -> Decimal:
    """Read a number as people write it: 1,234.5, １２．３, −3. Raises ``UserError`` at the field ``value``."""
    value = read_decimal(text)
    if value is None:
        raise UserError(
            "请写数字，例如 1.21。单位写在单位栏里。",
            "Write a number such as 1.21. The unit has its own field.",
            field="value",
        )
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or -exponent > 8 or len(digits) + max(exponent, 0) > MAX_DIGITS:
        raise UserError("数字最多 20 位，小数最多 8 位。", "At most 20 digits, 8 of them decimals.", field="value")
    return value


def check_cell(definition: Definition, value: Decimal, unit: str, year: int, last_year: int) -> None:
    """Refuse what cannot be a value of the indicator. Raises ``UserError`` at the field concerned."""
    try:
        shown = convert(value, unit, definition.unit)
    except UnitError as error:
        raise UserError(
            f"{error.text.zh}。这个指标用“{definition.unit}”。",
            f"{error.text.en}. This indicator uses “{definition.unit}”.",
            field="unit",
        ) from None
    if not 1949 <= year <= last_year:
        raise UserError(
            f"年份应在 1949 到 {last_year} 之间。", f"The year must lie between 1949 and {last_year}.", field="year"
        )
    growing = any(word in definition.name.zh for word in ("增长", "增速", "增幅"))
    if shown < 0 and not growing:
        raise UserError(
            "这个指标不会是负数，请核对。", "This indicator cannot be negative; please check.", field="value"
        )
    share = (
        definition.unit == "%"
        and any(word in definition.name.zh for word in ("占", "比重", "强度", "率"))
        and not growing
    )
    if share and shown > 100 and "贡献" not in definition.name.zh:
        raise UserError(
            "占比不会超过 100%，请核对数值和单位。", "A share cannot exceed 100%; check value and unit.", field="value"
        )


@transaction.atomic
def submit(
    *,
    user: Any,
    release: LoadedRelease,
    definition: Definition,
    region: str,
    year: int,
    value: Decimal,
    unit: str,
    source_title: str,
    source_url: str,
    source_date: dt.date | None,
    note: str,
    submitter: str,
    last_year: int,
) -> Submission:
    """Store a value for an officer to confirm. Raises ``UserError`` at the field that has to be mended."""
    check_cell(definition, value, unit, year, last_year)
    known = {release.pack.city.code, *(r.code for r in release.pack.city.regions)}
    if region not in known:
        raise UserError("请从列表里选地区。", "Choose a region from the list.", field="region")
    same = Submission.objects.filter(
        region=region,
        indicator=definition.id,
        year=year,
        value=value,
        unit=unit,
        source_title=source_title,
        status=SubmissionStatus.PENDING,
    ).first()
    if same is not None:
        return same
    if Submission.objects.filter(status=SubmissionStatus.PENDING).count() >= MAX_PENDING:
        raise UserError(
            "等待确认的数太多了，请过几天再来。你填的内容已保留在页面上。",
            "Too many values wait for confirmation; please come back in some days. Your entries stay on the page.",
            code="busy",
            status=503,
        )
    row = Submission.objects.create(
        region=region,
        indicator=definition.id,
        year=year,
        value=value,
        unit=unit,
        source_title=source_title,
        source_url=source_url,
        source_date=source_date,
        note=note,
        submitter=submitter,
        submitted_by=user if user.is_authenticated else None,
        release=release.digest,
        realm=Realm.DEMO if settings.DEMO else Realm.REAL,
    )
    record(
        actor=user,
        role=acting_role(user),
        action="observation.submit",
        object_kind="submission",
        object_id=row.pk,
        after=row,
    )
    return row


def new_findings(loaded: Loaded, row: Submission) -> list[Finding]:
    """What the quality gate would say if the value were confirmed, and does not say now."""
    if row.status != SubmissionStatus.PENDING:
        return []
    before = {(f.rule, f.cells) for f in loaded.findings}
    candidate = submission_observation(row)
    observations = (*loaded.observations, candidate)
    units = {d.id: d.unit for d in loaded.situation.definitions.values()}
    material = replace(loaded.material, observations=observations, cells=choose_all(observations, units))
    cell = (row.region, row.indicator, row.year)
    return [f for f in check(material) if cell in f.cells and (f.rule, f.cells) not in before]


@transaction.atomic
def decide(*, user: Any, submission_id: str, accept: bool, trust: str = "", note: str = "") -> Submission:
    """Confirm or refuse a submitted value.

    Raises ``UserError``: 404 unknown, 403 not an officer or one's own value, 409 already decided.
    """
    access.require_list(user)
    row = Submission.objects.select_for_update().filter(realm_filter(user), pk=submission_id).first()
    if row is None:
        raise UserError("没有这条记录。", "There is no such record.", code="unknown", status=404)
    if not access.may_decide(user, row):
        own = same_hands(user, row.submitted_by_id, row.created_at)
        raise UserError(
            "自己提供的数要由另一位经办人确认；代人办事的和委托人算同一个人。"
            if own
            else "只有市科技局经办人可以确认。",
            "A value of your own has to be confirmed by another officer; who acts on somebody's behalf counts as that person."
            if own
            else "Only a city officer may confirm.",
            code="forbidden",
            status=403,
        )
    if row.status != SubmissionStatus.PENDING:
        raise UserError("这条已经处理过了。", "This one has been decided already.", code="decided", status=409)
    if accept and trust not in SourceTrust.values:
        raise UserError("请选来源等级。", "Choose the trust of the source.", field="trust")
    if not accept and not note.strip():
        raise UserError("不采用要写明理由。", "Give the reason for not using it.", field="note")
    before = {"status": row.status}
    row.status = SubmissionStatus.CONFIRMED if accept else SubmissionStatus.REJECTED
    row.trust = trust if accept else ""
    row.decision_note, row.decided_by, row.decided_at = note.strip(), user, timezone.now()
    row.save()
    record(
        actor=user,
        role=acting_role(user),
        action="observation.confirm" if accept else "observation.reject",
        object_kind="submission",
        object_id=row.pk,
        before=before,
        after=row,
    )
    return row
