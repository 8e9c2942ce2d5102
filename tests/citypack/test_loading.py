"""Loading: the example city, and every kind of fault at its exact file and line."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from kechuang.citypack import Pack, PackError, Problem, load

Change = Callable[[str, str, str], int]


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(PackError) as caught:
        load(folder)
    return list(caught.value.problems)


def test_the_example_city_loads(pack: Pack) -> None:
    assert pack.city.name.zh == "示例市"
    assert pack.city.invented is True
    assert [document.number for document in pack.documents] == ["示政发〔2030〕12号"]
    assert {kind: len(getattr(pack, kind)) for kind in Pack.model_fields if kind != "city"} == {
        "documents": 1,
        "facts": 10,
        "indicators": 5,
        "targets": 5,
        "measures": 4,
        "cumulation": 2,
        "budgets": 1,
        "tasks": 7,
        "services": 5,
        "industries": 2,
        "sources": 2,
        "observations": 11,
    }
    subsidy = pack.measures[0]
    assert list(subsidy.parameters["lower_rate"].values()) == [Decimal("0.03")]
    assert pack.observations[3].value == Decimal("2.21")
    assert pack.sources[0].url is None


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "where"),
    [
        ("measures.yaml", "  instrument: PI022", "  instrumant: PI022", "unknown_field", "laboratory-award.instrumant"),
        ("measures.yaml", "instrument: PI022", "instrument: PI7", "pattern", "laboratory-award.instrument"),
        ("measures.yaml", "amount_is: delegated", "amount_is: delegeted", "not_allowed", "talent-housing.amount_is"),
        ("measures.yaml", 'municipal: {2030-07-01: "100000.00"}', "municipal: {2030-07-01: 100000.00}", "float", None),
        ("targets.yaml", "title: {zh: 研发投入强度, en: R&D intensity}", "title: {zh: 研发投入强度}", "missing", "rd-share.title.en"),
        ("targets.yaml", "title: {zh: 研发投入强度, en: R&D intensity}", "title: {zh: 甲, en: R, D}", "unquoted_comma", "rd-share.title.D"),
        ("targets.yaml", 'unit: "%"', "unit: [a]", "type", "rd-share.unit"),
        ("tasks.yaml", "deadline: 2030-12-31", "deadline: 2030-13-31", "type", "county-reports.deadline"),
        ("services.yaml", "main: true", "main: perhaps", "type", "resource-sharing.main"),
        ("services.yaml", "kind: zone", "kind: [zone", "yaml", None),
        ("facts.yaml", "  cost: 3", "  cost: 30", "range", "在本市转化.cost"),
        ("city.yaml", "mark: 示", "mark: 示例市", "length", "theme.mark"),
        ("city.yaml", 'version: "2030.1"', 'version: "2030.1"\nversion: x', "duplicate_key", "version"),
        ("industries.yaml", "group: agriculture", "group: ", "not_allowed", "mountain-farming.group"),
        ("tasks.yaml", 'sources: [{clause: "4.7.1", span: 1}]', "sources: []", "empty", "fund-evaluation.sources"),
        ("data/observations.csv", "999900,rd_intensity,2028,1.84,%", "999900,rd_intensity,28,1.84,%", "range", "year"),
        ("data/observations.csv", "2028,1.84,%", "2028,1.84e5,%", "type", "value"),
        ("data/observations.csv", "2028,1.84,%", "2028,NaN,%", "type", "value"),
        ("targets.yaml", 'value: "200"', 'value: "1,200"', "type", "hightech-firms.value"),
        ("targets.yaml", 'value: "200"', "value: true", "type", "hightech-firms.value"),
        ("data/observations.csv", "2028,1.84,%", "2028,about 2,%", "type", "value"),
        ("data/observations.csv", "2028,1.84,%,invented-a,演示数据", "2028,1.84,%,a,b,c", "cells", ""),
        ("data/sources.csv", "id,title,url", "id,title,link", "header", ""),
    ],
)  # fmt: skip
def test_a_fault_is_placed_at_its_line(
    folder: Path, change: Change, file: str, old: str, new: str, code: str, where: str | None
) -> None:
    line = change(file, old, new)
    found = problems(folder)
    assert len(found) == 1, found
    problem = found[0]
    assert (problem.code, problem.file) == (code, file)
    if code == "yaml":
        assert problem.line in (line, line + 1)  # the parser notices an open bracket at the next line
    elif code == "duplicate_key":
        assert problem.line == line + 1
    else:
        assert problem.line == line
    if where is not None:
        assert problem.where == where
    for words in (problem.what, problem.mend):
        assert words.zh and words.en and words.zh != words.en


def test_a_misspelt_field_is_named_with_its_neighbour(folder: Path, change: Change) -> None:
    change("measures.yaml", "  instrument: PI022", "  instrumant: PI022")
    problem = problems(folder)[0]
    assert problem.what.zh == "没有“instrumant”这个字段"
    assert problem.mend.en == 'did you mean "instrument"?'


def test_all_files_are_reported_at_once(folder: Path, change: Change) -> None:
    one = change("tasks.yaml", "- id: firm-pipeline", "- id: Firm Pipeline")
    two = change("targets.yaml", "kind: qualitative", "kind: qualitativ")
    assert [(p.file, p.line) for p in problems(folder)] == [("targets.yaml", two), ("tasks.yaml", one)]


def test_an_id_used_twice_is_refused(folder: Path, change: Change) -> None:
    line = change("tasks.yaml", "- id: firm-pipeline", "- id: register-contracts")
    problem = problems(folder)[0]
    assert (problem.code, problem.file, problem.line) == ("duplicate_id", "tasks.yaml", line)
    assert "first at tasks.yaml:2" in problem.what.en


def test_an_unknown_file_is_refused_and_other_folders_are_left_alone(folder: Path) -> None:
    (folder / "measure.yaml").write_text("[]", encoding="utf-8")
    (folder / "texts" / "notes.yaml").write_text("x: 1", encoding="utf-8")
    assert [(p.code, p.file) for p in problems(folder)] == [("unknown_file", "measure.yaml")]


def test_a_folder_that_is_no_pack(tmp_path: Path) -> None:
    assert [p.code for p in problems(tmp_path)] == ["no_pack"]
    assert [p.code for p in problems(tmp_path / "nowhere")] == ["no_pack"]


def test_a_pack_without_documents(folder: Path) -> None:
    (folder / "documents" / "shili-2030-12.yaml").unlink()
    assert [p.code for p in problems(folder)] == ["no_document"]


def test_optional_files_may_be_left_out(folder: Path) -> None:
    for name in ("services.yaml", "data/observations.csv", "industries.yaml"):
        (folder / name).unlink()
    (folder / "tasks.yaml").write_text("# nothing yet\n", encoding="utf-8")
    pack = load(folder)
    assert (pack.services, pack.observations, pack.industries, pack.tasks) == ([], [], [], [])


def test_whole_numbers_may_stand_where_texts_are_meant(folder: Path, change: Change) -> None:
    change("industries.yaml", 'gbt4754: ["3983"]', "gbt4754: [3983]")
    assert load(folder).industries[0].gbt4754 == ["3983"]


def test_the_message_is_readable_in_both_languages(folder: Path, change: Change) -> None:
    line = change("facts.yaml", "  cost: 3", "  cost: 30")
    with pytest.raises(PackError) as caught:
        load(folder)
    assert caught.value.as_text("en") == (
        f'The pack has 1 problem(s):\nfacts.yaml:{line} [在本市转化.cost] "cost" is 30, out of range\n    mend: it must be ≤ 9'
    )
    assert str(caught.value) == (
        f"城市包有 1 处问题：\nfacts.yaml:{line} [在本市转化.cost] “cost”是 30，超出范围\n    改法：要 ≤ 9"
    )
