"""Departments are written to two weeks before a figure is due, three days before, and once when it is late."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client

pytestmark = pytest.mark.django_db
D = dt.date


@pytest.fixture
def reporter(db):
    from kechuang.web.accounts.models import Grant, Role, User

    user = User.objects.create_user(username="reporter", password="correct horse battery", email="r@example.org")
    Grant.objects.create(user=user, role=Role.DEPARTMENT, department="statistics")
    return user


def run(today: dt.date) -> tuple[int, int]:
    from kechuang.web.monitoring.domain import queries
    from kechuang.web.monitoring.domain.reminders import remind

    return remind(*queries.figures(), today)


def test_one_letter_for_each_stage(chenzhou, reporter):
    counts = []
    for today in (D(2027, 6, 15), D(2027, 6, 16), D(2027, 6, 17), D(2027, 6, 27), D(2027, 6, 30), D(2027, 7, 1),
                  D(2027, 7, 2), D(2027, 9, 1)):  # fmt: skip
        run(today)
        counts.append(len(mail.outbox))
    assert counts == [0, 1, 1, 2, 2, 3, 3, 3]
    assert "请在 2027-06-30 前报送" in mail.outbox[0].subject


def test_late_figures_of_last_year(chenzhou, reporter):
    sent, lonely = run(D(2026, 7, 5))
    assert sent == 1 and lonely >= 1
    (letter,) = mail.outbox
    assert letter.to == ["r@example.org"]
    assert "已过报送日期 2026-06-30" in letter.subject
    assert "研发投入强度，2025 年（%）" in letter.body and "R&D intensity, 2025 (%)" in letter.body
    assert run(D(2026, 7, 6))[0] == 0 and len(mail.outbox) == 1
    assert run(D(2026, 8, 15)) == (0, 0)


def test_audit_tells_of_it(chenzhou, reporter):
    from kechuang.web.audit.models import AuditEvent

    run(D(2026, 7, 5))
    (event,) = AuditEvent.objects.filter(action="observation.remind")
    assert event.object_id == "statistics 2026-06-30 late"


def test_no_note_where_the_mail_fails(chenzhou, reporter, monkeypatch):
    from kechuang.web.audit.models import AuditEvent
    from kechuang.web.monitoring.domain import reminders

    monkeypatch.setattr(reminders, "send", lambda *_: False)
    assert run(D(2026, 7, 5))[0] == 0
    assert not AuditEvent.objects.filter(action="observation.remind").exists()


def test_a_value_that_waits_counts_as_delivered(chenzhou, reporter):
    from kechuang.web.monitoring.models import Submission

    held = [i.id for i in chenzhou.indicators if i.holder == "statistics"]
    Submission.objects.bulk_create(
        Submission(region="431000", indicator=i, year=2025, value=1, unit="%", source_title="公报", realm="demo")
        for i in held
    )
    assert run(D(2026, 7, 5))[0] == 0


def test_the_job_is_on_the_schedule(chenzhou, reporter):
    from kechuang.web.core.jobs import jobs

    job = jobs()["monitoring.reminders"]
    assert job.daily_at == dt.time(8, 30)
    assert "departments without an address" in str(job.run())


def test_the_board_says_when_the_next_figure_is_due(chenzhou):
    page = Client().get("/targets/").content.decode()
    assert "下次数据" in page and "06-30" in page
