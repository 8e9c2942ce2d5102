"""What populations get after the rules on measures that meet, with a table of what was granted before.

The table of grants has one row per payment: ``owner`` (the key of the one who got it), ``measure`` (a measure's code, or a programme of
another level as ``province:NAME``), ``amount`` in yuan, ``paid_on`` or ``year`` (or both), and, where known, ``subject`` (the key of the row it
was paid for) and ``same_as`` (the measure that pays for the same thing). A row that cannot be used is set aside with its reason, and
all rules are unsure for its owner: what it said is not known, which is not zero.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kechuang.measures.apportion import in_fen
from kechuang.measures.backends.cleaning import PopulationError
from kechuang.measures.backends.population import Population, read_texts
from kechuang.measures.cumulation import Award, Claim, Grant, Group, combine
from kechuang.measures.model import Measure, Text

COLUMNS = ("owner", "measure", "amount", "paid_on", "year", "subject", "same_as")
NEEDED = ("owner", "measure", "amount")


@dataclass
class Granted:
    """The grants of a table by owner; ``bad`` holds line, owner and reason of each row set aside."""

    by_owner: dict[str, list[Grant]] = field(default_factory=lambda: defaultdict(list))
    bad: list[tuple[int, str, Text]] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many grants can be used."""
        return sum(map(len, self.by_owner.values()))


def read_grants(path: Path, measures: Mapping[str, Measure], on: dt.date) -> Granted:
    """The grants of a Parquet or CSV file. Raises ``PopulationError`` without the columns needed."""
    found = Granted()
    for line, row in enumerate(read_texts(path, COLUMNS, NEEDED), 1):
        grant = _grant(dict(zip(COLUMNS, row, strict=True)), line, measures, on)
        owner = row[0] or ""
        if isinstance(grant, Text):
            found.bad.append((line, owner, grant))
        else:
            found.by_owner[owner].append(grant)
    return found


def _grant(row: Mapping[str, str | None], line: int, measures: Mapping[str, Measure], on: dt.date) -> Grant | Text:
    """One row as a grant, or why it cannot be used."""
    given = {name: (row[name] or "").strip() for name in COLUMNS}
    if not given["owner"] or not given["measure"]:
        return Text("缺 owner 或 measure", "owner or measure is missing")
    try:
        amount = Decimal(given["amount"].replace(",", ""))
        if in_fen(amount) < 0:
            raise ValueError
    except (InvalidOperation, ValueError):
        return Text(f"“{given['amount']}”不是到分的非负金额", f'"{given["amount"]}" is no amount in whole fen from 0')
    try:
        day = dt.date.fromisoformat(given["paid_on"][:10]) if given["paid_on"] else None
        year = int(given["year"]) if given["year"] else None
    except ValueError:
        return Text("paid_on 要写 2025-12-01，year 要写 2025", "write paid_on like 2025-12-01, year like 2025")
    if day is None and year is None:
        return Text("要有 paid_on 或 year", "paid_on or year is needed")
    for name in ("measure", "same_as"):
        if given[name] and ":" not in given[name] and given[name] not in measures:
            text = given[name]
            return Text(
                f"没有措施“{text}”；别的计划写 province:名称",
                f'no measure "{text}"; write other programmes as province:NAME',
            )
    if day is None:
        assert year is not None
        day = on if year == on.year else dt.date(year, 12, 31)
    own = measures.get(given["measure"]) or measures.get(given["same_as"])
    subject = given["subject"]
    if subject and ":" not in subject and own is not None:
        subject = "" if own.subject == "enterprise" else f"{own.subject}:{subject}"
    return Grant(given["measure"], amount, day, subject, year, given["same_as"], f"line {line}")


@dataclass(frozen=True, slots=True)
class Awarded:
    """An award with the one who gets it and the row it is for."""

    owner: str
    key: str
    award: Award


def awards(
    bound: Mapping[str, Population],
    measures: Mapping[str, Measure],
    groups: Sequence[Group],
    names: Mapping[str, Text],
    on: dt.date,
    granted: Granted | None,
    *,
    owner: str,
    day: str,
) -> Iterator[Awarded]:
    """What each owner gets for all its rows together, in the order of the owners' first rows.

    ``owner`` and ``day`` are columns of the tables of subjects that are no enterprises: who claims, and when the claim arose; a table
    without them has rows that claim for themselves, on ``on``. ``granted`` None: nothing is known of earlier grants.
    """
    several: dict[str, list[tuple[str, Claim]]] = defaultdict(list)
    for one in bound.values():
        beside = one.beside((owner, day))
        for key, _scenario, measure, status, amount in one.rows():
            if status != "yes" or not amount:
                continue
            kind = measures[measure].subject
            whose, when = beside.get(str(key), (None, None))
            subject = "" if kind == "enterprise" else f"{kind}:{key}"
            claim = Claim(measure, amount, subject, dt.date.fromisoformat(when[:10]) if when and subject else None)
            several[str(key) if kind == "enterprise" or not whose else whose].append((str(key), claim))
    unsure = {group.id for group in groups}
    spoilt = {whose for _, whose, _ in granted.bad} if granted else set()
    for whose, claims in several.items():
        claims.sort(key=lambda pair: (pair[1].day or on, pair[1].measure, pair[0]))
        history = None if granted is None else _placed(granted.by_owner.get(whose, ()), claims)
        found = combine([c for _, c in claims], groups, on, history, names, unsure if whose in spoilt else ())
        for (key, _claim), award in zip(claims, found, strict=True):
            yield Awarded(whose, key, award)


def _placed(history: Iterable[Grant], claims: Sequence[tuple[str, Claim]]) -> list[Grant]:
    """Grants whose subject is the bare key of a row, with the subject as the claims name it."""
    subjects = {key: claim.subject for key, claim in claims}
    return [replace(g, subject=subjects[g.subject]) if g.subject in subjects else g for g in history]


HEAD = (
    "owner",
    "key",
    "measure",
    "claimed",
    "paid",
    "forgone",
    "amount",
    "rules",
    "depends",
    "rests_on",
    "原因",
    "reason",
)


def write(found: Iterator[Awarded], path: Path) -> dict[str, tuple[int, Decimal, Decimal, Decimal]]:
    """All awards as CSV; sums per measure: rows, claimed, paid before, still to be paid.

    Raises ``PopulationError`` for another ending than ``.csv``.
    """
    if path.suffix != ".csv":
        raise PopulationError("--awards 只能写 .csv 文件", "--awards writes .csv files only")
    sums: dict[str, tuple[int, Decimal, Decimal, Decimal]] = {}
    zero = Decimal("0.00")
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEAD)
        for one in found:
            a = one.award
            rests = dict.fromkeys(g.ref for r in a.reductions for g in r.rests)
            rows.writerow(
                (
                    one.owner, one.key, a.measure, f"{a.claimed:.2f}", f"{a.paid:.2f}", f"{a.forgone:.2f}", f"{a.amount:.2f}",
                    ";".join(r.group for r in a.reductions), ";".join(a.depends), ";".join(rests),
                    "；".join(r.sentence.zh for r in a.reductions), "; ".join(r.sentence.en for r in a.reductions),
                )
            )  # fmt: skip
            n, claimed, paid, amount = sums.get(a.measure, (0, zero, zero, zero))
            sums[a.measure] = (n + 1, claimed + a.claimed, paid + a.paid, amount + a.amount)
    return sums
