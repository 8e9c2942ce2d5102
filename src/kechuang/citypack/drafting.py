"""From a reading to a draft pack: loadable, type-checked, every item ``status: draft``, and what stayed unread listed.

The draft holds structure, positions and hashes of the document, the figures and short terms of its rules, and
placeholders for what a person must say in their own words; it holds none of the document's sentences. The same
functions serve ``kechuang pack draft`` and the review page, which hands in the items as people confirmed them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kechuang import reading as reader
from kechuang.citypack.compile import compile_pack
from kechuang.citypack.draftfacts import TO_FILL
from kechuang.citypack.draftrecords import Head, Item, Maker
from kechuang.citypack.draftstatements import COUNTING, Unread, proposed, uncovered
from kechuang.citypack.exporting import export
from kechuang.citypack.instruments import Proposal
from kechuang.citypack.models import Case, Measure, Pack
from kechuang.measures import MeasureError, explain, parse_facts
from kechuang.reading.model import Reading

REMAINDER = "remainder.md"


@dataclass
class Draft:
    """A drafted pack; ``ids`` says which record each item (by number) became, ``instruments`` why a measure has its code."""

    pack: Pack
    ids: dict[int, str] = field(default_factory=dict)
    unplaced: list[Item] = field(default_factory=list)
    remainder: list[Unread] = field(default_factory=list)
    instruments: dict[str, Proposal] = field(default_factory=dict)


def items_of(reading: Reading) -> list[Item]:
    """Everything reading found that a pack can hold, in text order.

    A task without an actor that lies in the sentence part of an incentive is the verb of the money rule itself.
    """
    money = [(one.start, one.end) for one in reading.incentives]
    tasks = [
        one
        for one in reading.tasks
        if one.actor or not any(start < one.end and one.start < end for start, end in money)
    ]
    found = [
        *(Item("measure", one.start, one.end, one.clause, one.to_dict(why=True)) for one in reading.incentives),
        *(Item("target", one.start, one.end, one.clause, one.to_dict(why=True)) for one in reading.targets),
        *(Item("task", one.start, one.end, one.clause, one.to_dict(why=True)) for one in tasks),
        *(Item("reference", one.start, one.end, one.clause, one.to_dict(why=True)) for one in reading.references),
    ]
    found += proposed(reading, found)
    return sorted(found, key=lambda item: (item.start, item.end))


def unread(reading: Reading, items: Iterable[Item] | None = None) -> list[Unread]:
    """Sentences with an amount or percentage that no measure, target or statement accounts for."""
    kept = items_of(reading) if items is None else items
    return [one for one in uncovered(reading, kept, COUNTING) if one.figures]


def assemble(reading: Reading, items: Iterable[Item], head: Head | None = None, cases: bool = True) -> Draft:
    """The pack that the items make. Items outside every sentence are returned in ``unplaced``.

    Expressions are proposed from the fields; with ``cases``, measures with a stated amount get worked cases computed
    by the engine, for a person to check. Raises ``pydantic.ValidationError`` for an id or code of the wrong form.
    """
    kept = list(items)
    maker = Maker(reading, head or Head())
    for number, item in enumerate(kept):
        maker.add(number, item)
    pack = Pack.model_validate(maker.pack())
    if cases:
        pack = pack.model_copy(update={"measures": _with_cases(pack, maker.samples)})
    return Draft(pack, maker.ids, maker.unplaced, unread(reading, kept), maker.instruments)


def draft(text: str, head: Head | None = None) -> Draft:
    """The draft pack of an official text."""
    reading = reader.read(text)
    return assemble(reading, items_of(reading), head)


def write(drafted: Draft, folder: Path) -> list[Path]:
    """Write the pack and ``remainder.md`` into a new or empty folder; returns the files.

    Raises ``FileExistsError`` when the folder holds anything.
    """
    written = export(drafted.pack, folder)
    note = folder / REMAINDER
    note.write_text(remainder_text(drafted), encoding="utf-8")
    return [*written, note]


def remainder_text(drafted: Draft) -> str:
    """The unread remainder as Markdown in both languages: for the person who finishes the draft."""
    lines = [
        f"# {drafted.pack.documents[0].title.zh}",
        "",
        "有金额或比例、却没有成为条目的句子（请逐句核对：是条目就补上，不是就在文件记录里写 statement）。",
        "Sentences with an amount or a percentage that became nothing: add an item, or record why there is none.",
        "",
    ]
    for one in drafted.remainder:
        words = re.sub(r"\s+", "", one.text)
        lines.append(f"- {one.paragraph} §{one.n} ({one.label}, {one.start}–{one.end}): {words}")
    if not drafted.remainder:
        lines.append("- 没有 / None")
    if drafted.unplaced:
        lines += ["", "不在任何句子里的条目（多在标题中），没有写进草稿 / Items outside every sentence, left out:", ""]
        lines += [f"- {item.kind} {item.start}–{item.end} ({item.clause})" for item in drafted.unplaced]
    if drafted.instruments:
        lines += ["", "政策工具代码（经合组织 STIP，请核对）/ Instrument codes (OECD STIP Compass, to be checked):", ""]
    for id_, tool in drafted.instruments.items():
        code = tool.code or "待定 / open"
        lines.append(f"- {id_}: {code} ({tool.confidence}) {tool.zh} / {tool.en}")
    return "\n".join(lines) + "\n"


def summary(drafted: Draft, lang: str = "zh") -> str:
    """What the draft holds and what is open, for the command line."""
    pack, left = drafted.pack, len(drafted.remainder)
    computed = sum(1 for measure in pack.measures if measure.amount)
    blanks = pack.model_dump_json().count(TO_FILL["zh"])
    if lang == "en":
        return (
            f"{len(pack.measures)} measures ({computed} with an amount expression), {len(pack.targets)} targets, "
            f"{len(pack.tasks)} tasks, {len(pack.facts)} facts, all drafts.\n"
            f"Still open: {left} sentences with an amount that became nothing ({REMAINDER}), "
            f"{blanks} texts to be filled in."
        )
    return (
        f"政策措施 {len(pack.measures)} 条（{computed} 条有金额算式），目标 {len(pack.targets)} 条，"
        f"任务 {len(pack.tasks)} 条，事实 {len(pack.facts)} 个，都是草稿。\n"
        f"还没完的：{left} 个有金额的句子没有成为条目（见 {REMAINDER}），{blanks} 处文字待填写。"
    )


def _with_cases(pack: Pack, samples: Mapping[str, Mapping[str, Any]]) -> list[Measure]:
    """Worked cases for measures with a stated amount: every condition met, and the first one not met."""
    rules = compile_pack(pack)
    done: list[Measure] = []
    for record in pack.measures:
        given = dict(samples.get(record.id, {}))
        cases: list[Case] = []
        if record.amount_is == "stated" and record.amount is not None:
            sets = [("各项条件都满足（自动算出，请核对）", "All conditions met (computed, to be checked)", given)]
            first = next((c.test for c in record.applies if given.get(c.test) is True), None)
            if first is not None:
                sets.append(
                    (
                        "第一项条件不满足（自动算出，请核对）",
                        "One condition not met (computed, to be checked)",
                        {**given, first: False},
                    )
                )
            for zh, en, raw in sets:
                known, errors = parse_facts(raw, rules.catalogue)
                if errors:
                    continue
                try:
                    result = explain(rules.measures[record.id], known, record.effective.from_, rules.catalogue)
                except MeasureError:
                    continue  # ``check`` says what does not compile
                expect: dict[str, Any] = {"status": result.status}
                if result.amount is not None:
                    expect["amount"] = f"{result.amount:f}"
                title: dict[str, str] = {"zh": zh, "en": en}
                day: dt.date = record.effective.from_
                cases.append(Case.model_validate({"title": title, "on": day, "facts": raw, "expect": expect}))
        done.append(record.model_copy(update={"cases": cases}))
    return done
