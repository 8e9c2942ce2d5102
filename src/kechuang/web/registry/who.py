"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import CITY, COUNTIES, EVERYBODY, OFFICERS, OWN, Row, Who, action, form, page

PRIVATE = OWN | CITY
FINANCE = frozenset({Who.FINANCE})
BANK = frozenset({Who.ENTERPRISE_OWN, Who.FINANCE})
WRITE = OFFICERS | (OWN & COUNTIES)


ROWS: dict[str, Row] = {
    "registry:organisations": page("单位名录", "Directory of organisations", EVERYBODY),
    "registry:organisation": page(
        "单位页：公开信息人人能看，财务、合同、贷款、人员不公开",
        "An organisation: public facts for everybody; figures, contracts, loans and people are private",
        EVERYBODY,
        private=OWN | CITY,
    ),
    "registry:catalogue": page("登记库的种类", "Kinds of record", EVERYBODY),
    "registry:records": page("一种记录（贷款）", "Records of a kind (loans)", EVERYBODY, private=PRIVATE),
    "registry:records#bank": page("一种记录（银行账户）", "Records of a kind (bank accounts)", EVERYBODY, private=BANK),
    "registry:record": page("一条记录（贷款）", "One record (a loan)", PRIVATE, private=PRIVATE),
    "registry:record#public": page(
        "一条记录（单位）：公开的字段人人能看",
        "One record (an organisation): public fields for everybody",
        EVERYBODY,
        private=PRIVATE | FINANCE,
    ),
    "registry:record#bank": page("一条记录（银行账户）", "One record (a bank account)", BANK, private=BANK),
    "registry:records#support": page(
        "一种记录（已获支持）", "Records of a kind (support received)", EVERYBODY, private=PRIVATE
    ),
    "registry:record#support": page("一条记录（已获支持）", "One record (support received)", PRIVATE, private=PRIVATE),
    "registry:new": form("登记一条（贷款）", "Register a record (a loan)", OFFICERS | COUNTIES),
    "registry:new#bank": form("登记银行账户", "Register a bank account", FINANCE),
    "registry:edit": form("改一条（贷款）", "Change a record (a loan)", WRITE, private=WRITE),
    "registry:edit#bank": form("改银行账户", "Change a bank account", BANK, private=BANK),
    "registry:attribute": form("给单位加一项有日期的事实", "Add a dated attribute", WRITE),
    "registry:merge": form("合并重复的单位", "Merge duplicates", WRITE),
    "registry:unmerge": action("撤销合并", "Take a merge back", WRITE),
}
