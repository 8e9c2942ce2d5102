"""Research projects (also of other levels) and prizes."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..enums import ProjectLevel, ProjectState
from .base import Registered, by_import, money
from .organisations import Organisation
from .people import Person
from .technology import Achievement


class Project(Registered):
    """A research project of any level; those of province and nation are recorded to find double support."""

    STATE_LIKE = True

    number = models.CharField(_("项目编号"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    level = models.CharField(_("级别"), max_length=10, choices=ProjectLevel.choices)
    programme = models.CharField(_("计划类别"), max_length=100, blank=True)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("承担单位"), on_delete=models.CASCADE, related_name="projects"
    )
    leader = models.ForeignKey(
        Person, verbose_name=_("项目负责人"), on_delete=models.SET_NULL, related_name="projects", null=True, blank=True
    )
    granted = money(_("财政资助"))
    own_funds = money(_("自筹经费"))
    started_on = models.DateField(_("开始日期"), null=True, blank=True)
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=ProjectState.choices, default=ProjectState.RUNNING)

    class Meta:
        ordering = ["-started_on", "pk"]
        verbose_name = _("科技项目")
        indexes = [by_import("project")]

    def __str__(self) -> str:
        return self.title


class Prize(Registered):
    """A science and technology prize with one of its winners."""

    title = models.CharField(_("获奖项目"), max_length=200)
    award = models.CharField(_("奖项"), max_length=100, help_text=_("例如 科学技术进步奖"))
    level = models.CharField(_("级别"), max_length=10, choices=ProjectLevel.choices)
    grade = models.CharField(_("等级"), max_length=20, blank=True, help_text=_("例如 一等奖"))
    year = models.PositiveSmallIntegerField(_("年度"), validators=[MinValueValidator(1949), MaxValueValidator(2200)])
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("获奖单位"), on_delete=models.CASCADE, related_name="prizes"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("获奖人"), on_delete=models.SET_NULL, related_name="prizes", null=True, blank=True
    )
    achievement = models.ForeignKey(
        Achievement, verbose_name=_("科技成果"), on_delete=models.SET_NULL, related_name="prizes", null=True, blank=True
    )

    class Meta:
        ordering = ["-year", "pk"]
        verbose_name = _("科技奖励")
        constraints = [models.UniqueConstraint(fields=["organisation", "award", "title", "year"], name="prize_once")]
        indexes = [by_import("prize")]

    def __str__(self) -> str:
        return f"{self.award} {self.title}"
