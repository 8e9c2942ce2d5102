"""Bulk changes: one event with a Merkle root, each row provable, and a changed row or digest found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from kechuang.proofs import verify_audit
from kechuang.proofs.chain import digest_of
from kechuang.proofs.merkle import leaf_hash, row_leaf
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.domain import queries
from kechuang.web.audit.domain.record import record, record_bulk
from kechuang.web.audit.domain.seal import seal
from kechuang.web.audit.models import AuditEvent, BulkRows
from kechuang.web.core.errors import UserError
from tests.web.audit.log_file import write_log

pytestmark = pytest.mark.django_db
ROWS = [{"name": f"演示企业{n}", "revenue": f"{n}.00"} for n in range(7)]


@pytest.fixture
def event() -> AuditEvent:
    """A bulk change of seven rows between two plain events, sealed."""
    record(actor=None, action="policy.apply", object_kind="release")
    made = record_bulk(
        actor=None, action="observation.import", object_kind="submissions", object_id="B1", rows=iter(ROWS)
    )
    record(actor=None, action="policy.apply", object_kind="release")
    seal()
    made.refresh_from_db()
    return made


@pytest.fixture
def auditor(client) -> User:
    user = User.objects.create_user(username="auditor", realm="demo")
    Grant.objects.create(user=user, role=Role.AUDITOR)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return user


def verifier(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The stand-alone verifier, with nothing of ours to import."""
    program = folder / "verify_audit.py"
    program.write_bytes(Path(verify_audit.__file__).read_bytes())
    chain = folder / "chain.jsonl"
    chain.write_bytes(b"".join(queries.export_lines()))
    command = [sys.executable, "-I", "-S", program.name, chain.name, *arguments, "--lang", "en"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_bulk_change_is_one_event_whose_rows_can_be_proved(event, tmp_path):
    assert (event.rows, event.seq, AuditEvent.objects.count()) == (7, 2, 3)
    document = queries.row_proof(event, 4, ROWS[3])
    (tmp_path / "proof.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    done = verifier(tmp_path, "--row", "proof.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == "True: it is row 4 of 7 of the event at link 2."
    document["row"]["revenue"] = "9999.00"
    (tmp_path / "proof.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    done = verifier(tmp_path, "--row", "proof.json")
    assert done.returncode == 1
    assert done.stdout.splitlines()[1] == "Not true: it is not row 4 of the event at link 2, or was changed."


def test_a_proof_tells_nothing_of_the_other_rows(event):
    text = json.dumps(queries.row_proof(event, 4, ROWS[3]), ensure_ascii=False)
    for n, row in enumerate(ROWS):
        assert (row["name"] in text) == (n == 3)
        assert (leaf_hash(row_leaf(row)).hex() in text) is False  # unsalted hashes could be guessed
    assert BulkRows.objects.get().key not in text


def test_a_proof_of_an_event_that_is_not_in_the_chain_is_refused(event, tmp_path):
    document = queries.row_proof(event, 1, ROWS[0])
    document["event"]["actor_name"] = "别人"
    document["link"]["content"] = digest_of(document["event"])
    (tmp_path / "proof.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    done = verifier(tmp_path, "--row", "proof.json")
    assert (done.returncode, done.stdout.splitlines()[1]) == (1, "The event of this proof is not in the chain.")
    (tmp_path / "proof.json").write_text("{}", encoding="utf-8")
    done = verifier(tmp_path, "--row", "proof.json")
    assert (done.returncode, done.stderr) == (2, "缺字段 / a field is missing: 'event'\n")


def test_all_rows_are_checked_and_the_changed_one_is_named(event, tmp_path):
    for rows, code, words in (
        (ROWS, 0, "All 7 rows are as they were recorded."),
        ([*ROWS[:2], ROWS[2] | {"revenue": "8.00"}, *ROWS[3:]], 1, "Row 3: this row was changed."),
        ([*ROWS[:5], *ROWS[6:]], 1, "Row 6: this row is missing."),
    ):
        document = queries.bulk_document(event) | {"rows": rows}
        (tmp_path / "bulk.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        done = verifier(tmp_path, "--bulk", "bulk.json")
        assert (done.returncode, done.stdout.splitlines()[1]) == (code, words), done.stderr


def test_changed_row_digests_are_found_in_the_database_and_in_the_export(event, client, auditor, tmp_path):
    assert queries.verify_stored().ok
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_bulkrows SET hashes = %s", [bytes(32 * 7)])
    broken = queries.verify_stored().broken
    assert broken is not None and (broken.seq, broken.kind) == (2, "rows")
    exported = [json.loads(line) for line in queries.export_lines(AuditEvent.objects.all())]
    broken = verify_audit.verify_chain(exported).broken
    assert broken is not None and (broken.seq, broken.kind) == (2, "rows")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_bulkrows")
    broken = queries.verify_stored().broken
    assert broken is not None and (broken.seq, broken.kind) == (2, "rows")


def test_a_changed_number_of_rows_is_found(event):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET rows = 6 WHERE rows = 7")
    broken = queries.verify_stored().broken
    assert broken is not None and (broken.seq, broken.kind) == (2, "edited")


def test_a_row_that_does_not_exist_is_refused(event):
    for number in (0, 8, -1):
        with pytest.raises(UserError, match=r"共 7 行|it has 7"):
            queries.row_proof(event, number)


def test_auditors_download_proofs_and_nobody_else(event, client):
    address = f"/audit/events/{event.public_id}/bulk.json"
    assert client.get(address).status_code == 302
    user = User.objects.create_user(username="officer", realm="demo")
    Grant.objects.create(user=user, role=Role.OFFICER)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 403


def test_the_page_of_a_bulk_change_offers_proofs(event, client, auditor):
    page = client.get(f"/audit/events/{event.public_id}/").content.decode()
    assert "共 7 行" in page and 'max="7"' in page
    document = client.get(f"/audit/events/{event.public_id}/bulk.json?row=3").json()
    assert (document["index"], document["size"], len(document["path"])) == (2, 7, 3)
    assert len(client.get(f"/audit/events/{event.public_id}/bulk.json").json()["leaves"]) == 7 * 64
    assert client.get(f"/audit/events/{event.public_id}/bulk.json?row=8").status_code == 404
    plain = AuditEvent.objects.filter(rows__isnull=True)[0]
    assert client.get(f"/audit/events/{plain.public_id}/bulk.json").status_code == 404


def test_a_bulk_change_of_no_rows_has_the_empty_root():
    event = record_bulk(actor=None, action="observation.import", object_kind="submissions", rows=[])
    seal()
    assert (event.rows, event.after) == (0, verify_audit.EMPTY_ROOT)
    assert queries.verify_stored().ok


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the verifier opens SQLite files")
def test_the_verifier_reads_bulk_changes_from_a_database_file(event, tmp_path):
    target = tmp_path / "copy.sqlite3"
    write_log(target)
    links, _ = verify_audit.load(target)
    assert [len(link.get("leaves", "")) for link in links] == [0, 7 * 64, 0]
    assert verify_audit.verify_chain(links).ok
