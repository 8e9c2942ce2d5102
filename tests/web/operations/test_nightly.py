"""The backup of each night, and the page that shows it to the system administrator."""

from __future__ import annotations

import errno
import json
import os
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core import jobs
from kechuang.web.core.errors import UserError
from kechuang.web.core.models import ScheduledRun
from kechuang.web.operations import words
from kechuang.web.operations.domain import container, make, schedule, sealing
from kechuang.web.operations.domain.schedule import nightly

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path, settings, monkeypatch) -> Path:
    """A folder of backups; the snapshot is the connection of the test, whose rows no other connection sees."""

    @contextmanager
    def here():
        yield "default"

    names = iter(f"kechuang-2026112{n}-013000" for n in range(10))
    monkeypatch.setattr(make, "snapshot", here)
    monkeypatch.setattr(make, "default_name", lambda: next(names))
    monkeypatch.setattr(sealing, "SCRYPT", {"n": 1 << 4, "r": 8, "p": 1})
    settings.BACKUP_DIR, settings.BACKUP_PASSPHRASE = str(tmp_path), ""
    return tmp_path


@pytest.fixture
def admin(client) -> User:
    user = User.objects.create_user(username="admin", realm="demo")
    Grant.objects.create(user=user, role=Role.SYSTEM_ADMIN)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return user


def made() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(action="backup.make").order_by("id").values_list("object_id", "result"))


def test_a_backup_is_made_verified_and_written_down(folder):
    done = nightly()
    assert done is not None
    note = json.loads((folder / "kechuang-20261120-013000.tar.gz.json").read_text())
    assert note["sha256"] == done.made.sha256
    assert note["rows"] == sum(t["rows"] for t in container.verify(done.made.path, None)["tables"].values())
    assert made() == [("kechuang-20261120-013000.tar.gz", "ok")]


def test_nothing_is_made_where_nothing_is_configured(settings):
    settings.BACKUP_DIR = ""
    assert nightly() is None
    assert jobs.jobs()["operations.backup"].run() == "KECHUANG_BACKUP_DIR is not set"
    assert made() == []


def test_the_oldest_go_and_those_made_by_hand_stay(folder, settings):
    settings.BACKUP_KEEP, settings.BACKUP_PASSPHRASE = 2, "a nightly passphrase"
    (folder / "kechuang-20250101-000000.tar.gz").write_bytes(b"somebody's own")
    removed = [nightly().removed for _ in range(4)]
    assert removed == [
        (), (), ("kechuang-20261120-013000.kcbackup",), ("kechuang-20261121-013000.kcbackup",)
    ]  # fmt: skip
    assert [path.name for path in schedule.found(folder)] == [
        "kechuang-20250101-000000.tar.gz", "kechuang-20261122-013000.kcbackup", "kechuang-20261123-013000.kcbackup",
    ]  # fmt: skip


def test_a_full_disk_is_said_leaves_nothing_and_removes_nothing(folder, settings, monkeypatch):
    settings.BACKUP_KEEP = 1
    nightly()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(make.os, "fsync", full)
    with pytest.raises(UserError, match=r"磁盘满了|disk is full"):
        nightly()
    assert [path.name for path in schedule.found(folder)] == ["kechuang-20261120-013000.tar.gz"]
    assert list(folder.glob("*.part")) == []
    assert [result for _, result in made()] == ["ok", "failed"]


def test_an_unsound_backup_removes_no_old_one(folder, settings, monkeypatch):
    settings.BACKUP_KEEP = 1
    nightly()

    def damaged(_path: Path, _phrase: str | None) -> dict:
        raise UserError("坏了", "broken", code="damaged")

    monkeypatch.setattr(schedule.container, "verify", damaged)
    with pytest.raises(UserError):
        nightly()
    assert (folder / "kechuang-20261120-013000.tar.gz").exists()


def test_the_page_shows_the_last_backup_and_the_jobs(folder, admin, client):
    assert "还没有备份" in client.get("/operations/").content.decode()
    nightly()
    ScheduledRun.objects.create(
        name="audit.seal", started_at=timezone.now(), finished_at=timezone.now(), result="<b>", failed=True
    )
    page = client.get("/operations/")
    text = page.content.decode()
    assert "kechuang-20261120-013000.tar.gz" in text and "已验，完好" in text
    assert "封审计链、公布链头" in text and "出错" in text and "&lt;b&gt;" in text
    assert page.context["found"].stale is False


def test_an_old_backup_is_called_old(folder, admin, client, monkeypatch):
    nightly()
    later = timezone.now() + timedelta(hours=27)
    monkeypatch.setattr("kechuang.web.operations.domain.queries.timezone.now", lambda: later)
    assert "超过一天没有备份" in client.get("/operations/").content.decode()


def test_only_system_administrators_see_the_page(client, folder):
    assert client.get("/operations/").status_code == 302
    for role in set(Role) - {Role.SYSTEM_ADMIN}:
        user = User.objects.create_user(username=role.value, realm="demo")
        Grant.objects.create(user=user, role=role)
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        assert client.get("/operations/").status_code == 403, role


def test_every_job_has_words():
    assert set(jobs.jobs()) <= set(words.JOBS)


def test_a_real_installation_is_told_of_missing_backups(settings, capsys):
    from kechuang.web.operations.checks import backups

    settings.BACKUP_DIR = settings.BACKUP_PASSPHRASE = ""
    assert [check.id for check in backups(None)] == ["kc.W011"]
    settings.BACKUP_DIR = "x"
    assert [check.id for check in backups(None)] == ["kc.W012"]
    settings.BACKUP_PASSPHRASE = "x"
    assert backups(None) == []
    call_command("check")
