"""The rehearsal: a city is backed up while people write, restored into an empty place, and compared with its backup.

Runs as real processes on the database the tests run on: SQLite, and PostgreSQL where ``DATABASE_URL`` names one.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).resolve().parents[3]
POSTGRES = os.environ.get("DATABASE_URL", "") if "postgres" in os.environ.get("DATABASE_URL", "") else ""
PHRASE = "rehearsal passphrase"
START = """
import sys; import django; django.setup()
from kechuang import citypack
from kechuang.web.policy.domain.apply import apply
from kechuang.web.core import files
from kechuang.web.audit.domain.record import record_bulk
from kechuang.web.audit.domain.seal import seal
apply(citypack.load(sys.argv[1]))
for n in range(3):
    files.store(b"file %d" % n * 100_000, rule="public", name=f"{n}.bin")
record_bulk(actor=None, action="observation.import", object_kind="submissions", rows=[{"n": n} for n in range(50)])
seal()
"""
WRITER = """
import sys; import django; django.setup()
from kechuang.web.accounts.domain.people import create_user
from kechuang.web.audit.domain.seal import seal
from kechuang.web.core import files
for number in range(10**9):
    create_user(f"w{sys.argv[1]}-{number}", display_name="䶮 “引号” \\\\ \\n", actor=None)
    if number % 20 == 0:
        files.store(f"{sys.argv[1]} {number}".encode(), rule="public", name="w.txt")
        seal()
    print(number, flush=True)
"""
LOOK = """
import json; import django; django.setup()
from django.apps import apps
from django.conf import settings
from pathlib import Path
from kechuang.web.accounts.models import User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.audit.domain.queries import verify_stored, chain_state
from kechuang.web.core.files import is_intact
from kechuang.web.core.models import StoredFile
from kechuang.web.operations.domain import rows
state = chain_state()
print(json.dumps({
    "digests": rows.digests(apps, "default"), "ok": verify_stored().ok, "head": [state.seq, state.digest],
    "users": sorted(User.objects.values_list("username", flat=True)),
    "told": sorted(AuditEvent.objects.filter(action="account.create").values_list("object_id", flat=True)),
    "files": [is_intact(f) for f in StoredFile.objects.all()],
    "restored": AuditEvent.objects.filter(action="backup.restore").count(),
    "next": User.objects.create(username="the next").pk, "highest": max([0, *User.objects.exclude(username="the next").values_list("pk", flat=True)]),
}))
"""


@dataclass(frozen=True)
class City:
    """A city in a place of its own."""

    home: Path
    database: str

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("KECHUANG_", "DATABASE_"))}
        kept |= {"KECHUANG_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "kechuang.web.settings"}
        kept |= {"PYTHONPATH": str(ROOT / "src"), "KECHUANG_DEMO": "1"}
        return kept | ({"DATABASE_URL": self.database} if self.database else {})

    def python(self, source: str, *arguments: object) -> str:
        command = [sys.executable, "-c", source, *map(str, arguments)]
        done = subprocess.run(command, env=self.environment(), cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def kechuang(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kechuang.cli", *map(str, arguments)]
        return subprocess.run(
            command, env=self.environment() | more, cwd=ROOT, capture_output=True, text=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip


def new_database(name: str) -> str:
    """An empty database on the server of the tests; its address."""
    import psycopg

    parts = urlsplit(POSTGRES)
    with psycopg.connect(urlunsplit(parts._replace(scheme="postgresql")), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    return urlunsplit(parts._replace(path=f"/{name}"))


def place(folder: Path, name: str, *, on_postgres: bool = bool(POSTGRES)) -> City:
    return City(folder / name, new_database(f"kechuang_{name}_{os.getpid()}") if on_postgres else "")


@pytest.fixture(scope="module", params=["made here"])
def city(tmp_path_factory) -> Iterator[City]:
    """A city with a pack, files, a bulk change and a sealed chain."""
    made = place(tmp_path_factory.mktemp("city"), "city")
    assert made.kechuang("manage", "migrate", "-v0").returncode == 0
    made.python(START, ROOT / "cities" / "shili")
    yield made


@pytest.fixture(scope="module")
def backup(city, tmp_path_factory) -> tuple[Path, dict, int, int]:
    """A backup made while three writers go on; with the number of users before and after."""
    folder = tmp_path_factory.mktemp("backup")
    logs = [folder / f"log{n}" for n in range(3)]
    writers = []
    for number, log in enumerate(logs):
        out = log.open("wb")
        writers.append(
            subprocess.Popen([sys.executable, "-c", WRITER, str(number)], env=city.environment(), stdout=out, cwd=ROOT)
        )
    try:
        deadline = time.monotonic() + 60
        while not all(log.stat().st_size for log in logs) and time.monotonic() < deadline:
            time.sleep(0.02)
        before = sum(log.read_bytes().count(b"\n") for log in logs)
        (folder / "phrase").write_text(PHRASE + "\n")
        done = city.kechuang("backup", folder / "city.kcbackup", "--encrypt", "--passphrase-file", folder / "phrase")
        after = sum(log.read_bytes().count(b"\n") for log in logs)
    finally:
        for writer in writers:
            writer.terminate()
        for writer in writers:
            writer.wait(20)
    assert done.returncode == 0, done.stderr
    from kechuang.web.operations.domain import container

    manifest = container.verify(folder / "city.kcbackup", PHRASE)
    return folder / "city.kcbackup", manifest, before, after


def restored(backup: Path, target: City) -> dict:
    """Restore into a place and look at what is there."""
    where = ["--into", target.database, "--home", target.home] if target.database else ["--into", target.home]
    done = target.kechuang("restore", backup, *where, KECHUANG_BACKUP_PASSPHRASE=PHRASE)
    assert done.returncode == 0, done.stderr
    return json.loads(target.python(LOOK))


def same_as_backup(found: dict, manifest: dict) -> None:
    """Row digests and chain head of the restored city are those of the backup."""
    told = {table: {"rows": t["rows"], "digest": t["digest"]} for table, t in manifest["tables"].items()}
    # What is newer than the backup: the event of the restore itself.
    now = {table: digest for table, digest in found["digests"].items() if table != "audit_auditevent"}
    assert now == {table: digest for table, digest in told.items() if table != "audit_auditevent"}
    assert found["digests"]["audit_auditevent"]["rows"] == told["audit_auditevent"]["rows"] + 1
    assert found["head"] == [manifest["chain"]["seq"], manifest["chain"]["digest"]]
    assert found["ok"] is True
    assert found["restored"] == 1


def test_a_backup_under_load_is_one_moment_and_restores_whole(backup, tmp_path):
    path, manifest, before, after = backup
    assert manifest["uncovered"] == []
    assert manifest["files"]["missing"] == manifest["files"]["damaged"] == []
    assert manifest["chain"]["seq"] > 0
    assert after > before
    found = restored(path, place(tmp_path, "again"))
    same_as_backup(found, manifest)
    assert found["users"] == found["told"]  # each change with its event: a moment, no mixture
    assert before <= len(found["users"]) <= after + 3
    assert found["files"] and all(found["files"])
    assert found["next"] > found["highest"]


@pytest.mark.skipif(not POSTGRES, reason="moving needs a PostgreSQL server (DATABASE_URL)")
def test_a_city_moves_from_sqlite_to_postgresql_and_back(tmp_path):
    start = place(tmp_path, "start", on_postgres=False)
    assert start.kechuang("manage", "migrate", "-v0").returncode == 0
    start.python(START, ROOT / "cities" / "shili")
    assert start.kechuang("backup", tmp_path / "one.tar.gz").returncode == 0
    moved = place(tmp_path, "moved", on_postgres=True)
    first = restored(tmp_path / "one.tar.gz", moved)
    moved.python(
        "import django; django.setup()\nfrom kechuang.web.accounts.models import User; User.objects.get(username='the next').delete()"
    )
    assert moved.kechuang("backup", tmp_path / "two.tar.gz").returncode == 0
    second = restored(tmp_path / "two.tar.gz", place(tmp_path, "back", on_postgres=False))
    # Only what told of the first restore differs.
    changed = {t for t in first["digests"] if first["digests"][t] != second["digests"][t]}
    assert changed == {"audit_auditevent"}
    assert first["head"] == second["head"]


def test_a_backup_of_an_older_program_is_migrated(city, tmp_path):
    """The same backup as a program with only the first migration of ``core`` would have made it."""
    import tarfile

    from kechuang.web.operations.domain.container import Writer

    assert city.kechuang("backup", tmp_path / "now.tar.gz").returncode == 0
    with tarfile.open(tmp_path / "now.tar.gz") as tar, (tmp_path / "old.tar.gz").open("wb") as handle:
        writer, manifest = Writer(handle, None), {}
        for info in tar:
            source = tar.extractfile(info)
            assert source is not None
            if info.name == "manifest.json":
                manifest = json.load(source)
            elif not info.name.startswith("tables/core_submissionkey/"):
                writer.add(info.name, source, info.size)
        manifest["migrations"]["core"] = ["0001_initial"]
        for table in ("core_submissionkey", "core_requestbucket"):
            manifest["tables"].pop(table, None)
        writer.close({key: value for key, value in manifest.items() if key not in ("format", "members")})
    found = restored(tmp_path / "old.tar.gz", place(tmp_path, "upgraded"))
    assert found["digests"]["core_submissionkey"] == {"rows": 0, "digest": "0" * 64}
    assert found["head"] == [manifest["chain"]["seq"], manifest["chain"]["digest"]]
    assert found["ok"] is True


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_a_restore_never_touches_a_place_that_is_not_empty(backup, city):
    path = backup[0]
    before = city.python(LOOK.replace('User.objects.create(username="the next").pk', "0"))
    into = ["--into", city.database, "--home", city.home] if city.database else ["--into", city.home]
    refused(city.kechuang("restore", path, *into, KECHUANG_BACKUP_PASSPHRASE=PHRASE), "is not empty")
    assert city.python(LOOK.replace('User.objects.create(username="the next").pk', "0")) == before


def test_wrong_passphrase_damage_and_newer_backups_are_refused_and_leave_nothing(backup, city, tmp_path):
    path = backup[0]
    home = tmp_path / "new"
    refused(city.kechuang("restore", path, "--into", home), "KECHUANG_BACKUP_PASSPHRASE")
    refused(
        city.kechuang("restore", path, "--into", home, KECHUANG_BACKUP_PASSPHRASE="another one"), "passphrase is wrong"
    )
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "damaged.kcbackup").write_bytes(bytes(content))
    refused(
        city.kechuang("restore", tmp_path / "damaged.kcbackup", "--into", home, KECHUANG_BACKUP_PASSPHRASE=PHRASE),
        "damaged",
    )
    refused(city.kechuang("restore", tmp_path / "absent", "--into", home), "Cannot read the backup")
    newer = tmp_path / "newer.tar.gz"
    from kechuang.web.operations.domain.container import Writer

    with newer.open("wb") as handle:
        Writer(handle, None).close({
            "tables": {}, "kechuang": "9.0", "migrations": {"core": ["0001_initial", "9999_from_the_future"]}
        })  # fmt: skip
    refused(city.kechuang("restore", newer, "--into", home), "newer program", "core.9999_from_the_future")
    assert not home.exists()
    assert not home.with_name("new.restoring").exists()


def test_a_backup_does_not_overwrite_and_says_where_it_cannot_write(backup, city, tmp_path):
    refused(city.kechuang("backup", backup[0]), "exists and is not overwritten")
    refused(city.kechuang("backup", tmp_path / "absent" / "x"), "There is no folder")
    refused(city.kechuang("backup", tmp_path / "x", "--encrypt"), "KECHUANG_BACKUP_PASSPHRASE")
    refused(city.kechuang("backup", tmp_path / "x", "--encrypt", KECHUANG_BACKUP_PASSPHRASE="short"), "too short")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_said_and_the_rest_is_saved(city, tmp_path):
    # One that the register of files names: a writer stopped half-way may have left another one behind.
    digest = hashlib.sha256(b"file 1" * 100_000).hexdigest()
    (victim,) = (city.home / "files").rglob(digest)
    content = victim.read_bytes()
    victim.unlink()
    try:
        done = city.kechuang("backup", tmp_path / "most.tar.gz")
    finally:
        victim.write_bytes(content)
    assert done.returncode == 1
    assert f"1 files are missing or damaged; the first: {victim.name}" in done.stderr
    assert city.kechuang("backup", "verify", tmp_path / "most.tar.gz").returncode == 0
