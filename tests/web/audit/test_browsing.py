"""The list of events at any length: every event once, whatever the filter, and no page looks through the whole log."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.domain import browsing
from kechuang.web.audit.domain.browsing import browse
from kechuang.web.audit.domain.queries import actions, filtered
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.enums import Realm

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def log():
    """Sixty events, six a day; every seventh refused, every fourth a log-in."""
    AuditEvent.objects.bulk_create(
        AuditEvent(
            time=NOON + dt.timedelta(hours=4 * n), actor_name=f"演示{n % 5}", object_kind="user", object_id=str(n),
            action="account.login" if n % 4 == 0 else "policy.apply", result="refused" if n % 7 == 0 else "ok",
        )
        for n in range(60)
    )  # fmt: skip
    return AuditEvent.objects.all()


def walk(events, filters, size=5):
    """All pages from the newest on, and the way back from the last."""
    there, cursor, pages = [], "", []
    while True:
        listing = browse(events, filters, cursor, size)
        pages.append(listing)
        there += [event.object_id for event in listing.page.rows]
        if not (cursor := listing.page.next):
            break
    back, cursor = [event.object_id for event in pages[-1].page.rows][::-1], pages[-1].page.previous
    while cursor:
        page = browse(events, filters, cursor, size).page
        back += [event.object_id for event in page.rows][::-1]
        cursor = page.previous
    return pages, there, back[::-1]


@pytest.mark.parametrize("stretch", [1, 7, 20, 50_000])
@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"action": "account.login"},
        {"result": "refused"},
        {"q": "演示3"},
        {"q": "没有这个人"},
        {"since": dt.date(2026, 3, 3), "until": dt.date(2026, 3, 5)},
        {"since": dt.date(2026, 3, 9), "result": "refused", "action": "account.login"},
        {"until": dt.date(2020, 1, 1)},
        {"since": dt.date(2030, 1, 1), "q": "演示"},
    ],
)
def test_walking_meets_every_event_once_both_ways(log, monkeypatch, stretch, filters):
    monkeypatch.setattr(browsing, "STRETCH", stretch)
    expected = list(filtered(log, filters).order_by("-pk").values_list("object_id", flat=True))
    pages, there, back = walk(log, filters)
    assert there == expected
    assert back == expected
    counts = {listing.count for listing in pages}
    in_stretches = "q" in filters or {"result", "action"} <= set(filters)
    assert counts == ({None} if in_stretches else {len(expected)})


def test_a_stretch_without_hits_says_how_far_it_looked(log, monkeypatch):
    monkeypatch.setattr(browsing, "STRETCH", 10)
    listing = browse(log, {"q": "没有这个人"}, "", 5)
    assert (listing.page.rows, listing.until) == ([], NOON + dt.timedelta(hours=4 * 50))
    auditor = User.objects.create_user(username="auditor", realm=Realm.DEMO)
    Grant.objects.create(user=auditor, role=Role.AUDITOR)
    from django.test import Client

    client = Client()
    client.force_login(auditor, "django.contrib.auth.backends.ModelBackend")
    page = client.get("/audit/events/?q=没有这个人").content.decode()
    assert "从新到旧找到 2026-03-10 00:00:00 为止" in page  # the log-in is an event too
    assert "继续往前找" in page


def test_what_the_sealer_still_waits_for_is_counted_too(log):
    from kechuang.web.audit.domain.seal import seal

    seal()
    AuditEvent.objects.create(action="policy.apply", object_kind="release")
    assert browse(log, {}, "", 5).count == 61


def test_every_action_of_the_log_is_offered_and_nothing_else(log):
    assert actions() == ["account.login", "policy.apply"]
    assert AuditEvent.objects.count() == 60


def test_an_empty_log_has_no_actions_and_no_pages():
    assert actions() == []
    for filters in ({}, {"q": "甲"}, {"since": dt.date(2026, 1, 1)}):
        listing = browse(AuditEvent.objects.all(), filters, "", 5)
        assert (listing.page.rows, listing.page.next, listing.page.previous) == ([], "", "")


@pytest.mark.parametrize(
    "filters", [{}, {"action": "account.login"}, {"result": "refused"}, {"q": "演示"}, {"since": dt.date(2026, 3, 4)}]
)
def test_no_page_sorts_or_reads_the_whole_log(log, filters):
    if connection.vendor != "sqlite":
        pytest.skip("reads plans of SQLite")
    with CaptureQueriesContext(connection) as seen:
        pages, _there, _back = walk(log, filters)
    assert len(pages) > 1
    for query in seen.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].removeprefix("EXPLAIN QUERY PLAN "))
            plan = " / ".join(row[3] for row in cursor.fetchall())
        assert "TEMP B-TREE" not in plan, (query["sql"], plan)
        # an ordered walk that LIMIT ends may start as a scan of the key; a scan elsewhere reads everything
        assert "OFFSET" not in query["sql"]
