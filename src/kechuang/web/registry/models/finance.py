"""Loans, pledges, guarantees, investments, and investment projects in the reserve."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import InvestmentRound, PledgeKind, ReserveState
from .base import NOT_NEGATIVE, Registered, by_import, money
from .organisations import Organisation
from .technology import Patent


class Loan(Registered):
    """A loan of an enterprise, as needed for interest subsidies and pledges."""

    borrower = models.ForeignKey(
        Organisation, verbose_name=_("借款单位"), on_delete=models.CASCADE, related_name="loans"
    )
    lender = models.CharField(_("放款机构"), max_length=200)
    amount = money(_("贷款额"), null=False, blank=False)
    interest_paid = money(_("已付利息"))
    pledged_ip = models.BooleanField(_("知识产权质押"), null=True, blank=True)
    granted_on = models.DateField(_("放款日期"))
    due_on = models.DateField(_("到期日期"), null=True, blank=True)
    number = models.CharField(_("借款合同号"), max_length=60, blank=True)
    lending_organisation = models.ForeignKey(
        Organisation, verbose_name=_("放款单位"), on_delete=models.SET_NULL, related_name="loans_given", null=True,
        blank=True, help_text=_("放款机构登记在册时填"),
    )  # fmt: skip

    class Meta:
        ordering = ["-granted_on", "pk"]
        verbose_name = _("贷款")
        indexes = [by_import("loan")]

    def __str__(self) -> str:
        return f"{self.borrower} {self.amount}"


class Pledge(Registered):
    """Something pledged for a loan: a patent, a trademark, shares …"""

    loan = models.ForeignKey(Loan, verbose_name=_("贷款"), on_delete=models.CASCADE, related_name="pledges")
    pledgor = models.ForeignKey(
        Organisation, verbose_name=_("出质单位"), on_delete=models.CASCADE, related_name="pledges"
    )
    kind = models.CharField(_("质物类别"), max_length=12, choices=PledgeKind.choices)
    patent = models.ForeignKey(
        Patent, verbose_name=_("专利"), on_delete=models.SET_NULL, related_name="pledges", null=True, blank=True
    )
    description = models.CharField(_("质物说明"), max_length=200, blank=True)
    value = money(_("评估价值"))
    registered_on = models.DateField(_("登记日期"), null=True, blank=True)
    released_on = models.DateField(_("解除日期"), null=True, blank=True)

    class Meta:
        ordering = ["-registered_on", "pk"]
        verbose_name = _("质押")
        indexes = [by_import("pledge")]

    def __str__(self) -> str:
        return f"{self.pledgor} {self.get_kind_display()}"


class Guarantee(Registered):
    """A guarantee a guarantee company gave for a borrower."""

    guarantor = models.ForeignKey(
        Organisation, verbose_name=_("担保机构"), on_delete=models.CASCADE, related_name="guarantees_given"
    )
    borrower = models.ForeignKey(
        Organisation, verbose_name=_("被担保单位"), on_delete=models.CASCADE, related_name="guarantees"
    )
    loan = models.ForeignKey(
        Loan, verbose_name=_("贷款"), on_delete=models.SET_NULL, related_name="guarantees", null=True, blank=True
    )
    amount = money(_("担保额"), null=False, blank=False)
    fee = money(_("担保费"))
    given_on = models.DateField(_("担保日期"))
    ends_on = models.DateField(_("到期日期"), null=True, blank=True)
    compensated = money(_("代偿额"))

    class Meta:
        ordering = ["-given_on", "pk"]
        verbose_name = _("担保")
        indexes = [by_import("guarantee")]

    def __str__(self) -> str:
        return f"{self.guarantor} → {self.borrower}"


class Investment(Registered):
    """A share investment in a company (seed, angel, venture)."""

    investor = models.ForeignKey(
        Organisation, verbose_name=_("投资单位"), on_delete=models.CASCADE, related_name="investments_made", null=True,
        blank=True, help_text=_("投资方登记在册时填"),
    )  # fmt: skip
    investor_name = models.CharField(_("投资方"), max_length=200)
    company = models.ForeignKey(
        Organisation, verbose_name=_("被投资单位"), on_delete=models.CASCADE, related_name="investments"
    )
    round = models.CharField(_("轮次"), max_length=10, choices=InvestmentRound.choices, blank=True)
    amount = money(_("投资额"), null=False, blank=False)
    share = models.DecimalField(
        _("占股比例"), max_digits=7, decimal_places=4, null=True, blank=True,
        validators=[*NOT_NEGATIVE, MaxValueValidator(100)], help_text=_("百分数，例如 51.5"),
    )  # fmt: skip
    invested_on = models.DateField(_("投资日期"))

    class Meta:
        ordering = ["-invested_on", "pk"]
        verbose_name = _("股权投资")
        indexes = [by_import("investment")]

    def __str__(self) -> str:
        return f"{self.investor_name} → {self.company}"


class InvestmentProject(Registered):
    """A fixed-asset investment project in the city's reserve, with its state of filing or approval."""

    STATE_LIKE = True

    code = models.CharField(
        _("项目代码"), max_length=60, unique=True, help_text=_("投资项目在线审批监管平台的项目代码")
    )
    title = models.CharField(_("名称"), max_length=200)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("建设单位"), on_delete=models.CASCADE, related_name="investment_projects"
    )
    industry = models.CharField(_("行业代码"), max_length=5, blank=True, help_text=_("GB/T 4754 代码，例如 C3985"))
    county = models.CharField(
        _("建设地点"), max_length=6, blank=True, help_text=_("县市区的 6 位行政区划代码（GB/T 2260）")
    )
    total_investment = money(_("总投资"))
    state = models.CharField(_("状态"), max_length=12, choices=ReserveState.choices, default=ReserveState.RESERVE)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    approved_on = models.DateField(_("核准或审批日期"), null=True, blank=True)
    started_on = models.DateField(_("开工日期"), null=True, blank=True)
    completed_on = models.DateField(_("竣工日期"), null=True, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("投资项目")
        indexes = [by_import("investment_project")]

    def __str__(self) -> str:
        return self.title
