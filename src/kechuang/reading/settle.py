"""Stage 6b, incentives, end: from a draft that has been put together to the incentive of the reading.

What is decided only when the whole paragraph has been read: the kind, whether steps are tiers, the confidence, and
grants whose amount stands in another article (享受第5条政策).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from kechuang.reading import tiers
from kechuang.reading.amounts import Amount
from kechuang.reading.model import Evidence, Incentive, Tier
from kechuang.reading.view import View

#: 同一企业最高…: a ceiling over several grants.
OWN_SUBJECT = re.compile(r"^同一")

#: 500万元以内的部分, 超过5000万元的部分: each rate holds for one layer of the base.
_LAYER = re.compile(r"\d[^，]*(?:以内|以下|以上|[万亿]?元)的?部分")


@dataclass
class Draft:
    """An incentive being put together."""

    view: View
    start: int
    end: int
    condition: str | None
    own: str
    beneficiary: str | None
    amount: Amount
    rule: str
    unit: tuple[int, int]
    reference: str | None = None
    reasons: list[str] = field(default_factory=list)
    last_segment: int = 0
    steps: list[Tier] = field(default_factory=list)
    step_frame: str | None = None


def trim_condition(text: str) -> str | None:
    """A condition without the punctuation and the 对…的 around it; ``None`` when nothing is left."""
    clean = text.strip("，、：；。 ")
    clean = re.sub(r"^(?:对于|对)(?=[^，]*$)", "", clean)
    clean = re.sub(r"的$", "", clean)
    return clean or None


def freeze(draft: Draft) -> Incentive:
    """The incentive of a draft: kind, tiers, extras and confidence are settled here."""
    promise = draft.amount
    # One step alone (第一年给予5万元) is no tier.
    steps = (
        tuple(draft.steps)
        if len(draft.steps) > 1
        else tuple(tiers.plain_tier(name, quantity, cap) for name, quantity, cap in promise.tiers)
    )
    if len(draft.steps) > 1:
        rate = amount = cap = None
        cap = promise.cap if not any(step.cap_yuan is not None for step in steps) else None
    else:
        rate, amount, cap = promise.rate, promise.amount, promise.cap
    base = promise.base
    extras: list[tuple[str, Any]] = []
    if promise.rate_max is not None:
        extras.append(("rate_max", promise.rate_max))
    if promise.rate_is_cap:
        extras.append(("rate_is_cap", True))
    if promise.cap_period and cap is not None:
        extras.append(("cap_period", promise.cap_period))
    if promise.unit_cap is not None:
        extras.append(("unit_cap_yuan", promise.unit_cap))
    if promise.comparator:
        extras.append(("comparator", promise.comparator))
    if promise.additive:
        extras.append(("additive", True))
    layers = len(steps) > 1 and all(_LAYER.search(step.when) for step in steps)
    if layers and all(step.rate is not None for step in steps):
        extras.append(("marginal", True))
        base = _whole(base or steps[0].when)
    if draft.reference:
        extras.append(("refers_to", draft.reference))
    start, end = draft.start, draft.end
    confidence = Decimal("0.95") if not draft.reasons else Decimal("0.8")
    if promise.empty and not steps:
        confidence -= Decimal("0.1")
    kind = _kind(draft, steps)
    return Incentive(
        start,
        end,
        "",
        draft.view.clause,
        draft.beneficiary,
        draft.condition,
        kind,
        amount,
        rate,
        base,
        cap,
        steps,
        tuple(extras),
        Evidence((draft.rule, *dict.fromkeys(promise.rules)), confidence, tuple(draft.reasons)),
    )


def _whole(base: str) -> str:
    """研发投入500万元以内的部分: what the layers are parts of, 研发投入."""
    return re.sub(r"(?:不超过|超过|超出|达到)?\d.*$", "", base).removeprefix("对于").removeprefix("对") or base


def _kind(draft: Draft, steps: tuple[Tier, ...]) -> str:
    promise = draft.amount
    if promise.matching:
        return "matching"
    if promise.open_rate or promise.rate is not None or any(step.rate is not None for step in steps):
        return "rate"
    if draft.rule == "pool" or (draft.rule == "noun-limit" and OWN_SUBJECT.match(draft.own)):
        return "other"
    if promise.empty and not steps:
        return "other"
    # 给予“一事一议”奖励，最高…: the limit is known, the sum is not; so with a share paid out of revenue.
    if (
        "limit-after" in promise.rules
        and promise.amount is None
        and ("一事一议" in draft.view.text or re.search(r"从[^，]*中给予", draft.view.masked))
    ):
        return "other"
    if promise.per:
        return "per_unit"
    return "fixed"


def resolve_articles(items: list[Incentive]) -> list[Incentive]:
    """享受第5条政策: the kind is that of the article named."""
    first: dict[str, Incentive] = {}
    for item in items:
        first.setdefault(item.clause.rpartition(".")[2], item)
    done: list[Incentive] = []
    for item in items:
        reference = dict(item.extras).get("refers_to")
        number = re.search(r"\d+", reference) if reference and reference.startswith("第") else None
        target = first.get(number.group()) if number else None
        done.append(replace(item, kind=target.kind) if target is not None else item)
    return done
