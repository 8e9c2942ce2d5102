"""An explanation as plain text for a terminal or a letter, in one language."""

from __future__ import annotations

from typing import Literal

from kechuang.measures.explanation import Explanation
from kechuang.measures.words import money, show_quantity

Lang = Literal["zh", "en"]
_RESULT = {"yes": ("是", "yes"), "no": ("否", "no"), "unknown": ("不知道", "unknown")}
_STATUS = {
    "yes": ("可得", "granted"),
    "no": ("不符合", "not met"),
    "unknown": ("还差事实", "facts missing"),
    "delegated": ("待细则", "amount delegated"),
    "unstated": ("未写金额", "amount unstated"),
    "not_in_force": ("不在有效期", "not in force"),
}


def status_word(status: str, lang: Lang = "zh") -> str:
    """The status in one or two words."""
    return _STATUS[status][lang == "en"]


def as_text(explanation: Explanation, lang: Lang = "zh") -> str:
    """Title, answer, steps, conditions, readings and what is missing, one per line."""
    i = 0 if lang == "zh" else 1
    e = explanation
    lines = [f"{_pick(e.title, lang)}  {e.on}  [{_STATUS[e.status][i]}]", _pick(e.sentence, lang)]
    if e.steps:
        lines += ["", ("怎样算出来的", "How it was computed")[i]]
        for step in e.steps:
            value = "?"
            if step.value is not None:
                kind = "money" if step.unit == "元" else "count" if step.unit else "number"
                value = _pick(show_quantity(step.value, kind, step.unit), lang)
            detail = _pick(step.detail, lang)
            where = f"  [{step.source.clause}]" if step.source else ""
            lines.append(f"  {step.n}. {_pick(step.label, lang)}: {value}{f'  ({detail})' if detail else ''}{where}")
    if e.conditions:
        lines += ["", ("条件", "Conditions")[i]]
        for c in e.conditions:
            mark = {"yes": "+", "no": "-", "unknown": "?"}[c.result]
            note = ""
            if c.origin == "assumption":
                decided = c.decided_by or ("无人决定", "undecided")[i]
                note = f"  [{('假定', 'assumption')[i]}: {decided}]"
            lines.append(f"  {mark} {_pick(c.title, lang)}: {_RESULT[c.result][i]}{note}")
            lines += [f"      {_pick(g.sentence, lang)}" for g in c.gap]
    if e.missing:
        lines += ["", ("还要知道", "Still to be known")[i]]
        lines += [f"  {_pick(m.name, lang)}: {_pick(m.ask, lang)}" for m in e.missing]
    if e.readings:
        lines += ["", ("有歧义，各种读法的金额", "Open questions, each reading priced")[i]]
        for r in e.readings:
            amount = f": {money(r.amount)}" if r.amount is not None else ": ?" if r.missing else ""
            mark = "*" if r.chosen or r.shown else " "
            names = [m if lang == "zh" else e.program.catalogue[m].en for m in r.missing]
            need = f"  ({('缺', 'needs')[i]} {', '.join(names)})" if names else ""
            lines.append(f"  {mark} {_pick(r.question, lang)} {_pick(r.title, lang)}{amount}{need}")
    return "\n".join(lines) + "\n"


def _pick(text: object, lang: Lang) -> str:
    return str(getattr(text, lang))
