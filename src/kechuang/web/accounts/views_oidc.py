"""Log-in through the city's identity provider, and the link between an account there and one here."""

from __future__ import annotations

import logging
import time

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.mfa.internal.constants import LoginStageKey
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.web.accounts import kept
from kechuang.web.accounts.domain import identities, logins, queries
from kechuang.web.accounts.models import LogInResult
from kechuang.web.accounts.oidc import flow
from kechuang.web.accounts.oidc.config import Provider, provider
from kechuang.web.accounts.oidc.errors import RefusedLoginError, UnreachableError
from kechuang.web.core import pages
from kechuang.web.core.errors import UserError, require_login
from kechuang.web.core.ratelimit import limit

PENDING = "kc_oidc_pending"  # an identity that waits for the person to say that it is the own one
PENDING_SECONDS = 300
SILENT = {"oidc_state", "oidc_cancelled"}  # what anybody can bring about without a provider fills no log
logger = logging.getLogger(__name__)


def _provider() -> Provider:
    """The provider of this city; without one these addresses do not exist."""
    found = provider()
    if found is None:
        raise Http404
    return found


@require_safe
@limit("oidc", per_minute=30)
def start(request: HttpRequest) -> HttpResponse:
    """Off to the provider, to log in or (``?for=link``) to link the own account."""
    known = _provider()
    purpose = "link" if request.GET.get("for") == "link" and request.user.is_authenticated else "log_in"
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    try:
        # Who was logged out for being idle may have left the machine: the provider, too, asks again.
        again = purpose == "link" or kept.EXPIRED_USER in request.session
        return redirect(flow.begin(request, known, purpose=purpose, next_url=wanted if safe else "", again=again))
    except UnreachableError as error:
        return _unreachable(request, error)


@require_safe
@limit("oidc", per_minute=30)
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider."""
    known = _provider()
    try:
        arrival = flow.arrive(request, known)
    except UnreachableError as error:
        return _unreachable(request, error)
    except RefusedLoginError as error:
        if error.code not in SILENT:
            logger.warning("log-in through %s refused: %s", known.issuer, error.code)
            logins.tell(request, None, LogInResult.REFUSED, name=error.code)
        return pages.error_page(request, error.status, _("没有登录"), str(error), login=True)
    if arrival.purpose == "link":
        return _ask_to_link(request, arrival)
    return _log_in(request, known, arrival)


def _log_in(request: HttpRequest, known: Provider, arrival: flow.Arrival) -> HttpResponse:
    """Log the linked account in, by the same steps as after a password; nobody is logged in who is not linked."""
    claims = arrival.claims
    user = identities.account_of(claims.issuer, claims.subject)
    if user is None:
        logins.tell(request, None, LogInResult.REFUSED, name="oidc_unlinked")
        return render(request, "accounts/oidc_unlinked.html", {"name": claims.name}, status=403)
    if request.user.is_authenticated and request.user.pk != user.pk:
        raise _another()
    login = Login(user=user, redirect_url=arrival.next or None)
    factor = known.had_second_factor(claims.acr, claims.amr)
    if factor:
        LoginStageController(request, login).set_handled(LoginStageKey.MFA_AUTHENTICATE.value)
    request.session[kept.CAME_BY] = True
    record_authentication(request, user, method="oidc", issuer=claims.issuer, acr=claims.acr or None)
    response = perform_login(request, login)
    if factor and request.user.is_authenticated and request.user.pk == user.pk:
        request.session[kept.FACTOR] = user.pk
    return response


def _ask_to_link(request: HttpRequest, arrival: flow.Arrival) -> HttpResponse:
    """Keep the identity until the person who began has confirmed it: a foreign page could have sent somebody here."""
    require_login(request.user)
    if request.user.pk != arrival.begun_by:
        raise _another()
    claims = arrival.claims
    request.session[PENDING] = {
        "issuer": claims.issuer, "subject": claims.subject, "name": claims.name, "user": request.user.pk,
        "at": int(time.time()),
    }  # fmt: skip
    return redirect("accounts:oidc_link")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def link(request: HttpRequest) -> HttpResponse:
    """Shows the identity that the provider has vouched for; POST links it to the own account."""
    _provider()
    pending = request.session.get(PENDING)
    if not pending or pending["user"] != request.user.pk or pending["at"] < time.time() - PENDING_SECONDS:
        request.session.pop(PENDING, None)
        messages.info(request, _("关联要从“我的账号”开始，并在 5 分钟内完成。"))
        return redirect("accounts:home")
    if request.method == "POST":
        identities.link(request.user, pending["issuer"], pending["subject"])
        request.session.pop(PENDING, None)
        messages.success(request, _("已关联。以后可以用统一身份认证登录。"))
        return redirect("accounts:home")
    return render(request, "accounts/oidc_link.html", {"pending": pending})


@require_POST
@login_required
def unlink(request: HttpRequest) -> HttpResponse:
    """Remove the link of the own account."""
    if identities.unlink(request.user, actor=request.user):
        messages.success(request, _("已解除关联。"))
    return redirect("accounts:home")


@require_POST
def unlink_other(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove the link of somebody's account, for security administrators."""
    person = queries.person_for_user(request.user, pk)
    if identities.unlink(person, actor=request.user):
        messages.success(request, _("已解除关联。"))
    return redirect("accounts:person", pk)


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """After log-out: the log-in at the provider is still open, and here is how to end it."""
    try:
        address = flow.leave_address(request, _provider())
    except UnreachableError:
        address = ""
    return render(request, "accounts/oidc_left.html", {"address": address})


def _another() -> UserError:
    """Two people in one browser: nothing is done for either."""
    return UserError(
        "这个浏览器里登录着另一个账号。请先退出，再用统一身份认证。",
        "Another account is logged in in this browser. Log out first.", code="other_account", status=409,
    )  # fmt: skip


def _unreachable(request: HttpRequest, error: UnreachableError) -> HttpResponse:
    logger.warning("identity provider: %s", error.detail)
    return pages.error_page(request, error.status, _("暂时连不上"), str(error), login=True)
