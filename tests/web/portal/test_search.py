"""Search over a real pack: what is found, counted, marked; a new state makes a new index."""

from __future__ import annotations

import pytest
from django.test import Client

from kechuang.citypack.models import Pack
from kechuang.web.policy.domain.queries import current_release
from kechuang.web.portal.domain import search


@pytest.fixture(autouse=True)
def own_index(tmp_path, settings) -> None:
    settings.INDEX_DIR = tmp_path / "index"


def test_every_item_of_the_pack_is_found_by_its_title(chenzhou: Pack) -> None:
    release = current_release()
    for kind, records in (
        ("measure", chenzhou.measures),
        ("service", chenzhou.services),
        ("task", chenzhou.tasks),
        ("industry", chenzhou.industries),
        ("indicator", chenzhou.indicators),
    ):
        for record in records:
            title = record.name if kind in ("industry", "indicator") else record.title
            for words in (title.zh, title.en):
                assert record.id in search.ids_of(search.search(release, words, kind)), (kind, words)


def test_a_question_in_plain_words_finds_the_measure(client: Client, chenzhou: Pack) -> None:
    page = client.get("/search/", {"q": "我们买了高校的技术，能补多少"}).content.decode()
    assert "/measures/" in page
    assert "<mark>" in page


def test_kinds_narrow_the_list(client: Client, chenzhou: Pack) -> None:
    page = client.get("/search/", {"q": "研发", "kind": "measure"}).content.decode()
    assert 'aria-current="true">' in page
    release = current_release()
    assert {hit.kind for hit in search.search(release, "研发", "measure").hits} == {"measure"}


def test_nothing_found_offers_a_way_on(client: Client, shili: Pack) -> None:
    page = client.get("/search/", {"q": "zzzzqqq"})
    assert page.status_code == 200
    assert "没有找到" in page.content.decode()


@pytest.mark.parametrize("page", ["0", "-3", "abc", "99999999999", "40"])
def test_odd_page_numbers_do_not_break_it(client: Client, shili: Pack, page: str) -> None:
    assert client.get("/search/", {"q": "企业", "page": page}).status_code == 200


def test_words_are_escaped(client: Client, shili: Pack) -> None:
    page = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_another_release_is_another_index(shili: Pack) -> None:
    from kechuang.web.policy.domain.apply import apply

    first = search.index_name(current_release())
    measure = shili.measures[0].model_copy(
        update={"title": shili.measures[0].title.model_copy(update={"zh": "孔雀补助"})}
    )
    changed = shili.model_copy(update={"measures": [measure, *shili.measures[1:]]})
    apply(changed)
    release = current_release()
    assert search.index_name(release) != first
    assert search.ids_of(search.search(release, "孔雀补助", "measure")) == [measure.id]
