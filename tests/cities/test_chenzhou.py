"""The Chenzhou pack: whole, in its own words, and right to the fen."""

from __future__ import annotations

import csv
import datetime as dt
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from kechuang import citypack, measures, reading
from kechuang.citypack import models
from kechuang.citypack.attaching import attach
from kechuang.citypack.compile import catalogue, measure
from kechuang.indicators.units import convertible
from kechuang.measures.facts import parse_facts

ROOT = Path(__file__).resolve().parents[2] / "cities" / "chenzhou"
ITEMS = ("targets", "measures", "tasks", "services", "industries")


@pytest.fixture(scope="module")
def pack() -> citypack.Pack:
    return citypack.load(ROOT)


@pytest.fixture(scope="module")
def official(shared: Path) -> str:
    return reading.load(shared / "policies" / "chenzhou-2013-4.txt")


def test_pack_is_in_order_and_covers_every_sentence() -> None:
    report = citypack.check_folder(ROOT)
    assert [problem.as_text("en") for problem in report.problems] == []
    assert (report.coverage.covered, report.coverage.sentences) == (109, 109)
    assert report.coverage.percent == 100
    assert report.cases >= 33


def test_counts(pack: citypack.Pack) -> None:
    kinds = Counter(target.kind for target in pack.targets)
    assert kinds == {"level": 15, "relation": 1, "reference": 1, "qualitative": 1, "duty": 3}
    assert Counter(m.amount_is for m in pack.measures if m.kind == "money") == {
        "stated": 3,
        "delegated": 4,
        "unstated": 8,
    }
    assert len(pack.documents[0].clauses) == 20
    regions = Counter(region.kind for region in pack.city.regions)
    assert regions == {"city": 1, "county": 11, "peer": 13, "province": 1, "nation": 1}
    assert sum(service.main for service in pack.services) == 6
    assert Counter(i.group for i in pack.industries)["pillar"] == 4
    assert Counter(i.group for i in pack.industries)["leading"] == 3


def test_no_footer_field_is_invented(pack: citypack.Pack) -> None:
    theme = pack.city.theme
    assert {theme.host_unit, theme.operator_unit, theme.contact, theme.site_code, theme.icp, theme.police_record} == {
        None
    }


def test_every_part_of_the_mission_is_reached(pack: citypack.Pack) -> None:
    """M01 (targets), M19 (the document itself) and M20 (open data) are not duties of one department."""
    reached = {part for task in pack.tasks for part in task.mission}
    assert {f"M{n:02}" for n in range(2, 19)} <= reached
    assert "M21" in reached


def test_targets_say_what_counts_as_reached(pack: citypack.Pack) -> None:
    by_id = {target.id: target for target in pack.targets}
    rd = by_id["rd-intensity-2020"]
    assert (rd.value, rd.unit, rd.operator, rd.deadline) == (Decimal("2.5"), "%", ">=", dt.date(2020, 12, 31))
    # Surface form and meaning differ: 达到 60% is "=" in the text, and 61 % has reached it.
    assert (by_id["tech-contribution-2020"].comparator, by_id["tech-contribution-2020"].operator) == ("=", ">=")
    assert by_id["platforms-provincial"].operator == ">"
    assert by_id["platforms-provincial"].nested_in == "platforms"
    assert by_id["incubators-provincial"].nested_in == "incubators"
    assert by_id["key-firms"].deadline is None
    assert by_id["fiscal-share"].value is None and by_id["fiscal-share"].aspiration == "争取"
    assert by_id["hitech-services"].aspiration == "力争"
    relation = by_id["fiscal-growth"].relation
    assert relation is not None
    assert (relation.left, relation.right) == ("fiscal_st_expenditure_growth", "fiscal_recurring_revenue_growth")
    assert (by_id["hightech-parks"].value, by_id["hightech-parks"].value_max) == (3, 5)


def test_values_agree_with_the_list_of_targets(pack: citypack.Pack, shared: Path) -> None:
    rows = list(csv.DictReader((shared / "data" / "targets.csv").open(encoding="utf-8")))
    listed = Counter(
        (row["indicator"], row["target_value"], row["target_year"])
        for row in rows
        if row["source_title"] == "郴政发〔2013〕4号" and row["indicator"] != "other_indicators_2020"
    )
    ours = Counter(
        (t.indicator, "" if t.value is None else str(t.value), "" if t.deadline is None else str(t.deadline.year))
        for t in pack.targets
        if t.kind in ("level", "relation", "reference")
    )
    assert ours == listed
    assert sum(listed.values()) == 17


def test_register_knows_the_origin_of_every_fact(pack: citypack.Pack) -> None:
    from kechuang.web.registry.domain.facts import is_known_path

    paths = [fact.origin.path for fact in pack.facts if fact.origin.path is not None]
    assert paths
    assert [path for path in paths if not is_known_path(path)] == []
    assert all((fact.origin.kind == "question") == (fact.origin.path is None) for fact in pack.facts)


def test_empty_rows_say_whom_to_ask(pack: citypack.Pack) -> None:
    departments = {department.id for department in pack.city.departments}
    holders = {indicator.id: indicator.holder for indicator in pack.indicators}
    for target in pack.targets:
        if target.indicator is not None:
            assert holders[target.indicator] in departments


def test_observations_fit_their_indicators_and_sources(pack: citypack.Pack) -> None:
    units = {indicator.id: indicator.unit for indicator in pack.indicators}
    sources = {source.id: source for source in pack.sources}
    regions = {region.code for region in pack.city.regions}
    assert all(source.url and source.url.startswith("http") for source in sources.values())
    for observation in pack.observations:
        assert observation.region in regions
        assert convertible(observation.unit, units[observation.indicator]), observation
        assert observation.source in sources


def test_disagreements_between_sources_are_kept(pack: citypack.Pack) -> None:
    cells: dict[tuple[str, str, int], set[tuple[Decimal, str]]] = defaultdict(set)
    for o in pack.observations:
        cells[o.region, o.indicator, o.year].add((o.value, o.unit))
    growth = {value for value, _ in cells["431000", "gdp_growth_real", 2016]}
    assert growth == {Decimal("8.2"), Decimal("8.3")}


def test_doubtful_values_say_so(pack: citypack.Pack) -> None:
    rd = {o.year: o for o in pack.observations if (o.region, o.indicator) == ("431000", "rd_intensity")}
    assert {year: o.value for year, o in rd.items()} == {2020: Decimal("1.21"), 2024: Decimal("2.43")}
    assert "年份为推断" in (rd[2020].note or "")
    assert "待核实" in (rd[2024].note or "")


# ---- money ----------------------------------------------------------------------------------------

CONTRACT = {"受让方类型": "企业", "出让方类型": "高校", "受让方在本市": True, "合同已登记": True, "已转化": True}
INSTITUTION = {"依托单位在本市": True, "认定日期": "2014-06-30"}
DAY = dt.date(2014, 12, 1)


def explain(pack: citypack.Pack, measure_id: str, raw: dict[str, Any], on: dt.date = DAY) -> Any:
    facts_of_pack = catalogue(pack)
    facts, errors = parse_facts(raw, facts_of_pack)
    assert not errors
    record = next(m for m in pack.measures if m.id == measure_id)
    return measures.explain(measure(record), facts, on, facts_of_pack)


def bit(explanation: Any) -> list[dict[str, Any]]:
    return [step for step in explanation.to_dict()["steps"] if step["bit"]]


@pytest.mark.parametrize(
    ("measure_id", "value", "amount", "without_cap"),
    [
        ("receiver-subsidy", "12,345,678.90", "200000.00", "246913.58"),
        ("supplier-subsidy", "12,345,678.90", "100000.00", "123456.79"),
        ("receiver-subsidy", "1,234,567.85", "24691.36", None),
        ("supplier-subsidy", "1,234,567.85", "12345.68", None),
        ("receiver-subsidy", "10,000,000.25", "200000.00", "200000.01"),
    ],
)
def test_contract_subsidies(
    pack: citypack.Pack, measure_id: str, value: str, amount: str, without_cap: str | None
) -> None:
    result = explain(pack, measure_id, CONTRACT | {"技术合同交易额": value})
    assert (result.status, result.amount) == ("yes", Decimal(amount))
    assert [step["without_cap"] for step in bit(result)] == ([without_cap] if without_cap else [])


@pytest.mark.parametrize(("level", "amount"), [("市级", "50000.00"), ("省级", "200000.00"), ("国家级", "500000.00")])
def test_institution_awards(pack: citypack.Pack, level: str, amount: str) -> None:
    result = explain(pack, "institution-award", INSTITUTION | {"研发机构级别": level})
    assert (result.status, result.amount) == ("yes", Decimal(amount))


def test_readings_of_the_cap_stand_side_by_side(pack: citypack.Pack) -> None:
    raw = {"技术合同交易额": "12,345,678.90", "本年已获该项补助": "150,000.00", "历年已获该项补助": "180,000.00"}
    result = explain(pack, "receiver-subsidy", CONTRACT | raw).to_dict()
    amounts = {r["reading"]: r["amount"] for r in result["readings"] if r["ambiguity"] == "cap-period"}
    assert amounts == {"contract": "200000.00", "firm-year": "50000.00", "firm-lifetime": "20000.00"}


def test_upgrade_may_be_paid_as_a_difference(pack: citypack.Pack) -> None:
    raw = INSTITUTION | {"研发机构级别": "省级", "较低级别已获奖励": "50000"}
    result = explain(pack, "institution-award", raw).to_dict()
    amounts = {r["reading"]: r["amount"] for r in result["readings"] if r["ambiguity"] == "upgrade"}
    assert amounts == {"full": "200000.00", "difference": "150000.00"}


def test_unknown_conversion_is_asked_for(pack: citypack.Pack) -> None:
    raw = CONTRACT | {"技术合同交易额": "12,345,678.90", "已转化": None}
    result = explain(pack, "receiver-subsidy", raw)
    assert (result.status, result.amount, result.amount_if) == ("unknown", None, Decimal("200000.00"))
    assert [missing["fact"] for missing in result.to_dict()["missing"]] == ["已转化"]


def test_delegated_amount_names_its_document_and_is_never_zero(pack: citypack.Pack) -> None:
    raw = {"人才来源": "引进", "人才类型": "高层次", "在企事业单位工作": True}
    result = explain(pack, "talent-benefits", raw)
    assert (result.status, result.amount) == ("delegated", None)
    assert result.to_dict()["delegated_to"]["number"] == "郴发〔2010〕12号"


@pytest.mark.parametrize(
    ("day", "research", "status"),
    [
        (dt.date(2014, 6, 1), "7,199,999.99", "no"),  # 6 % of 120 million before 2016
        (dt.date(2014, 6, 1), "7,200,000.00", "unstated"),
        (dt.date(2016, 6, 1), "5,999,999.99", "no"),  # 5 % since 2016
        (dt.date(2016, 6, 1), "6,000,000.00", "unstated"),
    ],
)
def test_research_share_follows_the_edition_in_force(
    pack: citypack.Pack, day: dt.date, research: str, status: str
) -> None:
    raw = {"企业在本市": True, "上年销售收入": "40000000", "近三年销售收入": "120000000", "近三年研发费用": research}
    result = explain(pack, "rd-ratio-subsidy", raw, day)
    assert (result.status, result.amount) == (status, None)


def test_amounts_only_where_the_document_states_them(pack: citypack.Pack) -> None:
    assert {m.id for m in pack.measures if m.amount is not None} == {
        "institution-award",
        "receiver-subsidy",
        "supplier-subsidy",
    }
    assert {m.id for m in pack.measures if m.amount_is == "stated"} == {
        "institution-award",
        "receiver-subsidy",
        "supplier-subsidy",
    }


# ---- coverage, own words, official text -----------------------------------------------------------


@pytest.mark.parametrize("kind", ITEMS)
def test_removing_any_item_names_its_sentence(pack: citypack.Pack, kind: str) -> None:
    # Observations and worked cases do not bear on coverage; without them the check is quick enough to run 182 times.
    rules = [record.model_copy(update={"cases": []}) for record in pack.measures]
    lean = pack.model_copy(update={"observations": [], "measures": rules})
    items = getattr(lean, kind)
    assert items
    for item in items:
        without = lean.model_copy(update={kind: [other for other in items if other.id != item.id]})
        first = item.source if hasattr(item, "source") else item.sources[0]
        problems = citypack.check(without).problems
        assert any(item.id in problem.as_text("zh") and first.clause in problem.as_text("zh") for problem in problems)


def texts(record: object) -> Iterator[str]:
    """Every Chinese text of a record, names of official documents left out: they are names."""
    if isinstance(record, models.Text):
        yield record.zh
    elif isinstance(record, models.Delegation):
        return
    elif isinstance(record, BaseModel):
        for name in type(record).model_fields:
            if not (isinstance(record, models.Document) and name == "title"):
                yield from texts(getattr(record, name))
    elif isinstance(record, list):
        for entry in record:
            yield from texts(entry)
    elif isinstance(record, dict):
        for entry in record.values():
            yield from texts(entry)


def test_pack_is_written_in_its_own_words(pack: citypack.Pack, official: str) -> None:
    flat = re.sub(r"\s", "", official)
    # Thirteen characters are the longest name in the text (创新型郴州建设工作领导小组); anything longer is its wording.
    copied = []
    for text in texts(pack):
        own = re.sub(r"\s", "", text)
        copied += [own[i : i + 14] for i in range(len(own) - 13) if own[i : i + 14] in flat]
    assert copied == []


def test_every_sentence_agrees_with_the_official_text(pack: citypack.Pack, official: str) -> None:
    document = pack.documents[0]
    result = attach(document, official)
    assert result.ok
    assert len(result.matches) == 109
    sentences = {(p.id, s.n): s for c in document.clauses for p in c.paragraphs for s in p.sentences}
    for match in result.matches:
        sentence = sentences[match.paragraph, match.n]
        assert (match.start, match.end) == (sentence.start, sentence.end)


def test_one_changed_character_is_found(pack: citypack.Pack, official: str) -> None:
    changed = official.replace("最高不超过20万元", "最高不超过30万元")
    result = attach(pack.documents[0], changed)
    assert not result.ok
    assert [(m.label, m.paragraph, m.n) for m in result.of("differs")] == [("三（十）", "3.10.2", 2)]


def test_clauses_stand_as_in_the_annotated_text(pack: citypack.Pack, shared: Path) -> None:
    gold = json.loads((shared / "policies" / "chenzhou-2013-4.gold.json").read_text(encoding="utf-8"))
    clauses = [clause for clause in pack.documents[0].clauses if clause.id != "0"]
    assert [clause.level for clause in clauses] == [heading["level"] for heading in gold["headings"]]
    for clause, heading in zip(clauses, gold["headings"], strict=True):
        assert clause.label.endswith(heading["label"].rstrip("、"))


def test_industry_codes_exist(pack: citypack.Pack, shared: Path) -> None:
    folder = shared / "data" / "knowledge" / "taxonomies"
    known = {row["code"] for row in csv.DictReader((folder / "gbt4754_industry.csv").open(encoding="utf-8"))}
    ipc = {row["code"] for row in csv.DictReader((folder / "ipc_2026_titles.csv").open(encoding="utf-8"))}
    for industry in pack.industries:
        assert set(industry.gbt4754) <= known, industry.id
        assert set(industry.ipc) <= ipc, industry.id
        assert industry.gbt4754


def test_breaks_and_near_indicators_are_stated(pack: citypack.Pack) -> None:
    """A break of a series and a value that only looks like the target's are said where the indicator is defined."""
    by_id = {indicator.id: indicator for indicator in pack.indicators}
    assert [(b.year, b.region) for b in by_id["gdp"].breaks] == [(2017, "431000")]
    assert [(b.year, b.region) for b in by_id["hitech_va"].breaks] == [(2023, "430000")]
    assert [near.indicator for near in by_id["hitech_output"].near] == ["hitech_zone_income"]
    assert [near.indicator for near in by_id["patents_granted_per_million"].near] == ["patents_granted_ytd"]


def test_every_branch_of_every_measure_has_a_case() -> None:
    assert citypack.check_folder(ROOT).untested == ()
