"""Changes entered ahead come into force on their day; measures for another day read the state of that day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from kechuang.web.audit.models import AuditEvent
from kechuang.web.registry.domain import facts, record, turn
from kechuang.web.registry.domain.history import on_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(chenzhou, cast):
    return cast.company_a


def test_a_change_ahead_comes_into_force(firm, monkeypatch):
    ahead = timezone.localdate() + dt.timedelta(days=10)
    record.write(
        "organisation", {"uscc": firm.uscc, "size": "medium"}, actor=None, source=None, valid_from=ahead, realm="demo"
    )
    assert turn.turn() == 0
    firm.refresh_from_db()
    assert firm.size == "small"
    monkeypatch.setattr(timezone, "localdate", lambda *a: ahead)
    assert turn.turn(ahead) == 1
    firm.refresh_from_db()
    assert firm.size == "medium"
    assert turn.turn(ahead) == 0
    assert AuditEvent.objects.filter(action="registry.turn").count() == 1


def test_the_record_as_it_was_on_a_day(firm):
    day = dt.date(2025, 1, 1)
    record.write(
        "organisation", {"uscc": firm.uscc, "size": "medium"}, actor=None, source=None, valid_from=day, realm="demo"
    )
    firm.refresh_from_db()
    before, after = on_day(firm, dt.date(2024, 6, 1)), on_day(firm, timezone.localdate())
    assert (before.size, after.size, firm.size) == ("small", "medium", "medium")
    assert before.pk == firm.pk
    assert list(before.years.all()) == list(firm.years.all())


def test_measures_for_a_past_day_read_the_state_of_that_day(firm, chenzhou):
    record.write(
        "organisation", {"uscc": firm.uscc, "size": "medium"}, actor=None, source=None,
        valid_from=dt.date(2025, 1, 1), realm="demo",
    )  # fmt: skip
    firm.refresh_from_db()
    measure = next(m for m in chenzhou.measures if m.subject == "enterprise")
    sizes = {}
    for day in (dt.date(2024, 6, 1), dt.date(2025, 6, 1)):
        (subject,) = facts.subjects_of(firm, measure, day)
        sizes[day.year] = facts.PATHS["enterprise.size"](subject)
    assert sizes == {2024: "小型", 2025: "中型"}
