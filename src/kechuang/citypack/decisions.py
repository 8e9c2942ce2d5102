"""Decisions on open questions, taken on a page: found in a pack, and carried over into another one.

A pack in force may hold a chosen reading that the folder it came from does not: an officer chose it on a page. Applying the folder again
would undo the choice. A decision is carried over when the new pack asks the same question with the same readings to choose from and
does not decide it itself, or decided it earlier; where the question or its readings are other ones, it *lapses* and people are asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from kechuang.citypack.models import Ambiguity, Measure, Pack
from kechuang.citypack.problems import Lang

Fate = Literal["undone", "lapsed"]


@dataclass(frozen=True)
class Decision:
    """A reading chosen in the pack in force that another pack does not hold.

    ``undone``: the new pack has the same question open, or an older choice. ``lapsed``: the question is gone or asks for something else, so
    that the choice cannot be carried over. ``instead`` is what the new pack chooses, None where it leaves it open.
    """

    measure: str
    question: str
    reading: str
    by: str | None
    date: dt.date | None
    reason: str | None
    fate: Fate
    instead: str | None = None

    @property
    def where(self) -> str:
        """The question by its measure and id."""
        return f"{self.measure}/{self.question}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "measure": self.measure,
            "question": self.question,
            "reading": self.reading,
            "by": self.by,
            "date": self.date and self.date.isoformat(),
            "reason": self.reason,
            "fate": self.fate,
            "instead": self.instead,
        }

    def as_text(self, lang: Lang = "zh") -> str:
        """One sentence: what would be undone, who chose it and when."""
        who, day = self.by or "？", self.date.isoformat() if self.date else "？"
        if lang == "en":
            done = f'would undo the reading "{self.reading}" of {self.where}, chosen by {who} on {day}'
            return done + (": the question or its readings are other ones now" if self.fate == "lapsed" else "")
        done = f"会撤销 {self.where} 的读法“{self.reading}”（{who} {day} 选定）"
        return done + ("：问题或读法已经不同" if self.fate == "lapsed" else "")


def undone(old: Pack | None, new: Pack) -> tuple[Decision, ...]:
    """The decisions of ``old`` that applying ``new`` as it is would undo, in the order of the old pack's measures.

    A choice that the new pack makes itself, of the same day or later, is a newer decision and undoes nothing.
    """
    return tuple(decision for decision, _ in _lost(old, new))


def _lost(old: Pack | None, new: Pack) -> Iterator[tuple[Decision, Ambiguity]]:
    if old is None or old.city.id != new.city.id:
        return  # another city decides for itself
    now = {(m.id, a.id): a for m in new.measures for a in m.ambiguities}
    for measure in old.measures:
        for was in measure.ambiguities:
            if was.chosen is None:
                continue
            found = now.get((measure.id, was.id))
            if found is not None and found.chosen is not None:
                same = (found.chosen, found.by, found.date) == (was.chosen, was.by, was.date)
                if same or _day(found) >= _day(was):
                    continue
            fate: Fate = "undone" if found is not None and _same(was, found) else "lapsed"
            instead = found.chosen if found is not None else None
            yield Decision(measure.id, was.id, was.chosen, was.by, was.date, was.reason, fate, instead), was


def _day(question: Ambiguity) -> dt.date:
    return question.date or dt.date.min


def _same(was: Ambiguity, now: Ambiguity) -> bool:
    """Whether people would decide about the same thing: the question's words, and each reading's words and amount."""
    return was.question == now.question and was.readings == now.readings


def keep(old: Pack | None, new: Pack) -> tuple[Pack, tuple[Decision, ...]]:
    """``new`` with the decisions of ``old`` that can be carried over, and these decisions.

    Decisions that lapsed are not among them; ask :func:`undone` for all.
    """
    kept = [(decision, was) for decision, was in _lost(old, new) if decision.fate == "undone"]
    if not kept:
        return new, ()
    carried = {(decision.measure, decision.question): was for decision, was in kept}

    def decided(measure: Measure) -> Measure:
        questions = []
        for question in measure.ambiguities:
            was = carried.get((measure.id, question.id))
            fields = {} if was is None else {n: getattr(was, n) for n in ("chosen", "by", "date", "reason")}
            questions.append(question.model_copy(update=fields) if fields else question)
        return measure.model_copy(update={"ambiguities": questions})

    return new.model_copy(update={"measures": [decided(m) for m in new.measures]}), tuple(d for d, _ in kept)
