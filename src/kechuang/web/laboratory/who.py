"""Who may reach the addresses of this app; see ``core/may.py`` for the words.

The sample is a trial of officer A that is not shared. Everybody who reads trials reads its sums; names of firms and
sums of fewer than ten are for few (``access.may_see_names``), tried in ``tests/web/laboratory/test_disclosure.py``; the
sample has one firm, so its figures show nothing to the others.
"""

from __future__ import annotations

from kechuang.web.core.may import (
    AUTHOR,
    CITY,
    COUNTIES,
    DEPARTMENTS,
    OFFICERS,
    Row,
    action,
    form,
    operation,
    page,
)

TRY = OFFICERS | COUNTIES | DEPARTMENTS
READ = TRY

ROWS: dict[str, Row] = {
    "laboratory:home": page("政策实验室", "Laboratory", READ, private=READ),
    "laboratory:draft": form("起草方案", "Draft a change", TRY),
    "laboratory:trial": page("一次测算", "One trial", READ, private=READ),
    "laboratory:cancel": action("停止测算", "Stop a trial", AUTHOR),
    "laboratory:share": action("分享测算", "Share a trial", AUTHOR),
    "laboratory:delete": action("删除测算", "Delete a trial", AUTHOR),
    "laboratory:note": page("测算说明", "Note of a trial", READ, private=READ),
    "laboratory:rows": page("逐户数据", "One line per subject", CITY, private=CITY),
    "laboratory:figure": page("一个数的表", "One figure as a table", READ, private=CITY),
    "GET /laboratory/trials": operation("测算", "Trials", READ, private=READ),
    "GET /laboratory/trials/{public_id}": operation("一次测算", "One trial", READ, private=READ),
}
