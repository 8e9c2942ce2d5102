"""The API of the library: from a text to a confirmed, computed, exported measure; deny by default."""

from __future__ import annotations

import pytest
from django.test import Client

BASE = "/api/v1/library/documents"


def _post(client, path, body=None):
    return client.post(f"{BASE}{path}", body if body is not None else {}, content_type="application/json")


@pytest.fixture
def made(shili, cast, text, client_for, settings, tmp_path):
    """The id of a document handed in by the API."""
    settings.FILES_DIR, settings.INDEX_DIR = tmp_path / "files", tmp_path / "index"
    answer = _post(client_for(cast.officer), "", {"text": text})
    assert answer.status_code == 201
    return answer.json()["id"]


def test_from_a_text_to_a_computed_measure(made, cast, second, client_for):
    first, other = client_for(cast.officer), client_for(second)
    read = first.get(f"{BASE}/{made}/reading").json()
    assert (read["incentives"], read["reading"]["incentives"][0]["amount_yuan"]) == (5, "200000")
    items = first.get(f"{BASE}/{made}/items").json()["items"]
    item = next(i for i in items if i["kind"] == "measure" and "研发费用的5%" in i["quote"])
    assert item["rule"]["amount"] == "min(half_up(研发费用 * rate), cap)"
    path = f"/{made}/items/{item['id']}"
    assert _post(first, f"{path}/confirm", {"version": 1}).json()["settled"] is False
    assert _post(first, f"{path}/confirm").status_code == 409
    assert _post(other, f"{path}/confirm", {"version": 1}).status_code == 409
    assert _post(other, f"{path}/confirm", {"version": 2}).json()["settled"] is True
    facts = {"年营业收入": "6000万元", "建有省级研发机构的企业": "是", "研发费用": "3000万元"}
    answer = _post(first, f"{path}/explain", {"facts": facts}).json()
    assert answer["explanation"]["amount"] == "1000000.00"
    assert _post(first, f"{path}/explain", {"facts": {"研发费用": "很多"}}).status_code == 422
    assert _post(first, f"/{made}/export").content[:2] == b"PK"
    assert _post(other, f"{path}/undo").json()["settled"] is False
    changed = first.put(
        f"{BASE}{path}", {"fields": {**item["fields"], "rate": "0.06"}}, content_type="application/json"
    )
    assert (changed.json()["status"], changed.json()["fields"]["rate"]) == ("edited", "0.06")
    added = _post(first, f"/{made}/items", {"kind": "task", "quote": "每年更新一次"})
    assert added.status_code == 201


def test_list_search_and_compare(made, cast, client_for):
    client = client_for(cast.officer)
    assert client.get(BASE).json()["total"] == 1
    assert client.get(BASE, {"q": "孵化器"}).json()["items"][0]["id"] == made
    found = client.get("/api/v1/library/compare", {"q": "高新技术企业"}).json()["items"]
    assert [row["fields"]["amount_yuan"] for row in found] == ["200000"]
    assert client.get(f"{BASE}/{made}/changes").json()["before"] is None


def test_files_editions_and_visibility(made, cast, amended, client_for):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = client_for(cast.officer)
    files = [
        SimpleUploadedFile("新.txt", "二、对认定的孵化器，奖励10万元。".encode()),
        SimpleUploadedFile("空.txt", b""),
    ]
    good, bad = client.post("/api/v1/library/files", {"files": files, "city": "新城"}).json()["results"]
    assert (good["document"]["city"], good["document"]["incentives"], good["error"]) == ("新城", 1, None)
    assert bad["document"] is None and bad["error"]["en"]
    assert client.get(BASE, {"targets": True}).json()["total"] == 1
    assert client.get(BASE, {"money": True}).json()["total"] == 2
    newer = _post(client, f"/{made}/editions", {"text": amended})
    assert (newer.status_code, newer.json()["edition"]) == (201, 2)
    assert _post(client, f"/{made}/editions", {"text": amended + "又加一句。"}).status_code == 409
    shown = client.put(f"{BASE}/{made}/visibility", {"visibility": "public"}, content_type="application/json")
    assert shown.json()["visibility"] == "public"
    wrong = client.put(f"{BASE}/{made}/visibility", {"visibility": "all"}, content_type="application/json")
    assert wrong.status_code == 422


def test_split_merge_and_sentences_that_became_nothing(made, cast, client_for):
    client = client_for(cast.officer)
    items = client.get(f"{BASE}/{made}/items").json()["items"]
    item = next(i for i in items if "研发费用的5%" in i["quote"] and i["kind"] == "measure")
    path = f"/{made}/items/{item['id']}"
    assert _post(client, f"{path}/split", {"at": 0}).status_code == 422
    at = item["start"] + item["quote"].index("，") + 1
    halves = _post(client, f"{path}/split", {"at": at, "version": 1}).json()["items"]
    assert "".join(half["quote"] for half in halves) == item["quote"]
    assert _post(client, f"{path}/merge", {"version": 2}).json()["quote"] == item["quote"]
    left = client.get(f"{BASE}/{made}/unread", {"figures": True}).json()
    assert [one["text"] for one in left["items"]] == ["本年度安排专项资金3000万元。"]
    place = {
        "kind": "statement",
        "statement": "background",
        "start": left["items"][0]["start"],
        "end": left["items"][0]["end"],
    }
    assert _post(client, f"/{made}/items", place).json()["settled"] is True
    assert client.get(f"{BASE}/{made}/unread", {"figures": True}).json() == {"total": 0, "items": []}


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("firm_a", 403), ("auditor", 403), ("county_officer", 403)])
def test_others_write_nothing(made, cast, client_for, text, who, status):
    client = client_for(getattr(cast, who) if who else None)
    assert _post(client, "", {"text": text + "再加一句。"}).status_code == status
    assert _post(client, f"/{made}/editions", {"text": text + "再加一句。"}).status_code in (status, 404)
    assert client.post("/api/v1/library/files", {}).status_code in (status, 422)
    for path in ("confirm", "reject", "undo", "merge"):
        answer = _post(client, f"/{made}/items/1/{path}")
        assert answer.status_code in (401, 403, 404), path


@pytest.mark.parametrize("who", [None, "firm_a"])
def test_what_is_for_staff_is_not_there_for_others(made, cast, client_for, who):
    client = client_for(getattr(cast, who) if who else None)
    assert client.get(BASE).json() == {"total": 0, "items": [], "next": None}
    for path in ("reading", "items", "changes"):
        assert client.get(f"{BASE}/{made}/{path}").status_code == 404
    assert client.get("/api/v1/library/compare", {"q": "企业"}).json() == {"items": []}


def test_a_write_needs_the_csrf_token(made, cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer, backend="django.contrib.auth.backends.ModelBackend")
    assert _post(client, f"/{made}/items/1/confirm").status_code == 403


def test_the_list_goes_on_with_next(shili, cast, client_for, settings, tmp_path):
    settings.FILES_DIR, settings.INDEX_DIR = tmp_path / "files", tmp_path / "index"
    client = client_for(cast.officer)
    for n, day in enumerate(["2024年3月1日", "2025年5月1日", "2025年5月1日"]):
        text = f"演示市{n}号办法\n\n演示政发〔2025〕{n + 1}号\n\n一、对企业给予{n + 1}万元奖励。\n\n{day}\n"
        assert _post(client, "", {"text": text, "visibility": "staff"}).status_code == 201
    whole = client.get(BASE).json()
    assert (whole["total"], whole["next"], len(whole["items"])) == (3, None, 3)
    met, after = [], ""
    while after is not None:
        page = client.get(BASE, {"limit": 1, "after": after}).json()
        met += page["items"]
        after = page["next"]
    assert met == whole["items"]
    days = [one["issued"] or "" for one in met]
    assert days == sorted(days, reverse=True)
    assert client.get(BASE, {"limit": 1, "after": "nonsense"}).json()["items"] == met[:1]
