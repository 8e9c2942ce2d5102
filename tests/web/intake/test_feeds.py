"""Other departments deliver: once, kept as it came, checked in layers; good records are written, bad ones wait."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os

import pytest
from django.test import Client
from django.utils import timezone

from kechuang.web.accounts.domain.tokens import issue
from kechuang.web.accounts.models import Grant, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.intake.domain import feeds, mending
from kechuang.web.intake.domain.working import advance
from kechuang.web.intake.enums import ImportState, RowState
from kechuang.web.intake.models import Feed, Import
from kechuang.web.registry.models import Organisation, YearlyFigures
from tests.web.intake.conftest import code

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db) -> User:
    user = User.objects.create_user(username="admin", display_name="管理员")
    Grant.objects.create(user=user, role=Role.SECURITY_ADMIN)
    return user


@pytest.fixture
def feed(chenzhou, cast, settings, tmp_path) -> Feed:
    settings.INBOX_DIR = tmp_path / "inbox"
    return feeds.declare(
        code="tax", title="税务年度数据", department="税务局", kind="yearly_figures", every_days=30, actor=cast.officer
    )


@pytest.fixture
def sending(feed, admin):
    """A function that posts a delivery with a token of the feed."""
    _token, key = issue(title="报税", holder="税务局", scopes=["deliver:tax"], actor=admin,
                        expires_on=timezone.localdate() + dt.timedelta(days=30))  # fmt: skip

    def send(records, idempotency="k1", path="/api/v1/feeds/tax/deliveries"):
        body = records if isinstance(records, str) else json.dumps({"records": records}, ensure_ascii=False)
        return Client().post(path, body.encode(), content_type="application/json",
                             headers={"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency})  # fmt: skip

    send.key = key
    return send


def figures(cast, **more):
    return {"organisation": cast.company_a.uscc, "year": 2024, "revenue": "100.50", "staff": 10} | more


def test_good_records_are_written_and_bad_ones_wait(sending, cast, client_for):
    records = [
        figures(cast), figures(cast, year=2023, st_staff=11), figures(cast, year=2022, staff="x"),
        figures(cast, year=2021, organisation=code(77)), "rubbish", figures(cast, year=2020, colour="red"),
    ]  # fmt: skip
    answer = sending(records)
    assert answer.status_code == 202
    made = Import.objects.get(public_id=answer.json()["id"])
    assert answer.json()["sha256"] == hashlib.sha256(made.file.path.read_bytes()).hexdigest()
    assert advance(made.pk) == ImportState.APPLIED
    assert YearlyFigures.objects.get(organisation=cast.company_a, year=2024).staff == 10
    state = (
        Client()
        .get(f"/api/v1/feeds/tax/deliveries/{made.public_id}", headers={"Authorization": f"Bearer {sending.key}"})
        .json()
    )
    assert state["records"] == {"read": 6, "created": 1, "changed": 0, "unchanged": 0, "quarantined": 5}
    assert [(q["record"], q["findings"][0]["layer"]) for q in state["quarantine"]] == [
        (2, "plausibility"), (3, "schema"), (4, "reference"), (5, "syntax"), (6, "schema"),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(action="import.apply", object_id=made.public_id).get().rows == 1


def test_a_repeated_delivery_is_one(sending, cast):
    first, again = sending([figures(cast)]), sending([figures(cast)])
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    other = sending([figures(cast, staff=11)])
    assert other.status_code == 409
    assert other.json()["type"] == "urn:kechuang:key_reused"
    assert sending([figures(cast)], idempotency="").status_code == 422
    assert Import.objects.count() == 1


def test_the_same_records_under_another_key_change_nothing(sending, cast):
    for key in ("a", "b"):
        advance(Import.objects.get(public_id=sending([figures(cast)], key).json()["id"]).pk)
    second = Import.objects.get(idempotency_key="b")
    assert (second.created, second.changed, second.unchanged) == (0, 0, 1)


def test_silence_clears_nothing_and_is_told(sending, feed, cast, client_for):
    advance(Import.objects.get(public_id=sending([figures(cast)]).json()["id"]).pk)
    advance(Import.objects.get(public_id=sending([figures(cast, revenue=None)], "k2").json()["id"]).pk)
    # A value that is not given is left as it is: nobody said it was gone.
    assert str(YearlyFigures.objects.get(organisation=cast.company_a, year=2024).revenue) == "100.50"
    Import.objects.update(created_at=timezone.now() - dt.timedelta(days=40))
    (state,) = feeds.feeds_for_user(cast.officer)
    assert (state.overdue, state.silent_days, state.deliveries) == (True, 40, 2)
    page = client_for(cast.officer).get("/deliveries/").content.decode()
    assert "该来没来" in page and "没有动静的天数：40" in page


def test_a_delivery_that_cannot_be_read_is_kept_and_refused(sending):
    answer = sending('{"records": 1}')
    made = Import.objects.get(public_id=answer.json()["id"])
    assert advance(made.pk) == ImportState.REFUSED
    made.refresh_from_db()
    assert made.file is not None and made.file.path.read_bytes() == b'{"records": 1}'
    assert "records" in made.error["zh"]


def test_files_are_taken_from_the_drop_folder_once(feed, cast):
    place = feeds.folder(feed)
    place.mkdir(parents=True)
    content = f"单位,年度,职工人数\n{cast.company_a.uscc},2019,7\n"
    (place / "a.csv").write_text(content)
    (place / "b.csv.part").write_text(content)
    assert feeds.collect() == []  # still being written, for all we know
    for name in ("a.csv", "b.csv.part"):
        os.utime(place / name, (0, 0))
    (taken,) = feeds.collect()
    assert advance(taken) == ImportState.APPLIED
    assert YearlyFigures.objects.get(organisation=cast.company_a, year=2019).staff == 7
    assert sorted(path.name for path in place.iterdir()) == ["b.csv.part"]
    (place / "again.csv").write_text(content)
    os.utime(place / "again.csv", (0, 0))
    assert feeds.collect() == []  # the same content is the same delivery


def test_quarantine_is_mended_and_released(sending, cast, client_for):
    made = Import.objects.get(public_id=sending([figures(cast), figures(cast, year=2023, staff="x")]).json()["id"])
    advance(made.pk)
    with pytest.raises(UserError):
        feeds.release(made, actor=cast.officer)
    row = made.rows.get(state=RowState.BAD)
    client = client_for(cast.officer)
    answer = client.post(f"/imports/{made.public_id}/rows/{row.line}/", {"do": "mend", **row.written, "staff": "12"})
    assert answer.status_code == 302
    answer = client.post(f"/imports/{made.public_id}/act/", {"do": "release"})
    released = Import.objects.get(idempotency_key=f"{made.public_id}/1")
    assert answer["Location"] == f"/imports/{released.public_id}/"
    assert advance(released.pk) == ImportState.APPLIED
    assert YearlyFigures.objects.get(organisation=cast.company_a, year=2023).staff == 12
    written = made.rows.get(state=RowState.APPLIED)
    written.imported = made
    with pytest.raises(UserError):
        mending.skip(written, actor=cast.officer)


def test_tokens_open_what_their_scopes_say(sending, feed, admin, cast):
    soon = timezone.localdate() + dt.timedelta(days=1)
    _token, other = issue(
        title="别的", holder="别的", scopes=["deliver:other", "registry:read"], expires_on=soon, actor=admin
    )
    for key, status in ((None, 401), ("kc_wrong", 401), (other, 403)):
        headers = {"Idempotency-Key": "x"} | ({"Authorization": f"Bearer {key}"} if key else {})
        answer = Client().post("/api/v1/feeds/tax/deliveries", b"{}", content_type="application/json", headers=headers)
        assert answer.status_code == status, key
    schema = Client().get("/api/v1/feeds/tax/schema", headers={"Authorization": f"Bearer {sending.key}"}).json()
    assert schema["properties"]["records"]["items"]["required"] == ["organisation", "year"]
    feeds.set_active(feed, False, actor=cast.officer)
    assert sending([figures(cast)]).status_code == 403


def test_a_feed_of_the_other_realm_is_neither_seen_nor_closed(feed, cast, client_for):
    other = Feed.objects.create(code="real-tax", title="税", department="税务局", kind="organisation", realm="real")
    pretended = User.objects.create_user(username="demo-clerk", realm="demo")
    Grant.objects.create(user=pretended, role=Role.OFFICER)
    assert client_for(pretended).get(f"/deliveries/{feed.code}/").status_code == 200
    assert client_for(pretended).get("/deliveries/real-tax/").status_code == 404
    assert client_for(pretended).post("/deliveries/real-tax/act/", {"active": "0"}).status_code == 404
    other.refresh_from_db()
    assert other.active
    form = {"code": "坏 代号", "title": "统计", "department": "统计局", "kind": "organisation", "every_days": ""}
    assert "只能写小写字母、数字和连字符" in client_for(cast.officer).post("/deliveries/", form).content.decode()


def test_the_key_of_a_demo_administrator_does_not_deliver_to_a_real_feed(sending, feed, admin, cast):
    Feed.objects.filter(pk=feed.pk).update(realm="real")
    assert sending([figures(cast)]).status_code == 202
    User.objects.filter(pk=admin.pk).update(realm="demo")
    assert sending([figures(cast)], idempotency="k2").status_code == 404
    Feed.objects.filter(pk=feed.pk).update(realm="demo")
    assert sending([figures(cast)], idempotency="k2").status_code == 202


def test_only_officers_declare_and_look(feed, cast, client_for):
    form = {"code": "stat", "title": "统计", "department": "统计局", "kind": "organisation", "every_days": ""}
    assert client_for(cast.auditor).post("/deliveries/", form).status_code == 403
    assert client_for(cast.firm_a).get("/deliveries/").status_code == 403
    assert client_for(cast.auditor).get("/deliveries/tax/").status_code == 403
    assert client_for(cast.officer).get("/deliveries/tax/").status_code == 200
    assert client_for(cast.officer).post("/deliveries/", form).status_code == 302
    assert client_for(cast.officer).post("/deliveries/", form).status_code == 422
    assert Organisation.objects.count() == 3


def test_a_demo_officer_neither_sees_nor_closes_a_real_feed(feed, client_for):
    Feed.objects.filter(pk=feed.pk).update(realm="real")
    visitor = User.objects.create_user(username="persona", realm="demo")
    Grant.objects.create(user=visitor, role=Role.OFFICER)
    client = client_for(visitor)
    assert client.get("/deliveries/tax/").status_code == 404
    assert client.post("/deliveries/tax/act/", {"active": "0"}).status_code == 404
    feed.refresh_from_db()
    assert feed.active
