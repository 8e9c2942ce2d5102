"""Common ways to write a new measure, so that nobody has to know the language of formulas: a fixed sum, a share with a
cap, tiers, brackets; and conditions chosen from lists. What is chosen becomes a formula and conditions as if typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kechuang.citypack import models as pack_models
from kechuang.measures.model import Condition, Text
from kechuang.web.laboratory.domain import drafting

LIMITS = 2
"""How many thresholds a form offers; more are typed as conditions."""
_OPERATORS = {">=": _("不少于"), "<=": _("不多于"), ">": _("多于"), "<": _("少于")}
_WORDS = {">=": ("不少于", "at least"), "<=": ("不多于", "at most"), ">": ("多于", "above"), "<": ("少于", "below")}
OPERATORS = tuple(_OPERATORS.items())


@dataclass(frozen=True)
class Pattern:
    """One way: ``{x}`` is the amount that is computed from. ``each``: with records it is applied to each of them."""

    id: str
    title: Any
    amount: str
    values: str
    each: str = ""


PATTERNS = (
    Pattern("fixed", _("给一笔固定的钱"), "奖励", "奖励 = 100,000"),
    Pattern(
        "share", _("按比例给，有封顶"), "min(half_up({x} * 比例), 封顶)", "比例 = 2%\n封顶 = 200,000",
        "min(sum({list}, half_up({x} * 比例)), 封顶)",
    ),
    Pattern(
        "tiers", _("分档，每档一个固定数"), "tiers({x}, (门槛一, 奖励一), (门槛二, 奖励二))",
        "门槛一 = 1,000,000\n奖励一 = 50,000\n门槛二 = 10,000,000\n奖励二 = 200,000",
    ),
    Pattern(
        "brackets", _("分段，每段一个比例，有封顶"), "min(half_up(marginal({x}, (0, 低段比例), (界限, 高段比例))), 封顶)",
        "低段比例 = 3%\n界限 = 5,000,000\n高段比例 = 1%\n封顶 = 300,000",
        "min(sum({list}, half_up(marginal({x}, (0, 低段比例), (界限, 高段比例)))), 封顶)",
    ),
)  # fmt: skip
Facts = Mapping[str, pack_models.Fact]


@dataclass(frozen=True)
class Base:
    """What an amount is computed for (``subject``) and from: a fact, or a fact of each record of a list, or nothing."""

    subject: str
    list: str = ""
    fact: str = ""

    @property
    def key(self) -> str:
        """As it stands in an address."""
        return ":".join(part for part in (self.subject, self.list, self.fact) if part)


def bases(facts: Facts) -> list[Base]:
    """All that the register can compute from: no fact that is only asked of people or counts earlier grants."""
    found = []
    for subject in drafting.SUBJECTS:
        found.append(Base(subject))
        found += [
            Base(subject, fact=f.id) for f in facts.values() if f.entity == subject and f.type == "money" and _held(f)
        ]
        for f in facts.values():
            if f.entity == subject and f.type == "relation":
                found += [Base(subject, f.id, e) for e in f.elements if e in facts and facts[e].type == "money"]
    return found


def _held(fact: pack_models.Fact) -> bool:
    return bool(fact.origin.path) and ".payments." not in (fact.origin.path or "")


def filled(pattern: str, base: str, facts: Facts) -> dict[str, str]:
    """The fields that a choice fills in; empty where there is no such choice. A way that computes from an amount takes
    the first of the subject where none was chosen."""
    way = next((p for p in PATTERNS if p.id == pattern), None)
    known = bases(facts)
    chosen = next((b for b in known if b.key == base), None)
    if way is None or chosen is None:
        return {}
    if "{x}" in way.amount and not chosen.fact:
        chosen = next((b for b in known if b.subject == chosen.subject and b.fact), None)
        if chosen is None:
            return {}
    amount = way.amount.format(x=chosen.fact)
    if chosen.list:
        whole = f"sum({chosen.list}, {chosen.fact})"
        amount = way.each.format(x=chosen.fact, list=chosen.list) if way.each else way.amount.format(x=whole)
    return {"subject": chosen.subject, "amount": amount, "values": way.values}


def asked(facts: Facts, subject: str, *types: str) -> list[pack_models.Fact]:
    """Facts that a condition on a subject can be made of by choosing: its own and its firm's, known to the register."""
    return [f for f in facts.values() if f.type in types and f.entity in (subject, "enterprise") and _held(f)]


def conditions(data: Mapping[str, Any], facts: Facts) -> tuple[list[Condition], list[drafting.Fault]]:
    """The conditions of the lists: ``checked`` (facts that must hold), ``choices`` (value by fact), ``limits`` (fact,
    operator and number), and what is wrong with them."""
    found: list[Condition] = []
    faults: list[drafting.Fault] = []
    for name in data.get("checked", ()):
        if name in facts and facts[name].type == "boolean":
            found.append(Condition(name, Text(name, facts[name].en), "assumption"))
    for name, value in data.get("choices", {}).items():
        known = {v.value: v.en for v in facts[name].values} if name in facts else {}
        if value in known:
            title = Text(f"{name}：{value}", f"{facts[name].en}: {known[value]}")
            found.append(Condition(f'{name} == "{value}"', title, "assumption"))
    for i, (name, operator, typed) in enumerate(data.get("limits", ()), 1):
        if not name and not typed.strip():
            continue
        fact = facts.get(name)
        share = fact is not None and fact.type == "rate"
        value = drafting.number(typed.rstrip("%％") + "%" if share else typed)
        if fact is None or operator not in _OPERATORS or value is None:
            zh, en = "门槛要选一个数，再写数字", "Choose what is limited and write a number"
            faults.append(drafting.Fault(f"m{i}_value", zh, en))
            continue
        shown = f"{typed.strip().rstrip('%％')}%" if share else f"{value:,f}"
        zh, en = _WORDS[operator]
        title = Text(f"{name}{zh} {shown}", f"{fact.en} {en} {shown}")
        found.append(Condition(f"{name} {operator} {value:f}", title, "assumption"))
    return found, faults
