"""A system check of a real installation; ``kechuang manage check --deploy`` runs it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def backups(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Nobody should find out after a loss that there was no backup, or that anybody could read it."""
    if not settings.BACKUP_DIR:
        text = "没有设夜间备份的目录 / no folder for nightly backups is set"
        return [Warning(text, hint="KECHUANG_BACKUP_DIR", id="kc.W011")]
    if not settings.BACKUP_PASSPHRASE:
        text = "夜间备份没有加密 / nightly backups are not encrypted"
        return [Warning(text, hint="KECHUANG_BACKUP_PASSPHRASE", id="kc.W012")]
    return []
