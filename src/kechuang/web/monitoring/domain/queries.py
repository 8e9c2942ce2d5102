"""Reads of the app. Figures are public; the list of submitted values is for staff."""

from __future__ import annotations

import datetime as dt
from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import QuerySet
from django.utils import timezone

from kechuang.indicators import Definition
from kechuang.web.accounts.access import realm_filter
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain.queries import LoadedRelease, current_release, release

from .. import access
from ..enums import SubmissionStatus
from ..models import Submission
from . import loading
from .board import Board, board
from .catalogue import Entry, entries
from .loading import undated
from .page import Page, page

__all__ = ["Board", "Entry", "Page", "board_now", "indicator_list", "indicator_page", "submissions_for_user", "undated"]


def figures(digest: str | None = None, known_on: dt.date | None = None) -> tuple[LoadedRelease, loading.Loaded]:
    """The release (in force, or of ``digest``) and its figures. Raises ``UserError`` (404, 503)."""
    in_force = release(digest) if digest else current_release()
    return in_force, loading.load(in_force, timezone.localdate(), known_on)


def a_year_ago() -> tuple[LoadedRelease, loading.Loaded]:
    """The figures of the release in force as they were known a year ago."""
    today = timezone.localdate()
    return figures(known_on=today - dt.timedelta(days=365))


_boards: WeakKeyDictionary[loading.Loaded, Board] = WeakKeyDictionary()


def read_day(text: str) -> dt.date | None:
    """A day from the address: None for an empty text and for today. Raises ``UserError`` for no date or a later day."""
    if not text.strip():
        return None
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UserError("日期要写成 2016-03-01 这样。", "Write the date like 2016-03-01.", field="on") from None
    today = timezone.localdate()
    if day > today:
        raise UserError("这一天还没到。", "That day has not come yet.", field="on")
    return None if day == today else day


def board_now(known_on: dt.date | None = None) -> tuple[LoadedRelease, Board]:
    """The targets board today, or with what was known on an earlier day; judged once for the figures in memory."""
    in_force, loaded = figures(known_on=known_on)
    found = _boards.get(loaded)
    if found is None:
        found = _boards[loaded] = board(in_force, loaded)
    return in_force, found


def indicator_page(
    indicator: str, language: str, digest: str | None = None, known_on: dt.date | None = None
) -> tuple[LoadedRelease, loading.Loaded, Page]:
    """The page of one indicator, with the figures it is made from; ``known_on`` as for the board."""
    in_force, loaded = figures(digest, known_on)
    return in_force, loaded, page(in_force, loaded, indicator, language)


def indicator_list(text: str = "", show: str = "") -> tuple[LoadedRelease, list[Entry]]:
    """The indicators of the pack in force."""
    in_force, loaded = figures()
    return in_force, entries(in_force, loaded, text, show)


def submissions_for_user(user: Any, status: str = "") -> QuerySet[Submission]:
    """Submitted values for staff. Raises ``UserError`` (401, 403) for others."""
    access.require_list(user)
    rows = Submission.objects.filter(realm_filter(user)).select_related("submitted_by", "decided_by")
    return rows.filter(status=status) if status in SubmissionStatus.values else rows


def submission_for_user(user: Any, submission_id: str) -> Submission:
    """One submitted value for staff. Raises ``UserError`` (401, 403, 404)."""
    found = submissions_for_user(user).filter(pk=submission_id).first()
    if found is None:
        raise UserError("没有这条记录。", "There is no such record.", code="unknown", status=404)
    return found


def last_year(loaded: loading.Loaded, today: dt.date) -> int:
    """The last year a value may belong to: this year, or later where an invented city lives in the future."""
    return max([today.year, *(o.year for o in loaded.observations)])


def held_by(loaded: loading.Loaded, departments: set[str]) -> list[Definition]:
    """The indicators that departments hold, in the order of the pack."""
    return [d for d in loaded.situation.definitions.values() if d.holder in departments]
