"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import AUTHOR, EVERYBODY, Row, page

ROWS: dict[str, Row] = {
    "core:healthz": page("运行状况（机器用）", "Health, for machines", EVERYBODY),
    # The sample is a file of a private draft; the rule each file was stored with decides (core/files.py).
    "core:download": page("下载已存的文件", "A stored file", AUTHOR, private=AUTHOR),
}
