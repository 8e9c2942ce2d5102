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
    PAID = "paid", _("已经领过")
    NOT = "not", _("现在没有")


class Place(models.TextChoices):
    """What a budget does with an amount that is due."""

    FULL = "full", _("全额付")
    PART = "part", _("付一部分")
    WAITS = "waits", _("等资金")
    OPEN = "open", _("排不出先后")


PLACE_TINTS = {Place.FULL: "ok", Place.PART: "info", Place.WAITS: "warn", Place.OPEN: "line"}
TINTS = {
    Group.GET: "ok",
    Group.NEARLY: "info",
    Group.ASK: "warn",
    Group.OPEN: "",
    Group.PAID: "line",
    Group.NOT: "miss",
}
