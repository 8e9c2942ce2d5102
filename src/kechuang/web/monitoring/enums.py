"""Choices of the app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SubmissionStatus(models.TextChoices):
    """A submitted value counts only after an officer has confirmed it."""

    PENDING = "pending", _("待确认")
    CONFIRMED = "confirmed", _("已采用")
    REJECTED = "rejected", _("未采用")


class SourceTrust(models.TextChoices):
    """How close the source is to the office that made the figure."""

    OFFICIAL = "official", _("官方发布")
    REPUBLISHED = "republished", _("官方数据转录")
    SECONDARY = "secondary", _("媒体或网页")
