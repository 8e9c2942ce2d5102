"""Organisations and the facts about them.

Amounts are yuan with two decimals. ``realm`` keeps generated records apart from real ones; the two are never mixed
in one figure.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm

from .enums import (
    BaseKind,
    BaseLevel,
    ContractKind,
    OrganisationKind,
    Ownership,
    PatentKind,
    QualificationKind,
    SizeClass,
)


class Registered(models.Model):
    """Base of all registry records: which realm they belong to and when they were recorded (UTC)."""

    realm = models.CharField(max_length=4, choices=Realm.choices, default=Realm.REAL, db_index=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Organisation(Registered):
    """A legal person, known by its unified social credit code (GB 32100)."""

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=200, db_index=True)
    kind = models.CharField(_("类别"), max_length=20, choices=OrganisationKind.choices, db_index=True)
    county = models.CharField(_("所在地"), max_length=6, blank=True, db_index=True)
    industry = models.CharField(_("行业代码"), max_length=5, blank=True, help_text="GB/T 4754")
    size = models.CharField(_("规模"), max_length=6, choices=SizeClass.choices, blank=True)
    ownership = models.CharField(_("控股情况"), max_length=10, choices=Ownership.choices, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    above_scale = models.BooleanField(_("规模以上"), null=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Qualification(Registered):
    """A recognition with its validity; ``valid_to`` is inclusive."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="qualifications")
    kind = models.CharField(_("资格"), max_length=20, choices=QualificationKind.choices)
    valid_from = models.DateField(_("自"))
    valid_to = models.DateField(_("至"), null=True, blank=True)

    class Meta:
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.organisation} {self.kind}"


class YearlyFigures(Registered):
    """Figures of one organisation for one calendar year. Null = not known, never zero."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField(_("年度"))
    revenue = models.DecimalField(_("销售收入"), max_digits=18, decimal_places=2, null=True)
    rd_expense = models.DecimalField(_("研发费用"), max_digits=18, decimal_places=2, null=True)
    high_tech_income = models.DecimalField(_("高新技术产品（服务）收入"), max_digits=18, decimal_places=2, null=True)
    total_income = models.DecimalField(_("总收入"), max_digits=18, decimal_places=2, null=True)
    tax_paid = models.DecimalField(_("纳税"), max_digits=18, decimal_places=2, null=True)
    staff = models.PositiveIntegerField(_("职工人数"), null=True)
    st_staff = models.PositiveIntegerField(_("科技人员"), null=True)

    class Meta:
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="figures_once_a_year")]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"


class TechnologyContract(Registered):
    """A technology contract between a seller and a buyer."""

    number = models.CharField(_("合同登记编号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=12, choices=ContractKind.choices)
    amount = models.DecimalField(_("技术合同交易额"), max_digits=18, decimal_places=2, null=True)
    signed_on = models.DateField(_("签订日期"))
    registered_on = models.DateField(_("认定登记日期"), null=True, blank=True)
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sales", null=True, blank=True)
    seller_is_person = models.BooleanField(_("卖方是个人"), default=False)
    buyer = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="purchases")
    converted = models.BooleanField(_("成果已转化"), null=True)

    class Meta:
        ordering = ["-signed_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Base(Registered):
    """A platform or base with its level of recognition."""

    name = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=20, choices=BaseKind.choices)
    level = models.CharField(_("级别"), max_length=10, choices=BaseLevel.choices)
    recognised_on = models.DateField(_("认定日期"), null=True)
    host = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="bases")

    class Meta:
        ordering = ["-recognised_on", "pk"]

    def __str__(self) -> str:
        return self.name


class Patent(Registered):
    """A granted patent."""

    number = models.CharField(_("专利号"), max_length=30, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=10, choices=PatentKind.choices)
    granted_on = models.DateField(_("授权日期"))
    ipc = models.CharField("IPC", max_length=20, blank=True)
    owner = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="patents")

    class Meta:
        ordering = ["-granted_on", "pk"]

    def __str__(self) -> str:
        return self.title


class Person(Registered):
    """A talent or contact; identity numbers are not kept."""

    name = models.CharField(_("姓名"), max_length=100)
    degree = models.CharField(_("学历"), max_length=20, blank=True)
    title = models.CharField(_("职称"), max_length=40, blank=True)
    discipline = models.CharField(_("专业"), max_length=60, blank=True)
    employer = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="people")
    since = models.DateField(_("到岗日期"), null=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Loan(Registered):
    """A loan of an enterprise, as needed for interest subsidies and pledges."""

    borrower = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="loans")
    lender = models.CharField(_("放款机构"), max_length=200)
    amount = models.DecimalField(_("贷款额"), max_digits=18, decimal_places=2)
    interest_paid = models.DecimalField(_("已付利息"), max_digits=18, decimal_places=2, null=True)
    pledged_ip = models.BooleanField(_("知识产权质押"), null=True)
    granted_on = models.DateField(_("放款日期"))

    class Meta:
        ordering = ["-granted_on", "pk"]

    def __str__(self) -> str:
        return f"{self.borrower} {self.amount}"
