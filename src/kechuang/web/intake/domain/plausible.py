"""Values that are possible one by one and hardly meant together: a person looks before they are written.

Each rule names two fields of a kind; it speaks only where both values are there. Unknown is never implausible.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from kechuang.tabular import Finding
from kechuang.web.registry.domain.kinds import Kind

NOT_MORE: dict[str, tuple[tuple[str, str], ...]] = {
    "yearly_figures": (("st_staff", "staff"), ("rd_staff", "staff"), ("high_tech_income", "total_income")),
}  # fmt: skip
"""The first is part of the second, so it cannot be more."""
IN_ORDER = (("valid_from", "valid_to"), ("started_on", "ended_on"), ("signed_on", "registered_on"),
            ("recognised_on", "withdrawn_on"), ("held_from", "held_to"))  # fmt: skip
"""The first day cannot lie behind the second."""
PAST = ("founded_on", "granted_on", "signed_on", "registered_on", "recognised_on")
"""Days of things that have happened."""


def findings(kind: Kind, values: Mapping[str, str], today: dt.date | None = None) -> list[Finding]:
    """What is implausible about a row of canonical values."""
    day = (today or timezone.localdate()).isoformat()
    found: list[Finding] = []
    for part, whole in NOT_MORE.get(kind.id, ()):
        if _both(kind, values, part, whole) and Decimal(values[part]) > Decimal(values[whole]):
            b = kind.field(whole)
            found.append(Finding(part, f"比“{b.zh}”（{values[whole]}）还大，请核对", f"is more than “{b.en}” ({values[whole]}); check it",
                                 "plausibility"))  # fmt: skip
    for first, second in IN_ORDER:
        if _both(kind, values, first, second) and values[first] > values[second]:
            b = kind.field(first)
            found.append(Finding(second, f"早于“{b.zh}”（{values[first]}），请核对", f"lies before “{b.en}” ({values[first]}); check it",
                                 "plausibility"))  # fmt: skip
    for name in PAST:
        if name in kind.by_name and values.get(name, "") > day:
            found.append(
                Finding(
                    name,
                    f"{values[name]} 还没有到，请核对",
                    f"{values[name]} is still to come; check it",
                    "plausibility",
                )
            )
    if kind.id == "yearly_figures" and values.get("year", "") > day[:4]:
        found.append(
            Finding(
                "year",
                f"{values['year']} 年还没有到，请核对",
                f"{values['year']} is still to come; check it",
                "plausibility",
            )
        )
    return found


def _both(kind: Kind, values: Mapping[str, str], *names: str) -> bool:
    return all(name in kind.by_name and values.get(name) for name in names)
