"""The log keeps numbers of people; their names are looked up, in one go, as the accounts have them now."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kechuang.web.accounts.models import User
from kechuang.web.audit.domain.queries import filtered, history, named
from kechuang.web.audit.domain.record import record
from kechuang.web.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


def test_the_name_is_not_in_the_log_and_still_on_the_page():
    user = User.objects.create_user(username="lan", display_name="王兰")
    record(actor=user, action="policy.apply", object_kind="release", object_id="1")
    event = AuditEvent.objects.get()
    assert (event.actor_id, event.actor_name, event.who) == (str(user.pk), "", "王兰")
    assert "王兰" not in str(event.body())
    User.objects.update(display_name="已注销用户 A")
    assert AuditEvent.objects.get().who == "已注销用户 A"
    user.delete()
    assert AuditEvent.objects.get().who == event.actor_id


def test_names_of_a_list_take_one_query():
    people = [User.objects.create_user(username=f"p{n}", display_name=f"人{n}") for n in range(3)]
    for person in (*people, None, people[0]):
        record(actor=person, action="policy.apply", object_kind="release", object_id="1")
    AuditEvent.objects.create(
        actor_id="7", actor_name="旧名", action="policy.apply", object_kind="release", object_id="1"
    )
    with CaptureQueriesContext(
        connection,
    ) as seen:
        found = [event.who for event in history("release", "1")]
    assert found == ["旧名", "人0", "", "人2", "人1", "人0"]
    assert len(seen) == 2
    assert named([]) == []


def test_events_are_found_by_the_name_of_who_made_them():
    people = [User.objects.create_user(username=f"p{n}", display_name=f"人{n}") for n in range(3)]
    for person in people:
        record(actor=person, action="policy.apply", object_kind="release", object_id="1")
    assert [event.who for event in filtered(AuditEvent.objects.all(), {"q": "人1"})] == ["人1"]
    assert [event.who for event in filtered(AuditEvent.objects.all(), {"q": "p2"})] == ["人2"]
