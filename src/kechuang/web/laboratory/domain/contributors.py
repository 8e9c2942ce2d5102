"""How many organisations stand behind each sum of a trial: what ``disclosure`` needs to know before it shows one.

Sums are of subjects (contracts, loans …), but it is the organisation that must not be recognised: ten contracts of one
firm are one. Everything is counted from the rows of ``lab`` (see :data:`.subject.COLUMNS`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kechuang.web.laboratory.domain.subject import AT

ENOUGH = 10
"""Least number of organisations behind a sum that everybody who reads a trial may see."""
GROUPS = {"counties": "county", "industries": "industry", "sizes": "size", "years": "year"}
"""Figures with a line for each value of a column of ``lab``."""
_ORGANISATION, _MONTH, _SCOPE, _SPLIT = AT["organisation"], AT["month"], AT["scope"], AT["draft_split"]
_LAW_STATUS, _LAW, _DRAFT_STATUS, _DRAFT = AT["law_status"], AT["law"], AT["draft_status"], AT["draft"]
Row = Sequence[Any]


def few(count: int | None) -> bool:
    """Whether some, but too few, stand behind a sum. Not known counts as too few."""
    return count is None or 0 < count < ENOUGH


def least(*counts: int) -> int:
    """The smallest number that is not nothing; 0 where all are nothing."""
    return min((c for c in counts if c), default=0)


@dataclass
class Behind:
    """Organisations behind law and draft: what each gets under both."""

    law: dict[str, Decimal] = field(default_factory=dict)
    draft: dict[str, Decimal] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """One more row."""
        for sums, amount in ((self.law, row[_LAW]), (self.draft, row[_DRAFT])):
            sums[row[_ORGANISATION]] = sums.get(row[_ORGANISATION], Decimal(0)) + (amount or 0)

    def join(self, other: Behind) -> None:
        """All of another's as well."""
        for mine, theirs in ((self.law, other.law), (self.draft, other.draft)):
            for organisation, amount in theirs.items():
                mine[organisation] = mine.get(organisation, Decimal(0)) + amount

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """With law, with draft, with more, with less."""
        more = sum(self.draft[o] > self.law[o] for o in self.law)
        less = sum(self.draft[o] < self.law[o] for o in self.law)
        return sum(v > 0 for v in self.law.values()), sum(v > 0 for v in self.draft.values()), more, less

    @property
    def least(self) -> int:
        """The fewest behind law, draft or the change from one to the other."""
        law, draft, more, less = self.counts
        return least(law, draft, more + less)


def count(rows: Sequence[Row], figures: Mapping[str, Any]) -> dict[str, Any]:
    """For every sum of ``figures`` the organisations behind it, as a JSON object."""
    inside = [row for row in rows if row[_SCOPE]]
    everything = _behind(inside)
    law, draft, winners, losers = everything.counts

    def unknown(status: int) -> int:
        return len({row[_ORGANISATION] for row in inside if row[status] == "unknown"})

    gains = {  # as the figure counts them: more than a rounding tie
        r[_ORGANISATION] for r in inside
        if r[_SPLIT] is not None and r[_DRAFT] is not None and r[_SPLIT] > r[_DRAFT] + Decimal("0.01")
    }  # fmt: skip
    groups = {
        name: _group(rows if name == "years" else inside, AT[column], figures[name]["rows"])
        for name, column in GROUPS.items()
    }
    return {
        "law": law, "draft": draft, "winners": winners, "losers": losers, "changed": winners + losers,
        "law_unknown": unknown(_LAW_STATUS), "draft_unknown": unknown(_DRAFT_STATUS), "splitting": len(gains),
        "groups": groups, "months": months(inside),
    }  # fmt: skip


def _behind(rows: Iterable[Row]) -> Behind:
    found = Behind()
    for row in rows:
        found.add(row)
    return found


def _group(rows: Sequence[Row], at: int, lines: Sequence[Sequence[Any]]) -> list[int]:
    """The fewest behind each line of a group, in the order of its lines."""
    found: dict[str, Behind] = {}
    for row in rows:
        found.setdefault(_key(row[at]), Behind()).add(row)
    return [found[_key(line[0])].least if _key(line[0]) in found else 0 for line in lines]


def _key(value: object) -> str:
    return "" if value is None else str(value)


def months(rows: Sequence[Row]) -> list[int]:
    """The months at whose end the sum so far may be shown: enough organisations since the one shown before, and after
    the last one (subjects without a day included) until the total."""
    by_month: dict[int, Behind] = {}
    for row in rows:
        by_month.setdefault(row[_MONTH] or 13, Behind()).add(row)
    shown: list[int] = []
    blocks: list[Behind] = []
    block = Behind()
    for month in sorted(by_month):
        block.join(by_month[month])
        if month <= 12 and not few(block.least):
            shown.append(month)
            blocks.append(block)
            block = Behind()
    while shown and few(block.least):  # what is left must not stand alone beside the total
        shown.pop()
        block.join(blocks.pop())
    return shown


def differing(one: Mapping[str, Decimal], other: Mapping[str, Decimal]) -> int:
    """Organisations that get different sums in two computations."""
    return sum(one.get(o, Decimal(0)) != other.get(o, Decimal(0)) for o in one.keys() | other.keys())
