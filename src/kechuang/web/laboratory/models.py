"""Trials: a draft of a measure, computed over the register and kept with its result."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm
from kechuang.web.core.ids import new_id
from kechuang.web.laboratory.enums import State


class Trial(models.Model):
    """One computation of a draft against the law in force. A change makes a new trial; a result never changes."""

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    title = models.CharField(_("名称"), max_length=120)
    measure_id = models.CharField(_("措施"), max_length=80, blank=True, help_text=_("空：新起草的措施"))
    release_id = models.CharField(_("城市包版本"), max_length=64)
    on = models.DateField(_("按哪一天"))
    draft = models.JSONField(_("方案"), default=dict)
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    done = models.PositiveIntegerField(_("完成"), default=0)
    total = models.PositiveIntegerField(_("合计"), default=0)
    error = models.JSONField(_("出错"), default=dict)
    result = models.JSONField(_("结果"), default=dict)
    rows_sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    shared = models.BooleanField(_("有网址就能看"), default=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="trials", verbose_name=_("作者")
    )
    created_at = models.DateTimeField(_("建立"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("开始"), null=True)
    finished_at = models.DateTimeField(_("完成"), null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title
