"""Sentences that become no item: those whose reason the text itself shows are proposed, the others are listed as open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kechuang.citypack.draftrecords import Item
from kechuang.citypack.scaffolding import cited_labels
from kechuang.reading import purposes, quantities
from kechuang.reading.model import Reading, Sentence
from kechuang.reading.normalise import normalise

#: Kinds of statement (see ``models.Statement``) with the reason that is given where a person writes none.
STATEMENT_WORDS: Mapping[str, tuple[str, str]] = {
    "background": ("说明背景", "background"),
    "basis": ("依据", "what it rests on"),
    "principle": ("原则", "a principle"),
    "purpose": ("目的", "what it is for"),
    "vision": ("愿景", "an aspiration"),
    "formality": ("程序性说明", "a formality"),
}
#: Items that account for a sentence; a reference alone does not.
COVERING = ("measure", "target", "task", "statement")
#: Items that account for a figure: an amount inside a task may still be a rule that was not read.
COUNTING = ("measure", "target", "statement")


@dataclass(frozen=True)
class Unread:
    """A sentence that became no item; ``text`` is cut from the document, ``figures``: it holds money or a percentage."""

    clause: str
    label: str
    paragraph: str
    n: int
    start: int
    end: int
    text: str
    figures: bool


def uncovered(reading: Reading, items: Iterable[Item], kinds: tuple[str, ...] = COVERING) -> list[Unread]:
    """Sentences that no item of these kinds accounts for, in the order of the text."""
    labels = cited_labels(reading.clauses)
    clause_of = {paragraph.id: paragraph.clause for paragraph in reading.paragraphs}
    left: list[Unread] = []
    for sentence in _free(reading, items, kinds):
        clean = normalise(reading.text, sentence.start, sentence.end).text
        figures = any(item.kind in ("money", "percent") for item in quantities.find(clean))
        clause = clause_of[sentence.paragraph]
        where = (clause, labels.get(clause, clause), sentence.paragraph, sentence.n, sentence.start, sentence.end)
        left.append(Unread(*where, sentence.text, figures))
    return left


def proposed(reading: Reading, items: Iterable[Item]) -> list[Item]:
    """Statements for sentences without an item that show what they are: validity, basis, announcement, opening of a list."""
    clause_of = {paragraph.id: paragraph.clause for paragraph in reading.paragraphs}
    found: list[Item] = []
    for sentence in _free(reading, items, COVERING):
        told = _told(reading, sentence)
        if told is not None:
            kind, zh, en = told
            fields = {"kind": kind, "reason": {"zh": zh, "en": en}, "confidence": "0.8"}
            found.append(Item("statement", sentence.start, sentence.end, clause_of[sentence.paragraph], fields))
    return found


def _free(reading: Reading, items: Iterable[Item], kinds: tuple[str, ...]) -> list[Sentence]:
    """Sentences that no item of these kinds touches; both are walked in order, so that time stays linear."""
    taken = sorted((item.start, item.end) for item in items if item.kind in kinds)
    free: list[Sentence] = []
    at, reach = 0, 0
    for sentence in reading.sentences:
        while at < len(taken) and taken[at][0] < sentence.end:
            reach = max(reach, taken[at][1])
            at += 1
        if reach <= sentence.start:
            free.append(sentence)
    return free


def _told(reading: Reading, sentence: Sentence) -> tuple[str, str, str] | None:
    inside = [rule for rule in reading.rules if sentence.start <= rule.start < sentence.end]
    if any(rule.kind == "validity" for rule in inside):
        return "formality", "施行和有效期", "entry into force and validity"
    text = normalise(reading.text, sentence.start, sentence.end).text
    if purposes.announces(text):
        return "purpose", "说明为什么发文", "says why the document is issued"
    if sentence.paragraph.startswith("0.") and any(
        sentence.start <= one.start < sentence.end for one in reading.references
    ):
        return "basis", "依据", "what it rests on"
    if text.rstrip().endswith(("：", ":")):
        return "formality", "引出下文", "opens what follows"
    return None
