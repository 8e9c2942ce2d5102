"""Instrument codes: proposed from the words of a rule, with the reason; open where the words do not tell."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kechuang.citypack import check, drafting
from kechuang.citypack.instruments import INSTRUMENTS, LEAST, propose

TEXT = Path(__file__).with_name("texts") / "yunhe-2031-5.txt"


@pytest.mark.parametrize(
    ("quote", "code", "word"),
    [
        ("对企业贷款按同期利率的50%给予贴息", "PI012", "贴息"),
        ("给予贷款利息50%的补助", "PI012", "贷款利息"),
        ("对融资担保机构给予1%的风险补偿", "PI029", "融资担保"),
        ("按合同额的20%发放算力券", "PI014", "算力券"),
        ("给予首购产品10%的奖励", "PI010", "首购"),
        ("对股权投资本地企业的，按投资额的2%奖励", "PI013", "股权投资"),
        ("研发费用加计扣除按规定执行", "PI015", "加计扣除"),
        ("对博士后工作站给予30万元资助", "PI011", "博士后"),
        ("每件授权发明专利奖励5000元", "PI019", "专利"),
        ("对引进的高层次人才给予安家费50万元", "PI018", "引进的高层次人才"),
        ("对大赛优胜企业奖励20万元", "PI020", "大赛"),
        ("对首次通过认定的高新技术企业奖励20万元", "PI020", "认定"),
        ("按研发费用的5%给予补助", "PI008", "研发费用"),
        ("按技术合同成交额的8%给予补助", "PI008", "技术合同"),
        ("对新建公共技术平台给予100万元补助", "PI022", "新建公共技术平台"),
    ],
)
def test_words_tell_the_instrument(quote: str, code: str, word: str) -> None:
    made = propose({}, quote)
    assert made.code == code
    assert word in made.zh and word in made.en
    assert LEAST <= made.confidence <= Decimal("0.95")


@pytest.mark.parametrize("quote", ["给予企业20万元奖励", "对新增地方综合贡献的部分奖励50%", "按每平方米1000元给予补助"])
def test_without_such_words_the_code_stays_open(quote: str) -> None:
    made = propose({"kind": "fixed"}, quote)
    assert (made.code, made.confidence) == (None, Decimal(0))
    assert "请人定" in made.zh


def test_two_instruments_in_one_sentence_lower_the_confidence() -> None:
    one, two = propose({}, "按研发费用的5%给予补助"), propose({}, "对认定的企业按研发费用的5%给予补助")
    assert (one.code, two.code) == ("PI008", "PI008")
    assert (one.confidence, two.confidence) == (Decimal("0.85"), Decimal("0.70"))
    assert INSTRUMENTS["PI020"][0] in two.zh


def test_too_little_confidence_proposes_nothing() -> None:
    made = propose({"condition": "对举办论坛并通过验收的单位"}, "给予5万元奖励")
    assert made.code is None and made.confidence < LEAST
    assert "通过验收" in made.zh


def test_what_a_person_chose_stays() -> None:
    made = propose({"instrument": "PI022"}, "对企业贷款给予贴息")
    assert (made.code, made.confidence) == ("PI022", Decimal(1))


def test_a_draft_pack_has_codes_or_says_that_they_are_open() -> None:
    drafted = drafting.draft(TEXT.read_text(encoding="utf-8"))
    codes = {m.id: m.instrument for m in drafted.pack.measures}
    assert codes == {
        "measure-2.1.1-1": "PI020",
        "measure-2.2.1-1": "PI008",
        "measure-2.3.1-1": "PI020",
        "measure-3.4.1-1": "PI008",
        "measure-3.5.1-1": "PI018",
    }
    note = drafting.remainder_text(drafted)
    assert "measure-2.3.1-1: PI020 (" in note and "measure-3.5.1-1: PI018 (" in note


def test_only_a_draft_may_leave_the_code_open() -> None:
    drafted = drafting.draft(TEXT.read_text(encoding="utf-8"))
    first = drafted.pack.measures[0].model_copy(update={"instrument": None})
    rest = drafted.pack.measures[1:]
    draft = drafted.pack.model_copy(update={"measures": [first, *rest]})
    assert not any(one.where.endswith(".instrument") for one in check(draft).problems)
    sure = drafted.pack.model_copy(update={"measures": [first.model_copy(update={"status": "confirmed"}), *rest]})
    (problem,) = [one for one in check(sure).problems if one.where.endswith(".instrument")]
    assert problem.where == f"{first.id}.instrument"
    assert "PI008" in problem.mend.en
