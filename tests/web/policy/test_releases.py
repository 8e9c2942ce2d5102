"""Putting packs in force: immutable releases, terms, what was in force on a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from kechuang.citypack import digest
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.policy.domain import queries
from kechuang.web.policy.domain.apply import apply
from kechuang.web.policy.models import ImmutableError, Release, ReleaseItem, Term

CITIES = Path(__file__).resolve().parents[3] / "cities"
pytestmark = pytest.mark.django_db


def _next_version(pack):
    return pack.model_copy(update={"city": pack.city.model_copy(update={"version": "2030.2"})})


def test_apply_makes_the_pack_the_release_in_force(shili_pack):
    done = apply(shili_pack)
    assert done.changed and done.before is None
    assert done.digest == digest(shili_pack)
    release = queries.current_release()
    assert release.digest == done.digest
    assert release.pack == shili_pack
    assert set(release.measures) == {measure.id for measure in shili_pack.measures}
    items = ReleaseItem.objects.filter(release_id=done.digest, kind="measure").values_list("item_id", flat=True)
    assert set(items) == set(release.measures)


def test_applying_the_same_pack_again_changes_nothing(shili_pack):
    apply(shili_pack)
    again = apply(shili_pack)
    assert not again.changed
    assert Release.objects.count() == Term.objects.count() == 1
    assert AuditEvent.objects.filter(action="policy.apply").count() == 1


def test_a_new_pack_supersedes_and_the_old_one_can_come_back(shili_pack):
    first = apply(shili_pack)
    second = apply(_next_version(shili_pack))
    assert second.before == first.digest
    assert queries.current_digest() == second.digest
    third = apply(shili_pack)
    assert queries.current_digest() == third.digest == first.digest
    assert Release.objects.count() == 2
    assert [term.release_id for term in Term.objects.all()] == [first.digest, second.digest, first.digest]
    assert Term.objects.filter(until__isnull=True).count() == 1
    assert AuditEvent.objects.filter(action="policy.apply").count() == 3


def test_what_was_in_force_on_a_day(shili_pack):
    first, second = apply(shili_pack).digest, apply(_next_version(shili_pack)).digest
    now = timezone.now()
    old, new = Term.objects.all()
    Term.objects.filter(pk=old.pk).update(since=now - dt.timedelta(days=20), until=now - dt.timedelta(days=10))
    Term.objects.filter(pk=new.pk).update(since=now - dt.timedelta(days=10))
    today = timezone.localdate()
    assert queries.digest_on(today - dt.timedelta(days=21)) is None
    assert queries.digest_on(today - dt.timedelta(days=20)) == first
    assert queries.digest_on(today - dt.timedelta(days=11)) == first
    assert queries.digest_on(today) == second


def test_a_release_cannot_be_changed_or_deleted(shili_pack):
    release = Release.objects.get(pk=apply(shili_pack).digest)
    release.version = "x"
    with pytest.raises(ImmutableError):
        release.save()
    with pytest.raises(ImmutableError):
        release.delete()


def test_without_a_pack_the_error_says_what_to_do(db):
    with pytest.raises(UserError) as caught:
        queries.current_release()
    assert caught.value.status == 503
    assert "kechuang pack apply" in caught.value.zh


def test_pack_commands(capsys, tmp_path):
    call_command("pack_plan", str(CITIES / "shili"))
    assert "measure" in _said(capsys, "pack_plan", str(CITIES / "shili"), "--lang", "en")
    assert "已生效" in _said(capsys, "pack_apply", str(CITIES / "shili"))
    assert "没有变化" in _said(capsys, "pack_apply", str(CITIES / "shili"))
    assert "Nothing would change" in _said(capsys, "pack_plan", str(CITIES / "shili"), "--lang", "en")
    with pytest.raises(CommandError, match=r"city\.yaml"):
        call_command("pack_apply", str(tmp_path))


def _said(capsys, *arguments: str) -> str:
    capsys.readouterr()
    call_command(*arguments)
    return capsys.readouterr().out


def test_the_database_keeps_one_release_in_force(shili_pack):
    done = apply(shili_pack)
    with pytest.raises(IntegrityError), transaction.atomic():
        Term.objects.create(release_id=done.digest, since=timezone.now())


def test_release_page_names_what_changed(shili_pack, client):
    apply(shili_pack)
    content = shili_pack.model_dump(mode="json", by_alias=True)
    content["measures"][0]["parameters"]["cap"] = {"2030-07-01": "310000.00"}
    content["measures"][0]["cases"] = []
    second = apply(type(shili_pack).model_validate(content))
    page = client.get(f"/policies/releases/{second.digest}/")
    assert [(c.action, c.item) for c in page.context["changes"]] == [("change", "results-subsidy")]
    assert "results-subsidy" in page.content.decode()
    assert client.get(f"/policies/releases/{'0' * 64}/").status_code == 404


def test_a_database_without_tables_is_explained(monkeypatch, db):
    from django.db import OperationalError

    from kechuang.web.policy.management.commands import pack_plan

    def absent() -> str | None:
        raise OperationalError("no such table: policy_term")

    monkeypatch.setattr(pack_plan.queries, "current_digest", absent)
    with pytest.raises(CommandError, match="kechuang manage migrate"):
        call_command("pack_plan", str(CITIES / "shili"))
