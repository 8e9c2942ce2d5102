"""Staged rows go a stated time after the import has ended; what proves it stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from kechuang.web.audit.models import AuditEvent, BulkRows
from kechuang.web.intake.domain import applying, purging, queries
from kechuang.web.intake.domain.working import advance
from kechuang.web.intake.enums import ImportState
from kechuang.web.intake.models import Feed, Import, ImportRow
from kechuang.web.registry.models import Organisation
from tests.web.intake.conftest import HEADING, code, companies

pytestmark = pytest.mark.django_db
BAD = [code(9), "", "企业", "2023-02-30", "小型"]


def later(days: int) -> dt.datetime:
    return timezone.now() + dt.timedelta(days=days)


def purged() -> list[str]:
    events = AuditEvent.objects.filter(action="import.purge")
    return list(events.order_by("pk").values_list("object_id", flat=True))


def test_rows_go_and_the_proof_of_the_import_stays(applied, client_for, cast):
    one = applied([HEADING, *companies(3), BAD])
    counts = queries.tally(one).states
    assert purging.purge(later(89)) == 0
    assert purging.purge(later(91)) == 4
    one.refresh_from_db()
    assert not ImportRow.objects.exists()
    assert (queries.tally(one).states, one.state, one.created) == (counts, ImportState.APPLIED, 3)
    event = AuditEvent.objects.get(public_id=one.event_id)
    assert (event.rows, BulkRows.objects.filter(event=event).count(), len(event.after)) == (3, 1, 64)
    assert purged() == [one.public_id]
    page = client_for(cast.officer).get(f"/imports/{one.public_id}/").content.decode()
    assert "按期清除" in page and one.file.sha256 in page and "rows.xlsx" not in page
    assert client_for(cast.officer).get(f"/imports/{one.public_id}/rows/2/").status_code == 404
    assert purging.purge(later(400)) == 0
    assert purged() == [one.public_id]


def test_it_can_still_be_taken_back(applied, cast):
    one = applied([HEADING, *companies(2)])
    purging.purge(later(91))
    applying.undo(Import.objects.get(pk=one.pk), actor=cast.officer)
    assert advance(one.pk) == ImportState.UNDONE
    assert not Organisation.everything.filter(import_id=one.public_id).exists()


def test_a_quarantine_waits_longer(applied):
    one = applied([HEADING, *companies(1), BAD])
    feed = Feed.objects.create(code="tax", title="税务", department="税务局", kind="organisation")
    Import.objects.filter(pk=one.pk).update(feed=feed, idempotency_key="k")
    assert purging.purge(later(364)) == 0
    assert purging.purge(later(366)) == 2


def test_an_import_that_nobody_confirms_ends(importing, cast):
    one = importing([HEADING, *companies(1)])
    assert purging.purge(later(91)) == 1
    one.refresh_from_db()
    assert (one.state, purged()) == (ImportState.CANCELLED, [one.public_id])


def test_a_purge_that_was_broken_off_goes_on(applied, monkeypatch):
    one = applied([HEADING, *companies(3)])

    def dies(*_args):
        raise KeyboardInterrupt

    real = purging._some
    monkeypatch.setattr(purging, "_some", dies)
    with pytest.raises(KeyboardInterrupt):
        purging.purge(later(91))
    monkeypatch.setattr(purging, "_some", real)
    assert purging.purge(later(92)) == 3
    assert purged() == [one.public_id]
