"""Reads of yearly figures: the years of an organisation, the form of one, what organisations submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from kechuang.tabular import Finding
from kechuang.web.accounts.access import reads_realm
from kechuang.web.accounts.domain.tokens import READS_PRIVATE
from kechuang.web.accounts.models import ApiToken
from kechuang.web.core.errors import UserError, require_login
from kechuang.web.policy.domain.queries import current_release
from kechuang.web.registry.domain.kinds import Field
from kechuang.web.registry.models import Organisation, Source, YearlyFigures

from ..access import follows_reports, may_fill, may_read_report, reports_filter
from ..enums import ReportState
from ..models import YearReport
from .claims import acting_for
from .figures import fields, is_fixed, on_record, origins, texts, years
from .uses import Use, uses


def organisation_for_user(user: Any, uscc: str) -> Organisation:
    """An organisation whose figures the person sees; 404 for others. Raises ``UserError`` (401)."""
    require_login(user)
    found = Organisation.objects.filter(uscc=uscc.strip().upper()[:18]).first()
    if found is None or not may_read_report(user, found):
        raise Http404("no such organisation")
    return found


@dataclass(frozen=True)
class Year:
    """One year of an organisation: how many figures the register has, and what is being filled in."""

    year: int
    known: int
    all: int
    report: YearReport | None


def years_of(organisation: Organisation) -> list[Year]:
    """The years that can be filled in, newest first."""
    listed = years(founded_on=organisation.founded_on)
    rows = {row.year: row for row in YearlyFigures.objects.filter(organisation=organisation, year__in=listed)}
    made = {report.year: report for report in YearReport.objects.filter(organisation=organisation)}
    return [Year(year, len(texts(rows.get(year))), len(fields()), made.get(year)) for year in listed]


@dataclass(frozen=True)
class Line:
    """One figure on the form of a year.

    ``text`` is what stands in the box, ``held`` what the register has and ``source`` where from, ``last`` the figure of the
    year before; ``fixed``: it cannot be overwritten here.
    """

    field: Field
    text: str
    held: str
    source: Source | None
    last: str
    fixed: bool
    uses: tuple[Use, ...]
    problems: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Opened:
    """The form of one year as a person sees it."""

    organisation: Organisation
    year: int
    report: YearReport | None
    lines: list[Line]
    may_fill: bool

    @property
    def revision(self) -> int:
        """What the form carries to notice that somebody else saved."""
        return self.report.revision if self.report else 0

    @property
    def is_draft(self) -> bool:
        """Whether what stands in the boxes has not been submitted."""
        return self.report is not None and self.report.state == ReportState.DRAFT


def open_year(
    user: Any, organisation: Organisation, year: int, typed: dict[str, str] | None = None,
    problems: list[Finding] | None = None,
) -> Opened:  # fmt: skip
    """The form of a year; 404 for one that cannot be filled in.

    Args:
        typed: what was typed just now; else the draft, else the register.
        problems: what to say at which figure.
    """
    if year not in years(founded_on=organisation.founded_on):
        raise Http404("no such year")
    report = YearReport.objects.filter(organisation=organisation, year=year).select_related("updated_by").first()
    row = on_record(organisation, year)
    held, last, source = texts(row), texts(on_record(organisation, year - 1)), origins(row)
    draft = report.values if report and report.state == ReportState.DRAFT else None
    boxes = typed if typed is not None else draft if draft is not None else held
    used = uses(current_release())
    lines = []
    for one in fields():
        fixed = is_fixed(source.get(one.name))
        lines.append(
            Line(
                one,
                held.get(one.name, "") if fixed else boxes.get(one.name, ""),
                held.get(one.name, ""),
                source.get(one.name),
                last.get(one.name, ""),
                fixed,
                used.get(one.name, ()),
                tuple(problem for problem in problems or () if problem.column == one.name),
            )
        )
    return Opened(organisation, year, report, lines, may_fill(user, organisation))


@dataclass(frozen=True)
class Readers:
    """Who sees the figures of an organisation besides officers and auditors: its own people, other systems with a key."""

    people: list[Any]
    systems: list[ApiToken]


def readers_of(organisation: Organisation) -> Readers:
    """Who can see the figures of an organisation now, by name where the organisation may know it."""
    today = timezone.localdate()
    keys = ApiToken.objects.filter(revoked_at=None, expires_on__gte=today).select_related("created_by")
    return Readers(
        sorted({str(grant.user) for grant in acting_for(organisation)}),
        [key for key in keys if READS_PRIVATE in key.scopes and reads_realm(key.created_by, organisation.realm)],
    )


def reports_for_user(user: Any, year: str = "", remarks: bool = False) -> QuerySet[YearReport]:
    """What organisations submitted, newest first.

    Args:
        year: only this year.
        remarks: only reports with a remark or with doubts that were confirmed.

    Raises:
        UserError: a visitor (401), a person who follows no reports (403).
    """
    require_login(user)
    if not follows_reports(user):
        raise UserError(
            "填报的汇总由市科技局和县市区的经办人看。",
            "What organisations submitted is read by officers of the city and of the counties.",
            code="forbidden",
            status=403,
        )
    rows = YearReport.objects.filter(reports_filter(user), state=ReportState.SUBMITTED)
    if year.isascii() and year.isdigit() and len(year) == 4:
        rows = rows.filter(year=int(year))
    if remarks:
        rows = rows.exclude(remark="")
    return rows.select_related("organisation", "submitted_by").order_by("-submitted_at", "-id")
