"""The history of all records: their states at other times, dated attributes, other names, merges.

Written only by ``domain/record.py``, ``domain/attributes.py`` and ``domain/merge.py``.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.ids import new_id

from ..enums import AttributeType, Why
from .base import Source


class Version(models.Model):
    """A state of one record: values, from when to when it held, from when to when it was believed.

    A record that was never changed has none; its row is its only state. From the first change on all its states stand
    here, and the row repeats the one believed now for today. ``values`` are texts: amounts and numbers as written with
    all decimals, dates as ISO, choices by their code, organisations by their code, others by their number here.
    """

    kind = models.CharField(_("种类"), max_length=30)
    record_id = models.BigIntegerField(_("记录"))
    valid_from = models.DateField(_("自"), null=True)
    valid_to = models.DateField(_("至"), null=True)
    recorded_at = models.DateTimeField(_("记录时间"))
    superseded_at = models.DateTimeField(_("作废时间"), null=True)
    values = models.JSONField(_("内容"))
    why = models.CharField(_("缘由"), max_length=8, choices=Why.choices)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")
    event_id = models.CharField(_("审计事件"), max_length=26, blank=True)
    import_id = models.CharField(_("导入"), max_length=26, blank=True)

    class Meta:
        ordering = ["recorded_at", "id"]
        verbose_name = _("历史")
        indexes = [
            models.Index(fields=["kind", "record_id", "recorded_at"], name="version_of_record"),
            models.Index(fields=["import_id", "kind"], name="version_by_import", condition=~models.Q(import_id="")),
            models.Index(
                fields=["valid_from"],
                name="version_ahead",
                condition=models.Q(superseded_at=None, valid_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.record_id} {self.valid_from or '…'}–{self.valid_to or '…'}"


class AttributeDefinition(models.Model):
    """A fact about records of one kind that no column holds: its name in both languages, its type and unit."""

    code = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("种类"), max_length=30)
    zh = models.CharField(_("中文名称"), max_length=80)
    en = models.CharField(_("英文名称"), max_length=160)
    type = models.CharField(_("类型"), max_length=10, choices=AttributeType.choices)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    choices = models.JSONField(_("可选值"), default=list, blank=True)

    class Meta:
        ordering = ["kind", "code"]
        verbose_name = _("属性")
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="attribute_once")]

    def __str__(self) -> str:
        return f"{self.kind}.{self.code}"


class Attribute(models.Model):
    """A dated value of an attribute of one record; believed while ``superseded_at`` is empty."""

    definition = models.ForeignKey(AttributeDefinition, on_delete=models.PROTECT, related_name="values")
    record_id = models.BigIntegerField(_("记录"))
    text = models.CharField(_("值"), max_length=500)
    number = models.DecimalField(_("数值"), max_digits=24, decimal_places=6, null=True)
    valid_from = models.DateField(_("自"), null=True)
    valid_to = models.DateField(_("至"), null=True)
    recorded_at = models.DateTimeField(_("记录时间"))
    superseded_at = models.DateTimeField(_("作废时间"), null=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")
    event_id = models.CharField(_("审计事件"), max_length=26, blank=True)
    import_id = models.CharField(_("导入"), max_length=26, blank=True)

    class Meta:
        ordering = ["definition", "record_id", "recorded_at", "id"]
        verbose_name = _("属性值")
        indexes = [models.Index(fields=["record_id", "definition"], name="attribute_of_record")]

    def __str__(self) -> str:
        return f"{self.definition} {self.text}"

    @property
    def values(self) -> str:
        """The value, under the name that all versions have it."""
        return self.text


class Alias(models.Model):
    """Another code or name under which a record was known: a former name, a duplicate that was merged into it."""

    kind = models.CharField(_("种类"), max_length=30)
    record_id = models.BigIntegerField(_("记录"))
    field = models.CharField(_("项目"), max_length=20)
    value = models.CharField(_("曾用"), max_length=200)
    since = models.DateTimeField(_("记录时间"), default=timezone.now)
    merge = models.ForeignKey("Merge", on_delete=models.CASCADE, null=True, related_name="aliases")

    class Meta:
        ordering = ["id"]
        verbose_name = _("曾用名和代码")
        indexes = [
            models.Index(fields=["kind", "field", "value"], name="alias_by_value"),
            models.Index(fields=["kind", "record_id"], name="alias_of_record"),
        ]

    def __str__(self) -> str:
        return self.value


class Merge(models.Model):
    """Two records found to be one. ``details`` holds what is needed to take it apart again, exactly."""

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    kind = models.CharField(_("种类"), max_length=30)
    kept_id = models.BigIntegerField(_("留下的记录"))
    merged_id = models.BigIntegerField(_("并入的记录"))
    merged_name = models.CharField(_("并入的名称"), max_length=200)
    details = models.JSONField(_("还原所需"), default=dict)
    merged_at = models.DateTimeField(_("合并时间"), default=timezone.now)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("合并")
        indexes = [models.Index(fields=["kind", "kept_id"], name="merge_of_record")]

    def __str__(self) -> str:
        return f"{self.kind} {self.merged_name}"
