"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import (
    CITY,
    COUNTIES,
    LOGGED_IN,
    OFFICERS,
    OWN,
    STAFF,
    Row,
    Who,
    action,
    form,
    page,
)

OWN_FIRM = frozenset({Who.ENTERPRISE_OWN})
HANDLE = OFFICERS | (OWN & COUNTIES)  # a claim: officers of the city, and of the county the organisation lies in
FOLLOW = CITY | COUNTIES
READ = OWN | CITY

ROWS: dict[str, Row] = {
    "selfservice:home": page("我的办理", "My matters", LOGGED_IN),
    "selfservice:consents": page("我同意过什么", "What I agreed to", LOGGED_IN),
    "selfservice:consent_withdraw": action("撤回同意", "Take a consent back", OWN_FIRM),
    "selfservice:claims?state=confirmed": page(
        "认领申请", "Claims on organisations", OFFICERS | COUNTIES, private=HANDLE
    ),
    "selfservice:claim_new": page("找要认领的单位", "Look for an organisation to claim", LOGGED_IN),
    "selfservice:claim_new?uscc={uscc}": form("认领一家单位", "Claim an organisation", LOGGED_IN - STAFF),
    "selfservice:claim": page(
        "一份认领申请：申请人和处理它的经办人", "A claim: who made it and who handles it", HANDLE | OWN_FIRM,
        private=HANDLE | OWN_FIRM,
    ),
    "selfservice:claim_act": action("撤回、通过、退回、终止认领", "Act on a claim", HANDLE | OWN_FIRM),
    "core:download#proof": page(
        "认领的证明材料", "The proof of a claim", HANDLE | OWN_FIRM, private=HANDLE | OWN_FIRM
    ),
    "selfservice:personal": form("我的个人信息", "My personal data", LOGGED_IN),
    "selfservice:copy": page("我的全部信息", "Everything held about me", LOGGED_IN, private=OWN_FIRM | COUNTIES),
    "selfservice:requests": page("个人信息申请", "Requests about personal data", OFFICERS),
    "selfservice:request": page(
        "一份个人信息申请：本人和市科技局经办人", "A request about personal data", OFFICERS | OWN_FIRM,
        private=OFFICERS | OWN_FIRM,
    ),
    "selfservice:request_act": action("接手一份个人信息申请", "Take a request about personal data", OFFICERS),
    "selfservice:reports": page("单位填报的汇总", "Reports of organisations", FOLLOW, private=CITY | (OWN & COUNTIES)),
    "selfservice:years": page("一家单位的各年填报", "The years of an organisation", READ),
    "selfservice:year": form("填一年的数", "Fill in a year", READ, send=OWN_FIRM, private=READ),
}  # fmt: skip
