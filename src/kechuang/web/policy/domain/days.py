"""What applied on a day: measures, parameters, documents and the release of the pack."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from kechuang.citypack import models as pack_models
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.releases import LoadedRelease

EARLIEST, LATEST = dt.date(1949, 10, 1), dt.date(2099, 12, 31)


def parse_day(raw: str | None, field: str = "on") -> dt.date:
    """A day as written in an address or a form, ``YYYY-MM-DD``; empty means today in the city's time zone."""
    text = (raw or "").strip().replace("/", "-").replace(".", "-")
    if not text:
        return timezone.localdate()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"“{text[:20]}”不是日期。请写成 2026-11-24 这样。",
            f"“{text[:20]}” is not a date. Write it like 2026-11-24.",
            field=field,
            code="bad_date",
        ) from None
    if not EARLIEST <= day <= LATEST:
        raise UserError(
            f"日期要在 {EARLIEST} 和 {LATEST} 之间。",
            f"The date must be between {EARLIEST} and {LATEST}.",
            field=field,
            code="bad_date",
        )
    return day


def in_force(measure: pack_models.Measure, day: dt.date) -> bool:
    """Whether a measure applied on ``day``; the last day counts."""
    return measure.effective.from_ <= day and (measure.effective.to is None or day <= measure.effective.to)


@dataclass(frozen=True)
class ParameterOn:
    """A parameter of a measure on a day: its value, since when it holds, and the next change."""

    id: str
    title: pack_models.Text
    value: Decimal | None
    since: dt.date | None
    next_change: dt.date | None
    history: list[tuple[dt.date, Decimal]]

    @property
    def share(self) -> bool:
        """Whether it reads as a percentage: one of its values is below 1, so that 1.00 after 0.75 is 100 %."""
        return any(0 < abs(value) < 1 for _, value in self.history)


@dataclass(frozen=True)
class MeasureOn:
    """A measure on a day."""

    record: pack_models.Measure
    applies: bool
    parameters: list[ParameterOn]


@dataclass(frozen=True)
class Change:
    """A day on which something begins, ends or changes."""

    day: dt.date
    what: pack_models.Text


def parameters_on(measure: pack_models.Measure, day: dt.date) -> list[ParameterOn]:
    """The parameters of a measure as they stood on ``day``."""
    rows = []
    for name, values in measure.parameters.items():
        started = [start for start in values if start <= day]
        later = [start for start in values if start > day]
        since = max(started) if started else None
        title = measure.parameter_titles.get(name) or pack_models.Text(zh=name, en=name)
        rows.append(
            ParameterOn(
                name,
                title,
                values[since] if since else None,
                since,
                min(later) if later else None,
                sorted(values.items()),
            )
        )
    return rows


def measures_on(release: LoadedRelease, day: dt.date) -> list[MeasureOn]:
    """All measures of a release as they stood on ``day``."""
    return [
        MeasureOn(measure, in_force(measure, day), parameters_on(measure, day)) for measure in release.pack.measures
    ]


def documents_on(release: LoadedRelease, day: dt.date) -> list[tuple[pack_models.Document, bool]]:
    """All documents and whether each was in its period on ``day``."""
    return [
        (d, d.effective_from <= day and (d.effective_to is None or day <= d.effective_to))
        for d in release.pack.documents
    ]


def changes(release: LoadedRelease) -> list[Change]:
    """Every day on which a document or measure begins, ends or changes a number, in order."""
    found: dict[tuple[dt.date, str], Change] = {}

    def add(day: dt.date, zh: str, en: str) -> None:
        found[day, zh] = Change(day, pack_models.Text(zh=zh, en=en))

    for document in release.pack.documents:
        add(document.effective_from, f"{document.number} 施行", f"{document.number} takes effect")
        if document.effective_to:
            end = document.effective_to + dt.timedelta(days=1)
            add(end, f"{document.number} 期满", f"{document.number} has ended")
    begins = {document.effective_from for document in release.pack.documents}
    for measure in release.pack.measures:
        if measure.effective.from_ not in begins:
            add(measure.effective.from_, f"{measure.title.zh}：开始", f"{measure.title.en}: begins")
        if measure.effective.to:
            end = measure.effective.to + dt.timedelta(days=1)
            add(end, f"{measure.title.zh}：结束", f"{measure.title.en}: has ended")
        for name, values in measure.parameters.items():
            title = measure.parameter_titles.get(name) or pack_models.Text(zh=name, en=name)
            for start in sorted(values)[1:]:
                add(start, f"{measure.title.zh}：{title.zh} 改变", f"{measure.title.en}: {title.en} changes")
    for target in release.pack.targets:
        if target.deadline:
            add(target.deadline, f"目标到期：{target.title.zh}", f"Target due: {target.title.en}")
    return sorted(found.values(), key=lambda change: change.day)
