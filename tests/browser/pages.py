"""Every named address of the site that answers GET with a page, with the person who opens it and a sample object.

An address that is not here makes a test fail: a new page is looked at from its first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

DOCUMENT, CLAUSE, MEASURE, INDICATOR = "chenzhou-2013-4", "3.10", "receiver-subsidy", "rd_intensity"
CALCULATED = "技术合同交易额=12345678.90&买方类型=企业&卖方类型=高校"

# name: (who, address); who is a visitor (""), a demo persona or the administrator. Braces: sample objects of conftest.
PAGES: dict[str, tuple[str, str]] = {
    "portal:home": ("", "/"),
    "portal:search": ("", "/search/?q=研发投入"),
    "portal:reading": ("", "/read/"),
    "portal:tasks": ("", "/tasks/"),
    "portal:task": ("", "/tasks/talent-plan/"),
    "portal:services": ("", "/services/"),
    "portal:service": ("", "/services/platform-ip/"),
    "portal:industries": ("", "/industries/"),
    "portal:industry": ("", "/industries/electronics/"),
    "portal:about": ("", "/about/"),
    "portal:interface": ("", "/open/"),
    "portal:accessibility": ("", "/accessibility/"),
    "portal:sitemap": ("", "/sitemap/"),
    "policy:documents": ("", "/policies/"),
    "policy:on_day": ("", "/policies/on-day/?on=2014-01-01"),
    "policy:releases": ("", "/policies/releases/"),
    "policy:release": ("", "/policies/releases/{release}/"),
    "policy:document": ("", f"/policies/{DOCUMENT}/"),
    "policy:clause": ("", f"/policies/{DOCUMENT}/{CLAUSE}/"),
    "policy:attach": ("officer", f"/policies/{DOCUMENT}/attach/"),
    "entitlements:measures": ("", "/measures/"),
    "entitlements:measure": ("", f"/measures/{MEASURE}/?{CALCULATED}"),
    "entitlements:trace": ("", f"/measures/{MEASURE}/trace/?{CALCULATED}"),
    "entitlements:results": ("officer", f"/measures/{MEASURE}/results/"),
    "entitlements:readings": ("officer", f"/measures/{MEASURE}/readings/"),
    "entitlements:eligibility": ("firm", "/eligibility/?uscc={uscc}"),
    "entitlements:ask": ("", "/eligibility/ask/"),
    "entitlements:answers": ("", "/eligibility/answers/"),
    "entitlements:print": ("firm", "/eligibility/print/?uscc={uscc}"),
    "registry:organisations": ("", "/enterprises/"),
    "registry:organisation": ("", "/enterprises/{uscc}/"),
    "intake:home": ("officer", "/imports/"),
    "intake:data": ("", "/data/"),
    "intake:feeds": ("officer", "/deliveries/"),
    "intake:new": ("officer", "/imports/new/organisation/"),
    "registry:catalogue": ("", "/enterprises/records/"),
    "registry:records": ("officer", "/enterprises/records/contract/"),
    "registry:record": ("officer", "/enterprises/records/organisation/{organisation}/"),
    "registry:new": ("officer", "/enterprises/records/contract/new/"),
    "registry:edit": ("officer", "/enterprises/records/organisation/{organisation}/edit/"),
    "registry:attribute": ("officer", "/enterprises/records/organisation/{organisation}/attribute/"),
    "registry:merge": ("officer", "/enterprises/records/organisation/{organisation}/merge/"),
    "monitoring:targets": ("", "/targets/"),
    "monitoring:indicators": ("", "/indicators/"),
    "monitoring:indicator": ("", f"/indicators/{INDICATOR}/"),
    "monitoring:trial": ("", f"/indicators/{INDICATOR}/try/?region=430000&op=ge&value=3.5&year=2030"),
    "monitoring:provide": ("", f"/indicators/{INDICATOR}/provide/"),
    "monitoring:submissions": ("officer", "/submissions/"),
    "monitoring:workshop": ("", "/indices/?i=gdp_per_capita&i=invention_patents_per_10k"),
    "monitoring:submissions_upload": ("officer", "/submissions/upload/"),
    "monitoring:provided": ("", "/provided/{submission}/"),
    "monitoring:submission": ("officer", "/submissions/{submission}/"),
    "account_login": ("", "/accounts/login/"),
    "account_signup": ("", "/accounts/signup/"),
    "account_reset_password": ("", "/accounts/password/reset/"),
    "account_reset_password_done": ("", "/accounts/password/reset/done/"),
    "account_reset_password_from_key": ("", "/accounts/password/reset/key/1-set-password/"),
    "account_reset_password_from_key_done": ("", "/accounts/password/reset/key/done/"),
    "account_inactive": ("", "/accounts/inactive/"),
    "account_logout": ("firm", "/accounts/logout/"),
    "accounts:delegations": ("officer", "/accounts/delegations/"),
    "accounts:all_delegations": ("guard", "/accounts/delegations/all/"),
    "accounts:oidc_left": ("", "/accounts/oidc/left/"),
    "accounts:home": ("firm", "/accounts/"),
    "account_change_password": ("member", "/accounts/password/change/"),
    "mfa_index": ("member", "/accounts/2fa/"),
    "usersessions_list": ("member", "/accounts/sessions/"),
    "library:documents": ("officer", "/library/"),
    "library:upload": ("officer", "/library/upload/"),
    "library:compare": ("officer", "/library/compare/"),
    "library:document": ("officer", "/library/{document}/"),
    "library:review": ("officer", "/library/{document}/review/"),
    "library:export": ("officer", "/library/{document}/export/"),
    "library:edit": ("officer", "/library/{document}/items/{item}/edit/"),
    "library:new_edition": ("officer", "/library/{document}/new-edition/"),
    "laboratory:home": ("officer", "/laboratory/"),
    "laboratory:draft": ("officer", "/laboratory/draft/?measure=receiver-subsidy"),
    "laboratory:trial": ("officer", "/laboratory/{trial}/"),
    "audit:heads": ("", "/audit/"),
    "accounts:tokens": ("guard", "/accounts/tokens/"),
    "accounts:people": ("admin", "/accounts/people/"),
    "accounts:who_may": ("auditor", "/accounts/who-may/"),
    "accounts:logins": ("member", "/accounts/logins/"),
    "accounts:all_logins": ("guard", "/accounts/logins/all/"),
    "accounts:person": ("guard", "/accounts/people/{person}/"),
    "audit:event": ("auditor", "/audit/events/{event}/"),
    "audit:events": ("auditor", "/audit/events/"),
    "selfservice:home": ("member", "/my/"),
    "selfservice:consents": ("member", "/my/consents/"),
    "selfservice:claims": ("officer", "/my/claims/"),
    "selfservice:claim_new": ("firm", "/my/claims/new/?q=演示"),
    "selfservice:personal": ("member", "/my/personal/"),
    "selfservice:copy": ("member", "/my/personal/copy/"),
    "selfservice:requests": ("officer", "/my/personal/requests/"),
    "selfservice:years": ("firm", "/my/figures/{uscc}/"),
    "selfservice:year": ("firm", "/my/figures/{uscc}/{year}/"),
    "selfservice:request": ("officer", "/my/personal/{request}/"),
    "selfservice:reports": ("officer", "/my/figures/"),
    "selfservice:claim": ("officer", "/my/claims/{claim}/"),
    "operations:home": ("admin", "/operations/"),
    "audit:mine": ("firm", "/audit/mine/"),
    "audit:tamper": ("", "/audit/tamper/"),
}

# Addresses that answer no page to look at, and why.
ELSEWHERE: dict[str, str] = {
    "portal:find": "leads on to another page",
    "portal:language": "switch",
    "portal:view": "switch",
    "portal:robots": "plain text",
    "entitlements:qr": "image",
    "intake:template": "file",
    "intake:import": "needs an import; looked at in test_imports.py",
    "intake:row": "needs an import; looked at in test_imports.py",
    "intake:act": "POST only",
    "intake:export": "file",
    "intake:feed": "needs a feed; looked at in test_imports.py",
    "intake:feed_act": "POST only",
    "intake:troubled": "file",
    "intake:proof": "file",
    "monitoring:targets_csv": "file",
    "monitoring:targets_report": "file",
    "monitoring:targets_report_html": "file, a document of its own for print",
    "monitoring:targets_report_pdf": "file",
    "monitoring:targets_report_lock": "file",
    "monitoring:submissions_template": "file",
    "monitoring:workshop_csv": "file",
    "monitoring:indicator_csv": "file",
    "audit:heads_json": "file",
    "audit:chain": "file",
    "audit:verifier": "file",
    "audit:events_export": "file",
    "audit:bulk": "file",
    "core:healthz": "for machines",
    "core:download": "file",
    "registry:unmerge": "POST only",
    "accounts:who_may_csv": "file",
    "selfservice:claim_act": "POST only",
    "selfservice:request_act": "POST only",
    "selfservice:consent_withdraw": "POST only",
    "accounts:become": "POST only",
    "accounts:end": "POST only",
    "accounts:stay": "for the script of the page",
    "accounts:delegation_act": "POST only",
    "accounts:delegation_finish": "POST only",
    "accounts:oidc_start": "leads on to the identity provider",
    "accounts:oidc_callback": "comes from the identity provider; looked at in test_log_in.py",
    "accounts:oidc_link": "comes from the identity provider; looked at in test_log_in.py",
    "accounts:oidc_unlink": "POST only",
    "accounts:unlink": "POST only",
    "accounts:discard": "POST only",
    "accounts:take": "POST only",
    "accounts:revoke": "POST only",
    "accounts:activate": "POST only",
    "monitoring:submission_decide": "POST only",
    "library:show_to": "POST only",
    "library:act": "POST only",
    "library:divide": "POST only",
    "library:add": "POST only",
    "library:changes": "needs two editions; looked at in test_drafting.py",
    "library:try": "needs a confirmed measure; looked at in test_drafting.py",
    "laboratory:cancel": "POST only",
    "laboratory:share": "POST only",
    "laboratory:delete": "POST only",
    "laboratory:note": "file",
    "laboratory:rows": "file",
    "laboratory:figure": "file",
    "monitoring:report": "file",
    "account_set_password": "leads on: every account has a password",
    "account_reauthenticate": "looked at in the journeys of accounts",
    "mfa_authenticate": "needs a log-in half-way through",
    "mfa_reauthenticate": "needs a second factor",
    "mfa_activate_totp": "needs a fresh log-in; looked at in the journeys of accounts",
    "mfa_deactivate_totp": "needs a second factor",
    "mfa_view_recovery_codes": "needs a second factor",
    "mfa_generate_recovery_codes": "needs a second factor",
    "mfa_download_recovery_codes": "file",
}

CHARTS = {"monitoring:indicator"}
ELDER = ("portal:home", "portal:search", "entitlements:measure", "entitlements:eligibility", "monitoring:targets",
         "policy:document", "account_login", "monitoring:indicator")  # fmt: skip


def _walk(patterns: Any, namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        elif pattern.name:
            yield namespace + pattern.name


def installed() -> list[str]:
    """The pages of :data:`PAGES` whose app is installed."""
    here = names()
    return [name for name in PAGES if name in here]


def names() -> set[str]:
    """All named addresses of the site, the programming interface left out."""
    return {name for name in _walk(get_resolver().url_patterns) if not name.startswith("api:")}
