"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import AUDITORS, EVERYBODY, LOGGED_IN, Row, action, page

ROWS: dict[str, Row] = {
    "audit:heads": page("审计链头", "Heads of the audit chain", EVERYBODY),
    "audit:heads_json": page("审计链头（文件）", "Heads of the audit chain, as a file", EVERYBODY),
    "audit:chain": page("审计链（只有摘要）", "The chain, digests only", EVERYBODY),
    "audit:verifier": page("校验程序", "The verifier", EVERYBODY),
    "audit:tamper": page("篡改演示", "Tampering shown on a copy", EVERYBODY),
    "audit:events": page("审计日志", "Audit log", AUDITORS),
    "audit:event": page("一条审计记录", "One audit event", AUDITORS),
    "audit:bulk": page("批量改动的逐行摘要", "Row hashes of a bulk change", AUDITORS),
    "audit:mine": page("自己的操作记录", "One's own actions", LOGGED_IN),
    "audit:events_export": action("导出审计日志", "Export of the audit log", AUDITORS),
}
