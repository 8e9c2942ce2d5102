"""The steps of an amount, in the order in which a clerk would write them down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeVar

from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import Event, Fact, Record, Trace, Unknown, Value, evaluate
from kechuang.measures.facts import fact_scale
from kechuang.measures.model import ClauseRef, Text
from kechuang.measures.nearest import linear
from kechuang.measures.program import Day, Formula, Program
from kechuang.measures.words import money, percent, plain, show_fact, show_quantity

StepKind = Literal["fact", "parameter", "product", "round", "cap", "floor", "tier", "choose", "sum", "result"]
_T = TypeVar("_T")
_new = tuple.__new__  # skips the named tuple's own constructor
_UNKNOWN = Text("不知道", "unknown")
_NONE = Text("", "")
_ROUNDED = Text("规则写明在这里取整", "the rule rounds here")
_EVEN = Text("没有零头", "nothing to round")
_GIVEN = Text("所填或登记的数", "as entered or registered")
_UNTOLD = Text("还不知道", "not known yet")
_RESULT = Text("结果", "Result")
_LESSER = Text("取较小者", "the lesser amount")
_TIMES = Text("相乘", "multiply")
_PLUS = Text("相加", "add")
_MINUS = Text("相减", "subtract")
_TOLD_RECORDS = 100
_MARGINAL = Text("按档累进", "marginal tiers")
_WORDS = {True: Text("封顶", "cap"), False: Text("不低于", "at least")}
_TOTAL = Text("各项合计", "total of the records")
_COUNT = Text("项数", "number of records")
_UNSHOWN = Unknown(frozenset())
_UNDECIDED = Text("还不知道是否起作用", "not known yet whether it applies")
_EITHER_WAY = Text("还不知道的数不影响结果", "what is not known yet makes no difference")
_SAME = Text("两种情形结果相同", "both cases give the same")
_WITHIN = Text("不超过封顶", "within the cap")
_REACHED = Text("已达到", "reached already")
_NEVER: tuple[str | None, Decimal | None, str, str] = (None, None, "", "")
_ABOVE = Text("按以上各步", "from the steps above")


class Step(NamedTuple):
    """One step. ``bit`` on a cap or floor says that it changed the amount; ``without_cap`` what it would have been,
    ``lost`` the difference; ``binds_from`` the value of ``binds_fact`` from which the cap holds, where exact."""

    n: int
    kind: StepKind
    label: Text
    detail: Text
    value: Decimal | None
    unit: str | None
    source: ClauseRef | None = None
    bit: bool = False
    without_cap: Decimal | None = None
    lost: Decimal | None = None
    binds_fact: str | None = None
    binds_from: Decimal | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON object; amounts of money with two decimals or more, other numbers plain."""
        return {
            "n": self.n,
            "kind": self.kind,
            "label": self.label.to_dict(),
            "detail": self.detail.to_dict(),
            "value": _number(self.value, self.unit),
            "unit": self.unit,
            "source": self.source.to_dict() if self.source else None,
            "bit": self.bit,
            "without_cap": _number(self.without_cap, self.unit),
            "lost": _number(self.lost, self.unit),
            "binds_fact": self.binds_fact,
            "binds_from": _number(self.binds_from, self.unit),
        }


def _number(value: Decimal | None, unit: str | None) -> str | None:
    if value is None:
        return None
    return money(value).replace(",", "") if unit == "元" else plain(value)


def _bare(value: Value, node: n.Node) -> str:
    """A number without its unit; a question mark when it is unknown."""
    if not isinstance(value, Decimal):
        return "?"
    return money(value) if node.type.kind == "money" else plain(value)


def _factors(node: n.Multiply) -> tuple[n.Node, n.Node, bool, bool]:
    """What is multiplied, by what; whether the two were exchanged, and whether the factor is one fixed number."""
    swapped = not n.names(node.left, "fact")
    a, b = (node.right, node.left) if swapped else (node.left, node.right)
    return a, b, swapped, isinstance(b, n.Name | n.Literal) and not n.names(b, "fact")


def _rounding(node: n.HalfUp | n.RoundTo) -> Text:
    """``四舍五入到分``, ``向下取整到 10,000.00 元``."""
    if isinstance(node, n.HalfUp):
        places = {2: ("分", "the fen"), 1: ("角", "the jiao"), 0: ("元", "the yuan"), -4: ("万元", "10,000 yuan")}
        zh, en = f"{node.digits} 位小数", f"{node.digits} decimals"
        if node.type.kind == "money" and node.digits in places:
            zh, en = places[node.digits]
        return Text(f"四舍五入到{zh}", f"rounded half up to {en}")
    unit = show_quantity(node.unit, node.type.kind, node.type.unit)
    zh, en = ("向上", "up") if node.up else ("向下", "down")
    return Text(f"{zh}取整到 {unit.zh}", f"rounded {en} to a multiple of {unit.en}")


def build(
    program: Program, formula: Formula, trace: Trace, environment: dict[str, Fact | None], day: Day
) -> tuple[Step, ...]:
    """Steps of one evaluated amount; the last one is the result."""
    plans = day.plans.get(id(formula))
    if plans is None:
        plans = day.plans[id(formula)] = _plans(program, formula)
    return _Builder(program, formula, environment, plans).run(trace)


def _plans(program: Program, formula: Formula) -> dict[int, _Plan]:
    """A plan per node. Inner cases of a chain are left out (the outermost one tells), and of nodes that are equal
    only the first one tells: what is computed twice is told once."""
    every = list(n.walk(formula.tree))
    cases = [x for x in every if isinstance(x, n.Choose)]
    inner = {id(y) for x in cases for y in (x.then, x.otherwise) if isinstance(y, n.Choose)}
    key = ("twins", id(formula))
    if key not in program.memo:
        program.memo[key] = {id(x): [id(y) for y in every if x == y] for x in every}
    twins: dict[int, list[int]] = program.memo[key]
    return {id(x): _Plan(x, twins[id(x)], id(x) in inner, program) for x in every}


class _Plan:
    """What is known of a node before any fact is: worked out once per formula and day, since every subject needs it.

    ``bound`` and ``times`` are words about numbers of the rule, kept when they are first said.
    """

    __slots__ = (
        "base", "bound", "called", "factors", "first", "fixed", "inner", "limits", "name", "plain", "source", "tell",
        "times", "unit",
    )  # fmt: skip

    def __init__(self, node: n.Node, twins: list[int], inner: bool, program: Program) -> None:
        self.first = twins[0]
        self.inner = inner
        self.plain = len(twins) == 1 and not isinstance(node, n.Choose)
        self.tell = _TELLERS.get(type(node), _untold)
        self.unit = "元" if node.type.kind == "money" else node.type.unit
        self.source = _source(node, program)
        name = node.parameter if isinstance(node, n.ParameterOn) else node
        self.called = program.speaker.say(name) if isinstance(name, n.Name) else _NONE
        self.factors = _factors(node) if isinstance(node, n.Multiply) else None
        self.name = _rounding(node) if isinstance(node, n.HalfUp | n.RoundTo) else _NONE
        self.times: tuple[Text, str] | None = None
        self.bound: dict[tuple[int, bool], tuple[Text, tuple[str | None, Decimal | None, str, str]]] = {}
        self.base = 0
        self.limits: tuple[int, ...] = ()
        self.fixed: frozenset[int] = frozenset()
        if isinstance(node, n.Minimum | n.Maximum):
            # The first operand that depends on facts is the base, the others cap it.
            self.base = next((i for i, p in enumerate(node.parts) if n.names(p, "fact")), 0)
            self.limits = tuple(i for i in range(len(node.parts)) if i != self.base)
            self.fixed = frozenset(i for i in self.limits if not n.names(node.parts[i], "fact"))


def _source(node: n.Node, program: Program) -> ClauseRef | None:
    """The sentence that states the first parameter among the operands, or the measure's own."""
    for child in n.children(node):
        if isinstance(child, n.Name) and child.origin == "parameter":
            parameter = program.measure.parameter(child.id)
            return (parameter.source if parameter else None) or program.measure.source
    return None


class _Builder:
    __slots__ = ("capped", "environment", "formula", "plan", "plans", "program", "steps", "tested", "told")

    def __init__(
        self, program: Program, formula: Formula, environment: dict[str, Fact | None], plans: dict[int, _Plan]
    ) -> None:
        self.program = program
        self.formula = formula
        self.environment = environment
        self.plans = plans
        self.steps: list[Step] = []
        self.tested: dict[int, Value] = {}
        self.told: set[int] = set()
        self.capped = False
        self.plan: _Plan

    def run(self, trace: Trace) -> tuple[Step, ...]:
        plans, tree = self.plans, self.formula.tree
        for event in trace:
            node = event[0]
            plan = plans[id(node)]
            if plan.plain or self.turn(plan, event):
                self.plan = plan
                plan.tell(self, node, event)
        value = trace[-1].value if trace else self.constant(tree)
        if not trace:
            self.plan = plans[id(tree)]
            self.leaf(tree, value)
        detail = _LESSER if self.capped else _ABOVE
        if isinstance(value, Unknown):
            names = [self.called(f) for f in sorted(value.facts)]
            detail = Text(
                "还不知道：" + "、".join(t.zh for t in names), "not known yet: " + ", ".join(t.en for t in names)
            )
        self.plan = plans[id(tree)]
        self.add("result", _RESULT, detail, value, source=self.program.measure.source)
        return tuple(self.steps)

    def turn(self, plan: _Plan, event: Event) -> bool:
        """Whether it is the turn of a case, or of a node that has an equal, to be told."""
        if type(event.node) is n.Choose:
            self.tested[id(event.node)] = event.operands[0]
        if plan.inner or plan.first in self.told:
            return False
        self.told.add(plan.first)
        return True

    def sum(self, node: n.Add | n.Subtract, event: Event) -> None:
        """Facts and parameters by name, everything computed before by its value."""
        sign, label = ("+", _PLUS) if isinstance(node, n.Add) else ("−", _MINUS)
        left, right = (
            self.say(x) if isinstance(x, n.Name | n.Literal) else Text(_bare(v, x), _bare(v, x))
            for x, v in zip((node.left, node.right), event.operands, strict=True)
        )
        detail = Text(f"{left.zh} {sign} {right.zh}", f"{left.en} {sign} {right.en}")
        self.add("sum", label, detail, event.value)

    def parts(self, node: n.Marginal, value: Value) -> Text:
        """``5,000,000.00 × 2% + 3,000,000.00 × 1%``."""
        if not isinstance(value, Decimal):
            return _UNTOLD
        known = {k: v for k, v in self.environment.items() if v is not None}
        rows = [(evaluate(r.bound, known), evaluate(r.value, known)) for r in node.rows]
        shown: list[str] = []
        for i, (bound, rate) in enumerate(rows):
            top = min(value, rows[i + 1][0]) if i + 1 < len(rows) else value  # type: ignore[type-var]
            assert isinstance(top, Decimal) and isinstance(bound, Decimal) and isinstance(rate, Decimal)
            if top > bound:
                shown.append(f"{_bare(top - bound, node.operand)} × {percent(rate)}")
        text = " + ".join(shown) or "0"
        return Text(text, text)

    def add(self, kind: StepKind, label: Text, detail: Text, value: Value, source: ClauseRef | None = None) -> None:
        """A step without a cap, of the node that is told."""
        plan, steps = self.plan, self.steps
        amount = value if isinstance(value, Decimal) else None
        # A tuple written out: half the time of a call with defaults.
        values = (
            len(steps) + 1, kind, label, detail, amount, plan.unit, source or plan.source, False, None, None, None, None,
        )  # fmt: skip
        steps.append(_new(Step, values))

    def kept(self, key: tuple[object, ...], make: Callable[[], _T]) -> _T:
        """What depends on the rule only is made once."""
        memo = self.program.memo
        if key not in memo:
            memo[key] = make()
        return memo[key]  # type: ignore[no-any-return]

    def called(self, id_: str) -> Text:
        return self.kept(("called", id_), lambda: self.program.speaker.say(n.Name(id_)))

    def say(self, node: n.Node) -> Text:
        return self.kept(("say", id(node)), lambda: self.program.speaker.say(node))

    def constant(self, node: n.Node) -> Value:
        if isinstance(node, n.Literal):
            return node.value
        assert isinstance(node, n.Name)
        found = self.environment.get(node.id)
        return Unknown(frozenset((node.id,))) if found is None or isinstance(found, tuple) else found

    def show(self, value: Value, node: n.Node) -> Text:
        """A value with its unit; a small plain number is a rate."""
        if isinstance(value, Unknown):
            return _UNKNOWN
        if isinstance(value, Decimal):
            if node.type.kind == "number":
                text = percent(value) if abs(value) <= 1 else plain(value)
                return Text(text, text)
            return show_quantity(value, node.type.kind, node.type.unit)
        return Text(str(value), str(value))

    def negation(self, node: n.Negate, event: Event) -> None:
        self.add("sum", _MINUS, self.say(node), event.value)

    def marginal(self, node: n.Marginal, event: Event) -> None:
        self.add("tier", _MARGINAL, self.parts(node, event.operands[0]), event.value)

    def span(self, node: n.Span, event: Event) -> None:
        self.add("sum", self.say(node), _NONE, event.value)

    def fact(self, node: n.Name, event: Event) -> None:
        detail = _UNTOLD if isinstance(event.value, Unknown) else _GIVEN
        self.add("fact", self.plan.called, detail, event.value)

    def leaf(self, node: n.Node, value: Value) -> None:
        """An amount that is one number of the rule."""
        label = self.called(node.id) if isinstance(node, n.Name) else Text("数额", "amount")
        parameter = self.program.measure.parameter(node.id) if isinstance(node, n.Name) else None
        source = parameter.source if parameter is not None else None
        detail = Text("规则写明的数额", "stated by the rule")
        self.add("parameter", label, detail, value, source=source or self.program.measure.source)

    def product(self, node: n.Multiply, event: Event) -> None:
        assert self.plan.factors is not None
        a, b, swapped, fixed = self.plan.factors
        x, y = event.operands[::-1] if swapped else event.operands
        times = self.plan.times
        if times is None:
            times = self.times(b, y) if fixed else _TIMES, f" × {_bare(y, b)}"
            if fixed:
                self.plan.times = times
        detail = _bare(x, a) + times[1]
        self.add("product", times[0], _new(Text, (detail, detail)), event.value)

    def times(self, factor: n.Node, value: Value) -> Text:
        """``乘补助比例 2%``; a parameter without a title is only its number."""
        shown = self.show(value, factor)
        if isinstance(factor, n.Name) and (what := self.called(factor.id)).zh != factor.id:
            return Text(f"乘{what.zh} {shown.zh}", f"times {what.en} {shown.en}")
        return Text(f"乘 {shown.zh}", f"times {shown.en}")

    def parameter_on(self, node: n.ParameterOn, event: Event) -> None:
        """``补助比例：2014-06-01 的值``."""
        what, on = self.plan.called, event.operands[0]
        parameter = self.program.measure.parameter(node.parameter.id)
        source = (parameter.source if parameter else None) or self.program.measure.source
        if not isinstance(on, dt.date):
            self.add("parameter", what, _UNTOLD, event.value)
        elif isinstance(event.value, Unknown):
            detail = Text(f"{on} 还没有规定", f"none was set by {on}")
            self.add("parameter", what, detail, event.value, source)
        else:
            detail = Text(f"{on} 的规定", f"as set for {on}")
            self.add("parameter", what, detail, event.value, source)

    def aggregate(self, node: n.Aggregate, event: Event) -> None:
        """Each record with what it gives, then all of them together."""
        records = self.environment.get(node.relation.id)
        if isinstance(records, tuple):
            for i, (record, value) in enumerate(zip(records, event.operands, strict=False), 1):
                if i > _TOLD_RECORDS:
                    rest = len(records) - _TOLD_RECORDS
                    self.add("fact", Text(f"另有 {rest} 项", f"{rest} more"), _NONE, _UNSHOWN)
                    break
                self.record(node, i, record, value)
        detail = _UNTOLD
        if isinstance(records, tuple):
            of = self.called(node.relation.id)
            unit = node.relation.type.unit
            count = show_quantity(Decimal(len(records)), "count", unit or "项")
            detail = Text(f"{of.zh}共 {count.zh}", f"{of.en}: {count.en}")
        self.add("sum", _TOTAL if node.kind == "sum" else _COUNT, detail, event.value)

    def record(self, node: n.Aggregate, i: int, record: Record, value: Value) -> None:
        """``本年合同第 1 项：技术合同交易额 100.00 元``; only the facts that the formula uses."""
        assert node.body is not None
        of = self.called(node.relation.id)
        names = self.kept(("elements", id(node)), lambda: n.names(node.body or node, "element"))
        zh, en = [], []
        for name in names:
            shown = show_fact(record.get(name), self.program.catalogue[name])
            called = self.called(name)
            zh.append(f"{called.zh} {shown.zh}")
            en.append(f"{called.en} {shown.en}")
        if isinstance(value, bool):
            zh.append("计入" if value else "不计入")
            en.append("counted" if value else "not counted")
        detail = Text("，".join(zh), ", ".join(en))
        unit = "元" if node.body.type.kind == "money" else node.body.type.unit
        amount = value if isinstance(value, Decimal) else None
        label = Text(f"{of.zh}第 {i} 项", f"{of.en}, record {i}")
        source = self.program.measure.source
        self.steps.append(Step(len(self.steps) + 1, "fact", label, detail, amount, unit, source))

    def rounding(self, node: n.HalfUp | n.RoundTo, event: Event) -> None:
        detail = _EVEN if event.value == event.operands[0] else _ROUNDED
        if isinstance(event.value, Unknown):
            detail = _NONE
        self.add("round", self.plan.name, detail, event.value)

    def extreme(self, node: n.Minimum | n.Maximum, event: Event) -> None:
        """``min`` is a cap and ``max`` a floor on its first operand that depends on facts."""
        plan, low = self.plan, type(node) is n.Minimum
        values = event.operands
        base = values[plan.base]
        self.capped = self.capped or low
        if not isinstance(base, Decimal) or any(isinstance(values[i], Unknown) for i in plan.limits):
            texts = [self.show(values[i], node.parts[i]) for i in plan.limits]
            word = _WORDS[low]
            label = Text(f"{word.zh} {'、'.join(t.zh for t in texts)}", f"{word.en} {', '.join(t.en for t in texts)}")
            detail = _UNDECIDED if isinstance(event.value, Unknown) else _EITHER_WAY
            self.add("cap" if low else "floor", label, detail, event.value)
            return
        chosen = plan.limits[0]
        if len(plan.limits) > 1:
            chosen = (min if low else max)(plan.limits, key=lambda i: values[i])  # type: ignore[arg-type,return-value]
        limit, part = values[chosen], node.parts[chosen]
        assert isinstance(limit, Decimal)
        bit = limit < base if low else limit > base
        if not (low or bit or limit):
            return  # "not below zero" is worth a word only when it applies
        fact, start, zh, en = _NEVER
        if chosen in plan.fixed:
            key = (chosen, bit)
            if key not in plan.bound:
                plan.bound[key] = self.fixed_limit(node, part, limit, bit)
            label, (fact, start, zh, en) = plan.bound[key]
        else:
            label = self.limit(node, part, limit, bit)
        detail = _WITHIN if low else _REACHED
        without: Decimal | None = None
        lost: Decimal | None = None
        if bit:
            without, lost = base, abs(base - limit)
            amount = money(lost) if node.type.kind == "money" else plain(lost)
            zh, en = f"；{zh}" if fact else "", f"; {en}" if fact else ""
            texts_ = (
                (f"少给 {amount}{zh}", f"{amount} less{en}") if low else (f"补足 {amount}{zh}", f"{amount} more{en}")
            )
            detail = _new(Text, texts_)
        elif fact:
            detail = Text(zh, en)
        result = event.value if isinstance(event.value, Decimal) else None
        kind: StepKind = "cap" if low else "floor"
        step = (
            len(self.steps) + 1, kind, label, detail, result, plan.unit, plan.source, bit, without, lost, fact, start,
        )  # fmt: skip
        self.steps.append(_new(Step, step))

    def fixed_limit(
        self, node: n.Minimum | n.Maximum, part: n.Node, limit: Decimal, bit: bool
    ) -> tuple[Text, tuple[str | None, Decimal | None, str, str]]:
        """What is said of a cap that does not depend on facts, and from where on it holds."""
        never = isinstance(node, n.Maximum)
        return self.limit(node, part, limit, bit), _NEVER if never else self.binds(node.parts[self.plan.base], limit)

    def limit(self, node: n.Minimum | n.Maximum, part: n.Node, value: Decimal, bit: bool) -> Text:
        """``封顶 200,000.00 起作用``."""
        word = _WORDS[isinstance(node, n.Minimum)]
        shown = self.show(value, part)
        if node.type.kind == "money":
            shown = Text(money(value), money(value))
        zh, en = ("起作用", "applies") if bit else ("没有起作用", "does not apply")
        return Text(f"{word.zh} {shown.zh} {zh}", f"{word.en} {shown.en} {en}")

    def binds(self, base: n.Node, limit: Decimal) -> tuple[str | None, Decimal | None, str, str]:
        """The fact and its value at which the capped line, before rounding, reaches a fixed cap; only where exact."""
        facts = n.names(base, "fact")
        if len(facts) != 1:
            return _NEVER
        known = {k: v for k, v in self.environment.items() if v is not None}
        line = linear(base, facts[0], known, through_rounding=True)
        if line is None or line[0] <= 0:
            return _NEVER
        type_ = self.program.catalogue[facts[0]]
        scale = fact_scale(type_)
        root = (Fraction(limit) - line[1]) / line[0] * 10**scale
        if root.denominator != 1:
            return _NEVER
        start = Decimal(int(root)).scaleb(-scale)
        shown = show_fact(start, type_)
        return type_.id, start, f"{type_.id}到 {shown.zh}即封顶", f"the cap holds from {type_.en} {shown.en}"

    def tier(self, node: n.Tiers, event: Event) -> None:
        x, reached = event.operands
        who = self.program.speaker.say(node.operand)
        label = Text(f"按{who.zh}分档", f"tiers of {who.en}")
        if isinstance(x, Unknown):
            detail = Text("还不知道在哪一档", "tier not known yet")
        elif reached == -1:
            detail = Text("没有达到最低一档", "below the lowest tier")
        else:
            assert isinstance(reached, Decimal)
            row = node.rows[int(reached)]
            bound = self.bound(row.bound, node.operand)
            detail = Text(
                f"{'超过' if row.strict else '达到'} {bound.zh} 这一档",
                f"tier {'above' if row.strict else 'from'} {bound.en}",
            )
        self.add("tier", label, detail, event.value)

    def bound(self, node: n.Node, operand: n.Node) -> Text:
        value = self.constant(node) if isinstance(node, n.Literal | n.Name) else None
        if isinstance(value, Decimal):
            return show_quantity(value, operand.type.kind, operand.type.unit)
        return self.say(node)

    def chosen_by(self, condition: n.Node) -> Text | None:
        """``机构级别：省级``: a case told apart by one choice is told by the choice made."""
        operand = condition.left if isinstance(condition, n.Compare) else getattr(condition, "operand", None)
        if not isinstance(operand, n.Name) or operand.type.kind != "enum" or operand.id not in self.program.catalogue:
            return None
        name = self.called(operand.id)
        value = self.environment.get(operand.id)
        assert not isinstance(value, tuple)
        shown = show_fact(value, self.program.catalogue[operand.id])
        return Text(f"{name.zh}：{shown.zh}", f"{name.en}: {shown.en}")

    def choose(self, node: n.Choose, event: Event) -> None:
        """Which case holds: the first condition of the chain that is met, or none of them."""
        label = Text("按情形", "by case")
        at: n.Node = node
        told: list[Text] = []
        while isinstance(at, n.Choose):
            test = self.tested.get(id(at))
            said = self.say(at.condition)
            if isinstance(test, Unknown) or test is None:
                told.append(Text(f"还不知道：{said.zh}", f"not known yet: {said.en}"))
                if not isinstance(event.value, Unknown):
                    told.append(_SAME)
                break
            choice = self.chosen_by(at.condition)
            at, last = (at.then, True) if test else (at.otherwise, not isinstance(at.otherwise, n.Choose))
            if choice is not None:
                if choice not in told:
                    told.append(choice)
            elif last:
                yes_no = Text("是", "yes") if test else Text("否", "no")
                told.append(Text(f"{said.zh}：{yes_no.zh}", f"{said.en}: {yes_no.en}"))
        detail = Text("；".join(t.zh for t in told), "; ".join(t.en for t in told))
        source = None
        if isinstance(at, n.Name) and at.origin == "parameter":
            parameter = self.program.measure.parameter(at.id)
            source = (parameter.source if parameter else None) or self.program.measure.source
            name = self.called(at.id)
            detail = Text(f"{detail.zh} → {name.zh}", f"{detail.en} → {name.en}")
        self.add("choose", label, detail, event.value, source=source or self.program.measure.source)


def _untold(_: _Builder, node: n.Node, __: Event) -> None:
    raise TypeError(f"no step tells of {type(node).__name__}")


_TELLERS: dict[type[n.Node], Callable[[_Builder, Any, Event], None]] = {
    n.Name: _Builder.fact,
    n.Multiply: _Builder.product,
    n.HalfUp: _Builder.rounding,
    n.RoundTo: _Builder.rounding,
    n.Minimum: _Builder.extreme,
    n.Maximum: _Builder.extreme,
    n.Add: _Builder.sum,
    n.Subtract: _Builder.sum,
    n.Negate: _Builder.negation,
    n.Tiers: _Builder.tier,
    n.Marginal: _Builder.marginal,
    n.Choose: _Builder.choose,
    n.Span: _Builder.span,
    n.ParameterOn: _Builder.parameter_on,
    n.Aggregate: _Builder.aggregate,
}
