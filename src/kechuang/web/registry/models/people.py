"""People: talent, experts, contacts; where they worked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import Registered, by_import
from .organisations import Organisation


class Person(Registered):
    """A talent, expert or contact. An identity number is never kept, only a keyed digest of it, for matching."""

    STATE_LIKE = True

    name = models.CharField(_("姓名"), max_length=100)
    degree = models.CharField(_("学历"), max_length=20, blank=True)
    title = models.CharField(_("职称"), max_length=40, blank=True)
    discipline = models.CharField(_("专业"), max_length=60, blank=True)
    talent_class = models.CharField(_("人才类别"), max_length=60, blank=True, help_text=_("按认定文件上的写法"))
    expert = models.BooleanField(_("评审专家"), default=False)
    employer = models.ForeignKey(
        Organisation, verbose_name=_("现单位"), on_delete=models.CASCADE, related_name="people", null=True, blank=True
    )
    since = models.DateField(_("到岗日期"), null=True, blank=True)
    identity_hash = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("人才")
        indexes = [models.Index(fields=["name", "id"], name="person_by_name"), by_import("person")]

    def __str__(self) -> str:
        return self.name


class Employment(Registered):
    """A position somebody held at an organisation; ``ended_on`` is the last day, empty while it lasts."""

    person = models.ForeignKey(Person, verbose_name=_("人才"), on_delete=models.CASCADE, related_name="employments")
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.CASCADE, related_name="employments"
    )
    position = models.CharField(_("职务"), max_length=100, blank=True)
    started_on = models.DateField(_("自"), null=True, blank=True)
    ended_on = models.DateField(_("至"), null=True, blank=True, help_text=_("最后一天；在职不填"))

    class Meta:
        ordering = ["-started_on", "pk"]
        verbose_name = _("任职经历")
        indexes = [by_import("employment")]

    def __str__(self) -> str:
        return f"{self.person} {self.organisation}"
