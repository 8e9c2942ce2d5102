"""How allauth behaves here: no open sign-up, demo accounts only in demo mode, our words for its errors."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from kechuang.web.accounts import kept
from kechuang.web.accounts.landing import landing
from kechuang.web.core.enums import Realm

FRESH_SECONDS = 300
MISMATCH = _("用户名或口令不对。连错 5 次，账号会锁 15 分钟。")


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; the same words answer a wrong name and a wrong password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "invalid_login": MISMATCH,
        "too_many_login_attempts": _("登录太频繁，请过几分钟再试。"),
        "incorrect_password": _("口令不对。"),
        "enter_current_password": _("现在的口令不对。"),
        "password_min_length": _("口令至少 {0} 位。"),
        "rate_limited": _("操作太频繁，请过几分钟再试。"),
        "incorrect_code": _("验证码不对。"),
        "invalid_password_reset": _("重设口令的链接无效或已用过。"),
    }

    notices = {
        "account/messages/logged_out.txt": _("已退出登录。"),
        "account/messages/password_changed.txt": _("口令已改。"),
        "account/messages/password_set.txt": _("口令已设。"),
        "mfa/messages/totp_activated.txt": _("手机验证器已绑定。"),
        "mfa/messages/totp_deactivated.txt": _("手机验证器已解除。"),
        "mfa/messages/recovery_codes_generated.txt": _("备用码已换新。"),
        "usersessions/messages/sessions_logged_out.txt": _("其他设备已退出。"),
    }

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what was done in our words; what allauth would say besides is left out."""
        text = message or self.notices.get(message_template or "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up alone."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """A demo account is unknown outside demo mode; its password is public."""
        user = super().authenticate(request, **credentials)
        return None if user is not None and user.realm == Realm.DEMO and not settings.DEMO else user

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The password is not asked for twice within five minutes: a fresh log-in counts as a confirmation."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - record["at"] < FRESH_SECONDS for record in records)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Each role arrives where its work is."""
        return landing(request.user)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Who came through the identity provider is told that the log-in there is still open."""
        came_by = kept.CAME_BY in request.session and settings.OIDC["issuer"]
        return reverse("accounts:oidc_left") if came_by else super().get_logout_redirect_url(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of this site are followed after log-in."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )


class MFAAdapter(DefaultMFAAdapter):
    """Our words for the errors of the second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("验证码不对。请看手机上现在显示的 6 位数字，并核对手机时间。"),
        "unverified_email": _("邮箱还没有核实，不能启用两步验证。"),
        "add_email_blocked": _("启用两步验证以后不能再加邮箱。"),
    }
