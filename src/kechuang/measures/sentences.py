"""One sentence that answers: how much, which cap applied, what is missing, or why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from kechuang.measures.explanation import Answer, Gap, Missing, Status
from kechuang.measures.model import Catalogue, Measure, Text
from kechuang.measures.nearest import Change
from kechuang.measures.steps import Step
from kechuang.measures.words import money, percent, show_fact, show_quantity

_EMPTY = Text("", "")


def answer(
    measure: Measure,
    status: Status,
    amount: Decimal | None,
    *,
    applies: Answer | None,
    steps: Sequence[Step],
    missing: Sequence[Missing],
    gaps: Sequence[Gap],
    undecided: int,
    undated: Sequence[Text] = (),
) -> Text:
    """The answer in one sentence, with a second one when ``undecided`` conditions are assumptions nobody decided.

    ``applies`` is None for a measure without conditions. ``undated`` are parameters that have no value on the day for
    which the rule asks for one.
    """
    if status == "no":
        return _refusal(gaps, amount)
    asked = _asked(missing, undated) if missing or undated else _EMPTY
    end = _EMPTY
    if undecided:
        end = Text(
            f"其中 {undecided} 项条件是尚未决定的假定。", f" Undecided assumptions among the conditions: {undecided}."
        )
    if status in ("delegated", "unstated"):
        met = Text("文件没有写可以计算的条件", "The text states no condition that can be computed")
        if applies == "yes":
            met = Text("条件都满足", "All conditions are met")
        elif applies == "unknown":
            met = Text(f"还不知道：{asked.zh}", f"Not known yet: {asked.en}")
        said = _no_amount(measure, status)
        return Text(f"{met.zh}；{said.zh}。{end.zh}", f"{met.en}; {said.en}.{end.en}")
    zh, en = ("", "You") if status == "yes" else (f"还不知道：{asked.zh}。", f"Not known yet: {asked.en}.")
    if amount is None:
        if status == "yes":
            zh, en = "符合条件。", "The conditions are met."
        return Text(zh + end.zh, en + end.en)
    if status == "unknown":
        zh, en = f"{zh}如果得到确认，", f"{en} If confirmed, you"
    capped, number = _capped(steps), money(amount)
    return Text(f"{zh}可得 {number} 元{capped.zh}。{end.zh}", f"{en} can get {number} yuan{capped.en}.{end.en}")


def _asked(missing: Sequence[Missing], undated: Sequence[Text]) -> Text:
    zh = [m.name.zh for m in missing] + [f"{p.zh}（那一天还没有规定）" for p in undated]
    en = [m.name.en for m in missing] + [f"{p.en} (none was set by that day)" for p in undated]
    return Text("、".join(zh), ", ".join(en))


def _capped(steps: Sequence[Step]) -> Text:
    """What a cap that applied has taken."""
    for step in steps:
        if step.bit and step.kind == "cap" and step.without_cap is not None:
            without = money(step.without_cap)
            return Text(f"（封顶起作用，不封顶是 {without} 元）", f" (the cap applies; without it {without} yuan)")
    return _EMPTY


def _refusal(gaps: Sequence[Gap], amount: Decimal | None) -> Text:
    zh = "；".join(g.sentence.zh for g in gaps)
    en = "; ".join(g.sentence.en for g in gaps)
    if amount is None:
        return Text(f"现在不符合：{zh}。", f"Not met now: {en}.")
    return Text(
        f"现在不符合：{zh}。满足后可得 {money(amount)} 元。", f"Not met now: {en}. If met: {money(amount)} yuan."
    )


def _no_amount(measure: Measure, status: Status) -> Text:
    if status == "unstated" or measure.delegated_to is None:
        return Text("金额：文件没有写", "the text states no amount")
    to = measure.delegated_to
    number = f"（{to.number}）" if to.number else ""
    known = Text("", "") if to.known else Text("，本平台还没有这份文件", ", which is not at hand here")
    return Text(f"金额由{to.title.zh}{number}规定{known.zh}", f"the amount is set by {to.title.en}{number}{known.en}")


def not_in_force(measure: Measure, on: dt.date) -> Text:
    """Why the measure says nothing on that day."""
    if measure.effective_to is not None and on > measure.effective_to:
        end = measure.effective_to.isoformat()
        return Text(f"{on} 已经失效（有效期至 {end}）。", f"No longer in force on {on} (it ended on {end}).")
    starts = [measure.effective_from, *(min(d for d, _ in p.values) for p in measure.parameters if p.values)]
    start = max(starts).isoformat()
    return Text(f"{on} 还没有生效（自 {start} 起）。", f"Not yet in force on {on} (from {start}).")


def _either(options: list[str], comma: str, last: str) -> str:
    """``高校、科研院所或个人``."""
    return options[0] if len(options) == 1 else f"{comma.join(options[:-1])}{last}{options[-1]}"


def gap_sentence(change: Change | None, title: Text, catalogue: Catalogue) -> Text:
    """The nearest change in words: ``研发投入还差 312,400.01 元``."""
    if change is None:
        return Text(f"不满足“{title.zh}”", f'"{title.en}" is not met')
    fact = catalogue[change.fact]
    have = show_fact(change.have, fact)
    name = Text(change.fact, fact.en)
    match change.need:
        case bool():
            need = Text("是", "yes") if change.need else Text("否", "no")
            return Text(f"{name.zh}：须为{need.zh}，现为{have.zh}", f"{name.en}: must be {need.en}, is {have.en}")
        case tuple():
            shown = [show_fact(v, fact) for v in change.need]
            zh, en = _either([t.zh for t in shown], "、", "或"), _either([t.en for t in shown], ", ", " or ")
            return Text(f"{name.zh}须为{zh}，现为{have.zh}", f"{name.en} must be {en}, is {have.en}")
        case dt.date():
            assert isinstance(change.have, dt.date)
            later = change.need > change.have
            return Text(
                f"{name.zh}须不{'早' if later else '晚'}于 {change.need}，现为 {change.have}",
                f"{name.en} must be no {'earlier' if later else 'later'} than {change.need}, is {change.have}",
            )
        case str():
            return Text(f"{name.zh}须为{change.need}", f"{name.en} must be {change.need}")
    short = change.short
    assert short is not None
    amount = show_quantity(abs(short), fact.type, fact.unit)
    if fact.type == "rate":
        points = percent(abs(short)).removesuffix("%")
        amount = Text(f"{points} 个百分点", f"{points} percentage points")
    if short > 0:
        return Text(f"{name.zh}还差 {amount.zh}", f"{name.en} is {amount.en} short")
    return Text(f"{name.zh}超出 {amount.zh}", f"{name.en} is {amount.en} too much")
