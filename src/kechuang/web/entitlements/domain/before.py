"""The calculator's questions on what was received before: one for the claim itself, one for each rule that looks back.

A visitor knows sums, not records: an answer stands for one earlier grant that its rule counts. What is left unanswered stays unknown, and
the result names the rule as one it depends on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext, gettext_lazy

from kechuang.chinese.money import MoneyError, parse_yuan
from kechuang.citypack import models as pack_models
from kechuang.citypack.meeting import group, names
from kechuang.measures.cumulation import LEVELS, Award, Claim, Grant, Group, combine
from kechuang.measures.model import Text
from kechuang.web.core.templatetags.kc import is_english
from kechuang.web.policy.domain.releases import LoadedRelease

OWN = "before-this"
OTHER = "别的计划"
LONGEST = 40
_OTHER = Text(OTHER, "another programme")
ASKED = {
    "take_higher": gettext_lazy("同一内容的另一项，已经领过多少？"),
    "ceiling": gettext_lazy("同一上限里，已经领过多少？"),
    "exclude": gettext_lazy("与它不能同时享受的，已经领过多少？"),
    "offset": gettext_lazy("同一内容，别处已经给了多少？"),
    "upgrade": gettext_lazy("较低等次已经领过多少？"),
    "once": gettext_lazy("这一项在这份申请以前领过多少？"),
}


@dataclass(frozen=True)
class Asked:
    """One question: the rule it is for (None: the claim itself), what was typed, the amount, what is wrong with it."""

    name: str
    rule: pack_models.Cumulation | None
    value: str = ""
    amount: Decimal | None = None
    error: MoneyError | None = None

    @property
    def text(self) -> str:
        """The question in the active language."""
        if self.rule is None:
            return gettext("这份申请本身已经付过多少？")
        return str(ASKED[self.rule.kind])

    @property
    def period(self) -> str:
        """Which time is meant."""
        if self.rule is None or self.rule.period == "ever":
            return gettext("历年合计")
        if self.rule.period == "year":
            return gettext("当年")
        return gettext("最近 %(n)s 年") % {"n": self.rule.period}

    @property
    def message(self) -> str:
        """What is wrong, in the active language."""
        if self.error is None:
            return ""
        return self.error.en if is_english() else self.error.zh


def questions(release: LoadedRelease, measure: pack_models.Measure, data: Mapping[str, str]) -> list[Asked]:
    """The questions of a measure with the answers of an address; none where no rule of the pack speaks of it."""
    rules = [rule for rule in release.pack.cumulation if measure.id in rule.measures]
    if not rules or measure.amount_is != "stated":
        return []
    asked: list[tuple[str, pack_models.Cumulation | None]] = [(OWN, None)]
    asked += [(f"before-{rule.id}", rule) for rule in rules]
    return [_asked(name, rule, data.get(name, "").strip()[:LONGEST]) for name, rule in asked]


def _asked(name: str, rule: pack_models.Cumulation | None, value: str) -> Asked:
    if not value:
        return Asked(name, rule)
    try:
        amount = parse_yuan(value)
        if amount < 0:
            raise MoneyError("已领的金额不能是负数。", "What was received cannot be negative.")
    except MoneyError as error:
        return Asked(name, rule, value, error=error)
    return Asked(name, rule, value, amount)


def award(
    release: LoadedRelease, measure_id: str, amount: Decimal, asked: Sequence[Asked], on: dt.date
) -> Award | None:
    """What is left of an amount after the rules, each with the answer to its own question; None where there are none."""
    if not asked:
        return None
    titles: dict[str, Text] = {**names(release.pack), **{f"{level}:{OTHER}": _OTHER for level in LEVELS}}
    first = next(one for one in asked if one.rule is None)
    own = [Grant(measure_id, first.amount, on, "", on.year)] if first.amount else []
    found = combine([Claim(measure_id, amount, "", on)], [], on, own, titles)[0]
    reductions, depends = list(found.reductions), []
    for one in asked:
        rule = group(one.rule, release.pack, on) if one.rule is not None else None
        if rule is None:
            continue
        history = None if one.amount is None else [_grant(rule, measure_id, one.amount, on)]
        after = combine([Claim(measure_id, found.amount, "", on)], [rule], on, history, titles)[0]
        found = replace(found, amount=after.amount)
        reductions += after.reductions
        depends += after.depends
    return Award(measure_id, amount, found.amount, tuple(reductions), tuple(depends))


def _grant(rule: Group, measure_id: str, amount: Decimal, on: dt.date) -> Grant:
    """An answer as a grant that the rule counts: of the day before, so that it is not for the claim itself."""
    named = [*rule.against] or [m for m in rule.measures if m != measure_id or rule.kind != "take_higher"]
    first = named[0] if named else measure_id
    level, colon, programme = first.partition(":")
    measure = f"{level}:{OTHER}" if colon and programme == "*" else first
    return Grant(measure, amount, on - dt.timedelta(days=1), "", on.year, measure_id if colon else "")
