"""A changed edition: sentence by sentence, what people decided stays where nothing changed, the rest turns stale."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kechuang import reading
from kechuang.web.core.errors import UserError
from kechuang.web.library.domain import amend, editions, reshape, review, upload


@pytest.fixture
def confirmed(document, cast, second):
    """All measures of the first edition confirmed by two people, one task said to be none, one item added."""
    for item in document.draft.items.filter(kind="measure"):
        review.confirm(item.pk, document.public_id, actor=cast.officer)
        review.confirm(item.pk, document.public_id, actor=second)
    task = document.draft.items.filter(kind="task").last()
    review.reject(task.pk, document.public_id, actor=cast.officer)
    reshape.add(document, "measure", actor=cast.officer, quote="本年度安排专项资金3000万元")
    return document


@pytest.fixture
def next_edition(confirmed, amended, cast):
    """The second edition."""
    choices = upload.Choices(realm="demo")
    return upload.add_document(amended, "二.txt", choices, actor=cast.officer, role="officer", amends=confirmed)


def test_sentences_are_aligned(text, amended):
    pairs = editions.align(reading.read(text), reading.read(amended))
    changed = {(p.old.text, p.new.text) for p in pairs if p.state == "changed"}
    assert (
        "对首次通过认定的高新技术企业，给予一次性奖励20万元。",
        "对首次通过认定的高新技术企业，给予一次性奖励30万元。",
    ) in changed
    assert [p.new.text for p in pairs if p.state == "new"] == ["对获得发明专利授权的企业，每件给予奖励5000元。"]
    gone = [p.old.text for p in pairs if p.state == "gone"]
    assert "对引进的博士，每人给予生活补贴6万元。" in gone
    assert sum(p.state == "unchanged" for p in pairs) >= 8


def test_the_same_text_is_unchanged_throughout(text):
    read = reading.read(text)
    assert {pair.state for pair in editions.align(read, reading.read(text.replace("\n", "\n\n")))} == {"unchanged"}


def test_decisions_stay_where_the_clause_did_and_turn_stale_where_it_changed(next_edition, cast, second):
    rows = {item.quote[:12]: item for item in next_edition.draft.items.filter(kind="measure")}
    kept = next(item for quote, item in rows.items() if "营业收入" in item.quote)
    assert kept.settled and (kept.confirmed_by, kept.second_by) == (cast.officer, second)
    raised = next(item for item in rows.values() if "30万元" in item.quote and "高新" in item.quote)
    assert (raised.status, raised.settled, raised.confirmed_by) == ("stale", False, None)
    assert (raised.earlier["amount_yuan"], raised.fields["amount_yuan"]) == ("200000", "300000")
    assert next(item for item in rows.values() if "5000元" in item.quote).status == "proposed"
    assert any(item.status == "added" for item in rows.values())
    assert next_edition.draft.items.filter(status="rejected").count() == 1
    for item in rows.values():
        assert next_edition.text[item.start : item.end] == item.quote


def test_a_stale_measure_is_red_until_two_people_confirm_it_again(next_edition, cast, second, client_for):
    item = next_edition.draft.items.get(status="stale")
    page = client_for(cast.officer).get(reverse("library:review", args=[next_edition.public_id])).content.decode()
    assert "条款已变，要重新确认" in page and "kc-stale" in page
    review.confirm(item.pk, next_edition.public_id, actor=second)
    assert not review.locked(item.pk, next_edition.public_id, None).settled
    assert review.confirm(item.pk, next_edition.public_id, actor=cast.officer).settled


def test_the_comparison_page(next_edition, confirmed, cast, client_for):
    client = client_for(cast.officer)
    page = client.get(reverse("library:changes", args=[next_edition.public_id])).content.decode()
    assert "<del>20</del><ins>30</ins>" in page
    assert "不再有" in page and "新增 1" in page
    assert "建有省级研发机构" not in page
    everything = client.get(reverse("library:changes", args=[next_edition.public_id]), {"all": "1"}).content.decode()
    assert "建有省级研发机构" in everything
    assert client.get(reverse("library:changes", args=[confirmed.public_id])).status_code == 404
    states = [row.state for row in amend.comparison(confirmed, next_edition)]
    assert states.count("new") == 1


def test_a_new_edition_through_the_form_and_only_one(document, amended, cast, client_for):
    client = client_for(cast.officer)
    address = reverse("library:new_edition", args=[document.public_id])
    answer = client.post(address, {"text": amended})
    assert answer.status_code == 302 and answer["Location"].endswith("/changes/")
    document.refresh_from_db()
    assert document.amended_by.edition == 2
    again = client.post(address, {"text": amended + "再改。"})
    assert again.status_code == 409
    with pytest.raises(UserError, match="一字不差"):
        upload.add_document(amended, "又.txt", upload.Choices(), actor=cast.officer, role="officer")
    page = client.get(reverse("library:documents")).content.decode()
    assert "第 2 版" in page and page.count("若干措施</a>") == 1
