"""Pages by cursor: all rows once, in order, both ways; no page costs more than the first; nonsense leads to page one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from kechuang.codes import uscc
from kechuang.web.core.paging import bounded_count, count_of, cut, decode, encode
from kechuang.web.registry.models import Organisation

pytestmark = pytest.mark.django_db
ORDER = ("name", "id")


@pytest.fixture
def rows():
    names = ["甲", "乙", "乙", "乙", "丙", "𠮷", "丁", "丁", "戊", "己", "庚"]
    Organisation.objects.bulk_create(
        Organisation(uscc=uscc.make(f"91431002MA{n:06d}"), name=name, kind="enterprise") for n, name in enumerate(names)
    )
    return Organisation.objects.all()


@pytest.mark.parametrize("order", [ORDER, ("-id",), ("-name", "-id")])
@pytest.mark.parametrize("size", [1, 2, 3, 11, 50])
def test_walking_forth_and_back_meets_every_row_once(rows, order, size):
    expected = list(rows.order_by(*order))
    pages, cursor = [], ""
    while True:
        page = cut(rows, order, cursor, size)
        pages.append(page)
        if not page.next:
            break
        cursor = page.next
    assert [row for page in pages for row in page.rows] == expected
    assert [page.first for page in pages] == [True] + [False] * (len(pages) - 1)
    back = [pages[-1]]
    while back[-1].previous:
        back.append(cut(rows, order, back[-1].previous, size))
    assert [row for page in reversed(back) for row in page.rows] == expected


@pytest.mark.parametrize(
    "cursor", ["x", "W10", encode("c", ("甲", 1)), encode("a", (1,)), encode("a", ("甲", "x")), "%00"]
)
def test_a_cursor_that_cannot_be_read_leads_to_the_first_page(rows, cursor):
    assert cut(rows, ORDER, cursor, 3).rows == list(rows.order_by(*ORDER)[:3])


@given(st.text(max_size=40))
def test_decoding_never_fails(text):
    found = decode(text, 2)
    assert found is None or found[0] in ("a", "b")


def test_a_later_page_reads_the_index_from_its_row(rows):
    """The plan names the index and a range on it; there is no offset."""
    if connection.vendor != "sqlite":
        pytest.skip("the plan is SQLite's")
    second = cut(rows, ORDER, "", 3).next
    with CaptureQueriesContext(connection) as queries:
        cut(rows, ORDER, second, 3)
    sql = queries[-1]["sql"]
    assert "OFFSET" not in sql
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "organisation_by_name (name>?)" in plan
    assert "TEMP B-TREE" not in plan


def test_a_list_that_fits_its_page_is_not_counted_again(rows, django_assert_num_queries):
    whole, part = cut(rows, ORDER, "", 50), cut(rows, ORDER, "", 3)
    with django_assert_num_queries(0):
        assert count_of(rows, whole) == (11, False)
    assert count_of(rows, part) == (11, False)
    assert count_of(rows, cut(rows, ORDER, part.next, 50)) == (11, False)


def test_counting_stops_at_its_limit(rows, monkeypatch):
    from kechuang.web.core import paging

    monkeypatch.setattr(paging, "COUNT_LIMIT", 5)
    assert bounded_count(rows) == (5, True)
    monkeypatch.setattr(paging, "COUNT_LIMIT", 11)
    assert bounded_count(rows) == (11, False)
