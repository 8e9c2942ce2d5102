"""States of claims and of yearly figures, and as what somebody claims to act."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClaimState(models.TextChoices):
    """Where a claim of an organisation stands."""

    PENDING = "pending", _("待核实")
    CONFIRMED = "confirmed", _("已核实")
    REFUSED = "refused", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")
    ENDED = "ended", _("已终止")


class Position(models.TextChoices):
    """As what a person acts for an organisation."""

    LEGAL = "legal", _("法定代表人或负责人")
    AGENT = "agent", _("单位授权的经办人")
    FINANCE = "finance", _("财务负责人")
    RESEARCH = "research", _("研发负责人")


class ReportState(models.TextChoices):
    """Whether the figures of a year are still being filled in or are part of the register."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
