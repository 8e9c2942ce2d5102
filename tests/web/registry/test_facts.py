"""Register records become facts; what the register does not know stays unknown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from kechuang.web.registry.domain import facts
from kechuang.web.registry.models import TechnologyContract

DAY = dt.date(2026, 11, 24)


def test_facts_of_a_contract(shili, cast):
    contract = TechnologyContract.objects.get()
    subject = facts.Subject("contract", contract, contract.buyer, DAY)
    known = facts.facts_of(subject, shili.facts)
    assert known["技术合同交易额"] == Decimal("12345678.90")
    assert known["出让方类型"] == "高校"
    assert known["受让方类型"] == "企业"
    assert known["合同已登记"] is True
    assert "本年已获成果补助" not in known


@pytest.mark.parametrize("city", ["chenzhou_pack", "shili_pack"])
def test_every_path_of_a_pack_is_known(request, city):
    paths = [fact.origin.path for fact in request.getfixturevalue(city).facts if fact.origin.path]
    assert paths
    assert [path for path in paths if not facts.is_known_path(path)] == []


def test_ratio_is_cut_off_not_rounded():
    class Years:
        @staticmethod
        def all():
            return [Row()]

    class Row:
        year, rd_expense, revenue = 2025, Decimal("1"), Decimal("3")

    class Firm:
        years = Years

    subject = facts.Subject("enterprise", None, Firm, DAY)
    assert facts.PATHS["enterprise.rd_ratio[last_year]"](subject) == Decimal("0.333333")


def test_a_year_without_the_figure_makes_the_sum_unknown(chenzhou, cast):
    subject = facts.Subject("enterprise", cast.company_b, cast.company_b, DAY)
    assert facts.PATHS["enterprise.rd_expense[last_3_years]"](subject) is None
    assert facts.PATHS["enterprise.revenue[last_3_years]"](subject) == Decimal("3000000.00")


def test_figures_of_the_running_year_are_not_last_year(chenzhou, cast):
    subject = facts.Subject("enterprise", cast.company_a, cast.company_a, dt.date(2025, 6, 1))
    assert subject.last_year is None
