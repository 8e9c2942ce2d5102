"""What is left when several measures meet: the pack's cumulation rules applied to amounts computed one by one.

Payments that the register holds are taken into account (:mod:`.received`); a rule that may lack some is named by the result.
Where nothing is known of payments (answers of a visitor) nothing is taken for them, and the result names the rules too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from kechuang.citypack import models as pack_models
from kechuang.citypack.meeting import groups, names
from kechuang.measures.budget import split
from kechuang.measures.cumulation import Award, Claim, Group, combine
from kechuang.measures.model import Text
from kechuang.web.entitlements.domain.received import Received, unsure
from kechuang.web.entitlements.enums import Place
from kechuang.web.policy.domain.releases import LoadedRelease

KINDS = {
    "take_higher": _("就高不重复"),
    "ceiling": _("合计不超过上限"),
    "exclude": _("不得同时享受"),
    "offset": _("扣除别处已给的"),
    "upgrade": _("升级补差"),
    "once": _("只享受一次"),
    "paid": _("已经付过"),
}
WHEN_SHORT = {"queue": _("按申请先后"), "rank": _("按得分高低"), "pro_rata": _("按比例，分到每一分")}
LEVELS = {
    "state": _("中央财政"),
    "province": _("省级财政"),
    "city": _("市级财政"),
    "county": _("县级财政"),
    "benefiting": _("受益财政"),
}
#: The day a claim arose, by the kind of its subject: the field of the record in the register.
DAYS = {
    "contract": "signed_on", "institution": "recognised_on", "patent": "granted_on", "loan": "granted_on",
    "person": "since",
}  # fmt: skip


@lru_cache(maxsize=16)
def _groups(release: LoadedRelease, on: dt.date) -> tuple[tuple[Group, ...], Mapping[str, Text]]:
    return groups(release.pack, on), names(release.pack)


def awards(
    release: LoadedRelease, claims: Iterable[Claim], on: dt.date, known: Received | None = None
) -> dict[tuple[str, str], Award]:
    """What is left of each claim of one organisation, by measure and subject; ``known``: the payments on record."""
    rules, titles = _groups(release, on)
    several = list(claims)
    if known is None:
        found = combine(several, rules, on, None, titles)
    else:
        found = combine(several, rules, on, known.grants, titles, unsure(release, rules, several, on))
    return {(claim.measure, claim.subject): award for claim, award in zip(several, found, strict=True)}


def day_of(kind: str, record: Any) -> dt.date | None:
    """The day on which the claim of a subject arose, where its record has one."""
    return getattr(record, DAYS.get(kind, ""), None)


def rules_of(release: LoadedRelease, measure_id: str) -> list[pack_models.Cumulation]:
    """The cumulation rules that speak of a measure."""
    return [rule for rule in release.pack.cumulation if measure_id in (*rule.measures, *rule.against)]


def budgets_of(release: LoadedRelease, measure_id: str) -> list[pack_models.Budget]:
    """The budgets that a measure is paid from."""
    return [budget for budget in release.pack.budgets if measure_id in budget.measures]


@dataclass(frozen=True)
class Money:
    """A budget in one year against what is due from it: ``amount`` and ``left`` None where no amount is stated.

    ``spent`` was paid before in that year, as far as the register knows; ``pays`` is what the budget pays of what is due. ``payers``
    are the levels of government with what each pays, None where no share is stated; ``local`` the treasuries of counties among
    them (level, division code, yuan); ``counts`` how many are paid in full, in part, wait or have no place in the order.
    """

    record: pack_models.Budget
    year: int
    due: Decimal
    amount: Decimal | None
    payers: tuple[tuple[str, Decimal | None], ...]
    realm: str
    spent: Decimal = Decimal("0.00")
    pays: Decimal | None = None
    counts: tuple[tuple[str, int], ...] = ()
    local: tuple[tuple[str, str, Decimal], ...] = ()

    @property
    def left(self) -> Decimal | None:
        """What is left; negative: what is lacking."""
        return None if self.amount is None else self.amount - self.spent - self.due

    @property
    def lacking(self) -> Decimal:
        """What is lacking, 0 where there is enough or no amount is stated."""
        return max(-(self.left or Decimal(0)), Decimal(0))

    @property
    def per_cent(self) -> Decimal | None:
        """What everybody gets of his claim, in per cent, where all are cut in proportion."""
        if self.pays is None or self.record.when_short != "pro_rata" or not self.lacking:
            return None
        return (self.pays / self.due * 100).quantize(Decimal("0.01"))


def money(record: pack_models.Budget, told: Mapping[str, Any]) -> Money:
    """A budget as a run has divided it (an entry of ``Run.budgets``).

    Where no amount is stated, the levels are shown what they would pay if all that is due was paid.
    """
    year, due = int(told["year"]), Decimal(told["due"])
    levels = {level: Decimal(total) for level, total in told.get("levels", {}).items()}
    if "paid" not in told:
        levels = split(due, record.shares) if record.shares else {}
    return Money(
        record,
        year,
        due,
        record.amounts.get(year) if "paid" in told else None,
        tuple((str(LEVELS[level.level]), levels.get(level.level)) for level in record.levels),
        told["realm"],
        Decimal(told["spent"]),
        Decimal(told["paid"]) if "paid" in told else None,
        tuple((place, told["counts"][place]) for place in Place.values if told.get("counts", {}).get(place)),
        tuple((str(LEVELS[level]), county, Decimal(total)) for level, county, total in told.get("local", ())),
    )
