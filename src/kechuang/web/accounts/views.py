"""Pages of the accounts app: own account, demo personas, people and roles."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.web.accounts import access, kept
from kechuang.web.accounts.domain import identities, overview, queries
from kechuang.web.accounts.domain import people as verbs
from kechuang.web.accounts.domain.personas import persona_users
from kechuang.web.accounts.forms import GrantForm, PersonForm
from kechuang.web.accounts.landing import doors, landing
from kechuang.web.accounts.models import STAFF_ROLES, Role
from kechuang.web.core.errors import UserError
from kechuang.web.core.may import Who
from kechuang.web.core.ratelimit import limit

ADMINS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Own account: roles and their reach, where to go, password, second factor, sessions."""
    context = {
        "grants": access.grants(request.user),
        "doors": doors(request.user),
        "second_factor": is_mfa_enabled(request.user),
        "identities": identities.of(request.user).exists(),
        "needs_factor": access.is_staff_role(request.user),
        "idle_minutes": settings.STAFF_IDLE_SECONDS // 60,
    }
    return render(request, "accounts/home.html", context)


@require_POST
@limit("persona", per_minute=30)
def become(request: HttpRequest, key: str) -> HttpResponse:
    """Log in as a demo persona; the address exists in demo mode only."""
    user = next((user for persona, user in persona_users() if persona.key == key), None) if settings.DEMO else None
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.set_expiry(0)
    UserSession.objects.create_from_request(request)
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if wanted and safe else landing(user))


@require_safe
def stay(request: HttpRequest) -> HttpResponse:
    """Stay logged in: for the page that warns before the log-out for being idle. Asking is the click that counts."""
    if not request.user.is_authenticated:
        return JsonResponse({"left": 0}, status=401)
    idle = getattr(request, "kc_idle", None)
    return JsonResponse({"left": idle["left"] if idle else settings.SESSION_COOKIE_AGE})


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Drop the form that was kept when the log-in expired."""
    return redirect(kept.forget(request) or "accounts:home")


@require_safe
def who_may(request: HttpRequest) -> HttpResponse:
    """Every address with the people it answers, for the administration."""
    access.require(request.user, *sorted(STAFF_ROLES))
    wanted = request.GET.get("who", "")
    only = Who(wanted) if wanted in {who.value for who in Who} else None
    context = {
        "parts": overview.parts(only),
        "who": wanted,
        "choices": [(who.value, overview.word(who)) for who in Who],
    }
    return render(request, "accounts/who_may.html", context)


@require_safe
def who_may_csv(request: HttpRequest) -> HttpResponse:
    """The same as one table."""
    access.require(request.user, *sorted(STAFF_ROLES))
    response = HttpResponse("\ufeff" + overview.table(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="who-may.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Accounts and roles, for system and security administrators; POST makes an account."""
    access.require(request.user, *((Role.SYSTEM_ADMIN,) if request.method == "POST" else ADMINS))
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = verbs.create_user(**form.cleaned_data, actor=request.user)
            messages.success(request, _("账号已建。角色请安全管理员来给。"))
            return redirect("accounts:person", user.pk)
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {
        "form": form,
        "people": queries.people_for_user(request.user, request.GET.get("q", "")),
        "q": request.GET.get("q", ""),
        "may_make": access.has_role(request.user, Role.SYSTEM_ADMIN),
        "nobody_gives": not queries.somebody_gives_roles(),
    }
    return render(request, "accounts/people.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account; POST gives a role."""
    if request.method == "POST":
        access.require(request.user, Role.SECURITY_ADMIN)
    user = queries.person_for_user(request.user, pk)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            verbs.give_role(user, Role(values.pop("role")), **values, actor=request.user)
            messages.success(request, _("角色已给。"))
            return redirect("accounts:person", user.pk)
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    context = {
        "person": user,
        "grants": user.grants.order_by("role"),
        "form": form,
        "second_factor": is_mfa_enabled(user),
        "linked": identities.of(user).exists(),
        "may_give": access.has_role(request.user, Role.SECURITY_ADMIN),
        "may_disable": access.has_role(request.user, Role.SYSTEM_ADMIN),
    }
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@require_POST
def take(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """Take a role away."""
    user = queries.person_for_user(request.user, pk)
    verbs.take_role(get_object_or_404(user.grants, pk=grant), actor=request.user)
    messages.success(request, _("角色已收回。"))
    return redirect("accounts:person", pk)


@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Disable or enable an account."""
    user = queries.person_for_user(request.user, pk)
    verbs.set_active(user, request.POST.get("active") == "1", actor=request.user)
    return redirect("accounts:person", pk)
