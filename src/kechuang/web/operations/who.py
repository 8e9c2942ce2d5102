"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import SYSTEM_ADMINS, Row, page

ROWS: dict[str, Row] = {
    "operations:home": page("运行与备份", "Operation and backups", SYSTEM_ADMINS),
}
