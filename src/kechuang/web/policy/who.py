"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import EVERYBODY, OFFICERS, Row, form, operation, page

ROWS: dict[str, Row] = {
    "policy:documents": page("政策文件", "Policy documents", EVERYBODY),
    "policy:on_day": page("某日有效的政策", "What was in force on a day", EVERYBODY),
    "policy:releases": page("城市包版本", "Releases of the city pack", EVERYBODY),
    "policy:release": page("一个版本", "One release", EVERYBODY),
    "policy:document": page("一份文件", "One document", EVERYBODY),
    "policy:clause": page("一条", "One clause", EVERYBODY),
    "policy:attach": form("附原文", "Attach the official text", OFFICERS),
    "GET /release": operation("生效的版本", "The release in force", EVERYBODY),
    "GET /documents": operation("文件", "Documents", EVERYBODY),
    "GET /documents/{document_id}": operation("一份文件", "One document", EVERYBODY),
    "GET /documents/{document_id}/clauses": operation("条款", "Clauses", EVERYBODY),
    "GET /documents/{document_id}/clauses/{clause_id}": operation("一条", "One clause", EVERYBODY),
}
