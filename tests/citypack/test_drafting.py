"""Draft packs: what is proposed for each construction, that it checks and computes, and what is left open."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kechuang import cli, reading
from kechuang.citypack import check, check_folder, drafting
from kechuang.citypack.compile import compile_pack
from kechuang.citypack.draftfacts import FactBook, ladder_of, propose_tests
from kechuang.citypack.draftrecords import Head, Item
from kechuang.citypack.draftrules import in_words, rule_of, subject_of
from kechuang.measures import explain, parse_facts

TEXT = Path(__file__).with_name("texts") / "yunhe-2031-5.txt"


@pytest.fixture(scope="module")
def drafted() -> drafting.Draft:
    return drafting.draft(TEXT.read_text(encoding="utf-8"))


def _expressions(pack: Any) -> dict[str, tuple[str | None, list[str]]]:
    return {m.id: (m.amount, [c.test for c in m.applies]) for m in pack.measures}


def test_each_incentive_becomes_a_measure_with_its_rule(drafted: drafting.Draft) -> None:
    assert _expressions(drafted.pack) == {
        "measure-2.1.1-1": ("amount", ["首次通过认定的高新技术企业"]),
        "measure-2.2.1-1": ("min(half_up(研发费用 * rate), cap)", ["年营业收入 >= 50000000", "建有省级研发机构的企业"]),
        "measure-2.3.1-1": (
            '(amount_1 if 档次_2_3_1_1 == "国家级" else amount_2 if 档次_2_3_1_1 == "省级" '
            'else amount_3 if 档次_2_3_1_1 == "市级" else 0)',
            ["新认定的国家级省级市级科技企业孵化器"],
        ),
        "measure-3.4.1-1": ("min(half_up(技术合同成交额 * rate), cap)", ["企业购买科技成果并在本市实施转化"]),
        "measure-3.5.1-1": ("amount", ["引进的博士"]),
    }
    assert {measure.status for measure in drafted.pack.measures} == {"draft"}
    assert [m.subject for m in drafted.pack.measures][-1] == "person"


def test_dates_departments_and_targets_are_taken_from_the_text(drafted: drafting.Draft) -> None:
    pack = drafted.pack
    document = pack.documents[0]
    assert (document.number, document.issued) == ("云政发〔2031〕5号", dt.date(2031, 2, 10))
    assert (document.effective_from, document.effective_to) == (dt.date(2031, 3, 1), dt.date(2033, 12, 31))
    assert pack.measures[0].effective.from_ == dt.date(2031, 3, 1)
    assert [(t.value, t.unit, t.operator, t.deadline) for t in pack.targets] == [
        (Decimal(300), "家", ">=", dt.date(2033, 12, 31)),
        (Decimal("2.8"), "%", ">=", dt.date(2033, 12, 31)),
    ]
    assert pack.city.departments[0].name.zh == "市科技局"


def test_what_became_nothing_is_listed(drafted: drafting.Draft) -> None:
    assert [(one.paragraph, one.text) for one in drafted.remainder] == [("4.2", "本年度安排专项资金3000万元。")]
    assert "本年度安排专项资金3000万元。" in drafting.remainder_text(drafted)


def test_a_draft_loads_checks_and_names_only_open_sentences(drafted: drafting.Draft, tmp_path: Path) -> None:
    drafting.write(drafted, tmp_path / "pack")
    report = check_folder(tmp_path / "pack")
    assert {problem.code for problem in report.problems} == {"uncovered"}
    assert report.cases == 10
    assert sum(note.code == "draft" for note in report.notes) == len(
        [*drafted.pack.measures, *drafted.pack.targets, *drafted.pack.tasks]
    )


def test_a_draft_holds_no_sentence_of_the_document(drafted: drafting.Draft) -> None:
    held = drafted.pack.model_dump_json()
    for sentence in reading.read(TEXT.read_text(encoding="utf-8")).sentences:
        assert sentence.text not in held


@pytest.mark.parametrize(
    ("measure", "raw", "amount"),
    [
        ("measure-2.1.1-1", {"首次通过认定的高新技术企业": True}, "200000"),
        (
            "measure-2.2.1-1",
            {"年营业收入": "5000万元", "建有省级研发机构的企业": True, "研发费用": "12345678.90"},
            "617283.95",
        ),
        (
            "measure-2.2.1-1",
            {"年营业收入": "6000万元", "建有省级研发机构的企业": True, "研发费用": "3000万元"},
            "1000000",
        ),
        ("measure-2.3.1-1", {"新认定的国家级省级市级科技企业孵化器": True, "档次_2_3_1_1": "省级"}, "1000000"),
    ],
)
def test_drafted_measures_compute(drafted: drafting.Draft, measure: str, raw: dict[str, Any], amount: str) -> None:
    rules = compile_pack(drafted.pack)
    known, errors = parse_facts(raw, rules.catalogue)
    assert errors == []
    result = explain(rules.measures[measure], known, dt.date(2032, 1, 1), rules.catalogue)
    assert (result.status, result.amount) == ("yes", Decimal(amount))


def test_a_threshold_is_not_met_just_below(drafted: drafting.Draft) -> None:
    rules = compile_pack(drafted.pack)
    known, _ = parse_facts({"年营业收入": "49999999.99", "建有省级研发机构的企业": True}, rules.catalogue)
    assert explain(rules.measures["measure-2.2.1-1"], known, dt.date(2032, 1, 1), rules.catalogue).status == "no"


@pytest.mark.parametrize(
    ("condition", "tests"),
    [
        ("年销售额达到1亿元", ["年销售额 >= 100000000"]),
        ("营业收入超过2000万元的企业", ["营业收入 > 20000000"]),
        ("服务企业50家以上，且已在本市注册", ["服务企业数 >= 50", "已在本市注册"]),
        ("研发投入占比不低于6%", ["研发投入占比 >= 0.06"]),
        ("职工不超过300人", ["职工数 <= 300"]),
        ("注册（含迁入）满一年的", ["注册满一年"]),
        ("业务收入比上年度增加20%", ["业务收入比上年度增加20"]),
    ],
)
def test_conditions_become_tests(condition: str, tests: list[str]) -> None:
    found = propose_tests(condition, "enterprise", "一", "1_1", FactBook())
    assert [test.test for test in found] == tests


@pytest.mark.parametrize(
    ("fields", "amount_is", "amount"),
    [
        ({"kind": "fixed", "cap_yuan": "2000000"}, "stated", "min(核定金额, cap)"),
        ({"kind": "per_unit", "amount_yuan": "5000", "base": "每件"}, "stated", "件数 * yuan(amount)"),
        ({"kind": "per_unit", "amount_yuan": "5000", "base": "每家"}, "stated", "amount"),
        ({"kind": "rate", "rate": "0.05", "rate_max": "0.2", "base": "设备投资"}, "stated", "half_up(设备投资 * rate)"),
        ({"kind": "other"}, "unstated", None),
        ({"kind": "rate", "base": "贡献", "refers_to": "第5条"}, "delegated", None),
    ],
)
def test_amounts_are_proposed_only_where_the_text_gives_them(
    fields: dict[str, Any], amount_is: str, amount: str | None
) -> None:
    rule = rule_of(fields, "1_1", "一第1段第1句", FactBook())
    assert (rule.amount_is, rule.amount) == (amount_is, amount)


def test_tiers_by_how_much_there_is_become_a_ladder() -> None:
    text = "云河市措施\n\n一、奖励\n对年营业收入首次达到5000万元、1亿元的企业，分别给予5万元、10万元奖励。\n"
    pack = drafting.draft(text, Head(issued=dt.date(2031, 1, 1))).pack
    assert pack.measures[0].amount == "tiers(年营业收入, (50000000, amount_1), (100000000, amount_2))"
    assert [c.test for c in pack.measures[0].applies] == ["年营业收入 >= 50000000"]
    rules = compile_pack(pack)
    for sales, status, amount in (("4999万元", "no", None), ("5000万元", "yes", 50000), ("3亿元", "yes", 100000)):
        known, _ = parse_facts({"年营业收入": sales}, rules.catalogue)
        result = explain(rules.measures["measure-1.1-1"], known, dt.date(2031, 6, 1), rules.catalogue)
        assert result.status == status
        assert amount is None or result.amount == amount


@pytest.mark.parametrize(
    ("condition", "labels", "noun"),
    [
        ("服务企业达到50家、100家的机构", ["50家", "100家"], "服务企业数"),
        ("设备投资达到100万元、500万元", ["100万元", "500万元"], "设备投资"),
        ("首次认定为5000万元、1亿元税收楼", ["5000万元", "1亿元"], None),
        ("设备投资达到500万元、100万元", ["500万元", "100万元"], None),
        ("国家级、省级", ["国家级", "省级"], None),
    ],
)
def test_ladders_are_read_only_where_they_are_clear(condition: str, labels: list[str], noun: str | None) -> None:
    found = ladder_of(condition, labels, "enterprise")
    assert (found.fact["id"] if found else None) == noun


def test_a_range_of_rates_stays_a_question() -> None:
    rule = rule_of(
        {"kind": "rate", "rate": "0.05", "rate_max": "0.2", "base": "投资额", "cap_yuan": "500000"},
        "1",
        "一",
        FactBook(),
    )
    assert [(a["id"], a.get("shown")) for a in rule.ambiguities] == [("which-rate", "lowest"), ("cap-per", None)]
    assert rule.ambiguities[0]["readings"][1]["amount"] == "min(half_up(投资额 * rate_max), cap)"


def test_one_name_means_one_thing() -> None:
    book = FactBook()
    assert book.add({"id": "投资", "type": "money", "entity": "enterprise", "unit": "元"}) == "投资"
    assert book.add({"id": "投资", "type": "boolean", "entity": "enterprise"}) == "投资_2"
    assert book.add({"id": "投资", "type": "money", "entity": "enterprise", "unit": "元"}) == "投资"


def test_words_of_an_amount_are_exact() -> None:
    assert in_words({"kind": "rate", "rate": "0.0125", "base": "研发费用", "cap_yuan": "123456.78"}) == {
        "zh": "研发费用的 1.25%，最高 12.345678 万元",
        "en": "1.25% of R&D expense; at most 123,456.78 yuan",
    }


@pytest.mark.parametrize(
    ("who", "subject"), [("高层次人才", "person"), ("科技企业孵化器", "institution"), ("规上企业", "enterprise")]
)
def test_the_subject_follows_the_beneficiary(who: str, subject: str) -> None:
    assert subject_of(who) == subject


def test_what_a_person_wrote_stays_and_headings_are_not_lost() -> None:
    read = reading.read(TEXT.read_text(encoding="utf-8"))
    fields = {"kind": "fixed", "amount_yuan": "1", "title": {"zh": "我的题目"}, "beneficiary": "企业"}
    at = read.text.index("给予一次性奖励")
    head = read.text.index("一、发展目标")
    made = drafting.assemble(
        read, [Item("measure", at, at + 5, "2.1", fields, "confirmed"), Item("measure", head, head + 1, "1", {})]
    )
    assert (made.pack.measures[0].title.zh, made.pack.measures[0].status) == ("我的题目", "confirmed")
    assert [item.start for item in made.unplaced] == [head]


def test_the_command_writes_a_pack_and_never_overwrites(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new"
    assert cli.main(["pack", "draft", str(TEXT), "--out", str(out), "--code", "990100", "--lang", "en"]) == 0
    assert "5 measures (5 with an amount expression), 2 targets" in capsys.readouterr().out
    assert (out / "remainder.md").is_file()
    assert cli.main(["pack", "draft", str(TEXT), "--out", str(out)]) == 1
    assert "不是空的" in capsys.readouterr().err
    assert cli.main(["pack", "draft", str(tmp_path / "no.txt"), "--out", str(tmp_path / "x")]) == 1
    assert cli.main(["pack", "draft", str(TEXT), "--out", str(tmp_path / "y"), "--id", "Not A Slug"]) == 1
    assert "小写字母" in capsys.readouterr().err
    assert cli.main(["pack", "draft", str(TEXT), "--out", str(tmp_path / "y"), "--code", "12", "--lang", "en"]) == 1
    assert "no division code" in capsys.readouterr().err
    assert not (tmp_path / "y").exists()


@given(st.text(max_size=200))
def test_any_text_gives_a_loadable_draft(text: str) -> None:
    made = drafting.draft(text, Head(issued=dt.date(2024, 1, 1)))
    assert made.pack.documents[0].issued == dt.date(2024, 1, 1)


def test_every_reference_document_gives_a_draft_that_checks(shared: Path) -> None:
    for path in sorted((shared / "policies").glob("*.txt")):
        made = drafting.draft(reading.load(path))
        codes = {problem.code for problem in check(made.pack).problems}
        assert codes <= {"uncovered"}, path.name


def test_layers_are_computed_layer_by_layer() -> None:
    text = "测试市的措施\n\n一、措施\n对年度研发投入500万元以内的部分按10%给予补助，500万元以上的部分按5%给予补助。\n"
    drafted = drafting.draft(text)
    (measure,) = drafted.pack.measures
    assert measure.amount == "half_up(marginal(年度研发投入, (0, rate_1), (5000000, rate_2)))"
    rules = compile_pack(drafted.pack)
    raw: dict[str, Any] = {"年度研发投入": "8000000", **{c.test: True for c in measure.applies}}
    known, errors = parse_facts(raw, rules.catalogue)
    assert errors == []
    result = explain(rules.measures[measure.id], known, measure.effective.from_, rules.catalogue)
    assert result.amount == Decimal("650000")  # 500,000 of the first five million, 150,000 of the other three
