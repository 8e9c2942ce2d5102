"""States of claims and of yearly figures, and as what somebody claims to act."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class RequestKind(models.TextChoices):
    """What a person can ask for about the own data."""

    COPY = "copy", _("要一份副本")
    CORRECTION = "correction", pgettext_lazy("personal data", "更正")
    ERASURE = "erasure", _("删除并注销账号")


class RequestState(models.TextChoices):
    """Where a request about personal data stands."""

    FILED = "filed", _("等处理")
    TAKEN = "taken", _("处理中")
    GRANTED = "granted", _("已办理")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")
