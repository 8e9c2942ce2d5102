"""An organisation's own yearly figures: filled in once by itself, used wherever a rule asks for them.

What the organisation says of itself is registered with itself as the source; it never overwrites in silence: the earlier
state stays in the record's history like after any other write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from kechuang.citypack.models import Text
from kechuang.measures.program import compile_measure
from kechuang.tabular import Finding
from kechuang.tabular.cells import Cell, CellError, convert
from kechuang.web.accounts import access as roles
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import current_release
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.domain import sources
from kechuang.web.registry.domain.kinds import KINDS, Field
from kechuang.web.registry.domain.record import Written, write
from kechuang.web.registry.domain.values import text_of
from kechuang.web.registry.enums import Trust
from kechuang.web.registry.models import Organisation, YearlyFigures

from . import plausible
from .kinds import columns

KIND = KINDS["yearly_figures"]
KEYS = ("organisation", "year")
OLDEST = 5  # years back that can be filled in
# Paths of the fact catalogue that rest on more than the field they name.
_RESTS_ON = {
    "rd_ratio": ("rd_expense", "revenue"), "st_staff_share": ("st_staff", "staff"),
    "high_tech_income_share": ("high_tech_income", "total_income"), "has_rd_expense": ("rd_expense",),
}  # fmt: skip
_PATH = re.compile(r"enterprise\.(\w+)")


def organisation_for(user: Any, uscc: str) -> Organisation:
    """The organisation, for a person who acts for it.

    Raises:
        UserError: not logged in (401), or the person does not act for it (403).
    """
    if not getattr(user, "is_authenticated", False):
        raise UserError("请先登录。", "Please log in first.", code="login_required", status=401)
    if uscc not in roles.organisations(user):
        raise UserError(
            "只能填本单位的数据。",
            "You can fill in figures of your own organisation only.",
            code="forbidden",
            status=403,
        )
    found = Organisation.objects.filter(uscc=uscc).first()
    if found is None:
        raise UserError("登记库里没有这家单位。", "This organisation is not registered.", code="unknown", status=404)
    return found


def fields() -> list[Field]:
    """The figures of a year."""
    return [field for field in KIND.stored if field.name not in KEYS]


def years() -> list[int]:
    """The years that can be filled in: the complete ones, newest first."""
    last = timezone.localdate().year - 1
    return list(range(last, last - OLDEST, -1))


def stored(organisation: Organisation) -> dict[int, dict[str, str]]:
    """What is on record for the years that can be filled in."""
    rows = YearlyFigures.objects.filter(organisation=organisation, year__in=years())
    return {row.year: {f.name: text_of(f, row) or "" for f in fields()} for row in rows}


def read(given: dict[str, str], year: int) -> tuple[dict[str, str | None], list[Finding]]:
    """Values and findings of what a person typed; an empty field is unknown, not zero."""
    values: dict[str, str | None] = {}
    found: list[Finding] = []
    for column in columns(KIND.id):
        if column.name in KEYS:
            continue
        try:
            values[column.name] = convert(Cell(given.get(column.name, "")), column)
        except CellError as error:
            found.append(Finding(column.name, error.zh, error.en))
    known = {name: value for name, value in values.items() if value is not None}
    return values, [*found, *plausible.findings(KIND, {**known, "year": str(year)})]


def save(organisation: Organisation, year: int, values: dict[str, str | None], *, actor: Any) -> Written:
    """Register the figures of a year; one audit event.

    Raises:
        UserError: the person does not act for the organisation (403), the year cannot be filled in (422).
    """
    organisation_for(actor, organisation.uscc)
    if year not in years():
        raise UserError("只能填最近几个完整的年度。", "Only the last complete years can be filled in.", field="year")
    source = sources.ensure(
        f"本单位填报（{year} 年）", actor=actor, department=organisation.name[:100], trust=Trust.SECONDARY,
        realm=organisation.realm,
    )  # fmt: skip
    row = {"organisation": organisation.uscc, "year": year, **values}
    return write("yearly_figures", row, actor=actor, source=source, on_change="correct", realm=organisation.realm)


@dataclass(frozen=True)
class Use:
    """A measure that asks for a figure."""

    measure: str
    title: Text


def uses(release: LoadedRelease | None = None) -> dict[str, list[Use]]:
    """Which measures of the release in force rest on which figure, by the facts their compiled rules name."""
    release = release or current_release()
    found: dict[str, list[Use]] = {field.name: [] for field in fields()}
    for record in release.pack.measures:
        if record.id not in release.measures:
            continue
        program = compile_measure(release.measures[record.id], release.catalogue)
        named: set[str] = set()
        for fact in program.facts:
            origin = release.facts[fact].origin if fact in release.facts else None
            match = _PATH.match(getattr(origin, "path", "") or "")
            if match:
                named.update(_RESTS_ON.get(match[1], (match[1],)))
        for name in named & set(found):
            found[name].append(Use(record.id, record.title))
    return found
