"""Recording, sealing, publishing; and the stand-alone verifier on the real tables."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from kechuang.proofs.chain import GENESIS, verify_chain
from kechuang.web.audit.domain import queries
from kechuang.web.audit.domain.record import record, state_digest
from kechuang.web.audit.domain.seal import publish_heads, seal
from kechuang.web.audit.models import AppendOnly, AuditEvent, ChainHead

pytestmark = pytest.mark.django_db


def make(count: int, day: int = 20) -> None:
    for number in range(count):
        event = AuditEvent(
            action="policy.apply",
            object_kind="release",
            object_id=str(number),
            time=datetime(2026, 11, day, 4, number, tzinfo=UTC),
        )
        event.save()


def exported(with_events: bool = True) -> list[dict]:
    return [json.loads(line) for line in queries.export_lines(AuditEvent.objects.all() if with_events else None)]


def test_an_event_is_recorded_with_digests_of_its_states():
    event = record(
        actor=None,
        action="policy.apply",
        object_kind="release",
        object_id="abc",
        before={"amount": Decimal("12.50")},
        after={"amount": Decimal("12.60")},
    )
    event.refresh_from_db()
    assert (event.actor_id, event.role, event.result, event.seq) == ("", "", "ok", None)
    assert event.before == state_digest({"amount": "12.50"}) != event.after
    assert len(event.nonce) == 32


def test_sealing_chains_events_in_order_and_once():
    make(4)
    assert seal() == 4
    assert seal() == 0
    make(1)
    assert seal() == 1
    links = exported()
    assert [link["seq"] for link in links] == [1, 2, 3, 4, 5]
    assert links[0]["prev"] == GENESIS
    assert verify_chain(links).ok
    assert verify_chain(exported(with_events=False)).ok


def test_sealing_can_stop_half_way_and_go_on():
    make(5)
    assert seal(limit=2) == 2
    assert queries.chain_state().waiting == 3
    assert seal() == 3
    assert verify_chain(exported()).ok


def test_the_public_export_says_nothing_about_the_events():
    make(1)
    seal()
    assert set(exported(with_events=False)[0]) == {"seq", "time", "content", "prev", "digest"}


def test_events_cannot_be_changed_or_deleted():
    make(1)
    seal()
    event = AuditEvent.objects.get()
    event.action = "payment.forged"
    with pytest.raises(AppendOnly):
        event.save()
    with pytest.raises(AppendOnly):
        event.delete()
    with pytest.raises(AppendOnly):
        AuditEvent.objects.all().delete()
    with pytest.raises(AppendOnly):
        AuditEvent.objects.update(action="payment.forged")
    with pytest.raises(AppendOnly):
        AuditEvent.objects.bulk_update([event], ["action"])
    assert AuditEvent.objects.get().action == "policy.apply"


def test_a_change_behind_the_models_back_is_found():
    make(6)
    seal()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET actor_name = %s WHERE seq = 3", ["别人"])
    broken = verify_chain(exported()).broken
    assert broken is not None and (broken.seq, broken.kind) == (3, "edited")


def test_heads_are_published_for_finished_days_and_never_change():
    make(3, day=20)
    make(2, day=22)
    seal()
    assert [(h.date, h.seq, h.count) for h in publish_heads(date(2026, 11, 22))] == [(date(2026, 11, 20), 3, 3)]
    assert publish_heads(date(2026, 11, 22)) == []
    make(1, day=20)  # sealed after the head of its day was published
    seal()
    assert [(h.date, h.seq, h.count) for h in publish_heads(date(2026, 11, 23))] == [(date(2026, 11, 22), 6, 3)]
    heads = queries.heads_document()["heads"]
    assert verify_chain(exported(), heads).ok
    broken = verify_chain(exported()[:4], heads).broken
    assert broken is not None and (broken.seq, broken.kind) == (5, "truncated")
    assert ChainHead.objects.count() == 2
