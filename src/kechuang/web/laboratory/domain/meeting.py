"""The pack's rules on measures that meet, applied to a trial: a draft is compared with the law after them, not before.

What other measures pay comes from the newest nightly run; a ceiling that names a parameter of the measure follows the
draft's value of it. Earlier grants are unknown and take nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from kechuang.citypack import meeting as packs
from kechuang.citypack import models as pack_models
from kechuang.measures.cumulation import Claim, Group, combine
from kechuang.measures.model import Measure
from kechuang.web.laboratory.domain.subject import Outcome, Subject

ZERO = Decimal("0.00")


@dataclass
class Taken:
    """What a rule took, in yuan, and from whom."""

    amount: Decimal = ZERO
    firms: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Meeting:
    """The rules that speak of the measure of a trial, and what each organisation gets under the other measures."""

    measure: str
    kind: str
    pack: pack_models.Pack
    rules: tuple[pack_models.Cumulation, ...]
    others: Mapping[str, Sequence[Claim]]

    def groups(self, rule: Measure, on: dt.date) -> list[Group]:
        """The rules as the engine applies them to one version of the measure."""
        found: list[Group] = []
        for record in self.rules:
            group = packs.group(record, self.pack, on)
            if group is not None and record.ceiling_parameter and record.measures[0] == self.measure:
                parameter = rule.parameter(record.ceiling_parameter)
                value = parameter.on(on) if parameter else None
                group = replace(group, ceiling=value) if value is not None else group
            if group is not None:
                found.append(group)
        return found

    def apply(
        self, rule: Measure, given: Mapping[str, Outcome], subjects: Sequence[Subject], on: dt.date
    ) -> tuple[dict[str, Outcome], dict[str, Taken]]:
        """The outcomes by key after the rules, and what each rule took."""
        groups = self.groups(rule, on)
        found, taken = dict(given), {record.id: Taken() for record in self.rules}
        firms: dict[str, list[Subject]] = {}
        for subject in subjects:
            if subject.key in given and given[subject.key].amount:
                firms.setdefault(subject.organisation, []).append(subject)
        for organisation, several in firms.items():
            own = [
                Claim(self.measure, given[s.key].amount or ZERO, self._key(s.key), s.day)
                for s in sorted(several, key=lambda s: (s.day or dt.date.max, s.key))
            ]
            awards = combine([*own, *self.others.get(organisation, ())], groups, on, None)
            left = {claim.subject: award for claim, award in zip(own, awards, strict=False)}
            for subject in several:
                award = left[self._key(subject.key)]
                found[subject.key] = replace(given[subject.key], amount=award.amount)
                for reduction in award.reductions:
                    taken[reduction.group].amount += reduction.taken
                    taken[reduction.group].firms.add(organisation)
        return found, taken

    def _key(self, key: str) -> str:
        """The subject as the nightly run names it: empty for the organisation itself, but for a part of it."""
        if self.kind == "enterprise":
            return f"#{key.rsplit('#', 1)[1]}" if "#" in key else ""
        return f"{self.kind}:{key}"
