"""Figures that are possible and hardly meant: said before they are submitted, and confirmed or mended by the person.

A missing figure never raises a doubt. The factor ten is the classic slip of 元 and 万元 (and of 千元), made visible.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from kechuang.tabular import Finding
from kechuang.web.intake.domain import plausible
from kechuang.web.registry.domain.kinds import KINDS

KIND = KINDS["yearly_figures"]
JUMP = 10
SMALL = Decimal(1000)
"""Below this a figure may well grow tenfold."""
PARTS = (
    (("tax_vat", "tax_income"), "tax_paid"),
    (("revenue",), "total_income"),
    (("rd_expense",), "total_income"),
)
"""The sum of the first is not more than the second; the register's own rules on staff and high-tech income come before."""


def doubts(values: Mapping[str, str], last: Mapping[str, str], year: int) -> list[Finding]:
    """What is implausible about the figures of a year.

    Args:
        values: canonical texts of the figures that are known.
        last: the same of the year before.
        year: the calendar year.
    """
    found = plausible.findings(KIND, {**values, "year": str(year)})
    for parts, whole in PARTS:
        known = [name for name in parts if name in values]
        if known and whole in values and sum(Decimal(values[name]) for name in known) > Decimal(values[whole]):
            zh = "、".join(KIND.field(name).zh for name in known)
            en = " + ".join(KIND.field(name).en for name in known)
            found.append(
                Finding(
                    known[0],
                    f"“{zh}”{'合计' if len(known) > 1 else ''}比“{KIND.field(whole).zh}”（{values[whole]}）还大，请核对",
                    f"“{en}” is more than “{KIND.field(whole).en}” ({values[whole]}); check it",
                    "plausibility",
                )
            )
    for name, text in values.items():
        if name in last:
            found += _jump(name, Decimal(text), Decimal(last[name]))
    return found


def _jump(name: str, now: Decimal, before: Decimal) -> list[Finding]:
    """A figure ten times that of the year before, or a tenth of it."""
    field = KIND.field(name)
    if max(now, before) < SMALL or not now or not before or JUMP > now / before > Decimal(1) / JUMP:
        return []
    unit_zh = "，是不是把元和万元填混了" if field.type == "money" else ""
    unit_en = "; was it meant in 10,000 yuan" if field.type == "money" else ""
    return [
        Finding(
            name,
            f"是 {now:,f}，上一年是 {before:,f}，差了十倍以上{unit_zh}？请核对",
            f"is {now:,f}, the year before {before:,f}: ten times or more apart{unit_en}? Check it",
            "plausibility",
        )
    ]
