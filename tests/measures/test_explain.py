"""Amounts to the fen, the step where a cap applied, what is missing, why not."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest

from kechuang.measures import Catalogue, Condition, Measure, Parameter, Text, explain, parse_facts
from kechuang.measures.render import as_text

DAY = dt.date(2026, 11, 24)
WHOLE = {"受让方类型": "企业", "出让方类型": "高校", "已转化": True, "合同已登记": True}


def D(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("value", "amount", "without"),
    [
        ("12345678.90", "200000.00", "246913.58"),
        ("1234567.85", "24691.36", None),
        ("10000000.00", "200000.00", None),
        ("9999999.74", "199999.99", None),
        ("10000000.25", "200000.00", "200000.01"),
        ("0.25", "0.01", None),
        ("0.24", "0.00", None),
        ("0.00", "0.00", None),
    ],
)
def test_receiver(catalogue: Catalogue, receiver: Measure, value: str, amount: str, without: str | None) -> None:
    e = explain(receiver, {**WHOLE, "技术合同交易额": D(value)}, DAY, catalogue)
    assert (e.status, e.amount) == ("yes", D(amount))
    [cap] = [s for s in e.steps if s.kind == "cap"]
    assert cap.bit is (without is not None)
    assert cap.without_cap == (without and D(without))
    assert (cap.binds_fact, cap.binds_from) == ("技术合同交易额", D("10000000.00"))
    assert e.to_dict()["amount"] == amount


def test_steps_tell_the_whole_computation(catalogue: Catalogue, receiver: Measure) -> None:
    e = explain(receiver, {**WHOLE, "技术合同交易额": D("12345678.90")}, DAY, catalogue)
    assert [(s.kind, s.label.zh, s.value) for s in e.steps] == [
        ("fact", "技术合同交易额", D("12345678.90")),
        ("product", "乘补助比例 2%", D("246913.578")),
        ("round", "四舍五入到分", D("246913.58")),
        ("cap", "封顶 200,000.00 起作用", D("200000.00")),
        ("result", "结果", D("200000.00")),
    ]
    assert e.steps[1].detail.zh == "12,345,678.90 × 0.02"
    assert e.steps[3].detail == Text(
        "少给 46,913.58；技术合同交易额到 10,000,000.00 元即封顶",
        "46,913.58 less; the cap holds from contract value 10,000,000.00 yuan",
    )
    assert e.steps[3].lost == D("46913.58")
    assert e.steps[3].source == receiver.source
    assert e.sentence == Text(
        "可得 200,000.00 元（封顶起作用，不封顶是 246,913.58 元）。其中 1 项条件是尚未决定的假定。",
        "You can get 200,000.00 yuan (the cap applies; without it 246,913.58 yuan)."
        " Undecided assumptions among the conditions: 1.",
    )
    assert [(a.test, a.decided_by, a.result) for a in e.assumptions] == [("合同已登记", None, "yes")]


@pytest.mark.parametrize(
    ("value", "amount", "without"), [("12345678.90", "100000.00", "123456.79"), ("1234567.85", "12345.68", None)]
)
def test_supplier(catalogue: Catalogue, supplier: Measure, value: str, amount: str, without: str | None) -> None:
    e = explain(supplier, {"出让方类型": "个人", "技术合同交易额": D(value)}, DAY, catalogue)
    assert (e.status, e.amount) == ("yes", D(amount))
    assert [s.without_cap for s in e.steps if s.kind == "cap"] == [without and D(without)]


@pytest.mark.parametrize(("level", "amount"), [("市级", "50000"), ("省级", "200000"), ("国家级", "500000")])
def test_institution(catalogue: Catalogue, institution: Measure, level: str, amount: str) -> None:
    e = explain(institution, {"机构级别": level}, DAY, catalogue)
    assert (e.status, e.amount) == ("yes", D(amount))
    assert [s.kind for s in e.steps] == ["choose", "result"]
    assert e.steps[0].detail.zh == f"机构级别：{level} → {level}奖励"
    assert e.steps[0].unit == "元"


def test_unknown_is_asked_for_never_taken_as_no(catalogue: Catalogue, receiver: Measure) -> None:
    facts = {**WHOLE, "已转化": None, "技术合同交易额": D("12345678.90")}
    e = explain(receiver, facts, DAY, catalogue)
    assert (e.status, e.applies, e.amount, e.amount_if) == ("unknown", "unknown", None, D("200000.00"))
    assert [(m.fact, m.ask.zh) for m in e.missing] == [("已转化", "成果已在本市转化吗？")]
    assert e.sentence.zh.startswith("还不知道：已转化。如果得到确认，可得 200,000.00 元")
    assert [c.result for c in e.conditions] == ["yes", "yes", "unknown", "yes"]


def test_cheapest_question_first(catalogue: Catalogue, receiver: Measure) -> None:
    e = explain(receiver, {}, DAY, catalogue)
    assert [m.fact for m in e.missing] == ["受让方类型", "出让方类型", "合同已登记", "技术合同交易额", "已转化"]
    assert [m.cost for m in e.missing] == [1, 1, 1, 2, 5]
    assert e.amount_if is None


def test_one_failed_condition_decides_and_nothing_more_is_asked(catalogue: Catalogue, receiver: Measure) -> None:
    e = explain(receiver, {"受让方类型": "个人", "技术合同交易额": D("50")}, DAY, catalogue)
    assert (e.status, e.applies, e.amount, e.amount_if, e.missing) == ("no", "no", None, D("1.00"), ())
    [gap] = e.why_not
    assert (gap.fact, gap.have, gap.need, gap.short) == ("受让方类型", "个人", ["企业"], None)
    assert e.sentence.zh == "现在不符合：受让方类型须为企业，现为个人。满足后可得 1.00 元。"
    assert e.conditions[0].gap == e.why_not


def test_readings_are_priced_side_by_side(catalogue: Catalogue, receiver: Measure) -> None:
    facts = {**WHOLE, "技术合同交易额": D("12345678.90"), "本年已获补助": D("150000"), "历年已获补助": D("180000")}
    e = explain(receiver, facts, DAY, catalogue)
    assert [(r.reading, r.amount, r.shown, r.chosen) for r in e.readings] == [
        ("contract", D("200000.00"), True, False),
        ("firm-year", D("50000.00"), False, False),
        ("firm", D("20000.00"), False, False),
    ]
    assert e.missing == ()
    less = explain(receiver, {k: v for k, v in facts.items() if k != "本年已获补助"}, DAY, catalogue)
    assert (less.status, less.readings[1].amount, less.readings[1].missing) == ("yes", None, ("本年已获补助",))


def test_a_chosen_reading_is_used(catalogue: Catalogue, receiver: Measure) -> None:
    [question] = receiver.ambiguities
    decided = replace(receiver, ambiguities=(replace(question, chosen="firm", by="市科技局", date=DAY),))
    facts = {**WHOLE, "技术合同交易额": D("12345678.90"), "历年已获补助": D("180000")}
    e = explain(decided, facts, DAY, catalogue)
    assert e.amount == D("20000.00")
    [cap] = [s for s in e.steps if s.kind == "cap"]
    assert (cap.bit, cap.without_cap, cap.binds_from) == (True, D("246913.58"), None)
    assert [s.kind for s in e.steps].count("floor") == 0  # "not below zero" is told only when it applies
    over = explain(decided, {**facts, "历年已获补助": D("250000")}, DAY, catalogue)
    [floor] = [s for s in over.steps if s.kind == "floor"]
    assert (over.amount, floor.bit, floor.lost) == (D("0"), True, D("50000"))


def test_nearest_change_in_yuan(catalogue: Catalogue, intensity: Measure) -> None:
    e = explain(intensity, {"研发投入": D("2687599.99"), "营业收入": D("50000000.00")}, DAY, catalogue)
    assert e.status == "no"
    [gap] = e.why_not
    assert (gap.fact, gap.have, gap.need, gap.short) == ("研发投入", "2687599.99", "3000000.00", "312400.01")
    assert gap.sentence == Text("研发投入还差 312,400.01 元", "R&D expenditure is 312,400.01 yuan short")
    after = explain(intensity, {"研发投入": D("3000000.00"), "营业收入": D("50000000.00")}, DAY, catalogue)
    assert (after.status, after.applies) == ("unstated", "yes")
    assert after.sentence.zh == "条件都满足；金额：文件没有写。"


def test_delegated_names_the_document_never_zero(catalogue: Catalogue, deduction: Measure) -> None:
    e = explain(deduction, {"研发投入": D("5")}, DAY, catalogue)
    assert (e.status, e.applies, e.amount, e.amount_if) == ("delegated", "yes", None, None)
    assert e.sentence.zh == "条件都满足；金额由中央和省有关政策规定，本平台还没有这份文件。"
    assert e.to_dict()["delegated_to"]["title"]["en"] == "national and provincial policy"
    assert explain(deduction, {}, DAY, catalogue).missing[0].fact == "研发投入"


def test_dates(catalogue: Catalogue, supplier: Measure) -> None:
    facts = {"出让方类型": "高校", "技术合同交易额": D("1000000")}
    before = explain(supplier, facts, dt.date(2013, 4, 17), catalogue)
    assert (before.status, before.amount) == ("not_in_force", None)
    assert before.sentence.zh == "2013-04-17 还没有生效（自 2013-04-18 起）。"
    assert explain(supplier, facts, dt.date(2013, 4, 18), catalogue).amount == D("10000.00")
    ended = replace(supplier, effective_to=dt.date(2018, 4, 17))
    assert explain(ended, facts, dt.date(2018, 4, 17), catalogue).status == "yes"
    after = explain(ended, facts, dt.date(2018, 4, 18), catalogue)
    assert after.sentence.en == "No longer in force on 2018-04-18 (it ended on 2018-04-17)."


def test_a_parameter_changes_inside_a_year(catalogue: Catalogue, supplier: Measure) -> None:
    rate = Parameter("rate", ((dt.date(2013, 4, 18), D("0.01")), (dt.date(2020, 7, 1), D("0.0125"))))
    changed = replace(supplier, parameters=(rate, supplier.parameters[1]))
    facts = {"出让方类型": "高校", "技术合同交易额": D("1000000")}
    assert explain(changed, facts, dt.date(2020, 6, 30), catalogue).amount == D("10000.00")
    e = explain(changed, facts, dt.date(2020, 7, 1), catalogue)
    assert e.amount == D("12500.00")
    assert e.steps[3].binds_from == D("8000000.00")
    assert explain(changed, facts, dt.date(2020, 6, 30), catalogue).steps[3].binds_from == D("10000000.00")


def test_binding_point_is_told_only_where_exact(catalogue: Catalogue, supplier: Measure) -> None:
    third = replace(supplier, parameters=(Parameter("rate", ((DAY, D("0.03")),)), supplier.parameters[1]))
    e = explain(third, {"出让方类型": "高校", "技术合同交易额": D("9000000")}, DAY, catalogue)
    assert (e.amount, e.steps[3].bit, e.steps[3].binds_from) == (D("100000.00"), True, None)


def test_tiers_say_which_one(catalogue: Catalogue) -> None:
    from kechuang.measures import ClauseRef

    measure = Measure(
        id="growth-award", title=Text("上台阶奖励", "Growth award"), source=ClauseRef("1"), subject="enterprise",
        effective_from=dt.date(2020, 1, 1), amount="tiers(营业收入, (100000000, 200000), (500000000, 1000000))",
    )  # fmt: skip
    e = explain(measure, {"营业收入": D("100000000.00")}, DAY, catalogue)
    assert e.amount == D("200000")
    [tier] = [s for s in e.steps if s.kind == "tier"]
    assert (tier.label.zh, tier.detail.zh) == ("按营业收入分档", "达到 100,000,000.00 元 这一档")
    low = explain(measure, {"营业收入": D("99999999.99")}, DAY, catalogue)
    assert (low.status, low.amount, low.steps[1].detail.zh) == ("yes", D("0"), "没有达到最低一档")


def amount_of(intensity: Measure, amount: str) -> Measure:
    return replace(intensity, amount_is="stated", amount=amount, applies=(), parameters=())


def told(measure: Measure, facts: dict[str, object], catalogue: Catalogue) -> list[tuple[str, str, str]]:
    e = explain(measure, facts, DAY, catalogue)  # type: ignore[arg-type]
    return [(s.kind, s.label.zh, s.detail.zh) for s in e.steps]


def test_what_is_computed_twice_is_told_once(catalogue: Catalogue, intensity: Measure) -> None:
    growth = "(研发投入 - 营业收入)"
    measure = amount_of(intensity, f"tiers({growth}, (100, {growth}), (1000, {growth} + 5))")
    facts = {"研发投入": D("900.00"), "营业收入": D("400.00")}
    assert told(measure, facts, catalogue) == [
        ("fact", "研发投入", "所填或登记的数"),
        ("fact", "营业收入", "所填或登记的数"),
        ("sum", "相减", "研发投入 − 营业收入"),
        ("tier", "按研发投入 − 营业收入分档", "达到 100.00 元 这一档"),
        ("result", "结果", "按以上各步"),
    ]
    other = amount_of(intensity, "half_up(研发投入 * 0.5) if 已转化 else min(half_up(研发投入 * 0.5), 营业收入)")
    kinds = [k for k, _, _ in told(other, {**facts, "已转化": False}, catalogue)]
    assert kinds == ["fact", "product", "round", "fact", "cap", "choose", "result"]


def test_marginal_tiers_show_each_part(catalogue: Catalogue, intensity: Measure) -> None:
    measure = amount_of(intensity, "half_up(marginal(研发投入, (0, 0.02), (5000000, 0.01))) + 10")
    steps = told(measure, {"研发投入": D("8000000.00")}, catalogue)
    assert steps[1] == ("tier", "按档累进", "5,000,000.00 × 2% + 3,000,000.00 × 1%")
    assert steps[3] == ("sum", "相加", "130,000.00 + 10.00 元")


def test_cases_tell_the_whole_path(catalogue: Catalogue, intensity: Measure) -> None:
    measure = amount_of(intensity, 'yuan(5 if 机构级别 == "市级" else (7 if 职工人数 >= 20 else 6) if 已转化 else 8)')
    facts = {"机构级别": "省级", "已转化": True, "职工人数": D("20")}
    assert told(measure, facts, catalogue)[0][2] == "机构级别：省级；已转化：是；职工人数 ≥ 20 人：是"
    assert told(measure, {**facts, "职工人数": None}, catalogue)[0][2].endswith("还不知道：职工人数 ≥ 20 人")
    assert told(measure, {**facts, "已转化": False}, catalogue)[0][2] == "机构级别：省级；已转化：否"


def test_wrong_types_are_refused(catalogue: Catalogue, supplier: Measure) -> None:
    with pytest.raises(TypeError, match="float"):
        explain(supplier, {"技术合同交易额": 1.5}, DAY, catalogue)  # type: ignore[dict-item]
    whole = explain(supplier, {"技术合同交易额": 1000, "出让方类型": "高校"}, DAY, catalogue)  # type: ignore[dict-item]
    assert whole.amount == D("10.00")


def test_recognition_needs_no_amount(catalogue: Catalogue, receiver: Measure) -> None:
    measure = replace(receiver, kind="priority", amount_is="unstated", amount=None, parameters=(), ambiguities=())
    e = explain(measure, WHOLE, DAY, catalogue)
    assert (e.status, e.amount, e.steps) == ("yes", None, ())


def test_json_has_no_floats_and_both_languages(catalogue: Catalogue, receiver: Measure) -> None:
    facts, errors = parse_facts({"技术合同交易额": "1,234.57万元", **WHOLE}, catalogue)
    assert errors == []
    out = explain(receiver, facts, DAY, catalogue).to_dict()

    def walk(value: object) -> None:
        assert not isinstance(value, float)
        if isinstance(value, dict):
            if set(value) == {"zh", "en"}:
                assert isinstance(value["zh"], str) and isinstance(value["en"], str)
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            for item in value:
                walk(item)

    walk(out)
    assert json.loads(json.dumps(out)) == out
    assert out["inputs"]["技术合同交易额"] == "12345700.00"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_as_text(catalogue: Catalogue, receiver: Measure, lang: str) -> None:
    e = explain(receiver, {**WHOLE, "已转化": None, "技术合同交易额": D("12345678.90")}, DAY, catalogue)
    lines = as_text(e, lang).splitlines()  # type: ignore[arg-type]
    assert lines[1] == getattr(e.sentence, lang)
    assert any("246,913.578" in line for line in lines)


def test_every_failed_condition_gets_its_change(catalogue: Catalogue, intensity: Measure) -> None:
    tests = (
        ("研发占比 >= 0.04", "研发占比还差 0.28 个百分点", "0.0028"),
        ("职工人数 >= 15", "职工人数还差 3 人", "3"),
        ("职工人数 > 15", "职工人数还差 4 人", "4"),
        ("职工人数 <= 10", "职工人数超出 2 人", "-2"),
        ("not 已转化", "已转化：须为否，现为是", None),
        ('受让方类型 not in ("个人", "企业")', "受让方类型须为高校或科研院所，现为个人", None),
        ('备注 == "有"', "备注须为有，现为无", None),
        ("years_between(成立日期, 计算日) <= 5", "成立日期须不早于 2020-11-25，现为 2012-01-01", "3251"),
        ("half_up(研发投入 * 0.1, -4) >= 100000", "研发投入还差 350,000.00 元", "350000.00"),
        ("研发投入 >= 900000 or 职工人数 >= 13", "职工人数还差 1 人", "1"),
        ("max(研发投入, 600000) >= 1000000", "研发投入还差 400,000.00 元", "400000.00"),
        ("研发投入 == 700000", "研发投入还差 100,000.00 元", "100000.00"),
        ("研发投入 - 营业收入 >= 100000", "研发投入还差 200,000.00 元", "200000.00"),
    )
    facts = {
        "研发占比": D("0.0372"), "职工人数": D("12"), "已转化": True, "受让方类型": "个人", "备注": "无",
        "成立日期": dt.date(2012, 1, 1), "研发投入": D("600000.00"), "营业收入": D("700000.00"),
    }  # fmt: skip
    for test, sentence, short in tests:
        title = Text("条件", "condition")
        measure = replace(intensity, applies=(Condition(test, title),), parameters=())
        e = explain(measure, facts, DAY, catalogue)
        assert [(g.sentence.zh, g.short) for g in e.why_not] == [(sentence, short)], test


def test_nearest_change_is_the_one_people_expect(catalogue: Catalogue, intensity: Measure) -> None:
    """The quantity that stands alone first; what only picks a tier last, however small its step."""
    ratio = "研发投入 >= 营业收入 * tiers(技术合同交易额, (0, 0.05), (50000000, 0.04), (200000000, 0.03))"
    measure = replace(intensity, applies=(Condition(ratio, Text("占比", "ratio")),), parameters=())
    facts = {"研发投入": D("1900000.00"), "营业收入": D("48000000.00"), "技术合同交易额": D("49999999.00")}
    [gap] = explain(measure, facts, DAY, catalogue).why_not
    assert (gap.fact, gap.short) == ("研发投入", "500000.00")


def test_what_cannot_be_changed_is_not_proposed(catalogue: Catalogue, intensity: Measure) -> None:
    fixed = {"成立日期", "机构级别", "已转化", "研发投入"}
    given = Catalogue(replace(f, changeable=f.id not in fixed) for f in catalogue.facts.values())
    facts = {
        "成立日期": dt.date(2012, 1, 1), "机构级别": "市级", "已转化": False, "研发投入": D("1.00"),
        "营业收入": D("100.00"),
    }  # fmt: skip

    def gaps(test: str) -> list[tuple[str | None, str]]:
        measure = replace(intensity, applies=(Condition(test, Text("甲", "A")),), parameters=())
        return [(g.fact, g.sentence.zh) for g in explain(measure, facts, DAY, given).why_not]

    for test in ("years_between(成立日期, 计算日) <= 5", '机构级别 == "省级"', '机构级别 in ("省级",)', "已转化"):
        assert gaps(test) == [(None, "不满足“甲”")], test
    assert gaps("研发投入 * 10 >= 营业收入") == [("营业收入", "营业收入超出 90.00 元")]
    assert gaps("已转化 or 研发投入 * 10 >= 营业收入") == [("营业收入", "营业收入超出 90.00 元")]


def test_an_amount_that_is_one_number(catalogue: Catalogue, supplier: Measure) -> None:
    e = explain(replace(supplier, amount="cap"), {"出让方类型": "高校"}, DAY, catalogue)
    assert [(s.kind, s.value, s.detail.zh) for s in e.steps] == [
        ("parameter", D("100000.00"), "规则写明的数额"),
        ("result", D("100000.00"), "按以上各步"),
    ]


def test_what_makes_no_difference_is_not_asked_for(catalogue: Catalogue, receiver: Measure) -> None:
    """Nothing is left of the cap: whatever the contract is worth, nothing is paid."""
    chosen = replace(receiver, ambiguities=(replace(receiver.ambiguities[0], chosen="firm", by="某人"),))
    facts = {
        "受让方类型": "企业", "出让方类型": "高校", "已转化": True, "合同已登记": True, "历年已获补助": D("200000.00"),
    }  # fmt: skip
    e = explain(chosen, facts, DAY, catalogue)
    assert (e.status, e.amount, e.missing) == ("yes", D("0.00"), ())
    [cap] = [s for s in e.steps if s.kind == "cap"]
    assert (cap.detail.zh, cap.value) == ("还不知道的数不影响结果", D("0.00"))
    e = explain(chosen, facts | {"历年已获补助": D("199999.99")}, DAY, catalogue)
    assert (e.status, [m.fact for m in e.missing]) == ("unknown", ["技术合同交易额"])


def test_cases_that_agree_need_no_answer(catalogue: Catalogue, supplier: Measure) -> None:
    amount = "min(half_up(技术合同交易额 * 0.02), cap) if 已转化 else min(half_up(技术合同交易额 * rate), cap)"
    facts = {"出让方类型": "高校", "技术合同交易额": D("10000000.00")}
    e = explain(replace(supplier, amount=amount), facts, DAY, catalogue)
    assert (e.status, e.amount) == ("yes", D("100000.00"))
    assert [s.detail.zh for s in e.steps if s.kind == "choose"] == ["还不知道：已转化；两种情形结果相同"]
    e = explain(replace(supplier, amount=amount), facts | {"技术合同交易额": D("9999999.00")}, DAY, catalogue)
    assert (e.status, [m.fact for m in e.missing]) == ("unknown", ["已转化"])


def test_what_is_kept_of_a_day_stays_with_that_day(
    catalogue: Catalogue, receiver: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps and sentences made ready for one day never show up on another, however often the days change."""
    monkeypatch.setattr("kechuang.measures.program._MOST_DAYS", 2)
    raised = (
        Parameter("rate", ((dt.date(2013, 4, 18), D("0.02")), (dt.date(2020, 1, 1), D("0.03")))),
        Parameter("cap", ((dt.date(2013, 4, 18), D("200000")), (dt.date(2022, 1, 1), D("400000")))),
    )
    subject = replace(receiver, parameters=raised)
    facts = {**WHOLE, "技术合同交易额": D("12345678.90")}
    expected = {
        dt.date(2012, 1, 1): None,
        dt.date(2019, 12, 31): ("12,345,678.90 × 0.02", "封顶 200,000.00 起作用", "10,000,000.00", "200000"),
        dt.date(2020, 1, 1): ("12,345,678.90 × 0.03", "封顶 200,000.00 起作用", None, "200000"),
        dt.date(2022, 1, 1): ("12,345,678.90 × 0.03", "封顶 400,000.00 没有起作用", None, "370370.37"),
    }
    for day, told in 3 * list(expected.items()):
        e = explain(subject, facts, day, catalogue)
        if told is None:
            assert (e.status, e.steps, e.parameters) == ("not_in_force", (), {})
            continue
        product, cap = e.steps[1], next(s for s in e.steps if s.kind == "cap")
        bound = cap.binds_from and f"{cap.binds_from:,.2f}"
        assert (product.detail.zh, cap.label.zh, bound, e.amount) == (*told[:3], D(told[3]))


def test_outcomes_of_conditions_are_kept_by_every_choice(catalogue: Catalogue, receiver: Measure) -> None:
    """Yes, no and unknown in any order of asking: each combination has its own result."""
    for _ in range(2):
        for converted in (True, None, False):
            for seller in ("高校", "企业", None):
                facts = {**WHOLE, "已转化": converted, "出让方类型": seller, "技术合同交易额": D("100")}
                e = explain(receiver, facts, DAY, catalogue)
                no, unknown = converted is False or seller == "企业", converted is None or seller is None
                assert e.status == ("no" if no else "unknown" if unknown else "yes")
                assert [c.result for c in e.conditions] == [
                    "yes", {"高校": "yes", "企业": "no", None: "unknown"}[seller],
                    {True: "yes", False: "no", None: "unknown"}[converted], "yes",
                ]  # fmt: skip
                assert [(a.test, a.result) for a in e.assumptions] == [("合同已登记", "yes")]
