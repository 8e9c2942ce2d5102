"""Values and conditions in the words of both languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from kechuang.chinese.money import yuan_parts
from kechuang.expressions import nodes as n
from kechuang.expressions.evaluate import Fact, Known, Records
from kechuang.measures.facts import TODAY
from kechuang.measures.model import Catalogue, FactType, Measure, Text

_OPS = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_CHOICE_OPS = {"==": ("为", "is"), "!=": ("不为", "is not")}


def plain(value: Decimal) -> str:
    """A number without trailing zeros: ``0.02``, ``1200``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(value: Decimal) -> str:
    """A rate in percent: ``0.02`` is ``2%``."""
    return plain(value.scaleb(2)) + "%"


def money(value: Decimal) -> str:
    """An amount without its unit: ``12,345.00``."""
    return yuan_parts(value)[0]


def serialise(value: Known | None) -> str | bool | None:
    """A value as JSON carries it: numbers and dates as strings."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def serialise_input(value: Fact | None) -> str | bool | list[dict[str, str | bool | None]] | None:
    """A fact as JSON carries it; the records of a relation as a list of objects."""
    if isinstance(value, tuple):
        return [{k: serialise(v) for k, v in record.items() if v is not None} for record in value]
    return serialise(value)


def show_records(records: Records, fact: FactType, catalogue: Catalogue) -> Text:
    """``2 份（100.00 元、是；30.00 元、不知道）``, at most ten of them."""
    unit = fact.unit or "项"
    count = show_quantity(Decimal(len(records)), "count", unit)
    if not records:
        return count
    each = [[show_fact(record.get(e), catalogue[e]) for e in fact.elements] for record in records[:10]]
    zh = "；".join("、".join(t.zh for t in one) for one in each) + ("；…" if len(records) > 10 else "")
    en = "; ".join(", ".join(t.en for t in one) for one in each) + ("; …" if len(records) > 10 else "")
    return Text(f"{count.zh}（{zh}）", f"{count.en} ({en})")


def show_fact(value: Known | None, fact: FactType) -> Text:
    """The value of a fact for people: ``12,345.00 元``, ``是``, ``高校``, ``不知道``."""
    match value:
        case None:
            return Text("不知道", "unknown")
        case bool():
            return Text("是", "yes") if value else Text("否", "no")
        case str():
            return Text(value, next((v.en for v in fact.values if v.value == value), value))
        case dt.date():
            return Text(value.isoformat(), value.isoformat())
    return show_quantity(value, fact.type, fact.unit)


def show_quantity(value: Decimal, kind: str, unit: str | None) -> Text:
    """A number with its unit for people."""
    if kind == "money":
        number = money(value)
        return Text(f"{number} 元", f"{number} yuan")
    if kind == "rate":
        return Text(percent(value), percent(value))
    number = f"{value:,f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return Text(f"{number} {unit}" if unit else number, f"{number} {_UNITS_EN.get(unit, unit)}" if unit else number)


def _unit_en(unit: str | None) -> str:
    return {"人": "persons", "年": "years", "月": "months", "天": "days", "件": "items", "项": "items"}.get(
        unit or "", unit or ""
    )


_UNITS_EN = {"人": "persons", "年": "years", "月": "months", "天": "days", "件": "items", "项": "items"}


def name(id_: str, measure: Measure | None, catalogue: Catalogue) -> Text:
    """What a name is called: a fact by its names, a parameter by its title."""
    if id_ in catalogue:
        return Text(id_, catalogue[id_].en)
    parameter = measure.parameter(id_) if measure is not None else None
    if parameter is not None and parameter.title is not None:
        return parameter.title
    return Text(id_, "day of computation") if id_ == TODAY else Text(id_, id_)


class Speaker:
    """Says expression trees in words; built once per measure."""

    def __init__(self, measure: Measure, catalogue: Catalogue) -> None:
        self.measure = measure
        self.catalogue = catalogue

    def say(self, node: n.Node) -> Text:
        """The tree in words, e.g. ``机构级别 为 市级`` / ``institution level is municipal``."""
        match node:
            case n.Literal(value=value):
                return self._literal(value, node)
            case n.Name(id=id_):
                return name(id_, self.measure, self.catalogue)
            case n.Compare(op=op, left=a, right=b):
                zh, en = (_OPS[op], _OPS[op]) if a.type.kind not in ("enum", "text") else _CHOICE_OPS[op]
                return self._join((self.say(a), self._value(b, a)), f" {zh} ", f" {en} ")
            case n.In(operand=x, options=options):
                listed = self._join(tuple(self._value(o, x) for o in options), "、", ", ")
                who = self.say(x)
                return Text(f"{who.zh} 属于 {listed.zh}", f"{who.en} is one of {listed.en}")
            case n.Not(operand=x):
                inner = self.say(x)
                return Text(f"不是（{inner.zh}）", f"not ({inner.en})")
            case n.And(parts=parts):
                return self._join(tuple(self._bracket(p) for p in parts), "，且", " and ")
            case n.Or(parts=parts):
                return self._join(tuple(self._bracket(p) for p in parts), "，或", " or ")
            case n.Add(left=a, right=b):
                return self._join((self.say(a), self.say(b)), " + ", " + ")
            case n.Subtract(left=a, right=b):
                return self._join((self.say(a), self._bracket(b)), " − ", " − ")
            case n.Multiply(left=a, right=b):
                return self._join((self._bracket(a), self._bracket(b)), " × ", " × ")
            case n.Negate(operand=x):
                inner = self._bracket(x)
                return Text(f"−{inner.zh}", f"−{inner.en}")
            case n.Minimum(parts=parts):
                return self._call(parts, "较小者", "the lesser of")
            case n.Maximum(parts=parts):
                return self._call(parts, "较大者", "the greater of")
            case n.HalfUp(operand=x):
                return self._call((x,), "四舍五入", "rounded")
            case n.RoundTo(operand=x, up=up):
                return self._call((x,), "向上取整" if up else "向下取整", "rounded up" if up else "rounded down")
            case n.Choose(condition=c, then=a, otherwise=b):
                c_, a_, b_ = self.say(c), self.say(a), self.say(b)
                return Text(f"{c_.zh}时为 {a_.zh}，否则为 {b_.zh}", f"{a_.en} if {c_.en}, else {b_.en}")
            case n.Tiers(operand=x) | n.Marginal(operand=x):
                return self._call((x,), "按档计算", "by tiers")
            case n.Span(unit=unit, start=a, end=b):
                zh, en = {"years": ("年数", "years"), "months": ("月数", "months"), "days": ("天数", "days")}[unit]
                a_, b_ = self.say(a), self.say(b)
                return Text(f"{a_.zh}到{b_.zh}的{zh}", f"{en} from {a_.en} to {b_.en}")
            case n.ParameterOn(parameter=parameter, day=day):
                what, when = self.say(parameter), self.say(day)
                return Text(f"{when.zh}的{what.zh}", f"{what.en} on {when.en}")
            case n.Aggregate():
                return self._aggregate(node)
        raise TypeError(f"no words for {type(node).__name__}")

    def _aggregate(self, node: n.Aggregate) -> Text:
        """``本年合同的（合同金额 × 2%）合计``, ``本年合同中（已登记）的项数``, ``本年合同每一项：已登记``."""
        of = self.say(node.relation)
        if node.body is None:
            return Text(f"{of.zh}的项数", f"number of {of.en}")
        body = self.say(node.body)
        match node.kind:
            case "sum":
                return Text(f"{of.zh}合计（{body.zh}）", f"sum over {of.en} ({body.en})")
            case "count":
                return Text(f"{of.zh}的项数（{body.zh}）", f"number of {of.en} with ({body.en})")
            case "any":
                return Text(f"{of.zh}至少一项（{body.zh}）", f"any of {of.en} ({body.en})")
        return Text(f"{of.zh}每一项（{body.zh}）", f"all of {of.en} ({body.en})")

    def _literal(self, value: object, node: n.Node) -> Text:
        if isinstance(value, bool):
            return Text("是", "yes") if value else Text("否", "no")
        if isinstance(value, Decimal):
            return show_quantity(value, node.type.kind, node.type.unit)
        return Text(str(value), str(value))

    def _value(self, node: n.Node, against: n.Node) -> Text:
        """A literal compared with a fact is said in the words of that fact."""
        if isinstance(node, n.Literal) and isinstance(against, n.Name) and against.id in self.catalogue:
            return show_fact(node.value, self.catalogue[against.id])
        return self.say(node)

    def _bracket(self, node: n.Node) -> Text:
        text = self.say(node)
        if isinstance(node, n.Or | n.And | n.Add | n.Subtract | n.Choose):
            return Text(f"（{text.zh}）", f"({text.en})")
        return text

    def _join(self, parts: tuple[Text, ...], zh: str, en: str) -> Text:
        return Text(zh.join(p.zh for p in parts), en.join(p.en for p in parts))

    def _call(self, parts: tuple[n.Node, ...], zh: str, en: str) -> Text:
        inner = self._join(tuple(self.say(p) for p in parts), "、", ", ")
        return Text(f"{zh}（{inner.zh}）", f"{en} ({inner.en})")
