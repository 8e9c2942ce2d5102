"""Pages and interface of policy content."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kechuang.web.audit.models import AuditEvent
from kechuang.web.policy.domain import queries
from kechuang.web.policy.models import OfficialText

TEXT = Path(__file__).resolve().parents[3] / "cities" / "shili" / "texts" / "shili-2030-12.txt"


@pytest.fixture
def document(shili):
    return shili.documents[0]


def test_document_page_shows_full_coverage_and_all_measures(document, shili, client):
    text = client.get(f"/policies/{document.id}/").content.decode()
    assert "100<small>%" in text
    for measure in shili.measures:
        assert measure.title.zh in text
    for clause in document.clauses:
        assert clause.title.zh in text


def test_every_clause_page_shows_its_sentences_and_what_they_became(document, shili, client):
    index = queries.current_release().index
    for clause in document.clauses:
        page = client.get(f"/policies/{document.id}/{clause.id}/")
        assert page.status_code == 200
        text = page.content.decode()
        for paragraph in clause.paragraphs:
            for sentence in paragraph.sentences:
                assert sentence.summary.zh in text
                for item in index.items_of(sentence):
                    assert f">{item.title.zh}</a>" in text


def test_a_paragraph_address_leads_to_its_clause(document, client):
    paragraph = next(c for c in document.clauses if c.paragraphs).paragraphs[0]
    assert client.get(f"/policies/{document.id}/{paragraph.id}/").status_code == 200


@pytest.mark.parametrize("address", ["/policies/none/", "/policies/none/1/", "/policies/shili-2030-12/99.99/"])
def test_unknown_addresses(shili, client, address):
    assert client.get(address).status_code == 404


def test_officer_attaches_and_everybody_compares(document, cast, client_for):
    measure = queries.current_release().pack.measures[0]
    clause = queries.index(queries.current_release()).place(measure.source).clause
    upload = SimpleUploadedFile("shili.txt", TEXT.read_bytes(), content_type="text/plain")
    page = client_for(cast.officer).post(f"/policies/{document.id}/attach/", {"file": upload})
    assert page.status_code == 302
    assert AuditEvent.objects.filter(action="policy.attach", role="officer").count() == 1
    text = client_for(None).get(f"/policies/{document.id}/{clause.id}/").content.decode()
    sentence = queries.official_sentence(queries.current_release(), measure.source)
    assert sentence and sentence in text
    assert sentence in client_for(None).get(f"/measures/{measure.id}/").content.decode()


def test_a_differing_text_is_refused_with_the_sentence_named(document, cast, client_for):
    text = TEXT.read_text(encoding="utf-8").replace("补助", "补贴", 1)
    page = client_for(cast.officer).post(f"/policies/{document.id}/attach/", {"text": text})
    assert page.status_code == 422
    said = page.content.decode()
    assert "不一致的是" in said
    assert "补贴" in said
    assert OfficialText.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "请选一个文件"),
        ({"file": SimpleUploadedFile("x.docx", b"PK\x03\x04 not a docx")}, "docx"),
    ],
)
def test_bad_uploads_are_explained(document, cast, client_for, data, words):
    page = client_for(cast.officer).post(f"/policies/{document.id}/attach/", data)
    assert page.status_code == 422
    assert words in page.content.decode()


def test_only_officers_attach(document, cast, client_for):
    address = f"/policies/{document.id}/attach/"
    for user in (cast.firm_a, cast.university, cast.auditor, cast.county_officer):
        assert client_for(user).get(address).status_code == 403
        assert client_for(user).post(address, {"text": "x"}).status_code == 403
    assert client_for(None).post(address, {"text": "x"}).status_code in (302, 401)
    assert OfficialText.objects.count() == 0


def test_what_applied_on_a_day(shili, client):
    measure = shili.measures[0]
    before = client.get("/policies/on-day/", {"on": "2030-06-30"})
    after = client.get("/policies/on-day/", {"on": "2030-07-01"})
    applying = [row.record.id for row in after.context["measures"] if row.applies]
    assert [row.record.id for row in before.context["measures"] if row.applies] == []
    assert measure.id in applying
    assert "3%" in after.content.decode()
    ended = client.get("/policies/on-day/", {"on": "2035-07-01"})
    assert measure.id not in [row.record.id for row in ended.context["measures"] if row.applies]
    last = client.get("/policies/on-day/", {"on": "2035-06-30"})
    assert measure.id in [row.record.id for row in last.context["measures"] if row.applies]


def test_a_bad_day_is_explained_and_kept(shili, client):
    page = client.get("/policies/on-day/", {"on": "2030-13-01"})
    assert page.status_code == 422
    assert "不是日期" in page.content.decode()
    assert 'value="2030-13-01"' in page.content.decode()


def test_releases_page(shili, client):
    assert queries.current_digest() in client.get("/policies/releases/").content.decode()


def test_interface(document, shili, client):
    assert client.get("/api/v1/release").json()["digest"] == queries.current_digest()
    listed = client.get("/api/v1/documents").json()["items"]
    assert [item["id"] for item in listed] == [document.id]
    assert listed[0]["coverage_percent"] == 100
    one = client.get(f"/api/v1/documents/{document.id}").json()
    assert {row["kind"] for row in one["coverage"]} >= {"target", "measure", "task"}
    clauses = client.get(f"/api/v1/documents/{document.id}/clauses").json()["items"]
    assert [clause["id"] for clause in clauses] == [clause.id for clause in document.clauses]
    clause = next(c for c in document.clauses if c.paragraphs)
    body = client.get(f"/api/v1/documents/{document.id}/clauses/{clause.id}").json()
    assert body["paragraphs"][0]["sentences"][0]["official_text"] is None
    missing = client.get("/api/v1/documents/none")
    assert missing.status_code == 404
    assert missing["Content-Type"].startswith("application/problem+json")
    measures = client.get("/api/v1/measures").json()["items"]
    assert [measure["id"] for measure in measures] == [measure.id for measure in shili.measures]


def test_english_pages(document, client):
    client.cookies["kc_lang"] = "en"
    text = client.get(f"/policies/{document.id}/").content.decode()
    assert "What the text became" in text
    assert document.title.en in text
    assert "全文归类" not in text


def test_a_partial_attachment_names_its_clauses(document, cast, client_for):
    text = TEXT.read_text(encoding="utf-8").replace("补助", "补贴", 1)
    client = client_for(cast.officer)
    assert client.post(f"/policies/{document.id}/attach/", {"text": text, "partial": "1"}).status_code == 302
    page = client.get(f"/policies/{document.id}/")
    assert len(page.context["differing"]) == 1
    assert "这些条款有不一致的句子" in page.content.decode()


def test_a_share_of_one_reads_as_a_hundred_per_cent_and_amounts_keep_their_digits(chenzhou, client):
    text = client.get("/policies/on-day/", {"on": "2024-01-01"}).content.decode()
    assert ">100%<" in text and ">1.00<" not in text
    assert ">2%<" in text and ">200,000.00<" in text
