"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import AUDITORS, DEPARTMENTS, EVERYBODY, OFFICERS, Row, action, form, operation, page

SENDERS = OFFICERS | DEPARTMENTS
READERS = SENDERS | AUDITORS

ROWS: dict[str, Row] = {
    "monitoring:targets": page("目标看板", "Targets board", EVERYBODY),
    "monitoring:targets_csv": page("目标看板（表）", "Targets board, as a table", EVERYBODY),
    "monitoring:targets_report": page("监测报告", "Monitoring report", EVERYBODY),
    "monitoring:targets_report_lock": page("监测报告的数据清单", "What the report was made from", EVERYBODY),
    "monitoring:targets_report_html": page("监测报告（网页）", "Monitoring report as a page", EVERYBODY),
    "monitoring:targets_report_pdf": page("监测报告（PDF）", "Monitoring report as PDF", EVERYBODY),
    "monitoring:indicators": page("指标", "Indicators", EVERYBODY),
    "monitoring:indicator": page("一个指标", "One indicator", EVERYBODY),
    "monitoring:indicator_csv": page("一个指标（表）", "One indicator, as a table", EVERYBODY),
    "monitoring:trial": page("试一个目标", "Try a target", EVERYBODY),
    "monitoring:provide": form("提供数据", "Offer a value", EVERYBODY),
    # The receipt: whoever has its unguessable address. A visitor has no other way back to what they sent.
    "monitoring:provided": page("提供数据的回执（有网址就能看）", "Receipt of a value offered", EVERYBODY,
                                private=EVERYBODY),
    "monitoring:workshop": page("指数工坊", "Index workshop", EVERYBODY),
    "monitoring:workshop_csv?i=gdp_per_capita&i=invention_patents_per_10k": page(
        "指数排名（表）", "Index ranking, as a table", EVERYBODY
    ),
    "monitoring:submissions": page("收到的数据", "Values received", READERS, private=READERS),
    "monitoring:submissions_upload": form("送交数据表", "Hand in a table", SENDERS),
    "monitoring:submissions_template": page("数据表模板", "Template of the table", SENDERS),
    "monitoring:submission": page("一条收到的数据", "One value received", READERS, private=READERS),
    "monitoring:submission_decide": action("采用或退回数据", "Confirm or reject a value", OFFICERS, private=OFFICERS),
    "GET /targets": operation("目标", "Targets", EVERYBODY),
    "GET /targets/{target_id}": operation("一项目标", "One target", EVERYBODY),
    "GET /indicators": operation("指标", "Indicators", EVERYBODY),
    "GET /indicators/{indicator_id}": operation("一个指标", "One indicator", EVERYBODY),
    "GET /indices?i=gdp_per_capita&i=invention_patents_per_10k": operation("综合指数", "Composite index", EVERYBODY),
    "GET /observations": operation("观测值", "Observations", EVERYBODY),
}  # fmt: skip
