"""Choices of the app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a trial stands."""

    WAITING = "waiting", _("等着算")
    RUNNING = "running", _("正在算")
    DONE = "done", _("算好了")
    FAILED = "failed", _("没算出来")
    CANCELLED = "cancelled", _("已停止")


class BudgetRule(models.TextChoices):
    """What happens when the money runs out."""

    QUEUE = "queue", _("按收件日期先到先得")
    PRO_RATA = "pro_rata", _("按比例打折")
