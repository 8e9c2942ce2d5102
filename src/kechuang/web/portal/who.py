"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import EVERYBODY, Row, form, page

ROWS: dict[str, Row] = {
    "portal:home": page("首页", "Home", EVERYBODY),
    "portal:find": page("首页的查找框", "The box of the home page", EVERYBODY),
    "portal:search": page("查找", "Search", EVERYBODY),
    "portal:search?q=首次认定": page("查找的结果", "Results of a search", EVERYBODY),
    "portal:reading": form("读任意文件", "Read any text", EVERYBODY),
    "portal:tasks": page("任务", "Tasks", EVERYBODY),
    "portal:task": page("一项任务", "One task", EVERYBODY),
    "portal:services": page("服务", "Services", EVERYBODY),
    "portal:service": page("一项服务", "One service", EVERYBODY),
    "portal:industries": page("产业", "Industries", EVERYBODY),
    "portal:industry": page("一个产业", "One industry", EVERYBODY),
    "portal:about": page("关于", "About", EVERYBODY),
    "portal:interface": page("开放接口", "Open interface", EVERYBODY),
    "portal:accessibility": page("无障碍", "Accessibility", EVERYBODY),
    "portal:sitemap": page("网站地图", "Site map", EVERYBODY),
    "portal:robots": page("给搜索引擎的说明", "For search engines", EVERYBODY),
    "portal:language": page("换语言", "Switch the language", EVERYBODY),
    "portal:view": page("换显示方式", "Switch the view", EVERYBODY),
}
