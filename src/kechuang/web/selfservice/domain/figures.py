"""Yearly figures, filled in once by the organisation itself: drafts, checks, submission into the register.

What is submitted goes to the register through ``registry.domain.record`` with the organisation itself as the source; the
earlier state stays in the history. A figure that an office or an officer has delivered with a source of its own is not
overwritten: the person reads where it comes from and says in the remark what is wrong with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from kechuang.tabular import Finding
from kechuang.tabular.cells import Cell, CellError, convert
from kechuang.web.accounts import access as roles
from kechuang.web.audit.domain.record import record
from kechuang.web.core.errors import UserError
from kechuang.web.intake.domain.kinds import columns
from kechuang.web.registry.domain.history import versions
from kechuang.web.registry.domain.kinds import KINDS, Field
from kechuang.web.registry.domain.record import write
from kechuang.web.registry.domain.values import text_of
from kechuang.web.registry.enums import Trust
from kechuang.web.registry.models import Organisation, Source, YearlyFigures

from ..access import require_fill
from ..consent import FIGURES
from ..enums import ReportState
from ..models import YearReport
from .consents import give, held
from .doubts import doubts

KIND = KINDS["yearly_figures"]
KEYS = ("organisation", "year")
OLDEST = 5
"""So many complete years back can be filled in."""
LONGEST = 60


def fields() -> list[Field]:
    """The figures of a year."""
    return [one for one in KIND.stored if one.name not in KEYS]


def years(today: dt.date | None = None, founded_on: dt.date | None = None) -> list[int]:
    """The years that can be filled in: the complete ones since the founding, newest first."""
    last = (today or timezone.localdate()).year - 1
    first = max(last - OLDEST + 1, founded_on.year if founded_on else 0)
    return list(range(last, first - 1, -1))


def source_title(year: int) -> str:
    """Title of the source of figures that the organisation itself has given."""
    return f"本单位填报（{year} 年）"


def on_record(organisation: Organisation, year: int) -> YearlyFigures | None:
    """The year as the register has it."""
    rows = YearlyFigures.objects.filter(organisation=organisation, year=year)
    return rows.select_related("source", "organisation").first()


def texts(row: YearlyFigures | None) -> dict[str, str]:
    """The known figures of a year as canonical texts."""
    if row is None:
        return {}
    found = {one.name: text_of(one, row) for one in fields()}
    return {name: text for name, text in found.items() if text}


def origins(row: YearlyFigures | None) -> dict[str, Source | None]:
    """For each known figure the source that brought the value it has now; a record may have had several."""
    found: dict[str, Source | None] = {}
    if row is None:
        return found
    before: dict[str, str | None] = {}
    for state in sorted(versions(row), key=lambda version: version.recorded_at):
        for name, text in state.values.items():
            if (text or None) != (before.get(name) or None):
                found[name] = state.source
        before = state.values
    return {name: source for name, source in found.items() if name in texts(row)}


def is_fixed(source: Source | None) -> bool:
    """Whether a figure of this source is kept from being overwritten: an office or an officer has it from a paper."""
    return source is not None and source.trust >= Trust.REPUBLISHED


@dataclass
class Checked:
    """What became of the figures somebody typed.

    ``errors`` cannot be taken; ``findings`` are doubts the person has not confirmed. Nothing was submitted when there are
    any; what was typed is kept as a draft all the same.
    """

    report: YearReport
    errors: list[Finding] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outcome: str = ""


def read(given: Mapping[str, str], fixed: set[str]) -> tuple[dict[str, str | None], list[Finding]]:
    """Canonical values of what was typed, and what cannot be read; an empty figure is unknown, not zero."""
    values: dict[str, str | None] = {}
    errors: list[Finding] = []
    for column in columns(KIND.id):
        if column.name in KEYS or column.name in fixed:
            continue
        try:
            values[column.name] = convert(Cell(given.get(column.name, "")), column)
        except CellError as error:
            errors.append(Finding(column.name, error.zh, error.en))
    return values, errors


def fixed_names(row: YearlyFigures | None) -> set[str]:
    """The figures of a year that cannot be overwritten here."""
    return {name for name, source in origins(row).items() if is_fixed(source)}


def save(
    user: Any, organisation: Organisation, year: int, given: Mapping[str, str], *, remark: str = "", seen: int = 0
) -> YearReport:
    """Keep what was typed as a draft, whole or half, right or wrong; one audit event.

    Raises:
        UserError: no right (401, 403), a year that cannot be filled in (422), somebody else saved meanwhile (409).
    """
    require_fill(user, organisation)
    with transaction.atomic():
        report = _kept(user, organisation, year, given, remark, seen)
        report.state = ReportState.DRAFT
        report.save()
        _tell(user, "figures.draft", report, {"values": report.values, "remark": report.remark})
    return report


def submit(
    user: Any,
    organisation: Organisation,
    year: int,
    given: Mapping[str, str],
    *,
    remark: str = "",
    seen: int = 0,
    confirmed: bool = False,
    agreed: bool = False,
) -> Checked:
    """Check what was typed, and enter it in the register if nothing is in the way; else keep it as a draft.

    Args:
        given: what was typed, by the name of the figure.
        remark: what the organisation says about its figures; needed where a doubt is confirmed.
        seen: the revision the person had on the screen.
        confirmed: the person has looked at the doubts and stands by the figures.
        agreed: the person agrees to the words of consent (not needed again for the same version).

    Raises:
        UserError: as :func:`save`.
    """
    require_fill(user, organisation)
    with transaction.atomic():
        row = on_record(organisation, year)
        fixed = fixed_names(row)
        values, errors = read(given, fixed)
        known = {name: text for name, text in values.items() if text is not None}
        before = texts(on_record(organisation, year - 1))
        found = [] if errors else doubts({**texts(row), **known} if fixed else known, before, year)
        if not errors and not known and not texts(row):
            errors.append(Finding("", "一项也没有填，不用提交。", "Nothing is filled in; there is nothing to submit."))
        if not agreed and held(user, FIGURES, organisation) is None:
            errors.append(
                Finding("agree", "要先同意上面的说明，才能提交。", "Agree to the words above before you submit.")
            )
        if found and confirmed and not remark.strip():
            errors.append(
                Finding(
                    "remark",
                    "数没有错的话，请在说明里写一句为什么。",
                    "If the figures are right, say why in the remark.",
                )
            )
        if errors or (found and not confirmed):
            return Checked(save(user, organisation, year, given, remark=remark, seen=seen), errors, found)
        report = _kept(user, organisation, year, given, remark, seen)
        consent, words = give(user, FIGURES, organisation)
        report.state, report.consent, report.findings = ReportState.SUBMITTED, consent, [one.plain() for one in found]
        report.submitted_by, report.submitted_at = user, timezone.now()
        report.save()
        source = _source(organisation, year)
        event = _tell(
            user, "figures.submit", report,
            {"values": values, "remark": report.remark, "source": source.public_id, "consent": words},
            before=texts(row) or None,
        )  # fmt: skip
        written = write(
            KIND, {"organisation": organisation.uscc, "year": year, **values}, actor=user, source=source, event=event,
            on_change="correct", realm=organisation.realm, record=row,
        )  # fmt: skip
    return Checked(report, outcome=written.outcome)


def _kept(
    user: Any, organisation: Organisation, year: int, given: Mapping[str, str], remark: str, seen: int
) -> YearReport:
    """The report with what was typed, locked and not yet saved."""
    if year not in years(founded_on=organisation.founded_on):
        raise UserError(
            "只能填最近几个完整的年度，成立以前的不用填。",
            "Only the last complete years since the founding can be filled in.",
            field="year",
        )
    report = YearReport.objects.select_for_update().filter(organisation=organisation, year=year).first()
    if report is None:
        report = YearReport(organisation=organisation, year=year)
    if report.revision != seen:
        raise UserError(
            "你打开以后，别人保存过这一年的数据。你填的还在下面；看过别人填的，再按一次就用你的。",
            "Somebody saved this year after you opened it. What you typed is still here; look at theirs, then press again to "
            "use yours.",
            code="changed_meanwhile",
            status=409,
        )
    report.values = {one.name: given.get(one.name, "").strip()[:LONGEST] for one in fields()}
    report.remark = remark.strip()[:1000]
    report.revision += 1
    report.updated_by, report.updated_at = user, timezone.now()
    return report


def _source(organisation: Organisation, year: int) -> Source:
    """The organisation itself as a source; made with the submission that names it first, whose event tells of it."""
    values = {"title": source_title(year), "department": organisation.name[:100], "realm": organisation.realm}
    found = Source.objects.filter(**values, trust=Trust.SECONDARY).first()
    return found or Source.objects.create(**values, trust=Trust.SECONDARY)


def _tell(user: Any, action: str, report: YearReport, after: dict[str, Any], before: Any = None) -> Any:
    return record(
        actor=user, role=roles.acting_role(user), action=action, object_kind="year_report",
        object_id=f"{report.organisation.uscc}/{report.year}", before=before, after=after,
    )  # fmt: skip
