"""The file of a backup: what verification finds, and how rows are written down."""

from __future__ import annotations

import datetime as dt
import io
import json
import tarfile
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import models

from kechuang.web.core.errors import UserError
from kechuang.web.operations.domain import container, rows, sealing
from kechuang.web.operations.domain.container import Writer

MANIFEST = {"tables": {"t": {"rows": 2, "digest": "0"}}}


@pytest.fixture
def backup(tmp_path):
    """A small backup with one table of two rows and one file."""
    path = tmp_path / "small.tar.gz"
    with path.open("wb") as handle:
        writer = Writer(handle, None)
        writer.add_bytes("tables/t/00001.jsonl", b"[1]\n[2]\n")
        writer.add("files/abc", io.BytesIO(b"content"), 7)
        writer.close(MANIFEST)
    return path


def rebuilt(path, change) -> None:
    """Write the backup again, each member passed through ``change(name, content)``; None leaves it out."""
    with tarfile.open(path) as tar:
        members = [(info.name, tar.extractfile(info).read()) for info in tar]
    with tarfile.open(path, "w:gz") as tar:
        for name, content in members:
            if (new := change(name, content)) is not None:
                info = tarfile.TarInfo(name)
                info.size = len(new)
                tar.addfile(info, io.BytesIO(new))


def code(path, phrase=None) -> tuple[str, str]:
    with pytest.raises(UserError) as error:
        container.verify(path, phrase)
    return error.value.code, error.value.en


def test_a_sound_backup_is_an_ordinary_tar(backup):
    told = container.verify(backup, None)
    assert (told["format"], len(told["members"])) == (1, 2)
    with tarfile.open(backup) as tar:
        assert tar.getnames() == ["tables/t/00001.jsonl", "files/abc", "manifest.json"]


def test_each_way_to_damage_a_member_is_named(backup):
    whole = backup.read_bytes()
    for change, words in (
        (lambda n, c: c.replace(b"2", b"3") if n.startswith("tables") else c, "tables/t/00001.jsonl"),
        (lambda n, c: None if n == "files/abc" else c, "files/abc"),
        (
            lambda n, c: None if n == "manifest.json" else c,
            "manifest.json in the backup small.tar.gz is wrong: there is no",
        ),
        (
            lambda n, c: b"{}" if n == "manifest.json" else c,
            "manifest.json in the backup small.tar.gz is wrong: it cannot",
        ),
        (lambda n, c: c.replace(b'"rows": 2', b'"rows": 3') if n == "manifest.json" else c, "the number of rows"),
    ):
        backup.write_bytes(whole)
        rebuilt(backup, change)
        kind, text = code(backup)
        assert kind == "damaged" and words in text, text


def test_a_backup_cut_short_anywhere_is_damaged(backup):
    whole = backup.read_bytes()
    for size in (2, 20, len(whole) // 2, len(whole) - 1):
        backup.write_bytes(whole[:size])
        assert code(backup)[0] == "damaged", size


def test_what_is_no_backup_or_newer_is_refused(backup, tmp_path):
    rebuilt(backup, lambda n, c: c.replace(b'"format": 1', b'"format": 2') if n == "manifest.json" else c)
    assert code(backup)[0] == "newer"
    (tmp_path / "letter.txt").write_text("dear city")
    assert code(tmp_path / "letter.txt")[0] == "no_backup"
    assert code(tmp_path / "absent")[0] == "unreadable"


def test_an_encrypted_backup_verifies_with_its_passphrase(tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "SCRYPT", {"n": 1 << 4, "r": 8, "p": 1})
    path = tmp_path / "sealed.kcbackup"
    with path.open("wb") as handle:
        writer = Writer(handle, "an honest passphrase")
        writer.add_bytes("tables/t/00001.jsonl", b"[1]\n[2]\n")
        writer.close(MANIFEST)
    assert container.is_encrypted(path)
    assert container.verify(path, "an honest passphrase")["tables"] == MANIFEST["tables"]
    assert code(path, "another passphrase")[0] == "wrong_passphrase"
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(bytes(content))
    assert code(path, "an honest passphrase")[0] == "damaged"


VALUES = [
    (models.DecimalField(max_digits=18, decimal_places=2), Decimal("12345678.90"), "12345678.90"),
    (models.DateTimeField(), dt.datetime(2026, 11, 24, 4, 5, 6, 7, dt.UTC), "2026-11-24T04:05:06.000007+00:00"),
    (models.DateField(), dt.date(2013, 4, 18), "2013-04-18"),
    (models.TimeField(), dt.time(1, 2, 3), "01:02:03"),
    (models.DurationField(), dt.timedelta(days=1, seconds=5), "1 00:00:05"),
    (models.UUIDField(), UUID(int=7), "00000000-0000-0000-0000-000000000007"),
    (models.BinaryField(), b"\x00\xff", "AP8="),
    (models.BooleanField(), True, True),
    (models.FloatField(), 0.1, 0.1),
    (models.BigIntegerField(), 2**62, 2**62),
    (models.TextField(), "䶮𬭎\n“”", "䶮𬭎\n“”"),
    (models.JSONField(), {"b": [1, None], "a": "1"}, {"b": [1, None], "a": "1"}),
    (models.JSONField(), "text", "text"),
    (models.CharField(), None, None),
]


@pytest.mark.parametrize(("field", "value", "written"), VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_as_it_was(field, value, written):
    assert rows.encode(value) == written
    assert rows.decode(field, json.loads(json.dumps(rows.encode(value)))) == value
    assert type(rows.decode(field, rows.encode(value))) is type(value)


def test_a_value_nobody_knows_is_no_silent_text():
    with pytest.raises(TypeError, match="set"):
        rows.encode({1})


def test_the_digest_of_a_table_does_not_ask_for_the_order_of_rows():
    from kechuang.web.accounts.models import Grant

    first, second = rows.Digest(Grant), rows.Digest(Grant)
    lines = [b"[1]", b"[2]", b"[2]"]
    for line in lines:
        first.add([], line)
    for line in reversed(lines):
        second.add([], line)
    assert first.public() == second.public()
    second.add([], b"[3]")
    assert first.public() != second.public()
