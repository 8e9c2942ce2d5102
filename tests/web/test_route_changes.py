"""Changes through addresses whose own room tests the verb only: made here once, for ``test_every_route.py``."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kechuang.web.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    settings.FILES_DIR, settings.INBOX_DIR = tmp_path / "files", tmp_path / "inbox"


def last() -> tuple[str, str, str]:
    """The newest event: action, kind of object, who."""
    event = AuditEvent.objects.order_by("-id")[0]
    return event.action, event.object_kind, event.who


def test_a_feed_is_closed(chenzhou, cast, client_for):
    from kechuang.web.intake.domain import feeds

    feeds.declare(
        code="tax", title="税务", department="税务局", kind="yearly_figures", every_days=30, actor=cast.officer
    )
    assert client_for(cast.officer).post("/deliveries/tax/act/", {"active": "0"}).status_code == 302
    assert last() == ("feed.close", "feed", "officer")


def test_a_table_is_sent(chenzhou, cast, client_for):
    table = SimpleUploadedFile("企业.csv", "统一社会信用代码,名称\n".encode() + b"x,y\n", content_type="text/csv")
    fields = {"file": table, "source_title": "年报", "on_change": "change"}
    assert client_for(cast.officer).post("/imports/new/organisation/", fields).status_code == 302
    who = [event.who for event in AuditEvent.objects.filter(object_kind="import").order_by("id")]
    assert who == ["officer", ""]  # sent by a person, read by the system


def test_an_item_is_rejected_by_the_interface(shili, cast, client_for, settings, tmp_path):
    settings.INDEX_DIR = tmp_path / "index"
    client = client_for(cast.officer)

    def send(path: str, body: dict) -> dict:
        answer = client.post(f"/api/v1/library/documents{path}", body, content_type="application/json")
        assert answer.status_code in (200, 201), answer.content.decode()
        return answer.json()

    made = send("", {"text": "关于支持创新的意见\n\n一、对新认定的高新技术企业，给予10万元奖励。\n"})["id"]
    item = client.get(f"/api/v1/library/documents/{made}/items").json()["items"][0]
    send(f"/{made}/items/{item['id']}/reject", {"version": 1})
    assert last()[0] == "library.reject"
