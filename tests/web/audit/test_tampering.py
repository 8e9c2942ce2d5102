"""A thousand random tamperings with the real tables, behind the models' back: all found, each at its place."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from kechuang.proofs.chain import extend
from kechuang.web.audit.domain.queries import verify_stored
from kechuang.web.audit.domain.record import record, record_bulk
from kechuang.web.audit.domain.seal import publish_heads, seal
from kechuang.web.audit.models import AuditEvent, ChainHead

pytestmark = pytest.mark.django_db
LENGTH, BULK = 12, (3, 7, 10)
TABLE = "audit_auditevent"
FIELDS = ("public_id", "actor_id", "actor_name", "role", "action", "object_kind", "object_id", "before", "after", "result",
          "request_id", "nonce")  # fmt: skip
Found = tuple[int, str]


@pytest.fixture
def chain(monkeypatch) -> list[AuditEvent]:
    """Twelve sealed events, three of them bulk changes, with the head of their day published."""
    for number in range(1, LENGTH + 1):
        common = {"actor": None, "object_kind": "submissions", "object_id": f"{number}"}
        if number in BULK:
            record_bulk(action="observation.import", rows=[{"row": n, "of": number} for n in range(9)], **common)
        else:
            record(action="policy.apply", before={"n": number}, after={"n": number + 1}, **common)
    seal()
    publish_heads(date.today() + timedelta(days=2))  # noqa: DTZ011  any day after the events will do
    assert [head.seq for head in ChainHead.objects.all()] == [LENGTH]
    assert verify_stored().ok
    return list(AuditEvent.objects.order_by("seq"))


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def write(event: AuditEvent, **fields: object) -> None:
    """Change columns of a row, whatever the models say."""
    columns = ", ".join(f"{name} = %s" for name in fields)
    sql(f"UPDATE {TABLE} SET {columns} WHERE id = %s", *fields.values(), event.pk)


def edit(chain: list[AuditEvent], k: int, chance: random.Random) -> Found:
    field = chance.choice(FIELDS)
    old = str(getattr(chain[k - 1], field))
    write(chain[k - 1], **{field: old[:-1] + ("y" if old.endswith("x") else "x") if old else "x"})
    return k, "edited"


def edit_time(chain: list[AuditEvent], k: int, _chance: random.Random) -> Found:
    write(chain[k - 1], time=datetime(2020, 1, 1, tzinfo=UTC))
    return k, "edited"


def edit_and_repair(chain: list[AuditEvent], k: int, _chance: random.Random) -> Found:
    event = chain[k - 1]
    link = extend(k, event.prev, event.body() | {"result": "failed"})
    write(event, result="failed", content=link.content, digest=link.digest)
    return (k + 1, "relinked") if k < LENGTH else (k, "rewritten")


def remove(event: AuditEvent) -> None:
    sql("DELETE FROM audit_bulkrows WHERE event_id = %s", event.pk)
    sql(f"DELETE FROM {TABLE} WHERE id = %s", event.pk)


def delete(chain: list[AuditEvent], k: int, _chance: random.Random) -> Found:
    remove(chain[k - 1])
    return k, "deleted" if k < LENGTH else "truncated"


def truncate(chain: list[AuditEvent], k: int, _chance: random.Random) -> Found:
    for event in chain[k - 1 :]:
        remove(event)
    return k, "truncated"


def reorder(chain: list[AuditEvent], k: int, _chance: random.Random) -> Found:
    k = min(k, LENGTH - 1)
    first, second = chain[k - 1], chain[k]
    write(first, seq=None)
    write(second, seq=k)
    write(first, seq=k + 1)
    return k, "edited"  # the digest of a link holds its number


def insert(chain: list[AuditEvent], k: int, _chance: random.Random) -> Found:
    """Put a well-made link in after ``k`` and give those behind it new numbers."""
    for event in reversed(chain[k:]):
        write(event, seq=event.seq + 1)
    forged = AuditEvent(action="policy.apply", object_kind="release", object_id="forged")
    forged.save()
    link = extend(k + 1, chain[k - 1].digest, forged.body())
    write(forged, seq=k + 1, content=link.content, prev=link.prev, digest=link.digest)
    return (k + 2, "edited") if k + 1 < LENGTH else (k + 1, "rewritten")  # the head was published at the last link


def rewrite(chain: list[AuditEvent], k: int, _chance: random.Random) -> Found:
    """Change an event and make every link from there on anew: only the published head tells."""
    prev = chain[k - 1].prev
    for event in chain[k - 1 :]:
        body = event.body() | ({"result": "failed"} if event.seq == k else {})
        link = extend(event.seq, prev, body)
        write(event, result=body["result"], content=link.content, prev=prev, digest=link.digest)
        prev = link.digest
    return LENGTH, "rewritten"


def bulk_digest(chain: list[AuditEvent], k: int, chance: random.Random) -> Found:
    k = chance.choice(BULK)
    hashes = bytearray(chain[k - 1].bulk.hashes)
    hashes[chance.randrange(len(hashes))] ^= 1 << chance.randrange(8)
    sql("UPDATE audit_bulkrows SET hashes = %s WHERE event_id = %s", bytes(hashes), chain[k - 1].pk)
    return k, "rows"


def bulk_shape(chain: list[AuditEvent], k: int, chance: random.Random) -> Found:
    """Row digests cut off, added, doubled, moved or all gone."""
    k = chance.choice(BULK)
    hashes = chain[k - 1].bulk.leaf_hashes()
    row = chance.randrange(len(hashes) - 1)
    changed = chance.choice([
        hashes[:row], [*hashes, hashes[row]], [*hashes[:row], *hashes[row + 1 :]],
        [*hashes[:row], hashes[row + 1], hashes[row], *hashes[row + 2 :]],
    ])  # fmt: skip
    sql("UPDATE audit_bulkrows SET hashes = %s WHERE event_id = %s", b"".join(changed), chain[k - 1].pk)
    if chance.random() < 0.2:
        sql("DELETE FROM audit_bulkrows WHERE event_id = %s", chain[k - 1].pk)
    return k, "rows"


WAYS: list[Callable[[list[AuditEvent], int, random.Random], Found]] = [
    edit, edit_time, edit_and_repair, delete, truncate, reorder, insert, rewrite, bulk_digest, bulk_shape,
]  # fmt: skip


def test_a_thousand_tamperings_with_the_tables_are_found_at_their_place(chain):
    chance = random.Random(20130418)
    done = dict.fromkeys((way.__name__ for way in WAYS), 0)
    while sum(done.values()) < 1000:
        way, k = chance.choice(WAYS), chance.randint(1, LENGTH)
        if way is insert and k == LENGTH:
            continue  # a link after the last head is no tampering: it is the next event
        with transaction.atomic():
            wanted = way(chain, k, chance)
            broken = verify_stored().broken
            assert broken is not None, (way.__name__, k)
            assert (broken.seq, broken.kind) == wanted, (way.__name__, k)
            transaction.set_rollback(True)
        done[way.__name__] += 1
    assert min(done.values()) > 50
    assert verify_stored().ok
