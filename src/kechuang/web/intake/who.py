"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import (
    CITY,
    COUNTIES,
    EVERYBODY,
    NOBODY,
    OFFICERS,
    OWN,
    Row,
    Who,
    action,
    form,
    operation,
    page,
)

PRIVATE = OWN | CITY
# Whoever sees the figures of some organisation gets a list: of those organisations.
HOLDERS = PRIVATE | COUNTIES | frozenset({Who.ENTERPRISE_OTHER, Who.UNIVERSITY})

ROWS: dict[str, Row] = {
    "intake:home": page("数据导入", "Imports", CITY),
    "intake:new": form("送入一张表", "Send a table", OFFICERS),
    "intake:template": page("空表", "Empty table", CITY),
    "intake:import": page("一次导入", "One import", CITY, private=CITY),
    "intake:act": action("确认、取消、撤销导入", "Confirm, cancel or undo an import", OFFICERS),
    "intake:troubled": page("没收下的行", "Rows that were not taken", CITY, private=CITY),
    "intake:row": form("改一行", "Mend a row", CITY, send=OFFICERS, private=CITY),
    "intake:proof": page("一行的证明", "Proof of a row", CITY),
    "intake:data": page("导出数据", "Data of the register", EVERYBODY),
    "intake:export?kind=loan&format=xlsx": page(
        "导出（贷款，.xlsx）", "Export (loans, .xlsx)", HOLDERS, private=PRIVATE
    ),
    "intake:export?kind=loan&format=csv": page("导出（贷款，CSV）", "Export (loans, CSV)", HOLDERS, private=PRIVATE),
    "intake:export?kind=loan&format=json": page("导出（贷款，JSON）", "Export (loans, JSON)", HOLDERS, private=PRIVATE),
    "intake:feeds": form("部门投递", "Deliveries of departments", CITY, send=OFFICERS),
    "intake:feed": page("一个数据源", "One feed", CITY),
    "intake:feed_act": action("停用、恢复数据源", "Close or open a feed", OFFICERS),
    "GET /registry": operation("登记库的种类", "Kinds of record", EVERYBODY),
    "GET /registry/{kind}": operation("一种记录（贷款）", "Records of a kind (loans)", HOLDERS, private=PRIVATE),
    "GET /registry/{kind}/{number}": operation("一条记录（贷款）", "One record (a loan)", PRIVATE, private=PRIVATE),
    "GET /registry/{kind}/{number}#bank": operation("一条记录（银行账户）", "One record (a bank account)", NOBODY),
    # Other systems deliver with a token (tests/web/intake/test_feeds.py), people on the pages.
    "GET /feeds/{code}/schema": operation("投递的格式", "Schema of a feed", NOBODY),
    "POST /feeds/{code}/deliveries": operation("投递", "Deliver", NOBODY),
    "GET /feeds/{code}/deliveries/{delivery}": operation("一次投递", "One delivery", NOBODY),
}
