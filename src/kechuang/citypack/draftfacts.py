"""Turns the condition of an incentive, as it was read, into proposed tests and the facts they need.

``固定资产投资达到1000万元以上且已认定为省级园区`` becomes two tests: ``固定资产投资 >= 10000000`` (a threshold, with a
money fact) and ``已认定为省级园区`` (a yes/no fact). What is not clearly a threshold becomes a yes/no fact: the person
who confirms the measure can sharpen it, and nothing is decided wrongly meanwhile.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kechuang.expressions.parse import FUNCTIONS
from kechuang.measures.facts import TODAY
from kechuang.reading import quantities

#: Largest amount a drafted fact takes: 100 billion yuan.
MOST = "100000000000"

TO_FILL = {"zh": "待填写", "en": "To be filled in"}

#: English names of what incentives are most often computed from.
_GLOSSARY = {
    "营业收入": "Revenue",
    "主营业务收入": "Main business revenue",
    "销售收入": "Sales revenue",
    "销售额": "Sales",
    "年销售额": "Annual sales",
    "业务收入": "Business revenue",
    "固定资产投资": "Fixed-asset investment",
    "固定资产投资额": "Fixed-asset investment",
    "设备投资": "Equipment investment",
    "投资额": "Investment",
    "总投资": "Total investment",
    "研发投入": "R&D expenditure",
    "研发费用": "R&D expense",
    "研发经费": "R&D expense",
    "技术合同交易额": "Value of technology contracts",
    "技术合同成交额": "Value of technology contracts",
    "注册资本": "Registered capital",
    "注册资金": "Registered capital",
    "贷款额": "Loan amount",
    "贷款利息": "Loan interest",
    "租金": "Rent",
    "房租": "Rent",
    "年产值": "Annual output value",
    "产值": "Output value",
    "纳税额": "Tax paid",
    "地方财政贡献": "Contribution to local revenue",
    "年度地方财政贡献": "Annual contribution to local revenue",
    "地方综合贡献": "Contribution to local revenue",
    "出口额": "Exports",
    "就业人数": "Persons employed",
    "国拨经费": "National funding",
    "建筑面积": "Floor area",
    "核定金额": "Amount set by the deciding department",
}

_LEAD = re.compile(r"^(?:对于|凡是|对|凡|经|且|并且|并|同时|其中|以及|或|在我[市区县]|我[市区县]|本[市区县])+")
_LOOSE = re.compile(r"^(?:鼓励|支持|引导|推动|围绕|为|按照|根据|依据|在享受|享受)")
_TAIL = re.compile(r"(?:的|后|者|之日起|起)+$")
_COMPARING = re.compile(
    r"(?:不低于|不少于|不小于|不得低于|不得少于|至少|超过|突破|高于|大于|多于|达到或超过|达到|达|满|低于|少于|小于"
    r"|不超过|不高于|控制在|首次|累计|在|为|共)+$"
)
_REACHED = re.compile(r"(?:达到或超过|首次达到|达到|达|满)(?:了|到)?$")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,16}")
_SCALE = re.compile(r"^(?:[十百千]?[万亿]|万亿|千|百)")


@dataclass(frozen=True)
class Test:
    """One proposed condition: an expression over facts, its title in both languages, what a passing case may say."""

    __test__ = False  # a name of this field, not one of pytest

    test: str
    title: dict[str, str]
    facts: tuple[dict[str, Any], ...]
    samples: dict[str, Any]


class FactBook:
    """Facts proposed so far. One name means one thing: a name met again with another type gets a number."""

    def __init__(self) -> None:
        self.facts: dict[str, dict[str, Any]] = {}

    def add(self, fact: dict[str, Any]) -> str:
        """Keep a fact and return the name to use for it in expressions."""
        name, number = str(fact["id"]), 1
        while (known := self.facts.get(name)) is not None and not _same(known, fact):
            number += 1
            name = f"{fact['id']}_{number}"
        self.facts.setdefault(name, {**fact, "id": name})
        return name


def _same(one: dict[str, Any], two: dict[str, Any]) -> bool:
    return all(one.get(key) == two.get(key) for key in ("type", "entity", "unit", "values"))


def name_of(text: str, fallback: str, longest: int = 18) -> str:
    """A name for expressions made from a phrase, or ``fallback`` where the phrase is too long or holds too little."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum() or c == "_")
    if kept[:1].isdigit():
        kept = f"满足{kept}"
    bad = not 2 <= len(kept) <= longest or kept in FUNCTIONS or kept == TODAY or not kept.isidentifier()
    return fallback if bad or kept.isascii() else kept


def english(name: str) -> str:
    """The English name of a fact where we know it; else a placeholder that says so."""
    return _GLOSSARY.get(name, f"{TO_FILL['en']}: {name}")


def term(name: str) -> str:
    """A name inside an English sentence: the English one where we know it, else the Chinese one in quotation marks."""
    return _GLOSSARY.get(name, f"“{name}”")


def money(name: str, entity: str, what: str | None = None) -> dict[str, Any]:
    """A fact in yuan, bounded so that its product with a rate of four decimals stays inside 18 digits."""
    return _fact(
        name,
        entity,
        "money",
        f"{what or name}是多少元？",
        f"How many yuan: {term(name)}?",
        unit="元",
        minimum="0",
        maximum=MOST,
    )


def count(name: str, entity: str, unit: str) -> dict[str, Any]:
    """A counted fact; ``unit`` is what is counted."""
    return _fact(
        name, entity, "count", f"{name}是多少{unit}？", f"How many ({unit}): {term(name)}?", unit=unit, minimum="0"
    )


def rate(name: str, entity: str) -> dict[str, Any]:
    """A share, asked for in percent."""
    return _fact(name, entity, "rate", f"{name}是百分之几？", f"How many percent: {term(name)}?", unit="%", scale=6)


def yes_no(name: str, entity: str, where: str) -> dict[str, Any]:
    """A yes/no fact; ``where`` cites the sentence that states it."""
    ask_en = f"Is the condition stated at “{where}” met? ({TO_FILL['en'].lower()}: own words)"
    return _fact(name, entity, "boolean", f"是否满足{where}写的条件“{name}”？（待用自己的话改写）", ask_en)


def choice(name: str, entity: str, values: Iterable[str], where: str) -> dict[str, Any]:
    """A fact with a fixed list of values, for tiers."""
    listed = [{"value": value, "en": f"Tier {n}"} for n, value in enumerate(values, 1)]
    fact = _fact(name, entity, "enum", f"属于{where}的哪一档？", f"Which tier of “{where}”?")
    return {**fact, "values": listed}


def _fact(name: str, entity: str, type_: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "en": english(name),
        "entity": entity,
        "type": type_,
        **more,
        "origin": {"kind": "question"},
        "ask": {"zh": zh, "en": en},
        "cost": 3,
    }


def propose_tests(
    condition: str | None, entity: str, where: str, key: str, book: FactBook, tiered: bool = False
) -> list[Test]:
    """Proposed tests for a condition.

    ``where`` cites the sentence, ``key`` makes fallback names unique, ``tiered`` means the incentive has steps: then
    a list of thresholds in the condition belongs to the steps and is left to them.
    """
    found: list[Test] = []
    seen: set[str] = set()
    for number, part in enumerate(_parts(condition or ""), 1):
        if _LOOSE.match(part) and not quantities.find(part):
            continue
        test = _threshold(part, entity, book) if not (tiered and len(quantities.find(part)) > 1) else None
        if test is None and tiered and len(quantities.find(part)) > 1:
            continue
        if test is None:
            bare = _TAIL.sub("", _LEAD.sub("", part))
            if len(bare) < 2:
                continue
            name = book.add(yes_no(name_of(bare, f"符合条件_{key}_{number}"), entity, where))
            title = {
                "zh": name if not name.startswith("符合条件_") else f"符合{where}写的条件（{TO_FILL['zh']}）",
                "en": f"Condition {number} at “{where}” ({TO_FILL['en'].lower()})",
            }
            test = Test(name, title, (book.facts[name],), {name: True})
        if test.test not in seen:
            seen.add(test.test)
            found.append(test)
    return found


def _parts(text: str) -> list[str]:
    """The condition cut at commas and at 且, not inside brackets."""
    clean = re.sub(
        r"[（(][^（）()]*[）)]", "", unicodedata.normalize("NFKC", text).replace("(", "（").replace(")", "）")
    )
    clean = re.sub(r"[（(][^（）()]*[）)]", "", clean)
    pieces = re.split(r"[,，;；。:：]|并且|(?<!而)且", re.sub(r"\s+", "", clean))
    return [piece for piece in pieces if len(piece) >= 2]


def _threshold(part: str, entity: str, book: FactBook) -> Test | None:
    """``营业收入5000万元以上`` as a comparison; None where it is not clearly one."""
    found = [q for q in quantities.find(part) if q.kind in ("money", "percent", "count")]
    if len(found) != 1 or found[0].value_max is not None:
        return None
    item = found[0]
    head, rest = part[: item.start], part[item.stop :]
    comparator = item.comparator
    if comparator == "=" and _REACHED.search(head):
        comparator = ">="
    if comparator not in (">=", ">", "<=", "<") or (rest and not rest.startswith(("的", "及"))):
        return None
    noun = _COMPARING.sub("", _LEAD.sub("", head))
    noun = noun.rsplit("的", 1)[-1]
    if _NAME.fullmatch(noun) is None:
        return None
    if item.kind == "money":
        fact, value = money(noun, entity), item.yuan or Decimal(0)
        step, shown = Decimal("0.01"), f"{value.normalize():,f} 元"
    elif item.kind == "percent":
        fact, value = rate(noun, entity), item.rate or Decimal(0)
        step, shown = Decimal("0.0001"), f"{item.value.normalize():f}{item.unit}"
    else:
        unit = _SCALE.sub("", item.unit)
        fact = count(noun if noun.endswith(("数", "量", "人员")) else f"{noun}数", entity, unit)
        value, step = item.value * item.scale, Decimal(1)
        shown = f"{value.normalize():,f} {unit}"
    if value != value.to_integral_value() and item.kind == "count":
        return None
    name = book.add(fact)
    good = value if comparator in (">=", "<=") else value + step if comparator == ">" else value - step
    sample = f"{(good * 100).normalize():f}%" if item.kind == "percent" else f"{good.normalize():f}"
    said = shown.replace(" 元", " yuan")
    title = {"zh": f"{name} {_SIGNS[comparator][0]} {shown}", "en": f"{term(name)} {_SIGNS[comparator][1]} {said}"}
    return Test(f"{name} {comparator} {value.normalize():f}", title, (book.facts[name],), {name: sample})


@dataclass(frozen=True)
class Ladder:
    """Tiers told apart by how much of something there is: the fact, and the bound of each tier in its unit."""

    fact: dict[str, Any]
    bounds: tuple[Decimal, ...]


def ladder_of(condition: str | None, labels: Iterable[str], entity: str) -> Ladder | None:
    """``营业收入首次达到5000万元、1亿元`` with the tiers 5000万元 and 1亿元; None where it is not clearly that."""
    bounds: list[Decimal] = []
    kinds: set[str] = set()
    for label in labels:
        found = quantities.find(unicodedata.normalize("NFKC", label))
        if len(found) != 1 or found[0].kind not in ("money", "count") or found[0].value_max is not None:
            return None
        bounds.append(found[0].value * found[0].scale)
        kinds.add(found[0].kind if found[0].kind == "money" else _SCALE.sub("", found[0].unit))
    if len(bounds) < 2 or len(kinds) != 1 or bounds != sorted(set(bounds)):
        return None
    for part in _parts(condition or ""):
        found = [q for q in quantities.find(part) if q.kind in ("money", "count")]
        if [q.value * q.scale for q in found] != bounds:
            continue
        noun = _COMPARING.sub("", _LEAD.sub("", part[: found[0].start])).rsplit("的", 1)[-1]
        known = _KNOWN_END.search(noun)
        noun = known.group() if known else noun
        if _NAME.fullmatch(noun) is None:
            return None
        unit = kinds.pop()
        if unit == "money" and _AMOUNT_OF.search(noun) is None:
            return None  # 首次认定为5000万元税收楼: the noun is no sum
        return Ladder(money(noun, entity) if unit == "money" else count(f"{noun}数", entity, unit), tuple(bounds))
    return None


#: How names of sums of money end.
_AMOUNT_OF = re.compile(r"(?:收入|额|投资|产值|税收|贡献|费用?|资金|规模|利润|销售|值|成本|资本|租金|经费|款|营收)$")
#: A known quantity at the end of a phrase, with the year it is asked for.
_KNOWN_END = re.compile(rf"(?:上一?年度|上年|年度|年)?(?:{'|'.join(sorted(_GLOSSARY, key=len, reverse=True))})$")
_SIGNS = {">=": ("不低于", "at least"), ">": ("超过", "above"), "<=": ("不超过", "at most"), "<": ("低于", "below")}
