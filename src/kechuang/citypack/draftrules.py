"""Proposes the rule of a measure (parameters, conditions, amount) from what reading found of an incentive.

Input is the JSON of the reading contract (``Incentive.to_dict``), as it stands after a person has confirmed or edited
it, so a page and the command line make the same rule from the same fields. Nothing is invented: where the text
leaves the amount open the measure is ``unstated`` or ``delegated``; where it gives only a ceiling the amount below it
is a fact to be set by the deciding department; where a range or an unclear ceiling is given an ambiguity says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from kechuang.citypack import draftfacts as facts
from kechuang.citypack.draftfacts import FactBook, Test
from kechuang.reading import quantities

#: Kinds of incentive (reading contract) in words.
KIND_WORDS: dict[str, tuple[str, str]] = {
    "fixed": ("定额奖补", "fixed amount"),
    "rate": ("按比例奖补", "share of a base"),
    "per_unit": ("按数量奖补", "amount per unit"),
    "matching": ("配套资助", "matching funds"),
    "other": ("资金支持", "support without a stated amount"),
}

_SUBJECTS = (
    ("person", re.compile(r"人才|个人|毕业生|创业者|科技人员|专家|团队|职工|博士|硕士|带头人")),
    ("project", re.compile(r"项目$")),
    ("institution", re.compile(r"高校|院校|院所|研究院|科研机构|学院|大学|平台|机构|协会|中心|园区|孵化器|基地")),
)
_ONE_EACH = re.compile(
    r"^(?:每|单)?(?:家|户|个|人|位|名|单人|企业|单位|机构|项|个人)$|^单个?(?:企业|单位|机构|项目|品种|人)?$"
)
_FINEST = Decimal("0.0001")
_OPEN = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]")


@dataclass
class Rule:
    """What is proposed for one measure."""

    amount_is: str
    subject: str
    amount: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    titles: dict[str, dict[str, str]] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)
    ambiguities: list[dict[str, Any]] = field(default_factory=list)
    delegated_to: dict[str, Any] | None = None
    samples: dict[str, Any] = field(default_factory=dict)

    def parameter(self, name: str, value: Decimal, zh: str, en: str) -> str:
        """Declare a parameter and return its name."""
        # A ratio such as 1:3 has no end; four decimals keep its product with any amount inside 18 digits.
        endless = -int(value.as_tuple().exponent) > 6
        self.parameters[name] = f"{(value.quantize(_FINEST) if endless else value).normalize():f}"
        self.titles[name] = {"zh": zh, "en": en}
        return name


def subject_of(beneficiary: str | None) -> str:
    """What is looked at: person, project, institution, else enterprise."""
    return next((kind for kind, pattern in _SUBJECTS if pattern.search(beneficiary or "")), "enterprise")


def number(value: Any) -> Decimal | None:
    """An exact number of the contract's JSON (a text), or None."""
    if value in (None, "") or isinstance(value, bool | float):
        return None
    try:
        found = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def rule_of(fields: Mapping[str, Any], key: str, where: str, book: FactBook) -> Rule:
    """The rule proposed for an incentive.

    ``key`` (the place, ``3_1_1``) makes fallback names unique, ``where`` cites the sentence for people, facts go
    into ``book``.
    """
    subject = subject_of(fields.get("beneficiary"))
    tiers = [tier for tier in fields.get("tiers") or [] if isinstance(tier, Mapping)]
    condition = fields.get("condition")
    if fields.get("marginal"):  # a layer of the base is no condition: whoever is above it gets the layers below, too
        condition = "，".join(one for one in re.split(r"[，,；]", str(condition or "")) if not one.endswith("部分"))
    tests = facts.propose_tests(condition, subject, where, key, book, tiered=bool(tiers))
    rule = Rule("stated", subject, tests=tests)
    maker = _Maker(fields, key, where, book, rule)
    amount = maker.tiered(tiers) if tiers else maker.plain()
    for test in tests:
        rule.samples.update(test.samples)
    if amount is None:
        return _without_amount(fields, rule)
    cap = number(fields.get("cap_yuan"))
    if cap is not None:
        amount = f"min({amount}, {rule.parameter('cap', cap, '最高', 'ceiling')})"
        if fields.get("cap_period") is None:
            rule.ambiguities.append(_cap_question())
    rule.amount = amount
    return rule


def _without_amount(fields: Mapping[str, Any], rule: Rule) -> Rule:
    other = fields.get("refers_to")
    rule.amount_is = "delegated" if other else "unstated"
    if other:
        rule.delegated_to = {"title": {"zh": str(other), "en": f"{facts.TO_FILL['en']}: {other}"}, "known": False}
    rule.parameters, rule.titles = {}, {}
    return rule


class _Maker:
    """Builds amount expressions for one incentive."""

    def __init__(self, fields: Mapping[str, Any], key: str, where: str, book: FactBook, rule: Rule) -> None:
        self.fields, self.key, self.where, self.book, self.rule = fields, key, where, book, rule

    def base(self) -> str:
        """The money fact a rate is taken of."""
        text = _OPEN.sub("", str(self.fields.get("base") or ""))
        text = re.sub(r"^其|中$", "", text)
        name = self.book.add(facts.money(facts.name_of(text, f"计算基数_{self.key}"), self.rule.subject))
        self.rule.samples.setdefault(name, "1000000")
        return name

    def approved(self) -> str:
        """The amount a department sets below a ceiling the text gives."""
        name = self.book.add(facts.money("核定金额", self.rule.subject, "主管部门核定的金额"))
        self.rule.samples.setdefault(name, "100000")
        return name

    def plain(self) -> str | None:
        """Amount without tiers; None where the text states none."""
        kind = self.fields.get("kind")
        amount, rate = number(self.fields.get("amount_yuan")), number(self.fields.get("rate"))
        cap = number(self.fields.get("cap_yuan"))
        if rate is not None:
            return self.share(rate)
        if amount is not None:
            name = self.rule.parameter("amount", amount, "金额", "amount")
            return f"{self.units()} * yuan({name})" if kind == "per_unit" and not self.one_each() else name
        if cap is not None:
            if kind == "rate" and self.fields.get("base"):
                return self.base()
            return self.approved()
        return None

    def share(self, rate: Decimal) -> str:
        """A share of the base; a range 5 %–20 % is shown with its lower end and both readings."""
        base = self.base()
        low = self.rule.parameter("rate", rate, "比例", "rate")
        top = number(self.fields.get("rate_max"))
        if top is not None:
            high = self.rule.parameter("rate_max", top, "最高比例", "highest rate")
            cap = number(self.fields.get("cap_yuan"))
            upper = f"half_up({base} * {high})"
            self.rule.ambiguities.append(
                {
                    "id": "which-rate",
                    "question": {
                        "zh": "文件给的是一个比例区间，按哪个比例算？",
                        "en": "The text gives a range of rates; which one applies?",
                    },
                    "readings": [
                        {"id": "lowest", "title": {"zh": "按下限", "en": "the lower end"}},
                        {
                            "id": "highest",
                            "title": {"zh": "按上限", "en": "the upper end"},
                            "amount": f"min({upper}, cap)" if cap is not None else upper,
                        },
                    ],
                    "shown": "lowest",
                }
            )
        elif self.fields.get("rate_is_cap"):
            self.rule.ambiguities.append(
                {
                    "id": "rate-is-ceiling",
                    "question": {
                        "zh": "文件写的是最高比例，实际比例由谁定？",
                        "en": "The text gives the highest rate only; who sets the actual one?",
                    },
                }
            )
        return f"half_up({base} * {low})"

    def units(self) -> str:
        """The count a per-unit amount is multiplied with."""
        text = _OPEN.sub("", re.sub(r"^每", "", str(self.fields.get("base") or "")))
        name = self.book.add(
            facts.count(facts.name_of(f"{text or '单位'}数", f"数量_{self.key}"), self.rule.subject, text or "个")
        )
        self.rule.samples.setdefault(name, "2")
        return name

    def one_each(self) -> bool:
        """每家, 单人: the unit is the beneficiary itself, so its number is one."""
        return _ONE_EACH.match(str(self.fields.get("base") or "")) is not None

    def tiered(self, tiers: list[Mapping[str, Any]]) -> str | None:
        """Tiers as a choice between named steps; their number and the number of amounts are kept as read."""
        labels: list[str] = []
        for n, tier in enumerate(tiers, 1):
            label = re.sub(r"\s+|[\"\\]", "", str(tier.get("when") or ""))[:40] or f"第{n}档"
            labels.append(label if label not in labels else f"{label}（{n}）")
        if self.fields.get("marginal"):
            layered = self.layered(tiers)
            if layered is not None:
                return layered
        amounts = [self.step(n, tier) for n, tier in enumerate(tiers, 1)]
        if all(amount is None for amount in amounts):
            return self.plain()
        raw = [str(tier.get("when") or "") for tier in tiers]
        ladder = facts.ladder_of(self.fields.get("condition"), raw, self.rule.subject)
        if ladder is not None and all(amounts):
            return self.climbed(ladder, [str(amount) for amount in amounts])
        name = self.book.add(facts.choice(f"档次_{self.key}", self.rule.subject, labels, self.where))
        self.rule.samples.setdefault(name, labels[0])
        text = "0"
        for label, amount in reversed(list(zip(labels, amounts, strict=True))):
            if amount is not None:
                text = f'{amount} if {name} == "{label}" else {text}'
        return f"({text})"

    def layered(self, tiers: list[Mapping[str, Any]]) -> str | None:
        """500万元以内的部分10%，以上的部分5%: each rate on its layer of the base; None where the bounds are not clear."""
        bounds: list[Decimal] = []
        for n, tier in enumerate(tiers):
            label = str(tier.get("when") or "")
            found = [q for q in quantities.find(label) if q.kind == "money"]
            if len(found) != 1 or number(tier.get("rate")) is None:
                return None
            below = found[0].comparator in ("<=", "<") and found[0].value_max is None
            if below and n:
                return None
            bounds.append(Decimal(0) if below else found[0].value * found[0].scale)
        if bounds != sorted(set(bounds)):
            return None
        rows = []
        for n, (bound, tier) in enumerate(zip(bounds, tiers, strict=True), 1):
            rate = number(tier.get("rate")) or Decimal(0)
            name = self.rule.parameter(f"rate_{n}", rate, f"第 {n} 段比例", f"rate of layer {n}")
            rows.append(f"({bound.normalize():f}, {name})")
        return f"half_up(marginal({self.base()}, {', '.join(rows)}))"

    def climbed(self, ladder: facts.Ladder, amounts: list[str]) -> str:
        """The highest tier whose bound is reached; below the first there is nothing, which is a condition."""
        name = self.book.add(ladder.fact)
        first = ladder.bounds[0].normalize()
        zh, en = f"{name} 达到 {first:,f}", f"{facts.term(name)} reaches {first:,f}"
        self.rule.tests.append(Test(f"{name} >= {first:f}", {"zh": zh, "en": en}, (self.book.facts[name],), {}))
        self.rule.samples[name] = f"{first:f}"
        rows = ", ".join(
            f"({bound.normalize():f}, {value})" for bound, value in zip(ladder.bounds, amounts, strict=True)
        )
        return f"tiers({name}, {rows})"

    def step(self, n: int, tier: Mapping[str, Any]) -> str | None:
        """The amount of one tier."""
        amount, rate, cap = (number(tier.get(key)) for key in ("amount_yuan", "rate", "cap_yuan"))
        if rate is not None:
            name = self.rule.parameter(f"rate_{n}", rate, f"第 {n} 档比例", f"rate of tier {n}")
            text = f"half_up({self.base()} * {name})"
        elif amount is not None:
            text = self.rule.parameter(f"amount_{n}", amount, f"第 {n} 档金额", f"amount of tier {n}")
            if self.fields.get("kind") == "per_unit" and not self.one_each():
                text = f"{self.units()} * yuan({text})"
        elif cap is not None:
            text = self.approved()
        else:
            return None
        if cap is not None:
            text = f"min({text}, {self.rule.parameter(f'cap_{n}', cap, f'第 {n} 档最高', f'ceiling of tier {n}')})"
        return text


def _cap_question() -> dict[str, Any]:
    return {
        "id": "cap-per",
        "question": {
            "zh": "最高额是按每次、每家还是每年算？",
            "en": "Is the ceiling per case, per beneficiary or per year?",
        },
    }


def in_words(fields: Mapping[str, Any]) -> dict[str, str]:
    """One sentence in both languages that says how much, made from the fields alone."""
    zh, en = [], []
    amount, rate, cap = (number(fields.get(key)) for key in ("amount_yuan", "rate", "cap_yuan"))
    top, base = number(fields.get("rate_max")), str(fields.get("base") or "")
    if rate is not None:
        percent = f"{(rate * 100).normalize():f}%" + (f"–{(top * 100).normalize():f}%" if top is not None else "")
        zh.append(f"{base or '基数'}的 {percent}")
        en.append(f"{percent} of {facts.term(base) if base else 'the base'}")
    if amount is not None:
        per = f"（{base}）" if fields.get("kind") == "per_unit" and base else ""
        zh.append(f"{money_words(amount)[0]}{per}")
        en.append(money_words(amount)[1] + (" each" if per else ""))
    if fields.get("additive"):
        zh.append("在前一项之上")
        en.append("on top of the grant before")
    for n, tier in enumerate(fields.get("tiers") or [], 1):
        sums = [money_words(v) for k in ("amount_yuan", "cap_yuan") if (v := number(tier.get(k))) is not None]
        share = number(tier.get("rate"))
        shown = [f"{(share * 100).normalize():f}%"] if share is not None else []
        zh.append(f"{tier.get('when') or f'第 {n} 档'} {'、'.join([*shown, *(s[0] for s in sums)]) or '未写'}")
        en.append(f"tier {n}: {', '.join([*shown, *(s[1] for s in sums)]) or 'not given'}")
    if cap is not None:
        period = fields.get("cap_period")
        zh.append(f"{period or ''}最高 {money_words(cap)[0]}")
        en.append(f"at most {money_words(cap)[1]}" + (" per period" if period else ""))
    return {"zh": "，".join(zh) or "文件没有写金额", "en": "; ".join(en) or "the text gives no amount"}


def money_words(amount: Decimal) -> tuple[str, str]:
    """An amount as people write it: 20 万元, 200,000 yuan. Exact."""
    zh = f"{(amount / 10000).normalize():f} 万元" if amount >= 10000 else f"{amount.normalize():f} 元"
    if amount >= 10**8:
        zh = f"{(amount / 10**8).normalize():f} 亿元"
    return zh, f"{amount.normalize():,f} yuan"
