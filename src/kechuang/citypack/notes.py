"""What a pack's author may want to know although nothing is wrong: things defined and used by nothing, drafts."""

from __future__ import annotations

from collections.abc import Iterator

from kechuang.citypack.compile import rules
from kechuang.citypack.locating import Locator
from kechuang.citypack.models import Pack
from kechuang.citypack.problems import Problem, Words
from kechuang.measures import MeasureError, compile_measure, parse_facts
from kechuang.measures.branches import uncovered


def notes(pack: Pack, locator: Locator) -> Iterator[Problem]:
    """Remarks in the form of problems; they do not fail a check."""
    compiled = rules(pack)
    used: set[str] = set()
    broken = False
    for measure in compiled.measures.values():
        try:
            facts = compile_measure(measure, compiled.catalogue).facts
            used |= {name for fact in facts for name in (fact, *compiled.catalogue[fact].elements)}
        except MeasureError:
            broken = True  # reported as a problem; what it would use cannot be told
    for i, fact in enumerate(pack.facts if not broken else ()):
        if fact.id not in used:
            what = Words("没有措施用到这个事实", "no measure uses this fact")
            mend = Words("可以删去", "it may be removed")
            yield locator.problem("unused", "facts", i, ("id",), fact.id, what, mend)
    named = {target.indicator for target in pack.targets} | set(pack.city.home_figures)
    named |= {side for t in pack.targets if t.relation for side in (t.relation.left, t.relation.right)}
    named |= {row.indicator for row in pack.observations}
    for i, indicator in enumerate(pack.indicators):
        if indicator.id not in named:
            what = Words("没有目标也没有观测值用到这个指标", "neither a target nor an observation uses this indicator")
            mend = Words("可以删去", "it may be removed")
            yield locator.problem("unused", "indicators", i, ("id",), indicator.id, what, mend)
    cited = {row.source for row in pack.observations}
    for i, source in enumerate(pack.sources):
        if source.id not in cited:
            what = Words("没有观测值出自这个来源", "no observation comes from this source")
            yield locator.problem("unused", "sources", i, (), source.id, what, Words("可以删去", "it may be removed"))
    for kind in ("targets", "measures", "tasks", "services"):
        for i, item in enumerate(getattr(pack, kind)):
            if item.status == "draft":
                what = Words("还是草稿", "still a draft")
                mend = Words("确认后改成 status: confirmed", "write status: confirmed when it is confirmed")
                yield locator.problem("draft", kind, i, ("status",), item.id, what, mend)


def untested(pack: Pack, locator: Locator) -> Iterator[Problem]:
    """The branches of measures (conditions, cases, tiers, caps) that no worked case covers; they do not fail a check."""
    compiled = rules(pack)
    for i, record in enumerate(pack.measures):
        try:
            program = compile_measure(compiled.measures[record.id], compiled.catalogue)
        except MeasureError:
            continue  # reported as a problem
        cases = [(parse_facts(case.facts, compiled.catalogue)[0], case.on) for case in record.cases]
        priced = [cases[k] for k, case in enumerate(record.cases) if case.expect.amount_if is not None]
        for branch in uncovered(program, cases, priced):
            where = (branch.zh, branch.en)
            if branch.where == "amount":
                where = (
                    f"金额算式第 {branch.column} 个字：{branch.zh}",
                    f"amount, character {branch.column}: {branch.en}",
                )
            what = Words(f"没有算例走到：{where[0]}", f"no case covers: {where[1]}")
            mend = Words("在 cases 里加一个这样的算例", "add such a case to cases")
            path: tuple[str | int, ...] = ("amount",)
            if branch.where != "amount":
                path = ("applies", int(branch.where.removeprefix("applies[").removesuffix("]")))
            yield locator.problem("untested", "measures", i, path, record.id, what, mend)
