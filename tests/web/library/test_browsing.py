"""Shelves and pages of review, references and statements as items, and the part of a long text that is shown."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from kechuang import reading
from kechuang.citypack.drafting import unread
from kechuang.web.audit.models import AuditEvent
from kechuang.web.core.errors import UserError
from kechuang.web.library.domain import browsing, queries, reshape, review, rules, upload
from kechuang.web.library.enums import ItemKind
from kechuang.web.library.models import DraftItem

SECTION = "（{n}）对第{n}类认定的企业，给予奖励{n}万元。市科技局牵头建立第{n}类名录。第{n}类工作已有良好基础。\n"


def _long(sections: int) -> str:
    """A text with many items: a measure, a task and a sentence that is nothing, in each section."""
    return "示例市的措施\n\n一、主要措施\n" + "".join(SECTION.format(n=n) for n in range(1, sections + 1))


@pytest.fixture
def long_document(shili, cast, settings, tmp_path):
    """A document of some 20,000 characters."""
    settings.FILES_DIR, settings.INDEX_DIR = tmp_path / "files", tmp_path / "index"
    return upload.add_document(_long(450), "长.txt", upload.Choices(realm="demo"), actor=cast.officer, role="officer")


def _page(client, document, **asked) -> str:
    return client.get(reverse("library:review", args=[document.public_id]), asked).content.decode()


def _numbers(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'<article class="kc-item[^>]* data-n="(\d+)"', page)]


def test_a_long_document_is_shown_page_by_page(long_document, cast, client_for):
    client = client_for(cast.officer)
    page = _page(client, long_document)
    assert _numbers(page) == list(range(1, browsing.PER_PAGE + 1))
    assert "给予奖励1万元" in page and "给予奖励400万元" not in page
    third = _page(client, long_document, page=3)
    assert _numbers(third) == list(range(2 * browsing.PER_PAGE + 1, 3 * browsing.PER_PAGE + 1))
    assert "给予奖励1万元" not in third and "给予奖励35万元" in third
    assert len(page.encode()) < 300_000


def test_an_item_is_found_on_its_page(long_document, cast, client_for):
    item = long_document.draft.items.get(quote__contains="奖励300万元")
    page = _page(client_for(cast.officer), long_document, item=item.pk)
    assert f'id="i{item.pk}"' in page and len(_numbers(page)) == browsing.PER_PAGE
    assert "奖励300万元" in page


def test_kinds_and_shelves_filter(document, cast, client_for):
    client = client_for(cast.officer)
    items = queries.items_of(document)
    tasks = [one for one in items if one.kind == ItemKind.TASK]
    assert len(_numbers(_page(client, document, kind="task"))) == len(tasks)
    review.confirm(tasks[0].pk, document.public_id, actor=cast.officer)
    assert len(_numbers(_page(client, document, show="settled"))) == 1
    assert _numbers(_page(client, document, show="rejected")) == []
    assert len(_numbers(_page(client, document))) == len(items) - 1
    assert _numbers(_page(client, document, show="nonsense", kind="nonsense", page="nonsense", item="nonsense")) != []


def test_back_to_the_page_one_was_on(long_document, cast, client_for):
    item = long_document.draft.items.filter(kind="task").first()
    act = reverse("library:act", args=[long_document.public_id, item.pk])
    data = {"verb": "confirm", "version": "1", "back": "show=open&kind=&page=2&next=//elsewhere"}
    answer = client_for(cast.officer).post(act, data)
    assert answer["Location"] == (
        reverse("library:review", args=[long_document.public_id]) + f"?show=open&page=2#i{item.pk}"
    )


def test_a_short_text_is_shown_whole(document):
    assert browsing.window(reading.read(document.text), queries.items_of(document)[:1]) is None


def test_the_window_is_bounded():
    found = reading.read(_long(800))
    size = len(found.text)
    assert size > 3 * browsing.WHOLE
    first, last = DraftItem(start=0, end=20), DraftItem(start=size - 20, end=size)
    assert browsing.window(found, [first, last]) == (0, 3 * browsing.WHOLE)
    assert browsing.window(found, [last]) == (size - 420, size)
    assert browsing.window(found, []) == (0, browsing.WHOLE)


def test_references_are_confirmed_like_other_items_and_stand_in_the_pack(shili, cast, settings, tmp_path):
    settings.FILES_DIR, settings.INDEX_DIR = tmp_path / "files", tmp_path / "index"
    text = "示例市的措施\n\n根据《示例省创新条例》和《关于创新的意见》（示发〔2030〕6号），制定本措施。\n\n一、措施\n市科技局建立名录。\n"
    made = upload.add_document(text, "甲.txt", upload.Choices(realm="demo"), actor=cast.officer, role="officer")
    first, second = made.draft.items.filter(kind="reference")
    assert (second.fields["title"], second.fields["number"]) == ("关于创新的意见", "示发〔2030〕6号")
    assert review.confirm(second.pk, made.public_id, actor=cast.officer).settled
    review.reject(first.pk, made.public_id, actor=cast.officer)
    pack = rules.drafted(made, [one for one in queries.items_of(made) if one.status != "rejected"]).pack
    assert [(one.clause, one.title.zh, one.number) for one in pack.documents[0].references] == [
        ("0.1", "关于创新的意见", "示发〔2030〕6号")
    ]


def test_a_reference_is_edited_and_added(document, cast, client_for):
    client = client_for(cast.officer)
    item = reshape.add(document, "reference", actor=cast.officer, quote="已享受同类政策的")
    edit = reverse("library:edit", args=[document.public_id, item.pk])
    assert client.post(edit, {"title": "", "number": "", "version": item.version}).status_code == 422
    assert client.post(edit, {"title": "《同类政策》", "number": "", "version": item.version}).status_code == 302
    item.refresh_from_db()
    assert (item.fields["title"], item.fields["number"], item.status) == ("同类政策", None, "edited")
    assert "《同类政策》" in _page(client, document)


def test_a_sentence_that_is_nothing_gets_its_reason_on_the_page(document, cast, client_for):
    client = client_for(cast.officer)
    assert "本年度安排专项资金3000万元" in _page(client, document)
    at = document.text.index("本年度安排")
    data = {"kind": "statement", "statement": "background", "start": str(at), "end": str(at + 15)}
    before = AuditEvent.objects.count()
    assert client.post(reverse("library:add", args=[document.public_id]), data).status_code == 302
    assert AuditEvent.objects.count() == before + 1
    made = document.draft.items.get(kind="statement", start=at)
    assert made.settled and made.confirmed_by == cast.officer
    edit = reverse("library:edit", args=[document.public_id, made.pk])
    answer = client.post(
        edit, {"kind": "vision", "reason_zh": "只说总额", "reason_en": "a total only", "version": made.version}
    )
    assert answer.status_code == 302
    review.confirm(made.pk, document.public_id, actor=cast.officer)
    pack = rules.drafted(document, queries.items_of(document)).pack
    sentences = [s for c in pack.documents[0].clauses for p in c.paragraphs for s in p.sentences]
    (statement,) = [s.statement for s in sentences if s.start <= at < s.end]
    assert statement is not None and (statement.kind, statement.reason.zh) == ("vision", "只说总额")
    kept = [rules.pack_item(one) for one in queries.items_of(document)]
    assert unread(reading.read(document.text), kept) == []


def test_statements_are_proposed_where_the_text_shows_the_reason(document):
    found = {
        one.quote: (one.fields["kind"], one.fields["reason"]["zh"])
        for one in document.draft.items.filter(kind="statement")
    }
    assert found == {
        "为培育创新主体，促进科技成果落地，制定本措施。": ("purpose", "说明为什么发文"),
        "本措施自2031年3月1日起施行，有效期至2033年12月31日。": ("formality", "施行和有效期"),
    }


def test_a_statement_needs_a_known_kind(document, cast):
    item = document.draft.items.filter(kind="statement").first()
    with pytest.raises(UserError, match="写不成一条记录"):
        review.edit(
            item.pk, document.public_id, {"kind": "nonsense", "reason": {"zh": "甲", "en": "a"}}, actor=cast.officer
        )


def test_documents_kept_before_get_their_references_and_statements(document):
    from importlib import import_module

    from django.apps import apps

    migration = import_module("kechuang.web.library.migrations.0002_references_and_statements")
    kinds = ("reference", "statement")
    wanted = set(document.draft.items.filter(kind="reference").values_list("start", "end"))
    DraftItem.objects.filter(kind__in=kinds).delete()
    migration.fill(apps, None)
    assert set(document.draft.items.filter(kind="reference").values_list("start", "end")) == wanted
    (statement,) = document.draft.items.filter(kind="statement")
    assert statement.quote.startswith("本措施自2031年3月1日起施行")
    migration.clear(apps, None)
    assert not document.draft.items.filter(kind__in=kinds).exists()
