"""The worked cases of a pack through DuckDB and Z3, and interpreters that compute wrongly on purpose."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from kechuang.citypack import Pack, check, load
from kechuang.citypack.interpreters import Agreement, agreement
from kechuang.citypack.locating import Locator
from kechuang.citypack.models import Case, Expectation, Fact, Text

CITIES = Path(__file__).parents[2] / "cities"
PACKS = sorted(path.parent.name for path in CITIES.glob("*/measures.yaml"))


def agreed(pack: Pack) -> Agreement:
    return agreement(pack, Locator())


@pytest.mark.parametrize("name", PACKS)
def test_the_packs_of_the_repository_agree(name: str) -> None:
    pack = load(CITIES / name)
    found = agreed(pack)
    cases = sum(len(measure.cases) for measure in pack.measures)
    assert (found.problems, found.duckdb) == ((), cases)
    assert found.z3 is None or (found.z3 + found.unproved == cases and found.z3 > found.unproved)


def _cut(rounding: str) -> Any:
    """Half-up made wrong: it cuts."""
    from kechuang.measures.backends import prove, tree

    def bulk(self: Any, value: Any, type_: Any, digits: int) -> Any:
        unit = 10 ** (type_.scale - digits)
        return value if unit <= 1 else tree._divide(value, tree.ibis.literal(unit, "int64"))

    def solver(self: Any, value: Any, scale: int, digits: int) -> Any:
        return value if digits >= scale else value / 10 ** (scale - digits)

    return (tree.Lowering, bulk) if rounding == "DuckDB" else (prove._Translation, solver)


@pytest.mark.parametrize("engine", ["DuckDB", "Z3"])
def test_a_wrong_rounding_is_caught(pack: Pack, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("z3", reason="Z3 is an extra (requirements: prove)")
    from kechuang.measures.backends import bulk

    wrong, half_up = _cut(engine)
    monkeypatch.setattr(wrong, "half_up", half_up)
    monkeypatch.setattr(bulk, "_COMPILED", {})
    monkeypatch.setenv("KECHUANG_CACHE", "")
    problems = agreed(pack).problems
    # Only the case of 4,999,999.99 yuan has a third decimal to round: 149,999.9997 is 150,000.00 and not 149,999.99.
    [problem] = problems
    assert (problem.code, problem.file) == ("engine", "measures.yaml")
    found = "149999.99" if engine == "DuckDB" else "?"
    assert (
        problem.what.en
        == f'case "Below 5 million yuan there is one bracket": 150000.00 step by step, {found} by {engine}'
    )
    assert not check(pack, interpreters=True).ok and check(pack).ok


def test_records_of_a_list(pack: Pack) -> None:
    """A case with a list, one with an empty one, and one in which nobody has told it."""
    words = Text(zh="合同", en="contracts")
    relation = Fact.model_validate(
        {"id": "本年合同", "en": "contracts", "entity": "enterprise", "type": "relation", "unit": "份", "ask": words,
         "elements": ["技术合同交易额", "合同已登记"], "origin": {"kind": "relation", "path": "enterprise.contracts"}}
    )  # fmt: skip
    record = next(m for m in pack.measures if m.id == "results-subsidy")
    lists: list[Any] = [
        [{"技术合同交易额": "100", "合同已登记": True}, {"技术合同交易额": "0.50", "合同已登记": True}], [], None
    ]  # fmt: skip
    results: list[dict[str, Any]] = [
        {"status": "yes", "amount": "3.02"},
        {"status": "yes", "amount": "0.00"},
        {"status": "unknown"},
    ]
    cases = [
        Case(title=words, on=dt.date(2031, 3, 1), facts={} if given is None else {"本年合同": given},
             expect=Expectation.model_validate(result))
        for given, result in zip(lists, results, strict=True)
    ]  # fmt: skip
    amount = "sum(本年合同, half_up(技术合同交易额 * lower_rate) if 合同已登记 else 0)"
    changed = record.model_copy(update={"amount": amount, "applies": [], "ambiguities": [], "cases": cases})
    found = agreed(pack.model_copy(update={"facts": [*pack.facts, relation], "measures": [changed]}))
    assert (found.problems, found.duckdb) == ((), 3)
    assert found.z3 in (None, 0)


def test_words() -> None:
    assert Agreement(3, None, 3, ()).in_words().en.startswith("3 case(s) computed by DuckDB too; Z3 is not installed")
    assert (
        Agreement(3, 2, 1, ())
        .in_words()
        .zh.endswith("用 Z3 核对了 2 个（1 个结果未知、用到明细或天数，不能用 Z3 核对），结果都相同。")
    )
    assert Agreement(3, 2, 1, ()).to_dict() == {"duckdb": 3, "z3": 2, "unproved": 1}
