"""Platforms and bases: recognition, yearly report, evaluation, withdrawal."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import BaseKind, BaseLevel, EvaluationResult
from .base import Registered, by_import, count, money
from .organisations import Organisation


class Base(Registered):
    """A platform or base with its level of recognition. ``valid_to`` is the last day; it ends earlier if withdrawn."""

    STATE_LIKE = True

    name = models.CharField(_("名称"), max_length=200)
    kind = models.CharField(_("类别"), max_length=20, choices=BaseKind.choices)
    level = models.CharField(_("级别"), max_length=10, choices=BaseLevel.choices)
    recognised_on = models.DateField(_("认定日期"), null=True, blank=True)
    host = models.ForeignKey(Organisation, verbose_name=_("依托单位"), on_delete=models.CASCADE, related_name="bases")
    recognised_by = models.CharField(_("认定文件"), max_length=200, blank=True, help_text=_("认定机关和文号"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True, help_text=_("最后一天；没有期限不填"))
    withdrawn_on = models.DateField(_("撤销日期"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤销原因"), max_length=200, blank=True)
    area = models.DecimalField(_("场地面积"), max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["-recognised_on", "pk"]
        verbose_name = _("平台基地")
        indexes = [models.Index(fields=["kind", "level"], name="base_by_kind"), by_import("base")]

    def __str__(self) -> str:
        return self.name


class BaseReport(Registered):
    """The yearly report of a base."""

    base = models.ForeignKey(Base, verbose_name=_("平台基地"), on_delete=models.CASCADE, related_name="reports")
    year = models.PositiveSmallIntegerField(_("年度"), validators=[MinValueValidator(1949), MaxValueValidator(2200)])
    submitted_on = models.DateField(_("提交日期"), null=True, blank=True)
    staff = count(_("研发人员"))
    rd_expense = money(_("研发投入"))
    projects = count(_("承担项目数"))
    patents = count(_("授权发明专利数"))
    tenants = count(_("在孵企业数"), help_text=_("孵化器和众创空间填"))
    graduates = count(_("当年毕业企业数"), help_text=_("孵化器和众创空间填"))
    summary = models.TextField(_("情况说明"), blank=True, max_length=5000)

    class Meta:
        ordering = ["-year"]
        verbose_name = _("平台基地年报")
        constraints = [models.UniqueConstraint(fields=["base", "year"], name="report_once_a_year")]
        indexes = [by_import("report")]

    def __str__(self) -> str:
        return f"{self.base} {self.year}"


class BaseEvaluation(Registered):
    """An evaluation of a base with its result."""

    base = models.ForeignKey(Base, verbose_name=_("平台基地"), on_delete=models.CASCADE, related_name="evaluations")
    evaluated_on = models.DateField(_("评价日期"))
    result = models.CharField(_("评价结果"), max_length=10, choices=EvaluationResult.choices)
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2, null=True, blank=True)
    evaluator = models.CharField(_("评价机构"), max_length=100, blank=True)

    class Meta:
        ordering = ["-evaluated_on"]
        verbose_name = _("平台基地评价")
        indexes = [by_import("evaluation")]

    def __str__(self) -> str:
        return f"{self.base} {self.evaluated_on}"
