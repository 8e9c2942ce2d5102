"""The pure computation: every figure on a small population worked out by hand, and every query run again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from kechuang import citypack
from kechuang.citypack.compile import rules
from kechuang.measures import MeasureError, explain
from kechuang.measures.model import Parameter
from kechuang.web.laboratory.domain import shape
from kechuang.web.laboratory.domain.compute import Question, compute
from kechuang.web.laboratory.domain.subject import COLUMNS, Subject
from kechuang.web.laboratory.domain.table import read_csv, write_csv

CHENZHOU = rules(citypack.load(Path(__file__).resolve().parents[3] / "cities" / "chenzhou"))
LAW = CHENZHOU.measures["receiver-subsidy"]
DAY = dt.date(2026, 6, 1)
GRANTED = {"本年已获该项补助": "year", "历年已获该项补助": "ever"}
GOOD = {"受让方类型": "企业", "出让方类型": "高校", "受让方在本市": True, "合同已登记": True, "已转化": True}


def subject(key: str, firm: str, value: str, day: str, county: str = "431002", **facts: object) -> Subject:
    known = {**GOOD, "技术合同交易额": Decimal(value), **facts}
    known = {name: fact for name, fact in known.items() if fact is not None}
    return Subject(key, firm, f"演示{firm}", county, "C39", "small", dt.date.fromisoformat(day), known)


SUBJECTS = [
    subject("1", "甲", "5000000.00", "2025-01-10"),  # law 100,000, draft 125,000
    subject("2", "甲", "20000000.00", "2025-03-10"),  # law 200,000, draft 150,000
    subject("3", "乙", "1000000.00", "2025-05-10", county="431003"),  # 20,000 and 25,000
    subject("4", "丙", "12000000.00", "2025-07-10"),  # 200,000 and 150,000
    subject("5", "丁", "4000000.00", "2025-08-10", 已转化=None),  # unknown: 80,000 and 100,000 if converted
    subject("6", "丁", "4000000.00", "2025-09-10", 已转化=False),  # no
    subject("7", "乙", "2000000.00", "2024-05-10", county="431003"),  # another year: 40,000 and 50,000
]


def changed(**values: str):
    parameters = tuple(
        Parameter(p.id, ((dt.date(2013, 4, 18), Decimal(values[p.id])),), p.title) if p.id in values else p
        for p in LAW.parameters
    )
    return replace(LAW, parameters=parameters)


DRAFT = changed(rate="0.025", cap="150000.00")


def ask(**more: object):
    settings = {"year": 2025, "budget": Decimal("400000.00"), "parameter": "cap", "granted": GRANTED} | more
    return compute(Question(settings.pop("draft", DRAFT), LAW, CHENZHOU.catalogue, DAY, **settings), SUBJECTS)


@pytest.fixture(scope="module")
def answer():
    return ask()


def first(answer, figure: str) -> dict[str, str]:
    found = answer.result["figures"][figure]
    return dict(zip(found["columns"], found["rows"][0], strict=True))


def test_totals(answer) -> None:
    totals = first(answer, "totals")
    assert (totals["law"], totals["draft"], totals["change"]) == ("520000.00", "450000.00", "-70000.00")
    assert (totals["draft_yes"], totals["draft_unknown"], totals["draft_possible"]) == ("4", "1", "100000.00")


def test_totals_equal_explain(answer) -> None:
    amounts = [
        explain(DRAFT, s.facts, DAY, CHENZHOU.catalogue).amount or Decimal(0) for s in SUBJECTS if s.day.year == 2025
    ]
    assert sum(amounts) == Decimal(first(answer, "totals")["draft"])


def test_winners_and_losers_by_firm(answer) -> None:
    assert first(answer, "changes") == {
        "winners": "1", "winners_sum": "5000.00", "losers": "2", "losers_sum": "-75000.00", "same": "0",
    }  # fmt: skip
    assert answer.result["figures"]["winners"]["rows"] == [["乙", "演示乙", "20000.00", "25000.00", "5000.00"]]
    assert [row[0] for row in answer.result["figures"]["losers"]["rows"]] == ["丙", "甲"]


def test_by_year_and_county(answer) -> None:
    assert answer.result["figures"]["years"]["rows"] == [
        ["2024", "1", "40000.00", "50000.00", "10000.00"],
        ["2025", "4", "520000.00", "450000.00", "-70000.00"],
    ]
    assert [row[0] for row in answer.result["figures"]["counties"]["rows"]] == ["431002", "431003"]


def test_line_between_more_and_less_is_found_to_the_fen(answer) -> None:
    assert answer.result["break_even"] == [
        {"below": "more", "above": "less", "last": "7499999.74", "value": "7500000.25"}
    ]


def test_budget_runs_out_in_a_month(answer) -> None:
    law, draft = answer.result["budget"]["law"], answer.result["budget"]["draft"]
    assert (law["asked"], law["day"], law["month"]) == ("520000.00", "2025-07-10", "7")
    assert (draft["asked"], draft["paid"], draft["month"]) == ("450000.00", "400000.00", "7")
    assert ask(budget=Decimal("450000.00")).result["budget"]["draft"]["enough"] == "yes"


def test_budget_in_proportion(answer) -> None:
    found = ask(budget_rule="pro_rata").result["budget"]["draft"]
    assert (found["paid"], found["share"], found["month"]) == ("400000.00", "0.8889", None)


def test_take_up_scales_what_is_expected(answer) -> None:
    found = ask(take_up=Decimal("0.6"))
    assert first(found, "totals")["draft_expected"] == "270000.00"
    assert found.result["budget"]["draft"]["asked"] == "270000.00"


def test_readings_are_priced_and_a_yearly_cap_counts_what_was_granted_before(answer) -> None:
    prices = {r["reading"]: (r["law"], r["draft"]) for r in answer.result["readings"] if r["ambiguity"] == "cap-period"}
    assert prices["contract"] == ("520000.00", "450000.00")
    # 甲: 100,000 then only 100,000 more of 200,000; draft 125,000 then 25,000 of 150,000.
    assert prices["firm-year"] == ("420000.00", "325000.00")
    # For ever: 乙 got 40,000 in 2024 and stays below the cap.
    assert prices["firm-lifetime"] == ("420000.00", "325000.00")
    base = next(r for r in answer.result["readings"] if r["reading"] == "technology-only")
    assert (base["draft"], base["draft_unknown"], base["draft_lacks"]) == ("0.00", 5, ["合同技术部分金额"])


def test_splitting_in_the_data(answer) -> None:
    # Only the contracts above the cap gain: 20 million in halves 150,000 twice, 12 million 150,000 twice.
    assert first(answer, "splitting") == {"subjects": "2", "gain": "300000.00"}
    assert first(answer, "splitting_largest")["gain"] == "150000.00"


def test_splitting_does_not_pay_under_the_yearly_cap() -> None:
    from kechuang.web.laboratory.domain.compute import read_as

    found = ask(draft=read_as(DRAFT, "cap-period", "firm-year"))
    assert first(found, "splitting") == {"subjects": "0", "gain": "0.00"}


def test_curve_of_the_cap_is_exact(answer) -> None:
    curve = answer.result["curve"]
    assert curve["method"] == "prefix_sums"
    points = {point["value"]: point["amount"] for point in curve["points"]}
    assert points["150000.00"] == "450000.00"
    assert points["200000.00"] == "550000.00"  # 125 + 200 + 25 + 200 thousand
    check = {row[0]: row[1] for row in answer.result["figures"]["cap_check"]["rows"]}
    assert {Decimal(k): Decimal(v) for k, v in check.items()} == {Decimal(k): Decimal(v) for k, v in points.items()}


def test_curve_of_a_rate_is_tried_as_scenarios() -> None:
    curve = ask(parameter="rate").result["curve"]
    points = {Decimal(p["value"]): p["amount"] for p in curve["points"]}
    assert curve["method"] == "scenarios"
    assert points[Decimal("0.025")] == "450000.00"
    assert points[Decimal("0")] == "0.00"


def test_every_number_comes_out_of_its_query_again(answer, tmp_path: Path) -> None:
    write_csv(tmp_path / "lab.csv", answer.rows)
    con = duckdb.connect()
    read_csv(con, tmp_path / "lab.csv")
    assert len(answer.result["figures"]) >= 13
    for figure in answer.result["figures"].values():
        again = [[None if v is None else str(v) for v in row] for row in con.execute(figure["sql"]).fetchall()]
        assert again == figure["rows"], figure["id"]


def test_new_measure_is_compared_with_nothing() -> None:
    answer = compute(Question(DRAFT, None, CHENZHOU.catalogue, DAY, granted=GRANTED), SUBJECTS)
    assert not answer.result["law_in_force"]
    assert first(answer, "totals")["law"] == "0.00"
    assert first(answer, "totals")["draft"] == "500000.00"


def test_bad_rows_are_set_aside_with_their_reason() -> None:
    rows = [*SUBJECTS, subject("8", "戊", "-5.00", "2025-02-01"), subject("9", "戊", "1.005", "2025-02-01")]
    answer = compute(Question(DRAFT, LAW, CHENZHOU.catalogue, DAY, granted=GRANTED), rows)
    assert answer.result["quarantined"] == 2
    assert {fault["key"] for fault in answer.result["faults"]} == {"8", "9"}
    assert len(answer.rows) == 7
    assert len(answer.rows[0]) == len(COLUMNS)


def test_faulty_formula_is_refused() -> None:
    with pytest.raises(MeasureError):
        ask(draft=replace(DRAFT, amount="技术合同交易额 * rate", ambiguities=()))


def test_a_stop_is_heard() -> None:
    class Stop(Exception):
        pass

    def report(stage: str, done: int, total: int) -> None:
        if stage == "figures":
            raise Stop

    with pytest.raises(Stop):
        compute(Question(DRAFT, LAW, CHENZHOU.catalogue, DAY), SUBJECTS, report)


def test_cap_is_recognised() -> None:
    assert shape.caps_of(LAW, CHENZHOU.catalogue) == ["cap"]
    assert shape.main_fact([LAW], CHENZHOU.catalogue, GRANTED) == "技术合同交易额"


def test_progress_is_told_while_rules_are_computed(monkeypatch) -> None:
    from kechuang.web.laboratory.domain import table

    monkeypatch.setattr(table, "CHUNK", 2)
    heard: list[tuple[str, int, int]] = []
    question = Question(DRAFT, LAW, CHENZHOU.catalogue, DAY, granted=GRANTED)
    compute(question, SUBJECTS, lambda stage, done, total: heard.append((stage, done, total)))
    shares = [done / total for _, done, total in heard]
    assert len([stage for stage, _, _ in heard if stage == "rules"]) > 6
    assert shares == sorted(shares)
    assert shares[-1] == 1
