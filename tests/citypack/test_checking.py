"""Checks between records: references, double entry, numbering, and coverage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kechuang.citypack import Pack, Report, check, check_folder, from_json, load, to_json
from kechuang.citypack.layout import KINDS

from .conftest import SHILI

Change = Callable[[str, str, str], int]

ITEMS = [(key, item.id) for key in KINDS.values() for item in getattr(load(SHILI), key)]


def test_the_example_city_is_in_order_and_fully_covered(pack: Pack) -> None:
    report = check(pack, SHILI)
    assert report.problems == ()
    assert report.ok
    assert (report.coverage.sentences, report.coverage.covered, str(report.coverage.percent)) == (23, 23, "100")
    assert report.coverage.items == {"target": 5, "measure": 4, "task": 7, "service": 5, "industry": 2, "statement": 6}
    assert (report.cases, report.open_questions, report.open_assumptions) == (21, 1, 1)


def test_coverage_by_clause(pack: Pack) -> None:
    rows = {row.clause: row for row in check(pack).coverage.rows}
    assert rows["2"].counts == {"target": 5, "statement": 2}
    assert (rows["2"].sentences, rows["2"].covered) == (5, 5)
    assert rows["3.5"].counts == {"industry": 2, "task": 1, "service": 2}
    assert rows["3"].sentences == 0


@pytest.mark.parametrize(("key", "item"), ITEMS, ids=[f"{key}-{item}" for key, item in ITEMS])
def test_removing_any_item_is_noticed_at_its_sentence(pack: Pack, key: str, item: str) -> None:
    kind = next(kind for kind, name in KINDS.items() if name == key)
    gone = next(record for record in getattr(pack, key) if record.id == item)
    source = gone.source if hasattr(gone, "source") else gone.sources[0]
    smaller = pack.model_copy(update={key: [record for record in getattr(pack, key) if record.id != item]})
    report = check(smaller, SHILI)
    found = [p for p in report.problems if p.code == "no_item"]
    assert found, report.as_text("en")
    label = next(
        clause.label
        for clause in pack.documents[0].clauses
        for paragraph in clause.paragraphs
        if paragraph.id == source.clause
    )
    number = source.clause.rsplit(".", 1)[-1]
    problem = found[0]
    assert f"{label}第 {number} 段第 {source.span} 句（{source.clause}）" in problem.what.zh
    assert f'there is no item "{kind}:{item}"' in problem.what.en
    assert problem.file == "documents/shili-2030-12.yaml"
    text = (SHILI / problem.file).read_text(encoding="utf-8").splitlines()
    assert problem.line == next(i for i, line in enumerate(text, 1) if f'"{source.clause}"' in line) + 2 + 6 * (
        source.span - 1
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('becomes: ["task:county-reports"]', "becomes: []", "uncovered", "四（六）第 1 段第 2 句（4.6.1）没有归类"),
        (
            'becomes: ["task:county-reports"]',
            'becomes: ["task:county-reports"]\n            statement: {kind: vision, reason: {zh: 甲, en: a}}',
            "covered_twice",
            "四（六）第 1 段第 2 句（4.6.1）既有 becomes 又有 statement",
        ),
        (
            'becomes: ["task:county-reports"]',
            'becomes: ["task:leading-group"]',
            "no_counter_entry",
            "四（六）第 1 段第 2 句（4.6.1）归为 task:leading-group，而它的 source 不指向这一句",
        ),
        (
            'becomes: ["task:county-reports"]',
            'becomes: ["task:county-report"]',
            "no_item",
            "四（六）第 1 段第 2 句（4.6.1）：没有条目“task:county-report”",
        ),
    ],
)
def test_double_entry(folder: Path, change: Change, old: str, new: str, code: str, words: str) -> None:
    change("documents/shili-2030-12.yaml", old, new)
    problems = check_folder(folder).problems
    assert (code, words) in [(p.code, p.what.zh) for p in problems]


def test_an_item_that_its_sentence_does_not_name(folder: Path, change: Change) -> None:
    change("documents/shili-2030-12.yaml", 'becomes: ["task:county-reports"]', "becomes: []")
    item = next(p for p in check_folder(folder).problems if p.code == "no_counter_entry")
    assert (item.file, item.where) == ("tasks.yaml", "county-reports")
    assert item.mend.en == "add task:county-reports to becomes of that sentence"


def test_an_uncovered_sentence_lowers_the_coverage(folder: Path, change: Change) -> None:
    change("documents/shili-2030-12.yaml", 'becomes: ["task:county-reports"]', "becomes: []")
    coverage = check_folder(folder).coverage
    assert (coverage.covered, str(coverage.percent)) == (22, "95.7")


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "where"),
    [
        ("tasks.yaml", "departments: [{id: finance, basis: named}]", "departments: [{id: finanse, basis: named}]", "dangling", "fund-evaluation.departments.0.id"),
        ("targets.yaml", "indicator: hightech_firms", "indicator: hightech_firm", "dangling", "hightech-firms.indicator"),
        ("targets.yaml", "nested_in: hightech-firms", "nested_in: hightech-manufacturers", "dangling", "hightech-manufacturers.nested_in"),
        ("targets.yaml", "right: revenue_growth", "right: revenue", "dangling", "fiscal-growth.relation.right"),
        ("targets.yaml", '  value: "120"\n', "", "target", "hightech-manufacturers.value"),
        ("measures.yaml", 'source: {clause: "3.4.1", span: 1}', 'source: {clause: "3.4.7", span: 1}', "dangling", "talent-housing.source.clause"),
        ("measures.yaml", 'source: {clause: "3.4.1", span: 1}', 'source: {clause: "3.4.1", span: 9}', "dangling", "talent-housing.source.span"),
        ("measures.yaml", 'source: {clause: "3.4.1", span: 1}', 'source: {document: x, clause: "3.4.1", span: 1}', "dangling", "talent-housing.source.document"),
        ("measures.yaml", "  amount_is: unstated\n", '  amount_is: unstated\n  amount: "1"\n', "measure", "hightech-award.amount"),
        ("measures.yaml", "  amount_is: unstated\n", "  amount_is: delegated\n", "measure", "hightech-award.delegated_to"),
        ("measures.yaml", "        - {id: invoice,", "        - {id: site-visit-2,", None, ""),
        ("city.yaml", "fiscal_st_growth]", "fiscal_growth]", "dangling", "home_figures.2"),
        ("city.yaml", 'platforms_clause: "4.8"', 'platforms_clause: "4.9"', "dangling", "platforms_clause"),
        ("city.yaml", 'code: "999921"', 'code: "998821"', "code", "998821"),
        ("city.yaml", 'code: "998800"', 'code: "100000"', "code", "100000"),
        ("targets.yaml", "deadline: 2035-12-31\n  note", "deadline: 2029-12-31\n  note", "target", "science-literacy.deadline"),
        ("targets.yaml", 'unit: "%"', "unit: 万元", "target", "rd-share.unit"),
        ("measures.yaml", "effective: {from: 2030-07-01, to: 2035-06-30}\n  parameters:\n    municipal", "effective: {from: 2020-07-01, to: 2035-06-30}\n  parameters:\n    municipal", "measure", "laboratory-award.effective.from"),
        ("data/observations.csv", "2028,1.84,%", "2028,1.84,亿元", "unit", "rd_intensity"),
        ("indicators.yaml", "holder: statistics", "holder: census", "dangling", "rd_intensity.holder"),
        ("indicators.yaml", "holder: statistics", "holder: statistics\n  formula: rd_money / gdp", "indicator", "rd_intensity.formula"),
        ("indicators.yaml", "holder: statistics", "holder: statistics\n  formula: hightech_firms / revenue_growth", "indicator", "rd_intensity.formula"),
        ("industries.yaml", "ipc: [A01B, A01G]", "ipc: [A01B, Z99]", "code", "mountain-farming.ipc"),
        ("industries.yaml", "gbt4754: [A01]", "gbt4754: [农业]", "code", "mountain-farming.gbt4754"),
        ("facts.yaml", "- id: 在本市转化", "- id: 在本市 转化", "fact", "在本市 转化"),
        ("data/observations.csv", "998800,rd_intensity,2030,2.50,%", "998801,rd_intensity,2030,2.50,%", "dangling", "region"),
        ("data/observations.csv", "998800,rd_intensity,2030,2.50,%", "998800,rd,2030,2.50,%", "dangling", "indicator"),
        ("data/observations.csv", "2028,1.84,%,invented-a", "2028,1.84,%,invented-c", "dangling", "source"),
        ("documents/shili-2030-12.yaml", "  - id: \"2\"\n", "  - id: \"1\"\n", "duplicate_id", "1"),
        ("documents/shili-2030-12.yaml", '    parent: "4"\n    paragraphs:\n      - id: "4.7.1"', '    parent: "5"\n    paragraphs:\n      - id: "4.7.1"', "dangling", "4.7"),
        ("documents/shili-2030-12.yaml", '- id: "4.7.1"', '- id: "4.6.9"', "order", "4.6.9"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_names_file_and_line(
    folder: Path, change: Change, file: str, old: str, new: str, code: str | None, where: str | None
) -> None:
    line = change(file, old, new)
    report = check_folder(folder)
    if code is None:  # a harmless change stays harmless
        assert report.problems == ()
        return
    found = [p for p in report.problems if p.code == code and where in (None, p.where)]
    assert found, report.as_text("en")
    problem = found[0]
    for words in (problem.what, problem.mend):
        assert words.zh and words.en
    if where is None:
        return
    assert problem.file == file
    text = (folder / file).read_text(encoding="utf-8").splitlines()
    item_start = max([i for i, t in enumerate(text, 1) if i <= line and t.startswith("- id:")], default=1)
    assert item_start <= problem.line <= line + 3


def test_overlapping_or_misnumbered_sentences(pack: Pack) -> None:
    raw: dict[str, Any] = pack.model_dump(mode="json", by_alias=True)
    sentences = raw["documents"][0]["clauses"][1]["paragraphs"][0]["sentences"]
    sentences[1]["start"] = sentences[0]["start"]
    sentences[1]["n"] = 3
    report = check(Pack.model_validate(raw))
    assert [(p.code, p.where) for p in report.problems] == [("order", "1.1.3"), ("order", "1.1.3")]
    assert {p.line for p in report.problems} == {0}  # a release from a database has no lines


def test_a_broken_pack_gives_a_report_too(folder: Path, change: Change) -> None:
    line = change("tasks.yaml", "deadline: 2030-12-31", "deadline: someday")
    report = check_folder(folder)
    assert not report.ok
    assert [(p.file, p.line) for p in report.problems] == [("tasks.yaml", line)]
    assert "tasks.yaml" in report.as_text("zh")


def test_the_report_as_json_and_text(pack: Pack) -> None:
    report: Report = check(pack)
    value = report.to_dict()
    assert (value["ok"], value["problems"], value["coverage"]["percent"]) == (True, [], "100")
    assert "覆盖 100 %：23 句中 23 句已归类。" in report.as_text("zh")
    assert "Coverage 100 %: 23 of 23 sentences." in report.as_text("en")


def test_a_pack_from_json_checks_like_the_folder(pack: Pack) -> None:
    assert check(from_json(to_json(pack))).problems == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "where", "words"),
    [
        ("test: 首次认定高新技术企业,", "test: 首次认定高新企业,", "expression", "hightech-award.applies[0].test", "首次认定高新技术企业"),
        ("test: 首次认定高新技术企业,", 'test: 认定日期 + 1 > 0,', "expression", "hightech-award.applies[0].test", "第 1 个字"),
        ('test: 受让方类型 == "企业"', 'test: 受让方类型 == "公司"', "expression", "results-subsidy.applies[0].test", "可选的值"),
        ("amount: max(min(half_up(", "amount: max(min((", "expression", "results-subsidy.amount", "half_up"),
        ('expect: {status: yes, amount: "180000.00", bit: false}', 'expect: {status: yes, amount: "180000.01", bit: false}', "case", "results-subsidy.cases[0]", "amount 应为 180000.01，算得 180000.00"),
        ('expect: {status: yes, amount: "300000.00", bit: true}', 'expect: {status: yes, amount: "300000.00", bit: false}', "case", "results-subsidy.cases[1]", "bit 应为 False，算得 True"),
        ("missing: [在本市转化]", "missing: [合同已登记]", "case", "results-subsidy.cases[2]", "missing 应为 合同已登记，算得 在本市转化"),
        ("facts: {全职引进: true}", "facts: {全职: true}", "case", "talent-housing.cases[0]", "没有叫“全职”的事实"),
        ("upper_rate: {2030-07-01: \"0.01\"}", "upper_rate: {2030-07-01: \"0.02\"}", "case", "results-subsidy.cases[0]", "amount 应为 180000.00，算得 210000.00"),
    ],
)  # fmt: skip
def test_rules_and_cases(folder: Path, change: Change, old: str, new: str, code: str, where: str, words: str) -> None:
    line = change("measures.yaml", old, new)
    report = check_folder(folder)
    problem = next((p for p in report.problems if (p.code, p.where) == (code, where)), None)
    assert problem is not None, report.as_text("zh")
    assert words in problem.what.zh
    if "upper_rate" not in old:
        assert (problem.file, problem.line) == ("measures.yaml", line)
    assert not report.ok


def test_two_documents(pack: Pack) -> None:
    raw: dict[str, Any] = pack.model_dump(mode="json", by_alias=True)
    second = {**raw["documents"][0], "id": "shili-2031-1", "number": "示政发〔2031〕1号"}
    second["clauses"] = [clause for clause in second["clauses"] if clause["id"] in ("0", "1")]
    raw["documents"].append(second)
    unnamed = check(Pack.model_validate(raw))
    assert {p.what.en for p in unnamed.problems if p.code == "dangling"} == {
        "the pack has several documents and none is named"
    }
    for key in ("targets", "measures", "cumulation", "budgets"):
        for item in raw[key]:
            item["source"]["document"] = "shili-2030-12"
            for condition in item.get("applies", []):
                if condition["source"] is not None:
                    condition["source"]["document"] = "shili-2030-12"
    for key in ("tasks", "services", "industries"):
        for item in raw[key]:
            item["sources"][0]["document"] = "shili-2030-12"
    named = check(Pack.model_validate(raw))
    assert named.problems == ()
    assert [row.document for row in named.coverage.rows][-3:] == ["shili-2030-12", "shili-2031-1", "shili-2031-1"]


def test_notes_do_not_fail_the_check(folder: Path, change: Change) -> None:
    change(
        "measures.yaml", "    - {test: 全职引进, title: {zh: 全职引进, en: Recruited full time}, origin: text}\n", ""
    )
    change("measures.yaml", "  departments: [{id: personnel, basis: implied}]", "  status: draft")
    change(
        "measures.yaml",
        "      facts: {全职引进: false}\n      expect: {status: no}",
        "      expect: {status: delegated}",
    )
    (folder / "measures.yaml").write_text(
        (folder / "measures.yaml").read_text(encoding="utf-8").replace("  applies:\n  cases:", "  cases:"), "utf-8"
    )
    with (folder / "data/sources.csv").open("a", encoding="utf-8") as file:
        file.write("spare,演示数据,\n")
    report = check_folder(folder)
    assert report.ok, report.as_text("zh")
    found = [(note.code, note.file, note.where) for note in report.notes]
    assert found == [
        ("unused", "facts.yaml", "全职引进"),
        ("unused", "data/sources.csv", "spare"),
        ("draft", "measures.yaml", "talent-housing"),
    ]
    assert "3 条提示：" in report.as_text("zh")
    assert "data/sources.csv:4 [spare] no observation comes from this source" in report.as_text("en")


def test_the_example_city_has_nothing_to_spare(pack: Pack) -> None:
    assert check(pack).notes == ()


def test_branches_without_a_case_are_listed(folder: Path, change: Change) -> None:
    assert check_folder(folder).untested == ()
    change(
        "measures.yaml",
        "      facts: {全职引进: false}\n      expect: {status: no}",
        "      facts: {全职引进: true}\n      expect: {status: delegated}",
    )
    report = check_folder(folder)
    found = [branch.as_line("en") for branch in report.untested]
    line = next(x for x in found if "[talent-housing]" in x)
    assert line.endswith('no case covers: condition "Recruited full time" not met')
    assert report.ok and len(found) == len(report.to_dict()["untested"])
    assert f"{len(found)} 处规则没有算例走到：" in report.as_text("zh")
    place = line.partition(" ")[0].split(":")
    assert "全职引进" in (folder / place[0]).read_text(encoding="utf-8").splitlines()[int(place[1]) - 1]
