"""Twenty and a hundred thousand enterprises: generated, listed, filtered and removed; no page gets slower with its number."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from kechuang.web.registry.domain import demo
from kechuang.web.registry.models import Organisation, YearlyFigures


@pytest.mark.campaign
@pytest.mark.parametrize("enterprises", [20_000, 100_000])
def test_very_many_enterprises(chenzhou, client, django_assert_max_num_queries, enterprises):
    city = demo.generate(chenzhou, enterprises=enterprises, today=dt.date(2026, 11, 24))
    assert Organisation.objects.filter(kind="enterprise").count() == enterprises
    assert Organisation.objects.values("uscc").distinct().count() == Organisation.objects.count()
    assert YearlyFigures.objects.count() > 4 * enterprises
    address = reverse("registry:organisations")
    for query in (
        {},
        {"page": str(enterprises * 3 // 100)},
        {"text": "芯光"},
        {"kind": "enterprise", "qualification": "high_tech"},
    ):
        with django_assert_max_num_queries(8):
            assert client.get(address, query).status_code == 200
    assert [row.uscc for row, _ in client.get(address, {"text": "演示芯光"}).context["rows"]] == [city.firm]
    demo.remove()
    assert not Organisation.objects.exists()
    assert not YearlyFigures.objects.exists()
