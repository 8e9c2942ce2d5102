"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import CITY, COUNTIES, EVERYBODY, OFFICERS, OWN, Row, form, operation, page

PRIVATE = OWN | CITY

ROWS: dict[str, Row] = {
    "entitlements:measures": page("政策措施", "Measures", EVERYBODY),
    "entitlements:measure": page("一项措施与计算器", "One measure with its calculator", EVERYBODY),
    "entitlements:trace": page("计算步骤", "Steps of a computation", EVERYBODY),
    "entitlements:results": page(
        "全市结果；县市区只列本县市区",
        "Results of all; counties see their own",
        OFFICERS | COUNTIES,
        private=PRIVATE - {*OWN} | (OWN & COUNTIES),
    ),
    "entitlements:readings": form(
        "有歧义处的读法：各种读法的全市合计",
        "Readings of an open question, with their sums over the city",
        CITY,
        send=OFFICERS,
        private=CITY,
    ),
    "entitlements:eligibility": page("能享受什么", "What one can get", EVERYBODY),
    "entitlements:eligibility?uscc={uscc}": page(
        "一家单位能享受什么", "What an organisation can get", PRIVATE, private=PRIVATE
    ),
    "entitlements:ask": page("一问一答", "Questions", EVERYBODY),
    "entitlements:answers": page("已答的问题", "Answers given", EVERYBODY),
    "entitlements:print": page("结果（打印）", "Result for print", EVERYBODY),
    "entitlements:print?uscc={uscc}": page(
        "一家单位的结果（打印）", "Result of an organisation for print", PRIVATE, private=PRIVATE
    ),
    "entitlements:qr?to=/eligibility/": page("结果地址的二维码", "QR code of a result", EVERYBODY),
    "GET /measures": operation("政策措施", "Measures", EVERYBODY),
    "GET /measures/{measure_id}": operation("一项措施", "One measure", EVERYBODY),
    "POST /measures/{measure_id}/explain": operation("计算并解释", "Explain", EVERYBODY),
    "GET /facts": operation("事实目录", "Fact catalogue", EVERYBODY),
    "GET /organisations/{uscc}/entitlements": operation(
        "一家单位能享受什么", "What an organisation can get", PRIVATE, private=PRIVATE
    ),
}
