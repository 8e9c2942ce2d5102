"""Who sees which document: a canary in a private one must not come out anywhere."""

from __future__ import annotations

import pytest
from django.urls import reverse

from kechuang.web.core import files
from kechuang.web.library.domain import upload
from kechuang.web.library.models import SourceDocument

CANARY = "金丝雀条款"


@pytest.fixture
def hidden(document, second):
    """A private draft of the second officer."""
    text = f"未公布的措施\n\n一、对{CANARY}企业，给予一次性奖励77万元。\n"
    return upload.add_document(text, "草稿.txt", upload.Choices(visibility="private"), actor=second, role="officer")


def _addresses(found: SourceDocument) -> list[str]:
    item = found.draft.items.first()
    names = ["document", "review", "export", "new_edition", "changes"]
    return [reverse(f"library:{name}", args=[found.public_id]) for name in names] + [
        reverse(f"library:{name}", args=[found.public_id, item.pk]) for name in ("edit", "try")]  # fmt: skip


@pytest.mark.parametrize("who", [None, "firm_a", "university", "county_officer", "auditor", "officer"])
def test_a_private_document_is_its_uploaders_alone(hidden, cast, client_for, who):
    client = client_for(getattr(cast, who) if who else None)
    for address in _addresses(hidden):
        answer = client.get(address)
        assert answer.status_code in (302, 401, 403, 404), address
        assert CANARY not in answer.content.decode()
    for address in ("library:documents", "library:compare"):
        for query in ({}, {"q": CANARY}, {"q": "奖励"}):
            body = client.get(reverse(address), query).content.decode().replace(f'value="{CANARY}"', "")
            assert CANARY not in body and hidden.title not in body, (address, query)
    assert not files.may_fetch(getattr(cast, who) if who else None, hidden.file)


@pytest.mark.parametrize("who", [None, "firm_a", "university", "county_officer", "auditor", "officer"])
def test_nobody_else_writes_to_a_private_document(hidden, cast, client_for, who):
    client = client_for(getattr(cast, who) if who else None)
    item = hidden.draft.items.first()
    for address, data in (
        (reverse("library:act", args=[hidden.public_id, item.pk]), {"verb": "confirm"}),
        (reverse("library:edit", args=[hidden.public_id, item.pk]), {"kind": "fixed"}),
        (reverse("library:divide", args=[hidden.public_id, item.pk]), {"verb": "merge"}),
        (reverse("library:add", args=[hidden.public_id]), {"kind": "measure", "quote": CANARY}),
        (reverse("library:show_to", args=[hidden.public_id]), {"visibility": "public"}),
        (reverse("library:new_edition", args=[hidden.public_id]), {"text": "别的文字"}),
        (reverse("library:export", args=[hidden.public_id]), {}),
    ):
        assert client.post(address, data).status_code in (302, 401, 403, 404), address
    item.refresh_from_db()
    hidden.refresh_from_db()
    assert (item.version, hidden.visibility, SourceDocument.objects.count()) == (1, "private", 2)


def test_the_uploader_sees_it(hidden, second, client_for):
    assert CANARY in client_for(second).get(reverse("library:review", args=[hidden.public_id])).content.decode()
    assert files.may_fetch(second, hidden.file)


def test_staff_and_the_public(document, cast, client_for):
    address = reverse("library:document", args=[document.public_id])
    assert client_for(cast.auditor).get(address).status_code == 200
    assert client_for(None).get(address).status_code == 404
    assert client_for(cast.firm_a).get(address).status_code == 404
    client_for(cast.officer).post(reverse("library:show_to", args=[document.public_id]), {"visibility": "public"})
    page = client_for(None).get(address)
    assert page.status_code == 200
    review = client_for(None).get(reverse("library:review", args=[document.public_id])).content.decode()
    assert 'value="confirm"' not in review and "试算" in review


def test_an_item_is_reached_through_its_own_document_only(document, hidden, second, client_for):
    item = document.draft.items.first()
    client = client_for(second)
    assert client.get(reverse("library:try", args=[hidden.public_id, item.pk])).status_code == 404
    client.post(reverse("library:act", args=[hidden.public_id, item.pk]), {"verb": "reject"})
    item.refresh_from_db()
    assert item.status == "proposed"


def test_a_double_of_a_hidden_text_does_not_give_it_away(hidden, cast):
    made = upload.add_document(hidden.text, "一样.txt", upload.Choices(), actor=cast.officer, role="officer")
    assert made.pk != hidden.pk


def test_the_original_file_follows_the_document(document, hidden, cast, second, client_for):
    def fetched(user, found):
        return client_for(user).get(reverse("core:download", args=[found.file.public_id])).status_code

    page = client_for(cast.officer).get(reverse("library:document", args=[document.public_id])).content.decode()
    assert reverse("core:download", args=[document.file.public_id]) in page
    assert (fetched(cast.auditor, document), fetched(second, hidden)) == (200, 200)
    assert {fetched(user, hidden) for user in (None, cast.firm_a, cast.officer)} <= {302, 403, 404}
    assert fetched(cast.firm_a, document) in (302, 403, 404)
