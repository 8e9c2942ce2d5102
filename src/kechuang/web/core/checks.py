"""System checks of a real installation; ``kechuang manage check --deploy`` runs all of them. See docs/security.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

THEME_FIELDS = ("host_unit", "contact", "site_code", "icp", "police_record")


def _error(number: int, zh: str, en: str, hint: str = "") -> Error:
    return Error(f"{zh} / {en}", hint=hint or None, id=f"kc.E{number:03}")


def _warning(number: int, zh: str, en: str, hint: str = "") -> Warning:
    return Warning(f"{zh} / {en}", hint=hint or None, id=f"kc.W{number:03}")


@register(Tags.files)
def folders(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Folders that must exist and be writable."""
    found: list[CheckMessage] = []
    home = Path(settings.HOME)
    if not os.access(home, os.W_OK):
        found.append(_error(1, f"数据目录不能写：{home}", f"the data folder is not writable: {home}", "KECHUANG_HOME"))
    if not (Path(settings.PACK_DIR) / "city.yaml").is_file():
        found.append(
            _error(2, f"没有找到城市包：{settings.PACK_DIR}", f"no city pack in {settings.PACK_DIR}", "KECHUANG_PACK")
        )
    return found


@register(Tags.security, deploy=True)
def production(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """What must not be so where real people work."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(_error(3, "调试模式开着，出错页会泄露内部信息", "debug mode is on", "KECHUANG_DEBUG=0"))
    if settings.DEMO:
        found.append(_error(4, "演示模式开着，任何人能以演示身份进入", "demo mode is on", "KECHUANG_DEMO=0"))
    if not settings.HTTPS:
        found.append(_error(5, "没有声明在 HTTPS 后面，Cookie 会明文传", "HTTPS is not declared", "KECHUANG_HTTPS=1"))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(_error(6, "站名写成了 *，会接受伪造的域名", "host names are *", "KECHUANG_HOSTS"))
    if connection.vendor == "sqlite":
        found.append(_warning(7, "用的是 SQLite，多人办理请用 PostgreSQL", "SQLite in production", "DATABASE_URL"))
    if "filebased" in settings.EMAIL_BACKEND:
        found.append(_warning(8, "邮件只写成文件，没有寄出", "mail is only written to files", "EMAIL_URL"))
    return found


@register(Tags.security, deploy=True)
def footer(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """A government site must name its host, contact and record numbers in the footer."""
    from kechuang import citypack

    try:
        theme = citypack.load(settings.PACK_DIR).city.theme
    except Exception as error:
        return [_error(9, f"城市包读不了：{error}", f"the city pack cannot be read: {error}", "kechuang pack check")]
    blank = [field for field in THEME_FIELDS if not str(getattr(theme, field, "") or "").strip()]
    if not blank:
        return []
    names = ", ".join(blank)
    return [_error(10, f"页脚必填项还空着：{names}", f"footer fields are blank: {names}", "city.yaml: theme")]
