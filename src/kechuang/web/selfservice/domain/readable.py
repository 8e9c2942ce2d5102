"""A copy of personal data in words: headings and labels for what :mod:`.held` gives by table and column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

SHOWN = 50
"""Rows of one table on the page; the JSON file has all."""
#: Tables whose models have no name for people.
TITLES: dict[str, str | Promise] = {
    "accounts.user": _("账号"),
    "accounts.grant": _("角色"),
    "accounts.login": _("登录记录"),
    "accounts.apitoken": _("发放的接口令牌"),
    "account.emailaddress": _("邮箱地址"),
    "mfa.authenticator": _("两步验证"),
    "usersessions.usersession": _("登录中的设备"),
    "core.storedfile": _("上传的文件"),
    "audit.auditevent": _("操作记录"),
    "policy.release": _("生效的城市包"),
    "policy.officialtext": _("附的原文"),
    "library.sourcedocument": _("政策库的文件"),
    "library.draft": _("城市包草稿"),
    "library.draftitem": _("核对的条目"),
    "intake.import": _("数据导入"),
    "laboratory.trial": _("政策试算"),
    "monitoring.submission": _("报来的指标值"),
}
#: Columns whose models have no label for people.
LABELS: dict[str, str | Promise] = {
    "id": _("记录号"),
    "public_id": _("编号"),
    "username": _("用户名"),
    "is_active": _("可用"),
    "last_login": _("上次登录"),
    "date_joined": _("建号时间"),
    "created_at": _("建立时间"),
    "last_used_at": _("上次使用"),
    "last_seen_at": _("上次活动"),
    "user_agent": _("浏览器"),
    "ip": _("网络地址"),
    "address": _("网络地址"),
    "type": _("类型"),
    "verified": _("已核实"),
    "primary": _("首选"),
    "recorded_at": _("记录时间"),
    "import_id": _("导入"),
}
#: Columns that only hold the tables together; the JSON file has them.
INSIDE = {"user_id", "is_superuser", "is_staff", "consent_id", "grant_id", "proof_id", "sha256", "nonce", "seq", "content",
          "prev", "digest", "before", "after", "actor_id", "actor_name", "rule", "owner_id", "created_by"}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One table of a copy: its heading, how many rows, and the first of them as (label, value)."""

    title: str
    count: int
    rows: list[list[tuple[str, str]]]

    @property
    def more(self) -> bool:
        """Whether the page shows only the first of them."""
        return self.count > len(self.rows)


def _model(table: str) -> type[models.Model] | None:
    try:
        return apps.get_model(".".join(table.split(".")[:2]))
    except LookupError:
        return None


def _title(table: str) -> str:
    model = _model(table)
    return str(TITLES.get(".".join(table.split(".")[:2])) or (model._meta.verbose_name if model else table))


def _line(model: type[models.Model] | None, row: dict[str, Any]) -> list[tuple[str, str]]:
    fields = {field.attname: field for field in model._meta.concrete_fields} if model else {}
    found = []
    for name, value in row.items():
        if value in (None, "", [], {}) or name in INSIDE:
            continue
        field = fields.get(name)
        label = LABELS.get(name) or (field.verbose_name if field is not None else name)
        choices = dict(field.flatchoices) if field is not None and field.flatchoices else {}
        known = str(choices[value]) if isinstance(value, str) and value in choices else str(_word(value))
        found.append((str(label), _moment(known) if isinstance(field, models.DateTimeField) else known))
    return found


def _word(value: Any) -> Any:
    if isinstance(value, bool):
        return translate("是") if value else translate("否")
    return value


def _moment(text: str) -> str:
    """A moment of the copy (UTC) as pages show it: in the city's time, to the minute."""
    return timezone.localtime(dt.datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")


def parts(copy: dict[str, Any]) -> tuple[Part, Part | None, list[Part]]:
    """The account, the record in the register of people (None: not matched), and everything else."""
    account = Part(_title("accounts.user"), 1, [_line(_model("accounts.user"), copy["account"])])
    person, rest = None, [_part(table, section) for table, section in copy["tables"].items()]
    if "person" in copy:
        person = Part(_title("registry.person"), 1, [_line(_model("registry.person"), copy["person"]["record"])])
        rest = [_part(table, section) for table, section in copy["person"]["tables"].items()] + rest
    return account, person, rest


def _part(table: str, section: dict[str, Any]) -> Part:
    rows = [_line(_model(table), row) for row in section["rows"][:SHOWN]]
    return Part(_title(table), section["count"], [row for row in rows if row])
