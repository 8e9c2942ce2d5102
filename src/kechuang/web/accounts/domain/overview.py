"""Who may see what, as a table for people: made from the declarations of all apps (``core/may.py``)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kechuang.web.core.may import EVERYBODY, GET, LOGGED_IN, NOBODY, STAFF, WORDS, Who, declared, methods
from kechuang.web.core.templatetags.kc import is_english

APPS: dict[str, str | Promise] = {
    "core": _("文件与运行"),
    "audit": _("审计"),
    "accounts": _("账号"),
    "policy": _("政策文件"),
    "library": _("政策库"),
    "registry": _("单位登记"),
    "intake": _("数据导入"),
    "entitlements": _("政策措施"),
    "laboratory": _("政策实验室"),
    "monitoring": _("目标与指标"),
    "selfservice": _("企业自助"),
    "operations": _("运行与备份"),
    "portal": _("首页与公共页面"),
}


@dataclass(frozen=True)
class Line:
    """One address and method in words."""

    what: str
    key: str
    method: str
    who: frozenset[Who]
    private: frozenset[Who]

    @property
    def people(self) -> str:
        """Whom it answers."""
        return in_words(self.who)

    @property
    def private_people(self) -> str:
        """Who sees contents there that are not public; empty where there are none."""
        return in_words(self.private) if self.private else ""

    @property
    def changes(self) -> bool:
        """Whether it takes something in, rather than only showing."""
        return self.method != GET


@dataclass(frozen=True)
class Part:
    """The lines of one app."""

    label: str
    title: str
    lines: list[Line]


def word(who: Who) -> str:
    """One of the columns in words."""
    return WORDS[who][1] if is_english() else WORDS[who][0]


def in_words(people: frozenset[Who]) -> str:
    """A set of people in as few words as say it."""
    if people == EVERYBODY:
        return str(_("所有人"))
    if people == LOGGED_IN:
        return str(_("登录的人"))
    if people == NOBODY:
        return str(_("没有人"))
    if people == STAFF:
        return str(_("各机关角色"))
    return (", " if is_english() else "、").join(word(who) for who in Who if who in people)


def parts(only: Who | None = None) -> list[Part]:
    """All addresses by app; with ``only`` those that answer this one."""
    found = []
    for label, rows in declared().items():
        lines = [
            Line(row.en if is_english() else row.zh, key, method, who, row.private & who)
            for key, row in rows.items()
            for method, who in methods(key, row)
            if only is None or only in who
        ]
        if lines:
            found.append(Part(label, str(APPS.get(label, label)), lines))
    return found


def table() -> str:
    """The whole matrix as CSV: one line per address and method, one column per kind of person.

    2 = sees contents that are not public, 1 = is answered, 0 = is refused.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_("部分"), _("内容"), _("地址"), _("方法"), *(word(who) for who in Who)])
    for part in parts():
        for line in part.lines:
            marks = [2 if who in line.private else int(who in line.who) for who in Who]
            writer.writerow([part.title, line.what, line.key, line.method, *marks])
    return out.getvalue()
