"""Pages of the audit log: what is public, what is the auditor's, and the tampering demonstration."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from kechuang.proofs.verify_audit import verify_chain
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.domain.queries import events_for_user
from kechuang.web.audit.domain.record import record
from kechuang.web.audit.domain.seal import publish_heads, seal
from kechuang.web.audit.domain.tamper import How, sandbox, tamper
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.enums import Realm

pytestmark = pytest.mark.django_db


def fill(count: int = 6) -> None:
    for number in range(count):
        record(actor=None, action="policy.apply", object_kind="release", object_id=f"机密-{number}")
    seal()


def persona(name: str, role: Role, **more) -> User:
    user = User.objects.create_user(username=name, display_name=name, realm=Realm.DEMO)
    Grant.objects.create(user=user, role=role, **more)
    return user


def body(response) -> str:
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return response.content.decode()


def test_everybody_sees_the_head_and_nothing_of_the_contents(client):
    fill()
    head = AuditEvent.objects.order_by("-seq").values_list("digest", flat=True)[0]
    page = client.get("/audit/")
    assert page.status_code == 200
    assert head in body(page)
    assert "机密" not in body(page)
    exported = body(client.get("/audit/chain.jsonl"))
    assert "机密" not in exported
    assert verify_chain([json.loads(line) for line in exported.splitlines()]).head == head


def test_what_is_downloaded_verifies_on_a_bare_machine(client, tmp_path):
    fill()
    for name in ("chain.jsonl", "heads.json", "verify_audit.py"):
        (tmp_path / name).write_text(body(client.get(f"/audit/{name}")), encoding="utf-8")
    command = [sys.executable, "-I", "-S", "verify_audit.py", "chain.jsonl", "--heads", "heads.json", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stdout)["checked"]) == (0, 6)


def test_only_auditors_read_the_log(client):
    fill()
    ident = AuditEvent.objects.first().public_id
    for address in ("/audit/events/", f"/audit/events/{ident}/"):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
        client.force_login(persona(f"officer{len(address)}", Role.OFFICER), "django.contrib.auth.backends.ModelBackend")
        refused = client.get(address)
        assert refused.status_code == 403
        assert "机密" not in body(refused)
        client.logout()
    client.force_login(persona("auditor", Role.AUDITOR), "django.contrib.auth.backends.ModelBackend")
    assert "机密-5" in body(client.get("/audit/events/"))
    assert "刚刚重算过，一致" in body(client.get(f"/audit/events/{ident}/"))


def test_filters_stand_in_the_address(client):
    fill(3)
    record(actor=None, action="account.login", object_kind="user", object_id="甲", result="refused")
    client.force_login(persona("auditor", Role.AUDITOR), "django.contrib.auth.backends.ModelBackend")
    count = lambda query: len(client.get(f"/audit/events/?{query}").context["page"].rows)  # noqa: E731
    assert count("action=policy.apply") == 3
    assert count("result=refused") == 1
    assert count("q=甲") == 1
    assert count("until=2001-01-01") == 0
    wrong = body(client.get("/audit/events/?since=2026-02-02&until=2026-01-01"))
    assert "结束日期早于开始日期" in wrong


def test_taking_the_contents_out_is_itself_an_event(client):
    fill(2)
    assert client.post("/audit/events/export/").status_code == 302
    client.force_login(persona("auditor", Role.AUDITOR), "django.contrib.auth.backends.ModelBackend")
    assert client.get("/audit/events/export/").status_code == 405
    exported = body(client.post("/audit/events/export/"))
    assert "机密-1" in exported
    assert AuditEvent.objects.order_by("-id")[0].action == "audit.export"
    assert verify_chain([json.loads(line) for line in exported.splitlines()]).ok


def test_a_demo_auditor_reads_nothing_by_or_about_real_people(client):
    fill(1)
    auditor = persona("auditor", Role.AUDITOR)
    client.force_login(auditor, "django.contrib.auth.backends.ModelBackend")
    assert client.get("/audit/events/").context["listing"].count == AuditEvent.objects.count()
    real = User.objects.create_user(username="wang", display_name="真人甲", realm=Realm.REAL)
    record(actor=real, action="policy.apply", object_kind="release", object_id="真事-1")
    record(actor=auditor, action="policy.apply", object_kind="release", object_id="演事-1")
    for object_id in (real.pk, "wang"):
        record(actor=None, action="account.lock", object_kind="user", object_id=str(object_id))
    seal()
    hidden = AuditEvent.objects.get(object_id="真事-1").public_id
    listing = client.get("/audit/events/").context["listing"]
    assert ([e.object_id for e in listing.page.rows][:1], listing.count) == (["演事-1"], None)
    assert not {"真事-1", "wang", str(real.pk)} & {e.object_id for e in listing.page.rows}
    assert client.get("/audit/events/?q=真人").context["page"].rows == []
    assert client.get(f"/audit/events/{hidden}/").status_code == 404
    exported = body(client.post("/audit/events/export/"))
    assert "演事-1" in exported and "真事-1" not in exported and "wang" not in exported
    assert verify_chain([json.loads(line) for line in exported.splitlines()]).ok
    Grant.objects.create(user=real, role=Role.AUDITOR)
    assert {"真事-1", "演事-1"} <= {e.object_id for e in events_for_user(User.objects.get(pk=real.pk))}


@pytest.mark.parametrize(
    ("how", "place", "kind"),
    [
        (How.EDIT, 0, "edited"),
        (How.REPAIR, 1, "relinked"),
        (How.DELETE, 0, "deleted"),
        (How.INSERT, 0, "inserted"),
        (How.SWAP, 0, "reordered"),
        (How.CUT, 0, "truncated"),
    ],
)
def test_tampering_with_the_copy_is_named_at_its_place(how, place, kind):
    fill(14)
    box = sandbox()
    assert (box.start, box.last, box.example) == (5, 14, False)
    broken = tamper(box, how, 8).verdict.broken
    assert broken is not None and (broken.seq, broken.kind) == (8 + place, kind)


def test_rewriting_the_whole_copy_is_found_by_the_published_head():
    fill(14)
    broken = tamper(sandbox(), How.REWRITE, 8).verdict.broken
    assert broken is not None and (broken.seq, broken.kind) == (14, "rewritten")


def test_the_tampering_page_works_without_a_chain_and_never_touches_one(client):
    page = client.get("/audit/tamper/?how=edit&seq=3")
    assert "第 3 条断开" in body(page)
    assert "演示事件" in body(page)
    fill(12)
    before = list(AuditEvent.objects.values_list("digest", "result"))
    page = client.get("/audit/tamper/?how=delete&seq=7&upto=12")
    assert "第 7 条断开" in body(page)
    assert "机密" not in body(page)
    assert list(AuditEvent.objects.values_list("digest", "result")) == before
    assert client.get("/audit/tamper/?how=delete&seq=99").status_code == 422


def test_there_is_no_tampering_page_outside_demo_mode(client, settings):
    settings.DEMO = False
    assert client.get("/audit/tamper/").status_code == 404


def test_the_command_line_verifies_the_stored_chain(capsys):
    from django.core.management import call_command
    from django.db import connection

    fill(4)
    publish_heads()
    call_command("audit_verify")
    assert "链完整：共 4 条" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET result = 'failed' WHERE seq = 2")
    with pytest.raises(SystemExit):
        call_command("audit_verify")
    assert "Broken at link 2" in capsys.readouterr().out


def test_english_pages_hold_no_chinese_words_of_ours(client):
    client.cookies["kc_lang"] = "en"
    page = body(client.get("/audit/"))
    assert "A record nobody can change" in page
    assert "审计" not in page.split("<main")[1].split("</main>")[0]
