"""Measures that meet, and budgets: on the eligibility page, in the nightly rows, in files and for officers."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from kechuang.citypack.models import Pack
from kechuang.web.core.errors import UserError
from kechuang.web.entitlements.domain import queries as results
from kechuang.web.entitlements.domain import together, totals
from kechuang.web.entitlements.domain.nightly import run
from kechuang.web.entitlements.models import Entitlement
from kechuang.web.policy.domain import queries

ON = dt.date(2026, 11, 24)
SOURCE = {"clause": "3.10.2", "span": 1}
CEILING = {
    "id": "ceiling", "title": {"zh": "合计上限", "en": "ceiling"}, "source": SOURCE, "kind": "ceiling",
    "measures": ["institution-award"], "ceiling": {"2013-04-18": "150000.00"}, "origin": "assumption",
}  # fmt: skip
ONCE = {**CEILING, "id": "once", "title": {"zh": "一次", "en": "once"}, "kind": "once", "ceiling": {}}
BUDGET = {
    "id": "fund", "title": {"zh": "奖励资金", "en": "fund"}, "source": SOURCE, "measures": ["institution-award"],
    "amounts": {"2026": "100000.01"}, "when_short": "pro_rata",
    "levels": [{"level": "city", "share": "0.5"}, {"level": "county", "share": "0.5"}],
}  # fmt: skip


@pytest.fixture
def meeting(db, chenzhou_pack):
    """Chenzhou's pack with a ceiling, a once-only rule and a budget that its text does not have."""
    from kechuang.web.policy.domain.apply import apply

    raw = chenzhou_pack.model_dump(mode="json", by_alias=True)
    apply(Pack.model_validate({**raw, "cumulation": [CEILING, ONCE], "budgets": [BUDGET]}))


def test_the_nightly_row_keeps_both_amounts_and_the_reason(meeting, cast):
    done = run(on=ON)
    row = Entitlement.objects.get(run=done, measure_id="institution-award")
    assert (row.amount, row.awarded) == (Decimal("200000.00"), Decimal("150000.00"))
    assert row.forgone == [
        {
            "rule": "ceiling", "kind": "ceiling", "taken": "50000.00", "zh": "合计不超过 150,000.00 元",
            "en": "together at most 150,000.00 yuan",
        }
    ]  # fmt: skip
    assert row.depends == ["ceiling", "once"]
    [sums] = totals.totals_for_user(cast.officer, done, "institution-award")
    assert sums.amount == Decimal("150000.00")


def test_pages_name_what_is_forgone_and_what_it_depends_on(meeting, cast, client_for):
    firm = client_for(cast.firm_a)
    page = firm.get("/eligibility/", {"uscc": cast.company_a.uscc}).content.decode()
    assert "少得 50,000.00 元" in page
    assert "合计不超过 150,000.00 元" in page
    assert "登记以外还领过的，也可能要扣：合计上限、一次" in page
    item = next(
        i for i in firm.get(f"/api/v1/organisations/{cast.company_a.uscc}/entitlements").json()["items"]
        if i["measure"] == "institution-award"
    )  # fmt: skip
    assert item["award"]["amount"] == "150000.00"
    assert item["award"]["reductions"][0]["taken"] == "50000.00"
    measure = firm.get("/measures/institution-award/").content.decode()
    assert "假定，还没有人决定" in measure
    assert "100,000.01" in measure
    paper = firm.get("/eligibility/print/", {"uscc": cast.company_a.uscc}).content.decode()
    assert "合计不超过 150,000.00 元" in paper


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "50,000.00 yuan forgone: together at most 150,000.00 yuan"),
        ("zh-hans", "少得 50,000.00 元：合计不超过 150,000.00 元"),
    ],
)
def test_the_page_of_an_organisation_says_why_in_its_language(meeting, cast, client_for, language, text):
    run(on=ON)
    client = client_for(cast.firm_a)
    client.cookies["kc_lang"] = language
    assert text in client.get(f"/enterprises/{cast.company_a.uscc}/").content.decode()


def test_officers_see_the_budget_and_its_shares(meeting, cast, client_for):
    done = run(on=ON)
    page = client_for(cast.officer).get("/measures/institution-award/results/").content.decode()
    assert "49,999.99" in page  # lacking: 150,000.00 - 100,000.01
    assert "每笔付 66.67%" in page
    [money] = totals.budgets_for_user(cast.officer, queries.current_release(), done, "institution-award")
    assert [part for _, part in money.payers] == [Decimal("50000.01"), Decimal("50000.00")]
    assert totals.budgets_for_user(cast.county_officer, queries.current_release(), done, "institution-award") == []


def test_a_budget_without_an_amount_stays_open(shili):
    [budget] = together.budgets_of(queries.current_release(), "laboratory-award")
    money = together.money(budget, {"id": budget.id, "year": 2031, "due": "7.00", "spent": "0.00", "realm": "demo"})
    assert (money.amount, money.left, money.lacking, money.per_cent) == (None, None, 0, None)
    assert money.payers == (("市级财政", None),)


def test_the_workbook_adds_up_and_no_name_becomes_a_formula(meeting, cast, client_for):
    cast.company_a.name = "=1+1 演示甲公司"
    cast.company_a.save()
    run(on=ON)
    response = client_for(cast.officer).get("/measures/institution-award/results/", {"format": "xlsx"})
    assert response["Content-Disposition"] == f'attachment; filename="institution-award-{ON}.xlsx"'
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    head, *rows = book.worksheets[0].iter_rows()
    line = {h.value: c for h, c in zip(head, rows[0], strict=True)}
    assert line["数据"].value == "演示数据"
    assert (line["单位"].value, line["单位"].data_type) == ("=1+1 演示甲公司", "s")
    assert (line["金额（元）"].value, line["应付（元）"].value) == (200000, 150000)
    assert line["少得的原因"].value == "合计不超过 150,000.00 元，少得 50000.00 元"
    assert line["还要看以前领过多少"].value == "合计上限；一次"
    assert "演示数据" in "".join(cell.value for row in book.worksheets[1].iter_rows() for cell in row)
    for user in (cast.firm_a, cast.university):
        with pytest.raises(UserError):
            results.results_for_user(user, None, "institution-award")
