"""``check``: everything that can be wrong in a loaded pack, and its coverage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kechuang.citypack.coverage import Coverage, entries, measure_coverage
from kechuang.citypack.index import Index
from kechuang.citypack.interpreters import Agreement, agreement
from kechuang.citypack.loading import Sources, load_with_sources
from kechuang.citypack.locating import Locator
from kechuang.citypack.meeting import meeting_problems
from kechuang.citypack.models import Pack
from kechuang.citypack.notes import notes, untested
from kechuang.citypack.problems import Lang, PackError, Problem
from kechuang.citypack.references import References
from kechuang.citypack.rulecheck import rule_problems
from kechuang.citypack.structure import structure


@dataclass(frozen=True)
class Report:
    """The result of a check: problems in order of file and line, coverage, and what nobody has decided yet.

    ``untested`` are the branches of measures that no worked case covers. ``agreement`` is what the other interpreters say
    of the cases, where they were asked.
    """

    problems: tuple[Problem, ...]
    coverage: Coverage
    notes: tuple[Problem, ...] = ()
    untested: tuple[Problem, ...] = ()
    cases: int = 0
    agreement: Agreement | None = None
    open_questions: int = 0
    open_assumptions: int = 0

    @property
    def ok(self) -> bool:
        """Whether the pack may be applied."""
        return not self.problems

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "ok": self.ok,
            "problems": [problem.to_dict() for problem in self.problems],
            "notes": [note.to_dict() for note in self.notes],
            "coverage": self.coverage.to_dict(),
            "untested": [branch.to_dict() for branch in self.untested],
            "cases": self.cases,
            "interpreters": None if self.agreement is None else self.agreement.to_dict(),
            "open_questions": self.open_questions,
            "open_assumptions": self.open_assumptions,
        }

    def as_text(self, lang: Lang = "zh") -> str:
        """Coverage table, sums, then the problems."""
        en = lang == "en"
        lines = [self.coverage.as_text(lang)] if self.coverage.rows else []
        if self.coverage.rows:
            lines.append(
                f"{self.cases} case(s) of measures computed; {self.open_questions} open question(s), "
                f"{self.open_assumptions} assumption(s) nobody has decided yet."
                if en
                else f"已算 {self.cases} 个算例；{self.open_questions} 个问题有歧义未定，"
                f"{self.open_assumptions} 个假定还没有人决定。"
            )
        if self.agreement is not None:
            lines.append(self.agreement.in_words().in_(lang))
        if self.notes:
            lines.append(f"{len(self.notes)} note(s):" if en else f"{len(self.notes)} 条提示：")
            lines += [note.as_line(lang) for note in self.notes]
        if self.untested:
            count = len(self.untested)
            lines.append(
                f"{count} branch(es) of measures that no case covers:" if en else f"{count} 处规则没有算例走到："
            )
            lines += [branch.as_line(lang) for branch in self.untested]
        if self.ok:
            lines.append("The pack is in order." if en else "城市包没有问题。")
        else:
            count = len(self.problems)
            lines += ["", f"{count} problem(s):" if en else f"{count} 处问题："]
            lines += [problem.as_text(lang) for problem in self.problems]
        return "\n".join(lines)


def check(
    pack: Pack, root: Path | None = None, *, sources: Sources | None = None, interpreters: bool = False
) -> Report:
    """Check a loaded pack. With ``root``, the folder it came from, every problem has its line.

    ``interpreters``: compute the cases of measures with DuckDB and, where it is installed, Z3 too (loads them: a few seconds).
    """
    index = Index(pack)
    locator = Locator(root, sources)
    problems = [
        *structure(pack, locator),
        *References(pack, index, locator).run(),
        *entries(pack, index, locator),
        *rule_problems(pack, locator),
        *meeting_problems(pack, locator),
    ]
    agreed = None
    if interpreters and not problems:  # a pack that does not hold together cannot be computed
        agreed = agreement(pack, locator)
        problems += agreed.problems
    problems.sort(key=lambda problem: (problem.file, problem.line))
    ambiguities = [ambiguity for measure in pack.measures for ambiguity in measure.ambiguities]
    judged = [(condition.origin, condition.decided_by) for measure in pack.measures for condition in measure.applies]
    judged += [(rule.origin, rule.decided_by) for rule in pack.cumulation]
    judged += [(budget.origin, budget.decided_by) for budget in pack.budgets]
    return Report(
        tuple(problems),
        measure_coverage(pack),
        notes=tuple(notes(pack, locator)),
        untested=tuple(untested(pack, locator)),
        cases=sum(len(m.cases) for m in pack.measures) + sum(len(rule.cases) for rule in pack.cumulation),
        agreement=agreed,
        open_questions=sum(1 for ambiguity in ambiguities if ambiguity.chosen is None),
        open_assumptions=sum(origin == "assumption" and decided_by is None for origin, decided_by in judged),
    )


def check_folder(root: Path, *, interpreters: bool = False) -> Report:
    """Load and check the pack in ``root`` as ``check`` does; a pack that cannot be loaded gives a report of those problems."""
    try:
        pack, sources = load_with_sources(root)
    except PackError as error:
        return Report(error.problems, Coverage())
    return check(pack, root, sources=sources, interpreters=interpreters)
