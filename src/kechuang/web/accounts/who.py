"""Who may reach the addresses of this app; see ``core/may.py`` for the words."""

from __future__ import annotations

from kechuang.web.core.may import (
    ADMINS,
    COUNTIES,
    EVERYBODY,
    LOGGED_IN,
    SECURITY_ADMINS,
    STAFF,
    SYSTEM_ADMINS,
    Row,
    Who,
    action,
    form,
    page,
)

LENDERS = LOGGED_IN - ADMINS - frozenset({Who.MEMBER, Who.AUDITOR})  # who holds a right that can be lent

ROWS: dict[str, Row] = {
    # Log-in and password: everybody's own.
    "account_login": form("登录", "Log-in", EVERYBODY),
    "account_logout": form("退出登录", "Log-out", EVERYBODY),
    "account_inactive": page("账号已停用", "Account disabled", EVERYBODY),
    "account_signup": form("说明不开放注册", "Says that nobody signs up alone", EVERYBODY),
    "account_reauthenticate": form("再次确认口令", "Password again", LOGGED_IN),
    "account_change_password": form("改口令", "Change of password", LOGGED_IN),
    "account_set_password": form("设口令", "First password", LOGGED_IN),
    "account_reset_password": form("忘记口令", "Password forgotten", EVERYBODY),
    "account_reset_password_done": page("重设邮件已寄", "Reset mail sent", EVERYBODY),
    "account_reset_password_from_key": form("凭邮件设新口令", "New password by mail", EVERYBODY),
    "account_reset_password_from_key_done": page("新口令已设", "New password set", EVERYBODY),
    # Second factor: one's own. In the cast those have one who must: staff.
    "mfa_index": page("两步验证", "Second factor", LOGGED_IN),
    "mfa_authenticate": form("登录第二步", "Second step of log-in", LOGGED_IN),
    "mfa_reauthenticate": form("再次验证", "Second factor again", LOGGED_IN),
    "mfa_activate_totp": form("绑定验证器", "Set up the authenticator", LOGGED_IN),
    "mfa_deactivate_totp": form("解除验证器", "Remove the authenticator", STAFF),
    "mfa_view_recovery_codes": page("备用码", "Recovery codes", STAFF),
    "mfa_download_recovery_codes": form("下载备用码", "Recovery codes as a file", STAFF),
    "mfa_generate_recovery_codes": form("换新备用码", "New recovery codes", LOGGED_IN),
    "usersessions_list": form("登录中的设备", "Own sessions", LOGGED_IN),
    # The account.
    "accounts:home": page("我的账号", "Own account", LOGGED_IN),
    "accounts:become": action("演示身份（只在演示模式）", "Demo log-in, in demo mode only", EVERYBODY),
    "accounts:stay": page("继续登录", "Stay logged in", LOGGED_IN),
    "accounts:discard": action("放弃保留的内容", "Drop a kept form", EVERYBODY),
    "accounts:who_may": page("谁能看什么", "Who may see what", STAFF),
    "accounts:who_may_csv": page("谁能看什么（表）", "Who may see what, as a table", STAFF),
    "accounts:tokens": form("接口令牌", "Keys for other systems", SECURITY_ADMINS),
    "accounts:revoke": action("吊销令牌", "Revoke a key", SECURITY_ADMINS),
    "accounts:people": form("账号与角色；建账号", "Accounts and roles; new account", ADMINS, send=SYSTEM_ADMINS),
    "accounts:person": form(
        "一个账号；给角色", "One account; give a role", ADMINS, send=SECURITY_ADMINS, private=ADMINS
    ),
    "accounts:take": action("收回角色", "Take a role away", SECURITY_ADMINS),
    "accounts:end": action("让一个人处处退出登录", "Log a person out everywhere", SECURITY_ADMINS),
    "accounts:logins": page("自己的登录记录", "Own log-ins", LOGGED_IN),
    "accounts:all_logins": page("全部登录记录", "Log-ins of all accounts", SECURITY_ADMINS, private=SECURITY_ADMINS),
    # Delegations: the sample is lent by the county officer of firm A to one of another county.
    "accounts:delegations": form("委托权限", "Lend a right", LOGGED_IN, send=LENDERS, private=COUNTIES),
    "accounts:all_delegations": page("全部委托", "Delegations of all people", SECURITY_ADMINS, private=SECURITY_ADMINS),
    "accounts:delegation_act": action("收回委托", "Take a delegation back", COUNTIES | SECURITY_ADMINS),
    "accounts:delegation_act#begin": action("代人办事", "Act on somebody's behalf", frozenset({Who.COUNTY_OTHER})),
    "accounts:delegation_finish": action("结束代人办事", "Stop acting on somebody's behalf", LOGGED_IN),
    # The city's identity provider; without one these addresses answer 404.
    "accounts:oidc_start": page("去统一身份认证", "Off to the identity provider", EVERYBODY),
    "accounts:oidc_callback": page("从统一身份认证回来", "Back from the identity provider", EVERYBODY),
    "accounts:oidc_left": page("也退出统一身份认证", "Log out at the identity provider too", EVERYBODY),
    "accounts:oidc_link": form("关联自己的身份", "Link the own identity", LOGGED_IN),
    "accounts:oidc_unlink": action("解除自己的关联", "Remove the own link", LOGGED_IN),
    "accounts:unlink": action("解除一个人的关联", "Remove somebody's link", SECURITY_ADMINS),
    "accounts:activate": action("停用、恢复账号", "Disable or enable an account", SYSTEM_ADMINS),
}
