"""Letters to departments whose figures are due: two weeks before, three days before, and once when they are late."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from kechuang.indicators import Definition
from kechuang.indicators.due import due_day
from kechuang.web.accounts.models import Grant, Role
from kechuang.web.audit.domain.record import record
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.mail import send
from kechuang.web.policy.domain.queries import LoadedRelease

from ..enums import SubmissionStatus
from ..models import Submission
from .loading import Loaded

SOON, LAST, LATE = 14, 3, 30
"""Days before the day it is due, twice; and for how many days after it a late figure is still written about."""


@dataclass(frozen=True)
class Reminder:
    """One letter: the figures of a department that are due on one day, and how near that day is."""

    department: str
    stage: str
    day: dt.date
    figures: tuple[tuple[Definition, int], ...]

    @property
    def key(self) -> str:
        """What the audit log knows the letter by; it is sent once."""
        return f"{self.department} {self.day.isoformat()} {self.stage}"


def _stage(day: dt.date, today: dt.date) -> str | None:
    left = (day - today).days
    if left < 0:
        return "late" if -left <= LATE else None
    return "last" if left <= LAST else "soon" if left <= SOON else None


def rules(release: LoadedRelease) -> dict[str, str | None]:
    """The stated day of each indicator of a pack."""
    return {i.id: i.due for i in release.pack.indicators}


def reminders(release: LoadedRelease, loaded: Loaded, today: dt.date) -> list[Reminder]:
    """Letters that are right today. A figure that waits for confirmation counts as delivered."""
    situation, stated = loaded.situation, rules(release)
    known: dict[str, set[int]] = defaultdict(set)
    for region, indicator, year in situation.cells:
        if region == situation.region:
            known[indicator].add(year)
    waiting = Submission.objects.filter(status=SubmissionStatus.PENDING, region=situation.region)
    for indicator, year in waiting.values_list("indicator", "year"):
        known[indicator].add(year)
    letters: dict[tuple[str, str, dt.date], list[tuple[Definition, int]]] = defaultdict(list)
    for definition in situation.definitions.values():
        for year in range(today.year - 2, today.year + 1):
            day = due_day(year, stated.get(definition.id))
            stage = _stage(day, today)
            if definition.holder and stage and year not in known[definition.id]:
                letters[definition.holder, stage, day].append((definition, year))
    return [Reminder(holder, stage, day, tuple(figures)) for (holder, stage, day), figures in letters.items()]


def _addresses(department: str, today: dt.date) -> list[str]:
    grants = Grant.objects.filter(role=Role.DEPARTMENT, department=department, user__is_active=True)
    grants = grants.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today)).exclude(user__email="")
    return sorted(set(grants.values_list("user__email", flat=True)))


def letter(reminder: Reminder, loaded: Loaded) -> tuple[str, str]:
    """Subject and text, Chinese first, then English."""
    city = loaded.situation.name(loaded.situation.region)
    day, n = reminder.day.isoformat(), len(reminder.figures)
    late = reminder.stage == "late"
    subject = f"{city.zh}：{n} 个数{'已过报送日期' if late else '请在'} {day}{'' if late else ' 前报送'}"
    zh = [f"· {d.name.zh}，{year} 年（{d.unit}）" for d, year in reminder.figures]
    en = [f"- {d.name.en}, {year} ({d.unit_en or d.unit})" for d, year in reminder.figures]
    text = "\n".join(
        [
            f"下面的数应在 {day} 前报送，{'现在还没有收到' if late else '到今天还没有收到'}：",
            *zh,
            "登录后在“提供的数据”里下载空表，填好送来；已在别处发布的，写明来源即可。",
            "",
            f"These figures {'were' if late else 'are'} due on {day} and have not arrived:",
            *en,
            "Log in, download the empty table under “Submitted data”, fill it in and send it.",
        ]
    )
    return subject, text


def remind(release: LoadedRelease, loaded: Loaded, today: dt.date) -> tuple[int, int]:
    """Send the letters that have not been sent: how many went out, and how many have nobody to go to."""
    sent = lonely = 0
    for reminder in reminders(release, loaded, today):
        if AuditEvent.objects.filter(action="observation.remind", object_id=reminder.key).exists():
            continue
        to = _addresses(reminder.department, today)
        if not to:
            lonely += 1
            continue
        if not any([send(address, *letter(reminder, loaded)) for address in to]):  # noqa: C419 (all are tried)
            continue
        record(
            actor=None,
            role="",
            action="observation.remind",
            object_kind="department",
            object_id=reminder.key,
            after={"indicators": [d.id for d, _ in reminder.figures], "letters": len(to)},
        )
        sent += 1
    return sent, lonely
