"""Organisations, their recognitions, yearly figures, shareholdings and bank accounts."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from ..enums import HolderKind, OrganisationKind, OrganisationStatus, Ownership, QualificationKind, SizeClass
from .base import NOT_NEGATIVE, Registered, VisibleManager, by_import, count, money
from .names import NamedQuerySet, index_names


class Organisation(Registered):
    """A legal person, known by its unified social credit code (GB 32100)."""

    STATE_LIKE = True

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("名称"), max_length=200, db_index=True)
    kind = models.CharField(_("类别"), max_length=20, choices=OrganisationKind.choices, db_index=True)
    county = models.CharField(
        _("所在地"), max_length=6, blank=True, db_index=True, help_text=_("县市区的 6 位行政区划代码（GB/T 2260）")
    )
    industry = models.CharField(_("行业代码"), max_length=5, blank=True, help_text=_("GB/T 4754 代码，例如 C3985"))
    size = models.CharField(
        _("规模"), max_length=6, choices=SizeClass.choices, blank=True, help_text=_("统计上大中小微型企业划分办法")
    )
    ownership = models.CharField(_("控股情况"), max_length=10, choices=Ownership.choices, blank=True)
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    above_scale = models.BooleanField(_("规模以上"), null=True, blank=True)
    status = models.CharField(
        _("存续状态"), max_length=12, choices=OrganisationStatus.choices, default=OrganisationStatus.ACTIVE
    )
    group = models.ForeignKey(
        "self", verbose_name=_("所属集团"), on_delete=models.SET_NULL, null=True, blank=True, related_name="members",
        help_text=_("最终母公司；按集团封顶和回避审查用"),
    )  # fmt: skip
    registered_capital = money(_("注册资本"))

    objects = VisibleManager.from_queryset(NamedQuerySet)()
    everything = models.Manager.from_queryset(NamedQuerySet)()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("单位")
        indexes = [
            models.Index(fields=["name", "id"], name="organisation_by_name"),
            models.Index(fields=["county", "name", "id"], name="organisation_by_county"),
            models.Index(fields=["kind", "name", "id"], name="organisation_by_kind"),
            by_import("organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store, and index the name in the same transaction."""
        names = kwargs.get("update_fields")
        if names is not None and "name" not in names:
            super().save(*args, **kwargs)
            return
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
            index_names([(self.pk, self.name)], kwargs.get("using"))


class Qualification(Registered):
    """A recognition with its validity; ``valid_to`` is inclusive."""

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="qualifications"
    )
    kind = models.CharField(_("资格"), max_length=20, choices=QualificationKind.choices)
    valid_from = models.DateField(_("自"), help_text=_("认定或入库日期"))
    valid_to = models.DateField(_("至"), null=True, blank=True, help_text=_("有效期的最后一天；长期有效不填"))
    number = models.CharField(_("证书编号"), max_length=60, blank=True)
    issuer = models.CharField(_("认定机关"), max_length=100, blank=True)

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("资格认定")
        indexes = [
            models.Index(fields=["kind", "valid_from", "organisation"], name="qualification_held"),
            by_import("qualification"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_kind_display()}"


class YearlyFigures(Registered):
    """Figures of one organisation for one calendar year. Null = not known, never zero."""

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="years", db_index=False
    )
    year = models.PositiveSmallIntegerField(_("年度"), validators=[MinValueValidator(1949), MaxValueValidator(2200)])
    revenue = money(_("销售收入"))
    total_income = money(_("总收入"))
    high_tech_income = money(_("高新技术产品（服务）收入"))
    rd_expense = money(_("研发费用"), help_text=_("企业会计口径的研发费用合计"))
    rd_basic = money(_("基础研究经费"), help_text=_("研究与试验发展（R&D）经费内部支出，按活动类型"))
    rd_applied = money(_("应用研究经费"))
    rd_development = money(_("试验发展经费"))
    rd_outsourced = money(_("委托外部研发费用"))
    tax_paid = money(_("纳税"), help_text=_("当年实际缴纳的税费合计"))
    tax_vat = money(_("其中：增值税"))
    tax_income = money(_("其中：企业所得税"))
    staff = count(_("职工人数"))
    st_staff = count(_("科技人员"))
    rd_staff = count(_("研发人员"))

    class Meta:
        ordering = ["-year"]
        verbose_name = _("年度数据")
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="figures_once_a_year")]
        indexes = [
            models.Index(fields=["year", "organisation"], name="figures_by_year"),
            by_import("figures"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"


class Shareholding(Registered):
    """Who holds how much of a company, from when to when; needed for conflicts of interest and caps per group."""

    company = models.ForeignKey(
        Organisation, verbose_name=_("被投资单位"), on_delete=models.CASCADE, related_name="shareholders"
    )
    holder = models.ForeignKey(
        Organisation, verbose_name=_("股东单位"), on_delete=models.CASCADE, related_name="holdings", null=True, blank=True,
        help_text=_("股东是登记在册的单位时填"),
    )  # fmt: skip
    holder_name = models.CharField(_("股东名称"), max_length=200, help_text=_("股东的全名；是自然人的只填姓名"))
    holder_kind = models.CharField(_("股东类别"), max_length=12, choices=HolderKind.choices)
    share = models.DecimalField(
        _("持股比例"), max_digits=7, decimal_places=4, null=True, blank=True,
        validators=[*NOT_NEGATIVE, MaxValueValidator(100)], help_text=_("百分数，例如 51.5"),
    )  # fmt: skip
    held_from = models.DateField(_("自"), null=True, blank=True)
    held_to = models.DateField(_("至"), null=True, blank=True, help_text=_("最后一天；仍持有不填"))

    class Meta:
        ordering = ["company", "-share", "pk"]
        verbose_name = _("股权")
        indexes = [by_import("shareholding")]

    def __str__(self) -> str:
        return f"{self.holder_name} → {self.company}"


class BankAccount(Registered):
    """Where money is paid to. Only the organisation itself and the finance department may see it."""

    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="bank_accounts"
    )
    bank = models.CharField(_("开户行"), max_length=200)
    holder = models.CharField(_("户名"), max_length=200)
    number = models.CharField(_("账号"), max_length=40)
    in_use = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["organisation", "pk"]
        verbose_name = _("银行账户")
        indexes = [by_import("account")]

    def __str__(self) -> str:
        return f"{self.organisation} ****{self.number[-4:]}"
