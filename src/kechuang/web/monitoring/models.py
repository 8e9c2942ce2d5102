"""Values that people offer for cells the pack leaves empty, or for cells they know better."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm
from kechuang.web.core.ids import new_id

from .enums import SourceTrust, SubmissionStatus


class Submission(models.Model):
    """One value with its source, as somebody offered it. Never overwritten: a correction is another submission."""

    id = models.CharField(primary_key=True, max_length=26, default=new_id, editable=False)
    region = models.CharField(_("地区"), max_length=6)
    indicator = models.CharField(_("指标"), max_length=80)
    year = models.PositiveSmallIntegerField(_("年份"))
    value = models.DecimalField(_("数值"), max_digits=28, decimal_places=8)
    unit = models.CharField(_("单位"), max_length=40)
    source_title = models.CharField(_("来源名称"), max_length=300)
    source_url = models.URLField(_("来源网址"), max_length=500, blank=True)
    source_date = models.DateField(_("发布日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    submitter = models.CharField(_("提供单位或姓名"), max_length=100, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    release = models.CharField(_("城市包版本"), max_length=64)
    realm = models.CharField(max_length=8, choices=Realm.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=SubmissionStatus.choices, default=SubmissionStatus.PENDING
    )
    trust = models.CharField(_("来源等级"), max_length=12, choices=SourceTrust.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(_("处理意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["status", "indicator"], name="submission_status"),
            models.Index(fields=["status", "-id"], name="submission_list"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.region} {self.year}"
