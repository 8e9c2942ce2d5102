"""The list and the page of organisations: what everybody sees, and what only some see."""

from __future__ import annotations

import pytest
from django.urls import reverse

CANARY = "48,000,000.00"  # revenue of firm A


def test_list_shows_organisations(chenzhou, cast, client):
    page = client.get(reverse("registry:organisations"))
    assert page.status_code == 200
    assert "演示甲公司" in page.content.decode()
    assert "演示数据" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"text": "乙公司"}, ["演示乙公司"]),
        ({"kind": "university"}, ["演示大学"]),
        ({"text": "没有这家"}, []),
        ({"page": "999"}, ["演示乙公司", "演示大学", "演示甲公司"]),
        ({"qualification": "nonsense"}, ["演示乙公司", "演示大学", "演示甲公司"]),
    ],
)
def test_filters(chenzhou, cast, client, query, expected):
    page = client.get(reverse("registry:organisations"), query)
    assert sorted(row.name for row, _ in page.context["rows"]) == sorted(expected)


def test_an_unknown_size_is_not_called_inapplicable(chenzhou, cast, client):
    shown = {}
    for kind in ("enterprise", "university"):
        type(cast.company_a).objects.filter(pk=cast.company_a.pk).update(size="", kind=kind)
        page = client.get(reverse("registry:organisation", args=[cast.company_a.uscc])).content.decode()
        shown[kind] = page.split("<dt>规模</dt><dd>")[1].split("</dd>")[0]
    assert shown == {"enterprise": "没有登记", "university": "不适用"}


def test_search_by_code_in_lower_case(chenzhou, cast, client):
    page = client.get(reverse("registry:organisations"), {"text": cast.company_a.uscc.lower()})
    assert [row.name for row, _ in page.context["rows"]] == ["演示甲公司"]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (None, False),
        ("firm_a", True),
        ("firm_b", False),
        ("university", False),
        ("officer", True),
        ("county_officer", True),
        ("auditor", False),
    ],
)
def test_figures_of_firm_a(chenzhou, cast, client_for, who, sees):
    client = client_for(getattr(cast, who) if who else None)
    page = client.get(reverse("registry:organisation", args=[cast.company_a.uscc]))
    assert page.status_code == 200
    assert (CANARY in page.content.decode()) is sees


def test_county_officer_does_not_see_another_county(chenzhou, cast, client_for):
    page = client_for(cast.county_officer).get(reverse("registry:organisation", args=[cast.company_b.uscc]))
    assert page.context["allowed"] is False
    assert "3,000,000.00" not in page.content.decode()


def test_unknown_code_is_a_clear_404(chenzhou, client):
    assert client.get(reverse("registry:organisation", args=["91430000XXXXXXXX00"])).status_code == 404


def test_list_needs_few_queries(chenzhou, cast, client, django_assert_max_num_queries):
    client.get(reverse("registry:organisations"))
    with django_assert_max_num_queries(6):
        client.get(reverse("registry:organisations"))
