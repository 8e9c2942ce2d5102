"""Reads of results. The register's rule decides who may see an organisation's results: whoever may see its figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kechuang.citypack import models as pack_models
from kechuang.codes import uscc as codes
from kechuang.web.accounts import access
from kechuang.web.accounts.models import Role
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain import together
from kechuang.web.entitlements.domain.eligibility import Result, row, sort
from kechuang.web.entitlements.domain.received import received
from kechuang.web.entitlements.domain.subjects import key_of, known_facts, name_of, subjects
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.policy.domain.releases import LoadedRelease
from kechuang.web.registry.access import may_see_figures
from kechuang.web.registry.domain.names import named
from kechuang.web.registry.models import Organisation

RESULT_ROLES = (Role.OFFICER, Role.COUNTY)


def organisation_for_user(user: Any, uscc: str) -> Organisation:
    """The organisation of a code whose results the person may see. Raises ``UserError`` 422, 404 or 403."""
    try:
        text = codes.validate(uscc)
    except codes.UsccError as error:
        raise UserError(error.zh, error.en, field="uscc", code="bad_uscc") from error
    organisation = Organisation.objects.filter(uscc=text).first()
    if organisation is None:
        raise UserError(
            f"登记库里没有 {text}。可以改用问答，答几个问题也能知道结果。",
            f"{text} is not in the register. Use the questions instead; a few answers give the result.",
            field="uscc",
            code="unknown",
            status=404,
        )
    if not may_see_figures(user, organisation):
        raise UserError(
            "这份结果只有本单位、市科技局经办人和所在县市区的经办人能看。请先登录，或改用问答。",
            "Only the organisation itself, city officers and officers of its county may see this result. Log in, "
            "or use the questions.",
            field="uscc",
            code="forbidden",
            status=403,
        )
    return organisation


def evaluate_organisation(release: LoadedRelease, organisation: Organisation, on: dt.date) -> Result:
    """All measures for an organisation, its contracts, institutions, patents, loans and people, from the register."""
    result = Result(on, received=received(release, organisation, on))
    for measure, subject in subjects(release, organisation, on):
        try:
            facts = known_facts(release, measure.id, subject, result.received)
            day = together.day_of(subject.kind, subject.record)
            result.rows.append(row(release, measure.id, facts, on, name_of(subject), key_of(subject), day))
        except Exception:  # one faulty measure must not hide the others; it is shown as not computed
            if measure not in result.failed:
                result.failed.append(measure)
    result.meet(release)
    result.run = latest_run()
    placed = _placed(result.run, organisation.uscc)
    result.rows = [replace(found, fund=placed.get((found.measure.id, found.key))) for found in result.rows]
    sort(result.rows)
    return result


def _placed(run: Run | None, uscc: str) -> dict[tuple[str, str], Entitlement]:
    """The rows of an organisation that a budget has placed, by measure and subject."""
    rows = Entitlement.objects.filter(run=run, uscc=uscc).exclude(place="") if run else ()
    return {(row.measure_id, row.subject_key): row for row in rows}


# ---- nightly rows ----------------------------------------------------------------------------


def latest_run() -> Run | None:
    """The newest finished run."""
    return Run.objects.filter(finished_at__isnull=False).first()


def may_list_results(user: Any) -> bool:
    """Whether the person may see lists over many organisations."""
    return bool(access.roles(user) & set(RESULT_ROLES))


def results_for_user(user: Any, run: Run | None, measure_id: str) -> QuerySet[Entitlement]:
    """The rows of a measure that the person may see: all for the city, their own county's for a county officer."""
    access.require(user, *RESULT_ROLES)
    if run is None:
        return Entitlement.objects.none()
    # A run outlives the organisations it was computed for only until the next one: removed ones are left out at once.
    known = Organisation.objects.filter(uscc=OuterRef("uscc"))
    rows = Entitlement.objects.filter(Exists(known), access.realm_filter(user), run=run, measure_id=measure_id)
    held = access.roles(user)
    if Role.OFFICER in held:
        return rows
    return rows.filter(county__in=access.counties(user) - {""})


def counties_of(user: Any) -> frozenset[str] | None:
    """The counties whose rows :func:`results_for_user` gives; None for the whole city."""
    held = access.roles(user)
    if Role.OFFICER in held:
        return None
    return frozenset(access.counties(user) - {""}) if Role.COUNTY in held else frozenset()


@dataclass(frozen=True)
class Summary:
    """What an organisation is entitled to, from the last nightly run."""

    run: Run
    rows: list[tuple[pack_models.Measure | None, Entitlement]]
    counts: dict[str, int]
    total: Decimal

    def of(self, group: str) -> list[tuple[pack_models.Measure | None, Entitlement]]:
        """Rows of a group."""
        return [pair for pair in self.rows if pair[1].group == group]


def summary_for_organisation(user: Any, uscc: str) -> Summary | None:
    """The last nightly results of an organisation, or None when there are none or the person may not see them."""
    from kechuang.web.policy.domain.releases import release

    organisation = Organisation.objects.filter(uscc=uscc).first()
    run = latest_run()
    if organisation is None or run is None or not may_see_figures(user, organisation):
        return None
    records = release(run.release_id).records
    rows = list(Entitlement.objects.filter(run=run, uscc=uscc))
    order = {group: n for n, group in enumerate(Group.values)}
    rows.sort(key=lambda found: (order[found.group], -(found.amount or found.amount_if or Decimal(0))))
    counts = {group: sum(found.group == group for found in rows) for group in Group.values}
    total = sum((found.awarded or Decimal(0) for found in rows if found.group == Group.GET), Decimal(0))
    return Summary(run, [(records.get(found.measure_id), found) for found in rows], counts, total)


# ---- finding organisations -------------------------------------------------------------------


def own_organisations(user: Any) -> list[Organisation]:
    """The organisations a person acts for."""
    return list(Organisation.objects.filter(uscc__in=access.organisations(user)))


def organisations_named(text: str, limit: int = 10) -> list[Organisation]:
    """Organisations with these words in their name, which is public; none for a code."""
    words = text.strip()
    if len(words) < 2 or words.isascii():
        return []
    return list(named(Organisation.objects.all(), words)[:limit])
