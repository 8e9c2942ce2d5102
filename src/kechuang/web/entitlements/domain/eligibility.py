"""All measures at once: what can be had now, nearly, perhaps, or not, sorted by what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from kechuang.citypack import models as pack_models
from kechuang.measures.cumulation import Award, Claim
from kechuang.measures.explanation import Explanation, Gap
from kechuang.web.entitlements.domain import asking, together
from kechuang.web.entitlements.domain.calculate import explain_measure, measure_facts
from kechuang.web.entitlements.domain.received import Received
from kechuang.web.entitlements.enums import Group
from kechuang.web.entitlements.models import Entitlement, Run
from kechuang.web.policy.domain.releases import LoadedRelease

NEARLY_GAPS = 2  # more failed conditions than this are no longer "nearly"
NEARLY_SHARE = Decimal("0.25")  # of what is needed; a larger distance is no longer "nearly"


@dataclass(frozen=True)
class Row:
    """One measure for one subject."""

    measure: pack_models.Measure
    explanation: Explanation
    group: Group
    query: str
    subject: str = ""
    key: str = ""
    day: dt.date | None = None
    award: Award | None = None
    """What is left of the amount where measures meet; None where there is no amount to pay."""
    fund: Entitlement | None = None
    """The row of the last nightly run, where a budget has placed it."""

    @property
    def payable(self) -> Decimal | None:
        """What can be had: the amount by itself less what the rules on several measures take."""
        return self.award.amount if self.award is not None else self.explanation.amount

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is short, in the order of the conditions."""
        return self.explanation.why_not

    @property
    def other_amounts(self) -> list[Decimal]:
        """Amounts of the other readings that differ from the one shown."""
        shown = self.explanation.amount if self.explanation.amount is not None else self.explanation.amount_if
        amounts = {r.amount for r in self.explanation.readings if r.amount is not None and r.amount != shown}
        return sorted(amounts, reverse=True)

    @property
    def open_questions(self) -> bool:
        """Whether the text leaves a question open that nobody has decided."""
        return any(a.chosen is None for a in self.measure.ambiguities)


@dataclass
class Result:
    """All rows of one subject of interest, grouped."""

    on: dt.date
    rows: list[Row] = field(default_factory=list)
    failed: list[pack_models.Measure] = field(default_factory=list)
    received: Received | None = None
    """The payments on record; None where the register was not asked (answers of a visitor)."""
    run: Run | None = None
    """The nightly run that budgets were divided in."""

    def of(self, group: Group | str) -> list[Row]:
        """The rows of a group."""
        return [row for row in self.rows if row.group == group]

    @property
    def total(self) -> Decimal:
        """The sum that can be had now, under the readings shown."""
        return sum((row.payable or Decimal(0) for row in self.of(Group.GET)), Decimal(0))

    @property
    def forgone(self) -> Decimal:
        """What the rules on several measures take from the single amounts."""
        return sum((row.award.forgone for row in self.rows if row.award is not None), Decimal(0))

    def meet(self, release: LoadedRelease) -> None:
        """Apply the pack's rules on measures that meet to all rows with an amount."""
        claims = [
            Claim(row.measure.id, row.explanation.amount, row.key, row.day)
            for row in self.rows
            if row.group == Group.GET and row.explanation.amount is not None
        ]
        found = together.awards(release, claims, self.on, self.received)
        for n, row in enumerate(self.rows):
            if row.group == Group.GET and (award := found.get((row.measure.id, row.key))):
                self.rows[n] = replace(row, award=award, group=group_after(award))

    @property
    def nearly_total(self) -> Decimal:
        """The sum that would come on top if nothing were short."""
        return sum((row.explanation.amount_if or Decimal(0) for row in self.of(Group.NEARLY)), Decimal(0))


def group_of(explanation: Explanation, facts: Mapping[str, pack_models.Fact]) -> Group:
    """The group of a result.

    Nearly: at most two conditions fail, each by a number within a quarter of what is needed, or a single yes is
    lacking. Being another kind of applicant, or too early a date, is not nearly.
    """
    match explanation.status:
        case "yes":
            return Group.NOT if explanation.amount is not None and explanation.amount <= 0 else Group.GET
        case "unknown":
            return Group.ASK
        case "delegated" | "unstated":
            return Group.ASK if explanation.applies == "unknown" else Group.OPEN
        case "no":
            return Group.NEARLY if _nearly(explanation, facts) else Group.NOT
    return Group.NOT


def group_after(award: Award) -> Group:
    """The group of an amount after the rules on several measures: had already where payments on record leave nothing."""
    had = award.paid or any(r.kind == "once" and r.rests for r in award.reductions)
    return Group.PAID if had and not award.amount else Group.GET


def _nearly(explanation: Explanation, facts: Mapping[str, pack_models.Fact]) -> bool:
    failed = [condition for condition in explanation.conditions if condition.result == "no"]
    if len(failed) > NEARLY_GAPS or not explanation.why_not:
        return False
    return all(
        gap.fact in facts and _small(gap, facts[gap.fact], alone=len(failed) == 1)
        for gap in explanation.why_not
        if gap.fact is not None
    ) and all(gap.fact is not None for gap in explanation.why_not)


def _small(gap: Gap, fact: pack_models.Fact, *, alone: bool) -> bool:
    """Whether a gap is small: at most a quarter of what is needed, or the only thing lacking is a yes.

    A past date and the kind of applicant are not gaps that anybody can close.
    """
    if fact.type == "boolean":
        return alone
    if fact.type not in ("money", "rate", "count") or gap.short is None or not isinstance(gap.need, str):
        return False
    return abs(Decimal(gap.short)) <= abs(Decimal(gap.need)) * NEARLY_SHARE


def row(
    release: LoadedRelease,
    measure_id: str,
    facts: Mapping[str, Any],
    on: dt.date,
    subject: str = "",
    key: str = "",
    day: dt.date | None = None,
) -> Row:
    """Compute one row; ``subject`` is its name, ``key`` tells it from others, ``day`` is when the claim arose."""
    explanation = explain_measure(release, measure_id, facts, on)
    query = asking.query(release, facts, measure_facts(release, measure_id), on=on.isoformat())
    return Row(release.records[measure_id], explanation, group_of(explanation, release.facts), query, subject, key, day)


def evaluate(release: LoadedRelease, facts: Mapping[str, Any], on: dt.date, measures: Iterable[str]) -> Result:
    """All ``measures`` for one set of facts. A measure that fails to compute is listed; the rest stays."""
    result = Result(on)
    for measure_id in measures:
        try:
            result.rows.append(row(release, measure_id, facts, on))
        except Exception:  # one faulty measure must not hide the others; it is shown as not computed
            result.failed.append(release.records[measure_id])
    result.meet(release)
    sort(result.rows)
    return result


def sort(rows: list[Row]) -> None:
    """By what to do next: money now, the smallest gap, the cheapest question."""
    order = {group: n for n, group in enumerate(Group)}

    def key(found: Row) -> tuple[Any, ...]:
        explanation = found.explanation
        amount = explanation.amount if explanation.amount is not None else explanation.amount_if
        effort = sum(missing.cost for missing in explanation.missing) if found.group == Group.ASK else len(found.gaps)
        return (order[found.group], effort if found.group in (Group.ASK, Group.NEARLY) else 0, -(amount or Decimal(0)))

    rows.sort(key=key)


@dataclass(frozen=True)
class Line:
    """Rows of one measure and one group that say the same: how many, and their sum."""

    rows: list[Row]

    @property
    def row(self) -> Row:
        """The first of them."""
        return self.rows[0]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.rows)

    @property
    def amount(self) -> Decimal | None:
        """The sum of their amounts, None when no amount can be told."""
        amounts = [row.payable if row.payable is not None else row.explanation.amount_if for row in self.rows]
        known = [amount for amount in amounts if amount is not None]
        return sum(known, Decimal(0)) if known else None


def lines(rows: Iterable[Row]) -> list[Line]:
    """Rows as few lines: those of one measure and group with the same gaps and the same missing facts become one."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row_ in rows:
        missing = tuple(m.fact for m in row_.explanation.missing)
        priced = row_.explanation.amount is not None or row_.explanation.amount_if is not None
        fund = row_.fund and (row_.fund.place, row_.fund.position, row_.fund.pays)
        alone = (row_.query, row_.award, fund) if priced else ""
        found.setdefault((row_.measure.id, row_.group, missing, row_.explanation.sentence, alone), []).append(row_)
    return [Line(same) for same in found.values()]


@dataclass(frozen=True)
class Question:
    """The next question, how many measures it matters for, and how many facts are still open."""

    fact: pack_models.Fact
    measures: list[pack_models.Measure]
    left: int


def next_question(
    release: LoadedRelease,
    facts: Mapping[str, Any],
    skipped: Iterable[str],
    on: dt.date,
    measures: Iterable[str],
) -> Question | None:
    """The cheapest fact that can still change a result; among equally cheap ones the one that decides most."""
    asked = set(skipped)
    wanted: dict[str, list[pack_models.Measure]] = {}
    for found in evaluate(release, facts, on, measures).rows:
        for missing in found.explanation.missing:
            if missing.fact not in asked:
                wanted.setdefault(missing.fact, []).append(found.measure)
    if not wanted:
        return None

    def key(name: str) -> tuple[int, bool, int]:
        concerned = wanted[name]
        stated = any(measure.amount_is == "stated" for measure in concerned)
        return (release.facts[name].cost, not stated, -len(concerned))

    best = min(wanted, key=key)
    return Question(release.facts[best], wanted[best], len(wanted))
