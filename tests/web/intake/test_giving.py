"""What leaves the register, for whom: exports and the interface."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from kechuang.web.accounts.domain.tokens import issue, revoke
from kechuang.web.accounts.models import ApiToken, Grant, Role, User
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.intake import api
from kechuang.web.registry.models import BankAccount, Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(chenzhou, cast):
    Person.objects.create(employer=cast.company_a, name="张机密", title="高级工程师", realm="demo")
    Person.objects.create(employer=cast.company_b, name="李别家", realm="demo")
    Organisation.objects.filter(pk=cast.company_a.pk).update(name="=演示甲公司")
    BankAccount.objects.create(organisation=cast.company_a, number="6222000011112222", realm="demo")
    cache.clear()
    return cast


@pytest.fixture
def token(db):
    admin = User.objects.create_user(username="admin")
    Grant.objects.create(user=admin, role=Role.SECURITY_ADMIN)

    def make(*scopes: str):
        day = timezone.localdate() + dt.timedelta(days=5)
        return (*issue(title="读", holder="某局", scopes=list(scopes), expires_on=day, actor=admin), admin)

    return make


def content(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows(client, query: str) -> list[dict[str, str]]:
    text = content(client.get(f"/data/export/?format=csv&{query}")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_public_records_are_for_everybody_and_labelled(world, client_for):
    found = rows(client_for(None), "kind=organisation")
    assert len(found) == 3
    assert {row["数据性质"] for row in found} == {"演示数据"}
    assert found[0]["名称"] == "'=演示甲公司"
    assert found[0]["规模"] == "小型"
    assert "规模以上" not in found[0]
    assert rows(client_for(None), "kind=organisation&realm=real") == []


def test_filters_narrow_and_wrong_ones_are_named(world, client_for):
    client = client_for(world.officer)
    assert len(rows(client, "kind=organisation&size=small")) == 1
    assert len(rows(client, f"kind=person&employer={world.company_b.uscc}")) == 1
    assert client.get("/data/export/?format=csv&kind=organisation&colour=red").status_code == 422
    assert client.get("/data/export/?format=exe&kind=organisation").status_code == 404


def test_personal_data_is_masked_by_role(world, client_for):
    def names(person):
        return [row["姓名"] for row in rows(client_for(person), "kind=person")]

    assert names(world.officer) == ["张机密", "李别家"]
    assert client_for(world.auditor).get("/data/export/?kind=person&format=csv").status_code == 403
    assert names(world.county_officer) == ["张**"]
    assert names(world.firm_a) == ["张机密"]
    assert client_for(None).get("/data/export/?kind=person&format=csv").status_code == 302
    event = AuditEvent.objects.filter(action="export.make").latest("pk")
    assert (event.object_kind, event.object_id) == ("export", "person")


def test_restricted_records_never_leave_in_bulk(world, client_for):
    for person in (world.officer, world.firm_a, world.auditor):
        assert client_for(person).get("/data/export/?kind=bank_account&format=csv").status_code == 404
        assert client_for(person).get("/api/v1/registry/bank_account").status_code == 404


def test_workbook_and_json_say_the_same(world, client_for):
    client = client_for(world.officer)
    sheet = load_workbook(io.BytesIO(content(client.get("/data/export/?kind=yearly_figures&format=xlsx")))).worksheets[
        0
    ]
    heading = [cell.value for cell in sheet[1]]
    assert "销售收入（元）" in heading
    items = json.loads(content(client.get("/data/export/?kind=yearly_figures&format=json")))["items"]
    assert [item["revenue"] for item in items] == [
        sheet.cell(row, heading.index("销售收入（元）") + 1).value for row in (2, 3)
    ]
    assert items[0]["realm"] == "demo"


def test_the_interface_pages_by_cursor(world):
    client, seen, cursor = Client(), [], ""
    while True:
        page = client.get(f"/api/v1/registry/organisation?limit=2&cursor={cursor}").json()
        seen += [item["uscc"] for item in page["items"]]
        if not (cursor := page["next"] or ""):
            break
    assert sorted(seen) == sorted(Organisation.objects.values_list("uscc", flat=True))
    assert client.get("/api/v1/registry/organisation?cursor=rubbish").status_code == 422
    assert client.get("/api/v1/registry/nothing").status_code == 404


def test_what_has_not_changed_is_not_sent_again(world):
    client = Client()
    first = client.get("/api/v1/registry/organisation")
    again = client.get("/api/v1/registry/organisation", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Organisation.objects.filter(pk=world.company_b.pk).update(size="large")
    assert client.get("/api/v1/registry/organisation", headers={"If-None-Match": first["ETag"]}).status_code == 200
    one = client.get(f"/api/v1/registry/organisation/{world.company_b.pk}")
    assert one.json()["size"] == "large"


def test_private_kinds_need_a_person_or_a_scope(world, token, client_for):
    _public, public, _ = token("registry:read")
    assert Client().get("/api/v1/registry/person").status_code == 401
    assert Client().get("/api/v1/registry/person", headers={"Authorization": f"Bearer {public}"}).status_code == 403
    own = client_for(world.firm_a).get("/api/v1/registry/yearly_figures").json()["items"]
    assert [item["organisation"] for item in own] == [world.company_a.uscc]


def test_tokens_are_hashed_expire_and_are_revoked(world, token):
    made, key, admin = token("registry:read-private")
    assert key not in json.dumps(list(ApiToken.objects.values()), default=str)
    headers = {"Authorization": f"Bearer {key}"}
    names = [item["name"] for item in Client().get("/api/v1/registry/person", headers=headers).json()["items"]]
    assert names == ["张**", "李**"]
    made.refresh_from_db()
    assert made.last_used_at is not None
    ApiToken.objects.update(expires_on=timezone.localdate() - dt.timedelta(days=1))
    assert Client().get("/api/v1/registry/person", headers=headers).status_code == 401
    ApiToken.objects.update(expires_on=timezone.localdate())
    assert Client().get("/api/v1/registry/person", headers=headers).status_code == 200
    revoke(made, actor=admin)
    assert Client().get("/api/v1/registry/person", headers=headers).status_code == 401
    with pytest.raises(UserError):
        revoke(made, actor=admin)
    assert AuditEvent.objects.filter(object_kind="token", object_id=made.public_id).count() == 2


def test_the_key_of_a_demo_administrator_opens_nothing_real(world, token, client_for):
    others, _key, admin = token("registry:read")
    pretended = User.objects.create_user(username="demo-admin", realm="demo")
    Grant.objects.create(user=pretended, role=Role.SECURITY_ADMIN)
    day = timezone.localdate()
    made, key = issue(title="读", holder="演示局", scopes=["registry:read-private"], expires_on=day, actor=pretended)
    Person.objects.filter(name="李别家").update(realm="real")
    headers = {"Authorization": f"Bearer {key}"}
    names = [item["name"] for item in Client().get("/api/v1/registry/person", headers=headers).json()["items"]]
    assert names == ["张**"]
    assert [one.public_id for one in client_for(pretended).get("/accounts/tokens/").context["tokens"]] == [
        made.public_id
    ]
    assert len(client_for(admin).get("/accounts/tokens/").context["tokens"]) == 2
    assert client_for(pretended).post(f"/accounts/tokens/{others.public_id}/revoke/").status_code == 404


def test_too_many_requests_wait(world, monkeypatch):
    monkeypatch.setattr(api, "PER_MINUTE", 2)
    answers = [Client().get("/api/v1/registry/organisation").status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_page_of_tokens(world, token, client_for):
    _made, _key, admin = token("registry:read")
    client = client_for(admin)
    day = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    page = client.post(
        "/accounts/tokens/",
        {"title": "统计", "holder": "统计局", "scopes": ["registry:read"], "feed": "", "expires_on": day},
    )
    made = ApiToken.objects.latest("pk")
    assert page.status_code == 200 and made.hint in page.content.decode()
    assert made.hint + "…" in client.get("/accounts/tokens/").content.decode()
    assert client.post("/accounts/tokens/", {"title": "x", "holder": "y", "expires_on": day}).status_code == 422
    assert client.post(f"/accounts/tokens/{made.public_id}/revoke/").status_code == 302
    made.refresh_from_db()
    assert made.revoked_at is not None
    assert client_for(world.officer).get("/accounts/tokens/").status_code == 403
