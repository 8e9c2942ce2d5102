"""States of imports, of their rows, and of deliveries."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """How far an import is. Nothing reaches the register before a person has confirmed it."""

    RECEIVED = "received", _("已收到，等着读")
    READING = "reading", _("正在读")
    READY = "ready", _("等人确认")
    CONFIRMED = "confirmed", _("已确认，等着写入")
    APPLYING = "applying", _("正在写入")
    APPLIED = "applied", _("已写入")
    STOPPING = "stopping", _("正在停下并退回")
    CANCELLED = "cancelled", _("已取消")
    UNDOING = "undoing", _("正在撤销")
    UNDONE = "undone", _("已撤销")
    REFUSED = "refused", _("文件不能收")


MOVING = (
    ImportState.RECEIVED, ImportState.READING, ImportState.CONFIRMED, ImportState.APPLYING, ImportState.STOPPING,
    ImportState.UNDOING,
)  # fmt: skip
"""States in which the worker has something to do."""


class RowState(models.TextChoices):
    """What is to become of a row, or became of it."""

    READY = "ready", _("可以写入")
    BAD = "bad", _("要改")
    UNDECIDED = "undecided", _("要认单位")
    SKIPPED = "skipped", _("不导入")
    APPLIED = "applied", _("已写入")
    REFUSED = "refused", _("写入时被拒")


class OnChange(models.TextChoices):
    """What a row about a known record means."""

    CHANGE = "change", _("变更：以前的照旧，从这一天起变")
    CORRECT = "correct", _("更正：以前登记的写错了")


class Channel(models.TextChoices):
    """How a table came in."""

    PAGE = "page", _("页面上传")
    API = "api", _("接口")
    FOLDER = "folder", _("投递文件夹")
