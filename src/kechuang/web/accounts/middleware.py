"""Guards around log-in: second factor and idle log-out for staff, nothing lost when a log-in has expired."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kechuang.web.accounts import access, kept
from kechuang.web.accounts.domain import delegations
from kechuang.web.core.enums import Realm
from kechuang.web.core.errors import UserError

GetResponse = Callable[[HttpRequest], HttpResponse]
SEEN = "kc_seen"
WARN_SECONDS = 120  # before the log-out for being idle; WCAG 2.2.1 asks for 20 at least
SEEN_STEP = 30  # seconds between writes of the time last seen, so that not every page writes to the database
# A persona is shared by everybody who tries the demo: nobody may lock the others out, or see where they log in from.
PERSONA_CLOSED = (
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
    "mfa_",
    "usersessions_",
    "accounts:logins",
    "accounts:oidc_link",
    "accounts:oidc_unlink",
)
OPEN_VIEWS = ("account_", "mfa_", "usersessions_", "portal:language", "portal:view", "core:")


# What is a person's own stays so: nobody does it while acting on somebody's behalf.
OWN_ONLY = (
    "account_change_password",
    "account_set_password",
    "mfa_",
    "usersessions_",
    "accounts:oidc_link",
    "accounts:oidc_unlink",
    "selfservice:personal",
    "selfservice:copy",
    "selfservice:claim_new",
    "selfservice:consent",
)


class ActingFor:
    """Lets a person act on somebody's behalf, as their session says; the delegation is asked anew at each request."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request.session.get(kept.ACTING)
        if number and request.user.is_authenticated:
            if not delegations.resume(request.user, number):
                # Whatever was about to be done was meant to be done with the lent right, not with the own ones.
                request.session.pop(kept.ACTING)
                messages.warning(request, _("这项委托已经到期或收回，刚才的操作没有做。你回到了自己的身份。"))
                return redirect("accounts:home")
            if view_name(request).startswith(OWN_ONLY):
                messages.info(request, _("这是本人的事。请先回到你自己的身份，再办。"))
                return redirect("accounts:delegations")
        return self.get_response(request)


def view_name(request: HttpRequest) -> str:
    """Name of the view the request will reach; empty for an unknown address."""
    try:
        return resolve(request.path_info).view_name or ""
    except Resolver404:
        return ""


class StaffGuard:
    """People with a staff role need a second factor, and are logged out after a quarter of an hour without a click.

    等保 2.0 (GB/T 22239-2019) asks both of accounts of the administration. Demo personas need no second factor: their
    accounts exist in demo mode only, and the log-in page says so.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.realm == Realm.DEMO and not settings.DEMO:
            logout(request)
        elif user.realm == Realm.DEMO and view_name(request).startswith(PERSONA_CLOSED):
            messages.info(request, _("演示身份大家共用，不能改口令和账号安全设置。"))
            return redirect("accounts:home")
        elif access.is_staff_role(user):
            if self._idle(request):
                self._log_out_idle(request)
            elif user.realm != Realm.DEMO and not self._has_factor(request) and not self._open(request):
                messages.warning(request, _("你的角色要用两步验证。请先绑定手机上的验证器，再继续。"))
                return redirect("mfa_activate_totp")
        return self.get_response(request)

    @staticmethod
    def _has_factor(request: HttpRequest) -> bool:
        """Whether the person has a second factor here, or the identity provider asked for one that counts."""
        return is_mfa_enabled(request.user) or request.session.get(kept.FACTOR) == request.user.pk

    @staticmethod
    def _idle(request: HttpRequest) -> bool:
        """Whether the last click is too long ago; notes this one otherwise."""
        now = int(time.time())
        seen = request.session.get(SEEN, now)
        if now - seen > settings.STAFF_IDLE_SECONDS:
            return True
        if SEEN not in request.session or now - seen >= SEEN_STEP:
            request.session[SEEN] = seen = now
        # For the page: how long it may stay open without a click, and when it says that the time is running out.
        left = settings.STAFF_IDLE_SECONDS - (now - seen)
        request.kc_idle = {  # type: ignore[attr-defined]  # ours; the page and views.stay read it
            "left": left,
            "warn": min(WARN_SECONDS, settings.STAFF_IDLE_SECONDS // 2),
            "until": timezone.localtime() + dt.timedelta(seconds=left),
        }
        return False

    @staticmethod
    def _log_out_idle(request: HttpRequest) -> None:
        """Log out, and remember whose form may be kept."""
        expired = request.user.pk
        logout(request)
        request.session[kept.EXPIRED_USER] = expired
        minutes = settings.STAFF_IDLE_SECONDS // 60
        messages.warning(request, _("%(minutes)s 分钟没有操作，已自动退出登录。") % {"minutes": minutes})

    @staticmethod
    def _open(request: HttpRequest) -> bool:
        """Whether the page is one that the set-up of a second factor itself needs."""
        return view_name(request).startswith(OPEN_VIEWS)


class ExpiredLogin:
    """Leads to log-in where one is needed, keeps what was typed, and offers to send it again afterwards."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and request.user.is_authenticated and kept.KEY in request.session:
            form = kept.kept_for(request)
            if form:
                return render(request, "accounts/resend.html", {"kept": form, "words": kept.words(form)})
        response = self.get_response(request)
        if request.method == "POST":
            self._after_post(request, response)
        return response

    @staticmethod
    def _after_post(request: HttpRequest, response: HttpResponse) -> None:
        """Keep the form of a POST that was led to log-in; forget it once it got through."""
        if request.user.is_authenticated:
            kept_form = request.session.get(kept.KEY)
            if kept_form and kept_form["path"] == request.get_full_path():
                kept.forget(request)
            return
        to_login = response.status_code == 302 and urlsplit(response["Location"]).path == reverse(settings.LOGIN_URL)
        if to_login and request.path != reverse(settings.LOGIN_URL) and kept.keep(request):
            messages.info(request, _("要先登录。你填的内容已保存，登录后接着办。"))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that needs a log-in leads there and comes back."""
        if isinstance(exception, UserError) and exception.status == 401:
            return redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
        return None
