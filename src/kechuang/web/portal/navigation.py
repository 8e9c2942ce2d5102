"""The menu: what exists is shown, what does not exist is not.

An entry names the view it leads to; an entry whose view is not installed is left out, so that the bar never
promises a page that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from kechuang.web.core.templatetags.kc import is_english


@dataclass(frozen=True)
class Entry:
    """A menu entry. ``here`` is the value of aria-current, empty when the page lies elsewhere."""

    view: str
    text: str | Promise
    url: str = ""
    here: str = ""


MAIN = (
    Entry("policy:documents", pgettext_lazy("navigation", "政策")),
    Entry("entitlements:eligibility", pgettext_lazy("navigation", "能享受什么")),
    Entry("monitoring:targets", pgettext_lazy("navigation", "目标与数据")),
    Entry("registry:organisations", pgettext_lazy("navigation", "企业")),
    Entry("portal:about", pgettext_lazy("navigation", "关于")),
)
MORE = (
    Entry("portal:search", pgettext_lazy("navigation", "搜索")),
    Entry("entitlements:measures", pgettext_lazy("navigation", "全部措施")),
    Entry("portal:services", pgettext_lazy("navigation", "服务与平台")),
    Entry("portal:tasks", pgettext_lazy("navigation", "任务")),
    Entry("portal:industries", pgettext_lazy("navigation", "产业")),
    Entry("portal:reading", pgettext_lazy("navigation", "读一份文件")),
    Entry("library:documents", pgettext_lazy("navigation", "政策库")),
    Entry("laboratory:home", pgettext_lazy("navigation", "政策实验室")),
)
FOOT = (
    Entry("portal:sitemap", pgettext_lazy("navigation", "网站地图")),
    Entry("portal:search", pgettext_lazy("navigation", "搜索")),
    Entry("portal:interface", pgettext_lazy("navigation", "开放数据与接口")),
    Entry("audit:heads", pgettext_lazy("navigation", "审计与核对")),
    Entry("portal:accessibility", pgettext_lazy("navigation", "无障碍声明")),
)


def resolve(entries: tuple[Entry, ...], path: str) -> list[Entry]:
    """The entries that lead somewhere, with their address; the one the page lies under is marked."""
    found = []
    for entry in entries:
        try:
            found.append(replace(entry, url=reverse(entry.view)))
        except NoReverseMatch:
            continue
    under = [entry for entry in found if entry.url != "/" and path.startswith(entry.url)]
    nearest = max(under, key=lambda entry: len(entry.url), default=None)
    return [replace(e, here="page" if e.url == path else "true") if e is nearest else e for e in found]


def address(view: str) -> str:
    """The address of a view, or an empty text when it is not installed."""
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def switches(request: HttpRequest | None, elder: bool) -> dict[str, Any]:
    """The links that change language and view and come back to the same page."""
    back = urlencode({"next": request.get_full_path() if request else "/"})
    other = "zh" if is_english() else "en"
    return {
        "language": {
            "url": f"{reverse('portal:language', args=[other])}?{back}",
            "code": "zh-CN" if other == "zh" else "en",
            "text": "中文" if other == "zh" else "EN",
        },
        "view": {"url": f"{reverse('portal:view', args=['normal' if elder else 'elder'])}?{back}", "elder": elder},
    }


def navigation(request: HttpRequest | None, elder: bool) -> dict[str, Any]:
    """All that header, menu and footer need."""
    path = request.path if request else ""
    return {
        "main": resolve(MAIN, path),
        "more": resolve(MORE, path),
        "foot": resolve(FOOT, ""),
        "login": address("account_login"),
        "logout": address("account_logout"),
        "account": address("accounts:home"),
        **switches(request, elder),
    }
