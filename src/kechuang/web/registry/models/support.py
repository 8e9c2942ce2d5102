"""Public money an organisation has received: what a measure, or a programme of any level of government, has paid."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import SupportLevel
from .base import Registered, by_import, money
from .bases import Base
from .finance import Loan
from .organisations import Organisation
from .people import Person
from .technology import Patent, TechnologyContract


def _paid_for(model: type[Registered], label: Any) -> Any:
    """The record a payment was for, where it was for one."""
    return models.ForeignKey(
        model, verbose_name=label, on_delete=models.SET_NULL, related_name="supports", null=True, blank=True
    )


class Support(Registered):
    """One payment received (已获支持): a payment, not an entitlement; instalments are records of their own.

    ``measure`` is the code of a measure of the city's pack, or the name of a programme of another document or level.
    ``same_as`` says for such a programme which measure of the city pays for the same thing. ``year`` is the year the
    payment is counted in; ``paid_on`` may be unknown.
    """

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("受支持单位"), on_delete=models.CASCADE, related_name="supports",
        help_text=_("给个人的，填其工作单位"),
    )  # fmt: skip
    measure = models.CharField(
        _("措施或计划"),
        max_length=100,
        help_text=_("本市措施写代号（例如 receiver-subsidy），别的文件或上级的写计划名称"),
    )
    level = models.CharField(_("级别"), max_length=10, choices=SupportLevel.choices)
    amount = money(_("已付金额"), null=False, blank=False)
    year = models.PositiveSmallIntegerField(
        _("年度"), validators=[MinValueValidator(1949), MaxValueValidator(2200)], help_text=_("算在哪一年的支持里")
    )
    paid_on = models.DateField(_("到账日期"), null=True, blank=True)
    number = models.CharField(_("文号或合同号"), max_length=100, blank=True)
    same_as = models.CharField(
        _("同一内容的本市措施"),
        max_length=80,
        blank=True,
        help_text=_("别的计划付的，与本市哪项措施是同一内容，写它的代号"),
    )
    contract = _paid_for(TechnologyContract, _("所支持的合同"))
    base = _paid_for(Base, _("所支持的平台"))
    patent = _paid_for(Patent, _("所支持的专利"))
    loan = _paid_for(Loan, _("所支持的贷款"))
    person = _paid_for(Person, _("所支持的个人"))

    class Meta:
        ordering = ["-year", "-paid_on", "pk"]
        verbose_name = _("已获支持")
        indexes = [models.Index(fields=["measure", "year"], name="support_by_measure"), by_import("support")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.measure} {self.year}"
