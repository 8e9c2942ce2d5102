"""The steps of an amount, in the order in which a clerk would write them down."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import Event, Known, Trace, Unknown, Value
from kechuang.measures.facts import TODAY, fact_scale
from kechuang.measures.model import ClauseRef, Text
from kechuang.measures.nearest import linear
from kechuang.measures.program import Formula, Program
from kechuang.measures.words import money, percent, plain, show_fact, show_quantity

StepKind = Literal["fact", "parameter", "product", "round", "cap", "floor", "tier", "choose", "sum", "result"]
_UNKNOWN = Text("不知道", "unknown")
_NONE = Text("", "")
_ROUNDED = Text("规则写明在这里取整", "the rule rounds here")
_EVEN = Text("没有零头", "nothing to round")
_GIVEN = Text("所填或登记的数", "as entered or registered")
_UNTOLD = Text("还不知道", "not known yet")
_RESULT = Text("结果", "Result")
_LESSER = Text("取较小者", "the lesser amount")
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


def build(program: Program, formula: Formula, trace: Trace, environment: dict[str, Known | None]) -> tuple[Step, ...]:
    """Steps of one evaluated amount; the last one is the result."""
    return _Builder(program, formula, environment).run(trace)


class _Builder:
    def __init__(self, program: Program, formula: Formula, environment: dict[str, Known | None]) -> None:
        self.program = program
        self.formula = formula
        self.environment = environment
        self.steps: list[Step] = []
        self.tested: dict[int, Value] = {}
        self.capped = False

    def run(self, trace: Trace) -> tuple[Step, ...]:
        told: set[str] = set()
        nested = self.nested()
        for event in trace:
            node = event.node
            match node:
                case n.Name(id=id_):
                    if id_ not in told:
                        told.add(id_)
                        self.fact(node, event)
                case n.Multiply():
                    self.product(node, event)
                case n.HalfUp() | n.RoundTo():
                    self.rounding(node, event)
                case n.Minimum() | n.Maximum():
                    self.extreme(node, event)
                case n.Add() | n.Subtract() | n.Negate():
                    label = Text("相加", "add") if isinstance(node, n.Add) else Text("相减", "subtract")
                    self.add("sum", label, self.say(node), event.value, node)
                case n.Tiers():
                    self.tier(node, event)
                case n.Marginal():
                    label = Text("按档累进", "marginal tiers")
                    self.add("tier", label, self.say(node.operand), event.value, node)
                case n.Choose():
                    self.tested[id(node)] = event.operands[0]
                    if id(node) not in nested:
                        self.choose(node, event)
                case n.Span():
                    self.add("sum", self.say(node), Text("", ""), event.value, node)
        tree = self.formula.tree
        value = trace[-1].value if trace else self.constant(tree)
        if not trace:
            self.leaf(tree, value)
        detail = _LESSER if self.capped else _ABOVE
        if isinstance(value, Unknown):
            names = [self.called(f) for f in sorted(value.facts)]
            detail = Text(
                "还不知道：" + "、".join(t.zh for t in names), "not known yet: " + ", ".join(t.en for t in names)
            )
        self.add("result", _RESULT, detail, value, tree, source=self.program.measure.source)
        return tuple(self.steps)

    def nested(self) -> set[int]:
        """Inner parts of a chain of cases: told by the outermost one."""
        key = ("nested", id(self.formula))
        found: set[int] | None = self.program.memo.get(key)
        if found is None:
            chosen = [c for c in n.walk(self.formula.tree) if isinstance(c, n.Choose)]
            found = {id(x) for c in chosen for x in (c.then, c.otherwise) if isinstance(x, n.Choose)}
            self.program.memo[key] = found
        return found

    def add(self, kind: StepKind, label: Text, detail: Text, value: Value, node: n.Node, **more: Any) -> None:
        """``more`` overrides the source found among the operands and fills the fields of a cap."""
        amount = value if isinstance(value, Decimal) else None
        unit = "元" if node.type.kind == "money" else node.type.unit
        more.setdefault("source", self.source(node))
        self.steps.append(Step(len(self.steps) + 1, kind, label, detail, amount, unit, **more))

    def called(self, id_: str) -> Text:
        key = ("called", id_)
        text: Text | None = self.program.memo.get(key)
        if text is None:
            text = self.program.memo[key] = self.program.speaker.say(n.Name(id_))
        return text

    def constant(self, node: n.Node) -> Value:
        if isinstance(node, n.Literal):
            return node.value
        assert isinstance(node, n.Name)
        found = self.environment.get(node.id)
        return Unknown(frozenset((node.id,))) if found is None else found

    def source(self, node: n.Node) -> ClauseRef | None:
        """The sentence that states the first parameter among the operands, or the measure's own."""
        key = ("source", id(node))
        if key not in self.program.memo:
            found = None
            for child in n.children(node):
                if isinstance(child, n.Name) and child.origin == "parameter":
                    parameter = self.program.measure.parameter(child.id)
                    assert parameter is not None
                    found = parameter.source or self.program.measure.source
                    break
            self.program.memo[key] = found
        return self.program.memo[key]  # type: ignore[no-any-return]

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

    def fact(self, node: n.Name, event: Event) -> None:
        detail = _UNTOLD if isinstance(event.value, Unknown) else _GIVEN
        self.add("fact", self.called(node.id), detail, event.value, node)

    def leaf(self, node: n.Node, value: Value) -> None:
        """An amount that is one number of the rule."""
        label = self.called(node.id) if isinstance(node, n.Name) else Text("数额", "amount")
        parameter = self.program.measure.parameter(node.id) if isinstance(node, n.Name) else None
        source = parameter.source if parameter is not None else None
        detail = Text("规则写明的数额", "stated by the rule")
        self.add("parameter", label, detail, value, node, source=source or self.program.measure.source)

    def product(self, node: n.Multiply, event: Event) -> None:
        (a, b), (x, y) = (node.left, node.right), event.operands
        if not n.names(a, "fact"):
            (a, b), (x, y) = (b, a), (y, x)
        label = Text("相乘", "multiply")
        if isinstance(b, n.Name | n.Literal) and not n.names(b, "fact"):
            shown = self.show(y, b)
            label = Text(f"乘 {shown.zh}", f"times {shown.en}")
            if isinstance(b, n.Name) and (what := self.called(b.id)).zh != b.id:
                label = Text(f"乘{what.zh} {shown.zh}", f"times {what.en} {shown.en}")
        detail = f"{_bare(x, a)} × {_bare(y, b)}"
        self.add("product", label, Text(detail, detail), event.value, node)

    def rounding(self, node: n.HalfUp | n.RoundTo, event: Event) -> None:
        if isinstance(node, n.HalfUp):
            places = {2: ("分", "the fen"), 1: ("角", "the jiao"), 0: ("元", "the yuan"), -4: ("万元", "10,000 yuan")}
            if node.type.kind == "money" and node.digits in places:
                zh, en = places[node.digits]
            else:
                zh, en = f"{node.digits} 位小数", f"{node.digits} decimals"
            label = Text(f"四舍五入到{zh}", f"rounded half up to {en}")
        else:
            unit = show_quantity(node.unit, node.type.kind, node.type.unit)
            way = ("向上", "up") if node.up else ("向下", "down")
            label = Text(f"{way[0]}取整到 {unit.zh}", f"rounded {way[1]} to a multiple of {unit.en}")
        detail = _EVEN if event.value == event.operands[0] else _ROUNDED
        if isinstance(event.value, Unknown):
            detail = _NONE
        self.add("round", label, detail, event.value, node)

    def extreme(self, node: n.Minimum | n.Maximum, event: Event) -> None:
        """``min`` is a cap and ``max`` a floor on its first operand that depends on facts."""
        low = isinstance(node, n.Minimum)
        key = ("base", id(node))
        position: int | None = self.program.memo.get(key)
        if position is None:
            position = next((i for i, p in enumerate(node.parts) if n.names(p, "fact")), 0)
            self.program.memo[key] = position
        base = event.operands[position]
        limits = [(v, p) for i, (v, p) in enumerate(zip(event.operands, node.parts, strict=True)) if i != position]
        known = [(v, p) for v, p in limits if isinstance(v, Decimal)]
        self.capped = self.capped or low
        kind: StepKind = "cap" if low else "floor"
        word = Text("封顶", "cap") if low else Text("不低于", "at least")
        if not isinstance(base, Decimal) or len(known) < len(limits):
            texts = [self.show(v, p) for v, p in limits]
            label = Text(f"{word.zh} {'、'.join(t.zh for t in texts)}", f"{word.en} {', '.join(t.en for t in texts)}")
            detail = Text("还不知道是否起作用", "not known yet whether it applies")
            self.add(kind, label, detail, event.value, node)
            return
        limit, part = (min if low else max)(known, key=lambda pair: pair[0])
        bit = limit < base if low else limit > base
        shown = self.show(limit, part)
        bare = money(limit) if node.type.kind == "money" else shown.zh
        label = Text(
            f"{word.zh} {bare} {'起作用' if bit else '没有起作用'}",
            f"{word.en} {bare if node.type.kind == 'money' else shown.en} {'applies' if bit else 'does not apply'}",
        )
        fact, start = self.binds(node, position, part, limit) if isinstance(node, n.Minimum) else (None, None)
        lost = abs(base - limit) if bit else None
        zh, en = [], []
        if lost is not None:
            amount = money(lost) if node.type.kind == "money" else plain(lost)
            zh.append(f"{'少给' if low else '补足'} {amount}")
            en.append(f"{amount} {'less' if low else 'more'}")
        if fact is not None and start is not None:
            from_ = show_fact(start, self.program.catalogue[fact])
            zh.append(f"{fact}到 {from_.zh}即封顶")
            en.append(f"the cap holds from {self.called(fact).en} {from_.en}")
        if not zh:
            zh, en = (["不超过封顶"], ["within the cap"]) if low else (["已达到"], ["reached already"])
        more = {"bit": bit, "without_cap": base if bit else None, "lost": lost, "binds_fact": fact, "binds_from": start}
        self.add(kind, label, Text("；".join(zh), "; ".join(en)), event.value, node, **more)

    def binds(self, node: n.Minimum, position: int, limit: n.Node, value: Decimal) -> tuple[str | None, Decimal | None]:
        """The fact and its value at which the capped line, before rounding, reaches a fixed cap; only where exact."""
        key = ("binds", id(node), self.environment.get(TODAY))
        if key not in self.program.memo:
            self.program.memo[key] = self._binds(node.parts[position], limit, value)
        return self.program.memo[key]  # type: ignore[no-any-return]

    def _binds(self, base: n.Node, limit: n.Node, value: Decimal) -> tuple[str | None, Decimal | None]:
        facts = n.names(base, "fact")
        if len(facts) != 1 or n.names(limit, "fact"):
            return None, None
        known = {k: v for k, v in self.environment.items() if v is not None}
        line = linear(base, facts[0], known, through_rounding=True)
        if line is None or line[0] <= 0:
            return None, None
        scale = fact_scale(self.program.catalogue[facts[0]])
        root = (Fraction(value) - line[1]) / line[0] * 10**scale
        return (facts[0], Decimal(int(root)).scaleb(-scale)) if root.denominator == 1 else (None, None)

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
        self.add("tier", label, detail, event.value, node)

    def bound(self, node: n.Node, operand: n.Node) -> Text:
        value = self.constant(node) if isinstance(node, n.Literal | n.Name) else None
        if isinstance(value, Decimal):
            return show_quantity(value, operand.type.kind, operand.type.unit)
        return self.say(node)

    def choose(self, node: n.Choose, event: Event) -> None:
        """Which case holds: the first condition of the chain that is met, or none of them."""
        label = Text("按情形", "by case")
        at: n.Node = node
        while isinstance(at, n.Choose):
            test = self.tested.get(id(at))
            said = self.say(at.condition)
            if isinstance(test, Unknown) or test is None:
                detail = Text(f"还不知道：{said.zh}", f"not known yet: {said.en}")
                break
            if test:
                detail = Text(f"{said.zh}：是", f"{said.en}: yes")
                at = at.then
            else:
                detail = Text(f"{said.zh}：否", f"{said.en}: no")
                at = at.otherwise
        source = None
        if isinstance(at, n.Name) and at.origin == "parameter":
            parameter = self.program.measure.parameter(at.id)
            source = (parameter.source if parameter else None) or self.program.measure.source
            name = self.called(at.id)
            detail = Text(f"{detail.zh} → {name.zh}", f"{detail.en} → {name.en}")
        self.add("choose", label, detail, event.value, node, source=source or self.program.measure.source)

    def say(self, node: n.Node) -> Text:
        key = ("say", id(node))
        text: Text | None = self.program.memo.get(key)
        if text is None:
            text = self.program.memo[key] = self.program.speaker.say(node)
        return text
