"""How results are grouped for people."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Group(models.TextChoices):
    """What to do next about a measure, most useful first."""

    GET = "get", _("现在能享受")
    NEARLY = "nearly", _("差一点")
    ASK = "ask", _("要补信息才知道")
    OPEN = "open", _("条件不缺，金额待细则")
    NOT = "not", _("现在没有")


TINTS = {Group.GET: "ok", Group.NEARLY: "info", Group.ASK: "warn", Group.OPEN: "", Group.NOT: "miss"}
