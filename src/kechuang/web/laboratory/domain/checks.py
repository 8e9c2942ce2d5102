"""What a table of totals does not show: where a reform turns from gain to loss, when money runs out, what splitting
pays, and which other measures meet."""

from __future__ import annotations

import datetime as dt
import importlib.util
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

from kechuang.expressions.evaluate import Known, Record, Unknown
from kechuang.measures.apportion import from_fen, in_fen
from kechuang.measures.budget import Request, allocate
from kechuang.measures.facts import TODAY
from kechuang.measures.model import Catalogue, Measure
from kechuang.measures.program import MeasureError, Program, compile_measure, parameters_on
from kechuang.web.laboratory.domain.subject import Outcome, Subject
from kechuang.web.laboratory.domain.table import ZERO

GRID = 240
PROOF_MS = 3_000
Rule = Literal["queue", "pro_rata"]


def _amount(program: Program, known: Mapping[str, Known | None]) -> Decimal | None:
    assert program.amount is not None
    value = program.amount.run(known, None)
    return None if isinstance(value, Unknown) else Decimal(str(value))


def break_even(
    law: Measure, draft: Measure, catalogue: Catalogue, on: dt.date, fact: str, subjects: Sequence[Subject]
) -> list[dict[str, str]]:
    """Values of ``fact`` at which the draft turns from paying more to paying less or back, to the fen.

    Only where nothing else decides the amount; otherwise there is no such line and the list is empty. Each entry gives
    the last value on the near side (``below``: more, less or same) and the first on the far side.
    """
    programs = [compile_measure(m, catalogue) for m in (law, draft)]
    if any(p.amount is None or p.amount.facts != (fact,) for p in programs):
        return []
    environments: list[dict[str, Known]] = [{**(parameters_on(m, on) or {}), TODAY: on} for m in (law, draft)]

    def sign(fen: int) -> int:
        old, new = (_amount(p, {**e, fact: from_fen(fen)}) for p, e in zip(programs, environments, strict=True))
        assert old is not None and new is not None
        return (new > old) - (new < old)

    values = sorted({in_fen(v) for s in subjects if isinstance(v := s.facts.get(fact), Decimal) and v >= 0})
    if not values:
        return []
    step = max(len(values) // GRID, 1)
    top = values[-1]
    between = {top * i // GRID for i in range(1, GRID)} | {10**k for k in range(2, 16) if 10**k < top}
    marks = sorted({0, top, *values[::step], *between})
    words = {1: "more", -1: "less", 0: "same"}
    found: list[dict[str, str]] = []
    previous = None  # the last mark at which the two differ; a rounding tie between them is no turning point
    for mark in marks:
        here = sign(mark)
        if here == 0:
            continue
        if previous is not None and here != sign(previous):
            before = sign(previous)
            last = _edge(previous, mark, sign, before, True)
            first = _edge(last, mark, sign, here, False) + 1
            edges = {"last": str(from_fen(last)), "value": str(from_fen(first))}
            found.append({"below": words[before], "above": words[here], **edges})
        previous = mark
    return found[:4]


def _edge(low: int, high: int, sign: Callable[[int], int], wanted: int, equal: bool) -> int:
    """The last whole number from ``low`` to ``high`` at which the sign still is (or is not) the wanted one."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if (sign(middle) == wanted) is equal else (low, middle)
    return low


def run_out(
    subjects: Sequence[Subject], given: Mapping[str, Outcome], budget: Decimal, rule: Rule, take_up: Decimal
) -> dict[str, str | None]:
    """When a budget ends: the day and month of the first that does not get all, what is left, what all asked for.

    ``take_up`` scales each request: an expectation, not a draw of lots. Subjects without a day stand at the end.
    """
    days = {s.key: s.day or dt.date.max for s in subjects}
    cents = Decimal("0.01")
    requests = [
        Request(key, (outcome.amount * take_up).quantize(cents, "ROUND_HALF_UP"), days[key])
        for key, outcome in given.items()
        if key in days and outcome.amount
    ]
    asked = sum((r.amount for r in requests), ZERO)
    allocation = allocate(requests, budget, rule)
    day = days.get(allocation.ran_out_at or "") if rule == "queue" else None
    day = None if day == dt.date.max else day
    return {
        "asked": f"{asked:.2f}",
        "paid": f"{allocation.total:.2f}",
        "left": f"{allocation.left:.2f}",
        "enough": "no" if allocation.ran_out_at else "yes",
        "day": day.isoformat() if day else None,
        "month": str(day.month) if day else None,
        "share": None if asked == 0 else f"{min(allocation.total / asked, Decimal(1)):.4f}",
    }


def halves(subjects: Sequence[Subject], fact: str) -> list[Subject]:
    """Every subject as two, with ``fact`` divided in the middle (the odd fen goes to the first)."""
    parts: list[Subject] = []
    for subject in subjects:
        value = subject.facts.get(fact)
        if not isinstance(value, Decimal) or value < Decimal("0.02"):
            continue
        fen = in_fen(value)
        for i, part in enumerate((fen - fen // 2, fen // 2), 1):
            parts.append(replace(subject, key=f"{subject.key}#{i}", facts={**subject.facts, fact: from_fen(part)}))
    return parts


def halved_records(subjects: Sequence[Subject], relation: str, fact: str) -> list[Subject]:
    """Every subject with each of its records as two, ``fact`` divided in the middle (the odd fen goes to the first)."""
    parts: list[Subject] = []
    for subject in subjects:
        records = subject.facts.get(relation)
        if not isinstance(records, tuple):
            continue
        cut: list[Record] = []
        for record in records:
            value = record.get(fact)
            if not isinstance(value, Decimal) or value < Decimal("0.02"):
                cut.append(record)
                continue
            fen = in_fen(value)
            cut += [{**record, fact: from_fen(part)} for part in (fen - fen // 2, fen // 2)]
        if len(cut) > len(records):
            parts.append(replace(subject, key=f"{subject.key}#1", facts={**subject.facts, relation: tuple(cut)}))
    return parts


def may_prove() -> bool:
    """Whether the solver is installed (extra ``prove``)."""
    return importlib.util.find_spec("z3") is not None


def proofs(
    draft: Measure, others: Sequence[Measure], catalogue: Catalogue, on: dt.date, fact: str | None, granted: str | None
) -> list[dict[str, Any]]:
    """Loopholes and overlaps for all facts at once, proved or shown by an example. Empty without the solver."""
    if not may_prove():
        return []
    from kechuang.measures.backends import prove

    found: list[dict[str, Any]] = []

    def ask(question: str, other: str, make: Any) -> None:
        try:
            answer = make()
        except (prove.ProofError, MeasureError) as error:
            zh, en = getattr(error, "zh", str(error)), getattr(error, "en", str(error))
            found.append({"question": question, "other": other, "answer": "not_asked", "zh": zh, "en": en})
            return
        facts = [{k: str(v) for k, v in f.items()} for f in answer.facts]
        found.append(
            {
                "question": question, "other": other, "answer": answer.answer, "facts": facts,
                "amounts": [f"{a:.2f}" for a in answer.amounts],
                "gain": None if answer.gain is None else f"{answer.gain:.2f}",
            }
        )  # fmt: skip

    if fact is not None:
        ask("splitting", "", lambda: prove.splitting(draft, fact, catalogue, on, granted=granted, timeout=PROOF_MS))
        ask("less_for_more", "", lambda: prove.less_for_more(draft, fact, catalogue, on, timeout=PROOF_MS))
    for other in itertools.islice((m for m in others if m.subject == draft.subject and m.id != draft.id), 6):
        ask("overlap", other.id, lambda o=other: prove.overlap(draft, o, catalogue, on, timeout=PROOF_MS))
    return found
