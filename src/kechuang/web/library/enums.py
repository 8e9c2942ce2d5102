"""Choices of the policy library."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    """What sort of document it is."""

    MEASURES = "measures", _("政策措施")
    PLAN = "plan", _("规划计划")
    OPINION = "opinion", _("实施意见")
    RULES = "rules", _("办法细则")
    REGULATION = "regulation", _("法规规章")
    CALL = "call", _("申报通知")
    OTHER = "other", _("其他")


class Visibility(models.TextChoices):
    """Who may read a document. Unpublished drafts of a policy are handed in too, so nothing is public by itself."""

    PRIVATE = "private", _("只有上传人")
    STAFF = "staff", _("工作人员")
    PUBLIC = "public", _("公开")


class ItemKind(models.TextChoices):
    """What a stretch of a document becomes in a pack; a statement says why a sentence becomes no record."""

    MEASURE = "measure", _("措施")
    TARGET = "target", _("目标")
    TASK = "task", _("任务")
    REFERENCE = "reference", _("引用文件")
    STATEMENT = "statement", _("说明")


class ItemStatus(models.TextChoices):
    """Where an item stands in review. ``stale``: its clause was amended after it had been confirmed."""

    PROPOSED = "proposed", _("待审")
    EDITED = "edited", _("已改待审")
    ADDED = "added", _("新加待审")
    CONFIRMED = "confirmed", _("已确认")
    REJECTED = "rejected", _("不是条目")
    STALE = "stale", _("条款已变，要重新确认")


#: Items that still need somebody's decision.
OPEN = (ItemStatus.PROPOSED, ItemStatus.EDITED, ItemStatus.ADDED, ItemStatus.STALE)
