"""Files that were handed in, and what the worker did when."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.enums import Realm
from kechuang.web.core.ids import new_id


class StoredFile(models.Model):
    """One file as somebody handed it in. Equal contents lie on the disk once, under their SHA-256."""

    public_id = models.CharField(_("编号"), max_length=26, unique=True, default=new_id, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("字节数"))
    name = models.CharField(_("文件名"), max_length=255)
    content_type = models.CharField(_("类型"), max_length=100, default="application/octet-stream")
    rule = models.CharField(_("访问规则"), max_length=60)
    owner_id = models.CharField(_("所属对象"), max_length=200, blank=True)
    created_by = models.CharField(_("上传人"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("上传时间"), default=timezone.now, editable=False)
    realm = models.CharField(_("数据性质"), max_length=4, choices=Realm.choices, default=Realm.REAL)

    class Meta:
        indexes = [models.Index(fields=["rule", "owner_id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the content lies."""
        return Path(settings.FILES_DIR) / self.sha256[:2] / self.sha256[2:4] / self.sha256


class ScheduledRun(models.Model):
    """The last run of a scheduled job; the row ``worker`` is the worker's heartbeat."""

    name = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=200, blank=True)
    failed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.name} {self.started_at}"


class SubmissionKey(models.Model):
    """A submission that changed something, and the answer it got; kept for two days. See ``core/once.py``."""

    key = models.CharField(max_length=64, primary_key=True)
    payload = models.CharField(max_length=64)
    request_id = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=500, blank=True)
    body = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.status or '…'}"


class RequestBucket(models.Model):
    """How much of a request limit somebody has used, in one place for all web processes. See ``core/ratelimit.py``."""

    key = models.CharField(max_length=64, primary_key=True)
    full_at = models.BigIntegerField()
    """When the bucket is full again, in microseconds since 1970 (UTC)."""

    def __str__(self) -> str:
        return f"{self.key[:12]} {self.full_at}"
