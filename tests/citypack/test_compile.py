"""A pack's measures in the records of the engine."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from kechuang.citypack import Pack, check, from_json, to_json
from kechuang.citypack.compile import compile_pack, rules
from kechuang.citypack.models import Case, Fact
from kechuang.measures import ClauseRef, explain, parse_facts

ON = dt.date(2031, 3, 1)
FACTS = {
    "技术合同交易额": "12,345,678.90",
    "受让方类型": "企业",
    "出让方类型": "高校",
    "在本市转化": "是",
    "合同已登记": "是",
    "本年已获成果补助": "120000",
}


def test_everything_of_a_measure_arrives(pack: Pack) -> None:
    made = rules(pack).measures["results-subsidy"]
    assert made.source == ClauseRef("3.1.1", 1, None)
    assert (made.effective_from, made.effective_to) == (dt.date(2030, 7, 1), dt.date(2035, 6, 30))
    cap = made.parameter("cap")
    assert cap is not None
    assert (cap.on(ON), cap.title and cap.title.en) == (Decimal("300000.00"), "Cap per enterprise and year")
    assert [(c.origin, c.decided_by) for c in made.applies][-1] == ("assumption", None)
    assert made.applies[-1].source == ClauseRef("3.1.1", 2, None)
    assert [r.id for r in made.ambiguities[0].readings] == ["invoice", "site-visit"]
    told = [s.sha256 for c in pack.documents[0].clauses for p in c.paragraphs if p.id == "3.1.1" for s in p.sentences]
    assert [made.source.sha256, made.applies[-1].source.sha256] == told[:2]
    housing = rules(pack).measures["talent-housing"]
    assert housing.delegated_to is not None
    assert housing.delegated_to.number == "示政发〔2030〕7号"
    fact = rules(pack).catalogue["实验室级别"]
    assert [value.value for value in fact.values] == ["市级", "省级", "国家级"]


def test_a_fact_that_nobody_can_change(pack: Pack) -> None:
    facts = [record.model_copy(update={"changeable": record.id != "合同已登记"}) for record in pack.facts]
    made = compile_pack(pack.model_copy(update={"facts": facts})).catalogue
    assert (made["合同已登记"].changeable, made["在本市转化"].changeable) == (False, True)


def test_the_cap_bites_on_what_is_left_of_the_year(pack: Pack) -> None:
    compiled = compile_pack(pack)
    facts, errors = parse_facts(FACTS, compiled.catalogue)
    assert errors == []
    result = explain(compiled.measures["results-subsidy"], facts, ON, compiled.catalogue)
    # 3 % of 5,000,000 and 1 % of 7,345,678.90 are 223,456.79 together; 180,000.00 are left of the year's cap.
    assert (result.status, result.amount) == ("yes", Decimal("180000.00"))
    assert any(step.bit for step in result.steps)


def test_rules_are_made_once_per_pack_object(pack: Pack) -> None:
    assert rules(pack) is rules(pack)
    again = from_json(to_json(pack))
    assert rules(again) is not rules(pack)
    assert rules(again).measures == rules(pack).measures


def with_contracts(pack: Pack, **changed: object) -> Pack:
    """The example city with a list of contracts, and a measure that adds them up."""
    listed = {
        "id": "本年合同", "en": "contracts of the year", "entity": "enterprise", "type": "relation", "unit": "份",
        "elements": ["技术合同交易额", "合同已登记"], "origin": {"kind": "relation", "path": "enterprise.contracts"},
        "ask": {"zh": "本年有哪些合同？", "en": "Which contracts this year?"}, **changed,
    }  # fmt: skip
    case = {
        "title": {"zh": "两份合同", "en": "two contracts"}, "on": "2031-03-01", "expect": {"status": "yes", "amount": "70"},
        "facts": {"本年合同": [{"技术合同交易额": "1000", "合同已登记": True}, {"技术合同交易额": "2000", "合同已登记": None}]},
    }  # fmt: skip
    measures = [
        record.model_copy(
            update={
                "amount": "sum(本年合同, half_up(技术合同交易额 * 0.03))",
                "applies": [],
                "ambiguities": [],
                "cases": [Case.model_validate(case)],
            }
        )
        if record.id == "results-subsidy"
        else record
        for record in pack.measures
    ]
    return pack.model_copy(update={"facts": [*pack.facts, Fact.model_validate(listed)], "measures": measures})


def test_a_relation_of_the_catalogue(pack: Pack) -> None:
    found = [p for p in check(with_contracts(pack)).problems if p.code in ("case", "expression", "fact")]
    assert [(p.code, "90.00" in p.what.zh) for p in found] == [("case", True)]  # 3 % of 3,000 yuan, the case says 70
    undeclared = check(with_contracts(pack, elements=["技术合同交易", "合同已登记"])).problems
    assert any("没有声明事实“技术合同交易”" in p.what.zh for p in undeclared)
    unnamed = check(with_contracts(pack, id="去年合同")).problems
    assert any("没有叫“本年合同”的明细；是不是“去年合同”？" in p.what.zh for p in unnamed)
    unused = {p.where for p in check(with_contracts(pack)).notes if p.code == "unused"}
    assert unused.isdisjoint({"本年合同", "技术合同交易额", "合同已登记"})
