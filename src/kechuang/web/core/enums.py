"""Choices shared by all apps."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Realm(models.TextChoices):
    """Real records and generated ones are never mixed in one figure."""

    REAL = "real", _("真实数据")
    DEMO = "demo", _("演示数据")
